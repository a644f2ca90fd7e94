//! A second server that follows a first one, and takes its place.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use sqlx::postgres::PgConnectOptions;
use staffroom_testkit::postgres::{Server, installed};

/// It ends when the test process does.
const WATCHDOG: &str = r#"trap '' INT TERM HUP; cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$2""#;

pub(crate) struct Standby {
    programs: PathBuf,
    folder: PathBuf,
    pub(crate) port: u16,
    owner: (u32, u32),
    watchdog: Child,
}

impl Standby {
    /// Copies the primary and follows it.
    pub(crate) fn of(primary: &Server) -> Self {
        let programs = installed().unwrap();
        let (place, primary_port) = primary.place().unwrap();
        let owner = std::fs::metadata(place.join("data")).unwrap();
        let owner = (owner.uid(), owner.gid());
        let folder = tempfile::Builder::new().prefix("staffroom-standby-").tempdir().unwrap().keep();
        if std::fs::metadata(&folder).unwrap().uid() != owner.0 {
            chown(&folder, Some(owner.0), Some(owner.1)).unwrap();
        }
        let mut watchdog = Command::new("sh");
        watchdog.args(["-c", WATCHDOG, "watchdog"]).arg(&programs).arg(&folder).process_group(0);
        watchdog.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let watchdog = as_owner(&mut watchdog, owner).spawn().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let standby = Self { programs, folder, port, owner, watchdog };
        let from =
            format!("host={} port={primary_port} user=postgres application_name=standby", place.display());
        let data = standby.folder.join("data").display().to_string();
        let how = ["-D", &data, "-d", &from, "-R", "-X", "stream", "-c", "fast", "--no-sync"];
        standby.program("pg_basebackup", &how);
        // The settings of the primary's command line, and whom it waits for, are not the copy's.
        let options = format!(
            "-p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_standby_names='' \
             -c max_connections=200",
            standby.folder.display()
        );
        let log = standby.folder.join("log").display().to_string();
        standby.program("pg_ctl", &["-D", &data, "-l", &log, "-o", &options, "-w", "start"]);
        standby
    }

    /// It becomes the primary, and takes writes.
    pub(crate) fn promote(&self) {
        let data = self.folder.join("data").display().to_string();
        self.program("pg_ctl", &["-D", &data, "-w", "promote"]);
    }

    /// As its superuser, to that database.
    pub(crate) fn options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.folder)
            .port(self.port)
            .username("postgres")
            .password("postgres")
            .database(database)
    }

    fn program(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        // Not `output`: the server that is started would keep the pipes open.
        let said = std::fs::File::create(self.folder.join("said")).unwrap();
        command.stdout(said.try_clone().unwrap()).stderr(said);
        let done = as_owner(&mut command, self.owner).status().unwrap();
        let said = std::fs::read_to_string(self.folder.join("said")).unwrap_or_default();
        assert!(done.success(), "`{program}` failed: {said}");
    }
}

fn as_owner(command: &mut Command, (user, group): (u32, u32)) -> &mut Command {
    command.uid(user).gid(group)
}

impl Drop for Standby {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        drop(self.watchdog.wait());
    }
}
