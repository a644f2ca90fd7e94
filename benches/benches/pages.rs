//! Pages of candidates, in memory and in a file of SQLite: the first, one half-way through, and a search by the start of an
//! email. (Over PostgreSQL, beside what is usually written: `--bin postgres_pages`.)

#![allow(clippy::unwrap_used, reason = "a benchmark that goes wrong may stop")]

use std::sync::Arc;

use criterion::{BenchmarkId, Criterion};
use staffroom_benches::copies::{Kind, Original};
use staffroom_benches::network::{NETWORK, SCHOOL};
use staffroom_benches::sizes::sizes;
use staffroom_core::store::Cursor;
use staffroom_core::{Actor, ListQuery, Search, Session, Staffroom};
use staffroom_system::{SystemClock, TimeOrderedIds};

/// People on a page.
const PAGE: usize = 50;

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let session = Session::new(NETWORK, Actor::Operator, SCHOOL);
    for (kind, name) in [(Kind::Memory, "memory"), (Kind::Sqlite, "SQLite")] {
        for size in sizes() {
            let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
            let copied = runtime
                .block_on(async { Original::write(kind, size, folder.path()).await?.copy().await })
                .unwrap();
            let staffroom =
                Staffroom::new(copied.store(), Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()));
            let middle = runtime.block_on(middle(&staffroom, &session));
            let found = ListQuery { search: Search::new("zoe.zhang"), ..ListQuery::default() };
            let everybody = ListQuery::default();
            let mut group = criterion.benchmark_group(format!("page of candidates, {name}"));
            for (what, query, after) in [
                ("first page", &everybody, None),
                ("half-way through", &everybody, Some(&middle)),
                ("start of an email", &found, None),
            ] {
                group.bench_function(BenchmarkId::new(what, size), |bencher| {
                    bencher.iter(|| {
                        let page = runtime.block_on(staffroom.list(&session, query, after, PAGE)).unwrap();
                        assert!(page.rows.len() == PAGE || query.search.is_some(), "{}", page.rows.len());
                        page
                    });
                });
            }
            group.finish();
            drop(staffroom);
            runtime.block_on(copied.remove()).unwrap();
        }
    }
    criterion.final_summary();
}

/// A place half-way through the list.
async fn middle(staffroom: &Staffroom, session: &Session) -> Cursor {
    let mut all = Vec::new();
    staffroom
        .list_all(session, &ListQuery::default(), &mut |assessed| all.push(assessed.facts.staff_member))
        .await
        .unwrap();
    let half = all.len() / 2;
    Cursor::at(&all.swap_remove(half))
}
