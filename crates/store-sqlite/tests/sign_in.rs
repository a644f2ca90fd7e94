//! Signing in over several connections at once.

mod support;

use std::sync::Arc;

use staffroom_core::store::Store;
use support::{at_once, checker, fresh_store, run};

/// Over a file of its own, which is looked over afterwards.
fn over_a_file<F: Future<Output = ()>>(check: impl Fn(Arc<dyn Store>) -> F) {
    run(async {
        let (store, _folder) = fresh_store().await;
        check(store.clone()).await;
        checker::find_nothing(store.path()).await;
    });
}

#[test]
fn every_failure_is_counted() {
    over_a_file(at_once::every_failure_is_counted);
}

#[test]
fn one_takes_a_token() {
    over_a_file(at_once::one_takes_a_token);
}

#[test]
fn a_newer_token_voids_the_older() {
    over_a_file(at_once::a_newer_token_voids_the_older);
}

#[test]
fn one_claims_each_user() {
    over_a_file(at_once::one_claims_each_user);
}

#[test]
fn what_expired_is_forgotten_once() {
    over_a_file(at_once::what_expired_is_forgotten_once);
}

#[test]
fn nothing_is_left_of_a_removed_user() {
    over_a_file(at_once::nothing_is_left_of_a_removed_user);
}

#[test]
fn people_sign_in_several_times_at_once() {
    over_a_file(at_once::people_sign_in_several_times_at_once);
}
