//! The facts about everybody and the verdict on each, beside a hand-written hash join that only counts the candidates.

#![allow(clippy::unwrap_used, reason = "a benchmark that goes wrong may stop")]

use std::collections::{HashMap, HashSet};
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use staffroom_benches::network::{Candidates, NETWORK, SCHOOL, fill};
use staffroom_benches::sizes::sizes;
use staffroom_core::store::{ListOrder, Mode, StaffFilter, Store, UnitOfWork};
use staffroom_core::{StaffId, StaffMember, StaffStatus, User, UserId, assess};
use staffroom_store_memory::MemoryStore;
use tokio::runtime::{Builder, Runtime};

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let runtime = Builder::new_current_thread().build().unwrap();
    let mut group = criterion.benchmark_group("facts and verdicts");
    for size in sizes() {
        let store = MemoryStore::new();
        runtime.block_on(fill(&store, size, Candidates::MostAreCandidates)).unwrap();
        let mut uow = runtime.block_on(store.begin(NETWORK, Mode::Read)).unwrap();
        let (members, users) = runtime.block_on(everything(uow.as_mut()));
        let candidates = by_library(&runtime, uow.as_mut());
        assert_eq!(by_hand(&members, &users), candidates);
        assert!(candidates > size / 2, "{candidates} candidates of {size}");
        group.throughput(Throughput::Elements(size));
        group.bench_with_input(BenchmarkId::new("library", size), &size, |bencher, _| {
            bencher.iter(|| assert_eq!(by_library(&runtime, uow.as_mut()), candidates));
        });
        group.bench_with_input(BenchmarkId::new("hash join by hand", size), &size, |bencher, _| {
            bencher.iter(|| assert_eq!(by_hand(&members, &users), candidates));
        });
    }
    group.finish();
    criterion.final_summary();
}

/// How many are candidates, by the facts that the store in memory has and the verdicts on them.
fn by_library(runtime: &Runtime, uow: &mut dyn UnitOfWork) -> u64 {
    let everyone = StaffFilter { order: ListOrder::Any, ..StaffFilter::everyone() };
    let mut candidates = 0;
    runtime
        .block_on(uow.staff().visit(&everyone, &mut |facts| {
            candidates += u64::from(black_box(assess(&facts, SCHOOL)).is_eligible());
        }))
        .unwrap();
    candidates
}

/// What somebody would write who needs no reasons. It builds its tables, which the store has already.
fn by_hand(members: &[StaffMember], users: &[User]) -> u64 {
    let held: HashMap<&str, UserId> =
        users.iter().map(|user| (user.email().canonical(), user.id())).collect();
    let linked: HashSet<StaffId> = users.iter().filter_map(User::staff_member).collect();
    let mut sharers: HashMap<&str, Vec<StaffId>> = HashMap::new();
    for member in members {
        if let Some(email) = member.email().valid() {
            sharers.entry(email.canonical()).or_default().push(member.id());
        }
    }
    let is_candidate = |member: &&StaffMember| {
        let email = member.email().valid();
        black_box(email.and_then(|email| sharers.get(email.canonical())));
        member.status() == StaffStatus::Active
            && !linked.contains(&member.id())
            && email.is_some_and(|email| !held.contains_key(email.canonical()))
    };
    members.iter().filter(is_candidate).count() as u64
}

async fn everything(uow: &mut dyn UnitOfWork) -> (Vec<StaffMember>, Vec<User>) {
    let (mut members, mut users) = (Vec::new(), Vec::new());
    uow.staff().visit_records(&mut |member| members.push(member)).await.unwrap();
    uow.users().visit(&mut |user| users.push(user)).await.unwrap();
    (members, users)
}
