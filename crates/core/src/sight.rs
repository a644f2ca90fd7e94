//! Sight: which users an actor may know of. Pure.
//!
//! A user is seen by the operator; and by an actor with the permission `users.view` who may enter one of the schools that
//! the user may enter. Whoever is not seen is to the actor as if they did not exist. Of whoever is seen, only those schools
//! are shown that the actor may enter.

use crate::{ActorFacts, Authority, IdSet, Permission, SchoolId, StaffMember, User};

/// A user as an actor may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SeenUser {
    /// The user. Its schools are those that the actor may enter, too: to be shown, and never to be written back.
    pub user: User,
    /// The staff member it is linked to. Their schools, too, are those that the actor may enter.
    pub staff_member: Option<StaffMember>,
}

/// The user in the way of something, as far as an actor may know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Sighted {
    /// There is none.
    Nobody,
    /// There is one, and that is all the actor may know.
    Unseen,
    /// This one.
    Seen(Box<SeenUser>),
}

/// What an actor may see.
#[derive(Debug)]
pub(crate) enum Sight {
    /// The operator's.
    Everything,
    /// A user's.
    Within {
        /// The schools they may enter.
        schools: IdSet<SchoolId>,
        /// Whether they may see users at all.
        users: bool,
    },
}

impl Sight {
    /// The sight of an actor who has been found to hold `authority`.
    pub(crate) fn of(facts: &ActorFacts, authority: &Authority) -> Self {
        match facts {
            ActorFacts::Operator { .. } => Self::Everything,
            ActorFacts::User { user, .. } => Self::Within {
                schools: user.as_ref().map(|user| user.schools().clone()).unwrap_or_default(),
                users: authority.holds(&Permission::USERS_VIEW),
            },
        }
    }

    /// True if the actor may enter `school`.
    pub(crate) fn enters(&self, school: SchoolId) -> bool {
        match self {
            Self::Everything => true,
            Self::Within { schools, .. } => schools.contains(school),
        }
    }

    /// True if the actor may enter every school that `user` may enter.
    pub(crate) fn enters_all_of(&self, user: &User) -> bool {
        user.schools().iter().all(|school| self.enters(school))
    }

    /// True if the actor may read what was written down about `school`; about none, only the operator.
    pub(crate) fn reads(&self, school: Option<SchoolId>) -> bool {
        match (self, school) {
            (Self::Everything, _) => true,
            (Self::Within { .. }, Some(school)) => self.enters(school),
            (Self::Within { .. }, None) => false,
        }
    }

    /// True if the actor may know of `user`.
    pub(crate) fn sees(&self, user: &User) -> bool {
        match self {
            Self::Everything => true,
            Self::Within { users, .. } => *users && user.schools().iter().any(|school| self.enters(school)),
        }
    }

    /// `user`, whom the actor may see, and the staff member it is linked to, with those schools only that the actor may enter.
    pub(crate) fn shown(&self, user: User, staff_member: Option<StaffMember>) -> SeenUser {
        let schools = self.entered(user.schools());
        let staff_member = staff_member.map(|member| {
            let schools = self.entered(member.schools());
            member.with_schools(schools)
        });
        SeenUser { user: user.entering(schools), staff_member }
    }

    fn entered(&self, schools: &IdSet<SchoolId>) -> IdSet<SchoolId> {
        schools.iter().filter(|school| self.enters(*school)).collect()
    }
}
