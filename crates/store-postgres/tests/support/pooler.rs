//! `PgBouncer` in front of the server that tests share.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use staffroom_testkit::postgres::{Database, Server};

use super::SERVICE;

/// It ends when the test process does.
const WATCHDOG: &str =
    r#"trap '' INT TERM HUP; "$1" -q "$2/pooler.ini" & cat >/dev/null; kill $!; rm -rf "$2""#;
const PROGRAMS: [&str; 3] = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"];

pub(crate) struct Pooler {
    folder: PathBuf,
    port: u16,
    /// Its pipe keeps the pooler running.
    _watchdog: Child,
}

impl Pooler {
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Pooler> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Server::shared().unwrap_or_else(|error| panic!("{error}"))))
    }

    fn start(server: &Server) -> Self {
        let program =
            PROGRAMS.into_iter().find(|program| Path::new(program).is_file()).unwrap_or_else(|| {
                panic!(
                    "these tests need PgBouncer, and it was not found (on Debian: apt-get install pgbouncer)"
                )
            });
        let (place, server_port) = server.place().unwrap_or_else(|| {
            panic!("these tests need a throwaway server: unset STAFFROOM_TEST_DATABASE_URL for them")
        });
        let folder = tempfile::Builder::new().prefix("staffroom-pooler-").tempdir().unwrap().keep();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let configuration = format!(
            "[databases]\n* = host={} port={server_port}\n[pgbouncer]\npool_mode = transaction\nauth_type = trust\n\
             auth_file = {}/users\nunix_socket_dir = {}\nlisten_addr =\nlisten_port = {port}\nmax_client_conn = 400\n\
             default_pool_size = 8\nserver_idle_timeout = 1\nignore_startup_parameters = extra_float_digits\n\
             logfile = {}/log\n",
            place.display(),
            folder.display(),
            folder.display(),
            folder.display(),
        );
        fs::write(folder.join("pooler.ini"), configuration).unwrap();
        fs::write(folder.join("users"), format!("\"{SERVICE}\" \"{SERVICE}\"\n")).unwrap();
        let owner = fs::metadata(place.join("data")).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", WATCHDOG, "watchdog", program]).arg(&folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        if fs::metadata(&folder).unwrap().uid() == 0 {
            // As the server, it refuses root: it runs as whoever runs the server.
            chown(&folder, Some(owner.uid()), Some(owner.gid())).unwrap();
            command.uid(owner.uid()).gid(owner.gid());
        }
        let pooler = Self { _watchdog: command.spawn().unwrap(), folder, port };
        let socket = pooler.folder.join(format!(".s.PGSQL.{port}"));
        for _ in 0..500 {
            if socket.exists() {
                return pooler;
            }
            sleep(Duration::from_millis(20));
        }
        panic!(
            "PgBouncer did not start: {}",
            fs::read_to_string(pooler.folder.join("log")).unwrap_or_default()
        );
    }

    /// To `database`, as `role`, through the pooler.
    pub(crate) fn options(&self, database: &Database, role: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.folder)
            .port(self.port)
            .username(role)
            .database(database.name())
            .statement_cache_capacity(0)
    }
}
