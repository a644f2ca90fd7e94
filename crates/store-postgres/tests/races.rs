//! Administrators who press the button at once, on as many connections, while rosters are imported, batches undone and
//! administrators disabled: one user for each staff member and each email, true reports, and no error that nobody
//! documented.
//!
//! Small here; `cargo xtask races` runs the full size.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a round that goes wrong fails the test"
)]

mod support;
#[path = "races/truth.rs"]
mod truth;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use staffroom_core::store::{Store, StoreError};
use staffroom_core::{
    AccessError, Actor, BulkCreate, CommitError, Committed, IdSet, InitialPassword, NetworkId, Partial, Plan,
    PlannedPassword, Repeat, Roster, RosterRecord, Secret, Selection, Session, StaffEmail, StaffId, StaffKey,
    StaffMember, StaffStatus, Staffroom, UndoError, User, UserId, UserStatus, ValidDays,
};
use staffroom_store_postgres::PostgresStore;
use staffroom_testkit::fixture::{
    self, ADMINS, SCHOOL, TEACHERS, add_staff, add_users, edit_user, set_up_network, staff_id, staff_member,
    user, user_id,
};
use staffroom_testkit::postgres::Database;
use support::checker::Checker;
use support::rounds::{Round, Rounds};
use support::{SERVICE, emptied, fresh_database, pool};
use tokio::sync::Barrier;
use truth::Truth;
use uuid::Uuid;

/// Rounds share the tables, each in a network of its own; after so many presses of the button they are emptied. What
/// looks the tables over joins them without an index: with many batches it would take longer than the races.
const PRESSES_IN_THE_TABLES: u64 = 256;
/// Ids that no round uses.
const NOBODY: u32 = 9_999;

#[test]
fn two_administrators_at_once() {
    races("2 administrators", 2, 60);
}

#[test]
fn eight_administrators_at_once() {
    races("8 administrators", 8, 25);
}

#[test]
fn thirty_two_administrators_at_once() {
    races("32 administrators", 32, 6);
}

/// What happened in all rounds.
#[derive(Debug, Default)]
struct Tally {
    commits: usize,
    created: usize,
    /// Chosen in the preview, and refused in the transaction.
    lost: usize,
    /// Of these, those who lost the email to somebody else.
    lost_email: usize,
    repeated: usize,
    denied: usize,
    undone: usize,
}

fn races(name: &'static str, administrators: u32, small: u64) {
    let mut rounds = Rounds::of(name, small, 10_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let arena = Arena::open(administrators).await;
        let mut checker = Checker::connect(&arena.database.options()).await;
        let mut tally = Tally::default();
        let rounds_in_the_tables = PRESSES_IN_THE_TABLES / u64::from(administrators);
        let mut number = 0;
        while let Some(mut round) = rounds.draw() {
            if number % rounds_in_the_tables == 0 {
                emptied(&arena.database).await;
            }
            number += 1;
            arena.round(&mut round, administrators, &mut checker, &mut tally).await;
            checker.find_nothing().await;
        }
        let deadlocks: i64 =
            sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
                .fetch_one(&mut checker.0)
                .await
                .unwrap();
        rounds.tell(&format!("{tally:?}, {deadlocks} deadlocks that were tried again"));
        let lost = tally.lost > 0 && tally.lost_email > 0;
        assert!(
            number < 5 || lost,
            "nobody ever lost a race for a staff member, or for an email: these are none"
        );
    });
}

struct Arena {
    database: Database,
    store: Arc<dyn Store>,
}

/// One who presses the button: how, and twice or once.
struct Press {
    session: Session,
    request: BulkCreate,
    clicks: u8,
    undoes: bool,
    pause: Duration,
}

/// What came of one plan: an answer for each click.
struct Pressed {
    plan: Plan,
    answers: Vec<Result<Committed, CommitError>>,
    undone: bool,
}

/// The staff of a round, before and after its import.
struct Staff {
    before: Vec<StaffMember>,
    after: Option<Vec<StaffMember>>,
}

impl Arena {
    async fn open(administrators: u32) -> Self {
        let database = fresh_database().await;
        let pool = pool(database.options_as(SERVICE), administrators + 3).await;
        Self { database, store: Arc::new(PostgresStore::new(pool)) }
    }

    fn staffroom(&self, space: u64) -> Staffroom {
        fixture::staffroom(Arc::clone(&self.store), space)
    }

