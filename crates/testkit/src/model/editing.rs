//! Imports and edits, as the model understands them.

use staffroom_core::{Group, NetworkId, Roster, School, SchoolId, StaffId, StaffMember, StaffStatus, User};

use super::state::{Model, ModelNetwork};
use super::view::Answer;
use crate::fixture;
use crate::strategies::{Edit, EditOutcome};

impl Model {
    pub(super) fn import(&mut self, network: NetworkId, roster: &Roster) -> Answer {
        if roster.staff().is_empty() {
            return Answer::Refused("nobody-listed");
        }
        let ids: Vec<_> = (roster.schools().iter().map(|_| ()))
            .chain(roster.staff().iter().map(|_| ()))
            .map(|()| self.new_id())
            .collect();
        let mut ids = ids.into_iter();
        let Some(here) = self.network_mut(network) else { return Answer::Refused("unknown-network") };
        let mut counts = [0_usize; 7];
        let mut count = |place: usize| {
            if let Some(count) = counts.get_mut(place) {
                *count = count.saturating_add(1);
            }
        };
        for listed in roster.schools() {
            let id = ids.next().unwrap_or_default();
            let known = here.schools.iter_mut().find(|school| school.sis_id() == listed.sis_id());
            match known {
                Some(known) if known.name() == listed.name() => count(2),
                Some(known) => {
                    *known = School::new(known.id(), listed.sis_id().clone(), listed.name().clone());
                    count(1);
                }
                None => {
                    let id = SchoolId::from_uuid(id);
                    here.schools.push(School::new(id, listed.sis_id().clone(), listed.name().clone()));
                    count(0);
                }
            }
        }
        for record in roster.staff() {
            let schools = here.schools.iter().filter(|school| record.schools().contains(school.sis_id()));
            let schools = schools.map(School::id).collect();
            let known = here.staff.iter_mut().find(|member| member.sis_id() == record.sis_id());
            let id = ids.next().unwrap_or_default();
            let id = known.as_ref().map_or_else(|| StaffId::from_uuid(id), |known| known.id());
            let (sis_id, name, email) =
                (record.sis_id().clone(), record.name().clone(), record.email().clone());
            let now = StaffMember::new(id, sis_id, name, record.status(), email, schools);
            match known {
                Some(known) if *known == now => count(5),
                Some(known) => {
                    *known = now;
                    count(4);
                }
                None => {
                    here.staff.push(now);
                    count(3);
                }
            }
        }
        for member in &mut here.staff {
            let listed = roster.staff().iter().any(|record| record.sis_id() == member.sis_id());
            if !listed && member.status() == StaffStatus::Active {
                *member = member.clone().with_status(StaffStatus::Inactive);
                count(6);
            }
        }
        Answer::Imported(counts)
    }

    pub(super) fn edit(&mut self, network: NetworkId, edit: &Edit) -> EditOutcome {
        let Some(here) = self.network_mut(network) else { return EditOutcome::NothingThere };
        let at = fixture::moment();
        match edit {
            Edit::StaffStatus(id, status) => here.edit_member(*id, |member| member.with_status(*status)),
            Edit::StaffEmail(id, email) => here.edit_member(*id, |member| member.with_email(email.clone())),
            Edit::GroupStatus(id, status) => {
                here.edit_group(|group| group.id() == *id, |group| group.with_status(*status))
            }
            Edit::GroupPermissions(id, held) => {
                here.edit_group(|group| group.id() == *id, |group| group.with_permissions(held.clone()))
            }
            Edit::NewUser(user) => {
                let taken = here.users.iter().any(|other| {
                    other.id() == user.id() || other.email().canonical() == user.email().canonical()
                });
                if taken {
                    return EditOutcome::Conflict;
                }
                here.users.push(user.clone());
                EditOutcome::Made
            }
            Edit::SignIn(user) => here.edit_user(*user, |user| user.signed_in(at)),
            Edit::ChoosePassword(user) => here.edit_user(*user, |user| user.chose_password(at)),
            Edit::UserStatus(user, status) => here.edit_user(*user, |user| user.set_status(*status)),
            Edit::UserEmail(user, email) => here.edit_user(*user, |user| user.set_email(email.clone())),
            Edit::UserSchools(user, schools) => {
                here.edit_user(*user, |user| user.set_schools(schools.clone()))
            }
            Edit::UserGroups(user, groups) => here.edit_user(*user, |user| user.set_groups(groups.clone())),
            Edit::Link(user, link) => {
                if link.is_some_and(|id| here.member(id).is_none()) {
                    return EditOutcome::NothingThere;
                }
                here.edit_user(*user, |user| user.set_staff_member(*link))
            }
        }
    }
}

impl ModelNetwork {
    fn edit_member(&mut self, id: StaffId, edit: impl FnOnce(StaffMember) -> StaffMember) -> EditOutcome {
        match self.staff.iter_mut().find(|member| member.id() == id) {
            None => EditOutcome::NothingThere,
            Some(member) => {
                *member = edit(member.clone());
                EditOutcome::Made
            }
        }
    }

    fn edit_group(
        &mut self,
        is_meant: impl Fn(&Group) -> bool,
        edit: impl FnOnce(Group) -> Group,
    ) -> EditOutcome {
        match self.groups.iter_mut().find(|group| is_meant(group)) {
            None => EditOutcome::NothingThere,
            Some(group) => {
                *group = edit(group.clone());
                EditOutcome::Made
            }
        }
    }

    /// The user at that place in the list by address, wrapping around.
    fn edit_user(&mut self, place: usize, edit: impl FnOnce(&User) -> User) -> EditOutcome {
        self.users.sort_by(|one, other| one.email().canonical().cmp(other.email().canonical()));
        let place = place.checked_rem(self.users.len());
        let Some(user) = place.and_then(|place| self.users.get(place)) else {
            return EditOutcome::NothingThere;
        };
        let edited = edit(user);
        for other in self.users.iter().filter(|other| other.id() != edited.id()) {
            let same_link = edited.staff_member().is_some() && other.staff_member() == edited.staff_member();
            if other.email().canonical() == edited.email().canonical() || same_link {
                return EditOutcome::Conflict;
            }
        }
        if let Some(user) = self.users.iter_mut().find(|user| user.id() == edited.id()) {
            *user = edited;
        }
        EditOutcome::Made
    }
}
