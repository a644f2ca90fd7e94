//! A store that lets others go first: before every call it yields, so that operations run at once in one task take
//! turns at every call, in the same order in every run.

use std::sync::Arc;

use async_trait::async_trait;
use futures_lite::future::yield_now;
use staffroom_core::NetworkId;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};

use crate::relay::{Answer, Behaviour, Call, Relay, pass};

#[derive(Debug)]
pub(super) struct Alternating(pub(super) Arc<dyn Store>);

#[async_trait]
impl Store for Alternating {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        yield_now().await;
        Ok(Relay::boxed(Turns(self.0.begin(network, mode).await?)))
    }
}

struct Turns(Box<dyn UnitOfWork>);

#[async_trait]
impl Behaviour for Turns {
    fn network_id(&self) -> NetworkId {
        self.0.network_id()
    }

    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError> {
        yield_now().await;
        pass(&mut *self.0, call).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        yield_now().await;
        self.0.commit().await
    }
}
