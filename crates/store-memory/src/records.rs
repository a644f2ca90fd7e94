//! The records of one network, and the indexes over them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use staffroom_core::store::{Cursor, FailureKey, Failures, OpenSession, Reset, SharedPassword};
use staffroom_core::{
    AuditId, AuditRecord, Batch, BatchId, Email, EmailKey, EmailSharer, Facts, Group, GroupId, Network,
    PasswordHash, School, SchoolId, SessionId, SharedPasswordId, SisId, StaffId, StaffMember, StaffStatus,
    Timestamp, User, UserId,
};

#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    pub(crate) network: Option<Network>,
    schools: BTreeMap<SchoolId, School>,
    schools_by_sis_id: BTreeMap<SisId, SchoolId>,
    pub(crate) groups: BTreeMap<GroupId, Group>,
    pub(crate) hashes: BTreeMap<UserId, PasswordHash>,
    pub(crate) shared_passwords: BTreeMap<SharedPasswordId, SharedPassword>,
    pub(crate) sessions: BTreeMap<SessionId, OpenSession>,
    pub(crate) resets: BTreeMap<UserId, Reset>,
    pub(crate) failures: BTreeMap<FailureKey, Failures>,
    pub(crate) invited_at: BTreeMap<UserId, Timestamp>,
    pub(crate) batches: BTreeMap<BatchId, Batch>,
    pub(crate) audit: BTreeMap<AuditId, AuditRecord>,
    /// The two tables that can be large are shared with the copy before until one of them is written to.
    staff: Arc<StaffTable>,
    users: Arc<UserTable>,
}

#[derive(Debug, Clone, Default)]
struct StaffTable {
    rows: BTreeMap<StaffId, StaffMember>,
    sis_ids: HashMap<SisId, StaffId>,
    /// Everybody's place in a list: to fold the names again for each list takes longer than all the rest of it. The places
    /// are shared with the copy before.
    places: BTreeSet<Arc<Cursor>>,
    /// By canonical form: everybody who has it, ascending.
    emails: HashMap<EmailKey, Holders>,
}

/// The holders of an email: nearly always one, and now and then thousands, of a placeholder.
#[derive(Debug, Clone)]
enum Holders {
    One(StaffId),
    Several(BTreeSet<StaffId>),
}

impl Holders {
    fn iter(&self) -> impl Iterator<Item = StaffId> {
        let (one, several) = match self {
            Self::One(id) => (Some(*id), None),
            Self::Several(ids) => (None, Some(ids)),
        };
        one.into_iter().chain(several.into_iter().flatten().copied())
    }

    fn add(&mut self, id: StaffId) {
        match self {
            Self::One(other) => *self = Self::Several([*other, id].into()),
            Self::Several(ids) => drop(ids.insert(id)),
        }
    }

    /// Takes `id` out; true if nobody is left.
    fn remove(&mut self, id: StaffId) -> bool {
        match self {
            Self::One(other) => *other == id,
            Self::Several(ids) => {
                ids.remove(&id);
                ids.is_empty()
            }
        }
    }
}

#[derive(Debug, Clone, Default)]
struct UserTable {
    rows: BTreeMap<UserId, User>,
    /// By canonical form.
    emails: HashMap<EmailKey, UserId>,
    links: HashMap<StaffId, UserId>,
}

impl Records {
    pub(crate) const fn schools(&self) -> &BTreeMap<SchoolId, School> {
        &self.schools
    }

    pub(crate) fn school_id_of(&self, sis_id: &SisId) -> Option<SchoolId> {
        self.schools_by_sis_id.get(sis_id).copied()
    }

    /// Puts `school` in place of whatever has its id.
    pub(crate) fn put_school(&mut self, school: &School) {
        if let Some(before) = self.schools.insert(school.id(), school.clone()) {
            self.schools_by_sis_id.remove(before.sis_id());
        }
        self.schools_by_sis_id.insert(school.sis_id().clone(), school.id());
    }

    pub(crate) fn staff(&self) -> &BTreeMap<StaffId, StaffMember> {
        &self.staff.rows
    }

