//! The requests of strangers: a sign-in and a reset, for addresses that somebody has and for addresses that nobody has.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    HashingError, IdSet, NoProgress, PasswordHash, PasswordState, Passwords, Progress, Randomness, Secret,
    SignIn, SignInError, Source, Staffroom, Strength, TokenHash, User, Verified, WeakPassword,
};

use super::{FULL_LIMIT, Pairs, SMALL_LIMIT, Told};
use crate::conformance::Failure;
use crate::fakes::{CountingIds, HandClock, Outbox};
use crate::fixture::{NETWORK, SCHOOL, add_users, email, moment, set_up, user_id};

/// How many requests of each kind are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    sign_ins: usize,
    resets: usize,
    limit: f64,
}

impl Size {
    /// For a test that everybody runs often. It finds what is as plain as a password that is not hashed.
    pub const SMALL: Self = Self { sign_ins: 48, resets: 400, limit: SMALL_LIMIT };
    /// 10,000 requests, half of each kind: what a release is proved with.
    pub const FULL: Self = Self::of(5_000);

    /// So many pairs of requests.
    pub const fn of(pairs: usize) -> Self {
        Self { sign_ins: pairs, resets: pairs, limit: FULL_LIMIT }
    }
}

/// What was measured.
#[derive(Debug, Clone)]
pub struct Trial {
    what: &'static str,
    pairs: Pairs,
    limit: f64,
    /// Whether it is one that leaks on purpose, which shows that the others would have been found out.
    leaks: bool,
}

impl Trial {
    /// True if it went as it should: told apart if it leaks on purpose, and not if it does not.
    pub fn is_as_it_should_be(&self) -> bool {
        (self.pairs.told().largest() > self.limit) == self.leaks
    }
}

impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told { by_sign, by_rank, by_amount } = self.pairs.told();
        let (known, unknown) = self.pairs.medians();
        let should = if self.leaks { "more than" } else { "at most" };
        write!(
            f,
            "{}: {} pairs, medians {known:?} and {unknown:?}; by sign {by_sign:.2}, by rank {by_rank:.2}, by amount \
             {by_amount:.2}; to be {should} {:.1}",
            self.what,
            self.pairs.len(),
            self.limit
        )
    }
}

/// Measures sign-ins and requests for resets, for known and unknown addresses in turns; and the same once more with a
/// leak: passwords that are not hashed where there is no hash, and errands that are run before the answer.
///
/// `store` must be empty; `passwords` are the real ones.
///
/// # Errors
/// If a request was answered otherwise than it should be.
pub async fn trials(
    store: Arc<dyn Store>,
    passwords: Arc<dyn Passwords>,
    randomness: Arc<dyn Randomness>,
    size: Size,
) -> Result<Vec<Trial>, Failure> {
    let accounts = size.sign_ins.max(size.resets).div_ceil(TRIES);
    people(&*store, &*passwords, accounts + LEAKING).await?;
    let (outbox, clock) = (Arc::new(Outbox::default()), Arc::new(HandClock::new()));
    let over = |passwords: Arc<dyn Passwords>| {
        Staffroom::new(Arc::clone(&store), Arc::<HandClock>::clone(&clock), Arc::new(CountingIds::new(1)))
            .with_passwords(passwords, Arc::clone(&randomness))
            .with_mail(Arc::<Outbox>::clone(&outbox))
    };
    let (right, hasty) = (over(Arc::clone(&passwords)), over(Arc::new(Hasty(passwords))));
    let trial = |what, pairs, leaks| Trial { what, pairs, limit: size.limit, leaks };
    let leaking = resets(&right, "leaking", size.resets, Errands::Before).await?;
    // A day later the mailboxes are open again.
    clock.pass(Duration::from_hours(24));
    outbox.empty();
    let asked = resets(&right, "right", size.resets, Errands::After).await?;
    if outbox.empty().len() != size.resets.div_ceil(TRIES) {
        return Err(Failure::new("the errands did not mail everybody known once"));
    }
    Ok(vec![
        trial("resets that leak", leaking, true),
        trial("resets", asked, false),
        trial("sign-ins", sign_ins(&right, "right", size.sign_ins, 0).await?, false),
        trial("sign-ins that leak", sign_ins(&hasty, "leaking", LEAKING, accounts).await?, true),
    ])
}

/// How often an account may be tried before it makes anybody wait.
const TRIES: usize = 4;
/// As many pairs as it takes to find out passwords that are not hashed, also where a busy machine holds every sixth of the
/// short answers up for longer than the long ones take.
const LEAKING: usize = 96;
const FAR_AWAY: usize = 500_000;

