use async_trait::async_trait;
use sqlx::SqlitePool;
use staffroom_core::store::{NetworkInsert, NetworkRepository, StoreError};
use staffroom_core::{Network, NetworkId, NetworkName};

use super::column;
use crate::error::{corrupt, store_error};
use crate::unit_of_work::SqliteUnitOfWork;

const FIND: &str = "SELECT name FROM networks WHERE network_id = ?1";
const INSERT: &str = "INSERT INTO networks (network_id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const ALL: &str = "SELECT name, network_id FROM networks ORDER BY network_id";

/// Every network in the file.
pub(crate) async fn networks(pool: &SqlitePool) -> Result<Vec<Network>, StoreError> {
    let rows = sqlx::query(ALL).fetch_all(pool).await.map_err(store_error)?;
    rows.iter()
        .map(|row| Ok(Network::new(NetworkId::from_uuid(column(row, 1)?), name(column(row, 0)?)?)))
        .collect()
}

fn name(name: &str) -> Result<NetworkName, StoreError> {
    NetworkName::parse(name).map_err(|error| corrupt("a network", error))
}

#[async_trait]
impl NetworkRepository for SqliteUnitOfWork {
    async fn find(&mut self) -> Result<Option<Network>, StoreError> {
        let id = self.transaction.network();
        let found = self.transaction.row(sqlx::query(FIND).bind(id.as_uuid())).await?;
        let Some(row) = found else {
            return Ok(None);
        };
        let network = Network::new(id, name(column(&row, 0)?)?);
        self.transaction.network_is_there();
        Ok(Some(network))
    }

    async fn insert(&mut self, name: &NetworkName) -> Result<NetworkInsert, StoreError> {
        self.transaction.check_writing()?;
        let statement =
            sqlx::query(INSERT).bind(self.transaction.network_uuid()).bind(name.as_str().to_owned());
        let inserted = self.transaction.execute(statement).await?;
        Ok(if inserted == 1 { NetworkInsert::Inserted } else { NetworkInsert::AlreadyThere })
    }

    /// Whoever writes has the file to itself, and with it the turn.
    async fn take_turn(&mut self) -> Result<(), StoreError> {
        self.check_writing_in_network().await
    }
}
