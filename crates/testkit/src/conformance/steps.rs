//! What the requests of strangers ask of a store: the same, step by step, whoever has the address. No clock is needed to
//! see that, and none can tell more.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures_lite::future::block_on;
use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};
use staffroom_core::{NetworkId, PasswordState, SignIn, UserStatus};
use staffroom_store_memory::MemoryStore;

use super::door::{ANOTHER, Door, PASSWORD, chosen, people, secret};
use super::office::teacher;
use super::samples::at;
use crate::fixture::{NETWORK, user};
use crate::relay::{Answer, Behaviour, Call, Relay, pass};

/// A store that notes what it is asked, without the arguments.
#[derive(Debug)]
struct Noting {
    store: MemoryStore,
    steps: Arc<Mutex<Vec<String>>>,
}

struct Noted {
    uow: Box<dyn UnitOfWork>,
    steps: Arc<Mutex<Vec<String>>>,
}

fn note(steps: &Mutex<Vec<String>>, what: &str) {
    let kind = what.split(['(', ' ', '{']).next().unwrap_or_default();
    steps.lock().unwrap_or_else(PoisonError::into_inner).push(kind.to_owned());
}

#[async_trait]
impl Store for Noting {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        note(&self.steps, &format!("{mode:?}"));
        let uow = self.store.begin(network, mode).await?;
        Ok(Relay::boxed(Noted { uow, steps: Arc::clone(&self.steps) }))
    }
}

#[async_trait]
impl Behaviour for Noted {
    fn network_id(&self) -> NetworkId {
        self.uow.network_id()
    }

    async fn answer(&mut self, call: Call) -> Result<Answer, StoreError> {
        note(&self.steps, &format!("{call:?}"));
        pass(&mut *self.uow, call).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        note(&self.steps, "Commit");
        self.uow.commit().await
    }
}

#[test]
fn strangers_cause_the_same_steps_whoever_has_the_address() {
    let steps = Arc::new(Mutex::new(Vec::new()));
    let store: Arc<dyn Store> = Arc::new(Noting { store: MemoryStore::new(), steps: Arc::clone(&steps) });
    let taken = || std::mem::take(&mut *steps.lock().unwrap());
    let initial = PasswordState::InitialGenerated { expires_at: at(1) };
    let disabled = chosen(teacher(3)).as_stored(UserStatus::Disabled, None, user(3).revision());
    let all = [chosen(teacher(1)), teacher(2), disabled, chosen(user(4)), teacher(5).with_password(initial)];
    block_on(people(&*store, &all)).unwrap();
    let door = Door::to(&store);
    let addresses =
        ["user1", "user2", "user3", "user4", "user5", "nobody"].map(|name| format!("{name}@school.example"));
    taken();
    let (mut knocks, mut requests) = (Vec::new(), Vec::new());
    // Until the account is locked: waits and locks are the same for everybody, too.
    for _ in 0..12 {
        door.clock.pass(std::time::Duration::from_hours(1));
        for address in &addresses {
            let sign_in = SignIn::new(address.as_str(), secret(ANOTHER), door.new_source());
            block_on(door.staffroom.sign_in(NETWORK, &sign_in)).unwrap_err();
            knocks.push(taken());
            drop(block_on(door.staffroom.ask_for_reset(NETWORK, address, &door.new_source())).unwrap());
            requests.push(taken());
        }
    }
    for (round, knocks) in knocks.chunks(addresses.len()).enumerate() {
        // The attempt that locks an account that somebody has is written down: that is once in so many failures.
        let locks = |steps: &Vec<String>| steps.iter().any(|step| step == "FindUserByEmail");
        for (address, steps) in addresses.iter().zip(knocks) {
            assert!(
                locks(steps) || steps == &knocks[5],
                "round {round}, {address}: {steps:?}, not {:?}",
                knocks[5]
            );
        }
    }
    assert_eq!(knocks.iter().filter(|steps| steps.contains(&"FindUserByEmail".to_owned())).count(), 6);
    assert!(requests.iter().all(|steps| *steps == requests[0]), "{requests:?}");
    assert_eq!(requests[0], ["Write", "FindNetwork", "AddFailure", "Commit"]);
    // It is seen where somebody is let in.
    door.clock.pass(std::time::Duration::from_hours(1));
    let fresh = Door::to(&store);
    assert_eq!(block_on(fresh.knock("nobody2@school.example", PASSWORD)), "refused");
    let refused = taken();
    let reset = block_on(fresh.token("user1@school.example")).unwrap();
    assert!(block_on(fresh.set(&reset, PASSWORD)));
    taken();
    assert_eq!(block_on(fresh.knock("user1@school.example", PASSWORD)), "session");
    assert_ne!(taken(), refused);
}
