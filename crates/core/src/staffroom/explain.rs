//! Explaining the verdict on staff members: who is in the way, and what could be done.

use std::collections::{BTreeSet, HashMap};

use super::edit_user::sharing;
use super::list::judge;
use super::preview::resolve as resolve_keys;
use super::users::seen;
use super::{Asked, Assessed, Attempts, ListQuery, Staffroom};
use crate::access::{AccessError, Standing};
use crate::sight::Sight;
use crate::store::{Cursor, RowLock, StaffFilter, StoreError, UnitOfWork, one_each};
use crate::{
    Assessment, Attempt, EmailSharer, Facts, Resolution, SeenUser, Session, Sharing, Sighted, StaffKey,
    StaffMember, User, UserId, assess, resolve,
};

/// How many people are explained at a time: enough to make a round trip worth it.
const SOME: usize = 1_000;

/// A staff member, the verdict on them, and who is in the way, as far as the actor may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The record.
    pub staff_member: StaffMember,
    /// The verdict.
    pub assessment: Assessment,
    /// The other staff members with their email: see [`Facts::email_sharers`].
    pub email_sharers: Vec<EmailSharer>,
    /// The user that is linked to them.
    pub linked_user: Sighted,
    /// The user who holds their email.
    pub email_holder: Sighted,
    /// What could be done. Nothing is done by itself.
    pub resolution: Option<Resolution>,
}

impl Staffroom {
    /// The staff member that `key` names, explained; `None` if the network has none. Of users, only those are named whom
    /// the actor may see.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor lacks `staff.view`, or the store failed.
    pub async fn explain(&self, session: &Session, key: &StaffKey) -> Result<Option<Explained>, AccessError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_explain(session, key, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_explain(
        &self,
        session: &Session,
        key: &StaffKey,
        attempts: &mut Attempts,
    ) -> Result<Option<Explained>, AccessError> {
        let asked = Asked::to(Attempt::ViewStaff, session);
        let (mut uow, standing) = self.reading(session, &asked, attempts).await?;
        let ids = resolve_keys(&mut *uow, std::slice::from_ref(key)).await?;
        let ids: Vec<_> = ids.into_iter().flatten().collect();
        let facts = uow.staff().facts(&ids, RowLock::None).await?;
        let judged = facts.into_iter().flatten().map(|facts| {
            let assessment = assess(&facts, session.school());
            Assessed { facts, assessment }
        });
        let judged = judged.collect();
        Ok(explained(&mut *uow, &standing, session, judged).await?.pop())
    }

    /// Hands everybody of `query` to `sink`, explained, in the order of the list.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// As [`explain`](Self::explain). If the store fails in the middle, `sink` has been given the beginning of the list.
    pub async fn explain_all(
        &self,
        session: &Session,
        query: &ListQuery,
        sink: &mut (dyn FnMut(Explained) + Send),
    ) -> Result<(), AccessError> {
        let filter = query.filter(session.school());
        let mut attempts = Attempts::new();
        loop {
            let mut handed_out = false;
            let mut each = |explained| {
                handed_out = true;
                sink(explained);
            };
            match self.try_explain_all(session, &filter, &mut each, &mut attempts).await {
                Err(AccessError::Store(error)) if !handed_out => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_explain_all(
        &self,
        session: &Session,
        filter: &StaffFilter,
        each: &mut (dyn FnMut(Explained) + Send),
        attempts: &mut Attempts,
    ) -> Result<(), AccessError> {
        let asked = Asked::to(Attempt::ViewStaff, session);
        let (mut uow, standing) = self.reading(session, &asked, attempts).await?;
        let mut after: Option<Cursor> = None;
        loop {
            let facts = uow.staff().page(filter, after.as_ref(), SOME).await?;
            let list_ends = facts.len() < SOME;
            after = facts.last().map(|facts| Cursor::at(&facts.staff_member)).or(after);
            let judged = facts.into_iter().filter_map(|facts| judge(filter, session, facts)).collect();
            explained(&mut *uow, &standing, session, judged).await?.into_iter().for_each(&mut *each);
            if list_ends {
                return Ok(());
            }
        }
    }
}

async fn explained(
    uow: &mut dyn UnitOfWork,
    standing: &Standing,
    session: &Session,
    people: Vec<Assessed>,
) -> Result<Vec<Explained>, StoreError> {
    let known = Known::of(uow, &standing.sight, &people).await?;
    let mut all = Vec::with_capacity(people.len());
    for Assessed { facts, assessment } in people {
        let in_the_way = facts.linked_user.or(facts.email_holder).and_then(|id| known.users.get(&id));
        // Whether the email is shared matters to a link only.
        let sharing = match in_the_way {
            Some(user) if user.staff_member().is_none() => sharing(uow, &facts).await?,
            _ => Sharing::Nobody,
        };
        let resolution = resolve(&facts, in_the_way, sharing, session.school());
        let (linked_user, email_holder) =
            (known.sighted(facts.linked_user), known.sighted(facts.email_holder));
        let Facts { staff_member, email_sharers, .. } = facts;
        all.push(Explained {
            staff_member,
            assessment,
            email_sharers,
            linked_user,
            email_holder,
            resolution,
        });
    }
    Ok(all)
}

/// The users in the way of some people whom the actor may see: as they are, for the rules, and as they are shown.
struct Known {
    users: HashMap<UserId, User>,
    shown: HashMap<UserId, SeenUser>,
}

impl Known {
    async fn of(uow: &mut dyn UnitOfWork, sight: &Sight, people: &[Assessed]) -> Result<Self, StoreError> {
        let named = people.iter().flat_map(|person| [person.facts.linked_user, person.facts.email_holder]);
        let ids: Vec<UserId> = named.flatten().collect::<BTreeSet<_>>().into_iter().collect();
        let found = one_each(&ids, uow.users().find_each(&ids).await?)?;
        let found: Vec<User> = found.into_iter().flatten().filter(|user| sight.sees(user)).collect();
        let users = found.iter().map(|user| (user.id(), user.clone())).collect();
        let shown = seen(uow, sight, found).await?;
        Ok(Self { users, shown: shown.into_iter().map(|seen| (seen.user.id(), seen)).collect() })
    }

    fn sighted(&self, id: Option<UserId>) -> Sighted {
        match id.map(|id| self.shown.get(&id)) {
            None => Sighted::Nobody,
            Some(None) => Sighted::Unseen,
            Some(Some(seen)) => Sighted::Seen(Box::new(seen.clone())),
        }
    }
}
