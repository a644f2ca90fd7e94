//! A census: what the rules look at, about everybody of a network at once.
//!
//! Facts that are looked up one by one wait for memory at every step. Here everything is read in its order, all emails and ids
//! become short hashes, and those are sorted and laid side by side: only what has the same hash is compared.

mod hashes;

use std::borrow::Borrow;
use std::fmt;

use self::hashes::{Entry, Hashed, meetings};
use crate::eligibility::{Findings, decide};
use crate::{Assessment, EmailSharer, Facts, SchoolId, StaffEmail, StaffMember, User};

/// Nobody, where somebody's place could stand.
const NOBODY: u32 = u32::MAX;

/// The facts about every staff member of a network, found at once: for hosts that have all of its staff and users in memory.
///
/// It says the same as a store would about each of them ([`Facts`]), and the verdicts are those of [`assess`](crate::assess):
/// one function decides. It takes 12 bytes for each staff member, and while it is made 16 more for each of them and each user.
/// Both lists are those of one network, and hold nobody twice; of users with one email or one link, which a store does
/// not have, the first counts. The first four thousand million of each list are looked at.
///
/// ```
/// # use staffroom_core::*;
/// # fn show(staff: &[StaffMember], users: &[User], school: SchoolId) {
/// let census = Census::take(staff, users);
/// let candidates = census.assess(school).filter(|verdict| verdict.is_eligible()).count();
/// println!("{candidates} of {} staff members can have a user now", staff.len());
/// # }
/// ```
#[derive(Clone)]
pub struct Census<'a, S, U> {
    staff: &'a [S],
    users: &'a [U],
    /// One for each staff member.
    rows: Vec<Row>,
    /// The places of staff members who have one email between them, ascending by id.
    sharing: Vec<Box<[u32]>>,
}

/// What was found about a staff member, as places in the lists; [`NOBODY`] otherwise.
#[derive(Debug, Clone, Copy)]
struct Row {
    linked: u32,
    holder: u32,
    sharing: u32,
}

impl<'a, S: Borrow<StaffMember>, U: Borrow<User>> Census<'a, S, U> {
    /// Looks at everybody.
    pub fn take(staff: &'a [S], users: &'a [U]) -> Self {
        Self::take_by(staff, users, Hashed::FULL)
    }

    fn take_by(staff: &'a [S], users: &'a [U], hashed: Hashed) -> Self {
        let nothing = Row { linked: NOBODY, holder: NOBODY, sharing: NOBODY };
        let mut census = Self { staff, users, rows: vec![nothing; staff.len()], sharing: Vec::new() };
        census.find_links(hashed);
        census.find_emails(hashed);
        census.look_closer();
        census
    }

    /// The verdict on each staff member, in their order, for somebody logged into `school`.
    pub fn assess(&self, school: SchoolId) -> impl ExactSizeIterator<Item = Assessment> {
        self.staff.iter().zip(&self.rows).map(move |(member, row)| {
            let findings = Findings {
                member: member.borrow(),
                is_linked: row.linked != NOBODY,
                email_is_held: row.holder != NOBODY,
                email_is_shared: row.sharing != NOBODY,
            };
            decide(findings, school)
        })
    }

    /// The facts about the staff member at `place` in the list, as a store says them.
    pub fn facts(&self, place: usize) -> Option<Facts> {
        let (member, row) = (self.staff.get(place)?.borrow(), self.rows.get(place)?);
        let sharing = self.sharing.get(at(row.sharing)).into_iter().flatten();
        let sharers =
            sharing.filter_map(|place| self.member(*place)).filter(|other| other.id() != member.id());
        Some(Facts {
            staff_member: member.clone(),
            linked_user: self.user(row.linked).map(User::id),
            email_holder: self.user(row.holder).map(User::id),
            email_sharers: sharers.take(Facts::MAX_SHARERS).map(EmailSharer::from).collect(),
        })
    }

