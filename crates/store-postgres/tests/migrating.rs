//! Making the schema, from several machines at once, and letting a role use it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: whatever goes wrong in the helpers fails the test that called them"
)]

mod support;

use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, PgPool};
use staffroom_store_postgres::migrations::{self, DEFAULT_SCHEMA, NEWEST, SchemaError};
use staffroom_testkit::postgres::Server;

use support::{empty_database, pool, run};

#[test]
fn of_many_who_migrate_at_once_one_does_and_the_others_find_it_done() {
    run(async {
        let database = empty_database(Server::shared().unwrap(), "").await.unwrap();
        let owner = pool(database.options(), 8).await;
        let made = join_all((0..8).map(|_| migrations::run(&owner, DEFAULT_SCHEMA))).await;
        let mut made: Vec<usize> = made.into_iter().map(|made| made.unwrap().len()).collect();
        made.sort_unstable();
        let all = usize::try_from(NEWEST).unwrap();
        assert_eq!(made, [0, 0, 0, 0, 0, 0, 0, all]);
        migrations::check(&owner, DEFAULT_SCHEMA).await.unwrap();
    });
}

#[test]
fn a_schema_is_brought_up_to_date_from_where_it_is() {
    run(async {
        let database = empty_database(Server::shared().unwrap(), "").await.unwrap();
        let owner = pool(database.options(), 2).await;
        migrations::run(&owner, DEFAULT_SCHEMA).await.unwrap();
        // Another schema, as a release left it that knew the first changes only.
        let older = [
            "CREATE SCHEMA older; SET search_path = older",
            include_str!("../migrations/0001_networks_schools_groups.sql"),
            include_str!("../migrations/0002_staff_members.sql"),
            "CREATE TABLE _sqlx_migrations (LIKE staffroom._sqlx_migrations INCLUDING ALL)",
            "INSERT INTO _sqlx_migrations SELECT * FROM staffroom._sqlx_migrations WHERE version <= 2",
        ];
        database.execute(older.join(";\n")).await.unwrap();
        let checked = migrations::check(&owner, "older").await;
        assert!(matches!(checked, Err(SchemaError::TooOld { found: 2, needed: NEWEST })), "{checked:?}");
        let made = migrations::run(&owner, "older").await.unwrap();
        assert_eq!(made, migrations::changes().skip(2).collect::<Vec<_>>());
        migrations::check(&owner, "older").await.unwrap();
    });
}

/// A network as the release before sessions left it: the schema `before`, with a row of everything.
const BEFORE_SESSIONS: [&str; 11] = [
    "CREATE SCHEMA before; SET search_path = before",
    include_str!("../migrations/0001_networks_schools_groups.sql"),
    include_str!("../migrations/0002_staff_members.sql"),
    include_str!("../migrations/0003_users.sql"),
    include_str!("../migrations/0004_staff_links.sql"),
    include_str!("../migrations/0005_batches.sql"),
    include_str!("../migrations/0006_audit_records.sql"),
    include_str!("../migrations/0007_row_security.sql"),
    include_str!("../migrations/0008_batches_by_time.sql"),
    "CREATE TABLE _sqlx_migrations (LIKE staffroom._sqlx_migrations INCLUDING ALL); \
     INSERT INTO _sqlx_migrations SELECT * FROM staffroom._sqlx_migrations WHERE version <= 8",
    "INSERT INTO networks SELECT n, 'Lakeside' FROM (SELECT gen_random_uuid() AS n) new; \
     INSERT INTO schools SELECT network_id, gen_random_uuid(), 'north', 'North' FROM networks; \
     INSERT INTO shared_passwords SELECT network_id, gen_random_uuid(), '$argon2id$', now() FROM networks; \
     INSERT INTO users SELECT network_id, gen_random_uuid(), 'Ada@a.example', 'ada@a.example', true, 1, now(), \
         shared_password_id, NULL, now(), NULL, 1 FROM shared_passwords; \
     INSERT INTO users SELECT network_id, gen_random_uuid(), 'eva@a.example', 'eva@a.example', true, 3, now(), \
         NULL, NULL, now(), now(), 2 FROM networks; \
     INSERT INTO user_passwords SELECT network_id, user_id, '$argon2id$' FROM users WHERE password_kind = 3; \
     INSERT INTO user_schools SELECT u.network_id, user_id, school_id FROM users u, schools; \
     INSERT INTO audit_records SELECT network_id, gen_random_uuid(), now(), NULL, school_id, NULL, NULL, \
         '{\"event\": \"group-added\"}' FROM schools, generate_series(1, 3)",
];

#[test]
fn what_the_release_before_sessions_left_is_kept() {
    const TABLES: [&str; 7] = [
        "networks",
        "schools",
        "shared_passwords",
        "users",
        "user_passwords",
        "user_schools",
        "audit_records",
    ];
    async fn rows(owner: &PgPool, table: &str) -> Vec<String> {
        let sql = format!("SELECT (to_jsonb(t) - 'revoked_at')::text FROM before.{table} t ORDER BY 1");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(owner).await.unwrap()
    }
    run(async {
        let database = empty_database(Server::shared().unwrap(), "").await.unwrap();
        let owner = pool(database.options(), 2).await;
        migrations::run(&owner, DEFAULT_SCHEMA).await.unwrap();
        database.execute(BEFORE_SESSIONS.join(";\n")).await.unwrap();
        let mut kept = Vec::new();
        for table in TABLES {
            kept.push(rows(&owner, table).await);
        }
        let made = migrations::run(&owner, "before").await.unwrap();
        assert_eq!(made, migrations::changes().skip(8).collect::<Vec<_>>());
        for (table, kept) in TABLES.into_iter().zip(kept) {
            assert_eq!(rows(&owner, table).await, kept, "{table}");
        }
        let revoked = "SELECT count(*) FROM before.shared_passwords WHERE revoked_at IS NOT NULL";
        assert_eq!(sqlx::query_scalar::<_, i64>(revoked).fetch_one(&owner).await.unwrap(), 0);
        let without_school = "INSERT INTO before.audit_records SELECT network_id, gen_random_uuid(), now(), user_id, \
                              NULL, NULL, NULL, '{}' FROM before.users";
        database.execute(without_school.to_owned()).await.unwrap();
    });
}

#[test]
fn a_role_is_granted_by_its_name_letter_for_letter() {
    run(async {
        let server = Server::shared().unwrap();
        let database = empty_database(server, "").await.unwrap();
        let owner = pool(database.options(), 2).await;
        migrations::run(&owner, DEFAULT_SCHEMA).await.unwrap();
        let role = format!("Staff-room \"{}\"; x", std::process::id());
        let quoted = role.replace('"', "\"\"");
        let made = server.execute(format!("CREATE ROLE \"{quoted}\" NOLOGIN")).await;
        made.unwrap();
        migrations::grant(&owner, DEFAULT_SCHEMA, &role).await.unwrap();
        let may: bool = sqlx::query_scalar("SELECT has_table_privilege($1, 'staffroom.users', 'INSERT')")
            .bind(&role)
            .fetch_one(&owner)
            .await
            .unwrap();
        // Nothing that was granted keeps the role from being dropped.
        database.execute(format!("DROP OWNED BY \"{quoted}\"; DROP ROLE \"{quoted}\"")).await.unwrap();
        assert!(may);
        for nobody in [role.as_str(), &role.to_lowercase(), "public", "", "a\0b"] {
            let granted = migrations::grant(&owner, DEFAULT_SCHEMA, nobody).await;
            assert!(matches!(&granted, Err(SchemaError::NoRole(name)) if name == nobody), "{granted:?}");
        }
    });
}