    async fn round(&self, round: &mut Round, administrators: u32, checker: &mut Checker, tally: &mut Tally) {
        let network = NetworkId::from_uuid(Uuid::from_u64_pair(0xACE5, round.seed));
        let rng = &mut round.rng;
        let rush = rng.u8(..3) == 0;
        let staff = if rush { Staff::of_one_office() } else { Staff::draw(rng) };
        let everybody: Vec<User> = (1..=administrators).map(administrator).collect();
        set_up_network(&*self.store, network).await.unwrap();
        add_users(&*self.store, network, &everybody).await.unwrap();
        add_staff(&*self.store, network, &staff.before).await.unwrap();
        let sessions: Vec<Session> =
            everybody.iter().map(|user| Session::new(network, Actor::User(user.id()), SCHOOL)).collect();

        // A batch from before, which one of them may undo meanwhile.
        let before = if rng.u8(..3) == 0 {
            let keys =
                staff.before.iter().filter(|_| rng.bool()).map(|member| StaffKey::Id(member.id())).collect();
            let staffroom = self.staffroom(1_000);
            let plan =
                staffroom.preview(&sessions[0], &BulkCreate::of(Selection::These(keys))).await.unwrap();
            let answers = vec![press(&staffroom, &sessions[0], &plan).await];
            Some(Pressed { plan, answers, undone: true })
        } else {
            None
        };
        let disabled = (rng.u8(..3) == 0).then(|| user_id(rng.u32(1..=administrators)));

        let administrators: Vec<Press> = sessions
            .iter()
            .map(|session| {
                if rush {
                    Press::rush(rng, session, &staff.before)
                } else {
                    Press::draw(rng, session, &staff.before)
                }
            })
            .collect();
        let others = usize::from(before.is_some())
            + usize::from(disabled.is_some())
            + usize::from(staff.after.is_some());
        let start = Arc::new(Barrier::new(administrators.len() + others));
        let mut at_work = Vec::new();
        for (space, press) in (1..).zip(administrators) {
            at_work.push(tokio::spawn(press.go(self.staffroom(space), Arc::clone(&start))));
        }
        let mut meanwhile = Vec::new();
        if let Some(pressed) = &before {
            let (staffroom, start, batch) = (self.staffroom(2_000), Arc::clone(&start), pressed.plan.batch());
            let session = Session::new(network, Actor::User(fixture::ADMIN), SCHOOL);
            meanwhile.push(tokio::spawn(async move {
                start.wait().await;
                staffroom.undo(&session, batch).await.unwrap();
            }));
        }
        if let Some(roster) = staff.roster() {
            let (staffroom, start) = (self.staffroom(3_000), Arc::clone(&start));
            meanwhile.push(tokio::spawn(async move {
                start.wait().await;
                staffroom.import(network, &roster).await.unwrap();
            }));
        }
        if let Some(id) = disabled {
            let (store, start) = (Arc::clone(&self.store), Arc::clone(&start));
            meanwhile.push(tokio::spawn(async move {
                start.wait().await;
                disable(&*store, network, id).await;
            }));
        }
        let mut pressed: Vec<Pressed> = before.into_iter().collect();
        for work in at_work {
            pressed.push(work.await.unwrap());
        }
        for meanwhile in meanwhile {
            meanwhile.await.unwrap();
        }
        let truth = Truth::read(&mut checker.0, network).await;
        truth.hold(&pressed, &staff, disabled, tally);
        self.again(rng, &pressed).await;
    }

    /// Whoever presses the button once more, afterwards, gets the first report (R11).
    async fn again(&self, rng: &mut Rng, pressed: &[Pressed]) {
        let Pressed { plan, answers, .. } = &pressed[rng.usize(..pressed.len())];
        if let Some(Ok(first)) = answers.first() {
            let session = Session::new(plan.network(), plan.actor(), SCHOOL);
            let again = press(&self.staffroom(4_000), &session, plan).await.unwrap();
            assert_eq!(again.repeat, Repeat::Again);
            assert_eq!(again.report, first.report);
        }
    }
}

/// An administrator of a round.
fn administrator(number: u32) -> User {
    user(number).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(ADMINS))
}

async fn press(staffroom: &Staffroom, session: &Session, plan: &Plan) -> Result<Committed, CommitError> {
    match plan.password() {
        PlannedPassword::Shared { .. } => {
            let secret = Secret::new("a password for everybody".to_owned());
            staffroom.commit_with_shared_password(session, plan, secret).await
        }
        PlannedPassword::None | PlannedPassword::Generated { .. } => staffroom.commit(session, plan).await,
    }
}

async fn disable(store: &dyn Store, network: NetworkId, id: UserId) {
    for _ in 0..100 {
        match edit_user(store, network, id, |user| user.set_status(UserStatus::Disabled)).await {
            Err(StoreError::Contended(_)) => {}
            done => return done.unwrap(),
        }
    }
    panic!("an administrator could not be disabled");
}

impl Press {
    /// For one holder of the one address, without a pause: who loses, loses at the insert.
    fn rush(rng: &mut Rng, session: &Session, staff: &[StaffMember]) -> Self {
        let one = StaffKey::Id(staff[rng.usize(..staff.len())].id());
        let request = BulkCreate::of(Selection::These(vec![one]));
        Self { session: *session, request, clicks: 1, undoes: false, pause: Duration::ZERO }
    }

