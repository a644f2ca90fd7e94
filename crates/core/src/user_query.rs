//! Which users a list is about. Decided here; a store only orders them by their emails.

use std::sync::Arc;

use crate::{Email, GroupId, SchoolId, User, UserStatus};

/// The start of an email, in the form by which emails are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailStart(Arc<str>);

impl EmailStart {
    /// The start of an email as somebody typed it; `None` if there is nothing to search for.
    pub fn new(typed: &str) -> Option<Self> {
        if let Ok(email) = Email::parse(typed) {
            return Some(Self(email.canonical().into()));
        }
        let text = typed.trim().to_lowercase();
        (!text.is_empty()).then(|| Self(text.into()))
    }

    /// The text in lower case: the start of a canonical email.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which users are to be listed: those for whom everything that is given holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserQuery {
    /// Their email starts so.
    pub email_start: Option<EmailStart>,
    /// They may enter this school. A list for somebody who may not enter it themselves is empty.
    pub school: Option<SchoolId>,
    /// They belong to this group.
    pub group: Option<GroupId>,
    /// They may sign in, or may not.
    pub status: Option<UserStatus>,
}

impl UserQuery {
    /// True if `user` is to be listed.
    pub fn includes(&self, user: &User) -> bool {
        self.email_start.as_ref().is_none_or(|start| user.email().canonical().starts_with(start.as_str()))
            && self.school.is_none_or(|school| user.schools().contains(school))
            && self.group.is_none_or(|group| user.groups().contains(group))
            && self.status.is_none_or(|status| user.status() == status)
    }
}

/// A place in the list of users, which is ordered by canonical email, as bytes. The place stays when the user whom it was
/// made from leaves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct UserCursor(String);

impl UserCursor {
    /// The place of `user`.
    pub fn of(user: &User) -> Self {
        Self(user.email().canonical().to_owned())
    }

    /// The canonical email.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
