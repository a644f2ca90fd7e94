//! Users asked for together, and lists of users, batches and audit records a page at a time.

use std::sync::Arc;

use staffroom_core::store::{AuditCursor, BatchCursor, Store};
use staffroom_core::{AuditRecord, Batch, BatchHead, BatchId, Report, User, UserId, UserStatus};

use super::Verdict;
use super::failure::same;
use super::samples::{at, audit_id, audit_record, batch, batch_id};
use super::stage::{read, write};
use crate::fixture::{
    ADMIN, NETWORK, OTHER_NETWORK, add_users, email, set_up, set_up_network, user, user_id,
};

/// Users asked for by their ids are answered one by one in the order of the questions, repeated and unknown ones included.
pub async fn each_user_asked_for_is_answered(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    add_users(&*store, OTHER_NETWORK, &[user(9)]).await?;
    let disabled = user(2).set_status(UserStatus::Disabled);
    add_users(&*store, NETWORK, &[user(1), disabled.clone(), user(3)]).await?;
    let mut uow = read(&*store).await?;
    let asked = [3, 9, 1, 3, 2].map(user_id);
    let expected = [Some(user(3)), None, Some(user(1)), Some(user(3)), Some(disabled)];
    same("the users", uow.users().find_each(&asked).await?, expected)?;
    same("of nobody", uow.users().find_each(&[]).await?, [])
}

/// A page of users is in the order of their canonical emails as bytes, and begins with the first that is not below its start.
pub async fn users_are_paged_by_canonical_email(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    add_users(&*store, OTHER_NETWORK, &[user(1)]).await?;
    let addresses = [
        "Bea@school.example",
        "b_a@school.example",
        "ann@school.example",
        "b-a@school.example",
        "\u{E9}mile@school.example",
        "ann@school.example.org",
        "zoe@school.example",
        "b.a@school.example",
    ];
    let rows =
        (1..).zip(addresses).map(|(number, address)| User::new(user_id(number), email(address), at(7)));
    add_users(&*store, NETWORK, &rows.collect::<Vec<_>>()).await?;
    let mut uow = read(&*store).await?;
    let numbered = |numbers: &[u32]| numbers.iter().copied().map(user_id).collect::<Vec<_>>();
    let everybody = [vec![ADMIN], numbered(&[3, 6, 4, 8, 2, 1, 7, 5])].concat();
    for (from, limit, expected) in [
        ("", 100, everybody.clone()),
        ("", 9, everybody),
        ("", 3, vec![ADMIN, user_id(3), user_id(6)]),
        ("", 0, vec![]),
        ("ann@school.example", 2, numbered(&[3, 6])),
        ("ann@school.example.", 2, numbered(&[6, 4])),
        ("b", 4, numbered(&[4, 8, 2, 1])),
        ("Bea", 1, vec![ADMIN]),
        ("b_a@school.example\0", 1, numbered(&[1])),
        ("zz", 5, numbered(&[5])),
        ("\u{FFFD}", 5, vec![]),
    ] {
        let page = uow.users().page(from, limit).await?;
        let ids: Vec<UserId> = page.iter().map(User::id).collect();
        same(&format!("a page of {limit} from {from:?}"), ids, expected)?;
    }
    Ok(())
}

/// The batch numbered `number`, carried out at `micros`.
fn carried_out(number: u32, micros: i64) -> Batch {
    let Batch { plan, shared_password, report } = batch(NETWORK, number);
    let rows = report.rows().to_vec();
    let (id, actor, school, group) = (report.batch(), report.actor(), report.school(), report.group());
    Batch { plan, shared_password, report: Report::new(id, NETWORK, actor, school, group, at(micros), rows) }
}

/// Batches are paged from the newest, by time, then id, with everything that a list shows of them; a page begins after a
/// place, whoever is at it.
pub async fn batches_are_paged_from_the_newest(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    let mut uow = store.begin(OTHER_NETWORK, staffroom_core::store::Mode::Write).await?;
    uow.batches().insert(&batch(OTHER_NETWORK, 9)).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    for (number, micros) in [(4, 7), (2, 9), (5, -1), (3, 7), (1, 7)] {
        uow.batches().insert(&carried_out(number, micros)).await?;
    }
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    let page = uow.batches().page(None, 1).await?;
    same("the newest", page, [BatchHead::of(&carried_out(2, 9).report)])?;
    let place =
        |number: u32, micros: i64| BatchCursor::of(&BatchHead::of(&carried_out(number, micros).report));
    for (what, after, limit, expected) in [
        ("all", None, 100, vec![2, 4, 3, 1, 5]),
        ("none", None, 0, vec![]),
        ("the first", None, 2, vec![2, 4]),
        ("between two of one moment", Some(place(4, 7)), 2, vec![3, 1]),
        ("after the last of a moment", Some(place(1, 7)), 5, vec![5]),
        ("after a place where none is", Some(place(6, 7)), 2, vec![4, 3]),
        ("after a moment at which none is", Some(place(1, 8)), 1, vec![4]),
        ("after the last", Some(place(5, -1)), 5, vec![]),
    ] {
        let page = uow.batches().page(after.as_ref(), limit).await?;
        let ids: Vec<BatchId> = page.iter().map(|head| head.id).collect();
        same(what, ids, expected.into_iter().map(batch_id).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The audit log is paged from the newest, by time, then id; a page begins after a place, whatever is at it.
pub async fn the_audit_log_is_paged_from_the_newest(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    set_up_network(&*store, OTHER_NETWORK).await?;
    let mut uow = store.begin(OTHER_NETWORK, staffroom_core::store::Mode::Write).await?;
    uow.audit().append(&audit_record(9, 8)).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    for (number, micros) in [(4, 7), (2, 9), (5, -1), (3, 7), (1, 7)] {
        uow.audit().append(&audit_record(number, micros)).await?;
    }
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    same("the newest", uow.audit().page(None, 1).await?, [audit_record(2, 9)])?;
    let place = |number: u32, micros: i64| AuditCursor::of(&audit_record(number, micros));
    for (what, after, limit, expected) in [
        ("all", None, 100, vec![2, 4, 3, 1, 5]),
        ("none", None, 0, vec![]),
        ("the first", None, 2, vec![2, 4]),
        ("between two of one moment", Some(place(4, 7)), 2, vec![3, 1]),
        ("after the last of a moment", Some(place(1, 7)), 5, vec![5]),
        ("after a place where none is", Some(place(6, 7)), 2, vec![4, 3]),
        ("after the last", Some(place(5, -1)), 5, vec![]),
    ] {
        let page: Vec<AuditRecord> = uow.audit().page(after.as_ref(), limit).await?;
        let ids: Vec<_> = page.iter().map(|record| record.id).collect();
        same(what, ids, expected.into_iter().map(audit_id).collect::<Vec<_>>())?;
    }
    Ok(())
}
