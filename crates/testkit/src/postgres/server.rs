//! A server of PostgreSQL for one process.

use std::env;
use std::fs::{self, File};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

use super::{ServerError, TEST_DATABASE_URL, installed};

/// The owner of everything in a throwaway server.
const SUPERUSER: &str = "postgres";
/// How often, and how many times, a server that starts is asked whether it is there.
const PAUSE: Duration = Duration::from_millis(20);
const PATIENCE: usize = 1_500;

/// What the watchdog does: it waits until the process that started it is gone, and takes the server and its folder with
/// it. Whatever kills the tests, nothing of them stays.
const WATCHDOG: &str = r#"trap '' INT TERM HUP; cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$2""#;

/// How a throwaway server is to be set up.
#[derive(Debug, Clone)]
pub struct Setup {
    locale: String,
    settings: Vec<(String, String)>,
    data_in: Option<PathBuf>,
}

impl Default for Setup {
    /// Texts in UTF-8, ordered as bytes. Nothing is flushed to the disk: what a crash of the machine would lose does
    /// not matter here, and a crash of the server loses nothing.
    fn default() -> Self {
        let settings = [
            ("fsync", "off"),
            ("full_page_writes", "off"),
            ("max_connections", "200"),
            ("log_min_messages", "warning"),
            ("log_min_error_statement", "panic"),
        ];
        Self {
            locale: "C.UTF-8".to_owned(),
            settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            data_in: None,
        }
    }
}

impl Setup {
    /// With one more setting of `postgresql.conf`, or with another value of it.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With its files in `folder`, which its caller has made and clears away: a small file system, say.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.data_in = Some(folder.to_owned());
        self
    }
}

/// A server of PostgreSQL that tests may do anything to.
#[derive(Debug)]
pub struct Server {
    /// As its superuser, to the database it starts with.
    options: PgConnectOptions,
    throwaway: Option<Throwaway>,
}

#[derive(Debug)]
struct Throwaway {
    programs: PathBuf,
    folder: PathBuf,
    /// Whom it runs as, if not as ourselves.
    runs_as: Option<(u32, u32)>,
    port: u16,
    settings: Vec<(String, String)>,
    running: Mutex<Option<Child>>,
    /// Ends when we do: see [`WATCHDOG`].
    watchdog: Child,
}

impl Server {
    /// The server of this process: the one that `STAFFROOM_TEST_DATABASE_URL` names, or a throwaway one.
    ///
    /// # Errors
    /// [`ServerError`] says what is missing and how to get it.
    pub fn shared() -> Result<&'static Self, &'static ServerError> {
        static SHARED: OnceLock<Result<Server, ServerError>> = OnceLock::new();
        let server = SHARED.get_or_init(|| match env::var(TEST_DATABASE_URL) {
            Ok(url) => Ok(Self { options: PgConnectOptions::from_str(&url)?, throwaway: None }),
            Err(_) => Self::start(&Setup::default()),
        });
        server.as_ref()
    }

    /// A throwaway server of the caller's own, for what would disturb others: it may be killed.
    ///
    /// # Errors
    /// [`ServerError`] says what is missing and how to get it.
    pub fn start(setup: &Setup) -> Result<Self, ServerError> {
        let throwaway = Throwaway::make(setup)?;
        throwaway.run()?;
        Ok(Self { options: throwaway.options(), throwaway: Some(throwaway) })
    }

    /// As the superuser, to the database the server starts with.
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Whether it is ours, to stop, kill and look into.
    pub fn is_throwaway(&self) -> bool {
        self.throwaway.is_some()
    }

    /// The folder of the socket and of the data, and the port, of a throwaway server.
    pub fn place(&self) -> Option<(&Path, u16)> {
        self.throwaway.as_ref().map(|throwaway| (throwaway.folder.as_path(), throwaway.port))
    }

    /// Kills the server as a crash does (`SIGKILL`), and starts it again: it recovers from its log. Nothing if it is
    /// not ours.
    ///
    /// # Errors
    /// [`ServerError`] if it does not come back.
    pub fn crash_and_restart(&self) -> Result<(), ServerError> {
        self.kill()?;
        self.restart()
    }

