//! Reset tokens: one for each user, taken once.

use std::sync::Arc;

use staffroom_core::store::{Mode, Reset, ResetOrigin, Store, StoreError};
use staffroom_core::{Revision, TokenHash};

use super::alternating::Alternating;
use super::failure::{misuse, same};
use super::races::insisting;
use super::samples::{at, reset, token_hash};
use super::stage::{read, write};
use super::{Failure, Verdict};
use crate::concurrency::{Job, at_once};
use crate::fixture::{NETWORK, add_users, set_up, user, user_id};

/// Three users, and these resets.
async fn with_resets(store: &dyn Store, resets: &[Reset]) -> Result<(), Failure> {
    set_up(store).await?;
    add_users(store, NETWORK, &[user(1), user(2), user(3)]).await?;
    let mut uow = write(store).await?;
    for reset in resets {
        uow.resets().put(reset).await?;
    }
    uow.commit().await?;
    Ok(())
}

/// A reset is read back equal, by its token's hash and by its user, microseconds included.
pub async fn resets_are_read_back(store: Arc<dyn Store>) -> Verdict {
    let hostile = Reset {
        origin: ResetOrigin::InitialPassword,
        issued_at: at(1_786_953_600_123_457),
        expires_at: at(253_402_300_799_999_999),
        token: TokenHash::from_bytes(std::array::from_fn(|index| u8::try_from(255 - index * 7).unwrap_or(0))),
        ..reset(2)
    };
    let all = [reset(1), hostile];
    with_resets(&*store, &all).await?;
    let mut uow = read(&*store).await?;
    for reset in &all {
        same("by its token", uow.resets().find(&reset.token).await?.as_ref(), Some(reset))?;
        same("by its user", uow.resets().find_by_user(reset.user).await?.as_ref(), Some(reset))?;
    }
    same("the reset of somebody who has none", uow.resets().find_by_user(user_id(3)).await?, None)?;
    same("a token that is none", uow.resets().find(&token_hash(99)).await?, None)
}

/// A new reset of a user is there in place of any before: the older token finds nothing any more (R17).
pub async fn the_newest_reset_replaces_the_one_before(store: Arc<dyn Store>) -> Verdict {
    with_resets(&*store, &[reset(1), reset(2)]).await?;
    let newer = Reset { token: token_hash(71), issued_at: at(8), expires_at: at(7), ..reset(1) };
    let mut uow = write(&*store).await?;
    uow.resets().put(&newer).await?;
    same("the older one at once", uow.resets().find(&reset(1).token).await?, None)?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    same("the older one", uow.resets().find(&reset(1).token).await?, None)?;
    same("taking the older one", uow.resets().take(&reset(1).token).await?, None)?;
    same("the one of the user", uow.resets().find_by_user(user_id(1)).await?, Some(newer.clone()))?;
    same("taking the newer one", uow.resets().take(&newer.token).await?, Some(newer))?;
    same("that of another user", uow.resets().find_by_user(user_id(2)).await?, Some(reset(2)))
}

/// A reset is of a user that is there, with a token that nobody else has: anything else is misuse.
pub async fn a_reset_needs_its_user(store: Arc<dyn Store>) -> Verdict {
    with_resets(&*store, &[reset(1)]).await?;
    let mut uow = write(&*store).await?;
    misuse("a reset of nobody", uow.resets().put(&reset(9)).await)?;
    drop(uow);
    let taken = Reset { token: reset(1).token, ..reset(2) };
    let mut uow = write(&*store).await?;
    misuse("a reset with a taken token", uow.resets().put(&taken).await)
}

/// A reset is taken once: with the token it is gone, whatever its time (R17).
pub async fn a_reset_is_taken_once(store: Arc<dyn Store>) -> Verdict {
    with_resets(&*store, &[reset(1), reset(2)]).await?;
    let mut uow = write(&*store).await?;
    same("taking it", uow.resets().take(&reset(1).token).await?, Some(reset(1)))?;
    same("taking it again", uow.resets().take(&reset(1).token).await?, None)?;
    same("taking what is none", uow.resets().take(&token_hash(99)).await?, None)?;
    same("that of its user", uow.resets().find_by_user(user_id(1)).await?, None)?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    same("taking it later", uow.resets().take(&reset(1).token).await?, None)?;
    same("the other", uow.resets().take(&reset(2).token).await?, Some(reset(2)))
}

