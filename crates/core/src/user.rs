//! A user: a login account.

use std::fmt;

use crate::{BatchId, Email, GroupId, IdSet, SchoolId, SharedPasswordId, StaffId, Timestamp, UserId};

/// Whether a user may sign in at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum UserStatus {
    /// They may.
    Enabled,
    /// They may not. They still hold their email (R1).
    Disabled,
}

/// What kind of password a user has. Never the password, and never its hash: a store hands a hash out only
/// through its `PasswordRepository`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case", tag = "kind"))]
pub enum PasswordState {
    /// None: the first sign-in goes through "Forgot your password?".
    Unset,
    /// The one secret of the batch, kept once and referred to (R9). To be changed at the first sign-in.
    InitialShared {
        /// The secret referred to.
        secret: SharedPasswordId,
        /// When it stops working.
        expires_at: Timestamp,
    },
    /// A random password of their own, handed over on paper. To be changed at the first sign-in.
    InitialGenerated {
        /// When it stops working.
        expires_at: Timestamp,
    },
    /// A password that the person chose.
    Chosen {
        /// When they chose it.
        set_at: Timestamp,
    },
}

impl PasswordState {
    /// Of an initial password, which somebody else gave them and so may know: whether a batch shares it.
    pub(crate) const fn initial_is_shared(self) -> Option<bool> {
        match self {
            Self::InitialShared { .. } => Some(true),
            Self::InitialGenerated { .. } => Some(false),
            Self::Unset | Self::Chosen { .. } => None,
        }
    }
}

/// Counts the edits of a user: 1 when created, one more with every edit. What a caller read and what the store
/// holds are the same exactly if their revisions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Revision(u32);

impl Revision {
    /// The revision of a user that nobody has edited.
    pub const FIRST: Self = Self(1);

    /// The revision numbered `number`, as a store kept it.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The revision after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A login account of the network. Signs in with its email.
///
/// A user without a staff member is legal; a user without a school cannot sign in anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct User {
    id: UserId,
    email: Email,
    staff_member: Option<StaffId>,
    schools: IdSet<SchoolId>,
    groups: IdSet<GroupId>,
    status: UserStatus,
    password: PasswordState,
    batch: Option<BatchId>,
    created_at: Timestamp,
    last_sign_in_at: Option<Timestamp>,
    revision: Revision,
}

impl User {
    /// A new user: enabled, without staff member, school, group or password, at its first revision.
    pub fn new(id: UserId, email: Email, created_at: Timestamp) -> Self {
        Self {
            id,
            email,
            staff_member: None,
            schools: IdSet::empty(),
            groups: IdSet::empty(),
            status: UserStatus::Enabled,
            password: PasswordState::Unset,
            batch: None,
            created_at,
            last_sign_in_at: None,
            revision: Revision::FIRST,
        }
    }

    /// Its id.
    pub const fn id(&self) -> UserId {
        self.id
    }

    /// The email it signs in with; no two users of a network hold the same.
    pub const fn email(&self) -> &Email {
        &self.email
    }

    /// The staff member it is linked to; no two users are linked to the same.
    pub const fn staff_member(&self) -> Option<StaffId> {
        self.staff_member
    }

    /// The schools it may enter.
    pub const fn schools(&self) -> &IdSet<SchoolId> {
        &self.schools
    }

    /// The groups it belongs to.
    pub const fn groups(&self) -> &IdSet<GroupId> {
        &self.groups
    }

    /// Whether it may sign in at all.
    pub const fn status(&self) -> UserStatus {
        self.status
    }

    /// What kind of password it has.
    pub const fn password(&self) -> PasswordState {
        self.password
    }

    /// The bulk create that made it, if one did.
    pub const fn batch(&self) -> Option<BatchId> {
        self.batch
    }

    /// When it was created.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When the person last signed in, if ever.
    pub const fn last_sign_in_at(&self) -> Option<Timestamp> {
        self.last_sign_in_at
    }

    /// How often it was edited.
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// This user, not yet stored, linked to a staff member.
    #[must_use]
    pub const fn linked_to(mut self, staff_member: StaffId) -> Self {
        self.staff_member = Some(staff_member);
        self
    }

