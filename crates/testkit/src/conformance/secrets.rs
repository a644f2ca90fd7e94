//! Initial passwords, through the library: one hash for a shared one, one for each generated one, none in clear.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use staffroom_core::store::{RowLock, Store};
use staffroom_core::{
    BulkCreate, HashingError, InitialPassword, PasswordHash, PasswordState, Passwords, PlannedPassword,
    Progress, Randomness, Secret, Selection, SharedPasswordId, Staffroom, Strength, TokenHash, User, UserId,
    ValidDays, Verified, WayIn, WeakPassword,
};

use super::failure::{holds, same, there};
use super::samples::at;
use super::stage::{read, users, with_staff};
use super::{Failure, Verdict};
use crate::fakes::{CountingIds, ForetoldRandomness, ReversedPasswords, SteppingClock};
use crate::fixture::{ADMIN, NETWORK, admin, edit_user, staff_member};

const SHARED: &str = "correct horse battery staple";

/// [`ReversedPasswords`] that count how many they hashed.
#[derive(Debug, Default)]
struct Counted {
    hashed: AtomicUsize,
}

#[async_trait]
impl Passwords for Counted {
    fn check(&self, secret: &Secret, about: &[&str]) -> Result<(), WeakPassword> {
        ReversedPasswords.check(secret, about)
    }

    fn generate(&self, randomness: &dyn Randomness) -> Secret {
        ReversedPasswords.generate(randomness)
    }

    async fn hash(
        &self,
        secrets: &[Secret],
        strength: Strength,
        progress: &dyn Progress,
    ) -> Result<Vec<PasswordHash>, HashingError> {
        self.hashed.fetch_add(secrets.len(), Ordering::Relaxed);
        ReversedPasswords.hash(secrets, strength, progress).await
    }

    async fn verify(&self, secret: &Secret, hash: Option<&PasswordHash>) -> Result<Verified, HashingError> {
        ReversedPasswords.verify(secret, hash).await
    }

    fn token_hash(&self, token: &Secret) -> TokenHash {
        ReversedPasswords.token_hash(token)
    }
}

fn counting(store: &Arc<dyn Store>) -> (Staffroom, Arc<Counted>) {
    let passwords = Arc::new(Counted::default());
    let staffroom =
        Staffroom::new(Arc::clone(store), Arc::new(SteppingClock::new()), Arc::new(CountingIds::new(1)))
            .with_passwords(Arc::<Counted>::clone(&passwords), Arc::new(ForetoldRandomness::default()));
    (staffroom, passwords)
}

/// Three users with one shared password, and what they refer to it by.
async fn with_shared(
    store: &Arc<dyn Store>,
) -> Result<(Staffroom, Arc<Counted>, staffroom_core::Plan, SharedPasswordId), Failure> {
    with_staff(&**store, &[1, 2, 3].map(staff_member)).await?;
    let (staffroom, passwords) = counting(store);
    let request = BulkCreate::of(Selection::AllCandidates)
        .with_initial_password(InitialPassword::Shared(ValidDays::default()));
    let plan = staffroom.preview(&admin(), &request).await?;
    let PlannedPassword::Shared { secret, .. } = plan.password() else {
        return Err(Failure::new("the plan has no shared password"));
    };
    staffroom.commit_with_shared_password(&admin(), &plan, Secret::new(SHARED.to_owned())).await?;
    Ok((staffroom, passwords, plan, secret))
}

async fn made(store: &Arc<dyn Store>) -> Result<Vec<User>, Failure> {
    let mut users = users(&mut *read(&**store).await?).await?;
    users.retain(|user| user.id() != ADMIN);
    Ok(users)
}

/// A shared password is hashed once and kept once, whatever the batch, and its users refer to it until it expires (R9).
pub async fn a_shared_password_is_hashed_once_and_kept_once(store: Arc<dyn Store>) -> Verdict {
    let (_, passwords, plan, secret) = with_shared(&store).await?;
    same("how many were hashed", passwords.hashed.load(Ordering::Relaxed), 1)?;
    let made = made(&store).await?;
    let mut uow = read(&*store).await?;
    let kept = there("the shared password", uow.passwords().find_shared(secret).await?)?;
    let expected = ReversedPasswords::hash_of(&Secret::new(SHARED.to_owned()));
    holds("its hash is that of the password", kept.hash == expected)?;
    same("how many users there are", made.len(), plan.counts().created)?;
    for user in made {
        let expected = PasswordState::InitialShared { secret, expires_at: kept.expires_at };
        same("the password of a user", user.password(), expected)?;
        holds("the user has no hash of their own", uow.passwords().find(user.id()).await?.is_none())?;
    }
    Ok(())
}

/// A shared password goes with the last user who refers to it, and no sooner (R9, R15).
pub async fn a_shared_password_goes_with_its_last_user(store: Arc<dyn Store>) -> Verdict {
    let (staffroom, _, plan, secret) = with_shared(&store).await?;
    let first = there("a user", made(&store).await?.first().map(User::id))?;
    edit_user(&*store, NETWORK, first, |user| user.signed_in(at(1))).await?;
    same("how many are removed", staffroom.undo(&admin(), plan.batch()).await?.removed(), 2)?;
    let kept = read(&*store).await?.passwords().find_shared(secret).await?;
    holds("the password stays while somebody uses it", kept.is_some())?;
    edit_user(&*store, NETWORK, first, |user| user.chose_password(at(2))).await?;
    staffroom.undo(&admin(), plan.batch()).await?;
    let kept = read(&*store).await?.passwords().find_shared(secret).await?;
    holds("the password is gone when nobody uses it", kept.is_none())
}

/// Each generated password is hashed for the user whom the hand-off sheet gives it to, and shown once (R9).
pub async fn generated_passwords_go_to_their_users(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[3, 1, 2].map(staff_member)).await?;
    let (staffroom, passwords) = counting(&store);
    let request = BulkCreate::of(Selection::AllCandidates)
        .with_initial_password(InitialPassword::Generated(ValidDays::default()));
    let plan = staffroom.preview(&admin(), &request).await?;
    let committed = staffroom.commit(&admin(), &plan).await?;
    let mut uow = read(&*store).await?;
    let mut shown: Vec<UserId> = Vec::new();
    for entry in committed.hand_off().entries {
        let WayIn::GeneratedPassword { password, expires_at } = entry.way_in else {
            return Err(Failure::new("somebody is not handed their password"));
        };
        let hash = uow.passwords().find(entry.user).await?;
        let expected = Some(ReversedPasswords::hash_of(&password));
        holds(&format!("the hash of {} is that of their password", entry.user), hash == expected)?;
        let user = there("a user", uow.users().find(entry.user, RowLock::None).await?)?;
        same("their staff member", user.staff_member(), Some(entry.staff_member))?;
        same("their password", user.password(), PasswordState::InitialGenerated { expires_at })?;
        shown.push(entry.user);
    }
    same("how many were shown", shown.len(), 3)?;
    drop(uow);
    let again = staffroom.commit(&admin(), &plan).await?;
    let shown_again =
        again.hand_off().entries.iter().any(|entry| matches!(entry.way_in, WayIn::GeneratedPassword { .. }));
    holds("no password is shown a second time", !shown_again)?;
    same("how many were hashed", passwords.hashed.load(Ordering::Relaxed), 3)
}
