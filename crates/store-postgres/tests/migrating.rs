//! Making the schema, from several machines at once, and letting a role use it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: whatever goes wrong in the helpers fails the test that called them"
)]

mod support;

use futures_util::future::join_all;
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
