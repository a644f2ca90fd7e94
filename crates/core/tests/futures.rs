//! The traits are object-safe, and every operation can be spawned: what a service needs to run one in a task of its
//! own.

use std::future::Future;
use std::sync::Arc;

use staffroom_core::store::{Store, UnitOfWork};
use staffroom_core::{
    BatchId, BulkCreate, Clock, IdSource, ListQuery, Mailer, NetworkId, NetworkName, Passwords, Plan,
    Progress, Randomness, Roster, Session, Staffroom,
};

fn is_send<T: Future + Send>(_: T) {}

#[expect(dead_code, reason = "it is enough that it compiles")]
fn every_operation_is_send(staffroom: &Staffroom, session: &Session, plan: &Plan, query: &ListQuery) {
    is_send(staffroom.preview(session, &BulkCreate::of(staffroom_core::Selection::AllCandidates)));
    is_send(staffroom.commit(session, plan));
    is_send(staffroom.undo(session, plan.batch()));
    is_send(staffroom.list(session, query, None, 50));
    is_send(staffroom.count(session, query, 10_000));
    is_send(staffroom.list_all(session, query, &mut |_| ()));
}

#[expect(dead_code, reason = "it is enough that it compiles")]
fn so_are_imports(staffroom: &Staffroom, network: NetworkId, name: &NetworkName, roster: &Roster) {
    is_send(staffroom.open_network(network, name));
    is_send(staffroom.import(network, roster));
}

#[test]
fn the_traits_are_object_safe_and_shared_between_threads() {
    const fn shared<T: Send + Sync + ?Sized>() {}
    const fn sent<T: Send + ?Sized>() {}
    shared::<Arc<dyn Store>>();
    shared::<dyn Clock>();
    shared::<dyn IdSource>();
    shared::<dyn Randomness>();
    shared::<dyn Passwords>();
    shared::<dyn Mailer>();
    shared::<dyn Progress>();
    shared::<Staffroom>();
    shared::<BatchId>();
    sent::<dyn UnitOfWork>();
}
