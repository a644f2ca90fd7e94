//! What came of a round, held against what the tables say.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sqlx::{PgConnection, Row};
use staffroom_core::{
    AccessError, Actor, BatchId, CommitError, Committed, Decision, NetworkId, Outcome, Partial, Plan, Reason,
    Repeat, StaffEmail, StaffId, StaffStatus, UserId,
};
use uuid::Uuid;

use crate::{Pressed, Staff, Tally};

/// What the tables say of a network, read with SQL of its own.
pub(crate) struct Truth {
    users: BTreeMap<Uuid, Account>,
    batches: HashSet<Uuid>,
}

/// A user of the tables.
struct Account {
    email: String,
    batch: Option<Uuid>,
    staff: Option<Uuid>,
}

impl Truth {
    pub(crate) async fn read(connection: &mut PgConnection, network: NetworkId) -> Self {
        let users = sqlx::query(
            "SELECT u.user_id, u.email_key, u.batch_id, l.staff_id FROM users u \
             LEFT JOIN staff_links l ON l.network_id = u.network_id AND l.user_id = u.user_id WHERE u.network_id = $1",
        );
        let users = users.bind(network.as_uuid()).fetch_all(&mut *connection).await.unwrap();
        let row = |row: &sqlx::postgres::PgRow| {
            (row.get(0), Account { email: row.get(1), batch: row.get(2), staff: row.get(3) })
        };
        let batches = sqlx::query_scalar("SELECT batch_id FROM batches WHERE network_id = $1");
        let batches = batches.bind(network.as_uuid()).fetch_all(connection).await.unwrap();
        Self { users: users.iter().map(row).collect(), batches: batches.into_iter().collect() }
    }

    /// Every answer is one of those that are documented, and says what the tables say.
    pub(crate) fn hold(
        &self,
        pressed: &[Pressed],
        staff: &Staff,
        disabled: Option<UserId>,
        tally: &mut Tally,
    ) {
        // Users who were there and are gone: others may have lost against them.
        let mut gone: Vec<(Uuid, String)> = Vec::new();
        let mut reported: BTreeSet<Uuid> = BTreeSet::new();
        let mut known: HashSet<Uuid> = HashSet::new();
        for Pressed { plan, answers, undone } in pressed {
            let report = self.one_report(plan, answers, disabled, tally);
            for row in report.iter().flat_map(|committed| committed.report.rows()) {
                let Some(id) = row.user() else { continue };
                let member = row.subject().staff_id().unwrap().as_uuid();
                let email = row.subject().email().unwrap().valid().unwrap().canonical().to_owned();
                tally.created += 1;
                if *undone {
                    assert!(!self.users.contains_key(&id.as_uuid()), "{id} was undone, and is there");
                    gone.push((member, email));
                    tally.undone += 1;
                } else {
                    let user = self
                        .users
                        .get(&id.as_uuid())
                        .unwrap_or_else(|| panic!("{id} was created, and is gone"));
                    assert_eq!(user.staff, Some(member), "the staff member of {id}");
                    assert_eq!(user.email, email, "the email of {id}");
                    assert_eq!(user.batch, Some(plan.batch().as_uuid()), "the batch of {id}");
                    reported.insert(id.as_uuid());
                }
            }
            if report.is_some() {
                known.insert(plan.batch().as_uuid());
            }
        }
        let made: BTreeSet<Uuid> =
            self.users.iter().filter(|(_, user)| user.batch.is_some()).map(|(id, _)| *id).collect();
        assert_eq!(made, reported, "the users of batches, and those whom a report names");
        assert_eq!(self.batches, known, "the batches, and those that somebody was told of");
        for Pressed { plan, answers, .. } in pressed {
            if let Some(Ok(committed)) = answers.iter().find(|answer| answer.is_ok()) {
                self.refusals_are_true(plan, committed, staff, &gone, tally);
            }
        }
    }

