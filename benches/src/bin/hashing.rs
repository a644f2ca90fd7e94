//! Generated passwords, made and hashed: the library beside the crate `argon2` called in a loop, and beside the reference
//! implementation in C, in one run, on one thread and on two.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use argon2::password_hash::phc::Salt;
use argon2::{Algorithm, Argon2, Version};
use clap::Parser;
use staffroom_benches::sheet::Times;
use staffroom_benches::{Failure, figures};
use staffroom_core::{NoProgress, Passwords, Randomness, Secret, Strength};
use staffroom_credentials::{Argon2Passwords, Implementation, Parameters, Settings};
use staffroom_system::SystemRandomness;

/// Compare hashing generated passwords with its peers.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many passwords each thread hashes in a round.
    #[arg(long, default_value_t = 32)]
    hashes: u32,
    /// How many times each contestant runs.
    #[arg(long, default_value_t = 7)]
    rounds: u32,
}

/// Who runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contestant {
    Loop,
    Reference,
    Library(Implementation),
}

/// In their order; the first is what the others are compared with.
const CONTESTANTS: [(Contestant, &str); 4] = [
    (Contestant::Loop, "crate argon2 in a loop"),
    (Contestant::Reference, "libargon2"),
    (Contestant::Library(Implementation::Argon2), "library"),
    (Contestant::Library(Implementation::Fastest), "library, simd"),
];

const THREADS: [u32; 2] = [1, 2];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let reference = build(folder.path())?;
    let mut times: [[Times; THREADS.len()]; CONTESTANTS.len()] = Default::default();
    for round in 1..=arguments.rounds {
        for (contestant, times) in CONTESTANTS.iter().zip(&mut times) {
            for (threads, times) in THREADS.into_iter().zip(times) {
                times.add(run(contestant.0, threads, arguments.hashes, &reference).await?);
            }
        }
        println!("round {round} done");
    }
    print(&times, arguments.hashes);
    let [[in_a_loop, _], [reference, _], _, [library, _]] = &times;
    // 2.5 times the rate.
    figures::note(
        "generated passwords, one thread",
        library,
        "crate argon2 in a loop",
        in_a_loop,
        Some(0.4),
    )?;
    figures::note("generated passwords, one thread", library, "libargon2", reference, None)?;
    println!("\nwhat a sign-in costs, whoever asks and whatever the answer:");
    for implementation in [Implementation::Argon2, Implementation::Fastest] {
        let mut times = Times::default();
        let passwords = start(1, implementation)?;
        for _ in 0..2 * arguments.rounds {
            let began = Instant::now();
            passwords.verify(&Secret::new("meadow lantern oboe".to_owned()), None).await?;
            times.add(began.elapsed());
        }
        println!("{implementation:?}: {:.1} ms", milliseconds(times.median()));
    }
    Ok(())
}

async fn run(
    contestant: Contestant,
    threads: u32,
    hashes: u32,
    reference: &Path,
) -> Result<Duration, Failure> {
    match contestant {
        Contestant::Loop => in_a_loop(threads, hashes),
        Contestant::Reference => by_the_reference(reference, threads, hashes),
        Contestant::Library(implementation) => by_the_library(implementation, threads, hashes).await,
    }
}

/// What is usually written.
fn in_a_loop(threads: u32, hashes: u32) -> Result<Duration, Failure> {
    let (memory, passes) = (Parameters::OWN.memory_kib(), Parameters::OWN.passes());
    let began = Instant::now();
    let work = move || -> Result<(), String> {
        let failed = |error: &dyn std::fmt::Display| error.to_string();
        let params = argon2::Params::new(memory, passes, 1, Some(32)).map_err(|error| failed(&error))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        for number in 0..hashes {
            let (mut salt, mut tag) = ([0; 16], [0; 32]);
            SystemRandomness.fill(&mut salt);
            let password = format!("vamok-sufid-benat-{number:05}");
            argon2
                .hash_password_into(password.as_bytes(), &salt, &mut tag)
                .map_err(|error| failed(&error))?;
            let salt = Salt::new(&salt).map_err(|error| failed(&error))?;
            std::hint::black_box((salt, tag));
        }
        Ok(())
    };
    let workers: Vec<_> = (0..threads).map(|_| thread::spawn(work)).collect();
    for worker in workers {
        worker.join().map_err(|_| "a thread panicked")??;
    }
    Ok(began.elapsed())
}

fn by_the_reference(program: &Path, threads: u32, hashes: u32) -> Result<Duration, Failure> {
    let output = Command::new(program).arg(threads.to_string()).arg(hashes.to_string()).output()?;
    if !output.status.success() {
        return Err("the reference implementation failed".into());
    }
    Ok(Duration::from_secs_f64(String::from_utf8(output.stdout)?.trim().parse()?))
}

/// The library makes the passwords, too.
async fn by_the_library(
    implementation: Implementation,
    threads: u32,
    hashes: u32,
) -> Result<Duration, Failure> {
    let passwords = start(threads, implementation)?;
    let began = Instant::now();
    let secrets: Vec<Secret> = (0..threads * hashes).map(|_| passwords.generate(&SystemRandomness)).collect();
    let made = passwords.hash(&secrets, Strength::Own, &NoProgress).await?;
    let time = began.elapsed();
    if made.len() != secrets.len() {
        return Err("not all passwords were hashed".into());
    }
    Ok(time)
}

fn start(threads: u32, implementation: Implementation) -> Result<Argon2Passwords, Failure> {
    let settings = Settings::default()
        .with_threads(NonZeroUsize::new(threads as usize).unwrap_or(NonZeroUsize::MIN))
        .with_implementation(implementation);
    Ok(Argon2Passwords::start(settings, Arc::new(SystemRandomness))?)
}

/// Builds the program that calls the reference implementation.
fn build(folder: &Path) -> Result<PathBuf, Failure> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/libargon2.c");
    let program = folder.join("libargon2");
    let status = Command::new("cc")
        .args(["-O2", "-o"])
        .arg(&program)
        .arg(source)
        .args(["-largon2", "-lpthread"])
        .status()
        .map_err(|error| format!("cc, the C compiler, does not run: {error}"))?;
    if !status.success() {
        return Err("the peer in C does not build: install libargon2-dev".into());
    }
    Ok(program)
}

/// Milliseconds a hash and thread, passwords a second, how many times the loop's.
fn print(times: &[[Times; THREADS.len()]; CONTESTANTS.len()], hashes: u32) {
    let rate = |times: &Times, threads: u32| f64::from(threads * hashes) / times.median().as_secs_f64();
    println!(
        "\n{:<24} {:>8} {:>10} {:>10} {:>12} {:>14}",
        "median", "threads", "ms a hash", "a second", "x the loop", "x one thread"
    );
    let [in_a_loop, ..] = times;
    for ((_, name), times) in CONTESTANTS.iter().zip(times) {
        let [alone, _] = times;
        for ((threads, times), in_a_loop) in THREADS.into_iter().zip(times).zip(in_a_loop) {
            println!(
                "{name:<24} {threads:>8} {:>10.2} {:>10.1} {:>12.2} {:>14.2}",
                milliseconds(times.median()) / f64::from(hashes),
                rate(times, threads),
                rate(times, threads) / rate(in_a_loop, threads),
                rate(times, threads) / rate(alone, 1),
            );
        }
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
