//! What the tests need besides a Rust toolchain.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{TaskError, run};

#[expect(unreachable_pub, reason = "it is public in the testkit")]
#[path = "../../testkit/src/postgres/installed.rs"]
mod installed;

/// The server and the pooler that the tests of the PostgreSQL store start.
const PACKAGES: [&str; 3] = ["postgresql", "pgbouncer", "locales"];
const POOLER: &str = "/usr/sbin/pgbouncer";
/// Databases are made with these, to see that they make no difference.
const LOCALES: [&str; 2] = ["en_US", "tr_TR"];

/// Finds PostgreSQL, `PgBouncer` and the locales, or installs them where we may: as root on Debian and its kin.
pub(crate) fn find_or_install() -> Result<(), TaskError> {
    let server = installed::installed().is_some() || env::var_os("STAFFROOM_TEST_DATABASE_URL").is_some();
    let missing: Vec<&str> = LOCALES.into_iter().filter(|locale| !has_locale(locale)).collect();
    if server && Path::new(POOLER).is_file() && missing.is_empty() {
        return Ok(());
    }
    if !may_install() {
        return if server { Ok(()) } else { Err(TaskError::NoServer) };
    }
    for arguments in [&["update", "-q"][..], &["install", "-y", "-q", "--no-install-recommends"]] {
        let packages = if arguments.len() > 2 { &PACKAGES[..] } else { &[] };
        let mut command = Command::new("apt-get");
        run(command.args(arguments).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    for locale in missing {
        run(Command::new("localedef").args(["-i", locale, "-f", "UTF-8", &format!("{locale}.UTF-8")]))?;
    }
    Ok(())
}

/// The folder with the programs of the PostgreSQL server.
pub(crate) fn server() -> Option<PathBuf> {
    installed::installed()
}

fn has_locale(name: &str) -> bool {
    let wanted = format!("{name}.utf8");
    let known = Command::new("locale").arg("-a").output().map(|known| known.stdout).unwrap_or_default();
    String::from_utf8_lossy(&known).lines().any(|known| known.eq_ignore_ascii_case(&wanted))
}

/// Whether we are root where `apt-get` is.
fn may_install() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    root && Path::new("/usr/bin/apt-get").is_file()
}
