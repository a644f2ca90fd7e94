//! What becomes of users that are to be inserted where others have their ids, emails or staff members.

use std::collections::HashSet;

use staffroom_core::store::UserInsert;
use staffroom_core::{StaffId, User, UserId};

/// Ids, emails and staff members that other users have.
#[derive(Debug, Default)]
pub struct InTheWay {
    /// Ids of users who are there.
    pub ids: HashSet<UserId>,
    /// Canonical emails that a user holds.
    pub emails: HashSet<String>,
    /// Staff members who are linked to a user.
    pub links: HashSet<StaffId>,
}

impl InTheWay {
    /// What becomes of each user, those before it in the same call counted in.
    pub fn judge(mut self, users: &[User]) -> Vec<UserInsert> {
        users.iter().map(|user| self.judge_one(user)).collect()
    }

    fn judge_one(&mut self, user: &User) -> UserInsert {
        if self.ids.contains(&user.id()) {
            return UserInsert::IdTaken;
        }
        if self.emails.contains(user.email().canonical()) {
            return UserInsert::EmailTaken;
        }
        if user.staff_member().is_some_and(|member| self.links.contains(&member)) {
            return UserInsert::StaffMemberLinked;
        }
        self.ids.insert(user.id());
        self.emails.insert(user.email().canonical().to_owned());
        self.links.extend(user.staff_member());
        UserInsert::Inserted
    }
}
