//! What the tests need besides a Rust toolchain.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::run::{TaskError, run};

#[expect(unreachable_pub, reason = "it is public in the testkit")]
#[path = "../../testkit/src/postgres/installed.rs"]
mod installed;

/// The server and the pooler that the tests of the PostgreSQL store start.
const PACKAGES: [&str; 2] = ["postgresql", "pgbouncer"];
const POOLER: &str = "/usr/sbin/pgbouncer";

/// Finds PostgreSQL and `PgBouncer`, or installs them where we may: as root on Debian and its kin.
pub(crate) fn find_or_install() -> Result<(), TaskError> {
    let server = installed::installed().is_some() || env::var_os("STAFFROOM_TEST_DATABASE_URL").is_some();
    if server && Path::new(POOLER).is_file() {
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
    Ok(())
}

/// Whether we are root where `apt-get` is.
fn may_install() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    root && Path::new("/usr/bin/apt-get").is_file()
}
