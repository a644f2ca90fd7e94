//! Every check of the conformance suite, over a copy of the schema that is hash-partitioned by network (L5).

mod support;

use std::sync::Arc;

use staffroom_store_postgres::PostgresStore;
use support::{Layout, Reused, pool, run};

staffroom_testkit::conformance_tests! {
    run_with = run;
    async fn fresh_store() -> (Arc<PostgresStore>, Reused) {
        support::emptied_store(Layout::Partitioned).await
    }
}

/// The copy is what it says: each table is spread over four partitions, with as many keys as the original.
#[test]
fn the_copy_is_partitioned_and_whole() {
    const COUNTS: &str = "\
        SELECT count(*) FILTER (WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition), \
               count(*) FILTER (WHERE c.relkind IN ('i', 'I') AND NOT c.relispartition), \
               (SELECT count(*) FROM pg_constraint k WHERE k.connamespace = 'staffroom'::regnamespace \
                AND k.contype IN ('f', 'c') AND k.conparentid = 0 AND NOT EXISTS \
                    (SELECT FROM pg_class p WHERE p.oid = k.conrelid AND p.relispartition)), \
               count(*) FILTER (WHERE c.relispartition AND c.relkind = 'r') \
        FROM pg_class c WHERE c.relnamespace = 'staffroom'::regnamespace AND c.relname NOT LIKE '\\_sqlx%'";
    run(async {
        let mut found = Vec::new();
        for layout in [Layout::Whole, Layout::Partitioned] {
            let database = support::copy_of(layout).await;
            let owner = pool(database.options(), 1).await;
            let counts: (i64, i64, i64, i64) = sqlx::query_as(COUNTS).fetch_one(&owner).await.unwrap();
            found.push(counts);
        }
        let (whole, partitioned) = (found[0], found[1]);
        assert_eq!((whole.0, whole.1, whole.2), (partitioned.0, partitioned.1, partitioned.2));
        assert_eq!((whole.3, partitioned.3), (0, 4 * whole.0));
    });
}
