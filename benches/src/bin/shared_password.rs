//! A bulk create with a shared initial password beside the same one without, in one run, over each store: the password is
//! hashed once and kept once, whatever the batch. And, for scale, one with a generated password for everybody.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use clap::{Parser, ValueEnum};
use staffroom_benches::copies::{Copied, Kept, Kind, Original};
use staffroom_benches::network::{GROUP, NETWORK, SCHOOL};
use staffroom_benches::sheet::Times;
use staffroom_benches::{Failure, figures};
use staffroom_core::{
    Actor, BatchId, BulkCreate, HashingError, IdSource, InitialPassword, PasswordHash, Passwords, Progress,
    Randomness, Secret, Selection, Session, Staffroom, Strength, TokenHash, ValidDays, Verified,
    WeakPassword,
};
use staffroom_credentials::{Argon2Passwords, Settings};
use staffroom_system::{SystemClock, SystemRandomness, TimeOrderedIds};

const PASSWORD: &str = "meadow lantern oboe";
/// Of that many, 1,000 are candidates.
const GENERATED_STAFF: u64 = 1_251;

/// Compare a bulk create with a shared initial password with one without.
#[derive(Debug, Parser)]
struct Arguments {
    /// Over this store; may be given several times. All of them, if it is not given.
    #[arg(long, value_enum)]
    store: Vec<Kind>,
    /// How many staff members the network has; four in five are candidates.
    #[arg(long, default_value_t = 125_000)]
    staff: u64,
    /// How many times each contestant runs.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// How many times generated passwords are timed, for scale; it is slow.
    #[arg(long, default_value_t = 1)]
    generated_rounds: u32,
    /// Where the files are; a folder that is on a disk.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
}

/// One call of [`Passwords::hash`].
#[derive(Debug)]
struct Call {
    secrets: usize,
    strength: Strength,
    time: Duration,
}

/// The passwords of a service, watched.
#[derive(Debug)]
struct Watched {
    passwords: Argon2Passwords,
    calls: Mutex<Vec<Call>>,
}

/// What a bulk create took, and what it hashed.
struct Run {
    time: Duration,
    created: usize,
    calls: Vec<Call>,
    kept: Kept,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let passwords = Argon2Passwords::start(Settings::default(), Arc::new(SystemRandomness))?;
    let passwords = Arc::new(Watched { passwords, calls: Mutex::default() });
    let kinds = if arguments.store.is_empty() { Kind::value_variants() } else { &arguments.store };
    for kind in kinds {
        let folder = tempfile::tempdir_in(&arguments.folder)?;
        compare(*kind, folder.path(), &arguments, &passwords).await?;
    }
    if arguments.generated_rounds > 0 {
        generate(arguments.generated_rounds, &passwords).await?;
    }
    Ok(())
}

/// One with, one without, and the other way round, in turns.
async fn compare(
    kind: Kind,
    folder: &Path,
    arguments: &Arguments,
    passwords: &Arc<Watched>,
) -> Result<(), Failure> {
    println!("{kind:?}: writing a network of {} staff members ...", arguments.staff);
    let original = Original::write(kind, arguments.staff, folder).await?;
    let (mut without, mut shared, mut hashes) = (Times::default(), Times::default(), Times::default());
    let (mut ratios, mut beyond) = (Vec::new(), Vec::new());
    for round in 1..=arguments.rounds {
        let (none, one) = if round % 2 == 1 {
            let none = run(original.copy().await?, InitialPassword::None, passwords).await?;
            (none, run(original.copy().await?, with_shared(), passwords).await?)
        } else {
            let one = run(original.copy().await?, with_shared(), passwords).await?;
            (run(original.copy().await?, InitialPassword::None, passwords).await?, one)
        };
        let hash = one_for_all(&none, &one)?;
        let ratio = one.time.as_secs_f64() / none.time.as_secs_f64();
        without.add(none.time);
        shared.add(one.time);
        hashes.add(hash);
        ratios.push(ratio);
        beyond.push(one.time.saturating_sub(hash).as_secs_f64() / none.time.as_secs_f64());
        println!(
            "round {round}: {} created; without {:.3?}, shared {:.3?}, its hash {hash:.1?}, ratio {ratio:.3}",
            one.created, none.time, one.time
        );
    }
    println!("\n{:<28} {:>10} {:>10}", "", "median", "shortest");
    for (what, times) in
        [("without a password", &without), ("shared password", &shared), ("  its one hash", &hashes)]
    {
        println!("{what:<28} {:>10.3?} {:>10.3?}", times.median(), times.shortest());
    }
    println!(
        "ratio of the medians {:.3}; median of the rounds' ratios {:.3}, and {:.3} if the hash took no time\n",
        shared.ratio(&without),
        median(ratios),
        median(beyond)
    );
    let what = format!("bulk create with a shared password, {kind:?}");
    figures::note(&what, &shared, "without a password", &without, Some(1.05))?;
    Ok(())
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_unstable_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or_default()
}

