//! The users of a batch, made piece by piece while the store is at work.

use std::future::poll_fn;
use std::pin::pin;
use std::slice;

use super::{Found, Place, Verdict};
use crate::{
    Decision, GroupId, IdSet, PasswordState, Plan, PlannedPassword, SchoolId, StaffId, Timestamp, User,
};

/// Users who are being made.
pub(super) struct Draft<'a> {
    template: &'a Template<'a>,
    left: slice::Iter<'a, Place>,
    /// Where each of the users stands in the plan.
    pub(super) indices: Vec<usize>,
    pub(super) users: Vec<User>,
}

impl<'a> Draft<'a> {
    /// How many are made before somebody else gets a turn.
    const PIECE: usize = 250;

    pub(super) fn of(places: &'a [Place], template: &'a Template<'a>) -> Self {
        let (indices, users) = (Vec::with_capacity(places.len()), Vec::with_capacity(places.len()));
        Self { template, left: places.iter(), indices, users }
    }

    /// Makes some of them. False if there are no more.
    pub(super) fn go_on(&mut self, verdicts: &[Verdict]) -> bool {
        for (index, staff) in self.left.by_ref().take(Self::PIECE) {
            let user = verdicts.get(*index).and_then(|verdict| self.template.user(*index, verdict, *staff));
            if let Some(user) = user {
                self.indices.push(*index);
                self.users.push(user);
            }
        }
        self.left.len() > 0
    }

    pub(super) fn finish(&mut self, verdicts: &[Verdict]) {
        while self.go_on(verdicts) {}
    }
}

/// What the users of a batch have in common.
pub(super) struct Template<'a> {
    plan: &'a Plan,
    at: Timestamp,
    schools: IdSet<SchoolId>,
    groups: IdSet<GroupId>,
    password: PasswordState,
}

impl<'a> Template<'a> {
    pub(super) fn new(plan: &'a Plan, at: Timestamp) -> Self {
        let password = match plan.password() {
            PlannedPassword::None => PasswordState::Unset,
            PlannedPassword::Shared { secret, valid } => {
                PasswordState::InitialShared { secret, expires_at: at.plus_days(valid.days()) }
            }
            PlannedPassword::Generated { valid } => {
                PasswordState::InitialGenerated { expires_at: at.plus_days(valid.days()) }
            }
        };
        // R6: the school of the plan, and no other.
        Self {
            plan,
            at,
            schools: IdSet::only(plan.school()),
            groups: plan.group().into_iter().collect(),
            password,
        }
    }

    /// The user that `verdict` creates, with the email of the record: mail goes there, however the plan spelt it.
    fn user(&self, index: usize, verdict: &Verdict, staff: StaffId) -> Option<User> {
        let subject = match &verdict.found {
            Found::Nobody => return None,
            Found::AsPlanned => self.plan.rows().get(index)?.subject(),
            Found::Now(found) => &found.0,
        };
        let Decision::Create(id) = verdict.decision else {
            return None;
        };
        let email = subject.email()?.valid()?.clone();
        let user = User::new(id, email, self.at)
            .linked_to(staff)
            .entering(self.schools.clone())
            .in_groups(self.groups.clone())
            .made_by(self.plan.batch())
            .with_password(self.password);
        Some(user)
    }
}

/// Whenever `work` has to wait, does a piece of something else, as long as `piece` says that there is more.
pub(super) async fn meanwhile<T>(work: impl Future<Output = T>, mut piece: impl FnMut() -> bool) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        let polled = work.as_mut().poll(context);
        if polled.is_pending() && piece() {
            context.waker().wake_by_ref();
        }
        polled
    })
    .await
}