    /// The answers to one plan agree; the report, if it was carried out.
    fn one_report<'a>(
        &self,
        plan: &Plan,
        answers: &'a [Result<Committed, CommitError>],
        disabled: Option<UserId>,
        tally: &mut Tally,
    ) -> Option<&'a Committed> {
        let mut report: Option<&Committed> = None;
        let mut firsts = 0;
        for answer in answers {
            tally.commits += 1;
            match answer {
                Ok(committed) => {
                    firsts += usize::from(committed.repeat == Repeat::First);
                    tally.repeated += usize::from(committed.repeat == Repeat::Again);
                    assert!(
                        report.is_none_or(|other| other.report == committed.report),
                        "two reports on one plan"
                    );
                    report = Some(committed);
                }
                Err(CommitError::Access(AccessError::Denied(_)))
                    if disabled.map(Actor::User) == Some(plan.actor()) =>
                {
                    tally.denied += 1;
                }
                Err(error) => panic!("a commit failed: {error:?}"),
            }
        }
        assert_eq!(firsts, usize::from(report.is_some()), "how many carried the plan out");
        assert_eq!(self.has(plan.batch()), report.is_some(), "whether the batch is there");
        report
    }

    fn has(&self, batch: BatchId) -> bool {
        self.batches.contains(&batch.as_uuid())
    }

    fn refusals_are_true(
        &self,
        plan: &Plan,
        committed: &Committed,
        staff: &Staff,
        gone: &[(Uuid, String)],
        tally: &mut Tally,
    ) {
        let rows = committed.report.rows();
        assert_eq!(rows.len(), plan.rows().len(), "one outcome for everybody asked for");
        if plan.partial() == Partial::Forbidden {
            let created = committed.report.counts().created;
            assert!(
                created == 0 || created == rows.len(),
                "all or nothing created {created} of {}",
                rows.len()
            );
        }
        for (planned, row) in plan.rows().iter().zip(rows) {
            assert_eq!(planned.subject().staff_id(), row.subject().staff_id(), "the order of the request");
            let Outcome::Refused(reasons) = row.outcome() else { continue };
            assert!(!reasons.is_empty(), "a refusal without a reason");
            if matches!(planned.decision(), Decision::Create(_)) {
                tally.lost += 1;
                let email_only =
                    reasons.contains(Reason::EmailTaken) && !reasons.contains(Reason::AlreadyLinked);
                tally.lost_email += usize::from(email_only);
            }
            let id = row.subject().staff_id();
            let records = id.map(|id| staff.records(id)).unwrap_or_default();
            let emails: Vec<&str> =
                records.iter().filter_map(|record| Some(record.email().valid()?.canonical())).collect();
            for reason in reasons.iter() {
                let holds = match reason {
                    Reason::Inactive => records.iter().any(|record| record.status() == StaffStatus::Inactive),
                    Reason::NoEmail => records.iter().any(|record| *record.email() == StaffEmail::Missing),
                    Reason::InvalidEmail => records.iter().any(|record| record.email().fault().is_some()),
                    Reason::AlreadyLinked => {
                        let member = id.map(StaffId::as_uuid);
                        self.users.values().any(|user| user.staff == member)
                            || gone.iter().any(|(staff, _)| Some(*staff) == member)
                    }
                    Reason::EmailTaken => emails.iter().any(|email| {
                        self.users.values().any(|user| user.email == *email)
                            || gone.iter().any(|(_, taken)| taken == email)
                    }),
                    Reason::Unknown => records.is_empty(),
                    Reason::EmailShared => {
                        let address = planned.subject().email().and_then(StaffEmail::valid);
                        let address = address.map(|email| email.canonical().to_owned());
                        let same = plan.rows().iter().filter(|other| {
                            let other = other.subject().email().and_then(StaffEmail::valid);
                            other.map(|email| email.canonical().to_owned()) == address
                        });
                        address.is_some() && same.count() > 1
                    }
                    Reason::EmailChanged => emails.iter().any(|email| *email != emails[0]),
                    Reason::AllOrNothing => {
                        plan.partial() == Partial::Forbidden
                            && rows.iter().any(|other| {
                                matches!(other.outcome(), Outcome::Refused(why) if !why.contains(Reason::AllOrNothing))
                            })
                    }
                };
                assert!(holds, "{id:?} is refused as {}, which is not so", reason.code());
            }
        }
    }
}
