//! The bound of `memory.rs` for the implementation that takes its memory past the allocator: here the operating system counts.

#![cfg(all(feature = "simd", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use std::num::NonZeroUsize;
use std::sync::Arc;

use futures_lite::future::{block_on, zip};
use staffroom_core::{NoProgress, Passwords, Secret, Strength};
use staffroom_credentials::{Argon2Passwords, Parameters, Settings};
use staffroom_system::SystemRandomness;

const THREADS: u32 = 2;

/// What everything else may take, the edges of large pages included.
const REST_KIB: u32 = 16 * 1024;

/// The most memory that this process ever had, in KiB.
fn most_kib() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

// One test: it counts the memory of the whole process.
#[test]
fn memory_is_bounded_by_the_threads_and_the_parameters() {
    let threads = NonZeroUsize::new(THREADS as usize).unwrap();
    let settings = Settings::default().with_threads(threads);
    let passwords = Argon2Passwords::start(settings, Arc::new(SystemRandomness)).unwrap();
    let secrets: Vec<Secret> =
        (0..12).map(|number| Secret::new(format!("meadow lantern oboe {number}"))).collect();
    let before = most_kib();
    let (own, shared) = (Parameters::OWN.memory_kib(), Parameters::SHARED.memory_kib());

    block_on(passwords.hash(&secrets, Strength::Own, &NoProgress)).unwrap();
    let most = most_kib() - before;
    assert!(most >= own, "{most}: memory is not counted");
    assert!(most <= THREADS * own + REST_KIB, "{most}");

    let sign_in = || passwords.verify(&secrets[0], None);
    let answers = block_on(zip(zip(sign_in(), sign_in()), zip(sign_in(), sign_in())));
    assert!(answers.0.0.is_ok());
    let most = most_kib() - before;
    assert!(most <= THREADS * shared + REST_KIB, "{most}");
}
