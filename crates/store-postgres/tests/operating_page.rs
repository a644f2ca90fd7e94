//! `docs/operating-postgres.md` is true: it names the tables, indexes and foreign keys that are there and no others, and
//! its statements and commands do what it says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests fails like them"
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{AssertSqlSafe, Executor};
use staffroom_core::store::{Mode, RowLock, Store};
use staffroom_core::{
    Actor, BulkCreate, NetworkId, NetworkName, PersonName, Roster, RosterRecord, RosterSchool, SchoolName,
    Selection, Session, SisId, StaffEmail, StaffStatus, Staffroom,
};
use staffroom_store_postgres::{PostgresStore, Settings, migrations};
use staffroom_system::{SystemClock, TimeOrderedIds};
use staffroom_testkit::postgres::{Database, Server, Setup, installed};
use support::traces::leave_traces;
use support::{fresh_database, pool, run};

const PAGE: &str = include_str!("../../../docs/operating-postgres.md");

/// What the table that begins with `header` names.
fn named(header: &str) -> BTreeSet<String> {
    let mut lines = PAGE.lines().skip_while(|line| !line.starts_with(&format!("| {header} |")));
    assert!(lines.next().is_some(), "the page has no table of every {header}");
    let rows = lines.skip(1).map_while(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap().to_owned()).collect()
}

/// The blocks of code in one language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let parts = PAGE.split(fence.as_str()).skip(1);
    parts.map(|part| part.split("```").next().unwrap()).collect()
}

async fn there(owner: &PgPool, question: &'static str) -> BTreeSet<String> {
    sqlx::query_scalar::<_, String>(question).fetch_all(owner).await.unwrap().into_iter().collect()
}

#[test]
fn every_table_index_and_key_is_in_the_page_and_no_other() {
    run(async {
        let database = fresh_database().await;
        let owner = pool(database.options(), 1).await;
        for (header, question) in [
            (
                "table",
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'staffroom'::regnamespace AND relkind IN ('r', 'p')",
            ),
            (
                "index",
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'staffroom'::regnamespace \
                 AND relkind IN ('i', 'I') AND relname <> '_sqlx_migrations_pkey'",
            ),
            (
                "foreign key",
                "SELECT conname::text FROM pg_constraint WHERE connamespace = 'staffroom'::regnamespace AND contype = 'f'",
            ),
        ] {
            assert_eq!(named(header), there(&owner, question).await, "{header}");
        }
    });
}

/// A server on which the page was followed from the top.
struct Followed {
    server: Server,
    live: Database,
}

impl Followed {
    async fn from_the_top() -> Self {
        // Its roles would be in the way of others.
        let server = Server::start(&Setup::default()).unwrap();
        let live = server.create_database("").await.unwrap();
        live.execute(blocks("sql")[0].to_owned()).await.unwrap();
        let followed = Self { server, live };
        let owner = pool(followed.owner(&followed.live), 1).await;
        migrations::run(&owner, migrations::DEFAULT_SCHEMA).await.unwrap();
        owner.execute(AssertSqlSafe(blocks("sql")[1])).await.unwrap();
        followed
    }

    fn owner(&self, database: &Database) -> PgConnectOptions {
        self.over_tcp(database, "staffroom_owner", "change-me")
    }

    fn service(&self, database: &Database) -> PgConnectOptions {
        self.over_tcp(database, "staffroom_service", "change-me-too")
    }

    /// With a password, as from another machine.
    fn over_tcp(&self, database: &Database, role: &str, password: &str) -> PgConnectOptions {
        let options =
            PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(self.server.options().get_port());
        options.username(role).password(password).database(database.name())
    }

    fn url(&self, database: &Database, role: &str, password: &str) -> String {
        format!(
            "postgres://{role}:{password}@127.0.0.1:{}/{}",
            self.server.options().get_port(),
            database.name()
        )
    }

