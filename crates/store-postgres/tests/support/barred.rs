//! A place in the middle of a commit where it stands still.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::time::sleep;

use super::rounds::Round;

/// The users of a database, which nobody may write: whoever is about to waits, in the middle of their transaction.
pub(crate) struct Barred(PgConnection);

impl Barred {
    /// Whether a fault comes while its victim waits here, which meets it for sure. In the other rounds it comes at a random
    /// moment.
    pub(crate) const fn meets(round: &Round) -> bool {
        round.seed % 6 == 1
    }

    /// Nobody writes them from now on.
    pub(crate) async fn users(superuser: &PgConnectOptions) -> Self {
        let mut connection = PgConnection::connect_with(superuser).await.unwrap();
        let lock = "BEGIN; LOCK TABLE staffroom.users IN SHARE ROW EXCLUSIVE MODE";
        sqlx::raw_sql(lock).execute(&mut connection).await.unwrap();
        Self(connection)
    }

    /// Comes back once somebody waits.
    pub(crate) async fn somebody_waits(&mut self) {
        let waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'staffroom.users'::regclass)";
        while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut self.0).await.unwrap() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// They go on, if the server still lives.
    pub(crate) async fn lift(self) {
        self.0.close().await.ok();
    }
}
