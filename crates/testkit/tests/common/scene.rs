//! People, an outbox, a clock that is set by hand, and short ways to knock.
#![allow(dead_code, reason = "each test that shares it uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be set up fails the test")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    Actor, AuditRecord, BulkCreate, GroupEdit, GroupId, HashingError, IdSet, InitialPassword, Letter, Mail,
    NewSession, PasswordHash, Passwords, Plan, Progress, Randomness, Secret, Selection, Session,
    SetPasswordError, SignIn, SignInError, SignInSettings, SignedIn, Source, Staffroom, Strength, TokenHash,
    User, UserId, ValidDays, Verified, WeakPassword,
};
use staffroom_testkit::fakes::{CountingIds, ForetoldRandomness, HandClock, Outbox, ReversedPasswords};
use staffroom_testkit::fixture::{
    NETWORK, SCHOOL, add_staff, add_users, email, group, moment, operator, set_up, staff_member, user,
    user_id,
};

use super::{Watched, secret};

pub(crate) const INITIAL: &str = "meadow lantern oboe";
pub(crate) const OWN: &str = "quiet harbour violin";

/// [`ReversedPasswords`] that remember what a password must not be built from, and how many were hashed.
#[derive(Debug, Default)]
pub(crate) struct Judging {
    pub(crate) about: Mutex<Vec<String>>,
    pub(crate) hashed: AtomicUsize,
    /// Whether every hash has been overtaken by the parameters of today.
    pub(crate) risen: AtomicBool,
}

#[async_trait]
impl Passwords for Judging {
    fn check(&self, secret: &Secret, about: &[&str]) -> Result<(), WeakPassword> {
        *self.about.lock().unwrap() = about.iter().map(|text| (*text).to_owned()).collect();
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
        let verified = ReversedPasswords.verify(secret, hash).await?;
        let overtaken = verified == Verified::Yes && self.risen.load(Ordering::Relaxed);
        Ok(if overtaken { Verified::HashAgain } else { verified })
    }

    fn token_hash(&self, token: &Secret) -> TokenHash {
        ReversedPasswords.token_hash(token)
    }
}

pub(crate) struct Scene {
    pub(crate) store: Arc<Watched>,
    pub(crate) staffroom: Staffroom,
    pub(crate) passwords: Arc<Judging>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) outbox: Arc<Outbox>,
}

/// The network of the fixture, and `users`.
pub(crate) async fn scene(users: &[User]) -> Scene {
    let store = Arc::new(Watched::default());
    set_up(&*store).await.unwrap();
    add_users(&*store, NETWORK, users).await.unwrap();
    let (clock, outbox) = (Arc::new(HandClock::new()), Arc::new(Outbox::default()));
    let passwords = Arc::new(Judging::default());
    let staffroom = Staffroom::new(
        Arc::<Watched>::clone(&store),
        Arc::<HandClock>::clone(&clock),
        Arc::new(CountingIds::new(7)),
    )
    .with_passwords(Arc::<Judging>::clone(&passwords), Arc::new(ForetoldRandomness::default()))
    .with_mail(Arc::<Outbox>::clone(&outbox))
    .with_sign_in(SignInSettings::default().with_account_limit(5));
    Scene { store, staffroom, passwords, clock, outbox }
}

/// The user numbered `number`, who may enter a school.
pub(crate) fn here(number: u32) -> User {
    user(number).entering(IdSet::only(SCHOOL))
}

pub(crate) fn address(number: u32) -> String {
    format!("user{number}@school.example")
}

