//! What is read or forgotten in parts is read and forgotten whole.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod common;

use common::scene::{here, scene};
use futures_lite::future::block_on;
use staffroom_core::store::{FailureKey, Mode, OpenSession, Reset, ResetOrigin, Store};
use staffroom_core::{
    Attempt, AuditEvent, AuditId, AuditRecord, Batch, BatchId, Report, SessionId, Swept, TokenHash, User,
};
use staffroom_testkit::fixture::{NETWORK, SCHOOL, moment, operator, user_id};
use uuid::Uuid;

/// More than are swept at once.
const MANY: u32 = 1_500;
/// More than are read at once, of the log or of batches.
const RECORDS: u128 = 5_500;
const DAY: u64 = 24 * 60 * 60;

/// An id that no other part of a test has.
const fn late(number: u128) -> Uuid {
    Uuid::from_u128((0xFFFF << 112) | number)
}

fn numbered(number: u32) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes
}

#[test]
fn more_sessions_than_are_swept_at_once_are_all_swept() {
    block_on(async {
        let scene = scene(&[here(1)]).await;
        let mut uow = scene.store.begin(NETWORK, Mode::Write).await.unwrap();
        for number in 0..MANY {
            let session = OpenSession {
                id: SessionId::from_uuid(Uuid::from_u128(number.into())),
                user: user_id(1),
                school: SCHOOL,
                token: TokenHash::from_bytes(numbered(number)),
                opened_at: moment(),
                expires_at: moment(),
            };
            uow.sessions().insert(&session).await.unwrap();
        }
        uow.commit().await.unwrap();
        scene.later(DAY);
        let swept = scene.staffroom.sweep(NETWORK).await.unwrap();
        assert_eq!(swept, Swept { sessions: MANY as usize, ..Swept::default() });
    });
}

#[test]
fn more_resets_than_are_swept_at_once_are_all_swept() {
    block_on(async {
        let users: Vec<User> = (1..=MANY).map(here).collect();
        let scene = scene(&users).await;
        let mut uow = scene.store.begin(NETWORK, Mode::Write).await.unwrap();
        for (number, user) in (0..).zip(&users) {
            let reset = Reset {
                user: user.id(),
                token: TokenHash::from_bytes(numbered(number)),
                origin: ResetOrigin::Mail,
                issued_at: moment(),
                expires_at: moment(),
            };
            uow.resets().put(&reset).await.unwrap();
        }
        uow.commit().await.unwrap();
        scene.later(DAY);
        let swept = scene.staffroom.sweep(NETWORK).await.unwrap();
        assert_eq!(swept, Swept { resets: MANY as usize, ..Swept::default() });
    });
}

#[test]
fn more_failures_than_are_swept_at_once_are_all_swept() {
    block_on(async {
        let scene = scene(&[]).await;
        let mut uow = scene.store.begin(NETWORK, Mode::Write).await.unwrap();
        for number in 0..MANY {
            uow.failures().add(&FailureKey::from_bytes(numbered(number)), moment()).await.unwrap();
        }
        uow.commit().await.unwrap();
        scene.later(91 * DAY);
        let swept = scene.staffroom.sweep(NETWORK).await.unwrap();
        assert_eq!(swept, Swept { failures: MANY as usize, ..Swept::default() });
    });
}

#[test]
fn more_batches_than_are_read_at_once_are_all_counted() {
    block_on(async {
        let scene = scene(&[]).await;
        let plan = scene.with_batch().await.digest();
        let mut uow = scene.store.begin(NETWORK, Mode::Write).await.unwrap();
        for number in 0..RECORDS {
            let id = BatchId::from_uuid(late(number));
            let report = Report::new(id, NETWORK, operator().actor(), SCHOOL, None, moment(), Vec::new());
            uow.batches().insert(&Batch { plan, shared_password: None, report }).await.unwrap();
        }
        uow.commit().await.unwrap();
        let overview = scene.staffroom.overview(&operator()).await.unwrap();
        assert_eq!(overview.batches as u128, RECORDS + 1);
    });
}

#[test]
fn an_undo_long_ago_in_the_log_is_told() {
    block_on(async {
        // Of the moment of the batch itself, and of a time long after it.
        for later in [0, 60] {
            let scene = scene(&[]).await;
            let plan = scene.with_batch().await;
            let page = scene.staffroom.batches(&operator(), None, 10).await.unwrap();
            assert!(scene.staffroom.undone(&operator(), &page.rows).await.unwrap().is_empty());
            scene.staffroom.undo(&operator(), plan.batch()).await.unwrap();
            let at = scene.log().await.last().unwrap().at.plus_seconds(later);
            let mut uow = scene.store.begin(NETWORK, Mode::Write).await.unwrap();
            for number in 0..RECORDS {
                let event = AuditEvent::Denied {
                    attempt: Attempt::List,
                    code: "no-school-access".to_owned(),
                    user: None,
                };
                let record = AuditRecord {
                    id: AuditId::from_uuid(late(number)),
                    at,
                    actor: operator().actor(),
                    school: Some(SCHOOL),
                    group: None,
                    batch: None,
                    event,
                };
                uow.audit().append(&record).await.unwrap();
            }
            uow.commit().await.unwrap();
            let undone = scene.staffroom.undone(&operator(), &page.rows).await.unwrap();
            assert_eq!(undone.get(&plan.batch()), Some(&2), "{later}");
        }
    });
}
