//! Decisions about passwords, sign-in and invitations, one by one.

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use common::{Watched, secret};
use futures_lite::future::block_on;
use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    AccessError, Actor, AuditEvent, AuditRecord, BulkCreate, Denied, EndSessions, ErrandError, GroupId,
    HashingError, IdSet, InitialOf, InitialPassword, Invite, Invited, InvitedWayIn, Letter, Mail,
    PasswordHash, Passwords, Plan, Progress, Randomness, Secret, Selection, Session, SetPasswordError,
    SignIn, SignInError, SignInSettings, SignedIn, Source, Staffroom, Strength, TokenHash, User,
    UserActError, UserId, UserStatus, ValidDays, Verified, WayIn, WeakPassword,
};
use staffroom_testkit::fakes::{CountingIds, ForetoldRandomness, HandClock, Outbox, ReversedPasswords};
use staffroom_testkit::fixture::{
    NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, add_staff, add_users, edit_user, group, operator, set_up,
    staff_member, user, user_id,
};
use uuid::Uuid;

const INITIAL: &str = "meadow lantern oboe";
const OWN: &str = "quiet harbour violin";

/// [`ReversedPasswords`] that remember what a password must not be built from.
#[derive(Debug, Default)]
struct Judging {
    about: Mutex<Vec<String>>,
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
        ReversedPasswords.hash(secrets, strength, progress).await
    }

    async fn verify(&self, secret: &Secret, hash: Option<&PasswordHash>) -> Result<Verified, HashingError> {
        ReversedPasswords.verify(secret, hash).await
    }

    fn token_hash(&self, token: &Secret) -> TokenHash {
        ReversedPasswords.token_hash(token)
    }
}

struct Scene {
    store: Arc<Watched>,
    staffroom: Staffroom,
    passwords: Arc<Judging>,
    clock: Arc<HandClock>,
    outbox: Arc<Outbox>,
}

/// The network of the fixture, and `users`.
async fn scene(users: &[User]) -> Scene {
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
fn here(number: u32) -> User {
    user(number).entering(IdSet::only(SCHOOL))
}

fn address(number: u32) -> String {
    format!("user{number}@school.example")
}

impl Scene {
    fn later(&self, seconds: u64) {
        self.clock.pass(Duration::from_secs(seconds));
    }

    async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, SignInError> {
        let sign_in = SignIn::new(email, secret(password), Source::new("the school"));
        self.staffroom.sign_in(NETWORK, &sign_in).await
    }

    async fn begin(&self, email: &str, password: &str) -> Secret {
        match self.sign_in(email, password).await {
            Ok(SignedIn::MustSetPassword { token, .. }) => token,
            other => panic!("{other:?}"),
        }
    }

    async fn enter(&self, email: &str, password: &str) -> staffroom_core::NewSession {
        match self.sign_in(email, password).await {
            Ok(SignedIn::Session(session)) => *session,
            other => panic!("{other:?}"),
        }
    }

    async fn give(&self, id: UserId) {
        let valid = ValidDays::default();
        self.staffroom.give_initial_password(&operator(), id, secret(INITIAL), valid).await.unwrap();
    }

    async fn set(&self, token: &Secret, password: &str) -> Result<(), SetPasswordError> {
        self.staffroom.set_password(NETWORK, token, secret(password)).await.map(drop)
    }

    /// Runs the errand of a request for a reset; what was mailed.
    async fn forget(&self, address: &str) -> Vec<Mail> {
        self.outbox.empty();
        let errand =
            self.staffroom.ask_for_reset(NETWORK, address, &Source::new("the school")).await.unwrap();
        errand.run().await.unwrap();
        self.outbox.empty()
    }

    async fn mailed_token(&self, address: &str) -> Secret {
        self.forget(address).await.iter().find_map(token_in).unwrap()
    }

    /// The user with that number has a password of their own now.
    async fn choose(&self, number: u32) {
        let token = self.mailed_token(&address(number)).await;
        self.set(&token, OWN).await.unwrap();
        self.outbox.empty();
    }

    async fn log(&self) -> Vec<AuditRecord> {
        let mut uow = self.store.begin(NETWORK, Mode::Read).await.unwrap();
        let mut records = Vec::new();
        uow.audit().visit(&mut |record| records.push(record)).await.unwrap();
        records
    }

    async fn events(&self) -> Vec<&'static str> {
        self.log().await.iter().map(|record| record.event.code()).collect()
    }

    /// Users for two staff members, with a shared password.
    async fn with_batch(&self) -> Plan {
        add_staff(&*self.store, NETWORK, &[staff_member(1), staff_member(2)]).await.unwrap();
        let request = BulkCreate::of(Selection::AllCandidates)
            .with_initial_password(InitialPassword::Shared(ValidDays::default()));
        let plan = self.staffroom.preview(&operator(), &request).await.unwrap();
        self.staffroom.commit_with_shared_password(&operator(), &plan, secret(INITIAL)).await.unwrap();
        plan
    }

    /// A user of a group that gives `permissions`, who may enter [`SCHOOL`] only.
    async fn clerk(&self, permissions: &[&str]) -> Session {
        let id = GroupId::from_uuid(Uuid::from_u128(99));
        let mut uow = self.store.begin(NETWORK, Mode::Write).await.unwrap();
        uow.groups().insert(&group(id, "Clerks", permissions)).await.unwrap();
        uow.users().insert(&[here(99).in_groups(IdSet::only(id))]).await.unwrap();
        uow.commit().await.unwrap();
        Session::new(NETWORK, Actor::User(user_id(99)), SCHOOL)
    }
}

