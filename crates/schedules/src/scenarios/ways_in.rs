use std::sync::Arc;
use std::time::Duration;

use shuttle::future::{block_on, spawn};
use staffroom_core::store::Store;
use staffroom_core::{
    EndSessions, Letter, Secret, SetPasswordError, SignIn, SignInError, SignedIn, Source, Staffroom, UserEdit,
};
use staffroom_testkit::fixture::{NETWORK, operator, set_up};

use super::{Library, add_user_with_password, draw, reading, secret};

const EMAIL: &str = "user1@school.example";
const OLD: &str = "meadow lantern oboe";
const NEW: [&str; 2] = ["quiet harbour violin", "silver orchard drum"];

/// One token is used twice at once, while its user signs in with the old password, asks for another token, is signed
/// out everywhere, or is disabled: one use of a token wins, nobody stays signed in with a password that is gone, and a user who is
/// disabled is not signed in (R17).
pub fn get_in(store: &Arc<dyn Store>) {
    block_on(async {
        set_up(&**store).await.unwrap();
        let library = Library::over(store);
        let staffroom = &library.staffroom;
        let user = add_user_with_password(store, 1, &secret(OLD), &library.clock).await;
        ask(staffroom).await;
        let token = mailed_token(&library).unwrap();
        // A minute later another one may be mailed.
        library.clock.pass(Duration::from_secs(61));

        let setting = NEW.map(|new| {
            let (staffroom, token) = (staffroom.clone(), token.clone());
            spawn(
                async move { was_set(staffroom.set_password(NETWORK, &token, secret(new)).await.map(drop)) },
            )
        });
        let signing_in: Vec<_> = (0..=draw(2)).map(|_| spawn(knock(staffroom.clone(), OLD))).collect();
        let (disables, asks, ends) = (draw(4) == 0, draw(4) == 0, draw(4) == 0);
        let disabling = disables.then(|| {
            let staffroom = staffroom.clone();
            spawn(
                async move { drop(staffroom.edit_user(&operator(), user, UserEdit::Disable).await.unwrap()) },
            )
        });
        let asking = asks.then(|| {
            let staffroom = staffroom.clone();
            spawn(async move { ask(&staffroom).await })
        });
        let ending = ends.then(|| {
            let staffroom = staffroom.clone();
            spawn(async move {
                let _ = staffroom.end_sessions(&operator(), user, EndSessions::All).await.unwrap();
            })
        });

        let mut set = Vec::new();
        for (setting, new) in setting.into_iter().zip(NEW) {
            set.extend(setting.await.unwrap().then_some(new));
        }
        let mut sessions = Vec::new();
        for signing_in in signing_in {
            sessions.extend(signing_in.await.unwrap());
        }
        for work in [disabling, asking, ending].into_iter().flatten() {
            work.await.unwrap();
        }

        assert!(set.len() <= 1, "a token was used twice");
        if !disables && !asks {
            assert_eq!(set.len(), 1, "one of two uses wins");
        }
        let mut alive = 0;
        for token in &sessions {
            alive += usize::from(staffroom.authenticate(NETWORK, token).await.unwrap().is_some());
        }
        let mut uow = reading(store).await;
        assert_eq!(uow.sessions().find_by_user(user).await.unwrap().len(), alive);
        if disables {
            assert_eq!(alive, 0, "whoever is disabled is signed in");
            assert_eq!(uow.resets().find_by_user(user).await.unwrap(), None);
        }
        if !set.is_empty() {
            assert_eq!(alive, 0, "somebody is signed in with a password that is gone");
        }
        drop(uow);
        assert!(
            !was_set(staffroom.set_password(NETWORK, &token, secret(NEW[1])).await.map(drop)),
            "it works again"
        );
        if disables {
            return;
        }
        let mut works = set.first().copied();
        if works.is_none() {
            // The newer token is the one that works.
            let newest = mailed_token(&library).unwrap();
            assert!(was_set(staffroom.set_password(NETWORK, &newest, secret(NEW[0])).await.map(drop)));
            works = Some(NEW[0]);
        }
        // Whatever was counted of the account is waited for.
        library.clock.pass(Duration::from_hours(1));
        for word in [OLD, NEW[0], NEW[1]] {
            let is_in = knock(staffroom.clone(), word).await.is_some();
            assert_eq!(is_in, Some(word) == works, "after {set:?} was set");
        }
    });
}

/// Asks for a reset, and runs the errand.
async fn ask(staffroom: &Staffroom) {
    let errand = staffroom.ask_for_reset(NETWORK, EMAIL, &Source::new("home")).await.unwrap();
    errand.run().await.unwrap();
}

/// The token that was mailed last, of those that nobody has looked at yet.
fn mailed_token(library: &Library) -> Option<Secret> {
    let tokens = library.outbox.empty().into_iter().filter_map(|mail| match mail.letter {
        Letter::Reset { token, .. } => Some(token),
        _ => None,
    });
    tokens.last()
}

/// The token of the session, if there is one.
async fn knock(staffroom: Staffroom, word: &'static str) -> Option<Secret> {
    match staffroom.sign_in(NETWORK, &SignIn::new(EMAIL, secret(word), Source::new("home"))).await {
        Ok(SignedIn::Session(session)) => Some(session.token),
        Err(SignInError::Refused) => None,
        other => panic!("a sign-in ended as {other:?}"),
    }
}

fn was_set(answer: Result<(), SetPasswordError>) -> bool {
    match answer {
        Ok(()) => true,
        Err(SetPasswordError::UnknownToken) => false,
        Err(error) => panic!("a password was not set: {error:?}"),
    }
}
