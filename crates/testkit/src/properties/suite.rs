//! The properties that need a store, each over the input it asks for: what [`property_tests!`](crate::property_tests)
//! makes tests of.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use staffroom_core::Partial;
use uuid::Uuid;

use super::{Alteration, Bench, Change, Fault, Verdict, for_all};
use crate::strategies::{
    ACTORS, GROUPS, NETWORKS, Preset, SCHOOLS, case, edits, group_edit, office_edits, office_session,
    office_world, request, roster, world,
};

/// How many cases of each preset a plain run tries.
const CASES: u32 = 64;

/// How many histories a plain run lives through.
const HISTORIES: u32 = 150;

/// Any history of imports, edits, previews, commits, undos and lists goes as the [model](crate::model) says.
///
/// # Panics
/// If it does not hold.
#[track_caller]
pub fn any_history_agrees_with_the_model(bench: &Bench) {
    crate::model::any_history_agrees_with_the_model(bench, bench.cases(HISTORIES));
}

/// Any history of sign-ins, resets, revocations and waits goes as the [model of ways in](crate::ways_in) says.
///
/// # Panics
/// If it does not hold.
#[track_caller]
pub fn any_way_in_agrees_with_the_model(bench: &Bench) {
    crate::ways_in::any_way_in_agrees_with_the_model(bench, bench.cases(HISTORIES));
}

