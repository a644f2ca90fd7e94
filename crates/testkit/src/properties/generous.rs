//! What holds over a store that lets too many people through (R2).

use std::sync::Arc;

use async_trait::async_trait;
use staffroom_core::store::{Mode, StaffFilter, StaffScope, Store, StoreError, UnitOfWork};
use staffroom_core::{ListQuery, NetworkId};

use super::Verdict;
use super::bench::Bench;
use super::violation::require;
use crate::fixture;
use crate::relay::{Answer, Behaviour, Call, Relay, pass};
use crate::strategies::Case;

/// A store that leaves everything but the order of a list to core.
#[derive(Debug)]
struct Generous(Arc<dyn Store>);

struct GenerousUnit(Box<dyn UnitOfWork>);

#[async_trait]
impl Store for Generous {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Relay::boxed(GenerousUnit(self.0.begin(network, mode).await?)))
    }
}

#[async_trait]
impl Behaviour for GenerousUnit {
    fn network_id(&self) -> NetworkId {
        self.0.network_id()
    }

    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError> {
        let generous =
            |filter: StaffFilter| StaffFilter { scope: StaffScope::Everyone, works_in: None, ..filter };
        let call = match call {
            Call::VisitFacts(filter) => Call::VisitFacts(generous(filter)),
            Call::PageOfFacts(filter, after, limit) => Call::PageOfFacts(generous(filter), after, limit),
            other => other,
        };
        pass(&mut *self.0, call).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.0.commit().await
    }
}

/// A store may let through people who are no candidates, or who work elsewhere: lists and plans are the same as over
/// one that does not, because core decides about everybody (R2).
pub fn a_store_may_let_too_many_through(bench: &Bench, case: &Case) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        case.world.write_to(&*store).await?;
        let generous = fixture::staffroom(Arc::new(Generous(Arc::clone(&store))), 1);
        let strict = fixture::staffroom(store, 1);
        let lists =
            [ListQuery::default(), ListQuery { place: staffroom_core::Where::Here, ..ListQuery::default() }];
        for query in lists {
            for limit in [2, 50] {
                let exact = strict.list(&case.session, &query, None, limit).await.ok().map(|page| page.rows);
                let listed =
                    generous.list(&case.session, &query, None, limit).await.ok().map(|page| page.rows);
                require!("R2", exact == listed, "{exact:?} became {listed:?}");
            }
        }
        let exact = strict.preview(&case.session, &case.request).await;
        let planned = generous.preview(&case.session, &case.request).await;
        if let (Ok(exact), Ok(planned)) = (&exact, &planned) {
            require!("R2", exact.rows() == planned.rows(), "{exact} became {planned}");
        }
        require!("R2", exact.is_ok() == planned.is_ok(), "{exact:?} became {planned:?}");
        Ok(())
    })
}
