//! A bulk create in one act over each store, by size; on PostgreSQL beside one SQL statement that does the same writes and
//! reports nothing. (The peer of SQLite, its shell, takes files of its own: `--bin sqlite_bulk`.)

#![allow(clippy::unwrap_used, reason = "a benchmark that goes wrong may stop")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};
use staffroom_benches::copies::{Kind, Original};
use staffroom_benches::network::{Candidates, GROUP, NETWORK, SCHOOL, fill};
use staffroom_benches::server::{copy, durable, migrated, store};
use staffroom_benches::sizes::sizes;
use staffroom_benches::statement;
use staffroom_core::store::Store;
use staffroom_core::{Actor, BatchId, BulkCreate, IdSource, Selection, Session, Staffroom};
use staffroom_system::{SystemClock, TimeOrderedIds};
use staffroom_testkit::postgres::{Database, Server};
use tokio::runtime::Runtime;

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut group = criterion.benchmark_group("bulk create");
    // Each takes a copy of the network, which is not timed: as few of them as there can be.
    group.sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(1));
    for size in sizes() {
        group.throughput(Throughput::Elements(size));
        for (kind, name) in [(Kind::Memory, "memory"), (Kind::Sqlite, "SQLite")] {
            // On a disk, as a service has it; `/tmp` may be in memory.
            let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
            embedded(&mut group, &runtime, (kind, name), size, folder.path());
        }
        postgres(&mut group, &runtime, size);
    }
    group.finish();
    criterion.final_summary();
}

fn embedded(
    group: &mut BenchmarkGroup<'_, WallTime>,
    runtime: &Runtime,
    (kind, name): (Kind, &str),
    size: u64,
    folder: &Path,
) {
    let original = runtime.block_on(Original::write(kind, size, folder)).unwrap();
    timed(group, runtime, name, size, async || {
        let copied = original.copy().await.unwrap();
        let run = bulk_create(copied.store()).await;
        copied.remove().await.unwrap();
        run
    });
}

fn postgres(group: &mut BenchmarkGroup<'_, WallTime>, runtime: &Runtime, size: u64) {
    let (server, original) = runtime.block_on(written(size));
    timed(group, runtime, "PostgreSQL", size, async || {
        let database = copy(&server, &original).await.unwrap();
        bulk_create(Arc::new(store(&database).await.unwrap())).await
    });
    timed(group, runtime, "one SQL statement", size, async || {
        let database = copy(&server, &original).await.unwrap();
        statement::bulk_create(&database).await.unwrap()
    });
    runtime.block_on(async {
        drop(original);
        drop(server);
    });
}

async fn written(size: u64) -> (Server, Database) {
    let server = durable().unwrap();
    let database = migrated(&server).await.unwrap();
    fill(&store(&database).await.unwrap(), size, Candidates::MostAreCandidates).await.unwrap();
    database.execute("VACUUM ANALYZE".to_owned()).await.unwrap();
    (server, database)
}

/// Times `run`, which answers what it took and how many users it created: eight staff members in ten, but for the ten who
/// are left over where `size` does not divide.
fn timed<F>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    runtime: &Runtime,
    name: &str,
    size: u64,
    run: impl Fn() -> F,
) where
    F: Future<Output = (Duration, u64)>,
{
    group.bench_function(BenchmarkId::new(name, size), |bencher| {
        bencher.iter_custom(|rounds| {
            let mut all = Duration::ZERO;
            for _ in 0..rounds {
                let (time, created) = runtime.block_on(run());
                assert!(created.abs_diff(size * 4 / 5) <= 10, "{created} of {size} were created");
                all += time;
            }
            all
        });
    });
}

async fn bulk_create(store: Arc<dyn Store>) -> (Duration, u64) {
    let ids = Arc::new(TimeOrderedIds::new());
    let staffroom = Staffroom::new(store, Arc::new(SystemClock), ids.clone());
    let session = Session::new(NETWORK, Actor::Operator, SCHOOL);
    let request = BulkCreate::of(Selection::AllCandidates).in_group(GROUP);
    let batch = BatchId::from_uuid(ids.next_id());
    let began = Instant::now();
    let committed = staffroom.bulk_create(&session, &request, batch).await.unwrap();
    (began.elapsed(), committed.report.counts().created as u64)
}
