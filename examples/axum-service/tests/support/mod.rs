//! The service, started as a program, with a network in its database.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests fails like them"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};
use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    Clock, Email, Group, GroupId, GroupName, IdSource, NetworkId, NetworkName, Permission, PersonName,
    Roster, RosterRecord, RosterSchool, SchoolName, SisId, StaffEmail, StaffStatus, Staffroom, User, UserId,
};
use staffroom_store_postgres::{PostgresStore, migrations};
use staffroom_system::{SystemClock, TimeOrderedIds};
use staffroom_testkit::postgres::{Database, Server};

pub(crate) const GATEWAY_SECRET: &str = "the gateway and the service know this";
/// The role of the service. It owns nothing.
const ROLE: &str = "staffroom_example_service";

pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A running service. It is killed, and its database dropped, with this value.
pub(crate) struct Service {
    pub(crate) client: Client,
    /// The group of teachers, which the administrator may assign.
    pub(crate) group: String,
    /// A user who may nothing.
    pub(crate) teacher: String,
    network: NetworkId,
    administrator: UserId,
    school: String,
    url: String,
    process: Child,
    log: BufReader<ChildStderr>,
    database: Database,
    owner: PgPool,
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Service {
    pub(crate) async fn start() -> Self {
        let server = Server::shared().unwrap_or_else(|error| panic!("{error}"));
        let role = format!(
            "DO $$ BEGIN CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}' NOSUPERUSER NOBYPASSRLS; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        server.execute(role).await.unwrap();
        let database = server.create_database("").await.unwrap();
        let owner = PgPoolOptions::new().max_connections(2).connect_with(database.options()).await.unwrap();
        migrations::run(&owner, migrations::DEFAULT_SCHEMA).await.unwrap();
        migrations::grant(&owner, migrations::DEFAULT_SCHEMA, ROLE).await.unwrap();
        let Opened { network, school, group, administrator, teacher } = Opened::open(&owner).await;

        let mut process = Command::new(env!("CARGO_BIN_EXE_example-axum-service"))
            .env("LISTEN", "127.0.0.1:0")
            .env("DATABASE_URL", url_of(&database.options_as(ROLE), server))
            .env("GATEWAY_SECRET", GATEWAY_SECRET)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let line = until(&mut log, "listening on ");
        let url = line.split_once("listening on ").unwrap().1.trim().to_owned();
        let client = Client::new();
        Self {
            client,
            group: group.to_string(),
            teacher: teacher.to_string(),
            network,
            administrator,
            school,
            url,
            process,
            log,
            database,
            owner,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// As the gateway asks for the administrator, but with that secret.
    pub(crate) fn ask(&self, method: Method, path: &str, secret: &str) -> RequestBuilder {
        self.ask_for(&self.administrator.to_string(), method, path).bearer_auth(secret)
    }

    /// As the gateway asks for another user.
    pub(crate) fn ask_as(&self, user: &str, method: Method, path: &str) -> RequestBuilder {
        self.ask_for(user, method, path).bearer_auth(GATEWAY_SECRET)
    }

    fn ask_for(&self, user: &str, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, self.url(path)).header("x-user", user);
        request.header("x-network", self.network.to_string()).header("x-school", &self.school)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path, GATEWAY_SECRET).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.ask(Method::POST, path, GATEWAY_SECRET).json(body).send().await.unwrap()
    }

    /// A transaction of somebody else, which has the administrator's row.
    pub(crate) async fn hold_the_actor(&self) -> Transaction<'static, Postgres> {
        let mut transaction = self.owner.begin().await.unwrap();
        sqlx::query("SELECT FROM staffroom.users WHERE user_id = $1 FOR UPDATE")
            .bind(self.administrator.as_uuid())
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction
    }

    /// Returns when a statement of the service waits for a lock.
    pub(crate) async fn until_somebody_waits(&self) {
        let waiting = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock' \
                       AND datname = current_database())";
        while !sqlx::query_scalar::<_, bool>(waiting).bind(ROLE).fetch_one(&self.owner).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn tell_to_end(&self) {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    pub(crate) fn until_it_says(&mut self, what: &str) {
        until(&mut self.log, what);
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }

    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// Nobody can connect to the database any more.
    pub(crate) async fn take_the_database_away(&self) {
        let name = self.database.name();
        let server = Server::shared().unwrap_or_else(|error| panic!("{error}"));
        server.execute(format!("ALTER DATABASE {name} WITH CONNECTION LIMIT 0")).await.unwrap();
        let terminate = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}' AND datname = '{name}'"
        );
        server.execute(terminate).await.unwrap();
    }

    pub(crate) async fn give_the_database_back(&self) {
        let server = Server::shared().unwrap_or_else(|error| panic!("{error}"));
        server
            .execute(format!("ALTER DATABASE {} WITH CONNECTION LIMIT -1", self.database.name()))
            .await
            .unwrap();
    }
}

/// Reads the log up to the line with `what`, and answers with it.
fn until(log: &mut impl BufRead, what: &str) -> String {
    let mut read = String::new();
    loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it said `{what}`:\n{read}");
        if line.contains(what) {
            return line;
        }
        read.push_str(&line);
    }
}