fn address(number: usize) -> String {
    format!("person{number:06}@school.example")
}

async fn people(store: &dyn Store, passwords: &dyn Passwords, accounts: usize) -> Result<(), Failure> {
    set_up(store).await?;
    let secret = Secret::new("meadow lantern oboe".to_owned());
    let hash = passwords.hash(&[secret], Strength::Own, &NoProgress).await?;
    let users: Vec<User> = (0..accounts)
        .map(|number| {
            let id = user_id(u32::try_from(number).unwrap_or(u32::MAX));
            User::new(id, email(&address(number)), moment())
                .entering(IdSet::only(SCHOOL))
                .with_password(PasswordState::Chosen { set_at: moment() })
        })
        .collect();
    add_users(store, NETWORK, &users).await?;
    let hashes: Vec<_> = users.iter().filter_map(|user| Some((user.id(), hash.first()?.clone()))).collect();
    let mut uow = store.begin(NETWORK, Mode::Write).await?;
    uow.passwords().set(&hashes).await?;
    Ok(uow.commit().await?)
}

/// Sign-ins with a wrong password, each from a source of its own, to accounts from the one numbered `first` on.
async fn sign_ins(staffroom: &Staffroom, name: &str, pairs: usize, first: usize) -> Result<Pairs, Failure> {
    let accounts = pairs.div_ceil(TRIES);
    let refused = async |number: usize, source: String| -> Result<(), Failure> {
        let secret = Secret::new("quiet harbour violin".to_owned());
        match staffroom.sign_in(NETWORK, &SignIn::new(address(number), secret, Source::new(source))).await {
            Err(SignInError::Refused) => Ok(()),
            Err(other) => Err(other.into()),
            Ok(_) => Err(Failure::new("a wrong password let somebody in")),
        }
    };
    let place = |number: usize| first + number.checked_rem(accounts).unwrap_or(0);
    Pairs::measured(
        pairs,
        async |number| refused(place(number), format!("{name} one {number:06}")).await,
        async |number| refused(FAR_AWAY + place(number), format!("{name} two {number:06}")).await,
    )
    .await
}

/// When an errand is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Errands {
    /// After the answer, as it should be: here after all answers.
    After,
    /// Before it: a leak.
    Before,
}

/// Requests for resets, each from a source of its own.
async fn resets(staffroom: &Staffroom, name: &str, pairs: usize, errands: Errands) -> Result<Pairs, Failure> {
    let accounts = pairs.div_ceil(TRIES);
    let waiting = RefCell::new(Vec::new());
    let asked = async |number: usize, source: String| -> Result<(), Failure> {
        let errand = staffroom.ask_for_reset(NETWORK, &address(number), &Source::new(source)).await?;
        match errands {
            Errands::Before => errand.run().await?,
            Errands::After => waiting.borrow_mut().push(errand),
        }
        Ok(())
    };
    let place = |number: usize| number.checked_rem(accounts).unwrap_or(0);
    let measured = Pairs::measured(
        pairs,
        async |number| asked(place(number), format!("{name} one {number:06}")).await,
        async |number| asked(FAR_AWAY + place(number), format!("{name} two {number:06}")).await,
    )
    .await?;
    for errand in waiting.into_inner() {
        errand.run().await?;
    }
    Ok(measured)
}

/// Passwords that are not hashed where there is nothing to hold them against: who has an account is told by the time.
#[derive(Debug)]
struct Hasty(Arc<dyn Passwords>);

#[async_trait]
impl Passwords for Hasty {
    fn check(&self, secret: &Secret, about: &[&str]) -> Result<(), WeakPassword> {
        self.0.check(secret, about)
    }

    fn generate(&self, randomness: &dyn Randomness) -> Secret {
        self.0.generate(randomness)
    }

    async fn hash(
        &self,
        secrets: &[Secret],
        strength: Strength,
        progress: &dyn Progress,
    ) -> Result<Vec<PasswordHash>, HashingError> {
        self.0.hash(secrets, strength, progress).await
    }

    async fn verify(&self, secret: &Secret, hash: Option<&PasswordHash>) -> Result<Verified, HashingError> {
        match hash {
            Some(_) => self.0.verify(secret, hash).await,
            None => Ok(Verified::No),
        }
    }

    fn token_hash(&self, token: &Secret) -> TokenHash {
        self.0.token_hash(token)
    }
}
