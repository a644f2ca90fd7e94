//! How much memory hashing takes: the threads times the memory of one hash, whatever is asked of it.

use std::alloc::System;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use cap::Cap;
use futures_lite::future::{block_on, zip};
use staffroom_core::{HashingError, NoProgress, PasswordHash, Passwords, Secret, Strength, Verified};
use staffroom_credentials::{Argon2Passwords, HashingFault, Implementation, Parameters, Settings};
use staffroom_system::SystemRandomness;

/// Counts what this whole process holds, and can be told to give no more.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const THREADS: usize = 2;

/// What everything else may take.
const REST: usize = 2 << 20;

const fn bytes(parameters: Parameters) -> usize {
    parameters.memory_kib() as usize * 1024
}

fn secret(number: usize) -> Secret {
    Secret::new(format!("meadow lantern oboe {number}"))
}

// One test: they would count each other's memory.
#[test]
fn memory_is_bounded_by_the_threads_and_the_parameters() {
    let settings = Settings::default()
        .with_threads(NonZeroUsize::new(THREADS).unwrap())
        .with_idle_memory_for(Duration::from_secs(1))
        // The other implementation takes its memory past the allocator.
        .with_implementation(Implementation::Argon2);
    let before = ALLOCATOR.allocated();
    let passwords = Argon2Passwords::start(settings, Arc::new(SystemRandomness)).unwrap();

    // Many hashes take no more than two.
    let secrets: Vec<Secret> = (0..12).map(secret).collect();
    let hashes = block_on(passwords.hash(&secrets, Strength::Own, &NoProgress)).unwrap();
    let most = ALLOCATOR.max_allocated() - before;
    assert!(most >= bytes(Parameters::OWN), "{most}: memory is not counted");
    assert!(most <= THREADS * bytes(Parameters::OWN) + REST, "{most}");

    // Nor do many sign-ins at once, with a hash that asks for terabytes among them.
    let hostile = PasswordHash::from_phc(
        "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$goR23XbxppuAp/HF+sfQcSx5sfLF51WP41m9saiuwRk"
            .to_owned(),
    );
    let sign_in = |number| verify(&passwords, number, hashes.get(number));
    block_on(zip(zip(sign_in(0), sign_in(1)), zip(sign_in(2), sign_in(3))));
    assert!(block_on(passwords.verify(&secret(0), Some(&hostile))).is_err());
    let most = ALLOCATOR.max_allocated() - before;
    assert!(most <= THREADS * bytes(Parameters::SHARED) + REST, "{most}");

    // With nothing to do, the memory is given back.
    let held = || ALLOCATOR.allocated() - before;
    for _ in 0..1_200 {
        if held() <= REST {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(held() <= REST, "{} is still held after a minute", held());

    // Memory that cannot be had is an error, and no more than that.
    ALLOCATOR.set_limit(ALLOCATOR.allocated() + REST).unwrap();
    let refused = block_on(passwords.hash(&secrets, Strength::Own, &NoProgress));
    ALLOCATOR.set_limit(usize::MAX).unwrap();
    let HashingError(fault) = refused.unwrap_err();
    let expected = HashingFault::OutOfMemory { memory_kib: Parameters::OWN.memory_kib() };
    assert_eq!(fault.downcast_ref(), Some(&expected));
    block_on(sign_in(0));
}

async fn verify(passwords: &Argon2Passwords, number: usize, hash: Option<&PasswordHash>) {
    assert_eq!(passwords.verify(&secret(number), hash).await.ok(), Some(Verified::Yes));
}