    fn draw(rng: &mut Rng, session: &Session, staff: &[StaffMember]) -> Self {
        let selection = match rng.u8(..10) {
            0..5 => Selection::AllCandidates,
            5 => Selection::CandidatesHere,
            // One for each address: those who choose another holder of it meet at the insert, and not before.
            6 | 7 => {
                let mut members: Vec<&StaffMember> = staff.iter().collect();
                rng.shuffle(&mut members);
                let mut addresses = HashSet::new();
                members.retain(|member| {
                    member.email().valid().is_some_and(|email| addresses.insert(email.canonical()))
                });
                Selection::These(members.into_iter().map(|member| StaffKey::Id(member.id())).collect())
            }
            _ => {
                let some = staff.iter().filter(|_| rng.u8(..3) > 0).map(|member| StaffKey::Id(member.id()));
                let mut keys: Vec<StaffKey> = some.collect();
                if rng.u8(..4) == 0 {
                    keys.push(StaffKey::Id(staff_id(NOBODY)));
                }
                rng.shuffle(&mut keys);
                Selection::These(keys)
            }
        };
        let mut request = BulkCreate::of(selection);
        if rng.bool() {
            request = request.in_group(TEACHERS);
        }
        if rng.u8(..6) == 0 {
            request = request.with_partial(Partial::Forbidden);
        }
        request = request.with_initial_password(match rng.u8(..6) {
            0 => InitialPassword::Shared(ValidDays::default()),
            1 => InitialPassword::Generated(ValidDays::default()),
            _ => InitialPassword::None,
        });
        Self {
            session: *session,
            request,
            clicks: if rng.u8(..5) == 0 { 2 } else { 1 },
            undoes: rng.u8(..10) == 0,
            pause: Duration::from_micros(if rng.bool() { rng.u64(..3_000) } else { 0 }),
        }
    }

    async fn go(self, staffroom: Staffroom, start: Arc<Barrier>) -> Pressed {
        let plan = staffroom.preview(&self.session, &self.request).await;
        start.wait().await;
        let plan = plan.unwrap();
        tokio::time::sleep(self.pause).await;
        let mut clicks = Vec::new();
        for _ in 0..self.clicks {
            let (staffroom, plan, session) = (staffroom.clone(), plan.clone(), self.session);
            clicks.push(tokio::spawn(async move { press(&staffroom, &session, &plan).await }));
        }
        let mut answers = Vec::new();
        for click in clicks {
            answers.push(click.await.unwrap());
        }
        let undone = self.undoes
            && match staffroom.undo(&self.session, plan.batch()).await {
                Ok(_) => true,
                Err(UndoError::Access(AccessError::Denied(_)) | UndoError::UnknownBatch(_)) => false,
                Err(error) => panic!("an undo failed: {error:?}"),
            };
        Pressed { plan, answers, undone }
    }
}

impl Staff {
    /// People who have one address, in its spellings.
    fn of_one_office() -> Self {
        let spellings = ["office@school.example", "Office@School.Example", "OFFICE@SCHOOL.EXAMPLE"];
        let member = |(number, spelling)| staff_member(number).with_email(StaffEmail::read(spelling));
        Self { before: (1..).zip(spellings.into_iter().cycle().take(8)).map(member).collect(), after: None }
    }

    fn draw(rng: &mut Rng) -> Self {
        let before: Vec<StaffMember> = (1..=rng.u32(3..14)).map(|number| somebody(rng, number)).collect();
        let after = (rng.u8(..3) == 0).then(|| {
            let change = |member: &StaffMember| match rng.u8(..5) {
                0 => member.clone().with_status(StaffStatus::Inactive),
                1 => member.clone().with_email(address(rng, NOBODY)),
                _ => member.clone(),
            };
            before.iter().map(change).collect()
        });
        Self { before, after }
    }

    fn roster(&self) -> Option<Roster> {
        let record = |member: &StaffMember| {
            let (sis_id, name) = (member.sis_id().clone(), member.name().clone());
            RosterRecord::new(sis_id, name, member.status(), member.email().clone(), Vec::new())
        };
        let records = self.after.as_ref()?.iter().map(record).collect();
        Some(Roster::new(None, Vec::new(), records).unwrap())
    }

    /// The records that somebody had in this round.
    fn records(&self, id: StaffId) -> Vec<&StaffMember> {
        self.before.iter().chain(self.after.iter().flatten()).filter(|member| member.id() == id).collect()
    }
}

fn somebody(rng: &mut Rng, number: u32) -> StaffMember {
    let email = match rng.u8(..20) {
        0 => StaffEmail::Missing,
        1 => StaffEmail::read("not an address"),
        _ => address(rng, number),
    };
    let status = if rng.u8(..12) == 0 { StaffStatus::Inactive } else { StaffStatus::Active };
    staff_member(number).with_email(email).with_status(status)
}

/// An address of their own, or one of a few that several have, in one of its spellings.
fn address(rng: &mut Rng, number: u32) -> StaffEmail {
    if rng.u8(..4) > 0 && number != NOBODY {
        return StaffEmail::read(&format!("staff{number}@school.example"));
    }
    let office = rng.u8(..3);
    StaffEmail::read(&match rng.u8(..3) {
        0 => format!("office{office}@school.example"),
        1 => format!("Office{office}@School.Example"),
        _ => format!("OFFICE{office}@SCHOOL.EXAMPLE"),
    })
}
