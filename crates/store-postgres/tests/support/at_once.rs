//! Signing in, over several connections at once: nothing is lost, and nothing is had twice. For a store over any
//! database; each needs a fresh one with eight connections.

use std::sync::Arc;

use futures_util::future::join_all;
use staffroom_core::store::{FailureKey, Failures, Mode, OpenSession, Reset, Store, StoreError, UnitOfWork};
use staffroom_core::{
    IdSet, NoProgress, PasswordState, Passwords, Revision, Secret, SignIn, SignedIn, Source, Strength, User,
    UserId,
};
use staffroom_testkit::fakes::ReversedPasswords;
use staffroom_testkit::fixture::{NETWORK, SCHOOL, add_users, set_up, staffroom, user, user_id};
use tokio::sync::Barrier;

use super::traces::{at, reset, session, token};

const AT_ONCE: usize = 8;

async fn writing(store: &dyn Store) -> Box<dyn UnitOfWork> {
    store.begin(NETWORK, Mode::Write).await.unwrap()
}

async fn with_users(store: &dyn Store, numbers: impl Iterator<Item = u32>) -> Vec<User> {
    set_up(store).await.unwrap();
    let users: Vec<User> = numbers.map(user).collect();
    add_users(store, NETWORK, &users).await.unwrap();
    users
}

/// Runs `work` as often as there are connections, all at once, and answers with what came of each.
async fn at_once<T, F>(work: impl Fn(u32, Arc<Barrier>) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(AT_ONCE));
    let tasks = (0..).take(AT_ONCE).map(|number| tokio::spawn(work(number, Arc::clone(&start))));
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

/// Of failures that are added at once each is counted, each is told how many there were before it, and those that were
/// taken back are counted by nobody.
pub(crate) async fn every_failure_is_counted(store: Arc<dyn Store>) {
    const ROUNDS: u32 = 20;
    let (source, account) = (FailureKey::from_bytes([1; 32]), FailureKey::from_bytes([2; 32]));
    set_up(&*store).await.unwrap();
    let told = at_once(|number, start| {
        let store = Arc::clone(&store);
        async move {
            start.wait().await;
            let mut told = Vec::new();
            for round in 0..ROUNDS {
                let mut uow = writing(&*store).await;
                let now = at(round * 10 + number);
                let before = uow.failures().add(&source, now).await.unwrap();
                uow.failures().add(&account, now).await.unwrap();
                if (round + number) % 4 == 0 {
                    drop(uow);
                } else {
                    uow.commit().await.unwrap();
                    told.push(before.map_or(0, |before: Failures| before.count));
                }
            }
            told
        }
    })
    .await;
    let mut told: Vec<u32> = told.into_iter().flatten().collect();
    told.sort_unstable();
    let counted = u32::try_from(told.len()).unwrap();
    assert_eq!(told, (0..counted).collect::<Vec<_>>());
    let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
    for key in [source, account] {
        assert_eq!(uow.failures().find(&key).await.unwrap().unwrap().count, counted);
    }
}

/// Of those who take one token at once, one gets it; if that one takes it back, another does.
pub(crate) async fn one_takes_a_token(store: Arc<dyn Store>) {
    with_users(&*store, 1..=1).await;
    for round in 0..10 {
        let mut uow = writing(&*store).await;
        uow.resets().put(&reset(round, user_id(1))).await.unwrap();
        uow.commit().await.unwrap();
        let taken = at_once(|number, start| {
            let store = Arc::clone(&store);
            async move {
                start.wait().await;
                let mut uow = writing(&*store).await;
                let taken = uow.resets().take(&token(round)).await.unwrap();
                if number % 2 == 0 {
                    // It could not set the password.
                    drop(uow);
                    return None;
                }
                uow.commit().await.unwrap();
                taken
            }
        })
        .await;
        let taken: Vec<Reset> = taken.into_iter().flatten().collect();
        assert_eq!(taken, [reset(round, user_id(1))]);
    }
}

/// A token that was replaced while somebody waits to take it is not taken.
pub(crate) async fn a_newer_token_voids_the_older(store: Arc<dyn Store>) {
    with_users(&*store, 1..=1).await;
    for round in (0..20).step_by(2) {
        let mut uow = writing(&*store).await;
        uow.resets().put(&reset(round, user_id(1))).await.unwrap();
        uow.commit().await.unwrap();
        let taken = at_once(|number, start| {
            let store = Arc::clone(&store);
            async move {
                start.wait().await;
                let mut uow = writing(&*store).await;
                let taken = if number == 0 {
                    uow.resets().put(&reset(round + 1, user_id(1))).await.unwrap();
                    None
                } else {
                    uow.resets().take(&token(round)).await.unwrap()
                };
                uow.commit().await.unwrap();
                taken
            }
        })
        .await;
        assert!(taken.into_iter().flatten().count() <= 1);
        let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
        let left = uow.resets().find_by_user(user_id(1)).await.unwrap();
        assert_eq!(left, Some(reset(round + 1, user_id(1))));
    }
}

