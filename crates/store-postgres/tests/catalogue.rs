//! What the catalogue says of the schema: it can be spread over machines by network (L5), and row security guards all
//! of it (R18).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests fails like them"
)]

mod support;

use sqlx::postgres::PgPool;
use staffroom_testkit::postgres::Database;
use support::{SERVICE, fresh_database, pool, run};

/// Each is a question whose answer lists what must not be there.
const FORBIDDEN: [(&str, &str); 10] = [
    (
        "a key or an index that does not begin with network_id",
        "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
         WHERE c.relnamespace = 'staffroom'::regnamespace AND c.relname <> '_sqlx_migrations' \
         AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = i.indkey[0] \
                         AND a.attname = 'network_id')",
    ),
    (
        "a foreign key that does not begin with network_id on both sides",
        "SELECT k.conname::text FROM pg_constraint k WHERE k.connamespace = 'staffroom'::regnamespace AND k.contype = 'f' \
         AND NOT (EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1] \
                          AND a.attname = 'network_id') \
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.confrelid AND a.attnum = k.confkey[1] \
                          AND a.attname = 'network_id'))",
    ),
    (
        // The network is in every key; not every database that is spread by network carries its changes over.
        "a foreign key that changes rows when its key changes",
        "SELECT k.conname::text FROM pg_constraint k WHERE k.connamespace = 'staffroom'::regnamespace AND k.contype = 'f' \
         AND k.confupdtype <> 'a'",
    ),
    (
        "a table without a primary key",
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'staffroom'::regnamespace AND c.relkind IN ('r', 'p') \
         AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)",
    ),
    (
        "a sequence",
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'staffroom'::regnamespace AND c.relkind = 'S'",
    ),
    (
        "a trigger",
        "SELECT t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
         WHERE c.relnamespace = 'staffroom'::regnamespace AND NOT t.tgisinternal",
    ),
    (
        "a column of type citext, or one that numbers itself",
        "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         JOIN pg_type t ON t.oid = a.atttypid WHERE c.relnamespace = 'staffroom'::regnamespace AND c.relkind IN ('r', 'p') \
         AND a.attnum > 0 AND (t.typname = 'citext' OR a.attidentity <> '')",
    ),
    (
        "a deferrable key",
        "SELECT k.conname::text FROM pg_constraint k WHERE k.connamespace = 'staffroom'::regnamespace AND k.condeferrable",
    ),
    (
        "an index over text that is not compared as bytes",
        "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid, \
         unnest(i.indcollation) AS collation_of (id) \
         WHERE c.relnamespace = 'staffroom'::regnamespace AND collation_of.id NOT IN (0, '\"C\"'::regcollation)",
    ),
    (
        "a table that row security does not guard by network",
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'staffroom'::regnamespace AND c.relkind IN ('r', 'p') \
         AND c.relname <> '_sqlx_migrations' \
         AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' \
             AND pg_get_expr(p.polqual, p.polrelid) LIKE '(network_id = %current_setting(''staffroom.network_id''%'))",
    ),
];

/// What breaks each of them, in their order.
const BROKEN: [&str; 10] = [
    "CREATE INDEX broken ON staffroom.users (email_key, network_id)",
    "ALTER TABLE staffroom.user_schools ADD CONSTRAINT broken FOREIGN KEY (user_id, network_id) \
     REFERENCES staffroom.users (user_id, network_id)",
    "ALTER TABLE staffroom.user_schools ADD CONSTRAINT broken FOREIGN KEY (network_id, user_id) \
     REFERENCES staffroom.users ON UPDATE CASCADE",
    "CREATE TABLE staffroom.broken (network_id uuid NOT NULL)",
    "CREATE SEQUENCE staffroom.broken",
    "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
     CREATE TRIGGER broken BEFORE INSERT ON staffroom.users FOR EACH ROW EXECUTE FUNCTION broken()",
    "ALTER TABLE staffroom.users ADD COLUMN broken bigint GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE staffroom.schools ADD CONSTRAINT broken UNIQUE (network_id, name) DEFERRABLE",
    "CREATE INDEX broken ON staffroom.schools (network_id, name)",
    "ALTER TABLE staffroom.users DISABLE ROW LEVEL SECURITY",
];

async fn found(owner: &PgPool, question: &'static str) -> Vec<String> {
    sqlx::query_scalar(question).fetch_all(owner).await.unwrap()
}

#[test]
fn the_schema_can_be_spread_by_network() {
    run(async {
        let database = fresh_database().await;
        let owner = pool(database.options(), 1).await;
        for (what, question) in FORBIDDEN {
            assert_eq!(found(&owner, question).await, Vec::<String>::new(), "{what}");
        }
    });
}

#[test]
fn a_schema_that_cannot_be_spread_is_noticed() {
    run(async {
        for ((what, question), broken) in FORBIDDEN.into_iter().zip(BROKEN) {
            let database = fresh_database().await;
            let unique = "CREATE UNIQUE INDEX others ON staffroom.users (user_id, network_id)";
            database.execute(format!("{unique}; {broken}")).await.unwrap();
            let owner = pool(database.options(), 1).await;
            assert_ne!(found(&owner, question).await, Vec::<String>::new(), "{what}");
        }
    });
}

async fn service(database: &Database) -> PgPool {
    pool(database.options_as(SERVICE), 1).await
}

/// The second lock: a statement that forgot its network is shown nothing, and can write nothing.
#[test]
fn a_statement_that_forgot_its_network_sees_nothing() {
    run(async {
        let database = fresh_database().await;
        let network = "00000000-0000-0000-0000-0000000000aa";
        database
            .execute(format!("INSERT INTO staffroom.networks VALUES ('{network}', 'Lakeside')"))
            .await
            .unwrap();
        let service = service(&database).await;
        let mut connection = service.acquire().await.unwrap();
        let count = "SELECT count(*) FROM staffroom.networks";
        let without: i64 = sqlx::query_scalar(count).fetch_one(&mut *connection).await.unwrap();
        assert_eq!(without, 0);
        let insert = "INSERT INTO staffroom.networks VALUES (gen_random_uuid(), 'Another')";
        let refused = sqlx::query(insert).execute(&mut *connection).await.unwrap_err();
        assert!(refused.to_string().contains("row-level security"), "{refused}");
        sqlx::query("SELECT set_config('staffroom.network_id', $1, false)")
            .bind(network)
            .execute(&mut *connection)
            .await
            .unwrap();
        let within: i64 = sqlx::query_scalar(count).fetch_one(&mut *connection).await.unwrap();
        assert_eq!(within, 1);
    });
}

/// The copies that lists of candidates are ordered by are what the records say, whoever writes.
#[test]
fn copies_cannot_differ() {
    run(async {
        let database = fresh_database().await;
        let scene = "\
            INSERT INTO staffroom.networks VALUES ('00000000-0000-0000-0000-0000000000aa', 'Lakeside'); \
            INSERT INTO staffroom.staff_members (network_id, staff_id, sis_id, given_name, family_name, given_key, family_key, \
                active, school_ids) VALUES ('00000000-0000-0000-0000-0000000000aa', \
                '00000000-0000-0000-0000-000000000001', 'S-1', 'Ada', 'Berg', 'ada', 'berg', true, '{}'); \
            INSERT INTO staffroom.staff_links (network_id, staff_id, family_key, given_key, open) \
                VALUES ('00000000-0000-0000-0000-0000000000aa', '00000000-0000-0000-0000-000000000001', 'berg', 'ada', false)";
        database.execute(scene.to_owned()).await.unwrap();
        let owner = pool(database.options(), 1).await;
        for differing in [
            "UPDATE staffroom.staff_members SET family_key = 'dahl'",
            "UPDATE staffroom.staff_members SET email_key = 'ada@lakeside.example'",
            "UPDATE staffroom.staff_links SET given_key = 'eva'",
            "UPDATE staffroom.staff_links SET open = true",
            "DELETE FROM staffroom.staff_members",
        ] {
            let refused = sqlx::query(differing).execute(&owner).await.unwrap_err();
            let code = refused.as_database_error().and_then(|error| error.code().map(String::from));
            assert_eq!(code.as_deref(), Some("23503"), "{differing}: {refused}");
        }
    });
}

/// What happened cannot be rewritten, nor people deleted, by the role that serves hosts.
#[test]
fn a_service_cannot_rewrite_what_happened() {
    run(async {
        let database = fresh_database().await;
        let service = service(&database).await;
        for forbidden in [
            "UPDATE staffroom.audit_records SET at = now()",
            "DELETE FROM staffroom.audit_records",
            "UPDATE staffroom.batches SET created = 0",
            "DELETE FROM staffroom.batch_reports",
            "DELETE FROM staffroom.staff_members",
            "DELETE FROM staffroom.networks",
            "TRUNCATE staffroom.users",
            "ALTER TABLE staffroom.users DISABLE ROW LEVEL SECURITY",
            "DROP TABLE staffroom.users",
        ] {
            let refused = sqlx::query(forbidden).execute(&service).await.unwrap_err();
            let code = refused.as_database_error().and_then(|error| error.code().map(String::from));
            assert_eq!(code.as_deref(), Some("42501"), "{forbidden}: {refused}");
        }
    });
}