macro_rules! suite {
    ($dollar:tt $(
        $(#[$doc:meta])*
        $name:ident($bench:ident, $preset:ident, $input:pat_param in $strategy:expr) $property:expr;
    )*) => {
        $(
            #[doc = concat!("Holds a store to [`", stringify!($name), "`](super::", stringify!($name), ").")]
            ///
            $(#[$doc])*
            ///
            /// # Panics
            /// If it does not hold.
            #[track_caller]
            pub fn $name($bench: &Bench) {
                for $preset in Preset::ALL {
                    for_all($bench.cases(CASES), $strategy, |$input| -> Verdict { $property });
                }
            }
        )*

        /// The name of every property of the suite: that of the function here, and of the test in every store.
        pub const NAMES: &[&str] = &["any_history_agrees_with_the_model", "any_way_in_agrees_with_the_model", $(stringify!($name)),*];

        /// Makes a named test of every property that needs a store, over the store that a function makes afresh for
        /// each case.
        ///
        /// ```
        /// # mod tests {
        /// # use std::sync::Arc;
        /// # use staffroom_store_memory::MemoryStore;
        /// # struct Guard;
        /// staffroom_testkit::property_tests! {
        ///     // Optional: what runs a future to its end. For a store that needs a runtime, a function that has one.
        ///     run_with = futures_lite::future::block_on;
        ///
        ///     // Optional, after it: for a store that is slow to set up, tries fewer cases, one in so many.
        ///     one_case_in = 4;
        ///
        ///     // Answers with the store, or with the store and a guard that is dropped when the case is over.
        ///     async fn fresh_store() -> (Arc<MemoryStore>, Guard) {
        ///         (Arc::new(MemoryStore::new()), Guard)
        ///     }
        /// }
        /// # }
        /// ```
        #[macro_export]
        macro_rules! property_tests {
            (async fn $dollar($dollar rest:tt)*) => {
                $dollar crate::property_tests! {
                    run_with = $dollar crate::conformance::run_alone;
                    async fn $dollar($dollar rest)*
                }
            };
            (run_with = $dollar run:path; async fn $dollar($dollar rest:tt)*) => {
                $dollar crate::property_tests! {
                    run_with = $dollar run;
                    one_case_in = 1;
                    async fn $dollar($dollar rest)*
                }
            };
            (
                run_with = $dollar run:path;
                one_case_in = $dollar one:literal;
                async fn $dollar fresh:ident() -> $dollar under_test:ty $dollar body:block
            ) => {
                async fn $dollar fresh() -> $dollar under_test $dollar body

                const BENCH: $dollar crate::properties::Bench = $dollar crate::properties::Bench::new(
                    || Box::pin(async { $dollar crate::properties::Fresh::of($dollar fresh().await) }),
                    |work| $dollar run(work),
                )
                .trying_one_case_in($dollar one);

                #[test]
                fn any_history_agrees_with_the_model() {
                    $dollar crate::properties::suite::any_history_agrees_with_the_model(&BENCH);
                }

                #[test]
                fn any_way_in_agrees_with_the_model() {
                    $dollar crate::properties::suite::any_way_in_agrees_with_the_model(&BENCH);
                }

                $(
                    #[test]
                    fn $name() {
                        $dollar crate::properties::suite::$name(&BENCH);
                    }
                )*
            };
        }
    };
}

suite! { $
    /// Rules: R4, R14.
    every_requested_person_has_one_outcome(bench, preset, case in case(preset))
        super::every_requested_person_has_one_outcome(bench, &case);
    /// Rules: R1, R2.
    every_door_gives_the_same_verdict(bench, preset, case in case(preset))
        super::every_door_gives_the_same_verdict(bench, &case);
    /// Rules: R2.
    a_store_may_let_too_many_through(bench, preset, case in case(preset))
        super::a_store_may_let_too_many_through(bench, &case);
    /// Rules: R5.
    a_shared_address_is_given_to_nobody(bench, preset, case in case(preset))
        super::a_shared_address_is_given_to_nobody(bench, &case);
    /// Rules: R2.
    the_order_of_the_roster_does_not_matter(bench, preset, (case, turn) in (case(preset), 0_usize..12))
        super::the_order_of_the_roster_does_not_matter(bench, &case, turn);
    /// Rules: R2.
    the_order_of_a_roster_file_does_not_matter(bench, preset, (roster, turn) in (roster(preset), 0_usize..12))
        super::the_order_of_a_roster_file_does_not_matter(bench, &roster, turn);
    /// Rules: R2, R8, R11.
    one_act_is_a_preview_and_a_commit(bench, preset, case in case(preset))
        super::one_act_is_a_preview_and_a_commit(bench, &case);
    /// Rules: R11.
    a_second_commit_changes_nothing(
        bench, preset, (case, edits, undone) in (case(preset), edits(preset), any::<bool>())
    ) super::a_second_commit_changes_nothing(bench, &case, &edits, undone);
    /// Rules: R11.
    a_batch_id_stands_for_one_plan(bench, preset, (case, other) in (case(preset), request(preset)))
        super::a_batch_id_stands_for_one_plan(bench, &case, &other);
    /// Rules: R1, R5.
    a_second_bulk_create_finds_nothing_left(bench, preset, case in case(preset))
        super::a_second_bulk_create_finds_nothing_left(bench, &case);
    /// Rules: R18.
    nothing_changes_in_another_network(bench, preset, (case, edits) in (case(preset), edits(preset)))
        super::nothing_changes_in_another_network(bench, &case, &edits);
    /// Rules: R18.
    another_network_is_not_seen(bench, preset, (case, edits) in (case(preset), edits(preset)))
        super::another_network_is_not_seen(bench, &case, &edits);
    /// Rules: R11, R18.
    a_plan_is_good_in_its_own_network_only(bench, preset, case in case(preset))
        super::a_plan_is_good_in_its_own_network_only(bench, &case);
    /// Rules: R8.
    new_users_hold_nothing_that_the_actor_lacks(bench, preset, (case, edits) in (case(preset), edits(preset)))
        super::new_users_hold_nothing_that_the_actor_lacks(bench, &case, &edits);
    /// Rules: R8, R16.
    a_denial_is_recorded_and_does_nothing(bench, preset, case in case(preset))
        super::a_denial_is_recorded_and_does_nothing(bench, &case);
    /// Rules: R6.
    new_users_enter_the_school_of_the_plan_only(bench, preset, (case, turn) in (case(preset), 0_usize..3))
        super::new_users_enter_the_school_of_the_plan_only(bench, &case, turn);
    /// Rules: R7.
    a_group_is_active_or_an_error(bench, preset, (case, edits) in (case(preset), edits(preset)))
        super::a_group_is_active_or_an_error(bench, &case, &edits);
    /// Rules: R13.
    every_outcome_is_true_afterwards(bench, preset, (case, edits) in (case(preset), edits(preset)))
        super::every_outcome_is_true_afterwards(bench, &case, &edits);
    /// Rules: R13.
    two_at_once_get_true_reports(bench, preset, (world, partial) in (world(preset), partial()))
        super::two_at_once_get_true_reports(bench, &world, partial);
    /// Rules: R15.
    undo_restores_what_was(bench, preset, case in case(preset))
        super::undo_restores_what_was(bench, &case);
    /// Rules: R15.
    undo_leaves_the_touched_alone(bench, preset, (case, edits) in (case(preset), edits(preset)))
        super::undo_leaves_the_touched_alone(bench, &case, &edits);
    /// Rules: R16.
    the_audit_log_names_nobody(bench, preset, (case, edits) in (case(preset), edits(preset)))
        super::the_audit_log_names_nobody(bench, &case, &edits);
    /// Rules: R9.
    a_password_is_never_said(bench, preset, case in case(preset))
        super::a_password_is_never_said(bench, &case);
    /// Rules: R9, R10.
    the_hand_off_sheet_says_how_to_get_in(bench, preset, case in case(preset))
        super::the_hand_off_sheet_says_how_to_get_in(bench, &case);
    /// Rules: R11.
    plans_and_reports_survive_documents(bench, preset, case in case(preset))
        super::plans_and_reports_survive_documents(bench, &case);
    /// Rules: R8, R11.
    an_altered_plan_is_refused_or_harmless(
        bench, preset, (case, alterations, before) in (case(preset), vec(alteration(), 1..4), any::<bool>())
    ) super::an_altered_plan_is_refused_or_harmless(bench, &case, &alterations, before);
    /// Rules: R9.
    a_plan_cannot_borrow_another_batchs_password(bench, preset, world in world(preset))
        super::a_plan_cannot_borrow_another_batchs_password(bench, &world);
    /// Rules: R11, R12.
    an_interrupted_commit_is_whole_or_nothing(
        bench, preset, (case, fault, calls) in (case(preset), select(&Fault::ALL), 0_usize..16)
    ) super::an_interrupted_commit_is_whole_or_nothing(bench, &case, fault, calls);
    /// Rules: R8, R16.
    edits_of_users_are_bounded_and_recorded(bench, preset, (world, edits) in office_edits(preset))
        super::edits_of_users_are_bounded_and_recorded(bench, &world, &edits);
    /// Rules: R8, R16.
    edits_of_groups_are_bounded_and_recorded(
        bench, preset, (world, edits) in (office_world(preset), vec((office_session(), select(&GROUPS), group_edit()), 1..8))
    ) super::edits_of_groups_are_bounded_and_recorded(bench, &world, &edits);
    /// Rules: R8.
    unseen_users_are_not_revealed(bench, preset, (world, session) in (office_world(preset), office_session()))
        super::unseen_users_are_not_revealed(bench, &world, &session);
    /// Rules: L1.
    an_import_makes_the_network_what_the_roster_says(
        bench, preset, (world, roster) in (world(preset), roster(preset))
    ) super::an_import_makes_the_network_what_the_roster_says(bench, &world, &roster);
}

fn partial() -> impl Strategy<Value = Partial> {
    prop_oneof![Just(Partial::Allowed), Just(Partial::Forbidden)]
}

fn alteration() -> impl Strategy<Value = Alteration> {
    let ids: Vec<Uuid> = GROUPS
        .into_iter()
        .map(staffroom_core::GroupId::as_uuid)
        .chain(SCHOOLS.into_iter().map(staffroom_core::SchoolId::as_uuid))
        .chain(ACTORS.into_iter().map(staffroom_core::UserId::as_uuid))
        .chain(NETWORKS.into_iter().map(staffroom_core::NetworkId::as_uuid))
        .chain([Uuid::from_u128(0x1_0000_0000)])
        .collect();
    let by = prop_oneof![
        3 => any::<usize>().prop_map(Change::Copied),
        3 => select(ids).prop_map(Change::Id),
        1 => Just(Change::Removed),
        1 => Just(Change::Doubled),
    ];
    (any::<usize>(), by).prop_map(|(target, by)| Alteration { target, by })
}
