//! The machine that figures were taken on.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use crate::needs;
use crate::run::root;

/// In one sentence: processor, memory, kernel, programs, day, commit, and how busy it was. What is not to be had is left out.
pub(crate) fn describe() -> String {
    let cores = available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok())
        .map(|kib| format!("{} GiB of memory", kib.div_ceil(1 << 20)));
    let postgres =
        needs::server().and_then(|folder| said(Command::new(folder.join("postgres")).arg("--version")));
    let parts = [
        field("/proc/cpuinfo", "model name").map(|name| format!("{name}, {cores} cores")),
        memory,
        line("/proc/sys/kernel/osrelease").map(|release| format!("Linux {release}")),
        postgres.map(|version| version.replace("postgres (PostgreSQL)", "PostgreSQL")),
        said(Command::new("rustc").arg("--version")),
        said(Command::new("date").args(["-u", "+%F"])),
        said(Command::new("git").args(["rev-parse", "--short", "HEAD"]).current_dir(root()))
            .map(|commit| format!("commit {commit}")),
        line("/proc/loadavg")
            .and_then(|text| text.split_whitespace().next().map(|load| format!("load {load} at the start"))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// What stands behind a name and a colon.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start().trim_start_matches(':').trim().to_owned())
}

fn line(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
