//! Strategies for property tests: texts, people, whole networks, requests, rosters and edits.
//!
//! Each takes a [`Preset`]. *Ordinary* input looks like a school network on a good day; *hostile* input is made of
//! what breaks software that compares texts and times: dotted and dotless i, the Kelvin sign, sharp s, final sigma,
//! composed and decomposed accents, full-width letters, zero-width and bidirectional characters, tabs, no-break
//! spaces, NUL, texts at and beyond every limit, instants finer than a microsecond, every option empty, and the same
//! people in two networks. `tests/reach.rs` shows that they reach every reason, warning and refusal.
//!
//! Everything is drawn from small pools on purpose: rules about equal things are only tested by things that are
//! often equal.

mod edits;
mod offices;
mod people;
mod requests;
mod rosters;
mod seeds;
mod texts;
mod worlds;

pub use edits::{Edit, EditOutcome, apply_edit, edit, edits};
pub use offices::{UserEditBy, group_edit, office_edits, office_session, office_world, user_edit};
pub use people::{any_staff_member, facts, permissions, staff_email, staff_number};
pub use requests::{Case, case, request, session};
pub use rosters::roster;
pub use seeds::{from_seed, history_from_seeds};
pub use texts::{instant, raw_email, raw_name, raw_text, sis_text};
pub use worlds::{
    ACTORS, ANNEX, CLERKS, FORMER_ADMINS, GROUPS, NETWORKS, NetworkRecords, SCHOOLS, World, any_user, world,
};

/// How nasty the input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preset {
    /// A good day.
    Ordinary,
    /// What breaks software.
    Hostile,
}

impl Preset {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ordinary, Self::Hostile];
}
