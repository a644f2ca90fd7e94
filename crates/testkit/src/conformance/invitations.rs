//! Who was invited when: at most once in a while, whoever asks.

use std::sync::Arc;

use staffroom_core::Revision;
use staffroom_core::store::{Mode, Store, StoreError};

use super::alternating::Alternating;
use super::failure::same;
use super::races::insisting;
use super::samples::at;
use super::stage::write;
use super::{Failure, Verdict};
use crate::concurrency::{Job, at_once};
use crate::fixture::{NETWORK, add_users, set_up, user, user_id};

async fn with_users(store: &dyn Store) -> Result<(), Failure> {
    set_up(store).await?;
    add_users(store, NETWORK, &[1, 2, 3].map(user)).await?;
    Ok(())
}

/// Claims in a unit of work of its own: the users numbered `numbers`, at a moment, unless they were claimed at
/// `since` or later.
async fn claimed(store: &dyn Store, numbers: &[u32], micros: i64, since: i64) -> Result<Vec<bool>, Failure> {
    let ids: Vec<_> = numbers.iter().copied().map(user_id).collect();
    let mut uow = write(store).await?;
    let claimed = uow.invitations().claim(&ids, at(micros), at(since)).await?;
    uow.commit().await?;
    Ok(claimed)
}

/// A user is claimed for an invitation unless they were since a moment, to the microsecond; each answer is at the place
/// of its question (R10).
pub async fn an_invitation_is_claimed_once_in_a_while(store: Arc<dyn Store>) -> Verdict {
    with_users(&*store).await?;
    same("the first time", claimed(&*store, &[2, 1], 1_000_001, 0).await?, [true, true])?;
    same("too soon", claimed(&*store, &[1, 3, 2], 2_000_002, 1_000_000).await?, [false, true, false])?;
    same("at that very moment", claimed(&*store, &[1], 2_000_003, 1_000_001).await?, [false])?;
    same("soon enough", claimed(&*store, &[3, 1], 3_000_000, 1_000_002).await?, [false, true])?;
    same("by the last time", claimed(&*store, &[2, 1], 4_000_000, 3_000_000).await?, [true, false])?;
    same("nobody", claimed(&*store, &[], 5_000_000, 0).await?, Vec::<bool>::new())
}

/// Somebody asked for twice at once is claimed once.
pub async fn an_invitation_asked_for_twice_is_claimed_once(store: Arc<dyn Store>) -> Verdict {
    with_users(&*store).await?;
    let claimed = claimed(&*store, &[1, 2, 1], 10, 5).await?;
    same("the other", claimed.get(1).copied(), Some(true))?;
    same("how often the one", [0, 2].iter().filter(|place| claimed.get(**place) == Some(&true)).count(), 1)
}

/// Whoever is not there is not claimed, and the others are: a user may be removed while somebody invites many.
pub async fn whoever_is_not_there_is_not_claimed(store: Arc<dyn Store>) -> Verdict {
    with_users(&*store).await?;
    same("with others", claimed(&*store, &[1, 9, 2], 100, 50).await?, [true, false, true])?;
    let mut uow = write(&*store).await?;
    uow.invitations().release(&[user_id(9)], at(100)).await?;
    uow.users().insert(&[user(9)]).await?;
    uow.commit().await?;
    same("once they are there", claimed(&*store, &[9, 1], 200, 100).await?, [true, false])
}

/// An invitation that could not be sent is taken back, and can be claimed again; one of another moment stays.
pub async fn an_invitation_is_released(store: Arc<dyn Store>) -> Verdict {
    with_users(&*store).await?;
    claimed(&*store, &[1, 2, 3], 100, 0).await?;
    let mut uow = write(&*store).await?;
    uow.invitations().release(&[user_id(1), user_id(3)], at(100)).await?;
    uow.invitations().release(&[user_id(2)], at(99)).await?;
    uow.commit().await?;
    same("who can be claimed again", claimed(&*store, &[1, 2, 3], 200, 50).await?, [true, false, true])
}

/// What a dropped unit of work claimed or released is as it was.
pub async fn a_dropped_invitation_was_not_claimed(store: Arc<dyn Store>) -> Verdict {
    with_users(&*store).await?;
    claimed(&*store, &[2], 100, 0).await?;
    let mut uow = write(&*store).await?;
    same("claimed at once", uow.invitations().claim(&[user_id(1)], at(150), at(50)).await?, [true])?;
    uow.invitations().release(&[user_id(2)], at(100)).await?;
    drop(uow);
    same("who can be claimed", claimed(&*store, &[1, 2], 200, 50).await?, [true, false])
}

/// The note that a user was invited goes with the user.
pub async fn invitations_go_with_their_user(store: Arc<dyn Store>) -> Verdict {
    with_users(&*store).await?;
    claimed(&*store, &[1, 2], 100, 0).await?;
    let mut uow = write(&*store).await?;
    uow.users().delete(&[(user_id(1), Revision::FIRST)]).await?;
    uow.users().insert(&[user(1)]).await?;
    uow.commit().await?;
    same("who can be claimed", claimed(&*store, &[1, 2], 200, 50).await?, [true, false])
}

/// Of units of work that claim the same users at once, one that commits gets each of them: nobody is mailed twice (R10).
pub async fn one_of_several_claims_an_invitation(store: Arc<dyn Store>) -> Verdict {
    with_users(&*store).await?;
    let claiming = |number: i64| -> Job<Result<Vec<bool>, StoreError>> {
        let store = Alternating(Arc::clone(&store));
        // In different orders, as different lists have them.
        let ids = if number % 2 == 0 { [1, 2, 3] } else { [3, 2, 1] }.map(user_id);
        Box::pin(async move {
            let claimed = insisting(async || {
                let mut uow = store.begin(NETWORK, Mode::Write).await?;
                let claimed = uow.invitations().claim(&ids, at(100 + number), at(50)).await?;
                uow.commit().await?;
                Ok(claimed)
            })
            .await?;
            Ok(if number % 2 == 0 { claimed } else { claimed.into_iter().rev().collect() })
        })
    };
    let claimed = at_once((0..4).map(claiming).collect()).await;
    let claimed = claimed.into_iter().collect::<Result<Vec<_>, _>>()?;
    for place in 0..3 {
        let times = claimed.iter().filter(|answers| answers.get(place) == Some(&true)).count();
        same(&format!("how often user {} was claimed", place + 1), times, 1)?;
    }
    Ok(())
}