fn token_in(mail: &Mail) -> Option<Secret> {
    match &mail.letter {
        Letter::Reset { token, .. } => Some(token.clone()),
        _ => None,
    }
}

const DAY: u64 = 24 * 60 * 60;

#[test]
fn an_initial_password_is_no_password_to_keep() {
    block_on(async {
        let scene = scene(&[here(1)]).await;
        scene.give(user_id(1)).await;
        let token = scene.begin(&address(1), INITIAL).await;
        assert!(matches!(scene.set(&token, INITIAL).await, Err(SetPasswordError::WeakPassword(_))));
        assert!(matches!(scene.set(&token, "short").await, Err(SetPasswordError::WeakPassword(_))));
        scene.set(&token, OWN).await.unwrap();
        assert!(matches!(scene.set(&token, OWN).await, Err(SetPasswordError::UnknownToken)));
        scene.enter(&address(1), OWN).await;
    });
}

#[test]
fn what_an_initial_password_gave_falls_with_it() {
    block_on(async {
        let scene = scene(&[here(1)]).await;
        let plan = scene.with_batch().await;
        let first = scene.begin("staff1@school.example", INITIAL).await;
        let revoke = InitialOf::Batch(plan.batch());
        assert_eq!(scene.staffroom.revoke_initial_passwords(&operator(), revoke).await.unwrap().users, 2);
        assert_eq!(scene.staffroom.revoke_initial_passwords(&operator(), revoke).await.unwrap().users, 0);
        assert!(matches!(scene.set(&first, OWN).await, Err(SetPasswordError::UnknownToken)));
        let answer = scene.sign_in("staff2@school.example", INITIAL).await;
        assert!(matches!(answer, Err(SignInError::InitialExpired)), "{answer:?}");
        // A token that came by mail has nothing to do with it.
        let mailed = scene.mailed_token("staff2@school.example").await;
        scene.set(&mailed, OWN).await.unwrap();
        scene.enter("staff2@school.example", OWN).await;

        scene.give(user_id(1)).await;
        let of_their_own = scene.begin(&address(1), INITIAL).await;
        let revoke = InitialOf::User(user_id(1));
        assert_eq!(scene.staffroom.revoke_initial_passwords(&operator(), revoke).await.unwrap().users, 1);
        assert!(matches!(scene.set(&of_their_own, OWN).await, Err(SetPasswordError::UnknownToken)));
        assert!(matches!(scene.sign_in(&address(1), INITIAL).await, Err(SignInError::Refused)));
    });
}

#[test]
fn generated_passwords_of_a_batch_are_revoked_and_chosen_ones_stay() {
    block_on(async {
        let scene = scene(&[]).await;
        add_staff(&*scene.store, NETWORK, &[1, 2, 3].map(staff_member)).await.unwrap();
        let request = BulkCreate::of(Selection::AllCandidates)
            .with_initial_password(InitialPassword::Generated(ValidDays::default()));
        let plan = scene.staffroom.preview(&operator(), &request).await.unwrap();
        let done = scene.staffroom.commit(&operator(), &plan).await.unwrap();
        let token = scene.mailed_token("staff1@school.example").await;
        scene.set(&token, OWN).await.unwrap();
        let revoke = InitialOf::Batch(plan.batch());
        assert_eq!(scene.staffroom.revoke_initial_passwords(&operator(), revoke).await.unwrap().users, 2);
        for entry in &done.hand_off.entries {
            let WayIn::GeneratedPassword { password, .. } = &entry.way_in else { panic!() };
            let answer = scene.sign_in(entry.email.as_given(), password.expose()).await;
            assert!(matches!(answer, Err(SignInError::Refused)), "{answer:?}");
        }
        scene.enter("staff1@school.example", OWN).await;
    });
}

