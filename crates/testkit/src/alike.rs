//! Two stores, held against each other call by call: one whose answers are believed, and one that must give the same.
//!
//! The conformance suite asks a store what the contract says. This asks what it never thought of: any calls in any order,
//! in units of work that are committed or dropped, in two networks.

mod draw;

pub use draw::Steps;

use staffroom_core::store::{Mode, Store, StoreError, UnitOfWork};
use staffroom_core::{NetworkId, User};

use crate::properties::{Snapshot, Verdict, Violation};
use crate::relay::{Answer, Call, pass};
use crate::strategies::{NETWORKS, World};

/// Something that is done with a store.
#[derive(Debug, Clone)]
pub struct Step(pub(crate) Kind);

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A call to a repository.
    Call(Box<Call>),
    /// The unit of work is committed, and another begun in that network.
    Commit(NetworkId),
    /// The unit of work is dropped, and another begun in that network.
    Drop(NetworkId),
}

/// Writes `world` to both stores, which are empty; takes `steps` with both, and compares every answer, and at the end
/// everything that can be seen.
///
/// # Errors
/// A [`Violation`] at the first difference.
pub async fn same_answers(
    reference: &dyn Store,
    store: &dyn Store,
    world: &World,
    steps: &[Step],
) -> Verdict {
    world.write_to(reference).await?;
    world.write_to(store).await?;
    let mut network = crate::fixture::NETWORK;
    let mut pair = Pair::begin(reference, store, network).await?;
    for (number, Step(kind)) in steps.iter().enumerate() {
        match kind {
            Kind::Call(call) => {
                let expected = outcome(pass(&mut *pair.reference, (**call).clone()).await);
                let found = outcome(pass(&mut *pair.store, (**call).clone()).await);
                if expected != found && !either_will_do(call, &expected, &found) {
                    let what = format!("step {number}, {call:?}\nexpected: {expected:#?}\nfound: {found:#?}");
                    return Err(Violation::of("L4", what));
                }
                if expected.is_err() || found.is_err() {
                    // An error means that the unit of work cannot go on; the next one waits until it is gone.
                    drop(pair);
                    pair = Pair::begin(reference, store, network).await?;
                }
            }
            Kind::Commit(next) => {
                network = *next;
                pair.commit().await?;
                pair = Pair::begin(reference, store, network).await?;
            }
            Kind::Drop(next) => {
                network = *next;
                drop(pair);
                pair = Pair::begin(reference, store, network).await?;
            }
        }
    }
    pair.commit().await?;
    for network in NETWORKS {
        let (expected, found) =
            (Snapshot::take(reference, network).await?, Snapshot::take(store, network).await?);
        if expected != found {
            let what = format!("in the end\nexpected: {expected:#?}\nfound: {found:#?}");
            return Err(Violation::of("L4", what));
        }
    }
    Ok(())
}

/// A unit of work of each.
struct Pair {
    reference: Box<dyn UnitOfWork>,
    store: Box<dyn UnitOfWork>,
}

impl Pair {
    async fn begin(reference: &dyn Store, store: &dyn Store, network: NetworkId) -> Result<Self, StoreError> {
        let reference = reference.begin(network, Mode::Write).await?;
        Ok(Self { reference, store: store.begin(network, Mode::Write).await? })
    }

    async fn commit(self) -> Result<(), StoreError> {
        self.reference.commit().await?;
        self.store.commit().await
    }
}

/// Of a call that breaks the contract and conflicts as well (a user who is not there is to enter a school that is not there),
/// a store may notice either first.
fn either_will_do(call: &Call, one: &Outcome, other: &Outcome) -> bool {
    let refuses = |answer: &Outcome| {
        let answer = answer.as_ref().ok();
        answer.zip(call.plain_success()).is_some_and(|(answer, success)| answer.is_conflict(&success))
    };
    let misused = |answer: &Outcome| answer.as_ref().is_err_and(|error| error == MISUSE);
    (misused(one) && refuses(other)) || (refuses(one) && misused(other))
}

/// An answer, or which error.
type Outcome = Result<Answer, String>;

const MISUSE: &str = "misuse";

/// What is compared: answers whose order is left to the store, in one order; and of errors which they are.
fn outcome(answer: Result<Answer, StoreError>) -> Outcome {
    match answer {
        Ok(Answer::Users(mut users)) => {
            users.sort_by_key(User::id);
            Ok(Answer::Users(users))
        }
        Ok(Answer::Staff(mut staff)) => {
            staff.sort_by_key(staffroom_core::StaffMember::id);
            Ok(Answer::Staff(staff))
        }
        Ok(answer) => Ok(answer),
        Err(StoreError::Misuse(_)) => Err(MISUSE.to_owned()),
        Err(error) => Err(format!("{error:?}")),
    }
}
