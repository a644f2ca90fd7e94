//! The door: people with passwords, and short ways to knock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use staffroom_core::store::{Mode, OpenSession, Store};
use staffroom_core::{
    Clock, Letter, Mail, NewSession, PasswordState, Secret, Session, SignIn, SignInError, SignInSettings,
    SignedIn, Source, Staffroom, Timestamp, User, UserActError, UserEdited, UserId, ValidDays,
};

use super::Failure;
use super::alternating::Alternating;
use super::failure::there;
use super::office::open;
use super::samples::at;
use super::stage::read;
use crate::fakes::{CountingIds, ForetoldRandomness, HandClock, Outbox, ReversedPasswords};
use crate::fixture::NETWORK;

/// The password of everybody who chose one, or has one of their own to start with.
pub(super) const PASSWORD: &str = "meadow lantern oboe";
/// Another.
pub(super) const ANOTHER: &str = "quiet harbour violin";
/// How many failures in a row an account bears here.
pub(super) const BEARS: u32 = 8;

/// The library, with a clock that is set by hand and an outbox.
pub(super) struct Door {
    pub(super) staffroom: Staffroom,
    pub(super) clock: Arc<HandClock>,
    pub(super) outbox: Arc<Outbox>,
    sources: AtomicU64,
}

impl Door {
    /// To the people in `store`.
    pub(super) fn to(store: &Arc<dyn Store>) -> Self {
        // The ids and the tokens of two doors must differ.
        static SPACE: AtomicU64 = AtomicU64::new(1_000_000);
        let space = SPACE.fetch_add(1, Ordering::Relaxed);
        let (clock, outbox) = (Arc::new(HandClock::new()), Arc::new(Outbox::default()));
        let staffroom = Staffroom::new(
            Arc::clone(store),
            Arc::<HandClock>::clone(&clock),
            Arc::new(CountingIds::new(space)),
        )
        .with_passwords(Arc::new(ReversedPasswords), Arc::new(ForetoldRandomness::new(space)))
        .with_mail(Arc::<Outbox>::clone(&outbox))
        .with_sign_in(SignInSettings::default().with_account_limit(BEARS));
        Self { staffroom, clock, outbox, sources: AtomicU64::new(0) }
    }

    /// Where every call to the store lets others go first.
    pub(super) fn alternating(store: &Arc<dyn Store>) -> Self {
        Self::to(&(Arc::new(Alternating(Arc::clone(store))) as Arc<dyn Store>))
    }

    /// Where nobody has come from before.
    pub(super) fn new_source(&self) -> Source {
        Source::new(format!("source {}", self.sources.fetch_add(1, Ordering::Relaxed)))
    }

    /// Signs in, from a new source.
    pub(super) async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, SignInError> {
        let sign_in = SignIn::new(email, secret(password), self.new_source());
        self.staffroom.sign_in(NETWORK, &sign_in).await
    }

    /// What becomes of a sign-in, in a word.
    pub(super) async fn knock(&self, email: &str, password: &str) -> String {
        in_a_word(&self.sign_in(email, password).await)
    }

    /// A session of whoever signs in.
    pub(super) async fn enter(&self, email: &str, password: &str) -> Result<NewSession, Failure> {
        match self.sign_in(email, password).await? {
            SignedIn::Session(session) => Ok(*session),
            SignedIn::MustSetPassword { .. } => Err(Failure::new("whoever has a password must set one")),
        }
    }

    /// The token for whoever signs in with an initial password.
    pub(super) async fn begin(&self, email: &str, password: &str) -> Result<Secret, Failure> {
        match self.sign_in(email, password).await? {
            SignedIn::MustSetPassword { token, .. } => Ok(token),
            SignedIn::Session(_) => Err(Failure::new("an initial password opened a session")),
        }
    }

    /// True if somebody is signed in with the token.
    pub(super) async fn is_in(&self, token: &Secret) -> Result<bool, Failure> {
        Ok(self.staffroom.authenticate(NETWORK, token).await?.is_some())
    }

    /// Asks for a reset, from a new source, and runs the errand; what was mailed.
    pub(super) async fn forget(&self, address: &str) -> Result<Vec<Mail>, Failure> {
        let errand = self.staffroom.ask_for_reset(NETWORK, address, &self.new_source()).await?;
        errand.run().await?;
        Ok(self.outbox.empty())
    }

    /// The token that is mailed to whoever asks for a reset.
    pub(super) async fn token(&self, address: &str) -> Result<Secret, Failure> {
        let mails = self.forget(address).await?;
        there("a mail with a token", mails.iter().find_map(token_in))
    }

    /// Sets a password with a token; whether that went well.
    pub(super) async fn set(&self, token: &Secret, password: &str) -> bool {
        self.staffroom.set_password(NETWORK, token, secret(password)).await.is_ok()
    }

    /// What becomes of it when `session` gives `user` an initial password.
    pub(super) async fn given(
        &self,
        session: &Session,
        user: UserId,
        password: &str,
    ) -> Result<UserEdited, UserActError> {
        self.staffroom.give_initial_password(session, user, secret(password), ValidDays::default()).await
    }

    /// What its clock says.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// The token in a mail.
pub(super) fn token_in(mail: &Mail) -> Option<Secret> {
    match &mail.letter {
        Letter::Reset { token, .. } => Some(token.clone()),
        _ => None,
    }
}

pub(super) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// What becomes of a sign-in, in a word.
pub(super) fn in_a_word(answer: &Result<SignedIn, SignInError>) -> String {
    match answer {
        Ok(SignedIn::Session(_)) => "session".to_owned(),
        Ok(SignedIn::MustSetPassword { .. }) => "must-set".to_owned(),
        Err(SignInError::Refused) => "refused".to_owned(),
        Err(SignInError::InitialExpired) => "initial-expired".to_owned(),
        Err(SignInError::TooMany { try_again_at: Some(_) }) => "wait".to_owned(),
        Err(SignInError::TooMany { try_again_at: None }) => "locked".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

/// `user`, who chose [`PASSWORD`].
pub(super) fn chosen(user: User) -> User {
    user.with_password(PasswordState::Chosen { set_at: at(1) })
}

/// The office, and `users`: those with a password of their own have [`PASSWORD`].
pub(super) async fn people(store: &dyn Store, users: &[User]) -> Result<(), Failure> {
    open(store, users).await?;
    let has_own = |user: &&User| {
        matches!(user.password(), PasswordState::Chosen { .. } | PasswordState::InitialGenerated { .. })
    };
    let hash = ReversedPasswords::hash_of(&secret(PASSWORD));
    let hashes: Vec<_> = users.iter().filter(has_own).map(|user| (user.id(), hash.clone())).collect();
    let mut uow = store.begin(NETWORK, Mode::Write).await?;
    uow.passwords().set(&hashes).await?;
    uow.commit().await?;
    Ok(())
}

/// The open sessions of a user.
pub(super) async fn sessions_of(store: &dyn Store, user: UserId) -> Result<Vec<OpenSession>, Failure> {
    Ok(read(store).await?.sessions().find_by_user(user).await?)
}
