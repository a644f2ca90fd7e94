use async_trait::async_trait;
use staffroom_core::store::{NetworkInsert, NetworkRepository, StoreError};
use staffroom_core::{Network, NetworkName};

use super::column;
use crate::error::corrupt;
use crate::unit_of_work::PostgresUnitOfWork;

const FIND: &str = "SELECT name FROM networks WHERE network_id = $1";
const INSERT: &str = "INSERT INTO networks (network_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING";
/// Weaker than what a foreign key needs to be against it: only those who take the turn wait for each other.
const TAKE_TURN: &str = "SELECT network_id FROM networks WHERE network_id = $1 FOR NO KEY UPDATE";

#[async_trait]
impl NetworkRepository for PostgresUnitOfWork {
    async fn find(&mut self) -> Result<Option<Network>, StoreError> {
        let id = self.transaction.network();
        let found = self.transaction.row(sqlx::query(FIND).bind(id.as_uuid())).await?;
        let Some(row) = found else {
            return Ok(None);
        };
        let name = NetworkName::parse(column(&row, 0)?).map_err(|error| corrupt("a network", error))?;
        self.transaction.network_is_there();
        Ok(Some(Network::new(id, name)))
    }

    async fn insert(&mut self, name: &NetworkName) -> Result<NetworkInsert, StoreError> {
        self.transaction.check_writing()?;
        let statement = sqlx::query(INSERT).bind(self.transaction.network_uuid()).bind(name.as_str());
        let inserted = self.transaction.execute(statement).await?;
        Ok(if inserted == 1 { NetworkInsert::Inserted } else { NetworkInsert::AlreadyThere })
    }

    async fn take_turn(&mut self) -> Result<(), StoreError> {
        self.check_writing_in_network().await?;
        let network = self.transaction.network_uuid();
        self.transaction.row(sqlx::query(TAKE_TURN).bind(network)).await.map(drop)
    }
}
