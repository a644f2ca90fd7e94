//! Decisions about initial passwords, one by one.

mod common;

use std::sync::atomic::Ordering;

use common::scene::{INITIAL, OWN, address, here, scene};
use common::secret;
use futures_lite::future::block_on;
use staffroom_core::{
    AccessError, BatchId, BulkCreate, Decision, Denied, IdSet, InitialOf, InitialPassword, Invite,
    InvitedWayIn, Letter, Mail, Selection, SetPasswordError, SignInError, UserActError, ValidDays, WayIn,
};
use staffroom_testkit::fixture::{
    ADMINS, NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, add_staff, edit_user, operator, staff_member, user,
    user_id,
};

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
fn a_shared_password_of_yesterday_is_hashed_again_for_nobody() {
    block_on(async {
        let scene = scene(&[here(1)]).await;
        scene.with_batch().await;
        scene.choose(1).await;
        scene.passwords.risen.store(true, Ordering::Relaxed);
        let before = scene.passwords.hashed.load(Ordering::Relaxed);
        scene.begin("staff1@school.example", INITIAL).await;
        assert_eq!(scene.passwords.hashed.load(Ordering::Relaxed), before);
        scene.enter(&address(1), OWN).await;
        assert_eq!(scene.passwords.hashed.load(Ordering::Relaxed), before + 1);
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
        for entry in &done.hand_off().entries {
            let WayIn::GeneratedPassword { password, .. } = &entry.way_in else { panic!() };
            let answer = scene.sign_in(entry.email.as_given(), password.expose()).await;
            assert!(matches!(answer, Err(SignInError::Refused)), "{answer:?}");
        }
        scene.enter("staff1@school.example", OWN).await;
    });
}

#[test]
fn nobody_revokes_in_bulk_the_password_of_somebody_with_more_power() {
    block_on(async {
        let scene = scene(&[]).await;
        add_staff(&*scene.store, NETWORK, &[1, 2].map(staff_member)).await.unwrap();
        let clerk = scene.clerk(&["users.bulk-create"]).await;
        let request = BulkCreate::of(Selection::AllCandidates)
            .with_initial_password(InitialPassword::Generated(ValidDays::default()));
        let plan = scene.staffroom.preview(&clerk, &request).await.unwrap();
        let committed = scene.staffroom.commit(&clerk, &plan).await.unwrap();
        let [first, second] = &committed.hand_off().entries[..] else { panic!("{committed:?}") };
        edit_user(&*scene.store, NETWORK, second.user, |user| user.set_groups(IdSet::only(ADMINS)))
            .await
            .unwrap();
        let revoke = InitialOf::Batch(plan.batch());
        assert_eq!(scene.staffroom.revoke_initial_passwords(&clerk, revoke).await.unwrap().users, 1);
        for (entry, works) in [(first, false), (second, true)] {
            let WayIn::GeneratedPassword { password, .. } = &entry.way_in else { panic!("{entry:?}") };
            let answer = scene.sign_in(entry.email.as_given(), password.expose()).await;
            assert_eq!(answer.is_ok(), works, "{answer:?}");
        }
    });
}

#[test]
fn a_shared_password_is_not_built_from_the_names_of_its_network_and_school() {
    block_on(async {
        let scene = scene(&[]).await;
        let plan = scene.with_batch().await;
        assert_eq!(*scene.passwords.about.lock().unwrap(), ["Lakeside Schools", "North"]);
        let token = scene.mailed_token("staff1@school.example").await;
        scene.set(&token, OWN).await.unwrap();
        let about = ["staff1@school.example", "Given0001", "Family0001", "Lakeside Schools", "North"];
        assert_eq!(*scene.passwords.about.lock().unwrap(), about);
        // Nor is one that an administrator gives.
        scene.passwords.about.lock().unwrap().clear();
        let Decision::Create(first) = plan.rows()[0].decision() else { panic!() };
        scene.give(first).await;
        assert_eq!(*scene.passwords.about.lock().unwrap(), about);
    });
}

#[test]
fn a_password_that_is_shared_in_one_act_opens() {
    block_on(async {
        let scene = scene(&[]).await;
        add_staff(&*scene.store, NETWORK, &[staff_member(1)]).await.unwrap();
        let password = InitialPassword::Shared(ValidDays::default());
        let request = BulkCreate::of(Selection::AllCandidates).with_initial_password(password);
        let (staffroom, id) = (&scene.staffroom, BatchId::from_uuid(user_id(7).as_uuid()));
        let by = operator();
        let done = staffroom.bulk_create_with_shared_password(&by, &request, id, secret(INITIAL)).await;
        assert_eq!(done.unwrap().report.counts().created, 1);
        let token = scene.begin("staff1@school.example", INITIAL).await;
        scene.set(&token, OWN).await.unwrap();
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
