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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Email, Timestamp, UserId};

    const HERE: SchoolId = SchoolId::from_uuid(Uuid::from_u128(1));
    const THERE: SchoolId = SchoolId::from_uuid(Uuid::from_u128(2));

    fn somebody(schools: &[SchoolId]) -> User {
        let email = Email::parse("somebody@school.example").unwrap();
        let user =
            User::new(UserId::from_uuid(Uuid::nil()), email, Timestamp::new(chrono::DateTime::UNIX_EPOCH));
        user.entering(schools.iter().copied().collect())
    }

    fn here(users: bool) -> Sight {
        Sight::Within { schools: IdSet::only(HERE), users }
    }

    #[test]
    fn an_actor_sees_whoever_enters_a_school_of_theirs_if_they_may_see_users() {
        for (schools, seen) in [(&[HERE][..], true), (&[HERE, THERE], true), (&[THERE], false), (&[], false)]
        {
            assert_eq!(here(true).sees(&somebody(schools)), seen, "{schools:?}");
            assert!(!here(false).sees(&somebody(schools)), "{schools:?}");
            assert!(Sight::Everything.sees(&somebody(schools)), "{schools:?}");
        }
    }

    #[test]
    fn of_whoever_is_seen_only_their_own_schools_are_shown() {
        let shown = here(true).shown(somebody(&[HERE, THERE]), None).user;
        assert_eq!(shown.schools(), &IdSet::only(HERE));
        assert!(!here(true).enters_all_of(&somebody(&[HERE, THERE])));
        assert!(here(true).enters_all_of(&somebody(&[HERE])));
    }

    #[test]
    fn what_is_of_no_school_is_the_operators_to_read() {
        assert!(here(true).reads(Some(HERE)));
        assert!(!here(true).reads(Some(THERE)));
        assert!(!here(true).reads(None));
        assert!(Sight::Everything.reads(None));
    }
}
