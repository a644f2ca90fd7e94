//! Decisions about sign-in, resets, sessions and invitations, one by one.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod common;

use std::sync::Arc;

use async_trait::async_trait;
use common::scene::{INITIAL, OWN, address, here, scene};
use common::{Watched, secret};
use futures_lite::future::block_on;
use staffroom_core::store::{FailureKey, Mode, Reset, ResetOrigin, Store, UnitOfWork};
use staffroom_core::{
    AccessError, Actor, AuditEvent, Confirmation, Denied, EndSessions, ErrandError, IdSet, Invite, Invited,
    InvitedWayIn, Letter, Mail, MailError, Mailer, Passwords as _, Session, SignIn, SignInError, Source,
    Swept, TokenHash, UserActError, UserEdit, UserEditError, UserStatus,
};
use staffroom_testkit::fakes::ReversedPasswords;
use staffroom_testkit::fixture::{
    NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, edit_user, moment, operator, user, user_id,
};

const DAY: u64 = 24 * 60 * 60;

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
            assert!(!format!("{errand:?}").contains("school.example"));
            drop(errand);
        }
    });
}

/// Whether anything is counted under that text.
async fn is_counted(uow: &mut dyn UnitOfWork, text: &str) -> bool {
    let key = FailureKey::from_bytes(*ReversedPasswords.token_hash(&secret(text)).as_bytes());
    uow.failures().find(&key).await.unwrap().is_some()
}

/// In how many of the 65,536 places of texts that are no email something is counted.
async fn places_of_no_email(uow: &mut dyn UnitOfWork) -> usize {
    let mut places = 0;
    for place in 0..=u16::MAX {
        places += usize::from(is_counted(uow, &format!("no email:{place}")).await);
    }
    places
}

#[test]
fn a_password_in_the_wrong_field_is_kept_in_no_form_that_tells_it() {
    block_on(async {
        let scene = scene(&[]).await;
        scene.sign_in(OWN, OWN).await.unwrap_err();
        let mut uow = scene.store.begin(NETWORK, Mode::Read).await.unwrap();
        assert!(!is_counted(&mut *uow, &format!("account:{OWN}")).await);
        // Of any book of guesses, a part fits the place.
        assert_eq!(places_of_no_email(&mut *uow).await, 1);
    });
}

#[test]
fn those_who_type_no_email_do_not_keep_each_other_out() {
    block_on(async {
        let scene = scene(&[]).await;
        for number in 0..600 {
            let source = Source::new(format!("source {number}"));
            let sign_in = SignIn::new(format!("no email {number}"), secret(OWN), source);
            scene.staffroom.sign_in(NETWORK, &sign_in).await.unwrap_err();
        }
        let mut uow = scene.store.begin(NETWORK, Mode::Read).await.unwrap();
        let places = places_of_no_email(&mut *uow).await;
        // Few are met twice.
        assert!(places > 560, "{places}");
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
        assert!(matches!(set.confirmation, Confirmation::Failed(_)));
        scene.enter(&address(1), INITIAL).await;
    });
}

/// Mails nothing; before it says so, the user numbered 1 has a newer reset.
#[derive(Debug)]
struct Overtaken {
    store: Arc<Watched>,
    newer: Reset,
}

#[async_trait]
impl Mailer for Overtaken {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        let mut uow = self.store.begin(NETWORK, Mode::Write).await.unwrap();
        uow.resets().put(&self.newer).await.unwrap();
        uow.commit().await.unwrap();
        Err(MailError("there is no post today".into()))
    }
}

#[test]
fn a_reset_that_could_not_be_mailed_leaves_a_newer_one_and_does_not_count() {
    block_on(async {
        let scene = scene(&[here(1)]).await;
        let newer = Reset {
            user: user_id(1),
            token: TokenHash::from_bytes([7; 32]),
            origin: ResetOrigin::Mail,
            issued_at: moment(),
            expires_at: moment().plus_seconds(3_600),
        };
        let overtaken = Overtaken { store: Arc::clone(&scene.store), newer: newer.clone() };
        let failing = scene.staffroom.clone().with_mail(Arc::new(overtaken));
        let errand = failing.ask_for_reset(NETWORK, &address(1), &Source::new("the school")).await.unwrap();
        assert!(matches!(errand.run().await, Err(ErrandError::Mail(_))));
        let mut uow = scene.store.begin(NETWORK, Mode::Read).await.unwrap();
        assert_eq!(uow.resets().find_by_user(user_id(1)).await.unwrap(), Some(newer));
        drop(uow);
        assert_eq!(scene.forget(&address(1)).await.len(), 1);
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
fn an_invitation_names_the_school_of_whoever_sends_it_if_it_is_theirs() {
    block_on(async {
        let both = user(1).entering([SCHOOL, OTHER_SCHOOL].into_iter().collect());
        let scene = scene(&[both, user(2).entering(IdSet::only(OTHER_SCHOOL)), here(3)]).await;
        let invite = Invite::Users([1, 2, 3].map(user_id).to_vec());
        let told = async |school| {
            let session = Session::new(NETWORK, operator().actor(), school);
            scene.staffroom.invite(&session, &invite).await.unwrap();
            scene.later(DAY + 1);
            let mails = scene.outbox.empty().into_iter().map(|mail| match mail.letter {
                Letter::Invitation { school, .. } => school.to_string(),
                other => panic!("{other:?}"),
            });
            mails.collect::<Vec<_>>()
        };
        assert_eq!(told(SCHOOL).await, ["North", "South", "North"]);
        assert_eq!(told(OTHER_SCHOOL).await, ["South", "South", "North"]);
    });
}

#[test]
fn whoever_is_disabled_does_nothing_with_their_sessions_and_is_not_followed_up() {
    block_on(async {
        let scene = scene(&[here(1), here(2)]).await;
        let followed = async || {
            let mut followed = Vec::new();
            scene
                .staffroom
                .follow_up(&operator(), &mut |one| followed.push(one.user.user.id()))
                .await
                .unwrap();
            followed
        };
        assert!(followed().await.contains(&user_id(1)));
        scene.choose(1).await;
        let own = scene.enter(&address(1), OWN).await.authenticated.session;
        for id in [1, 2] {
            edit_user(&*scene.store, NETWORK, user_id(id), |user| user.set_status(UserStatus::Disabled))
                .await
                .unwrap();
        }
        let ended = scene.staffroom.end_sessions(&own, user_id(1), EndSessions::All).await;
        assert!(
            matches!(ended, Err(UserActError::Access(AccessError::Denied(Denied::ActorDisabled)))),
            "{ended:?}"
        );
        assert!(!followed().await.contains(&user_id(1)) && !followed().await.contains(&user_id(2)));
    });
}

#[test]
fn nobody_leaves_a_group_that_they_could_not_join_again() {
    block_on(async {
        let scene = scene(&[]).await;
        let clerk = scene.clerk(&["users.view", "users.manage"]).await;
        let Actor::User(id) = clerk.actor() else { panic!() };
        scene.staffroom.edit_user(&operator(), id, UserEdit::JoinGroup(TEACHERS)).await.unwrap();
        let left = scene.staffroom.edit_user(&clerk, id, UserEdit::LeaveGroup(TEACHERS)).await;
        assert!(matches!(left, Err(UserEditError::LocksOut)), "{left:?}");
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
        assert_eq!(scene.staffroom.sweep(NETWORK).await.unwrap(), Swept::default());
    });
}
