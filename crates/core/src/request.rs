//! What an administrator asks for.

use crate::digest::Mixer;
use crate::{Actor, Digest, GroupId, Session, SisId, StaffId};

/// Names a staff member the way the caller knows them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum StaffKey {
    /// By the id that the store keeps.
    Id(StaffId),
    /// By the id that the SIS uses.
    SisId(SisId),
}

/// Whom to create users for (R4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Every candidate of the network.
    AllCandidates,
    /// Every candidate who works in the current school.
    CandidatesHere,
    /// These staff members. Somebody named twice is asked for once. Ids that are unknown, or not eligible, come
    /// back in the report with their reasons.
    These(Vec<StaffKey>),
}

/// What to do about the staff members for whom no user can be created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Partial {
    /// Create the others.
    #[default]
    Allowed,
    /// Create nobody: all or nothing.
    Forbidden,
}

/// How long an initial password works: a whole number of days, 30 unless said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct ValidDays(std::num::NonZeroU16);

impl ValidDays {
    /// That many days; `None` for zero.
    pub const fn new(days: u16) -> Option<Self> {
        match std::num::NonZeroU16::new(days) {
            Some(days) => Some(Self(days)),
            None => None,
        }
    }

    /// The number of days.
    pub const fn days(self) -> u16 {
        self.0.get()
    }
}

impl Default for ValidDays {
    fn default() -> Self {
        const THIRTY: std::num::NonZeroU16 = std::num::NonZeroU16::MIN.saturating_add(29);
        Self(THIRTY)
    }
}

/// How the new users get in the first time (R9). The password itself is never part of a request or a plan:
/// a shared one is handed to the commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum InitialPassword {
    /// Through "Forgot your password?", with the email of their staff record.
    #[default]
    None,
    /// With one password for the batch, handed to the commit.
    Shared(ValidDays),
    /// With a random password for each person, shown once in the hand-off sheet.
    Generated(ValidDays),
}

/// A bulk create, as asked for.
///
/// ```
/// use staffroom_core::{BulkCreate, Partial, Selection};
/// let request = BulkCreate::of(Selection::CandidatesHere).with_partial(Partial::Forbidden);
/// assert_eq!(request.group(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkCreate {
    selection: Selection,
    group: Option<GroupId>,
    initial_password: InitialPassword,
    partial: Partial,
}

impl BulkCreate {
    /// Users for `selection`, in no group, without a password, leaving out whoever cannot be created.
    pub const fn of(selection: Selection) -> Self {
        Self { selection, group: None, initial_password: InitialPassword::None, partial: Partial::Allowed }
    }

    /// The new users belong to `group` (R7).
    #[must_use]
    pub const fn in_group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// How the new users get in the first time.
    #[must_use]
    pub const fn with_initial_password(mut self, initial_password: InitialPassword) -> Self {
        self.initial_password = initial_password;
        self
    }

    /// Whether a refusal stops the batch.
    #[must_use]
    pub const fn with_partial(mut self, partial: Partial) -> Self {
        self.partial = partial;
        self
    }

    /// Whom to create users for.
    pub const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// The group they are to belong to.
    pub const fn group(&self) -> Option<GroupId> {
        self.group
    }

    /// How they get in the first time.
    pub const fn initial_password(&self) -> InitialPassword {
        self.initial_password
    }

    /// Whether a refusal stops the batch.
    pub const fn partial(&self) -> Partial {
        self.partial
    }

    /// A digest of what `session` asks for: tells a repeated request from another one under the same batch id.
    pub(crate) fn digest(&self, session: &Session) -> Digest {
        let mut mix = Mixer::new();
        mix.id(session.network().as_uuid());
        mix.id(session.school().as_uuid());
        match session.actor() {
            Actor::User(id) => mix.id(id.as_uuid()),
            Actor::Operator => mix.number(1),
        }
        mix.ids(self.group.into_iter().map(GroupId::as_uuid));
        match self.initial_password {
            InitialPassword::None => mix.number(0),
            InitialPassword::Shared(valid) => mix.number(1 << 16 | u64::from(valid.days())),
            InitialPassword::Generated(valid) => mix.number(2 << 16 | u64::from(valid.days())),
        }
        mix.number(self.partial as u64);
        match &self.selection {
            Selection::AllCandidates => mix.number(0),
            Selection::CandidatesHere => mix.number(1),
            Selection::These(keys) => {
                mix.number(2);
                for key in keys {
                    match key {
                        StaffKey::Id(id) => mix.id(id.as_uuid()),
                        StaffKey::SisId(sis_id) => mix.text(sis_id.as_str()),
                    }
                }
                mix.number(keys.len() as u64);
            }
        }
        Digest::from_u128(mix.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NetworkId, SchoolId};
    use uuid::Uuid;

    #[test]
    fn how_the_new_users_get_in_is_in_the_digest() {
        let id = Uuid::from_u128(1);
        let session = Session::new(NetworkId::from_uuid(id), Actor::Operator, SchoolId::from_uuid(id));
        let days = |days| ValidDays::new(days).unwrap();
        let digests = [
            InitialPassword::None,
            InitialPassword::Shared(days(1)),
            InitialPassword::Shared(days(30)),
            InitialPassword::Generated(days(1)),
            InitialPassword::Generated(days(30)),
        ]
        .map(|initial| {
            BulkCreate::of(Selection::AllCandidates).with_initial_password(initial).digest(&session).as_u128()
        });
        for (place, digest) in digests.iter().enumerate() {
            assert!(!digests[..place].contains(digest), "{place}");
        }
        // The same in every release: stores keep them.
        assert_eq!(format!("{:032x}", digests[2]), "e3bd0f0a9b01cb1dcdd57699dcd90e2b");
        assert_eq!(format!("{:032x}", digests[4]), "2fbd0eafc325d73be3d026dbde4b2d41");
    }
}
