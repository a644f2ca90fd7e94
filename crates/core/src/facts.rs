//! Facts: everything the rules look at, about one staff member.

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
        Fingerprint(mix.finish_64())
    }
}

/// A fingerprint of the [`Facts`] a decision was made from. Not a secret, and no proof against an attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
pub struct Fingerprint(u64);

impl TryFrom<String> for Fingerprint {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let number = number_of(&text, 16)?;
        u64::try_from(number).map(Self).map_err(|_| DigestError(16))
    }
}

/// In a document it is a text: numbers of 64 bits do not survive a browser.
impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        format!("{:016x}", fingerprint.0)
    }
}

impl Fingerprint {
    pub(crate) const fn number(self) -> u64 {
        self.0
    }
}
