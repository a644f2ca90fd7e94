//! The users: reading, inserting, and what conflicts.

use std::sync::Arc;

use staffroom_core::store::{RowLock, Store, UserInsert};
use staffroom_core::{Email, IdSet, PasswordState, User, UserId, UserStatus};

use super::Verdict;
use super::failure::{holds, misuse, same};
use super::samples::{at, batch_id, group_id, hostile_users, school_id, shared, shared_id};
use super::stage::{read, users, with_staff, write};
use crate::fixture::{ADMIN, SCHOOL, email, set_up, staff_id, staff_member, user, user_id};

fn mailed(number: u32, address: &str) -> User {
    User::new(user_id(number), email(address), at(7))
}

fn linked(number: u32, staff: u32) -> User {
    user(number).linked_to(staff_id(staff))
}

/// Users are read back equal: the email as given, every set, every kind of password, microseconds, any revision.
pub async fn users_are_read_back(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let mut uow = write(&*store).await?;
    uow.passwords().insert_shared(&shared(30)).await?;
    let outcomes = uow.users().insert(&hostile_users()).await?;
    same("the outcomes", outcomes, vec![UserInsert::Inserted; hostile_users().len()])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for user in hostile_users() {
        same("a user by id", uow.users().find(user.id(), RowLock::None).await?.as_ref(), Some(&user))?;
        same("a user by email", uow.users().find_by_email(user.email()).await?, Some(user))?;
    }
    same("a user who is not there", uow.users().find(user_id(99), RowLock::None).await?, None)
}

/// A user is found by any spelling of its email that canonicalises alike, and by no other.
pub async fn users_are_found_by_any_spelling_of_their_email(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    uow.users().insert(&[mailed(1, "Ann.\u{212A}ay@Bücher.Example")]).await?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for (address, expected) in [
        ("ann.kay@xn--bcher-kva.example", Some(1)),
        ("ＡＮＮ.KAY@BÜCHER.EXAMPLE", Some(1)),
        ("annkay@bücher.example", None),
        ("ann.kay+x@bücher.example", None),
        ("ann.kay@bucher.example", None),
        ("ann_kay@bücher.example", None),
        ("%@bücher.example", None),
    ] {
        let found = uow.users().find_by_email(&email(address)).await?;
        same(&format!("who holds `{address}`"), found.map(|user| user.id()), expected.map(user_id))?;
    }
    Ok(())
}

/// The users of a batch that are still there are found, ascending by id, and nobody else's.
pub async fn users_of_a_batch_are_found_in_order(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let rows = [5, 2, 9, 4].map(|number| user(number).made_by(batch_id(1)));
    let mut uow = write(&*store).await?;
    uow.users().insert(&rows).await?;
    uow.users().insert(&[user(3).made_by(batch_id(2)), user(1)]).await?;
    uow.users().delete(&[(user_id(4), user(4).revision())]).await?;
    uow.commit().await?;
    for lock in [RowLock::None, RowLock::Held] {
        let mut uow = write(&*store).await?;
        let found = uow.users().find_by_batch(batch_id(1), lock).await?;
        same("the users", found, [2, 5, 9].map(|number| user(number).made_by(batch_id(1))))?;
        same("of another batch", uow.users().find_by_batch(batch_id(3), lock).await?, [])?;
    }
    Ok(())
}

/// Every user is visited once, linked or not, enabled or not.
pub async fn every_user_is_visited_once(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    let mut uow = write(&*store).await?;
    uow.users().insert(&[linked(1, 1), user(2).set_status(UserStatus::Disabled), user(3)]).await?;
    uow.commit().await?;
    let visited: Vec<UserId> = users(&mut *read(&*store).await?).await?.iter().map(User::id).collect();
    same("who was visited", visited, [ADMIN, user_id(1), user_id(2), user_id(3)])
}

/// A user id that is taken is the outcome of that row; the user who has it stays as it is, and so do the other rows.
pub async fn a_taken_user_id_is_an_outcome(store: Arc<dyn Store>) -> Verdict {
    use UserInsert::{IdTaken, Inserted};
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    uow.users().insert(&[user(1)]).await?;
    let rows = [mailed(1, "a@school.example"), user(2), mailed(2, "b@school.example"), user(3)];
    same("the outcomes", uow.users().insert(&rows).await?, [IdTaken, Inserted, IdTaken, Inserted])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for number in 1..=3 {
        same("a user", uow.users().find(user_id(number), RowLock::None).await?, Some(user(number)))?;
    }
    let free = uow.users().find_by_email(&email("a@school.example")).await?;
    same("who holds the email of a refused row", free, None)
}

/// An email that another user holds, enabled or not, is the outcome of that row, also if the other is in the same call;
/// the other rows are written.
pub async fn a_taken_email_is_an_outcome(store: Arc<dyn Store>) -> Verdict {
    use UserInsert::{EmailTaken, Inserted};
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    uow.users().insert(&[mailed(1, "ann@school.example").set_status(UserStatus::Disabled)]).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    let rows = [
        mailed(2, "bob@school.example"),
        mailed(3, "ann@school.example"),
        mailed(4, "bob@school.example"),
        mailed(5, "cid@school.example"),
    ];
    let expected = [Inserted, EmailTaken, EmailTaken, Inserted];
    same("the outcomes", uow.users().insert(&rows).await?, expected)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for (row, outcome) in rows.into_iter().zip(expected) {
        let expected = (outcome == Inserted).then(|| row.clone());
        same("a row", uow.users().find(row.id(), RowLock::None).await?, expected)?;
    }
    let holder = uow.users().find_by_email(&email("ann@school.example")).await?;
    same("who holds the email", holder.map(|user| user.id()), Some(user_id(1)))
}