impl Scene {
    pub(crate) fn later(&self, seconds: u64) {
        self.clock.pass(Duration::from_secs(seconds));
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, SignInError> {
        let sign_in = SignIn::new(email, secret(password), Source::new("the school"));
        self.staffroom.sign_in(NETWORK, &sign_in).await
    }

    pub(crate) async fn begin(&self, email: &str, password: &str) -> Secret {
        match self.sign_in(email, password).await {
            Ok(SignedIn::MustSetPassword { token, .. }) => token,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn enter(&self, email: &str, password: &str) -> NewSession {
        match self.sign_in(email, password).await {
            Ok(SignedIn::Session(session)) => *session,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn give(&self, id: UserId) {
        let valid = ValidDays::default();
        self.staffroom.give_initial_password(&operator(), id, secret(INITIAL), valid).await.unwrap();
    }

    pub(crate) async fn set(&self, token: &Secret, password: &str) -> Result<(), SetPasswordError> {
        self.staffroom.set_password(NETWORK, token, secret(password)).await.map(drop)
    }

    /// Runs the errand of a request for a reset; what was mailed.
    pub(crate) async fn forget(&self, address: &str) -> Vec<Mail> {
        self.outbox.empty();
        let errand =
            self.staffroom.ask_for_reset(NETWORK, address, &Source::new("the school")).await.unwrap();
        errand.run().await.unwrap();
        self.outbox.empty()
    }

    pub(crate) async fn mailed_token(&self, address: &str) -> Secret {
        self.forget(address).await.iter().find_map(token_in).unwrap()
    }

    /// The user with that number has a password of their own now.
    pub(crate) async fn choose(&self, number: u32) {
        let token = self.mailed_token(&address(number)).await;
        self.set(&token, OWN).await.unwrap();
        self.outbox.empty();
    }

    pub(crate) async fn log(&self) -> Vec<AuditRecord> {
        let mut uow = self.store.begin(NETWORK, Mode::Read).await.unwrap();
        let mut records = Vec::new();
        uow.audit().visit(&mut |record| records.push(record)).await.unwrap();
        records
    }

    pub(crate) async fn events(&self) -> Vec<&'static str> {
        self.log().await.iter().map(|record| record.event.code()).collect()
    }

    /// Users for two staff members, with a shared password.
    pub(crate) async fn with_batch(&self) -> Plan {
        add_staff(&*self.store, NETWORK, &[staff_member(1), staff_member(2)]).await.unwrap();
        let request = BulkCreate::of(Selection::AllCandidates)
            .with_initial_password(InitialPassword::Shared(ValidDays::default()));
        let plan = self.staffroom.preview(&operator(), &request).await.unwrap();
        self.staffroom.commit_with_shared_password(&operator(), &plan, secret(INITIAL)).await.unwrap();
        plan
    }

    /// A user of a group that gives `permissions`, who may enter [`SCHOOL`] only.
    pub(crate) async fn clerk(&self, permissions: &[&str]) -> Session {
        self.clerk_of(user_id(99), permissions).await
    }

    /// The same, with that id, in a group of their own.
    pub(crate) async fn clerk_of(&self, user: UserId, permissions: &[&str]) -> Session {
        let id = GroupId::from_uuid(user.as_uuid());
        let mut uow = self.store.begin(NETWORK, Mode::Write).await.unwrap();
        uow.groups().insert(&group(id, &format!("Clerks {user}"), permissions)).await.unwrap();
        let email = email(&format!("{user}@school.example"));
        let clerk = User::new(user, email, moment()).entering(IdSet::only(SCHOOL)).in_groups(IdSet::only(id));
        uow.users().insert(&[clerk]).await.unwrap();
        uow.commit().await.unwrap();
        Session::new(NETWORK, Actor::User(user), SCHOOL)
    }

    /// The group of the clerk gives nothing any more.
    pub(crate) async fn take_from_clerks(&self) {
        let id = GroupId::from_uuid(user_id(99).as_uuid());
        self.staffroom.edit_group(&operator(), id, &GroupEdit::Deactivate).await.unwrap();
    }
}

pub(crate) fn token_in(mail: &Mail) -> Option<Secret> {
    match &mail.letter {
        Letter::Reset { token, .. } => Some(token.clone()),
        _ => None,
    }
}
