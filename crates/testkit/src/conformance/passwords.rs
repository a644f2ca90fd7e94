//! The hashes of passwords.

use std::sync::Arc;

use staffroom_core::store::{HashOfUser, RowLock, SharedPassword, SharedPasswordInsert, Store, UserUpdate};
use staffroom_core::{PasswordHash, PasswordState, Revision, UserStatus};

use super::Verdict;
use super::failure::{misuse, same};
use super::samples::{at, hash, shared, shared_id};
use super::stage::{read, write};
use crate::fixture::{NETWORK, add_users, email, set_up, user, user_id};

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

/// The hash by which somebody signs in is found by any spelling of their email: their own, or the shared one that they
/// refer to, also if it is expired or revoked and if the user is disabled; nothing for whoever has none.
pub async fn the_hash_of_a_sign_in_is_found_by_email(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let refers = |number| PasswordState::InitialShared { secret: shared_id(number), expires_at: at(1) };
    let mut uow = write(&*store).await?;
    uow.passwords().insert_shared(&shared(1)).await?;
    uow.passwords().insert_shared(&shared(2)).await?;
    let users = [
        user(1).with_password(PasswordState::Chosen { set_at: at(1) }),
        user(2).with_password(refers(1)),
        user(3).with_password(refers(2)),
        user(4),
        user(5).with_password(PasswordState::InitialGenerated { expires_at: at(1) }).as_stored(
            UserStatus::Disabled,
            None,
            Revision::FIRST,
        ),
    ];
    uow.users().insert(&users).await?;
    uow.passwords().set(&[(user_id(1), hash("one")), (user_id(5), hash("five"))]).await?;
    uow.passwords().revoke_shared(shared_id(2), at(3)).await?;
    uow.commit().await?;
    let found =
        |number, of: PasswordHash, shared| Some(HashOfUser { user: user_id(number), hash: of, shared });
    let expected = [
        ("User1@School.Example", found(1, hash("one"), None)),
        ("user2@school.example", found(2, shared(1).hash, Some(shared_id(1)))),
        (" USER3@school.example", found(3, shared(2).hash, Some(shared_id(2)))),
        ("user4@school.example", None),
        ("user5@SCHOOL.example", found(5, hash("five"), None)),
        ("user6@school.example", None),
    ];
    let mut uow = read(&*store).await?;
    for (address, expected) in expected {
        let found = uow.passwords().find_by_email(&email(address)).await?;
        let found = found.map(|found| (found.user, found.hash.as_phc().to_owned(), found.shared));
        let expected = expected.map(|found| (found.user, found.hash.as_phc().to_owned(), found.shared));
        same(&format!("whether what {address} signs in by is right"), found == expected, true)?;
    }
    Ok(())
}

/// The hash of a sign-in follows the user: their new email, and the password that they have now.
pub async fn the_hash_of_a_sign_in_follows_its_user(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let refers = PasswordState::InitialShared { secret: shared_id(1), expires_at: at(1) };
    let mut uow = write(&*store).await?;
    uow.passwords().insert_shared(&shared(1)).await?;
    uow.users().insert(&[user(1).with_password(refers)]).await?;
    uow.commit().await?;
    let moved = user(1).with_password(refers).set_email(email("moved@school.example"));
    let mut uow = write(&*store).await?;
    uow.users().update(Revision::FIRST, &moved).await?;
    same("by the old email", uow.passwords().find_by_email(user(1).email()).await?, None)?;
    let found = uow.passwords().find_by_email(moved.email()).await?;
    same("by the new one", found.and_then(|found| found.shared), Some(shared_id(1)))?;
    let chosen = moved.chose_password(at(2));
    uow.users().update(moved.revision(), &chosen).await?;
    uow.passwords().set(&[(user_id(1), hash("chosen"))]).await?;
    let found = uow.passwords().find_by_email(moved.email()).await?;
    let is_right = found.is_some_and(|found| found.hash == hash("chosen") && found.shared.is_none());
    same("whether the chosen password is the one", is_right, true)
}

/// The hashes of users are removed, those of the users named and no others; who has none is left alone.
pub async fn hashes_are_removed(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    add_users(&*store, NETWORK, &[1, 2, 3, 4].map(user)).await?;
    let mut uow = write(&*store).await?;
    uow.passwords().set(&[1, 2, 3].map(|number| (user_id(number), hash("some")))).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    uow.passwords().remove(&[user_id(3), user_id(4), user_id(1), user_id(9)]).await?;
    same("at once", uow.passwords().find(user_id(1)).await?.is_some(), false)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for (number, stays) in [(1, false), (2, true), (3, false), (4, false)] {
        let there = uow.passwords().find(user_id(number)).await?.is_some();
        same(&format!("whether the hash of user {number} is there"), there, stays)?;
    }
    same("what one signs in by", uow.passwords().find_by_email(user(1).email()).await?, None)?;
    same("the user", uow.users().find(user_id(1), RowLock::None).await?, Some(user(1)))
}

/// A shared password is revoked once, and keeps the moment; its hash and the others are as they were.
pub async fn a_shared_password_is_revoked_once(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for number in [1, 2] {
        uow.passwords().insert_shared(&shared(number)).await?;
    }
    uow.commit().await?;
    let moment = at(1_786_953_600_123_457);
    let mut uow = write(&*store).await?;
    same("the first time", uow.passwords().revoke_shared(shared_id(1), moment).await?, true)?;
    same("again", uow.passwords().revoke_shared(shared_id(1), at(7)).await?, false)?;
    same("one that is not there", uow.passwords().revoke_shared(shared_id(9), moment).await?, false)?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    same("later", uow.passwords().revoke_shared(shared_id(1), at(8)).await?, false)?;
    let revoked = SharedPassword { revoked_at: Some(moment), ..shared(1) };
    same("the revoked", uow.passwords().find_shared(shared_id(1)).await?, Some(revoked))?;
    same("the other", uow.passwords().find_shared(shared_id(2)).await?, Some(shared(2)))
}