#[test]
fn a_shared_password_is_not_built_from_the_names_of_its_network_and_school() {
    block_on(async {
        let scene = scene(&[]).await;
        scene.with_batch().await;
        assert_eq!(*scene.passwords.about.lock().unwrap(), ["Lakeside Schools", "North"]);
        let token = scene.mailed_token("staff1@school.example").await;
        scene.set(&token, OWN).await.unwrap();
        let about = ["staff1@school.example", "Given0001", "Family0001", "Lakeside Schools", "North"];
        assert_eq!(*scene.passwords.about.lock().unwrap(), about);
    });
}

#[test]
fn a_revoked_password_is_on_no_sheet() {
    block_on(async {
        let scene = scene(&[]).await;
        let plan = scene.with_batch().await;
        let ways_in = async || {
            let sheet = scene.staffroom.hand_off(&operator(), plan.batch()).await.unwrap().unwrap();
            let entries = sheet.hand_off.entries.into_iter();
            entries.map(|entry| matches!(entry.way_in, WayIn::SharedPassword { .. })).collect::<Vec<_>>()
        };
        assert_eq!(ways_in().await, [true, true]);
        let revoke = InitialOf::Batch(plan.batch());
        scene.staffroom.revoke_initial_passwords(&operator(), revoke).await.unwrap();
        assert_eq!(ways_in().await, [false, false]);
        let report = scene.staffroom.invite(&operator(), &Invite::Batch(plan.batch())).await.unwrap();
        assert_eq!(report.sent(), 2);
        let says_so = |mail: &Mail| {
            matches!(mail.letter, Letter::Invitation { way_in: InvitedWayIn::ForgotPassword, .. })
        };
        assert!(scene.outbox.empty().iter().all(says_so));
    });
}

#[test]
fn nobody_gives_a_password_to_a_user_who_enters_more_schools() {
    block_on(async {
        let roams = user(1).entering([SCHOOL, OTHER_SCHOOL].into_iter().collect());
        let powerful = here(2).in_groups(IdSet::only(TEACHERS));
        let scene = scene(&[roams, powerful, user(3).entering(IdSet::only(OTHER_SCHOOL)), here(4)]).await;
        let clerk = scene.clerk(&["users.view", "users.manage"]).await;
        let give = async |number| {
            let (id, valid) = (user_id(number), ValidDays::default());
            let given = scene.staffroom.give_initial_password(&clerk, id, secret(INITIAL), valid).await;
            match given {
                Ok(_) => "given".to_owned(),
                Err(UserActError::Access(AccessError::Denied(denied))) => denied.code().to_owned(),
                Err(UserActError::UnknownUser(_)) => "unknown".to_owned(),
                Err(other) => format!("{other:?}"),
            }
        };
        assert_eq!(give(1).await, Denied::UserElsewhere.code());
        assert_eq!(give(2).await, "user-beyond-actor");
        assert_eq!(give(3).await, "unknown");
        assert_eq!(give(4).await, "given");
        assert_eq!(scene.events().await, ["denied", "denied", "password-given"]);
        // A reset goes to the person: whoever asks for it learns nothing.
        scene.staffroom.send_reset(&clerk, user_id(1)).await.unwrap();
        assert_eq!(scene.outbox.empty().len(), 1);
    });
}

#[test]
fn a_school_behind_one_address_is_not_kept_out_by_those_who_are_right() {
    block_on(async {
        let scene = scene(&[here(1)]).await;
        scene.choose(1).await;
        for _ in 0..150 {
            scene.enter(&address(1), OWN).await;
        }
        // Nor does one of them make guessing at others free.
        let mut refused = 0;
        for number in 0..30 {
            refused += usize::from(matches!(
                scene.sign_in(&format!("guess{number}@school.example"), OWN).await,
                Err(SignInError::Refused)
            ));
            scene.sign_in(&address(1), OWN).await.ok();
        }
        assert_eq!(refused, 20);
    });
}