    /// Runs commands of the page in `folder`.
    fn shell(&self, folder: &Path, commands: &str, restored: &Database) {
        let programs = installed().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let done = Command::new("sh")
            .args(["-ec", commands])
            .current_dir(folder)
            .env("PATH", path)
            .env("OWNER_URL", self.url(&self.live, "staffroom_owner", "change-me"))
            .env("RESTORED_OWNER_URL", self.url(restored, "staffroom_owner", "change-me"))
            .env("RESTORED_SERVICE_URL", self.url(restored, "staffroom_service", "change-me-too"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{commands}\n{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Everything that a network has, table by table: how many rows, and a digest of them.
async fn picture(owner: &PgPool, network: &str) -> Vec<(String, i64, String)> {
    let mut picture = Vec::new();
    for table in named("table") {
        if table != "_sqlx_migrations" {
            let sql = format!(
                "SELECT count(*), coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM staffroom.{table} t \
                 WHERE network_id = '{network}'"
            );
            let (rows, digest) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(owner).await.unwrap();
            picture.push((table, rows, digest));
        }
    }
    picture
}

fn rows(picture: &[(String, i64, String)], table: &str) -> i64 {
    picture.iter().find(|(name, ..)| name == table).unwrap().1
}

/// A network with a batch, made by a service, and somebody who is signed in.
async fn open_network(store: &Arc<PostgresStore>, id: &str, staff: usize) {
    let network: NetworkId = id.parse().unwrap();
    let staffroom = Staffroom::new(store.clone(), Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()));
    staffroom.open_network(network, &NetworkName::parse("Lakeside").unwrap()).await.unwrap();
    let north = SisId::parse("north").unwrap();
    let records = (0..staff).map(|n| {
        RosterRecord::new(
            SisId::parse(&format!("T-{n}")).unwrap(),
            PersonName::parse(&format!("Given{n}"), "Müller").unwrap(),
            StaffStatus::Active,
            StaffEmail::read(&format!("t{n}@lakeside.example")),
            vec![north.clone()],
        )
    });
    let schools = vec![RosterSchool::new(north.clone(), SchoolName::parse("North").unwrap())];
    staffroom.import(network, &Roster::new(None, schools, records.collect()).unwrap()).await.unwrap();
    let mut uow = store.begin(network, Mode::Read).await.unwrap();
    let school = uow.schools().list().await.unwrap()[0].id();
    drop(uow);
    let session = Session::new(network, Actor::Operator, school);
    let plan = staffroom.preview(&session, &BulkCreate::of(Selection::AllCandidates)).await.unwrap();
    assert_eq!(staffroom.commit(&session, &plan).await.unwrap().report.counts().created, staff);
    let mut uow = store.begin(network, Mode::Read).await.unwrap();
    let user = uow.users().find_by_batch(plan.batch(), RowLock::None).await.unwrap()[0].id();
    drop(uow);
    leave_traces(&**store, network, user, school).await;
}

const ONE: &str = "01950000-0000-7000-8000-000000000001";
const OTHER: &str = "01950000-0000-7000-8000-000000000002";

#[test]
fn the_grants_are_those_that_the_library_gives() {
    const RIGHTS: &str = "\
        SELECT concat_ws(' ', relname, privilege_type) FROM pg_class, aclexplode(relacl) \
        WHERE relnamespace = 'staffroom'::regnamespace AND grantee = 'staffroom_service'::regrole \
        UNION ALL SELECT concat_ws(' ', nspname, privilege_type) FROM pg_namespace, aclexplode(nspacl) \
        WHERE nspname = 'staffroom' AND grantee = 'staffroom_service'::regrole";
    run(async {
        let followed = Followed::from_the_top().await;
        let other = followed.server.create_database("").await.unwrap();
        migrations::run(&pool(other.options(), 1).await, migrations::DEFAULT_SCHEMA).await.unwrap();
        let library = pool(other.options(), 1).await;
        migrations::grant(&library, migrations::DEFAULT_SCHEMA, "staffroom_service").await.unwrap();
        let page = pool(followed.live.options(), 1).await;
        assert_eq!(there(&page, RIGHTS).await, there(&library, RIGHTS).await);
    });
}

/// A backup is restored; one network is removed from the live database, and brought back from the backup.
#[test]
fn the_page_can_be_followed() {
    run(async {
        let followed = Followed::from_the_top().await;
        let url = followed.url(&followed.live, "staffroom_service", "change-me-too");
        let store = Arc::new(PostgresStore::connect(&url, Settings::default()).await.unwrap());
        open_network(&store, ONE, 30).await;
        open_network(&store, OTHER, 20).await;
        let owner = pool(followed.owner(&followed.live), 1).await;
        let (one, other) = (picture(&owner, ONE).await, picture(&owner, OTHER).await);
        assert_eq!((rows(&one, "users"), rows(&other, "users"), rows(&one, "batch_reports")), (30, 20, 1));

        let [backup, take_one] = blocks("sh").try_into().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let restored = followed.server.create_database("OWNER staffroom_owner").await.unwrap();
        followed.shell(folder.path(), backup, &restored);
        let restored_owner = pool(followed.owner(&restored), 1).await;
        assert_eq!(picture(&restored_owner, ONE).await, one);
        assert_eq!(picture(&restored_owner, OTHER).await, other);
        migrations::check(&pool(followed.service(&restored), 1).await, migrations::DEFAULT_SCHEMA)
            .await
            .unwrap();

        // What the live database has by now is not what the backup has.
        let spoil = format!("UPDATE staffroom.users SET enabled = false WHERE network_id = '{ONE}'");
        owner.execute(AssertSqlSafe(spoil)).await.unwrap();
        assert_ne!(picture(&owner, ONE).await, one);
        followed.shell(folder.path(), take_one, &restored);
        let remove = blocks("sql").into_iter().find(|block| block.contains("DELETE FROM networks")).unwrap();
        std::fs::write(folder.path().join("back.sql"), remove.replace("COMMIT;", "\\i network.sql\nCOMMIT;"))
            .unwrap();
        followed.shell(folder.path(), "psql -Xq -v ON_ERROR_STOP=1 -f back.sql \"$OWNER_URL\"", &restored);
        assert_eq!(picture(&owner, ONE).await, one);
        assert_eq!(picture(&owner, OTHER).await, other);

        owner.execute(AssertSqlSafe(remove)).await.unwrap();
        assert!(picture(&owner, ONE).await.iter().all(|(_, rows, _)| *rows == 0));
        assert_eq!(picture(&owner, OTHER).await, other);

        // What is left of the page's statements looks, or analyses.
        let rest: Vec<&str> = blocks("sql").into_iter().skip(2).filter(|block| *block != remove).collect();
        assert_eq!(rest.len(), 5);
        let (end, look): (Vec<&str>, Vec<&str>) =
            rest.into_iter().partition(|block| block.contains("DELETE FROM staffroom.sessions"));
        for block in look {
            owner.execute(AssertSqlSafe(block)).await.unwrap();
        }
        assert_eq!(picture(&owner, OTHER).await, other);

        // All that it ends are the sessions and the resets.
        owner.execute(AssertSqlSafe(end[0])).await.unwrap();
        let ended = picture(&owner, OTHER).await;
        let changed = other.iter().zip(&ended).filter(|(before, after)| before != after);
        assert_eq!(
            changed.map(|(_, after)| (after.0.as_str(), after.1)).collect::<Vec<_>>(),
            [("resets", 0), ("sessions", 0)]
        );
    });
}

#[test]
fn a_backup_as_the_service_is_refused() {
    run(async {
        let followed = Followed::from_the_top().await;
        let url = followed.url(&followed.live, "staffroom_service", "change-me-too");
        let dump = Command::new(installed().unwrap().join("pg_dump"))
            .args(["--schema=staffroom", &url])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&dump.stderr);
        assert!(!dump.status.success() && said.contains("row-level security"), "{said}");
    });
}
