//! Facts: everything the rules look at, about one staff member.

use std::num::NonZeroU64;

use crate::digest::{DigestError, Mixer, number_of};
use crate::{PersonName, SisId, StaffId, StaffMember, UserId};

/// Another staff member of the network with the same canonical email.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EmailSharer {
    /// Who they are.
    pub id: StaffId,
    /// The id that the SIS uses for them.
    pub sis_id: SisId,
    /// What they are called.
    pub name: PersonName,
}

impl From<&StaffMember> for EmailSharer {
    fn from(member: &StaffMember) -> Self {
        Self { id: member.id(), sis_id: member.sis_id().clone(), name: member.name().clone() }
    }
}

/// Everything the rules look at, about one staff member, as a store found it in one unit of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The record.
    pub staff_member: StaffMember,
    /// The user that is linked to them.
    pub linked_user: Option<UserId>,
    /// The user of the network, enabled or not, who holds the canonical form of their email.
    pub email_holder: Option<UserId>,
    /// The other staff members of the network, active or not, with the same canonical email: ascending by id, and only
    /// the first [`MAX_SHARERS`](Self::MAX_SHARERS) of them.
    pub email_sharers: Vec<EmailSharer>,
}

impl Facts {
    /// How many people who share an email are named. Rosters hold placeholders that thousands share; a list of
    /// thousands for each of thousands helps nobody, and fills the memory.
    pub const MAX_SHARERS: usize = 20;

    /// A fingerprint of what a decision rests on. Two answers of a store that differ in anything a decision or
    /// its warnings could depend on have different fingerprints; so a commit can say what changed since.
    pub fn fingerprint(&self) -> Fingerprint {
        let member = &self.staff_member;
        let mut mix = Mixer::new();
        mix.id(member.id().as_uuid());
        mix.text(member.sis_id().as_str());
        mix.text(member.name().given());
        mix.text(member.name().family());
        mix.number(member.status() as u64);
        mix.text(member.email().as_given().unwrap_or_default());
        mix.ids(member.schools().iter().map(crate::SchoolId::as_uuid));
        mix.ids(self.linked_user.into_iter().map(UserId::as_uuid));
        mix.ids(self.email_holder.into_iter().map(UserId::as_uuid));
        mix.ids(self.email_sharers.iter().map(|sharer| sharer.id.as_uuid()));
        Fingerprint::of(mix.finish_64())
    }
}

/// A fingerprint of the [`Facts`] a decision was made from. Not a secret, and no proof against an attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String"))]
pub struct Fingerprint(NonZeroU64);

impl TryFrom<String> for Fingerprint {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // Zero is none: there is one text for each.
        let number = u64::try_from(number_of(&text, 16)?).ok().and_then(NonZeroU64::new);
        number.map(Self).ok_or(DigestError(16))
    }
}

/// In a document it is a text: numbers of 64 bits do not survive a browser.
#[cfg(feature = "serde")]
impl serde::Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl Fingerprint {
    /// Zero counts as one: a row of a plan without a fingerprint takes no more room than one with.
    const fn of(number: u64) -> Self {
        match NonZeroU64::new(number) {
            Some(number) => Self(number),
            None => Self(NonZeroU64::MIN),
        }
    }

    pub(crate) const fn number(self) -> u64 {
        self.0.get()
    }
}
