use std::sync::Arc;

use shuttle::future::{block_on, spawn};
use staffroom_core::store::Store;
use staffroom_core::{SignIn, SignInError, SignInSettings, SignedIn, Source, Staffroom};
use staffroom_testkit::fixture::{NETWORK, set_up};

use super::{Library, add_user_with_password, coin, draw, secret};

const RIGHT: &str = "meadow lantern oboe";
/// How many failures in a row the account bears, all of them without waiting.
const BEARS: u32 = 5;

/// Somebody has failed as often as an account bears but once, and then several guess at once, each from a place of their own:
/// one guess is looked at, whichever way they come, and no other (R17). If the owner signs in meanwhile, the count
/// begins anew, and forgets none that comes later.
pub fn guess(store: &Arc<dyn Store>) {
    block_on(async {
        set_up(&**store).await.unwrap();
        let library = Library::over(store);
        let settings = SignInSettings::default().with_account_limit(BEARS);
        let staffroom = library.staffroom.clone().with_sign_in(settings);
        add_user_with_password(store, 1, &secret(RIGHT), &library.clock).await;
        for place in 1..BEARS {
            assert!(is_looked_at(&staffroom, place).await);
        }
        let guessing = (10..13 + draw(2)).map(|place| {
            let staffroom = staffroom.clone();
            spawn(async move { is_looked_at(&staffroom, place).await })
        });
        let guessing: Vec<_> = guessing.collect();
        let owner = coin().then(|| {
            let staffroom = staffroom.clone();
            spawn(async move { staffroom.sign_in(NETWORK, &sign_in(99, RIGHT)).await })
        });

        let mut looked_at = 0;
        for guess in guessing {
            looked_at += u32::from(guess.await.unwrap());
        }
        let is_in = match owner {
            None => false,
            Some(owner) => match owner.await.unwrap() {
                Ok(SignedIn::Session(_)) => true,
                Err(SignInError::TooMany { .. }) => false,
                other => panic!("the right password ended as {other:?}"),
            },
        };
        // The owner's own attempt took the last place there was: every guess that was looked at came after it.
        assert!(is_in || looked_at == 1, "{looked_at} guesses were looked at");
        let mut left = 0;
        while is_looked_at(&staffroom, 200 + left).await {
            left += 1;
        }
        let all = if is_in { BEARS } else { 1 };
        assert_eq!(looked_at + left, all, "guesses that were looked at, and those that were left");
    });
}

fn sign_in(place: u32, word: &str) -> SignIn {
    SignIn::new("user1@school.example", secret(word), Source::new(format!("place {place}")))
}

/// Whether a wrong password was looked at.
async fn is_looked_at(staffroom: &Staffroom, place: u32) -> bool {
    match staffroom.sign_in(NETWORK, &sign_in(place, "a wrong guess at it")).await {
        Err(SignInError::Refused) => true,
        Err(SignInError::TooMany { .. }) => false,
        other => panic!("a guess ended as {other:?}"),
    }
}
