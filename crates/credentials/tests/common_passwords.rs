//! The passwords that people use most, as `zxcvbn` lists them, are refused, once and over and over.

#![allow(clippy::print_stdout, reason = "a test says how many cases it saw")]

use staffroom_core::Secret;
use staffroom_credentials::Policy;

/// Those of `zxcvbn` 3.1 (MIT) that have eight characters or more: shorter ones are refused by every policy.
const COMMON: &str = include_str!("data/common.txt");

/// How many of `passwords` a policy refuses, and those that it does not.
fn refused(policy: Policy, passwords: impl Iterator<Item = String>) -> (usize, Vec<String>) {
    let will_do = |text: &String| policy.check(&Secret::new(text.clone()), &[]).is_ok();
    let (accepted, refused): (Vec<_>, Vec<_>) = passwords.partition(will_do);
    (refused.len(), accepted)
}

#[test]
fn common_passwords_are_refused_by_the_weakest_policy() {
    let (refused, accepted) =
        refused(Policy::new(Policy::FLOOR_CHARS).unwrap(), COMMON.lines().map(str::to_owned));
    println!("{refused} of {} common passwords are refused", COMMON.lines().count());
    assert_eq!((refused, accepted), (11_611, Vec::new()));
}

#[test]
fn common_passwords_made_long_are_refused() {
    // One in ten: each is estimated, which takes its time.
    let twice = COMMON.lines().step_by(10).map(|text| text.repeat(2));
    let (refused, accepted) = refused(Policy::default(), twice);
    println!("{refused} of 1162 common passwords, each written twice, are refused");
    assert_eq!((refused, accepted), (1_162, Vec::new()));
}