/// A staff member whom another user is linked to is the outcome of that row, also if the other is in the same call; the
/// other rows are written.
pub async fn a_linked_staff_member_is_an_outcome(store: Arc<dyn Store>) -> Verdict {
    use UserInsert::{Inserted, StaffMemberLinked};
    with_staff(&*store, &[staff_member(1), staff_member(2), staff_member(3)]).await?;
    let mut uow = write(&*store).await?;
    uow.users().insert(&[linked(1, 1)]).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    let rows = [linked(2, 2), linked(3, 1), linked(4, 2), linked(5, 3), user(6), user(7)];
    let expected = [Inserted, StaffMemberLinked, StaffMemberLinked, Inserted, Inserted, Inserted];
    same("the outcomes", uow.users().insert(&rows).await?, expected)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for (row, outcome) in rows.into_iter().zip(expected) {
        let expected = (outcome == Inserted).then(|| row.clone());
        same("a row", uow.users().find(row.id(), RowLock::None).await?, expected)?;
    }
    Ok(())
}

/// Emails are one email exactly if their canonical forms are the same bytes: upper case, the Kelvin sign, composition,
/// full width and the two forms of a domain make no difference.
pub async fn spellings_of_one_email_conflict(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let pairs = [
        ("ann@school.example", "ANN@School.EXAMPLE"),
        ("\u{212A}elvin@school.example", "kelvin@school.example"),
        ("jos\u{E9}@school.example", "JOSE\u{301}@school.example"),
        ("ｗｉｄｅ@school.example", "wide@school.example"),
        ("bea@bücher.example", "bea@XN--BCHER-KVA.example"),
        ("σοφος@school.example", "ΣΟΦΟΣ@school.example"),
    ];
    for (number, (first, second)) in (1..).zip(pairs) {
        holds(&format!("`{first}` is `{second}`"), email(first).is_same_address(&email(second)))?;
        let mut uow = write(&*store).await?;
        let rows = [mailed(2 * number, first), mailed(2 * number + 1, second)];
        let outcomes = uow.users().insert(&rows).await?;
        let expected = [UserInsert::Inserted, UserInsert::EmailTaken];
        same(&format!("`{first}`, then `{second}`"), outcomes, expected)?;
        uow.commit().await?;
    }
    Ok(())
}

/// Emails whose canonical forms differ are two emails, however alike a database finds them: the dotless i is not an i,
/// an accent, a sharp s, a dot and a plus-tag make a difference.
pub async fn emails_that_only_look_alike_do_not_conflict(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let alike = [
        "dilek@school.example",
        "d\u{131}lek@school.example",
        "\u{130}pek@school.example",
        "ipek@school.example",
        "jose@school.example",
        "jos\u{E9}@school.example",
        "strasse@school.example",
        "straße@school.example",
        "ann@school.example",
        "a.nn@school.example",
        "ann+home@school.example",
        "ann@straße.example",
        "ann@strasse.example",
    ];
    let rows: Vec<User> = (1..).zip(alike).map(|(number, address)| mailed(number, address)).collect();
    let mut uow = write(&*store).await?;
    let outcomes = uow.users().insert(&rows).await?;
    same("the outcomes", outcomes, [UserInsert::Inserted; 13])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for row in rows {
        let found = uow.users().find_by_email(row.email()).await?;
        same(&format!("who holds `{}`", row.email()), found, Some(row))?;
    }
    Ok(())
}

/// A user refers only to a staff member, schools, groups and a shared password that the network has: anything else is
/// misuse, in an insert and in an update.
pub async fn users_refer_only_to_what_is_there(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    crate::fixture::add_users(&*store, crate::fixture::NETWORK, &[user(1)]).await?;
    let nowhere = PasswordState::InitialShared { secret: shared_id(1), expires_at: at(1) };
    for (what, wrong) in [
        ("a staff member", user(1).linked_to(staff_id(1))),
        ("a school", user(1).entering([SCHOOL, school_id(1)].into_iter().collect())),
        ("a group", user(1).in_groups(IdSet::only(group_id(1)))),
        ("a shared password", user(1).with_password(nowhere)),
    ] {
        let mut uow = write(&*store).await?;
        let update = uow.users().update(wrong.revision(), &wrong.clone()).await;
        misuse(&format!("updating with {what} that is not there"), update)?;
        drop(uow);
        let new = User::new(user_id(2), Email::parse("new@school.example")?, at(1))
            .entering(wrong.schools().clone())
            .in_groups(wrong.groups().clone())
            .with_password(wrong.password());
        let new = match wrong.staff_member() {
            Some(staff) => new.linked_to(staff),
            None => new,
        };
        let insert = write(&*store).await?.users().insert(&[user(3), new]).await;
        misuse(&format!("inserting with {what} that is not there"), insert)?;
    }
    Ok(())
}
