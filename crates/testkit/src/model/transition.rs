//! What can happen, and what was answered.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::ReferenceStateMachine;
use staffroom_core::{BulkCreate, NetworkId, Roster, Session, UserEdit};

use super::aimed;
use super::state::Model;
use crate::strategies::{Edit, NETWORKS, Preset, edit, request, roster, session, user_edit, world};

/// Something that happens.
#[derive(Debug, Clone)]
pub enum Transition {
    /// A roster is imported.
    Import(NetworkId, Roster),
    /// A record is edited, a user signs in, a group changes.
    Edit(NetworkId, Edit),
    /// A bulk create is previewed.
    Preview(Session, BulkCreate),
    /// The plan with that number is committed: by whoever made it, or by somebody else.
    Commit(usize, Option<Session>, HandIn),
    /// The batch of the plan with that number is undone: by whoever made it, or by somebody else.
    Undo(usize, Option<Session>),
    /// Everybody is listed, or only the candidates of the current school.
    List(Session, bool),
    /// An actor edits the user at that place in the list by email, wrapping around.
    EditUser(Session, usize, UserEdit),
}

/// The shared password that is handed in with a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandIn {
    /// A good one if the plan asks for one, none otherwise.
    AsAsked,
    /// The other way round.
    Otherwise,
    /// One that will not do.
    Weak,
}

/// The state machine whose histories are lived through: a world, and what happens in it.
#[derive(Debug)]
pub struct History;

impl ReferenceStateMachine for History {
    type State = (crate::strategies::World, Model);
    type Transition = Transition;

    fn init_state() -> BoxedStrategy<Self::State> {
        prop_oneof![world(Preset::Ordinary), world(Preset::Hostile)]
            .prop_map(|world| {
                let model = Model::of(&world);
                (world, model)
            })
            .boxed()
    }

    fn transitions((_, model): &Self::State) -> BoxedStrategy<Self::Transition> {
        thread_local! {
            /// Made once: to put them together takes longer than to draw from them.
            static HAPPENINGS: [BoxedStrategy<Transition>; 2] = Preset::ALL.map(happening);
        }
        let preset = prop_oneof![2 => Just(Preset::Ordinary), 1 => Just(Preset::Hostile)];
        let happening = preset.prop_flat_map(|preset| {
            HAPPENINGS.with(|[ordinary, hostile]| match preset {
                Preset::Ordinary => ordinary.clone(),
                Preset::Hostile => hostile.clone(),
            })
        });
        let list = (session(), any::<bool>()).prop_map(|(by, everyone)| Transition::List(by, everyone));
        let Some(newest) = model.plans().checked_sub(1) else {
            return prop_oneof![12 => happening, 1 => list].boxed();
        };
        let plan = move || prop_oneof![2 => Just(newest), 1 => 0..=newest];
        let by = || option::weighted(0.15, session());
        let hand_in =
            prop_oneof![16 => Just(HandIn::AsAsked), 1 => Just(HandIn::Otherwise), 2 => Just(HandIn::Weak)];
        prop_oneof![
            12 => happening,
            1 => list,
            7 => (plan(), by(), hand_in).prop_map(|(plan, by, hand_in)| Transition::Commit(plan, by, hand_in)),
            3 => (plan(), by()).prop_map(|(plan, by)| Transition::Undo(plan, by)),
            4 => aimed::edit_of_the_newest_plan(model),
            4 => aimed::edit_of_somebody_created(model),
            6 => aimed::gift_to_somebody_with_an_initial_password(model),
        ]
        .boxed()
    }

    fn apply((world, mut model): Self::State, transition: &Self::Transition) -> Self::State {
        model.step(transition);
        (world, model)
    }

    fn preconditions((_, model): &Self::State, transition: &Self::Transition) -> bool {
        match transition {
            Transition::Commit(plan, ..) | Transition::Undo(plan, _) => *plan < model.plans(),
            Transition::Import(..)
            | Transition::Edit(..)
            | Transition::Preview(..)
            | Transition::List(..)
            | Transition::EditUser(..) => true,
        }
    }
}

/// What the plans that were made make no difference to.
fn happening(preset: Preset) -> BoxedStrategy<Transition> {
    prop_oneof![
        6 => (mostly_here(), edit(preset)).prop_map(|(network, edit)| Transition::Edit(network, edit)),
        1 => (mostly_here(), roster(preset)).prop_map(|(network, roster)| Transition::Import(network, roster)),
        3 => (mostly_the_admin(), any::<usize>(), user_edit())
            .prop_map(|(by, place, edit)| Transition::EditUser(by, place, edit)),
        6 => (mostly_the_admin(), request(preset)).prop_map(|(by, request)| Transition::Preview(by, request)),
    ]
    .boxed()
}

fn mostly_the_admin() -> impl Strategy<Value = Session> {
    prop_oneof![1 => Just(crate::fixture::admin()), 1 => session()]
}

fn mostly_here() -> impl Strategy<Value = NetworkId> {
    prop_oneof![3 => Just(crate::fixture::NETWORK), 1 => select(&NETWORKS)]
}
