//! The strategies reach every reason, warning, refusal and touch: a property that never meets a rule says nothing
//! about it. The input is the same in every run.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a helper cannot do fails its test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_lite::future::block_on;
use proptest::collection::vec;
use proptest::sample::select;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    AccessError, Actor, CommitError, Decision, Edited, Email, Explained, GroupEdit, GroupError, GroupId,
    ListQuery, Outcome, Partial, Reason, ReasonSet, Session, UndoOutcome, UserEditError, Warning, WarningSet,
    Who,
};
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::fixture;
use staffroom_testkit::strategies::{
    Case, Edit, GROUPS, Preset, UserEditBy, World, apply_edit, case, edits, group_edit, office_edits,
    office_session, raw_email, raw_name,
};

/// How often each thing was seen.
#[derive(Debug, Default)]
struct Seen(BTreeMap<String, usize>);

impl Seen {
    fn saw(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    fn saw_all(&mut self, reasons: ReasonSet, warnings: WarningSet) {
        reasons.iter().for_each(|reason| self.saw(format!("reason {}", reason.code())));
        warnings.iter().for_each(|warning| self.saw(format!("warning {}", warning.code())));
    }

    #[track_caller]
    fn has(&self, expected: impl IntoIterator<Item = String>, at_least: usize) {
        let rare: Vec<String> =
            expected.into_iter().filter(|what| self.0.get(what).copied().unwrap_or(0) < at_least).collect();
        assert!(rare.is_empty(), "seen fewer than {at_least} times: {rare:?} of {:#?}", self.0);
    }
}

fn draws<S: Strategy>(strategy: &S, cases: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..cases).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// Previews, lets things happen, commits, lets more happen, undoes; and takes down what was answered.
async fn live_through(case: &Case, between: &[Edit], later: &[Edit], seen: &mut Seen) {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    case.world.write_to(&*store).await.unwrap();
    let staffroom = fixture::staffroom(Arc::clone(&store), 1);
    let network = case.session.network();
    let plan = match staffroom.preview(&case.session, &case.request).await {
        Ok(plan) => plan,
        Err(error) => return seen.saw(refusal(&error)),
    };
    for row in plan.rows() {
        match row.decision() {
            Decision::Refuse(reasons) => seen.saw_all(reasons, row.warnings()),
            Decision::Create(_) => seen.saw_all(ReasonSet::empty(), row.warnings()),
        }
    }
    for edit in between {
        seen.saw(format!("edit {:?}", apply_edit(&*store, network, edit).await.unwrap()));
    }
    let secret = staffroom_core::Secret::new("a password for everybody".to_owned());
    let committed = match plan.password() {
        staffroom_core::PlannedPassword::Shared { .. } => {
            staffroom.commit_with_shared_password(&case.session, &plan, secret).await
        }
        _ => staffroom.commit(&case.session, &plan).await,
    };
    let report = match committed {
        Ok(committed) => committed.report,
        Err(CommitError::Access(error)) => return seen.saw(format!("late {}", refusal(&error))),
        Err(error) => panic!("{error:?}"),
    };
    for (planned, row) in plan.rows().iter().zip(report.rows()) {
        let late = matches!(planned.decision(), Decision::Create(_)) && row.user().is_none();
        match row.outcome() {
            Outcome::Refused(reasons) if late => {
                reasons.iter().for_each(|reason| seen.saw(format!("late {}", reason.code())));
                seen.saw_all(reasons, row.warnings());
            }
            Outcome::Refused(_) => seen.saw_all(ReasonSet::empty(), row.warnings()),
            Outcome::Created(_) => {
                seen.saw("created");
                seen.saw_all(ReasonSet::empty(), row.warnings());
            }
        }
    }
    if plan.partial() == Partial::Forbidden && report.counts().created > 1 {
        seen.saw("all and not nothing");
    }
    for edit in later {
        apply_edit(&*store, network, edit).await.unwrap();
    }
    if let Ok(undone) = staffroom.undo(&case.session, plan.batch()).await {
        for row in undone.rows {
            match row.outcome {
                UndoOutcome::Removed => seen.saw("removed"),
                UndoOutcome::Kept(touches) => {
                    for touch in touches {
                        seen.saw(format!("kept {}", touch.code()));
                    }
                }
            }
        }
    }
}

fn refusal(error: &AccessError) -> String {
    match error {
        AccessError::Denied(denied) => format!("denied {}", denied.code()),
        AccessError::UnknownGroup(_) => "unknown group".to_owned(),
        AccessError::InactiveGroup(_) => "inactive group".to_owned(),
        error => panic!("{error:?}"),
    }
}

fn lived_through(preset: Preset) -> Seen {
    let mut seen = Seen::default();
    block_on(async {
        for (case, between, later) in draws(&(case(preset), edits(preset), edits(preset)), 2_000) {
            live_through(&case, &between, &later, &mut seen).await;
        }
    });
    seen
}

fn every_rule_is_reached(preset: Preset) {
    let seen = lived_through(preset);
    seen.has(Reason::TABLE.map(|row| format!("reason {}", row.code)), 20);
    seen.has(Warning::TABLE.map(|row| format!("warning {}", row.code)), 20);
    seen.has(
        ["created", "removed", "edit Made", "edit Conflict", "edit NothingThere", "all and not nothing"]
            .map(str::to_owned),
        20,
    );
    seen.has(
        ["unknown-actor", "actor-disabled", "no-school-access", "missing-permission", "group-beyond-actor"]
            .map(|code| format!("denied {code}")),
        5,
    );
    seen.has(["unknown group", "inactive group"].map(str::to_owned), 5);
    seen.has(["kept signed-in", "kept password-set", "kept edited"].map(str::to_owned), 5);
    let late = ["inactive", "already-linked", "email-taken", "email-changed", "all-or-nothing"];
    seen.has(late.map(|code| format!("late {code}")), 3);
}

#[test]
fn ordinary_input_reaches_every_reason_and_warning() {
    every_rule_is_reached(Preset::Ordinary);
}

#[test]
fn hostile_input_reaches_every_reason_and_warning() {
    every_rule_is_reached(Preset::Hostile);
}

/// Lets administrators edit users and groups, and takes down what was answered.
async fn look_after(
    world: &World,
    edits: &[UserEditBy],
    groups: &[(Session, GroupId, GroupEdit)],
    seen: &mut Seen,
) {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    world.write_to(&*store).await.unwrap();
    let staffroom = fixture::staffroom(Arc::clone(&store), 1);
    for (session, place, edit) in edits {
        let mut users = Vec::new();
        let mut uow = store.begin(session.network(), Mode::Read).await.unwrap();
        uow.users().visit(&mut |user| users.push(user.id())).await.unwrap();
        drop(uow);
        let target = users.iter().cycle().nth(place % users.len()).unwrap();
        let said = match staffroom.edit_user(session, *target, *edit).await {
            Ok(done) if done.edited == Edited::Now => format!("made {}", edit.code()),
            Ok(_) => format!("already-so {}", edit.code()),
            Err(UserEditError::Access(AccessError::Denied(denied))) => format!("denied {}", denied.code()),
            Err(UserEditError::NotLinked(refusal)) => format!("not linked {}", refusal.code()),
            Err(UserEditError::LocksOut) => "locks out".to_owned(),
            Err(UserEditError::UnknownUser(_)) => "unseen".to_owned(),
            Err(UserEditError::UnknownStaffMember(_)) => "unknown staff member".to_owned(),
            Err(other) => format!("{other:?}"),
        };
        seen.saw(said);
    }
    for (session, group, edit) in groups {
        let said = match staffroom.edit_group(session, *group, edit).await {
            Ok(done) if done.edited == Edited::Now => format!("made {}", edit.code()),
            Ok(_) => "already-so group".to_owned(),
            Err(GroupError::Access(AccessError::Denied(denied))) => format!("denied group {}", denied.code()),
            Err(GroupError::LocksOut) => "locks out by a group".to_owned(),
            Err(GroupError::NameTaken(_)) => "name taken".to_owned(),
            Err(other) => format!("{other:?}"),
        };
        seen.saw(said);
    }
    let session = Session::new(fixture::NETWORK, Actor::Operator, fixture::SCHOOL);
    let query = ListQuery { who: Who::Everyone, ..ListQuery::default() };
    let mut note = |one: Explained| {
        if let Some(resolution) = one.resolution {
            seen.saw(format!("proposed {}", resolution.code()));
        }
    };
    staffroom.explain_all(&session, &query, &mut note).await.unwrap();
}

#[test]
fn edits_reach_every_outcome() {
    for preset in Preset::ALL {
        let mut seen = Seen::default();
        let groups = vec((office_session(), select(&GROUPS), group_edit()), 1..8);
        block_on(async {
            for ((world, edits), groups) in draws(&(office_edits(preset), groups), 1_500) {
                look_after(&world, &edits, &groups, &mut seen).await;
            }
        });
        let users = [
            "disable",
            "enable",
            "grant-access",
            "revoke-access",
            "join-group",
            "leave-group",
            "link",
            "unlink",
        ];
        let groups = ["rename", "set-permissions", "activate", "deactivate"];
        seen.has(users.into_iter().chain(groups).map(|code| format!("made {code}")), 5);
        let denied = ["user-beyond-actor", "missing-permission", "group-beyond-actor", "no-school-access"];
        seen.has(denied.map(|code| format!("denied {code}")), 20);
        seen.has(["missing-permission", "group-beyond-actor"].map(|code| format!("denied group {code}")), 20);
        let refused = ["inactive", "already-linked", "user-linked", "other-email"];
        seen.has(refused.map(|code| format!("not linked {code}")), 5);
        seen.has(["proposed link", "proposed grant-access"].map(str::to_owned), 20);
        let others = ["locks out", "locks out by a group", "unseen", "already-so group", "name taken"];
        seen.has(others.map(str::to_owned), 5);
    }
}

#[test]
fn hostile_texts_reach_every_fault_of_an_address_and_a_name() {
    let mut seen = Seen::default();
    for text in draws(&raw_email(Preset::Hostile), 4_000) {
        match Email::parse(&text) {
            Ok(email) if email.as_given() == email.canonical() => seen.saw("canonical already"),
            Ok(email) if email.as_given().is_ascii() => seen.saw("capitals"),
            Ok(_) => seen.saw("not ascii"),
            Err(error) => seen.saw(format!("{error:?}").split('(').next().unwrap_or_default()),
        }
        if text.len() > 254 {
            seen.saw("more than 254");
        }
    }
    for (given, family) in draws(&raw_name(Preset::Hostile), 4_000) {
        match staffroom_core::PersonName::parse(&given, &family) {
            Ok(_) => seen.saw("a name"),
            Err(error) => seen.saw(format!("name {error:?}").split([' ', '{']).take(2).collect::<String>()),
        }
    }
    let expected = [
        "canonical already",
        "capitals",
        "not ascii",
        "Empty",
        "TooLong",
        "Invisible",
        "Quoted",
        "Syntax",
        "Domain",
        "more than 254",
        "a name",
        "nameEmpty",
        "nameTooLong",
        "nameForbidden",
    ];
    seen.has(expected.map(str::to_owned), 10);
}
