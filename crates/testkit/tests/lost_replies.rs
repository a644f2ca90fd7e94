//! What people and administrators do about passwords and sessions, when a commit succeeds and its reply is lost: it is
//! done once, and they are told what was done (R11's promise, kept for R9 and R17).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_lite::future::block_on;
use staffroom_core::store::{
    AuditRepository, BatchRepository, FailureRepository, GroupRepository, InvitationRepository, Mode,
    NetworkRepository, PasswordRepository, ResetRepository, RowLock, SchoolRepository, SessionRepository,
    StaffRepository, Store, StoreError, UnitOfWork, UserRepository,
};
use staffroom_core::{
    EndSessions, IdSet, InitialOf, Invite, Letter, NetworkId, PasswordState, Secret, SignIn, SignInError,
    SignedIn, Source, Staffroom, UserId, ValidDays,
};
use staffroom_store_memory::MemoryStore;
use staffroom_testkit::fakes::{CountingIds, ForetoldRandomness, HandClock, Outbox, ReversedPasswords};
use staffroom_testkit::fixture::{NETWORK, SCHOOL, add_users, operator, set_up, user, user_id};

/// A store that loses the reply to one commit, counted over all.
#[derive(Debug)]
struct Losing {
    store: MemoryStore,
    commits_left: AtomicUsize,
}

struct LosingUnit {
    inner: Box<dyn UnitOfWork>,
    loses: bool,
}

#[async_trait]
impl Store for Losing {
    async fn begin(&self, network: NetworkId, mode: Mode) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let inner = self.store.begin(network, mode).await?;
        let left = match mode {
            // Only what writes is committed.
            Mode::Write => {
                self.commits_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            }
            Mode::Read => Err(0),
        };
        Ok(Box::new(LosingUnit { inner, loses: left == Ok(1) }))
    }
}

#[async_trait]
impl UnitOfWork for LosingUnit {
    fn network_id(&self) -> NetworkId {
        self.inner.network_id()
    }

    fn network(&mut self) -> &mut dyn NetworkRepository {
        self.inner.network()
    }

    fn schools(&mut self) -> &mut dyn SchoolRepository {
        self.inner.schools()
    }

    fn staff(&mut self) -> &mut dyn StaffRepository {
        self.inner.staff()
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self.inner.users()
    }

    fn groups(&mut self) -> &mut dyn GroupRepository {
        self.inner.groups()
    }

    fn passwords(&mut self) -> &mut dyn PasswordRepository {
        self.inner.passwords()
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self.inner.sessions()
    }

    fn resets(&mut self) -> &mut dyn ResetRepository {
        self.inner.resets()
    }

    fn failures(&mut self) -> &mut dyn FailureRepository {
        self.inner.failures()
    }

    fn invitations(&mut self) -> &mut dyn InvitationRepository {
        self.inner.invitations()
    }

    fn batches(&mut self) -> &mut dyn BatchRepository {
        self.inner.batches()
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self.inner.audit()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await?;
        if self.loses { Err(StoreError::CommitUnknown("the reply was lost".into())) } else { Ok(()) }
    }
}

const INITIAL: &str = "meadow lantern oboe";
const OWN: &str = "quiet harbour violin";
const EMAIL: &str = "user1@school.example";

struct Scene {
    store: Arc<Losing>,
    staffroom: Staffroom,
    outbox: Arc<Outbox>,
}

/// A user without a password, who may enter a school.
async fn scene() -> Scene {
    let store = Arc::new(Losing { store: MemoryStore::new(), commits_left: AtomicUsize::new(0) });
    set_up(&*store).await.unwrap();
    add_users(&*store, NETWORK, &[user(1).entering(IdSet::only(SCHOOL))]).await.unwrap();
    let outbox = Arc::new(Outbox::default());
    let staffroom = Staffroom::new(
        Arc::<Losing>::clone(&store),
        Arc::new(HandClock::new()),
        Arc::new(CountingIds::new(7)),
    )
    .with_passwords(Arc::new(ReversedPasswords), Arc::new(ForetoldRandomness::default()))
    .with_mail(Arc::<Outbox>::clone(&outbox));
    Scene { store, staffroom, outbox }
}

impl Scene {
    /// The reply to the `number`th commit from now on is lost.
    fn lose(&self, number: usize) {
        self.store.commits_left.store(number, Ordering::SeqCst);
    }

    /// True if the reply was lost by now.
    fn has_lost(&self) -> bool {
        self.store.commits_left.load(Ordering::SeqCst) == 0
    }

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

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

#[test]
fn a_sign_in_opens_one_session_whichever_reply_is_lost() {
    block_on(async {
        for lost in [1, 2] {
            let scene = scene().await;
            scene.choose().await;
            scene.lose(lost);
            let Ok(SignedIn::Session(session)) = scene.sign_in(OWN).await else { panic!("{lost}") };
            assert!(scene.has_lost());
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
        scene.lose(2);
        let Ok(SignedIn::MustSetPassword { token, .. }) = scene.sign_in(INITIAL).await else { panic!() };
        assert!(scene.has_lost());
        scene.staffroom.set_password(NETWORK, &token, secret(OWN)).await.unwrap();
        assert!(matches!(scene.sign_in(OWN).await, Ok(SignedIn::Session(_))));
    });
}

#[test]
fn a_password_that_was_set_is_never_called_an_unknown_token() {
    block_on(async {
        let scene = scene().await;
        let token = scene.token().await;
        scene.lose(1);
        scene.staffroom.set_password(NETWORK, &token, secret(OWN)).await.unwrap();
        assert!(scene.has_lost());
        let set = scene.events().await.into_iter().filter(|event| *event == "password-reset").count();
        assert_eq!(set, 1);
        assert!(matches!(scene.sign_in(OWN).await, Ok(SignedIn::Session(_))));
    });
}

#[test]
fn a_reset_is_issued_and_mailed_once() {
    block_on(async {
        let scene = scene().await;
        scene.lose(2);
        let token = scene.token().await;
        assert!(scene.has_lost());
        assert_eq!(scene.events().await, ["reset-sent"]);
        scene.staffroom.set_password(NETWORK, &token, secret(OWN)).await.unwrap();
        scene.lose(1);
        scene.staffroom.send_reset(&operator(), id()).await.unwrap();
        assert!(scene.has_lost());
        assert_eq!(scene.events().await, ["reset-sent", "password-reset", "reset-sent"]);
    });
}

#[test]
fn an_initial_password_is_given_and_revoked_once() {
    block_on(async {
        let scene = scene().await;
        scene.lose(1);
        scene.give().await;
        assert!(scene.has_lost());
        scene.lose(1);
        let revoked =
            scene.staffroom.revoke_initial_passwords(&operator(), InitialOf::User(id())).await.unwrap();
        assert!(scene.has_lost());
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
        scene.lose(1);
        let ended = scene.staffroom.end_sessions(&operator(), id(), EndSessions::All).await.unwrap();
        assert!(scene.has_lost());
        assert_eq!(ended, 3);
    });
}

#[test]
fn somebody_is_invited_once_whichever_reply_is_lost() {
    block_on(async {
        for lost in [1, 2] {
            let scene = scene().await;
            scene.lose(lost);
            let report = scene.staffroom.invite(&operator(), &Invite::Users(vec![id()])).await.unwrap();
            assert!(scene.has_lost());
            assert_eq!((report.sent(), scene.outbox.empty().len()), (1, 1), "{lost}");
            assert_eq!(scene.events().await, ["invited"], "{lost}");
        }
    });
}