/// A reset taken in a unit of work that is dropped can be taken again.
pub async fn a_reset_taken_in_vain_is_still_there(store: Arc<dyn Store>) -> Verdict {
    with_resets(&*store, &[reset(1)]).await?;
    let mut uow = write(&*store).await?;
    uow.resets().take(&reset(1).token).await?;
    drop(uow);
    let mut uow = write(&*store).await?;
    same("taking it after all", uow.resets().take(&reset(1).token).await?, Some(reset(1)))
}

/// The reset of a user is removed, and a second removal says that there was none.
pub async fn the_reset_of_a_user_is_removed(store: Arc<dyn Store>) -> Verdict {
    with_resets(&*store, &[reset(1), reset(2)]).await?;
    let mut uow = write(&*store).await?;
    same("the removal", uow.resets().remove_by_user(user_id(1)).await?, true)?;
    same("the same again", uow.resets().remove_by_user(user_id(1)).await?, false)?;
    same("of nobody", uow.resets().remove_by_user(user_id(9)).await?, false)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    same("its token", uow.resets().find(&reset(1).token).await?, None)?;
    same("the other", uow.resets().find(&reset(2).token).await?, Some(reset(2)))
}

/// Resets whose time is over by then are forgotten, at most as many as asked for at a time, to the microsecond; the
/// others stay.
pub async fn expired_resets_are_forgotten(store: Arc<dyn Store>) -> Verdict {
    let until = |number, micros| Reset { expires_at: at(micros), ..reset(number) };
    with_resets(&*store, &[until(1, 5_000_001), until(2, 5_000_000), until(3, 4_999_999)]).await?;
    let mut uow = write(&*store).await?;
    same("none, if none is asked for", uow.resets().forget_expired(at(5_000_000), 0).await?, 0)?;
    same("the first", uow.resets().forget_expired(at(5_000_000), 1).await?, 1)?;
    same("the second", uow.resets().forget_expired(at(5_000_000), 7).await?, 1)?;
    same("after that", uow.resets().forget_expired(at(5_000_000), 7).await?, 0)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    same("whose time is not over", uow.resets().find_by_user(user_id(1)).await?, Some(until(1, 5_000_001)))?;
    for number in [2, 3] {
        same("whose time is over", uow.resets().find_by_user(user_id(number)).await?, None)?;
    }
    Ok(())
}

/// The reset of a user goes with the user.
pub async fn resets_go_with_their_user(store: Arc<dyn Store>) -> Verdict {
    with_resets(&*store, &[reset(1), reset(2)]).await?;
    let mut uow = write(&*store).await?;
    uow.users().delete(&[(user_id(1), Revision::FIRST)]).await?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    same("its token", uow.resets().find(&reset(1).token).await?, None)?;
    same("the other", uow.resets().find(&reset(2).token).await?, Some(reset(2)))?;
    uow.users().insert(&[user(1)]).await?;
    same("the reset of a user made again", uow.resets().find_by_user(user_id(1)).await?, None)
}

/// Of units of work that take one reset at once, one that commits gets it (R17).
pub async fn one_of_several_takes_a_reset(store: Arc<dyn Store>) -> Verdict {
    with_resets(&*store, &[reset(1)]).await?;
    let taking = |_| -> Job<Result<Option<Reset>, StoreError>> {
        let store = Alternating(Arc::clone(&store));
        Box::pin(async move {
            insisting(async || {
                let mut uow = store.begin(NETWORK, Mode::Write).await?;
                uow.resets().find(&reset(1).token).await?;
                let taken = uow.resets().take(&reset(1).token).await?;
                uow.commit().await?;
                Ok(taken)
            })
            .await
        })
    };
    let taken = at_once((0..4).map(taking).collect()).await;
    let taken = taken.into_iter().collect::<Result<Vec<_>, _>>()?;
    same("how many got it", taken.iter().flatten().count(), 1)?;
    same("whether it is there", read(&*store).await?.resets().find(&reset(1).token).await?, None)
}