    /// This user, not yet stored, with these schools.
    #[must_use]
    pub fn entering(mut self, schools: IdSet<SchoolId>) -> Self {
        self.schools = schools;
        self
    }

    /// This user, not yet stored, in these groups.
    #[must_use]
    pub fn in_groups(mut self, groups: IdSet<GroupId>) -> Self {
        self.groups = groups;
        self
    }

    /// This user, not yet stored, made by a batch.
    #[must_use]
    pub const fn made_by(mut self, batch: BatchId) -> Self {
        self.batch = Some(batch);
        self
    }

    /// This user, not yet stored, with a password of that kind.
    #[must_use]
    pub const fn with_password(mut self, password: PasswordState) -> Self {
        self.password = password;
        self
    }

    /// This user as a store kept it: what no edit made here, all at once.
    #[must_use]
    pub const fn as_stored(
        mut self,
        status: UserStatus,
        last_sign_in_at: Option<Timestamp>,
        revision: Revision,
    ) -> Self {
        self.status = status;
        self.last_sign_in_at = last_sign_in_at;
        self.revision = revision;
        self
    }

    /// The edit "signed in at `at`".
    #[must_use]
    pub fn signed_in(&self, at: Timestamp) -> Self {
        self.edited(|user| user.last_sign_in_at = Some(at))
    }

    /// The edit "chose a password at `at`".
    #[must_use]
    pub fn chose_password(&self, at: Timestamp) -> Self {
        self.edited(|user| user.password = PasswordState::Chosen { set_at: at })
    }

    /// The edit "has a password of that kind".
    #[must_use]
    pub fn set_password(&self, password: PasswordState) -> Self {
        self.edited(|user| user.password = password)
    }

    /// The edit "enabled" or "disabled".
    #[must_use]
    pub fn set_status(&self, status: UserStatus) -> Self {
        self.edited(|user| user.status = status)
    }

    /// The edit "changed their email". Whoever writes it ends the user's reset in the same unit of work
    /// ([`ResetRepository::remove_by_user`](crate::store::ResetRepository::remove_by_user)): it went to the address before, and
    /// would still set their password.
    #[must_use]
    pub fn set_email(&self, email: Email) -> Self {
        self.edited(|user| user.email = email)
    }

    /// The edit "may enter these schools".
    #[must_use]
    pub fn set_schools(&self, schools: IdSet<SchoolId>) -> Self {
        self.edited(|user| user.schools = schools)
    }

    /// The edit "belongs to these groups".
    #[must_use]
    pub fn set_groups(&self, groups: IdSet<GroupId>) -> Self {
        self.edited(|user| user.groups = groups)
    }

    /// The edit "is linked to this staff member", or to none.
    #[must_use]
    pub fn set_staff_member(&self, staff_member: Option<StaffId>) -> Self {
        self.edited(|user| user.staff_member = staff_member)
    }

    fn edited(&self, edit: impl FnOnce(&mut Self)) -> Self {
        let mut user = self.clone();
        edit(&mut user);
        user.revision = self.revision.next();
        user
    }

    /// What has happened to the user since it was created, as far as an undo minds (R15). Empty: nothing.
    pub fn touches(&self) -> Vec<Touch> {
        let mut touches = Vec::new();
        if self.last_sign_in_at.is_some() {
            touches.push(Touch::SignedIn);
        }
        if matches!(self.password, PasswordState::Chosen { .. }) {
            touches.push(Touch::PasswordSet);
        }
        if touches.is_empty() && self.revision != Revision::FIRST {
            touches.push(Touch::Edited);
        }
        touches
    }
}

/// Why an undo leaves a user alone (R15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Touch {
    /// The person has signed in.
    SignedIn,
    /// The person has set a password of their own.
    PasswordSet,
    /// Somebody has edited the user otherwise.
    Edited,
}

impl Touch {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignedIn => "signed-in",
            Self::PasswordSet => "password-set",
            Self::Edited => "edited",
        }
    }
}

impl fmt::Display for Touch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::SignedIn => "has signed in",
            Self::PasswordSet => "has set a password",
            Self::Edited => "was edited since",
        })
    }
}