#[test]
fn a_stranger_causes_the_same_calls_for_every_address() {
    block_on(async {
        let scene = scene(&[here(1), here(2), here(3), user(4)]).await;
        for number in [1, 3] {
            scene.choose(number).await;
        }
        edit_user(&*scene.store, NETWORK, user_id(3), |user| user.set_status(UserStatus::Disabled))
            .await
            .unwrap();
        scene.give(user_id(4)).await;
        scene.store.calls();
        let mut expected = None;
        for address in [address(1), address(2), address(3), address(4), address(5)] {
            let answer = scene.sign_in(&address, "wrong password, surely").await;
            assert!(matches!(answer, Err(SignInError::Refused)), "{answer:?}");
            let calls = scene.store.calls();
            assert_eq!(*expected.get_or_insert(calls.clone()), calls, "{address}");
        }
        let expected = ["write", "network", "failures", "failures", "commit", "read", "passwords"];
        assert_eq!(scene.store.calls(), Vec::<&str>::new());
        scene.sign_in(&address(5), "wrong password, surely").await.unwrap_err();
        assert_eq!(scene.store.calls(), expected);
        for address in [address(1), address(5), "no address".to_owned()] {
            let source = Source::new("the school");
            let errand = scene.staffroom.ask_for_reset(NETWORK, &address, &source).await.unwrap();
            assert_eq!(scene.store.calls(), ["write", "network", "failures", "commit"], "{address}");
            assert_eq!(format!("{errand:?}").contains("school.example"), false);
            drop(errand);
        }
    });
}

#[test]
fn a_lock_is_written_down_once() {
    block_on(async {
        let scene = scene(&[here(1)]).await;
        scene.choose(1).await;
        for email in [address(1), address(2)] {
            for _ in 0..5 {
                let answer = scene.sign_in(&email, "wrong password, surely").await;
                assert!(matches!(answer, Err(SignInError::Refused)), "{answer:?}");
            }
            scene.later(DAY);
            for _ in 0..3 {
                // Not even the right one is looked at.
                let answer = scene.sign_in(&email, OWN).await;
                assert!(matches!(answer, Err(SignInError::TooMany { try_again_at: None })), "{answer:?}");
            }
        }
        let locks = scene.log().await.into_iter().filter_map(|record| match record.event {
            AuditEvent::SignInLocked { user } => Some((record.actor, record.school, user)),
            _ => None,
        });
        let expected = (Actor::User(user_id(1)), Some(SCHOOL), user_id(1));
        assert_eq!(locks.collect::<Vec<_>>(), [expected]);
        scene.choose(1).await;
        scene.enter(&address(1), OWN).await;
    });
}

#[test]
fn a_record_without_a_school_is_the_operators() {
    block_on(async {
        let scene = scene(&[user(1)]).await;
        let auditor = scene.clerk(&["audit.view"]).await;
        scene.choose(1).await;
        let seen = async |session: Session| {
            let page = scene.staffroom.audit(&session, None, 10).await.unwrap();
            page.rows.iter().map(|record| (record.event.code(), record.school)).collect::<Vec<_>>()
        };
        assert_eq!(seen(operator()).await, [("password-reset", None), ("reset-sent", None)]);
        assert_eq!(seen(auditor).await, []);
    });
}

#[test]
fn a_reset_that_could_not_be_mailed_can_be_asked_for_at_once() {
    block_on(async {
        let scene = scene(&[here(1)]).await;
        scene.outbox.fail(true);
        let source = Source::new("the school");
        let errand = scene.staffroom.ask_for_reset(NETWORK, &address(1), &source).await.unwrap();
        assert!(matches!(errand.run().await, Err(ErrandError::Mail(_))));
        let answer = scene.staffroom.send_reset(&operator(), user_id(1)).await;
        assert!(matches!(answer, Err(UserActError::Mail(_))), "{answer:?}");
        let mut uow = scene.store.begin(NETWORK, Mode::Read).await.unwrap();
        assert_eq!(uow.resets().find_by_user(user_id(1)).await.unwrap(), None);
        drop(uow);
        scene.outbox.fail(false);
        scene.choose(1).await;
        // What was set is set, also if nobody can be told.
        scene.later(DAY);
        let token = scene.mailed_token(&address(1)).await;
        scene.outbox.fail(true);
        let set = scene.staffroom.set_password(NETWORK, &token, secret(INITIAL)).await.unwrap();
        assert!(matches!(set.confirmation, staffroom_core::Confirmation::Failed(_)));
        scene.enter(&address(1), INITIAL).await;
    });
}

