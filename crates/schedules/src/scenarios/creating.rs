use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shuttle::future::{block_on, spawn};
use staffroom_core::store::Store;
use staffroom_core::{
    Actor, AuditEvent, BatchId, BulkCreate, Committed, Email, IdSource, Outcome, Partial, Reason, Repeat,
    Selection, Session, StaffEmail, StaffKey, Staffroom, User, UserId,
};
use staffroom_testkit::fakes::CountingIds;
use staffroom_testkit::fixture::{
    self, NETWORK, TEACHERS, add_staff, add_users, set_up, staff_id, staff_member,
};

use super::{administrator, coin, draw, events, everybody};

/// How many staff members there are. The last two have one address.
const STAFF: u32 = 4;

/// How somebody presses the button.
#[derive(Debug, Clone, Copy)]
enum How {
    /// Looks the plan over, and commits it.
    Once,
    /// Commits the plan twice, at once.
    Twice,
    /// In one act.
    InOneAct,
}

/// Two or three administrators create users for the same staff, two of whom share an address: everybody has one user in the end, and
/// every report is true (R11, R13).
pub fn create(store: &Arc<dyn Store>) {
    block_on(async {
        set_up(&**store).await.unwrap();
        let sessions: Vec<Session> = {
            let (users, sessions): (Vec<User>, _) = (0..2 + draw(2)).map(administrator).unzip();
            add_users(&**store, NETWORK, &users).await.unwrap();
            sessions
        };
        add_staff(&**store, NETWORK, &staff()).await.unwrap();
        let pressing = (1..).zip(sessions).map(|(space, session)| {
            let staffroom = fixture::staffroom(Arc::clone(store), space);
            spawn(press(staffroom, session, request(), draw(3)))
        });
        let pressing: Vec<_> = pressing.collect();
        let mut reports = Vec::new();
        for pressing in pressing {
            reports.push(pressing.await.unwrap());
        }
        reports_are_true(store, &reports).await;
    });
}

fn staff() -> Vec<staffroom_core::StaffMember> {
    let member = |number| match number {
        1 | 2 => staff_member(number),
        3 => staff_member(number).with_email(StaffEmail::read("office@school.example")),
        _ => staff_member(number).with_email(StaffEmail::read("Office@School.Example")),
    };
    (1..=STAFF).map(member).collect()
}

/// All candidates, or some: mostly one of those who share an address, so that the others meet at it.
fn request() -> BulkCreate {
    let selection = if draw(3) == 0 {
        Selection::AllCandidates
    } else {
        let alone = (1..=2).filter(|_| coin());
        let sharing = if draw(4) == 0 { vec![3, 4] } else { vec![3 + draw(2)] };
        Selection::These(alone.chain(sharing).map(|number| StaffKey::Id(staff_id(number))).collect())
    };
    let request = BulkCreate::of(selection);
    let request = if coin() { request.in_group(TEACHERS) } else { request };
    if draw(5) == 0 { request.with_partial(Partial::Forbidden) } else { request }
}

async fn press(staffroom: Staffroom, session: Session, request: BulkCreate, how: u32) -> Vec<Committed> {
    let how = [How::Once, How::Twice, How::InOneAct][how as usize];
    if let How::InOneAct = how {
        // No id of the library's own is as high.
        let batch = BatchId::from_uuid(CountingIds::new(1_000 + session_number(&session)).next_id());
        return vec![staffroom.bulk_create(&session, &request, batch).await.unwrap()];
    }
    let plan = staffroom.preview(&session, &request).await.unwrap();
    let again = matches!(how, How::Twice).then(|| {
        let (staffroom, plan) = (staffroom.clone(), plan.clone());
        spawn(async move { staffroom.commit(&session, &plan).await.unwrap() })
    });
    let mut answers = vec![staffroom.commit(&session, &plan).await.unwrap()];
    if let Some(again) = again {
        answers.push(again.await.unwrap());
    }
    answers
}

fn session_number(session: &Session) -> u64 {
    match session.actor() {
        Actor::User(id) => id.as_uuid().as_u64_pair().1,
        Actor::Operator => 0,
    }
}

async fn reports_are_true(store: &Arc<dyn Store>, reports: &[Vec<Committed>]) {
    let users = everybody(store).await;
    let mut created = BTreeSet::new();
    for answers in reports {
        let report = &answers[0].report;
        assert!(answers.iter().all(|answer| answer.report == *report), "one plan has two reports");
        let firsts = answers.iter().filter(|answer| answer.repeat == Repeat::First).count();
        assert_eq!(firsts, 1, "how many carried one plan out");
        let counts = report.counts();
        assert_eq!(
            (counts.created + counts.refused, report.rows().len()),
            (counts.requested, counts.requested)
        );
        for row in report.rows() {
            match row.outcome() {
                Outcome::Created(id) => {
                    let user = users.get(&id).unwrap_or_else(|| panic!("{id} was created, and is not there"));
                    assert_eq!(user.staff_member(), row.subject().staff_id());
                    assert_eq!(user.batch(), Some(report.batch()));
                    assert_eq!(Some(user.email()), row.subject().email().and_then(StaffEmail::valid));
                    assert!(created.insert(id), "{id} was created twice");
                }
                Outcome::Refused(reasons) => {
                    assert!(!reasons.is_empty(), "a refusal without a reason");
                    let all_or_nothing = counts.created == 0;
                    for reason in reasons.iter() {
                        let so = match reason {
                            Reason::AlreadyLinked => {
                                users.values().any(|user| user.staff_member() == row.subject().staff_id())
                            }
                            Reason::EmailTaken => {
                                let email = row.subject().email().and_then(StaffEmail::valid);
                                users
                                    .values()
                                    .any(|user| Some(user.email().canonical()) == email.map(Email::canonical))
                            }
                            Reason::EmailShared => row.email_sharers().len() == 1,
                            Reason::AllOrNothing => all_or_nothing,
                            _ => false,
                        };
                        assert!(so, "{:?} is refused as {}, which is not so", row.subject(), reason.code());
                    }
                }
            }
        }
    }
    let made: BTreeSet<UserId> = users.values().filter(|user| user.batch().is_some()).map(User::id).collect();
    assert_eq!(made, created, "who is there of the batches, and whom the reports name");
    let records =
        events(store).await.iter().filter(|event| matches!(event, AuditEvent::BulkCreate { .. })).count();
    assert_eq!(records, reports.len(), "one record for every batch");
    everybody_is_where_they_were_sent(&users, reports);
}

/// Whoever was put into a group is in it, and has access to the one school.
fn everybody_is_where_they_were_sent(users: &BTreeMap<UserId, User>, reports: &[Vec<Committed>]) {
    for report in reports.iter().map(|answers| &answers[0].report) {
        for user in report.rows().iter().filter_map(|row| users.get(&row.user()?)) {
            assert_eq!(user.schools().iter().collect::<Vec<_>>(), [report.school()]);
            assert_eq!(user.groups().iter().next(), report.group());
        }
    }
}
