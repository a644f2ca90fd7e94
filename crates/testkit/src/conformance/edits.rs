//! Updating and deleting users.

use std::sync::Arc;

use staffroom_core::store::{RowLock, Store, UserDelete, UserInsert, UserUpdate};
use staffroom_core::{IdSet, PasswordState, Revision, User, UserStatus};

use super::Verdict;
use super::failure::same;
use super::samples::{at, hash, shared, shared_id};
use super::stage::{read, with_staff, write};
use crate::fixture::{
    ADMIN, NETWORK, OTHER_SCHOOL, SCHOOL, SUPERINTENDENTS, TEACHERS, add_users, edit_user, email, set_up,
    staff_id, staff_member, user, user_id,
};

/// A user with a school, two groups and staff member 1.
fn settled() -> User {
    user(1)
        .linked_to(staff_id(1))
        .entering(IdSet::only(SCHOOL))
        .in_groups([TEACHERS, SUPERINTENDENTS].into_iter().collect())
}

/// An update overwrites every field of the user: email, link, sets, status, password, sign-in, revision.
pub async fn an_update_writes_every_field(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1), staff_member(2)]).await?;
    add_users(&*store, NETWORK, &[settled(), user(2)]).await?;
    let mut uow = write(&*store).await?;
    uow.passwords().insert_shared(&shared(30)).await?;
    let secret = shared_id(30);
    let first = settled()
        .set_email(email("New.Name@School.Example"))
        .set_staff_member(Some(staff_id(2)))
        .set_schools([OTHER_SCHOOL, SCHOOL].into_iter().collect())
        .set_groups(IdSet::only(TEACHERS))
        .signed_in(at(1_234_567));
    let second = first
        .clone()
        .set_staff_member(None)
        .set_schools(IdSet::empty())
        .set_groups(IdSet::empty())
        .set_status(UserStatus::Disabled)
        .with_password(PasswordState::InitialShared { secret, expires_at: at(9) });
    let third = second.chose_password(at(1_234_568)).set_status(UserStatus::Enabled);
    let mut before = settled();
    for now in [first, second, third] {
        let outcome = uow.users().update(before.revision(), &now).await?;
        same("the outcome", outcome, UserUpdate::Updated)?;
        same("the user at once", uow.users().find(now.id(), RowLock::None).await?.as_ref(), Some(&now))?;
        before = now;
    }
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    same("the user later", uow.users().find(user_id(1), RowLock::None).await?, Some(before))?;
    same("another user", uow.users().find(user_id(2), RowLock::None).await?, Some(user(2)))
}

/// An update is written only at the revision that the caller read; otherwise the user stays as the others left it.
pub async fn an_update_at_another_revision_is_stale(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    add_users(&*store, NETWORK, &[user(1)]).await?;
    edit_user(&*store, NETWORK, user_id(1), |user| user.signed_in(at(1))).await?;
    let kept = user(1).signed_in(at(1));
    let late = user(1).set_status(UserStatus::Disabled);
    let mut uow = write(&*store).await?;
    for revision in [Revision::FIRST, Revision::from_number(3), Revision::from_number(u32::MAX)] {
        let outcome = uow.users().update(revision, &late).await?;
        same(&format!("an update expecting {revision:?}"), outcome, UserUpdate::Stale)?;
    }
    uow.commit().await?;
    same("the user", read(&*store).await?.users().find(user_id(1), RowLock::None).await?, Some(kept))
}

/// Updating a user who is not there says so, and creates nobody.
pub async fn an_update_of_nobody_is_unknown(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    let outcome = uow.users().update(Revision::FIRST, &user(1).signed_in(at(1))).await?;
    same("the outcome", outcome, UserUpdate::Unknown)?;
    uow.commit().await?;
    same("the user", read(&*store).await?.users().find(user_id(1), RowLock::None).await?, None)
}

/// An update cannot take an email that another user holds; it may respell the user's own.
pub async fn an_update_cannot_take_an_email(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    add_users(&*store, NETWORK, &[user(1), user(2)]).await?;
    let mut uow = write(&*store).await?;
    let greedy = user(1).set_email(email("USER2@school.example"));
    let outcome = uow.users().update(Revision::FIRST, &greedy).await?;
    same("taking another's", outcome, UserUpdate::EmailTaken)?;
    same("the user", uow.users().find(user_id(1), RowLock::None).await?, Some(user(1)))?;
    let vain = user(1).set_email(email("USER1@School.Example"));
    let outcome = uow.users().update(Revision::FIRST, &vain).await?;
    same("respelling one's own", outcome, UserUpdate::Updated)?;
    uow.commit().await?;
    let found = read(&*store).await?.users().find_by_email(&email("user1@school.example")).await?;
    same("the user by the old spelling", found, Some(vain))
}

