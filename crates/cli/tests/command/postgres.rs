//! Databases for the command: on the server that tests share, made ready by the command itself, and used as a role that
//! owns nothing.

use std::sync::OnceLock;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use staffroom_testkit::postgres::{Database, Server};

use crate::support::{Ran, command};

/// The role that the command is: row security binds it. Its password is its name.
pub(crate) const SERVICE: &str = "staffroom_command_service";

/// A role that may sign in, and nothing else.
pub(crate) const STRANGER: &str = "staffroom_command_stranger";

pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

pub(crate) fn shared() -> &'static Server {
    Server::shared().unwrap_or_else(|error| panic!("{error}"))
}

/// A role whose password is its name. The tests of other processes may make it at the same moment.
pub(crate) fn make_role(server: &Server, role: &str) {
    let sql = format!(
        "DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD '{role}' NOSUPERUSER NOBYPASSRLS; \
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    );
    wait(server.execute(sql)).unwrap();
}

/// A database of one test.
pub(crate) struct Place {
    pub(crate) database: Database,
    /// Where the server listens.
    address: String,
}

impl Place {
    /// With nothing in it.
    pub(crate) fn empty(server: &Server) -> Self {
        for role in [SERVICE, STRANGER] {
            make_role(server, role);
        }
        Self::made(server, "")
    }

    /// With the tables, which the service may use.
    pub(crate) fn migrated() -> Self {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let place = Self::empty(shared());
            place.migrate();
            let name = place.database.name().to_owned();
            // It is there as long as the server is, or until the next process with our id.
            std::mem::forget(place);
            name
        });
        Self::made(shared(), &format!("TEMPLATE {template}"))
    }

    fn made(server: &Server, how: &str) -> Self {
        let address = match server.place() {
            // A throwaway server asks for passwords there, and not on its socket.
            Some((_, port)) => format!("127.0.0.1:{port}"),
            None => format!("{}:{}", server.options().get_host(), server.options().get_port()),
        };
        Self { database: wait(server.create_database(how)).unwrap(), address }
    }

    /// Makes the tables, and lets the service use them.
    pub(crate) fn migrate(&self) {
        self.run_as_owner(&["migrate", "--grant", SERVICE]).ending(0);
    }

    /// To the database, as `role`.
    pub(crate) fn url(&self, role: &str, password: &str) -> String {
        format!("postgres://{role}:{password}@{}/{}", self.address, self.database.name())
    }

    /// As the command shows it.
    pub(crate) fn address_of_database(&self) -> String {
        format!("postgres://{}/{}", self.address, self.database.name())
    }

    /// To a database of another name on the same server.
    pub(crate) fn url_of_another(&self, name: &str) -> String {
        format!("postgres://{SERVICE}:{SERVICE}@{}/{name}", self.address)
    }

    /// To the database, as the superuser.
    pub(crate) fn owner_url(&self) -> String {
        if self.address.starts_with("127.0.0.1:") && shared().is_throwaway() {
            // Its name is its password.
            return self.url("postgres", "postgres");
        }
        self.database.options().to_url_lossy().to_string()
    }

    /// Calls the command as the role that owns nothing.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        run_over(&self.url(SERVICE, SERVICE), args)
    }

    pub(crate) fn run_as_owner(&self, args: &[&str]) -> Ran {
        run_over(&self.owner_url(), args)
    }

    pub(crate) fn execute(&self, sql: &str) {
        wait(self.database.execute(sql.to_owned())).unwrap();
    }

    /// The one number that `sql` answers with, asked by the superuser.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        wait(number(&self.database.options(), sql))
    }

    /// How many rows all tables have together, but for the list of changes.
    pub(crate) fn rows(&self) -> i64 {
        let tables = [
            "networks",
            "schools",
            "groups",
            "staff_members",
            "staff_schools",
            "shared_passwords",
            "users",
            "user_schools",
            "user_groups",
            "user_passwords",
            "staff_links",
            "batches",
            "batch_reports",
            "audit_records",
        ];
        let counts = tables.map(|table| format!("(SELECT count(*) FROM staffroom.{table})"));
        self.number(&format!("SELECT {}", counts.join(" + ")))
    }
}

/// Calls the command over the database at `url`.
pub(crate) fn run_over(url: &str, args: &[&str]) -> Ran {
    command(args).env("STAFFROOM_DATABASE", url).output().unwrap().into()
}

pub(crate) async fn number(options: &PgConnectOptions, sql: &str) -> i64 {
    let mut connection = options.connect().await.unwrap();
    let number = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    number
}