#[test]
fn those_who_have_never_signed_in_are_invited_once_a_day() {
    block_on(async {
        let elsewhere = user(5).entering(IdSet::only(OTHER_SCHOOL));
        let disabled = here(3).set_status(UserStatus::Disabled);
        let scene = scene(&[here(1), here(2), disabled, user(4), elsewhere]).await;
        let clerk = scene.clerk(&["users.view", "users.manage"]).await;
        scene.choose(2).await;
        scene.give(user_id(1)).await;
        let numbers = [1, 2, 3, 4, 5, 1];
        let invite = Invite::Users(numbers.map(user_id).to_vec());
        let outcomes = async |session: Session| {
            let report = scene.staffroom.invite(&session, &invite).await.unwrap();
            report.rows.iter().map(|row| row.outcome).collect::<Vec<_>>()
        };
        let (again, unknown) = (Invited::AlreadyInvited, Invited::Unknown);
        let expected = [Invited::Sent, Invited::SignedIn, Invited::Disabled, unknown, unknown, again];
        assert_eq!(outcomes(clerk).await, expected);
        let mails = scene.outbox.empty();
        let [Mail { letter: Letter::Invitation { school, way_in }, .. }] = &mails[..] else {
            panic!("{mails:?}")
        };
        assert_eq!(school.as_str(), "North");
        assert!(matches!(way_in, InvitedWayIn::InitialPassword { .. }));

        scene.outbox.fail(true);
        let expected =
            [again, Invited::SignedIn, Invited::Disabled, Invited::NoAccess, Invited::NotSent, again];
        assert_eq!(outcomes(operator()).await, expected);
        scene.outbox.fail(false);
        assert_eq!(outcomes(operator()).await[4], Invited::Sent);
        assert_eq!(outcomes(operator()).await[4], again);
        scene.later(DAY + 1);
        let report = scene.staffroom.invite(&operator(), &Invite::AllNeverSignedIn).await.unwrap();
        let sent = report.rows.iter().map(|row| (row.user, row.outcome)).collect::<Vec<_>>();
        // By their emails: the administrator of the fixture and the clerk are among them.
        assert!(sent.contains(&(user_id(1), Invited::Sent)) && sent.contains(&(user_id(5), Invited::Sent)));
        assert!(sent.iter().all(|(user, _)| ![2, 3, 4].map(user_id).contains(user)), "{sent:?}");
    });
}

#[test]
fn sessions_are_ones_own_to_see_and_end() {
    block_on(async {
        let scene = scene(&[here(1), here(2)]).await;
        scene.choose(1).await;
        let first = scene.enter(&address(1), OWN).await;
        scene.later(60);
        let second = scene.enter(&address(1), OWN).await;
        let own = first.authenticated.session;
        let listed = scene.staffroom.sessions(&own, user_id(1)).await.unwrap();
        let ids = [&first, &second].map(|session| session.authenticated.id);
        assert_eq!(listed.iter().map(|session| session.id).collect::<Vec<_>>(), ids);
        let others = scene.staffroom.sessions(&own, user_id(2)).await;
        assert!(matches!(others, Err(UserActError::Access(AccessError::Denied(_)))), "{others:?}");
        let ended = scene.staffroom.end_sessions(&own, user_id(1), EndSessions::AllBut(ids[1])).await;
        assert_eq!(ended.unwrap(), 1);
        assert!(scene.staffroom.authenticate(NETWORK, &first.token).await.unwrap().is_none());
        assert!(scene.staffroom.authenticate(NETWORK, &second.token).await.unwrap().is_some());
        let none = scene.staffroom.end_sessions(&own, user_id(1), EndSessions::One(ids[0])).await;
        assert_eq!(none.unwrap(), 0);
        scene.later(12 * 60 * 60);
        assert!(scene.staffroom.sessions(&operator(), user_id(1)).await.unwrap().is_empty());
        let swept = scene.staffroom.sweep(NETWORK).await.unwrap();
        assert_eq!((swept.sessions, swept.resets), (1, 0));
        assert_eq!(scene.staffroom.sweep(NETWORK).await.unwrap(), staffroom_core::Swept::default());
    });
}
