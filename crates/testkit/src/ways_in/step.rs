//! What can happen at the door.

use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::ReferenceStateMachine;

use super::model::Doors;

/// How many people there are: two who share an initial password, one who was handed one, one without, and one who chose
/// one.
pub(super) const PEOPLE: usize = 5;

/// An address, as somebody types it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// Of a person.
    Of(usize),
    /// Of a person, spelled otherwise.
    Shouted(usize),
    /// Of nobody.
    Nobodys,
    /// Not an address.
    None,
}

/// A password that somebody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The one of the batch.
    Shared,
    /// The one that was generated for a person.
    Handed,
    /// The one that administrators give.
    Given,
    /// One that a person might choose.
    Chosen,
    /// Another.
    Other,
    /// One that will not do.
    Weak,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub enum Happening {
    /// Seconds go by.
    Wait(i64),
    /// Somebody signs in, from one of three sources, perhaps into one of two schools.
    Knock(Address, Word, u8, Option<usize>),
    /// Somebody asks for a reset, from one of three sources, and the errand is run.
    Forget(Address, u8),
    /// Somebody uses the token of that number.
    Set(usize, Word),
    /// Somebody shows the token of the session of that number.
    Show(usize),
    /// Somebody enters a school with it.
    Enter(usize, usize),
    /// Somebody signs out with it.
    SignOut(usize),
    /// An administrator gives a person an initial password.
    Give(usize),
    /// An administrator has a reset sent to a person.
    Send(usize),
    /// An administrator revokes the initial password of a person.
    Revoke(usize),
    /// An administrator revokes the password of the batch.
    RevokeShared,
    /// An administrator enables or disables a person.
    Enable(usize, bool),
    /// A person may enter these schools from now on.
    Schools(usize, [bool; 2]),
    /// An administrator ends all sessions of a person.
    EndSessions(usize),
    /// What is over is swept away.
    Sweep,
}

/// The histories that are lived through.
#[derive(Debug)]
pub struct Histories;

impl ReferenceStateMachine for Histories {
    type State = Doors;
    type Transition = Happening;

    fn init_state() -> BoxedStrategy<Self::State> {
        Just(Doors::new()).boxed()
    }

    fn transitions(doors: &Self::State) -> BoxedStrategy<Self::Transition> {
        let waits = select(vec![
            1,
            1,
            2,
            5,
            59,
            60,
            61,
            600,
            3_599,
            3_600,
            5_000,
            12 * 3_600,
            24 * 3_600,
            29 * 24 * 3_600,
            91 * 24 * 3_600,
        ]);
        let people = || 0..PEOPLE;
        let right = doors.passwords();
        let knock =
            (people(), address(), word(), 0_u8..3, proptest::option::weighted(0.2, 0_usize..2), 0..10_u8)
                .prop_map(move |(person, address, word, source, school, luck)| {
                    match (luck, right.get(person)) {
                        // Mostly somebody who knows, or nearly knows, the password.
                        (0..6, Some(Some(right))) => {
                            Happening::Knock(Address::Of(person), *right, source, school)
                        }
                        (6..8, _) => Happening::Knock(Address::Of(person), word, source, None),
                        _ => Happening::Knock(address, word, source, school),
                    }
                });
        let tokens = number(doors.tokens());
        let sessions = move |count| number(count);
        let open = doors.sessions();
        prop_oneof![
            5 => waits.prop_map(Happening::Wait),
            12 => knock,
            // The same wrong password again and again.
            10 => (prop_oneof![3 => Just(Address::Of(4)), 1 => Just(Address::Nobodys)], 0_u8..3)
                .prop_map(|(address, source)| Happening::Knock(address, Word::Other, source, None)),
            6 => (address(), 0_u8..3).prop_map(|(address, source)| Happening::Forget(address, source)),
            7 => (tokens, word()).prop_map(|(token, word)| Happening::Set(token, word)),
            4 => sessions(open).prop_map(Happening::Show),
            2 => (sessions(open), 0_usize..2).prop_map(|(session, school)| Happening::Enter(session, school)),
            1 => sessions(open).prop_map(Happening::SignOut),
            2 => people().prop_map(Happening::Give),
            1 => people().prop_map(Happening::Send),
            1 => people().prop_map(Happening::Revoke),
            1 => Just(Happening::RevokeShared),
            2 => (people(), prop::bool::weighted(0.6)).prop_map(|(person, on)| Happening::Enable(person, on)),
            2 => (people(), any::<[bool; 2]>()).prop_map(|(person, schools)| Happening::Schools(person, schools)),
            1 => people().prop_map(Happening::EndSessions),
            1 => Just(Happening::Sweep),
        ]
        .boxed()
    }

    fn apply(mut doors: Self::State, step: &Self::Transition) -> Self::State {
        doors.step(step);
        doors
    }
}

fn address() -> impl Strategy<Value = Address> {
    prop_oneof![
        6 => (0..PEOPLE).prop_map(Address::Of),
        2 => (0..PEOPLE).prop_map(Address::Shouted),
        2 => Just(Address::Nobodys),
        1 => Just(Address::None),
    ]
}

fn word() -> impl Strategy<Value = Word> {
    prop_oneof![
        2 => Just(Word::Shared),
        1 => Just(Word::Handed),
        2 => Just(Word::Given),
        6 => Just(Word::Chosen),
        2 => Just(Word::Other),
        1 => Just(Word::Weak),
    ]
}

/// A number of something, mostly the newest, sometimes one that there is not.
fn number(count: usize) -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(count.saturating_sub(1)), 2 => 0..count.max(1), 1 => Just(count)]
}
