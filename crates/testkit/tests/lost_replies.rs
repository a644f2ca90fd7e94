//! What people and administrators do about passwords and sessions, when a commit succeeds and its reply is lost: it is
//! done once, and they are told what was done.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod common;

use std::sync::Arc;

use common::{Watched, secret};
use futures_lite::future::block_on;
use staffroom_core::store::{Mode, RowLock, Store, StoreError};
use staffroom_core::{
    EndSessions, IdSet, InitialOf, Invite, Letter, PasswordState, Secret, SetPasswordError, SignIn,
    SignInError, SignedIn, Source, Staffroom, UserId, ValidDays,
};
use staffroom_testkit::fakes::{CountingIds, ForetoldRandomness, HandClock, Outbox, ReversedPasswords};
use staffroom_testkit::fixture::{NETWORK, SCHOOL, add_users, operator, set_up, user, user_id};

const INITIAL: &str = "meadow lantern oboe";
const OWN: &str = "quiet harbour violin";
const EMAIL: &str = "user1@school.example";

struct Scene {
    store: Arc<Watched>,
    staffroom: Staffroom,
    outbox: Arc<Outbox>,
}

/// A user without a password, who may enter a school.
async fn scene() -> Scene {
    let store = Arc::new(Watched::default());
    set_up(&*store).await.unwrap();
    add_users(&*store, NETWORK, &[user(1).entering(IdSet::only(SCHOOL))]).await.unwrap();
    let outbox = Arc::new(Outbox::default());
    let staffroom = Staffroom::new(
        Arc::<Watched>::clone(&store),
        Arc::new(HandClock::new()),
        Arc::new(CountingIds::new(7)),
    )
    .with_passwords(Arc::new(ReversedPasswords), Arc::new(ForetoldRandomness::default()))
    .with_mail(Arc::<Outbox>::clone(&outbox));
    Scene { store, staffroom, outbox }
}

impl Scene {
    async fn sign_in(&self, password: &str) -> Result<SignedIn, SignInError> {
        let source = Source::new("somewhere");
        self.staffroom.sign_in(NETWORK, &SignIn::new(EMAIL, secret(password), source)).await
    }

    async fn give(&self) {
        let valid = ValidDays::default();
        self.staffroom.give_initial_password(&operator(), id(), secret(INITIAL), valid).await.unwrap();
    }

    /// The token of a reset that is mailed.
    async fn token(&self) -> Secret {
        let errand = self.staffroom.ask_for_reset(NETWORK, EMAIL, &Source::new("somewhere")).await.unwrap();
        errand.run().await.unwrap();
        self.outbox
            .empty()
            .into_iter()
            .find_map(|mail| match mail.letter {
                Letter::Reset { token, .. } => Some(token),
                _ => None,
            })
            .unwrap()
    }

    async fn choose(&self) {
        let token = self.token().await;
        self.staffroom.set_password(NETWORK, &token, secret(OWN)).await.unwrap();
        self.outbox.empty();
    }

    async fn events(&self) -> Vec<&'static str> {
        let mut uow = self.store.begin(NETWORK, Mode::Read).await.unwrap();
        let mut events = Vec::new();
        uow.audit().visit(&mut |record| events.push(record.event.code())).await.unwrap();
        events
    }

    async fn state(&self) -> PasswordState {
        let mut uow = self.store.begin(NETWORK, Mode::Read).await.unwrap();
        uow.users().find(id(), RowLock::None).await.unwrap().unwrap().password()
    }
}

const fn id() -> UserId {
    user_id(1)
}

#[test]
fn a_sign_in_opens_one_session_whichever_reply_is_lost() {
    block_on(async {
        for lost in [1, 2] {
            let scene = scene().await;
            scene.choose().await;
            scene.store.lose(lost);
            let Ok(SignedIn::Session(session)) = scene.sign_in(OWN).await else { panic!("{lost}") };
            assert!(scene.store.has_lost());
            let found = scene.staffroom.authenticate(NETWORK, &session.token).await.unwrap().unwrap();
            assert_eq!(found.id, session.authenticated.id);
            let open = scene.staffroom.sessions(&operator(), id()).await.unwrap();
            assert_eq!(open.len(), 1, "{lost}");
        }
    });
}

