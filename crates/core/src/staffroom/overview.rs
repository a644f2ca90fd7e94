//! How many of what there are in a network.

use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::apply::CHUNK;
use crate::sight::Sight;
use crate::store::{BatchCursor, Count, StaffFilter, StoreError, UnitOfWork};
use crate::{Attempt, GroupStatus, Network, Session, StaffMember, StaffStatus, User, UserStatus};

/// How far candidates are counted.
const CANDIDATES: u64 = 10_000;

/// How many of what there are in a network: users, schools and batches as far as the actor may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The network; `None` if it does not exist.
    pub network: Option<Network>,
    /// Schools.
    pub schools: usize,
    /// Active staff members.
    pub staff_active: usize,
    /// Inactive staff members.
    pub staff_inactive: usize,
    /// Candidates, counted up to 10,000. A hint: the store counts what its pre-filter lets through.
    pub candidates: Count,
    /// Users who may sign in.
    pub users_enabled: usize,
    /// Users who may not.
    pub users_disabled: usize,
    /// Users, enabled or not, who are linked to a staff member.
    pub users_linked: usize,
    /// Active groups.
    pub groups_active: usize,
    /// Inactive groups.
    pub groups_inactive: usize,
    /// Batches.
    pub batches: usize,
}

impl Staffroom {
    /// How many of what there are. Everybody is counted one by one, in one picture of the network.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor lacks `users.view`, or the store failed.
    pub async fn overview(&self, session: &Session) -> Result<Overview, AccessError> {
        let mut attempts = Attempts::new();
        loop {
            match self.try_overview(session, &mut attempts).await {
                Err(AccessError::Store(error)) => attempts.again_after(error)?,
                done => return done,
            }
        }
    }

    async fn try_overview(
        &self,
        session: &Session,
        attempts: &mut Attempts,
    ) -> Result<Overview, AccessError> {
        let asked = Asked::to(Attempt::Overview, session);
        let (mut uow, standing) = self.reading(session, &asked, attempts).await?;
        let sight = &standing.sight;
        let network = uow.network().find().await?;
        let schools = uow.schools().list().await?;
        let schools = schools.iter().filter(|school| sight.enters(school.id())).count();
        let groups = uow.groups().list().await?;
        let groups_active = groups.iter().filter(|group| group.status() == GroupStatus::Active).count();
        let (mut staff_active, mut staff_inactive) = (0, 0);
        let mut count = |member: StaffMember| match member.status() {
            StaffStatus::Active => one_more(&mut staff_active),
            StaffStatus::Inactive => one_more(&mut staff_inactive),
        };
        uow.staff().visit_records(&mut count).await?;
        let candidates = uow.staff().count(&StaffFilter::candidates(), CANDIDATES).await?;
        let (mut users_enabled, mut users_disabled, mut users_linked) = (0, 0, 0);
        let mut count = |user: User| {
            if !sight.sees(&user) {
                return;
            }
            match user.status() {
                UserStatus::Enabled => one_more(&mut users_enabled),
                UserStatus::Disabled => one_more(&mut users_disabled),
            }
            if user.staff_member().is_some() {
                one_more(&mut users_linked);
            }
        };
        uow.users().visit(&mut count).await?;
        Ok(Overview {
            network,
            schools,
            staff_active,
            staff_inactive,
            candidates,
            users_enabled,
            users_disabled,
            users_linked,
            groups_active,
            groups_inactive: groups.len().saturating_sub(groups_active),
            batches: batches(&mut *uow, sight).await?,
        })
    }
}

const fn one_more(count: &mut usize) {
    *count = count.saturating_add(1);
}

async fn batches(uow: &mut dyn UnitOfWork, sight: &Sight) -> Result<usize, StoreError> {
    let (mut count, mut after) = (0_usize, None);
    loop {
        let heads = uow.batches().page(after.as_ref(), CHUNK).await?;
        count = count.saturating_add(heads.iter().filter(|head| sight.enters(head.school)).count());
        after = heads.last().map(BatchCursor::of).or(after);
        if heads.len() < CHUNK {
            return Ok(count);
        }
    }
}