fn url_of(options: &PgConnectOptions, server: &Server) -> String {
    // A throwaway server listens on the loopback address, too.
    let host = if server.is_throwaway() { "127.0.0.1" } else { options.get_host() };
    let database = options.get_database().unwrap_or_default();
    format!("postgres://{ROLE}:{ROLE}@{host}:{}/{database}", options.get_port())
}

/// What the host has before the service starts: a network, its roster, and two users.
struct Opened {
    network: NetworkId,
    school: String,
    group: GroupId,
    administrator: UserId,
    teacher: UserId,
}

impl Opened {
    async fn open(owner: &PgPool) -> Self {
        let store = Arc::new(PostgresStore::new(owner.clone()));
        let ids = TimeOrderedIds::new();
        let network = NetworkId::from_uuid(ids.next_id());
        let staffroom = Staffroom::new(store.clone(), Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()));
        staffroom.open_network(network, &NetworkName::parse("Lakeside").unwrap()).await.unwrap();
        staffroom.import(network, &roster()).await.unwrap();

        let mut uow = store.begin(network, Mode::Write).await.unwrap();
        let schools = uow.schools().list().await.unwrap();
        let school = schools.iter().find(|school| school.sis_id().as_str() == "north").unwrap().id();
        let group = |name: &str, permission: &Permission| {
            let id = GroupId::from_uuid(ids.next_id());
            Group::new(id, GroupName::parse(name).unwrap(), [permission.clone()].into_iter().collect())
        };
        let teachers = group("Teachers", &Permission::parse("lessons.plan").unwrap());
        let offices = group("Offices", &Permission::USERS_BULK_CREATE);
        for group in [&teachers, &offices] {
            uow.groups().insert(group).await.unwrap();
        }
        let user = |email: &str, groups: &[&Group]| {
            let id = UserId::from_uuid(ids.next_id());
            User::new(id, Email::parse(email).unwrap(), SystemClock.now())
                .entering([school].into_iter().collect())
                .in_groups(groups.iter().map(|group| group.id()).collect())
        };
        let administrator = user("office@lakeside.example", &[&offices, &teachers]);
        let teacher = user("teacher@lakeside.example", &[&teachers]);
        let made = uow.users().insert(&[administrator.clone(), teacher.clone()]).await.unwrap();
        assert_eq!(made.len(), 2);
        uow.commit().await.unwrap();
        Self {
            network,
            school: school.to_string(),
            group: teachers.id(),
            administrator: administrator.id(),
            teacher: teacher.id(),
        }
    }
}

/// Three candidates, one of whom works in another school, and somebody who has left.
fn roster() -> Roster {
    let school = |id: &str| RosterSchool::new(SisId::parse(id).unwrap(), SchoolName::parse(id).unwrap());
    let member = |id: &str, given: &str, family: &str, status, school: &str| {
        RosterRecord::new(
            SisId::parse(id).unwrap(),
            PersonName::parse(given, family).unwrap(),
            status,
            StaffEmail::read(&format!("{id}@lakeside.example")),
            vec![SisId::parse(school).unwrap()],
        )
    };
    let records = vec![
        member("T-1", "Anna", "Müller", StaffStatus::Active, "north"),
        member("T-2", "Ben", "Baker", StaffStatus::Active, "north"),
        member("T-3", "Åsa", "Lind", StaffStatus::Active, "south"),
        member("T-4", "Carl", "Adams", StaffStatus::Inactive, "north"),
    ];
    Roster::new(None, vec![school("north"), school("south")], records).unwrap()
}
