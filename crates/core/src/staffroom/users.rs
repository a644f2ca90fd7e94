//! Listing users and looking one up, as far as the actor may see.

use std::collections::HashMap;

use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::apply::CHUNK;
use crate::sight::Sight;
use crate::store::{RowLock, StoreError, UnitOfWork, one_each};
use crate::{Attempt, Email, SeenUser, Session, StaffId, StaffMember, User, UserCursor, UserId, UserQuery};

/// Names a user the way the caller knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserKey {
    /// By the id that the store keeps.
    Id(UserId),
    /// By the email they sign in with, in any spelling.
    Email(Email),
}

/// A part of the list of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPage {
    /// The users, ascending by canonical email.
    pub rows: Vec<SeenUser>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<UserCursor>,
}

impl Staffroom {
    /// The users of `query` whom the actor may see, at most `limit`, from the start or from where the page before ended.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor lacks `users.view`, or the store failed.
    pub async fn users(
        &self,
        session: &Session,
        query: &UserQuery,
        after: Option<&UserCursor>,
        limit: usize,
    ) -> Result<UserPage, AccessError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_users(session, query, after, limit, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_users(
        &self,
        session: &Session,
        query: &UserQuery,
        after: Option<&UserCursor>,
        limit: usize,
        attempts: &mut Attempts,
    ) -> Result<UserPage, AccessError> {
        let asked = Asked::to(Attempt::ViewUsers, session);
        let (mut uow, standing) = self.reading(session, &asked, attempts).await?;
        let mut walk = Walk::through(query, after);
        let (mut users, mut next): (Vec<User>, _) = (Vec::new(), None);
        // One more than is asked for tells whether there is a next page.
        let mut some = limit.saturating_add(1);
        while let Some(found) = walk.next(&mut *uow, some).await? {
            for user in found.into_iter().filter(|user| is_listed(query, &standing.sight, user)) {
                if users.len() < limit {
                    users.push(user);
                } else {
                    next = next.or_else(|| users.last().map(UserCursor::of));
                }
            }
            if next.is_some() || limit == 0 {
                break;
            }
            // Few of them are listed: look at more of them at a time.
            some = some.saturating_mul(4).min(CHUNK);
        }
        Ok(UserPage { rows: seen(&mut *uow, &standing.sight, users).await?, next })
    }

    /// Hands every user of `query` whom the actor may see to `sink`, ascending by canonical email.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// As [`users`](Self::users). If the store fails in the middle, `sink` has been given the beginning of the list.
    pub async fn all_users(
        &self,
        session: &Session,
        query: &UserQuery,
        sink: &mut (dyn FnMut(SeenUser) + Send),
    ) -> Result<(), AccessError> {
        let asked = Asked::to(Attempt::ViewUsers, session);
        let mut attempts = Attempts::new();
        loop {
            let mut handed_out = false;
            let mut each = |user| {
                handed_out = true;
                sink(user);
            };
            match self.visit_users(session, &asked, query, &mut each, &mut attempts).await {
                Err(AccessError::Store(error)) if !handed_out => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    /// One try at handing every user of `query` to `sink`, for what is `asked`.
    pub(super) async fn visit_users(
        &self,
        session: &Session,
        asked: &Asked,
        query: &UserQuery,
        sink: &mut (dyn FnMut(SeenUser) + Send),
        attempts: &mut Attempts,
    ) -> Result<(), AccessError> {
        let (mut uow, standing) = self.reading(session, asked, attempts).await?;
        let mut walk = Walk::through(query, None);
        while let Some(mut users) = walk.next(&mut *uow, CHUNK).await? {
            users.retain(|user| is_listed(query, &standing.sight, user));
            seen(&mut *uow, &standing.sight, users).await?.into_iter().for_each(&mut *sink);
        }
        Ok(())
    }

    /// The user that `key` names. `None` if the network has none, or the actor may not see them: the answer is the same.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// As [`users`](Self::users).
    pub async fn user(&self, session: &Session, key: &UserKey) -> Result<Option<SeenUser>, AccessError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_user(session, key, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_user(
        &self,
        session: &Session,
        key: &UserKey,
        attempts: &mut Attempts,
    ) -> Result<Option<SeenUser>, AccessError> {
        let asked = Asked::to(Attempt::ViewUsers, session);
        let (mut uow, standing) = self.reading(session, &asked, attempts).await?;
        let found = match key {
            UserKey::Id(id) => uow.users().find(*id, RowLock::None).await?,
            UserKey::Email(email) => uow.users().find_by_email(email).await?,
        };
        let found = found.into_iter().filter(|user| standing.sight.sees(user)).collect();
        Ok(seen(&mut *uow, &standing.sight, found).await?.pop())
    }
}

fn is_listed(query: &UserQuery, sight: &Sight, user: &User) -> bool {
    sight.sees(user) && query.school.is_none_or(|school| sight.enters(school)) && query.includes(user)
}

/// `users`, all of whom the actor may see, as the actor may see them.
pub(super) async fn seen(
    uow: &mut dyn UnitOfWork,
    sight: &Sight,
    users: Vec<User>,
) -> Result<Vec<SeenUser>, StoreError> {
    let linked: Vec<StaffId> = users.iter().filter_map(User::staff_member).collect();
    let mut members = staff_members(uow, &linked).await?;
    let seen = users.into_iter().map(|user| {
        let staff_member = user.staff_member().and_then(|id| members.remove(&id));
        sight.shown(user, staff_member)
    });
    Ok(seen.collect())
}

/// The staff members with these ids.
pub(super) async fn staff_members(
    uow: &mut dyn UnitOfWork,
    ids: &[StaffId],
) -> Result<HashMap<StaffId, StaffMember>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let facts = one_each(ids, uow.staff().facts(ids, RowLock::None).await?)?;
    let members = facts.into_iter().flatten().map(|facts| facts.staff_member);
    Ok(members.map(|member| (member.id(), member)).collect())
}

/// A walk through the users in the order of their emails, as far as a query can have a say in where it begins and ends.
struct Walk<'a> {
    query: &'a UserQuery,
    /// The email to go on from.
    from: String,
    /// True if the user with that very email was met before.
    passed: bool,
    ended: bool,
}

impl<'a> Walk<'a> {
    fn through(query: &'a UserQuery, after: Option<&UserCursor>) -> Self {
        let start = query.email_start.as_ref().map_or("", crate::EmailStart::as_str);
        match after.map(UserCursor::as_str).filter(|after| *after >= start) {
            Some(after) => Self { query, from: after.to_owned(), passed: true, ended: false },
            None => Self { query, from: start.to_owned(), passed: false, ended: false },
        }
    }

    /// The next users, at most `limit`; `None` if there are no more.
    async fn next(
        &mut self,
        uow: &mut dyn UnitOfWork,
        limit: usize,
    ) -> Result<Option<Vec<User>>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        let limit = limit.saturating_add(usize::from(self.passed));
        let mut users = uow.users().page(&self.from, limit).await?;
        let start = self.query.email_start.as_ref().map_or("", crate::EmailStart::as_str);
        let is_beyond = |user: &User| !user.email().canonical().starts_with(start);
        self.ended = users.len() < limit || users.last().is_none_or(is_beyond);
        if self.passed {
            users.retain(|user| user.email().canonical() != self.from);
        }
        if let Some(last) = users.last() {
            last.email().canonical().clone_into(&mut self.from);
            self.passed = true;
        }
        Ok(Some(users))
    }
}
