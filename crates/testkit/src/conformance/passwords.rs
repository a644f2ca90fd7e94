//! The hashes of passwords.

use std::sync::Arc;

use staffroom_core::Revision;
use staffroom_core::store::{RowLock, SharedPassword, SharedPasswordInsert, Store, UserUpdate};

use super::Verdict;
use super::failure::{misuse, same};
use super::samples::{at, hash, shared, shared_id};
use super::stage::{read, write};
use crate::fixture::{NETWORK, add_users, set_up, user, user_id};
use staffroom_core::PasswordState;

/// The hash of each user's own password is kept, in place of any before, and given out for that user only.
pub async fn each_user_has_its_own_hash(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    add_users(&*store, NETWORK, &[user(1), user(2), user(3)]).await?;
    let mut uow = write(&*store).await?;
    let long = hash(&"h".repeat(400));
    uow.passwords().set(&[(user_id(2), hash("b1")), (user_id(1), hash("a1"))]).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    uow.passwords().set(&[(user_id(2), long.clone())]).await?;
    same("the new hash at once", uow.passwords().find(user_id(2)).await?, Some(long.clone()))?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for (number, expected) in [(1, Some(hash("a1"))), (2, Some(long)), (3, None), (9, None)] {
        let found = uow.passwords().find(user_id(number)).await?;
        same(&format!("whether the hash of user {number} is right"), found == expected, true)?;
    }
    Ok(())
}

/// A hash belongs to a user that is there: anything else is misuse.
pub async fn a_hash_needs_its_user(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    add_users(&*store, NETWORK, &[user(1)]).await?;
    let mut uow = write(&*store).await?;
    let hashes = [(user_id(1), hash("a")), (user_id(9), hash("b"))];
    misuse("a hash for nobody", uow.passwords().set(&hashes).await)
}

/// Keeping a hash does not change the revision of its user, nor anything else of it.
pub async fn a_hash_does_not_edit_its_user(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    add_users(&*store, NETWORK, &[user(1)]).await?;
    let mut uow = write(&*store).await?;
    uow.passwords().set(&[(user_id(1), hash("a"))]).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    same("the user", uow.users().find(user_id(1), RowLock::None).await?, Some(user(1)))?;
    let edit = user(1).signed_in(at(1));
    same("an edit", uow.users().update(Revision::FIRST, &edit).await?, UserUpdate::Updated)?;
    same("the hash after the edit", uow.passwords().find(user_id(1)).await?, Some(hash("a")))
}

/// A shared password is read back equal, hash and expiry.
pub async fn a_shared_password_is_read_back(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let lasting = SharedPassword { expires_at: at(253_402_300_799_999_999), ..shared(2) };
    let mut uow = write(&*store).await?;
    for password in [shared(1), lasting.clone()] {
        let outcome = uow.passwords().insert_shared(&password).await?;
        same("the outcome", outcome, SharedPasswordInsert::Inserted)?;
    }
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for password in [shared(1), lasting] {
        let found = uow.passwords().find_shared(password.id).await?;
        same("a shared password", found, Some(password))?;
    }
    same("one that is not there", uow.passwords().find_shared(shared_id(3)).await?, None)
}

/// A shared password that is there already is left unchanged, and the answer says so.
pub async fn a_shared_password_is_kept_once(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let other = SharedPassword { id: shared_id(1), ..shared(2) };
    let mut uow = write(&*store).await?;
    uow.passwords().insert_shared(&shared(1)).await?;
    let outcome = uow.passwords().insert_shared(&other).await?;
    same("another at once", outcome, SharedPasswordInsert::AlreadyThere)?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    let outcome = uow.passwords().insert_shared(&other).await?;
    same("another later", outcome, SharedPasswordInsert::AlreadyThere)?;
    let found = uow.passwords().find_shared(shared_id(1)).await?;
    same("whether the first is kept", found == Some(shared(1)), true)
}

/// A shared password is forgotten when it is asked for and no user refers to it, and not before.
pub async fn a_shared_password_in_use_stays(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let with = PasswordState::InitialShared { secret: shared_id(1), expires_at: at(1) };
    let mut uow = write(&*store).await?;
    uow.passwords().insert_shared(&shared(1)).await?;
    uow.passwords().insert_shared(&shared(2)).await?;
    uow.users().insert(&[user(1).with_password(with), user(2).with_password(with)]).await?;
    uow.commit().await?;
    for (what, number, expected) in
        [("of two users", 1, true), ("of one user", 2, true), ("of nobody", 3, false)]
    {
        let mut uow = write(&*store).await?;
        uow.passwords().remove_unused_shared(shared_id(1)).await?;
        let there = uow.passwords().find_shared(shared_id(1)).await?.is_some();
        same(&format!("whether the password {what} is kept"), there, expected)?;
        uow.users().delete(&[(user_id(number), Revision::FIRST)]).await?;
        uow.commit().await?;
    }
    let mut uow = write(&*store).await?;
    uow.passwords().remove_unused_shared(shared_id(9)).await?;
    let other = uow.passwords().find_shared(shared_id(2)).await?;
    same("another password that nobody uses", other, Some(shared(2)))
}