fn with_shared() -> InitialPassword {
    InitialPassword::Shared(ValidDays::default())
}

/// How long the one hash took; an error, if there was not just one, or not everybody refers to it.
fn one_for_all(none: &Run, one: &Run) -> Result<Duration, Failure> {
    if none.created != one.created {
        return Err(
            format!("{} were created without a password, {} with one", none.created, one.created).into()
        );
    }
    if !none.calls.is_empty() || none.kept != (Kept { sharers: 0, shared: 0, own: 0 }) {
        return Err(format!("without a password: {:?}, {:?}", none.calls, none.kept).into());
    }
    if one.kept != (Kept { sharers: one.created, shared: 1, own: 0 }) {
        return Err(
            format!("of one shared password for {}, the store keeps {:?}", one.created, one.kept).into()
        );
    }
    match one.calls.as_slice() {
        [Call { secrets: 1, strength: Strength::Shared, time }] => Ok(*time),
        calls => Err(format!("one shared password took {calls:?}").into()),
    }
}

/// For scale.
async fn generate(rounds: u32, passwords: &Arc<Watched>) -> Result<(), Failure> {
    let original = Original::Memory(GENERATED_STAFF);
    let mut times = Times::default();
    let mut created = 0;
    for _ in 0..rounds {
        let generated = InitialPassword::Generated(ValidDays::default());
        let run = run(original.copy().await?, generated, passwords).await?;
        let hashed: usize = run.calls.iter().map(|call| call.secrets).sum();
        if hashed != run.created || run.kept != (Kept { sharers: 0, shared: 0, own: run.created }) {
            return Err(format!("{} were created: {:?}, {:?}", run.created, run.calls, run.kept).into());
        }
        times.add(run.time);
        created = run.created;
    }
    println!("for scale, generated passwords for {created}, in memory: {:.3?} at the median", times.median());
    Ok(())
}

async fn run(copied: Copied, password: InitialPassword, passwords: &Arc<Watched>) -> Result<Run, Failure> {
    let ids = Arc::new(TimeOrderedIds::new());
    let staffroom = Staffroom::new(copied.store(), Arc::new(SystemClock), Arc::<TimeOrderedIds>::clone(&ids))
        .with_passwords(Arc::<Watched>::clone(passwords), Arc::new(SystemRandomness));
    let session = Session::new(NETWORK, Actor::Operator, SCHOOL);
    let request = BulkCreate::of(Selection::AllCandidates).in_group(GROUP).with_initial_password(password);
    let batch = BatchId::from_uuid(ids.next_id());
    let began = Instant::now();
    let committed = match password {
        InitialPassword::Shared(_) => {
            let secret = Secret::new(PASSWORD.to_owned());
            staffroom.bulk_create_with_shared_password(&session, &request, batch, secret).await?
        }
        InitialPassword::None | InitialPassword::Generated(_) => {
            staffroom.bulk_create(&session, &request, batch).await?
        }
    };
    let time = began.elapsed();
    let created = committed.report.counts().created;
    drop((staffroom, committed));
    let kept = copied.kept().await?;
    copied.remove().await?;
    Ok(Run { time, created, calls: passwords.calls(), kept })
}

impl Watched {
    /// The calls since this was last asked.
    fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Passwords for Watched {
    fn check(&self, secret: &Secret, about: &[&str]) -> Result<(), WeakPassword> {
        self.passwords.check(secret, about)
    }

    fn generate(&self, randomness: &dyn Randomness) -> Secret {
        self.passwords.generate(randomness)
    }

    async fn hash(
        &self,
        secrets: &[Secret],
        strength: Strength,
        progress: &dyn Progress,
    ) -> Result<Vec<PasswordHash>, HashingError> {
        let began = Instant::now();
        let hashes = self.passwords.hash(secrets, strength, progress).await;
        let call = Call { secrets: secrets.len(), strength, time: began.elapsed() };
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        hashes
    }

    async fn verify(&self, secret: &Secret, hash: Option<&PasswordHash>) -> Result<Verified, HashingError> {
        self.passwords.verify(secret, hash).await
    }

    fn token_hash(&self, token: &Secret) -> TokenHash {
        self.passwords.token_hash(token)
    }
}
