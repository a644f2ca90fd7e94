//! The traits are object-safe, and every operation can be spawned: what a service needs to run one in a task of its
//! own.

use std::future::Future;
use std::sync::Arc;

use staffroom_core::store::{Store, UnitOfWork};
use staffroom_core::{
    BatchId, BulkCreate, Clock, EndSessions, IdSource, InitialOf, Invite, ListQuery, Mailer, NetworkId,
    NetworkName, Passwords, Plan, Progress, Randomness, Roster, Secret, Session, SignIn, Staffroom, UserId,
    ValidDays,
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

#[expect(dead_code, reason = "it is enough that it compiles")]
fn so_are_ways_in(
    staffroom: &Staffroom,
    session: &Session,
    network: NetworkId,
    sign_in: &SignIn,
    user: UserId,
) {
    let secret = || Secret::new(String::new());
    is_send(staffroom.sign_in(network, sign_in));
    is_send(staffroom.authenticate(network, &sign_in.password));
    is_send(staffroom.enter_school(network, &sign_in.password, session.school()));
    is_send(staffroom.sign_out(network, &sign_in.password));
    is_send(staffroom.set_password(network, &sign_in.password, secret()));
    is_send(async {
        match staffroom.ask_for_reset(network, "", &sign_in.source).await {
            Ok(errand) => errand.run().await.is_ok(),
            Err(_) => false,
        }
    });
    is_send(staffroom.give_initial_password(session, user, secret(), ValidDays::default()));
    is_send(staffroom.send_reset(session, user));
    is_send(staffroom.revoke_initial_passwords(session, InitialOf::User(user)));
    is_send(staffroom.sessions(session, user));
    is_send(staffroom.end_sessions(session, user, EndSessions::All));
    is_send(staffroom.invite(session, &Invite::AllNeverSignedIn));
    is_send(staffroom.sweep(network));
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
