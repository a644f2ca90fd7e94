//! Everything to be seen in a network: in the model, and over a store.

use staffroom_core::store::Mode;
use staffroom_core::{
    Actor, AuditEvent, AuditRecord, Group, NetworkId, PasswordState, PlannedPassword, School, SchoolId,
    Session, StaffMember, User, UserId, UserStatus,
};

use super::super::state::{ModelNetwork, batch_id, secret_id};
use super::super::view::{NetworkView, PersonView, UserView, audit_line, reason_codes, warning_codes};
use super::real::Real;
use crate::fixture::SCHOOL;
use crate::properties::{Snapshot, Violation};

pub(super) fn look_at_model(network: &ModelNetwork) -> NetworkView {
    let numbers = 0..1_000_usize;
    let people = network.staff.iter().map(|member| PersonView {
        reasons: reason_codes(network.reasons(member)),
        warnings: warning_codes(network.warnings(member, SCHOOL)),
        sharers: network.sharers_named(member),
        users: [network.linked(member), network.holder(member)]
            .map(|user| user.map(|user| user.email().canonical().to_owned())),
        ..person(member, &network.schools)
    });
    let users = network.users.iter().map(|user| {
        let secret_of = |secret| numbers.clone().find(|number| secret_id(*number) == secret);
        let batch = user.batch().and_then(|id| numbers.clone().find(|number| batch_id(*number) == id));
        let password = password(user.password(), secret_of);
        let own_hash = network.hashes.contains(&user.id());
        user_view(user, &network.staff, &network.schools, password, own_hash, batch)
    });
    let mut batches: Vec<usize> = network.batches.iter().map(|batch| batch.plan).collect();
    let mut secrets = network.secrets.clone();
    batches.sort_unstable();
    secrets.sort_unstable();
    NetworkView {
        schools: schools(&network.schools),
        groups: groups(&network.groups),
        people: sorted(people.collect()),
        users: sorted(users.collect()),
        batches,
        secrets,
        audit: network.audit.clone(),
    }
}

pub(super) async fn look_at_store(real: &Real, network: NetworkId) -> Result<NetworkView, Violation> {
    let snapshot = Snapshot::take(&*real.store, network).await?;
    let records: Vec<StaffMember> = snapshot.staff.iter().map(|facts| facts.staff_member.clone()).collect();
    let address = |id: Option<UserId>| {
        id.and_then(|id| snapshot.user(id)).map(|user| user.email().canonical().to_owned())
    };
    let mut people = Vec::new();
    let operator = Session::new(network, Actor::Operator, SCHOOL);
    let everyone = staffroom_core::ListQuery { who: staffroom_core::Who::Everyone, ..Default::default() };
    let mut take = |row: staffroom_core::Assessed| {
        let mut sharers: Vec<String> =
            row.facts.email_sharers.iter().map(|sharer| sharer.sis_id.to_string()).collect();
        sharers.sort();
        people.push(PersonView {
            reasons: reason_codes(row.assessment.reasons),
            warnings: warning_codes(row.assessment.warnings),
            sharers,
            users: [address(row.facts.linked_user), address(row.facts.email_holder)],
            ..person(&row.facts.staff_member, &snapshot.schools)
        });
    };
    let listed = real.staffroom.list_all(&operator, &everyone, &mut take).await;
    listed.map_err(|error| Violation::of("R8", format!("the operator may not list: {error:?}")))?;
    let users = snapshot.users.iter().map(|user| {
        let secret_of = |secret| {
            real.plans.iter().position(
                |plan| matches!(plan.password(), PlannedPassword::Shared { secret: of, .. } if of == secret),
            )
        };
        let batch = user.batch().and_then(|id| real.plans.iter().position(|plan| plan.batch() == id));
        let password = password(user.password(), secret_of);
        let own_hash = snapshot.hashes.iter().any(|(id, _)| *id == user.id());
        user_view(user, &records, &snapshot.schools, password, own_hash, batch)
    });
    let mut view = NetworkView {
        schools: schools(&snapshot.schools),
        groups: groups(&snapshot.groups),
        people: sorted(people),
        users: sorted(users.collect()),
        audit: snapshot.audit.iter().map(|record| audit(record, real)).collect(),
        ..NetworkView::default()
    };
    let mut uow = real.store.begin(network, Mode::Read).await?;
    for (number, plan) in real.plans.iter().enumerate() {
        if uow.batches().find(plan.batch()).await?.is_some() {
            view.batches.push(number);
        }
        if let PlannedPassword::Shared { secret, .. } = plan.password()
            && uow.passwords().find_shared(secret).await?.is_some()
        {
            view.secrets.push(number);
        }
    }
    Ok(view)
}

