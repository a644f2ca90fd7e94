//! Whom to follow up.

use super::{Asked, Attempts, Staffroom};
use crate::access::AccessError;
use crate::{Attempt, FollowUp, Matter, SeenUser, Session, UserQuery, UserStatus};

impl Staffroom {
    /// Hands every enabled user with whom something is the [matter](Matter), and whom the actor may see, to `sink`:
    /// ascending by canonical email, in one pass that keeps nobody in memory.
    ///
    /// Example: [the main job](crate#the-main-job).
    ///
    /// # Errors
    /// [`AccessError`] if the actor lacks `users.view`, or the store failed. If it fails in the middle, `sink` has been
    /// given the beginning of the list.
    pub async fn follow_up(
        &self,
        session: &Session,
        sink: &mut (dyn FnMut(FollowUp) + Send),
    ) -> Result<(), AccessError> {
        let asked = Asked::to(Attempt::FollowUp, session);
        let query = UserQuery { status: Some(UserStatus::Enabled), ..UserQuery::default() };
        let mut attempts = Attempts::new();
        loop {
            let mut handed_out = false;
            let mut each = |seen: SeenUser| {
                let matters = Matter::of(&seen.user, seen.staff_member.as_ref());
                if !matters.is_empty() {
                    handed_out = true;
                    sink(FollowUp { user: seen, matters });
                }
            };
            match self.visit_users(session, &asked, &query, &mut each, &mut attempts).await {
                Err(AccessError::Store(error)) if !handed_out => attempts.again_after(error)?,
                done => return done,
            }
        }
    }
}