#[test]
fn an_initial_password_still_gives_a_token_that_works() {
    block_on(async {
        let scene = scene().await;
        scene.give().await;
        scene.store.lose(2);
        let Ok(SignedIn::MustSetPassword { token, .. }) = scene.sign_in(INITIAL).await else { panic!() };
        assert!(scene.store.has_lost());
        scene.staffroom.set_password(NETWORK, &token, secret(OWN)).await.unwrap();
        assert!(matches!(scene.sign_in(OWN).await, Ok(SignedIn::Session(_))));
    });
}

#[test]
fn a_password_that_was_set_is_never_called_an_unknown_token() {
    block_on(async {
        let scene = scene().await;
        let token = scene.token().await;
        scene.store.lose(1);
        scene.staffroom.set_password(NETWORK, &token, secret(OWN)).await.unwrap();
        assert!(scene.store.has_lost());
        let set = scene.events().await.into_iter().filter(|event| *event == "password-reset").count();
        assert_eq!(set, 1);
        assert!(matches!(scene.sign_in(OWN).await, Ok(SignedIn::Session(_))));
    });
}

#[test]
fn a_password_that_was_set_and_is_gone_again_is_not_called_one_that_was_not_set() {
    block_on(async {
        let scene = scene().await;
        let token = scene.token().await;
        let anothers = ReversedPasswords::hash_of(&secret(INITIAL));
        scene.store.lose_and_then_set(1, id(), anothers);
        let answer = scene.staffroom.set_password(NETWORK, &token, secret(OWN)).await;
        assert!(matches!(answer, Err(SetPasswordError::Store(StoreError::CommitUnknown(_)))), "{answer:?}");
        assert_eq!(scene.events().await, ["reset-sent", "password-reset"]);
    });
}

#[test]
fn a_reset_is_issued_and_mailed_once() {
    block_on(async {
        let scene = scene().await;
        scene.store.lose(2);
        let token = scene.token().await;
        assert!(scene.store.has_lost());
        assert_eq!(scene.events().await, ["reset-sent"]);
        scene.staffroom.set_password(NETWORK, &token, secret(OWN)).await.unwrap();
        scene.store.lose(1);
        scene.staffroom.send_reset(&operator(), id()).await.unwrap();
        assert!(scene.store.has_lost());
        assert_eq!(scene.events().await, ["reset-sent", "password-reset", "reset-sent"]);
    });
}

#[test]
fn an_initial_password_is_given_and_revoked_once() {
    block_on(async {
        let scene = scene().await;
        scene.store.lose(1);
        scene.give().await;
        assert!(scene.store.has_lost());
        scene.store.lose(1);
        let revoked =
            scene.staffroom.revoke_initial_passwords(&operator(), InitialOf::User(id())).await.unwrap();
        assert!(scene.store.has_lost());
        assert_eq!((revoked.users, scene.state().await), (1, PasswordState::Unset));
        assert_eq!(scene.events().await, ["password-given", "initial-revoked"]);
    });
}

#[test]
fn sessions_that_were_ended_are_counted() {
    block_on(async {
        let scene = scene().await;
        scene.choose().await;
        for _ in 0..3 {
            scene.sign_in(OWN).await.unwrap();
        }
        scene.store.lose(1);
        let ended = scene.staffroom.end_sessions(&operator(), id(), EndSessions::All).await.unwrap();
        assert!(scene.store.has_lost());
        assert_eq!(ended, 3);
    });
}

#[test]
fn somebody_is_invited_once_whichever_reply_is_lost() {
    block_on(async {
        for lost in [1, 2] {
            let scene = scene().await;
            scene.store.lose(lost);
            let report = scene.staffroom.invite(&operator(), &Invite::Users(vec![id()])).await.unwrap();
            assert!(scene.store.has_lost());
            assert_eq!((report.sent(), scene.outbox.empty().len()), (1, 1), "{lost}");
            assert_eq!(scene.events().await, ["invited"], "{lost}");
        }
    });
}
