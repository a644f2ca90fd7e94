use async_trait::async_trait;
use staffroom_core::store::{NetworkInsert, NetworkRepository, StoreError};
use staffroom_core::{Network, NetworkName};

use crate::unit_of_work::MemoryUnitOfWork;

#[async_trait]
impl NetworkRepository for MemoryUnitOfWork {
    async fn find(&mut self) -> Result<Option<Network>, StoreError> {
        Ok(self.read().network.clone())
    }

    async fn insert(&mut self, name: &NetworkName) -> Result<NetworkInsert, StoreError> {
        let network = Network::new(staffroom_core::store::UnitOfWork::network_id(self), name.clone());
        let records = self.write()?;
        if records.network.is_some() {
            return Ok(NetworkInsert::AlreadyThere);
        }
        records.network = Some(network);
        Ok(NetworkInsert::Inserted)
    }

    /// The turn was taken when the unit of work began: only one of a network writes at a time.
    async fn take_turn(&mut self) -> Result<(), StoreError> {
        self.write_in_network().map(drop)
    }
}
