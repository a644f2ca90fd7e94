//! A deliberately naive model of the whole library, for state-machine tests.
//!
//! It keeps everything in `Vec`s, scans them for every answer, and says the rules in its own words: it shares the
//! types of the library, and none of its decisions. [`check_history`] lives through a history twice, in the model and
//! over a store, and compares every answer and everything that can be seen after every step.

mod aimed;
mod bulk_create;
mod editing;
mod history;
mod rules;
mod state;
mod transition;
mod user_edits;
mod view;

pub use history::{any_history_agrees_with_the_model, check_history};
pub use state::Model;
pub use transition::{HandIn, History, Transition};
