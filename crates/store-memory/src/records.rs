//! The records of one network, and the indexes over them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use staffroom_core::store::SharedPassword;
use staffroom_core::{
    AuditRecord, Batch, BatchId, EmailSharer, Facts, Group, GroupId, Network, PasswordHash, School, SchoolId,
    SharedPasswordId, SisId, StaffEmail, StaffId, StaffMember, StaffStatus, User, UserId,
};

#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    pub(crate) network: Option<Network>,
    pub(crate) schools: BTreeMap<SchoolId, School>,
    pub(crate) groups: BTreeMap<GroupId, Group>,
    pub(crate) hashes: BTreeMap<UserId, PasswordHash>,
    pub(crate) shared_passwords: BTreeMap<SharedPasswordId, SharedPassword>,
    pub(crate) batches: BTreeMap<BatchId, Batch>,
    pub(crate) audit: Vec<AuditRecord>,
    staff: BTreeMap<StaffId, StaffMember>,
    staff_by_sis_id: BTreeMap<SisId, StaffId>,
    staff_by_email: BTreeSet<(Arc<str>, StaffId)>,
    users: BTreeMap<UserId, User>,
    users_by_email: BTreeMap<Arc<str>, UserId>,
    users_by_staff_member: BTreeMap<StaffId, UserId>,
}

impl Records {
    pub(crate) const fn staff(&self) -> &BTreeMap<StaffId, StaffMember> {
        &self.staff
    }

    pub(crate) const fn users(&self) -> &BTreeMap<UserId, User> {
        &self.users
    }

    pub(crate) fn staff_id_of(&self, sis_id: &SisId) -> Option<StaffId> {
        self.staff_by_sis_id.get(sis_id).copied()
    }

    pub(crate) fn holder_of(&self, canonical_email: &str) -> Option<UserId> {
        self.users_by_email.get(canonical_email).copied()
    }

    pub(crate) fn user_linked_to(&self, staff_member: StaffId) -> Option<UserId> {
        self.users_by_staff_member.get(&staff_member).copied()
    }

    /// Puts `member` in place of whatever has its id.
    pub(crate) fn put_staff_member(&mut self, member: &StaffMember) {
        let id = member.id();
        self.staff_by_sis_id.insert(member.sis_id().clone(), id);
        self.staff_by_email
            .extend(member.email().valid().map(|email| (email.canonical_shared(), id)));
        let Some(before) = self.staff.insert(id, member.clone()) else {
            return;
        };
        if before.sis_id() != member.sis_id() {
            self.staff_by_sis_id.remove(before.sis_id());
        }
        if let StaffEmail::Valid(old) = before.email()
            && member.email().valid().is_none_or(|new| !new.is_same_address(old))
        {
            self.staff_by_email.remove(&(old.canonical_shared(), id));
        }
    }

    /// Puts `user` in place of whatever has its id.
    pub(crate) fn put_user(&mut self, user: User) {
        self.remove_user_keys(user.id());
        self.users_by_email
            .insert(user.email().canonical_shared(), user.id());
        self.users_by_staff_member
            .extend(user.staff_member().map(|member| (member, user.id())));
        self.users.insert(user.id(), user);
    }

    pub(crate) fn remove_user(&mut self, id: UserId) {
        self.remove_user_keys(id);
        self.users.remove(&id);
        self.hashes.remove(&id);
    }

    fn remove_user_keys(&mut self, id: UserId) {
        if let Some(before) = self.users.get(&id) {
            self.users_by_email.remove(before.email().canonical());
            if let Some(member) = before.staff_member() {
                self.users_by_staff_member.remove(&member);
            }
        }
    }

    /// Everything the rules look at, about `member`.
    pub(crate) fn facts(&self, member: &StaffMember) -> Facts {
        let email = member.email().valid();
        Facts {
            staff_member: member.clone(),
            linked_user: self.user_linked_to(member.id()),
            email_holder: email.and_then(|email| self.holder_of(email.canonical())),
            email_sharers: email.map_or_else(Vec::new, |email| {
                self.sharers(&email.canonical_shared(), member.id())
            }),
        }
    }

    fn sharers(&self, canonical_email: &Arc<str>, of: StaffId) -> Vec<EmailSharer> {
        self.staff_by_email
            .range((Arc::clone(canonical_email), StaffId::from_uuid(uuid::Uuid::nil()))..)
            .take_while(|(email, _)| email == canonical_email)
            .filter(|(_, id)| *id != of)
            .filter_map(|(_, id)| self.staff.get(id).map(EmailSharer::from))
            .collect()
    }

    /// True unless it is plain that `member` is no candidate. A pre-filter: core decides.
    pub(crate) fn may_be_candidate(&self, member: &StaffMember) -> bool {
        member.status() == StaffStatus::Active
            && self.user_linked_to(member.id()).is_none()
            && member
                .email()
                .valid()
                .is_some_and(|email| self.holder_of(email.canonical()).is_none())
    }
}
