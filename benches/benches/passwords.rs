//! Generated passwords, made and hashed on one thread with the feature `simd`, beside the crate `argon2` called in a loop.
//! (Without the feature, with the reference in C, and on two threads: `--bin hashing`.)

#![allow(clippy::unwrap_used, reason = "a benchmark that goes wrong may stop")]

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use staffroom_core::{NoProgress, PasswordHash, Passwords, Randomness, Secret, Strength};
use staffroom_credentials::{Argon2Passwords, Implementation, Parameters, Settings};
use staffroom_system::SystemRandomness;
use tokio::runtime::Runtime;

const PASSWORDS: usize = 8;

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let settings =
        Settings::default().with_threads(NonZeroUsize::MIN).with_implementation(Implementation::Fastest);
    let passwords = Argon2Passwords::start(settings, Arc::new(SystemRandomness)).unwrap();
    let mut group = criterion.benchmark_group("generated passwords");
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(PASSWORDS as u64));
    group.bench_function(BenchmarkId::new("library", PASSWORDS), |bencher| {
        bencher.iter(|| assert_eq!(by_library(&runtime, &passwords), PASSWORDS));
    });
    group.bench_function(BenchmarkId::new("crate argon2 in a loop", PASSWORDS), |bencher| {
        bencher.iter(|| assert_eq!(in_a_loop(), PASSWORDS));
    });
    group.finish();
    criterion.final_summary();
}

/// How many different hashes there are.
fn by_library(runtime: &Runtime, passwords: &Argon2Passwords) -> usize {
    let secrets: Vec<Secret> = (0..PASSWORDS).map(|_| passwords.generate(&SystemRandomness)).collect();
    let hashes = runtime.block_on(passwords.hash(&secrets, Strength::Own, &NoProgress)).unwrap();
    hashes.iter().map(PasswordHash::as_phc).collect::<HashSet<_>>().len()
}

fn in_a_loop() -> usize {
    let params = Params::new(Parameters::OWN.memory_kib(), Parameters::OWN.passes(), 1, Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut tags = HashSet::new();
    for number in 0..PASSWORDS {
        let (mut salt, mut tag) = ([0; 16], [0; 32]);
        SystemRandomness.fill(&mut salt);
        let password = format!("vamok-sufid-{number:06}");
        argon2.hash_password_into(password.as_bytes(), &salt, &mut tag).unwrap();
        tags.insert(tag);
    }
    tags.len()
}