    fn member(&self, place: u32) -> Option<&'a StaffMember> {
        self.staff.get(at(place)).map(S::borrow)
    }

    fn user(&self, place: u32) -> Option<&'a User> {
        self.users.get(at(place)).map(U::borrow)
    }

    fn email_of_member(&self, place: u32) -> Option<&'a str> {
        let email = self.member(place).map(StaffMember::email).and_then(StaffEmail::valid);
        email.map(crate::Email::canonical)
    }

    fn find_links(&mut self, hashed: Hashed) {
        let staff = Hashed::sorted(self.staff, |member| Some(hashed.id(member.borrow().id().as_uuid())));
        let users =
            Hashed::sorted(self.users, |user| user.borrow().staff_member().map(|id| hashed.id(id.as_uuid())));
        meetings(&staff, &users, |members, users| {
            if let ([member], [user]) = (members, users) {
                self.set(member.place(), |row| row.linked = user.place());
                return;
            }
            for user in users.iter().rev() {
                let id = self.user(user.place()).and_then(User::staff_member);
                let same = |member: &&Entry| self.member(member.place()).map(StaffMember::id) == id;
                let same: Vec<Entry> = members.iter().filter(same).copied().collect();
                for member in same {
                    self.set(member.place(), |row| row.linked = user.place());
                }
            }
        });
    }

    fn find_emails(&mut self, hashed: Hashed) {
        let staff = Hashed::sorted(self.staff, |member| {
            member.borrow().email().valid().map(|email| hashed.text(email.canonical()))
        });
        let users = Hashed::sorted(self.users, |user| Some(hashed.text(user.borrow().email().canonical())));
        meetings(&staff, &users, |members, users| match (members, users) {
            ([_], []) => {}
            ([member], [user]) => self.set(member.place(), |row| row.holder = user.place()),
            _ => self.tell_apart(members, users),
        });
    }

    /// Several with one hash: put in order by their emails, as many as they may be.
    fn tell_apart(&mut self, members: &[Entry], users: &[Entry]) {
        let email_of_user = |entry: &Entry| self.user(entry.place()).map(|user| user.email().canonical());
        let mut users: Vec<(Option<&str>, u32)> =
            users.iter().map(|entry| (email_of_user(entry), entry.place())).collect();
        users.sort_unstable();
        let mut members: Vec<u32> = members.iter().map(|entry| entry.place()).collect();
        members.sort_unstable_by_key(|place| {
            (self.email_of_member(*place), self.member(*place).map(StaffMember::id))
        });
        let mut found = Vec::new();
        for run in members.chunk_by(|one, other| self.email_of_member(*one) == self.email_of_member(*other)) {
            let email = run.first().and_then(|place| self.email_of_member(*place));
            let first = users.partition_point(|(of_user, _)| *of_user < email);
            let holder = users.get(first).filter(|(of_user, _)| *of_user == email).map(|(_, place)| *place);
            found.push((run, holder.unwrap_or(NOBODY)));
        }
        for (run, holder) in found {
            let mut sharing = NOBODY;
            if run.len() > 1 {
                sharing = u32::try_from(self.sharing.len()).unwrap_or(NOBODY);
                self.sharing.push(run.into());
            }
            for place in run {
                self.set(*place, |row| (row.holder, row.sharing) = (holder, sharing));
            }
        }
    }

    fn set(&mut self, place: u32, set: impl FnOnce(&mut Row)) {
        if let Some(row) = self.rows.get_mut(at(place)) {
            set(row);
        }
    }

    /// What has one hash need not be the same.
    fn look_closer(&mut self) {
        let (staff, users) = (self.staff, self.users);
        for (row, member) in self.rows.iter_mut().zip(staff) {
            let member: &StaffMember = member.borrow();
            let user = |place: u32| users.get(at(place)).map(U::borrow);
            if row.linked != NOBODY && user(row.linked).and_then(User::staff_member) != Some(member.id()) {
                row.linked = NOBODY;
            }
            if row.holder != NOBODY
                && user(row.holder).map(|user| user.email().canonical())
                    != member.email().valid().map(crate::Email::canonical)
            {
                row.holder = NOBODY;
            }
        }
    }
}

/// A place as an index; that of [`NOBODY`] is out of every list.
fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

impl<S, U> fmt::Debug for Census<'_, S, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Census").field("staff", &self.staff.len()).field("users", &self.users.len()).finish()
    }
}

#[cfg(test)]
mod tests;
