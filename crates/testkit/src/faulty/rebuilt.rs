//! Records with one part changed that no edit of theirs changes.

use staffroom_core::{
    Batch, Email, GroupName, IdSet, PersonName, Report, ReportRow, Revision, School, SchoolId, SchoolName,
    SisId, StaffEmail, StaffMember, Timestamp, User, UserStatus,
};

pub(super) fn member(
    of: &StaffMember,
    name: Option<PersonName>,
    email: Option<StaffEmail>,
    schools: Option<IdSet<SchoolId>>,
) -> StaffMember {
    StaffMember::new(
        of.id(),
        of.sis_id().clone(),
        name.unwrap_or_else(|| of.name().clone()),
        of.status(),
        email.unwrap_or_else(|| of.email().clone()),
        schools.unwrap_or_else(|| of.schools().clone()),
    )
}

/// The parts of a user that are changed by faults.
pub(super) struct Parts {
    pub(super) email: Email,
    pub(super) created_at: Timestamp,
    pub(super) linked: bool,
    pub(super) made: bool,
    pub(super) status: UserStatus,
    pub(super) last_sign_in_at: Option<Timestamp>,
    pub(super) revision: Revision,
}

/// `of`, with its parts changed.
pub(super) fn user(of: &User, change: impl FnOnce(&mut Parts)) -> User {
    let mut parts = Parts {
        email: of.email().clone(),
        created_at: of.created_at(),
        linked: true,
        made: true,
        status: of.status(),
        last_sign_in_at: of.last_sign_in_at(),
        revision: of.revision(),
    };
    change(&mut parts);
    let mut user = User::new(of.id(), parts.email, parts.created_at)
        .entering(of.schools().clone())
        .in_groups(of.groups().clone())
        .with_password(of.password())
        .as_stored(parts.status, parts.last_sign_in_at, parts.revision);
    if let Some(member) = of.staff_member().filter(|_| parts.linked) {
        user = user.linked_to(member);
    }
    if let Some(batch) = of.batch().filter(|_| parts.made) {
        user = user.made_by(batch);
    }
    user
}

pub(super) fn school(of: &School, change: impl FnOnce(&str) -> String) -> School {
    match SchoolName::parse(&change(of.name().as_str())) {
        Ok(name) => School::new(of.id(), of.sis_id().clone(), name),
        Err(_) => of.clone(),
    }
}

pub(super) fn group_name(of: &GroupName, change: impl FnOnce(&str) -> String) -> GroupName {
    GroupName::parse(&change(of.as_str())).unwrap_or_else(|_| of.clone())
}

pub(super) fn name(of: &PersonName, change: impl Fn(&str) -> String) -> PersonName {
    PersonName::parse(&change(of.given()), &change(of.family())).unwrap_or_else(|_| of.clone())
}

pub(super) fn lower(of: &SisId) -> String {
    of.as_str().to_lowercase()
}

/// The batch with other rows, at another moment.
pub(super) fn batch(of: &Batch, at: Timestamp, rows: Vec<ReportRow>) -> Batch {
    let report = &of.report;
    let (id, network, actor) = (report.batch(), report.network(), report.actor());
    Batch { report: Report::new(id, network, actor, report.school(), report.group(), at, rows), ..of.clone() }
}
