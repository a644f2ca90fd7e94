//! Drawing up a plan from facts, beside what cannot be spared: sorting the names, and a set of the emails.

#![allow(clippy::unwrap_used, reason = "a benchmark that goes wrong may stop")]

use std::collections::HashSet;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use staffroom_benches::network::{Candidates, NETWORK, SCHOOL, fill};
use staffroom_benches::sizes::sizes;
use staffroom_core::store::{ListOrder, Mode, StaffFilter, Store};
use staffroom_core::{
    Actor, BulkCreate, Email, Facts, Plan, PlanBuilder, Selection, Session, StaffEmail, assess,
};
use staffroom_store_memory::MemoryStore;
use staffroom_system::TimeOrderedIds;
use staffroom_testkit::fixture;

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut group = criterion.benchmark_group("plan");
    for size in sizes() {
        let facts = runtime.block_on(candidates(size));
        let (planned, shared) = (plan(facts.clone()), by_hand(&facts));
        let counts = planned.counts();
        assert_eq!((counts.requested, counts.created + shared), (facts.len(), facts.len()));
        group.throughput(Throughput::Elements(facts.len() as u64));
        group.bench_with_input(BenchmarkId::new("library", size), &facts, |bencher, facts| {
            bencher.iter_batched(
                || facts.clone(),
                |facts| {
                    let plan = plan(facts);
                    assert_eq!(plan.counts(), counts);
                    plan
                },
                BatchSize::LargeInput,
            );
        });
        group.bench_with_input(BenchmarkId::new("sort and set by hand", size), &facts, |bencher, facts| {
            bencher.iter(|| assert_eq!(by_hand(facts), shared));
        });
    }
    group.finish();
    criterion.final_summary();
}

async fn candidates(size: u64) -> Vec<Facts> {
    let store = MemoryStore::new();
    fill(&store, size, Candidates::MostAreCandidates).await.unwrap();
    let filter = StaffFilter { order: ListOrder::Any, ..StaffFilter::candidates() };
    let mut all = Vec::new();
    let mut uow = store.begin(NETWORK, Mode::Read).await.unwrap();
    uow.staff()
        .visit(&filter, &mut |facts| {
            if assess(&facts, SCHOOL).is_eligible() {
                all.push(facts);
            }
        })
        .await
        .unwrap();
    all
}

fn plan(facts: Vec<Facts>) -> Plan {
    let session = Session::new(NETWORK, Actor::Operator, SCHOOL);
    let request = BulkCreate::of(Selection::AllCandidates);
    let mut builder = PlanBuilder::new(&session, &request, fixture::moment());
    for facts in facts {
        builder.add_candidate(facts);
    }
    builder.finish(&TimeOrderedIds::new())
}

/// How many share an email; in the order of the list.
fn by_hand(facts: &[Facts]) -> usize {
    let mut order: Vec<_> = facts.iter().map(|facts| (facts.staff_member.name().sort_key(), facts)).collect();
    order.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let emails = || order.iter().filter_map(|(_, facts)| facts.staff_member.email().valid());
    let mut seen: HashSet<&str> = HashSet::with_capacity(order.len());
    let twice: HashSet<&str> = emails().map(Email::canonical).filter(|email| !seen.insert(email)).collect();
    let is_shared = |email: &StaffEmail| email.valid().is_some_and(|email| twice.contains(email.canonical()));
    order.iter().filter(|(_, facts)| is_shared(facts.staff_member.email())).count()
}
