//! Parsing emails into their canonical form, of which 2 % are not ASCII, beside normalising and lower-casing every one.

#![allow(clippy::unwrap_used, reason = "a benchmark that goes wrong may stop")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use staffroom_benches::network::roster;
use staffroom_core::{Email, RosterRecord, StaffEmail};
use unicode_normalization::UnicodeNormalization;

const ADDRESSES: u64 = 10_000;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let addresses = addresses();
    let not_ascii = addresses.iter().filter(|address| !address.is_ascii()).count();
    assert_eq!(not_ascii * 50, addresses.len(), "two in a hundred are not ASCII");
    for address in &addresses {
        assert_eq!(Email::parse(address).unwrap().canonical(), by_hand(address));
    }
    let mut group = criterion.benchmark_group("canonical email");
    group.throughput(Throughput::Elements(addresses.len() as u64));
    group.bench_function(BenchmarkId::new("library", ADDRESSES), |bencher| {
        bencher.iter(|| addresses.iter().for_each(|address| drop(black_box(Email::parse(address)))));
    });
    group.bench_function(BenchmarkId::new("NFKC for every one", ADDRESSES), |bencher| {
        bencher.iter(|| addresses.iter().for_each(|address| drop(black_box(by_hand(address)))));
    });
    group.finish();
    criterion.final_summary();
}

/// Those of a roster, with every fiftieth in another script.
fn addresses() -> Vec<String> {
    let everybody = roster(2 * ADDRESSES).unwrap();
    let given = everybody.staff().iter().map(RosterRecord::email).filter_map(StaffEmail::valid);
    let given = given.map(|email| email.as_given().to_owned()).take(usize::try_from(ADDRESSES).unwrap());
    let mixed = given.enumerate().map(|(place, text)| match place % 100 {
        0 => text.replacen('a', "\u{E4}", 1).replacen('@', "\u{F6}@", 1),
        50 => text.replacen('@', "\u{E9}@B\u{FC}cher.", 1),
        _ => text,
    });
    mixed.collect()
}

/// The canonical form without a shorter way for plain addresses, by the libraries that everybody uses.
fn by_hand(address: &str) -> String {
    let (local, domain) = address.trim().rsplit_once('@').unwrap();
    let local: String = local.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    format!("{local}@{}", idna::domain_to_ascii(domain).unwrap())
}
