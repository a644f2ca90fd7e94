//! What must hold for any input, as plain functions.
//!
//! Each takes its input and answers `Ok(())`, or a [`Violation`] that names the rule and what broke it. None panics:
//! they are called from property tests with input from [`strategies`](crate::strategies), and can be called from
//! a fuzzer with input of its own. Those that need a store take a [`Bench`].
//!
//! [`property_tests!`](crate::property_tests) makes a named test of every property that needs a store, from the same
//! lines as [`conformance_tests!`](crate::conformance_tests):
//!
//! ```
//! # mod tests {
//! use std::sync::Arc;
//! # use staffroom_store_memory::MemoryStore;
//!
//! staffroom_testkit::property_tests! {
//!     async fn fresh_store() -> Arc<MemoryStore> {
//!         Arc::new(MemoryStore::new())
//!     }
//! }
//! # }
//! ```

mod alteration;
mod authority;
mod bench;
mod documents;
mod edits;
mod eligibility;
mod generous;
mod hand_off;
mod imports;
mod interruption;
mod last_word;
mod networks;
mod once;
pub mod restated;
mod runner;
mod selection;
mod silence;
mod sound;
pub mod suite;
mod undo;
mod values;
mod violation;

pub use alteration::{Alteration, Change};
pub use authority::{
    a_denial_is_recorded_and_does_nothing, a_group_is_active_or_an_error,
    new_users_enter_the_school_of_the_plan_only, new_users_hold_nothing_that_the_actor_lacks,
};
pub use bench::{Bench, Fresh, Making, Snapshot, Work};
pub use documents::{
    a_plan_cannot_borrow_another_batchs_password, an_altered_plan_is_refused_or_harmless,
    plans_and_reports_survive_documents,
};
pub use edits::{
    edits_of_groups_are_bounded_and_recorded, edits_of_users_are_bounded_and_recorded,
    unseen_users_are_not_revealed,
};
pub use eligibility::{
    a_candidate_is_whom_no_rule_refuses, a_fact_against_somebody_never_helps, warnings_decide_nothing,
};
pub use generous::a_store_may_let_too_many_through;
pub use hand_off::the_hand_off_sheet_says_how_to_get_in;
pub use imports::{
    an_import_makes_the_network_what_the_roster_says, the_order_of_a_roster_file_does_not_matter,
};
pub use interruption::{Fault, an_interrupted_commit_is_whole_or_nothing};
pub use last_word::{every_outcome_is_true_afterwards, two_at_once_get_true_reports};
pub use networks::{
    a_plan_is_good_in_its_own_network_only, another_network_is_not_seen, nothing_changes_in_another_network,
};
pub use once::{
    a_batch_id_stands_for_one_plan, a_second_bulk_create_finds_nothing_left, a_second_commit_changes_nothing,
};
pub use runner::for_all;
pub use selection::{
    a_search_finds_people_by_what_is_on_their_record, a_shared_address_is_given_to_nobody,
    every_door_gives_the_same_verdict, every_requested_person_has_one_outcome,
    the_order_of_the_roster_does_not_matter,
};
pub use silence::{a_password_is_never_said, the_audit_log_names_nobody};
pub use undo::{undo_leaves_the_touched_alone, undo_restores_what_was};
pub use values::{
    a_canonical_email_agrees_with_the_slow_rule, a_canonical_email_is_its_own_canonical_form,
    a_kept_email_is_read_back, a_kept_name_is_read_back, a_moment_survives_a_store,
    folding_twice_changes_nothing, spelling_does_not_matter,
};
pub use violation::{Verdict, Violation};
