//! R9 and R16: what records hold, and what never prints.

mod common;

use common::{ADMIN, SCHOOL, group_id, moment, staff_id};
use serde_json::json;
use staffroom_core::{
    Actor, Attempt, AuditEvent, AuditId, AuditRecord, BatchId, Email, HandOff, HandOffEntry, PersonName,
    Secret, WayIn,
};
use uuid::Uuid;

fn record(event: AuditEvent) -> AuditRecord {
    AuditRecord {
        id: AuditId::from_uuid(Uuid::from_u128(1)),
        at: moment(),
        actor: Actor::User(ADMIN),
        school: Some(SCHOOL),
        group: Some(group_id(1)),
        batch: Some(BatchId::from_uuid(Uuid::from_u128(2))),
        event,
    }
}

#[test]
fn an_audit_record_is_made_of_ids_counts_and_codes() {
    let created = record(AuditEvent::BulkCreate {
        requested: 3,
        created: 2,
        refused: 1,
        reasons: vec![("inactive".to_owned(), 1)],
    });
    assert_eq!(
        serde_json::to_value(created).unwrap(),
        json!({
            "id": "00000000-0000-0000-0000-000000000001",
            "at": "2026-08-17T08:00:00Z",
            "actor": { "user": "00000000-0000-0000-0000-0000000000d1" },
            "school": "00000000-0000-0000-0000-0000000000b1",
            "group": "00000000-0000-0000-0000-0000000000c1",
            "batch": "00000000-0000-0000-0000-000000000002",
            "event": {
                "event": "bulk-create", "requested": 3, "created": 2, "refused": 1, "reasons": [["inactive", 1]],
            },
        })
    );
    let undone = serde_json::to_value(AuditEvent::Undo { removed: 2, kept: 1 }).unwrap();
    assert_eq!(undone, json!({ "event": "undo", "removed": 2, "kept": 1 }));
    let denied =
        AuditEvent::Denied { attempt: Attempt::Commit, code: "no-school-access".to_owned(), user: None };
    assert_eq!(
        serde_json::to_value(denied).unwrap(),
        json!({ "event": "denied", "attempt": "commit", "code": "no-school-access" })
    );
}

#[test]
fn a_hand_off_sheet_does_not_print_its_passwords() {
    let sheet = HandOff {
        entries: vec![HandOffEntry {
            staff_member: staff_id(1),
            user: ADMIN,
            name: PersonName::parse("Ana", "Adams").unwrap(),
            email: Email::parse("ana@school.example").unwrap(),
            way_in: WayIn::GeneratedPassword {
                password: Secret::new("pangolin".to_owned()),
                expires_at: moment(),
            },
        }],
    };
    assert!(!format!("{sheet:?}").contains("pangolin"));
}