fn person(member: &StaffMember, schools: &[School]) -> PersonView {
    PersonView {
        sis_id: member.sis_id().to_string(),
        record: format!("{:?} {:?} {:?}", member.name(), member.status(), member.email()),
        schools: school_names(member.schools().iter(), schools),
        reasons: Vec::new(),
        warnings: Vec::new(),
        sharers: Vec::new(),
        users: [None, None],
    }
}

fn user_view(
    user: &User,
    staff: &[StaffMember],
    schools: &[School],
    password: String,
    own_hash: bool,
    batch: Option<usize>,
) -> UserView {
    let linked_to = user.staff_member().map(|id| {
        let member = staff.iter().find(|member| member.id() == id);
        member.map_or_else(|| "nobody".to_owned(), |member| member.sis_id().to_string())
    });
    UserView {
        address: user.email().canonical().to_owned(),
        given: user.email().as_given().to_owned(),
        linked_to,
        schools: school_names(user.schools().iter(), schools),
        groups: user.groups().iter().collect(),
        enabled: user.status() == UserStatus::Enabled,
        password,
        own_hash,
        batch,
        signed_in: user.last_sign_in_at().is_some(),
        revision: user.revision().number(),
    }
}

fn password(
    state: PasswordState,
    number_of: impl Fn(staffroom_core::SharedPasswordId) -> Option<usize>,
) -> String {
    match state {
        PasswordState::Unset => "none".to_owned(),
        PasswordState::InitialShared { secret, .. } => format!("shared by {:?}", number_of(secret)),
        PasswordState::InitialGenerated { .. } => "generated".to_owned(),
        PasswordState::Chosen { .. } => "chosen".to_owned(),
    }
}

fn school_names(ids: impl Iterator<Item = SchoolId>, schools: &[School]) -> Vec<String> {
    let name = |id| {
        let school = schools.iter().find(|school| school.id() == id);
        school.map_or_else(|| "nowhere".to_owned(), |school| school.sis_id().to_string())
    };
    sorted(ids.map(name).collect())
}

fn schools(schools: &[School]) -> Vec<String> {
    sorted(schools.iter().map(|school| format!("{:?} {:?}", school.sis_id(), school.name())).collect())
}

fn groups(groups: &[Group]) -> Vec<String> {
    sorted(groups.iter().map(|group| format!("{group:?}")).collect())
}

fn sorted<T: Ord>(mut things: Vec<T>) -> Vec<T> {
    things.sort();
    things
}

fn audit(record: &AuditRecord, real: &Real) -> String {
    let batch = record.batch.and_then(|id| real.plans.iter().position(|plan| plan.batch() == id));
    let event = match &record.event {
        AuditEvent::BulkCreate { requested, created, refused, reasons } => {
            let counts = format!("bulk-create {requested} {created} {refused}");
            reasons.iter().fold(counts, |event, (code, times)| format!("{event} {code} {times}"))
        }
        AuditEvent::Undo { removed, kept } => format!("undo {removed} {kept}"),
        AuditEvent::UserEdit { edit, .. } => format!("user-edit {edit}"),
        AuditEvent::InitialRevoked { users, shared, .. } => format!("initial-revoked {users} {shared}"),
        AuditEvent::Denied { attempt, code, .. } => format!("denied {} {code}", attempt.code()),
        other => other.code().to_owned(),
    };
    audit_line(record.actor, record.school, record.group, batch, &event)
}