    /// Everybody, or all who follow `after`, in the order of a list, each with their place in it.
    pub(crate) fn staff_in_order(
        &self,
        after: Option<&Cursor>,
    ) -> impl Iterator<Item = (&Cursor, &StaffMember)> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let places = self.staff.places.range::<Cursor, _>((start, Bound::Unbounded));
        places.filter_map(|place| Some((&**place, self.staff().get(&place.id())?)))
    }

    pub(crate) fn users(&self) -> &BTreeMap<UserId, User> {
        &self.users.rows
    }

    pub(crate) fn staff_id_of(&self, sis_id: &SisId) -> Option<StaffId> {
        self.staff.sis_ids.get(sis_id).copied()
    }

    pub(crate) fn holder_of(&self, canonical_email: &str) -> Option<UserId> {
        self.users.emails.get(canonical_email).copied()
    }

    pub(crate) fn user_linked_to(&self, staff_member: StaffId) -> Option<UserId> {
        self.users.links.get(&staff_member).copied()
    }

    /// Puts `member` in place of whatever has its id.
    pub(crate) fn put_staff_member(&mut self, member: &StaffMember) {
        Arc::make_mut(&mut self.staff).put(member);
    }

    /// Puts `user` in place of whatever has its id.
    pub(crate) fn put_user(&mut self, user: User) {
        Arc::make_mut(&mut self.users).put(user);
    }

    pub(crate) fn remove_user(&mut self, id: UserId) {
        Arc::make_mut(&mut self.users).remove(id);
        self.hashes.remove(&id);
        self.sessions.retain(|_, session| session.user != id);
        self.resets.remove(&id);
        self.invited_at.remove(&id);
    }

    /// Everything the rules look at, about `member`.
    pub(crate) fn facts(&self, member: &StaffMember) -> Facts {
        let email = member.email().valid();
        Facts {
            staff_member: member.clone(),
            linked_user: self.user_linked_to(member.id()),
            email_holder: email.and_then(|email| self.holder_of(email.canonical())),
            email_sharers: email.map_or_else(Vec::new, |email| self.sharers(email.canonical(), member.id())),
        }
    }

    fn sharers(&self, canonical_email: &str, of: StaffId) -> Vec<EmailSharer> {
        let everybody = self.staff.emails.get(canonical_email).into_iter().flat_map(Holders::iter);
        let others = everybody.filter(|id| *id != of).take(Facts::MAX_SHARERS);
        others.filter_map(|id| self.staff().get(&id).map(EmailSharer::from)).collect()
    }

    /// True unless it is plain that `member` is no candidate. A pre-filter: core decides.
    pub(crate) fn may_be_candidate(&self, member: &StaffMember) -> bool {
        member.status() == StaffStatus::Active
            && self.user_linked_to(member.id()).is_none()
            && member.email().valid().is_some_and(|email| self.holder_of(email.canonical()).is_none())
    }
}

impl StaffTable {
    fn put(&mut self, member: &StaffMember) {
        let id = member.id();
        let before = self.rows.insert(id, member.clone());
        if let Some(before) = &before {
            self.sis_ids.remove(before.sis_id());
        }
        self.sis_ids.insert(member.sis_id().clone(), id);
        self.move_place(before.as_ref(), member);
        self.move_email(
            id,
            before.as_ref().and_then(|before| before.email().valid()),
            member.email().valid(),
        );
    }

    fn move_place(&mut self, before: Option<&StaffMember>, now: &StaffMember) {
        if before.is_some_and(|before| before.name() == now.name()) {
            return;
        }
        if let Some(before) = before {
            self.places.remove(&Cursor::at(before));
        }
        self.places.insert(Arc::new(Cursor::at(now)));
    }

    fn move_email(&mut self, id: StaffId, before: Option<&Email>, now: Option<&Email>) {
        if before.map(Email::canonical) == now.map(Email::canonical) {
            return;
        }
        if let Some(before) = before
            && self.emails.get_mut(before.canonical()).is_some_and(|holders| holders.remove(id))
        {
            self.emails.remove(before.canonical());
        }
        if let Some(now) = now {
            let holders = self.emails.entry(now.key());
            holders.and_modify(|holders| holders.add(id)).or_insert(Holders::One(id));
        }
    }
}

impl UserTable {
    fn put(&mut self, user: User) {
        self.remove(user.id());
        self.emails.insert(user.email().key(), user.id());
        self.links.extend(user.staff_member().map(|member| (member, user.id())));
        self.rows.insert(user.id(), user);
    }

    fn remove(&mut self, id: UserId) {
        if let Some(before) = self.rows.remove(&id) {
            self.emails.remove(before.email().canonical());
            if let Some(member) = before.staff_member() {
                self.links.remove(&member);
            }
        }
    }
}
