//! A report as JSON, beside the same document out of the plainest structures that have it.

#![allow(clippy::unwrap_used, reason = "a benchmark that goes wrong may stop")]

use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput};
use serde_json::Value;
use staffroom_benches::network::{Candidates, GROUP, NETWORK, SCHOOL, fill};
use staffroom_benches::sizes::sizes;
use staffroom_core::{Actor, BatchId, BulkCreate, IdSource, Report, Selection, Session, Staffroom};
use staffroom_store_memory::MemoryStore;
use staffroom_system::{SystemClock, TimeOrderedIds};

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut group = criterion.benchmark_group("report as JSON");
    for size in sizes() {
        let report = runtime.block_on(report(size));
        let bytes = serde_json::to_vec(&report).unwrap();
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        let rows = document.get("rows").and_then(Value::as_array).map(Vec::len);
        assert_eq!(rows, Some(report.counts().requested));
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_with_input(BenchmarkId::new("library", size), &report, |bencher, report| {
            bencher.iter(|| assert_eq!(serde_json::to_vec(report).unwrap().len(), bytes.len()));
        });
        group.bench_with_input(
            BenchmarkId::new("serde_json::Value", size),
            &document,
            |bencher, document| {
                bencher.iter(|| assert_eq!(serde_json::to_vec(document).unwrap().len(), bytes.len()));
            },
        );
    }
    group.finish();
    criterion.final_summary();
}

async fn report(size: u64) -> Report {
    let store = MemoryStore::new();
    fill(&store, size, Candidates::MostAreCandidates).await.unwrap();
    let ids = Arc::new(TimeOrderedIds::new());
    let staffroom = Staffroom::new(Arc::new(store), Arc::new(SystemClock), ids.clone());
    let session = Session::new(NETWORK, Actor::Operator, SCHOOL);
    let request = BulkCreate::of(Selection::AllCandidates).in_group(GROUP);
    let batch = BatchId::from_uuid(ids.next_id());
    staffroom.bulk_create(&session, &request, batch).await.unwrap().report
}
