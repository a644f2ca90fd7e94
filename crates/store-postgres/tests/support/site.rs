//! A network whose staff are created under a fault, looked over afterwards, and undone again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::postgres::PgConnectOptions;
use staffroom_core::store::{Store, StoreError};
use staffroom_core::{
    AccessError, BulkCreate, CommitError, Committed, InitialPassword, NetworkId, Plan, Repeat, Selection,
    Session, Staffroom, ValidDays,
};
use staffroom_store_postgres::{PostgresStore, Settings};
use staffroom_testkit::fixture::{self, ADMIN, SCHOOL, TEACHERS, add_staff, set_up_network, staff_member};
use uuid::Uuid;

use super::checker::Checker;
use super::pool;

/// One network of a database, and a way to it that no fault is on.
pub(crate) struct Site {
    pub(crate) network: NetworkId,
    people: usize,
    safe: Staffroom,
    checker: Checker,
}

/// What the faults of a test came to.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Outcomes {
    /// The commit that met the fault answered with a report all the same.
    pub(crate) answered: u64,
    /// It said that nothing was written, and so it was.
    pub(crate) refused: u64,
    /// It said that it did not know, and everything was written, or nothing.
    pub(crate) unknown_and_done: u64,
    pub(crate) unknown_and_not_done: u64,
}

/// The library over `store`, with ids that no other one makes.
pub(crate) fn library(store: PostgresStore) -> Staffroom {
    static SPACES: AtomicU64 = AtomicU64::new(1);
    let store: Arc<dyn Store> = Arc::new(store);
    fixture::staffroom(store, SPACES.fetch_add(1, Ordering::Relaxed))
}

/// The error of the store in the error of a commit.
pub(crate) fn store_error(error: &CommitError) -> &StoreError {
    match error {
        CommitError::Access(AccessError::Store(error)) => error,
        other => panic!("a fault of the store was answered with {other:?}"),
    }
}

impl Site {
    /// A network with `people` staff members. `number` tells it from the other networks of the database.
    pub(crate) async fn make(
        options: PgConnectOptions,
        superuser: &PgConnectOptions,
        number: u64,
        people: u32,
    ) -> Self {
        let network = NetworkId::from_uuid(Uuid::from_u64_pair(0x517E, number));
        let store = PostgresStore::with_settings(pool(options, 2).await, Settings::default());
        set_up_network(&store, network).await.unwrap();
        let members: Vec<_> = (1..=people).map(staff_member).collect();
        add_staff(&store, network, &members).await.unwrap();
        let checker = Checker::connect(superuser).await;
        Self { network, people: members.len(), safe: library(store), checker }
    }

    pub(crate) fn session(&self) -> Session {
        Session::new(self.network, staffroom_core::Actor::User(ADMIN), SCHOOL)
    }