    /// Kills the server as a crash does (`SIGKILL`). Nothing if it is not ours.
    ///
    /// # Errors
    /// [`ServerError::Io`].
    pub fn kill(&self) -> Result<(), ServerError> {
        let Some(throwaway) = &self.throwaway else {
            return Ok(());
        };
        let running = throwaway.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut child) = running {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Starts a server that was killed.
    ///
    /// # Errors
    /// [`ServerError`] if it does not come back.
    pub fn restart(&self) -> Result<(), ServerError> {
        self.throwaway.as_ref().map_or(Ok(()), Throwaway::run)
    }

    /// Stops the server and leaves it stopped, as an administrator would in a hurry. Nothing if it is not ours.
    ///
    /// # Errors
    /// [`ServerError::Program`] if it does not stop.
    pub fn stop(&self) -> Result<(), ServerError> {
        let Some(throwaway) = &self.throwaway else {
            return Ok(());
        };
        throwaway.program("pg_ctl", &["-D", &throwaway.data(), "-m", "fast", "-w", "stop"])?;
        let running = throwaway.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        running.map(|mut child| child.wait()).transpose()?;
        Ok(())
    }
}

impl Throwaway {
    fn make(setup: &Setup) -> Result<Self, ServerError> {
        let programs = installed().ok_or(ServerError::Missing)?;
        let made = tempfile::Builder::new().prefix("staffroom-pg-").tempdir()?;
        // Whose folder it is tells who we are.
        let owner = fs::metadata(made.path())?.uid();
        let runs_as = if owner == 0 { Some(somebody_unprivileged()?) } else { None };
        let folder = made.path().to_owned();
        for folder in setup.data_in.iter().chain([&folder]) {
            if let Some((user, group)) = runs_as {
                chown(folder, Some(user), Some(group))?;
            }
        }
        let watchdog = {
            let mut command = Command::new("sh");
            command.args(["-c", WATCHDOG, "watchdog"]).arg(&programs).arg(&folder);
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            as_whom(&mut command, runs_as).process_group(0).spawn()?
        };
        let throwaway = Self {
            programs,
            folder: made.keep(),
            runs_as,
            port: free_port()?,
            settings: setup.settings.clone(),
            running: Mutex::new(None),
            watchdog,
        };
        if let Some(elsewhere) = &setup.data_in {
            // `initdb` takes a folder that is there and empty; it does not make one behind a link.
            let data = elsewhere.join("data");
            fs::create_dir(&data)?;
            if let Some((user, group)) = runs_as {
                chown(&data, Some(user), Some(group))?;
            }
            std::os::unix::fs::symlink(data, throwaway.folder.join("data"))?;
        }
        let locale = format!("--locale={}", setup.locale);
        let data = throwaway.data();
        let arguments = [
            "-D",
            &data,
            "-U",
            SUPERUSER,
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "-E",
            "UTF8",
            &locale,
        ];
        let pwfile = throwaway.folder.join("pw");
        writeln!(File::create(&pwfile)?, "{SUPERUSER}")?;
        let pwfile = format!("--pwfile={}", pwfile.display());
        throwaway.program("initdb", &[&arguments[..], &[&pwfile, "--no-sync"]].concat())?;
        Ok(throwaway)
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.folder)
            .port(self.port)
            .username(SUPERUSER)
            .password(SUPERUSER)
            .database(SUPERUSER)
    }

    /// Runs a program of PostgreSQL to its end.
    fn program(&self, program: &str, arguments: &[&str]) -> Result<(), ServerError> {
        let mut command = Command::new(self.programs.join(program));
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        let done = as_whom(&mut command, self.runs_as).output()?;
        if done.status.success() {
            return Ok(());
        }
        let output = [done.stdout, done.stderr].concat();
        let output = String::from_utf8_lossy(&output).trim().to_owned();
        Err(ServerError::Program { program: program.to_owned(), output })
    }

    /// Starts the server and waits until it takes connections.
    fn run(&self) -> Result<(), ServerError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..PATIENCE {
            let alive = match running.as_mut() {
                Some(child) => child.try_wait()?.is_none(),
                None => false,
            };
            if !alive {
                // Just killed, its children may hold on to its memory for a moment: then it ends, and is tried again.
                *running = Some(self.spawn()?);
            }
            sleep(PAUSE);
            if self.is_ready(running.as_ref().map(Child::id)) {
                return Ok(());
            }
        }
        Err(ServerError::Silent { directory: self.folder.clone(), log: self.log() })
    }

    /// The server writes into its data folder that it takes connections, as `pg_ctl` reads it.
    fn is_ready(&self, process: Option<u32>) -> bool {
        let noted = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
        let mut lines = noted.lines().map(str::trim);
        lines.next().map(str::parse) == process.map(Ok) && lines.next_back() == Some("ready")
    }

    fn spawn(&self) -> Result<Child, ServerError> {
        let log = File::options().create(true).append(true).open(self.folder.join("log"))?;
        let mut command = Command::new(self.programs.join("postgres"));
        command.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        command.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        for (name, value) in &self.settings {
            command.args(["-c", &format!("{name}={value}")]);
        }
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(as_whom(&mut command, self.runs_as).process_group(0).spawn()?)
    }

    /// The end of the log.
    fn log(&self) -> String {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        let end = log.get(log.len().saturating_sub(2_000)..).unwrap_or_default();
        String::from_utf8_lossy(end).into_owned()
    }
}

impl Drop for Throwaway {
    /// The watchdog stops the server: its pipe is closed, and it is waited for.
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ended = self.watchdog.wait();
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(child) = running {
            let _ended = child.wait();
        }
    }
}

/// Lets `command` run as somebody else.
fn as_whom(command: &mut Command, whom: Option<(u32, u32)>) -> &mut Command {
    match whom {
        Some((user, group)) => command.uid(user).gid(group),
        None => command,
    }
}

/// A user and a group whom PostgreSQL does not refuse.
fn somebody_unprivileged() -> Result<(u32, u32), ServerError> {
    let accounts = fs::read_to_string("/etc/passwd")?;
    let ids_of = |name: &str| {
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            let found = fields.next()? == name;
            let user = fields.nth(1)?.parse().ok()?;
            let group = fields.next()?.parse().ok()?;
            found.then_some((user, group))
        })
    };
    ids_of("postgres").or_else(|| ids_of("nobody")).ok_or(ServerError::NobodyToRunIt)
}

/// A port nobody listens on.
fn free_port() -> Result<u16, ServerError> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