/// An update cannot take a staff member whom another user is linked to; it may keep the user's own.
pub async fn an_update_cannot_take_a_staff_member(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1), staff_member(2)]).await?;
    add_users(&*store, NETWORK, &[settled(), user(2).linked_to(staff_id(2))]).await?;
    let mut uow = write(&*store).await?;
    let greedy = settled().set_staff_member(Some(staff_id(2)));
    let outcome = uow.users().update(Revision::FIRST, &greedy).await?;
    same("taking another's", outcome, UserUpdate::StaffMemberLinked)?;
    same("the user", uow.users().find(user_id(1), RowLock::None).await?, Some(settled()))?;
    let kept = settled().set_staff_member(Some(staff_id(1)));
    let outcome = uow.users().update(Revision::FIRST, &kept).await?;
    same("keeping one's own", outcome, UserUpdate::Updated)
}

/// An update frees the email and the staff member that the user gave up, at once.
pub async fn an_update_frees_what_was_given_up(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    add_users(&*store, NETWORK, &[settled()]).await?;
    let mut uow = write(&*store).await?;
    let moved = settled().set_email(email("new@school.example")).set_staff_member(None);
    same("the update", uow.users().update(Revision::FIRST, &moved).await?, UserUpdate::Updated)?;
    let old = uow.users().find_by_email(&email("user1@school.example")).await?;
    same("who holds the old email", old, None)?;
    let heir = User::new(user_id(2), email("user1@school.example"), at(1)).linked_to(staff_id(1));
    let outcome = uow.users().insert(std::slice::from_ref(&heir)).await?;
    same("the heir", outcome, [UserInsert::Inserted])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    let holder = uow.users().find_by_email(&email("USER1@school.example")).await?;
    same("who holds the old email later", holder, Some(heir))
}

/// A deleted user is gone with its link, access, memberships and password hash; its id, email and staff member are
/// free at once.
pub async fn a_deleted_user_leaves_nothing(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1)]).await?;
    add_users(&*store, NETWORK, &[settled()]).await?;
    let mut uow = write(&*store).await?;
    uow.passwords().set(&[(user_id(1), hash("old"))]).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    let outcome = uow.users().delete(&[(user_id(1), Revision::FIRST)]).await?;
    same("the outcome", outcome, [UserDelete::Deleted])?;
    same("the user", uow.users().find(user_id(1), RowLock::None).await?, None)?;
    same("its hash", uow.passwords().find(user_id(1)).await?, None)?;
    let heir = user(1).linked_to(staff_id(1));
    let outcome = uow.users().insert(std::slice::from_ref(&heir)).await?;
    same("the heir", outcome, [UserInsert::Inserted])?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    same("the heir, without the old sets", uow.users().find(user_id(1), RowLock::None).await?, Some(heir))?;
    same("the heir's hash", uow.passwords().find(user_id(1)).await?, None)
}

/// Users are deleted at the revision that the caller read; each row has its own outcome, in order.
pub async fn each_deletion_has_its_own_outcome(store: Arc<dyn Store>) -> Verdict {
    use UserDelete::{Deleted, Stale, Unknown};
    set_up(&*store).await?;
    add_users(&*store, NETWORK, &[user(1), user(2), user(3)]).await?;
    edit_user(&*store, NETWORK, user_id(2), |user| user.signed_in(at(1))).await?;
    let mut uow = write(&*store).await?;
    let first = Revision::FIRST;
    let rows = [
        (user_id(9), first),
        (user_id(2), first),
        (user_id(3), first),
        (user_id(1), first.next()),
        (user_id(3), first),
        (user_id(1), first),
    ];
    let expected = [Unknown, Stale, Deleted, Stale, Unknown, Deleted];
    same("the outcomes", uow.users().delete(&rows).await?, expected)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    let kept = Some(user(2).signed_in(at(1)));
    same("the one that was edited", uow.users().find(user_id(2), RowLock::None).await?, kept)?;
    same("one that was deleted", uow.users().find(user_id(1), RowLock::None).await?, None)?;
    let admin = uow.users().find(ADMIN, RowLock::None).await?;
    same("one that was not named", admin.map(|user| user.revision()), Some(first))
}