/// Of those who invite the same people at once, in whatever order, one notes each of them; and nobody has to try again.
pub(crate) async fn one_claims_each_user(store: Arc<dyn Store>) {
    const PEOPLE: u32 = 200;
    let users = with_users(&*store, 1..=PEOPLE).await;
    let ids: Vec<UserId> = users.iter().map(User::id).collect();
    for round in 1..=5 {
        let noted = at_once(|number, start| {
            let (store, mut ids) = (Arc::clone(&store), ids.clone());
            async move {
                fastrand::Rng::with_seed(u64::from(number)).shuffle(&mut ids);
                start.wait().await;
                let mut uow = writing(&*store).await;
                let now = at(round * 100);
                let noted = uow.invitations().claim(&ids, now, at(round * 100 - 50)).await.unwrap();
                uow.commit().await.unwrap();
                ids.into_iter().zip(noted).filter(|(_, noted)| *noted).map(|(id, _)| id).collect::<Vec<_>>()
            }
        })
        .await;
        let mut noted: Vec<UserId> = noted.into_iter().flatten().collect();
        noted.sort_unstable();
        assert_eq!(noted, ids);
    }
}

/// What has expired is forgotten once, by however many, and what has not stays.
pub(crate) async fn what_expired_is_forgotten_once(store: Arc<dyn Store>) {
    const OPEN: u32 = 400;
    with_users(&*store, 1..=1).await;
    let mut uow = writing(&*store).await;
    for number in 1..=OPEN {
        uow.sessions().insert(&session(number, user_id(1))).await.unwrap();
    }
    uow.commit().await.unwrap();
    // Of the first 300 the last moment has come.
    let forgotten = at_once(|_, start| {
        let store = Arc::clone(&store);
        async move {
            start.wait().await;
            let mut forgotten = 0;
            loop {
                let mut uow = writing(&*store).await;
                let some = uow.sessions().forget_expired(at(OPEN), 7).await.unwrap();
                uow.commit().await.unwrap();
                forgotten += some;
                if some == 0 {
                    return forgotten;
                }
            }
        }
    })
    .await;
    assert_eq!(forgotten.iter().sum::<usize>(), 300);
    let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
    let left: Vec<OpenSession> = (301..=OPEN).map(|number| session(number, user_id(1))).collect();
    assert_eq!(uow.sessions().find_by_user(user_id(1)).await.unwrap(), left);
}

/// Whoever signs in, asks for a reset or is invited while they are removed leaves nothing behind.
pub(crate) async fn nothing_is_left_of_a_removed_user(store: Arc<dyn Store>) {
    set_up(&*store).await.unwrap();
    for round in 1..=10 {
        add_users(&*store, NETWORK, &[user(round)]).await.unwrap();
        let id = user_id(round);
        let answers = at_once(|number, start| {
            let store = Arc::clone(&store);
            async move {
                start.wait().await;
                let mut uow = writing(&*store).await;
                let written = match number % 4 {
                    0 => {
                        let gone = uow.users().delete(&[(id, Revision::FIRST)]).await;
                        gone.map(drop)
                    }
                    1 => uow.sessions().insert(&session(round * 10 + number, id)).await,
                    2 => uow.resets().put(&reset(round * 10 + number, id)).await,
                    _ => uow.invitations().claim(&[id], at(round), at(round)).await.map(drop),
                };
                match written {
                    Ok(()) => uow.commit().await,
                    Err(error) => Err(error),
                }
            }
        })
        .await;
        for answer in answers {
            let expected = matches!(&answer, Ok(()) | Err(StoreError::Misuse(_)));
            assert!(expected, "{answer:?}");
        }
        let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
        assert_eq!(uow.users().find_each(&[id]).await.unwrap(), [None]);
        assert_eq!(uow.sessions().find_by_user(id).await.unwrap(), []);
        assert_eq!(uow.resets().find_by_user(id).await.unwrap(), None);
    }
}

/// Two people who click on "sign in" several times at once are signed in each time: nobody is in their own way, and what
/// was counted beforehand is not held against them.
pub(crate) async fn people_sign_in_several_times_at_once(store: Arc<dyn Store>) {
    const ROUNDS: usize = 3;
    let password = || Secret::new("meadow lantern oboe".to_owned());
    set_up(&*store).await.unwrap();
    let chosen = PasswordState::Chosen { set_at: at(1) };
    let people = [1, 2].map(|number| user(number).entering(IdSet::only(SCHOOL)).with_password(chosen));
    add_users(&*store, NETWORK, &people).await.unwrap();
    let hash = ReversedPasswords.hash(&[password()], Strength::Own, &NoProgress).await.unwrap().remove(0);
    let mut uow = writing(&*store).await;
    uow.passwords().set(&people.each_ref().map(|user| (user.id(), hash.clone()))).await.unwrap();
    uow.commit().await.unwrap();

    // One, whose tokens all differ: they are not random here.
    let staffroom = Arc::new(staffroom(Arc::clone(&store), 1));
    at_once(|number, start| {
        let staffroom = Arc::clone(&staffroom);
        let email = format!("user{}@school.example", 1 + number % 2);
        async move {
            start.wait().await;
            for round in 0..ROUNDS {
                // Each from a place of its own: what a source tries is counted, whoever is meant.
                let source = Source::new(format!("{number}/{round}"));
                let signed_in = staffroom.sign_in(NETWORK, &SignIn::new(&email, password(), source)).await;
                assert!(matches!(signed_in, Ok(SignedIn::Session(_))), "{signed_in:?}");
            }
        }
    })
    .await;
    let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
    for person in &people {
        let sessions = uow.sessions().find_by_user(person.id()).await.unwrap();
        assert_eq!(sessions.len(), ROUNDS * AT_ONCE / 2);
    }
}
