//! A store in which somebody else is quicker, between the decision on a row and its insert (R13).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_lite::future::block_on;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork, UserInsert};
use staffroom_core::{
    BulkCreate, CommitError, Committed, InitialPassword, NetworkId, Outcome, Partial, PlannedPassword,
    Reason, ReasonSet, Secret, Selection, Staffroom, ValidDays,
};
use staffroom_store_memory::MemoryStore;

use super::{Answer, Behaviour, Call, Relay, pass};
use crate::fakes::{CountingIds, ForetoldRandomness, HandClock, ReversedPasswords};
use crate::fixture::{NETWORK, add_staff, operator, set_up, staff_member};

/// The memory store; so often as `left`, the first user to be inserted is in somebody's way.
#[derive(Debug)]
struct Rivalled {
    store: MemoryStore,
    left: Arc<AtomicUsize>,
    way: UserInsert,
}

struct RivalledUnit {
    inner: Box<dyn UnitOfWork>,
    left: Arc<AtomicUsize>,
    way: UserInsert,
}

#[async_trait]
impl Store for Rivalled {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let (inner, left) = (self.store.begin(network, mode).await?, Arc::clone(&self.left));
        Ok(Relay::boxed(RivalledUnit { inner, left, way: self.way }))
    }
}

#[async_trait]
impl Behaviour for RivalledUnit {
    fn network_id(&self) -> NetworkId {
        self.inner.network_id()
    }

    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError> {
        let less = |left: usize| left.checked_sub(1);
        let in_the_way = matches!(call, Call::InsertUsers(_))
            && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok();
        match call {
            Call::InsertUsers(users) if in_the_way => {
                let (_, others) = users.split_first().unwrap();
                let mut outcomes = vec![self.way];
                outcomes.extend(self.inner.users().insert(others).await?);
                Ok(Answer::UserInserts(outcomes))
            }
            call => pass(&mut *self.inner, call).await,
        }
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await
    }
}

/// What came of a commit.
struct Came {
    committed: Result<Committed, CommitError>,
    /// How many users there are of it.
    users: usize,
    keeps_a_shared_password: bool,
}

/// Three candidates, the first of whom meets a rival so often.
async fn commit(way: UserInsert, often: usize, request: &BulkCreate) -> Came {
    let left = Arc::new(AtomicUsize::new(0));
    let store = Arc::new(Rivalled { store: MemoryStore::new(), left: Arc::clone(&left), way });
    set_up(&*store).await.unwrap();
    add_staff(&*store, NETWORK, &[1, 2, 3].map(staff_member)).await.unwrap();
    let (clock, ids) = (Arc::new(HandClock::new()), Arc::new(CountingIds::new(7)));
    let staffroom = Staffroom::new(Arc::<Rivalled>::clone(&store), clock, ids)
        .with_passwords(Arc::new(ReversedPasswords), Arc::new(ForetoldRandomness::default()));
    let plan = staffroom.preview(&operator(), request).await.unwrap();
    let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
    let mut before = 0;
    uow.users().visit(&mut |_| before += 1).await.unwrap();
    drop(uow);
    left.store(often, Ordering::SeqCst);
    let secret = || Secret::new("meadow lantern oboe".to_owned());
    let committed = match request.initial_password() {
        InitialPassword::Shared(_) => {
            staffroom.commit_with_shared_password(&operator(), &plan, secret()).await
        }
        _ => staffroom.commit(&operator(), &plan).await,
    };
    let mut users = 0;
    let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
    uow.users().visit(&mut |_| users += 1).await.unwrap();
    let keeps_a_shared_password = match plan.password() {
        PlannedPassword::Shared { secret, .. } => {
            let batch = uow.batches().find(plan.batch()).await.unwrap().unwrap();
            let is_there = uow.passwords().find_shared(secret).await.unwrap().is_some();
            assert_eq!(batch.shared_password, is_there.then_some(secret));
            is_there
        }
        _ => false,
    };
    Came { committed, users: users - before, keeps_a_shared_password }
}

const WAYS: [(UserInsert, Reason); 2] =
    [(UserInsert::EmailTaken, Reason::EmailTaken), (UserInsert::StaffMemberLinked, Reason::AlreadyLinked)];

#[test]
fn the_loser_of_a_row_is_told_why_and_the_others_go_ahead() {
    block_on(async {
        for (way, reason) in WAYS {
            for password in [InitialPassword::None, InitialPassword::Generated(ValidDays::default())] {
                let request = BulkCreate::of(Selection::AllCandidates).with_initial_password(password);
                let Came { committed, users, .. } = commit(way, 1, &request).await;
                let committed = committed.unwrap();
                let outcomes: Vec<Outcome> =
                    committed.report.rows().iter().map(staffroom_core::ReportRow::outcome).collect();
                assert_eq!(outcomes[0], Outcome::Refused(ReasonSet::only(reason)));
                assert!(outcomes[1..].iter().all(|outcome| matches!(outcome, Outcome::Created(_))));
                assert_eq!((users, committed.report.counts().created), (2, 2));
            }
        }
    });
}

#[test]
fn all_or_nothing_begins_again_when_a_row_is_lost() {
    block_on(async {
        for (way, _) in WAYS {
            let request = BulkCreate::of(Selection::AllCandidates).with_partial(Partial::Forbidden);
            // The rival takes it back before the second look: everybody is created, and nobody by halves.
            let Came { committed, users, .. } = commit(way, 1, &request).await;
            assert_eq!((committed.unwrap().report.counts().created, users), (3, 3));
            // One who comes again and again: nothing is written.
            let Came { committed, users, .. } = commit(way, usize::MAX, &request).await;
            let is_contended = |error: &CommitError| format!("{error:?}").contains("Contended(");
            assert!(committed.as_ref().is_err_and(is_contended), "{committed:?}");
            assert_eq!(users, 0);
        }
    });
}

#[test]
fn a_shared_password_that_nobody_came_to_have_is_not_kept() {
    block_on(async {
        let password = InitialPassword::Shared(ValidDays::default());
        let key = staffroom_core::StaffKey::Id(crate::fixture::staff_id(1));
        let request = BulkCreate::of(Selection::These(vec![key])).with_initial_password(password);
        for (rivals, created) in [(1, 0), (0, 1)] {
            let came = commit(UserInsert::EmailTaken, rivals, &request).await;
            assert_eq!((came.committed.unwrap().report.counts().created, came.users), (created, created));
            assert_eq!(came.keeps_a_shared_password, created == 1);
        }
    });
}