    /// A plan for everybody; in some rounds with generated passwords.
    pub(crate) async fn plan(&self, generated: bool) -> Plan {
        let password =
            if generated { InitialPassword::Generated(ValidDays::default()) } else { InitialPassword::None };
        let request =
            BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS).with_initial_password(password);
        let plan = self.safe.preview(&self.session(), &request).await.unwrap();
        assert_eq!(plan.counts().created, self.people, "everybody is a candidate at the start of a round");
        plan
    }

    /// Whether the batch is there, by SQL of its own.
    pub(crate) async fn has(&mut self, plan: &Plan) -> bool {
        let found =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM batches WHERE network_id = $1 AND batch_id = $2)");
        found
            .bind(self.network.as_uuid())
            .bind(plan.batch().as_uuid())
            .fetch_one(&mut self.checker.0)
            .await
            .unwrap()
    }

    /// The superuser's connection anew, after a server that went away; perhaps to another one.
    pub(crate) async fn look_from(&mut self, superuser: &PgConnectOptions) {
        self.checker = Checker::connect(superuser).await;
    }

    /// The way without faults leads to another server.
    pub(crate) async fn move_to(&mut self, options: PgConnectOptions) {
        let store = PostgresStore::with_settings(pool(options, 2).await, Settings::default());
        self.safe = library(store);
    }

    /// Nothing was lost that was acknowledged, nothing is doubled or half done, and committing again leads to the one
    /// state that there can be (R11, R12).
    pub(crate) async fn judge(
        &mut self,
        plan: &Plan,
        answer: &Result<Committed, CommitError>,
        outcomes: &mut Outcomes,
    ) {
        self.checker.find_nothing().await;
        let done = self.has(plan).await;
        match answer.as_ref().map_err(store_error) {
            Ok(_) => {
                assert!(done, "the batch was acknowledged, and is lost");
                outcomes.answered += 1;
            }
            Err(StoreError::Unavailable(_) | StoreError::Contended(_)) => {
                assert!(!done, "the error says that nothing was written, and the batch is there");
                outcomes.refused += 1;
            }
            Err(StoreError::CommitUnknown(_)) if done => outcomes.unknown_and_done += 1,
            Err(StoreError::CommitUnknown(_)) => outcomes.unknown_and_not_done += 1,
            Err(other) => panic!("the fault was answered with {other:?}"),
        }
        self.finish(plan, answer, done).await;
    }

    /// Commits the plan once more, on the way without faults.
    pub(crate) async fn again(&self, plan: &Plan) -> Result<Committed, CommitError> {
        self.safe.commit(&self.session(), plan).await
    }

    /// Commits the plan once more, on the way without faults, and looks at what there is then.
    pub(crate) async fn finish(&mut self, plan: &Plan, answer: &Result<Committed, CommitError>, done: bool) {
        let again = self.safe.commit(&self.session(), plan).await.unwrap();
        assert_eq!(again.repeat == Repeat::Again, done, "it was carried out before, or is now");
        if let Ok(first) = answer {
            assert_eq!(again.report, first.report, "the first report");
        }
        assert_eq!(again.report.counts().created, self.people, "everybody has a user");
        let reported: BTreeSet<Uuid> =
            again.report.rows().iter().filter_map(|row| Some(row.user()?.as_uuid())).collect();
        assert_eq!(self.users_of(plan).await, reported, "the users of the batch are those of its report");
        self.checker.find_nothing().await;
    }

    /// Everybody is a candidate again.
    pub(crate) async fn undo(&mut self, plan: &Plan) {
        let undone = self.safe.undo(&self.session(), plan.batch()).await.unwrap();
        assert_eq!(undone.removed(), self.people);
        assert_eq!(self.users_of(plan).await, BTreeSet::new());
        self.checker.find_nothing().await;
    }

    pub(crate) async fn find_nothing(&mut self) {
        self.checker.find_nothing().await;
    }

    async fn users_of(&mut self, plan: &Plan) -> BTreeSet<Uuid> {
        let users = sqlx::query_scalar("SELECT user_id FROM users WHERE network_id = $1 AND batch_id = $2");
        let users: Vec<Uuid> = users
            .bind(self.network.as_uuid())
            .bind(plan.batch().as_uuid())
            .fetch_all(&mut self.checker.0)
            .await
            .unwrap();
        users.into_iter().collect()
    }

    /// How many sessions of the service hold a transaction open without doing anything, once those that are on their
    /// way out are gone.
    pub(crate) async fn idle_in_transaction(&mut self, role: &str) -> i64 {
        let mut idle = 0;
        for _ in 0..6_000 {
            let count = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND usename = $1 AND state LIKE 'idle in transaction%'",
            );
            idle = count.bind(role).fetch_one(&mut self.checker.0).await.unwrap();
            if idle == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        idle
    }
    /// Comes back once the server has done with every session of that name.
    pub(crate) async fn sessions_end(&mut self, name: &str) {
        let any = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
                   AND application_name = $1)";
        while sqlx::query_scalar(any).bind(name).fetch_one(&mut self.checker.0).await.unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}
