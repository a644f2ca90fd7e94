//! A network in one file beside the `sqlite3` shell, in one run: the library imports a roster, creates users for all
//! candidates, and undoes that; the shell writes the very same rows, in one transaction each, into tables of the same
//! schema with the same settings, and decides and reports nothing.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use staffroom_benches::Failure;
use staffroom_benches::network::{NETWORK, roster};
use staffroom_benches::sheet::Times;
use staffroom_benches::{figures, memory};
use staffroom_core::store::{Mode, Store};
use staffroom_core::{Actor, BulkCreate, Group, GroupId, NetworkName, School, Selection, Session, Staffroom};
use staffroom_store_sqlite::{Settings, SqliteStore};
use staffroom_system::{SystemClock, TimeOrderedIds};

/// Compare an import, a bulk create and its undo in one file with the `sqlite3` shell.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many staff members the roster has; four in five are candidates.
    #[arg(long, default_value_t = 200_000)]
    staff: u64,
    /// How many times each contestant runs.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Where the files are; a folder that is on a disk.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Runs the library once over this file, and prints the microseconds of its steps, and its memory. (The benchmark
    /// starts itself so, that its memory is nobody else's.)
    #[arg(long, hide = true)]
    contestant: Option<PathBuf>,
    /// The contestant copies its file here after every step.
    #[arg(long, hide = true)]
    keep: Option<PathBuf>,
}

/// The steps, in their order.
const STEPS: [&str; 3] = ["import", "bulk create", "undo"];

/// How the shell opens its file: as the store does.
const SETTINGS: &str = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; \
                        PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;\n";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    if let Some(path) = &arguments.contestant {
        return contest(path, arguments.staff, arguments.keep.as_deref()).await;
    }
    let folder = tempfile::tempdir_in(&arguments.folder)?;
    println!("writing down what the shell is to write ...");
    let scripts = scripts(folder.path(), arguments.staff)?;
    let mut shell: [Times; 3] = Default::default();
    let mut library: [Times; 3] = Default::default();
    let (mut shells, mut libraries, mut previews) = (Times::default(), Times::default(), Times::default());
    let mut memory = 0;
    for round in 1..=arguments.rounds {
        let path = folder.path().join("shell.db");
        prepare(&path).await?;
        let by_shell = scripts.iter().map(|script| by_hand(&path, script)).collect::<Result<Vec<_>, _>>()?;
        remove(&path)?;
        let path = folder.path().join("library.db");
        let run = in_a_process(&path, arguments.staff, None)?;
        remove(&path)?;
        let by_library = run.steps;
        previews.add(run.preview);
        memory = memory.max(run.memory_kb);
        for (times, time) in shell.iter_mut().zip(&by_shell).chain(library.iter_mut().zip(&by_library)) {
            times.add(*time);
        }
        shells.add(by_shell.iter().sum());
        libraries.add(by_library.iter().sum());
        println!("round {round}: {} created; shell {by_shell:.2?}, library {by_library:.2?}", run.created);
    }
    println!("\n{:<14} {:>10} {:>10} {:>8}", "median", "shell", "library", "ratio");
    for ((step, shell), library) in STEPS.iter().zip(&shell).zip(&library) {
        print_row(step, shell, library);
        figures::note(
            &format!("{step} in one file, {} staff", arguments.staff),
            library,
            "sqlite3 shell",
            shell,
            None,
        )?;
    }
    print_row("all three", &shells, &libraries);
    println!("\nof the bulk create, the preview: {:.2?}", previews.median());
    println!("largest memory of the library's process: {} MB", memory / 1024);
    Ok(())
}

fn print_row(what: &str, shell: &Times, library: &Times) {
    let (one, other) = (shell.median(), library.median());
    println!("{what:<14} {one:>10.2?} {other:>10.2?} {:>8.2}", library.ratio(shell));
}

/// A file with the schema, made by the store.
async fn prepare(path: &Path) -> Result<(), Failure> {
    staffroom_store_sqlite::migrations::run(path).await?;
    Ok(())
}

fn remove(path: &Path) -> Result<(), Failure> {
    for suffix in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{suffix}", path.display()));
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Feeds a script to the shell; the time from its start to its end, with the file closed.
fn by_hand(path: &Path, script: &Path) -> Result<Duration, Failure> {
    let began = Instant::now();
    let output = Command::new("sqlite3").arg("-bail").arg(path).stdin(File::open(script)?).output()?;
    let time = began.elapsed();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(time)
}

/// What the shell is to do at each step: the rows that the library wrote, read from its file with the shell itself.
fn scripts(folder: &Path, staff: u64) -> Result<Vec<PathBuf>, Failure> {
    let (path, kept) = (folder.join("model.db"), folder.join("kept"));
    in_a_process(&path, staff, Some(&kept))?;
    remove(&path)?;
    let at = |step: usize| folder.join(format!("kept.{step}"));
    let mut scripts = Vec::new();
    for (step, inserted) in [
        (0, &["networks", "schools", "groups", "staff_members", "staff_links", "staff_schools"][..]),
        (1, &["batches", "batch_reports", "audit_records", "users", "user_schools", "user_groups"]),
        (2, &[]),
    ] {
        let mut script = format!("{SETTINGS}BEGIN IMMEDIATE;\n");
        for table in inserted {
            inserts(&at(step), table, &columns(&at(step), table)?, &mut script)?;
        }
        if step == 1 {
            // One statement for each link, as there is one for each row that is inserted.
            let link = "SELECT 'UPDATE staff_links SET user_id = ' || quote(user_id) || ' WHERE network_id = ' \
                        || quote(network_id) || ' AND staff_id = ' || quote(staff_id) || ';' \
                        FROM staff_links WHERE user_id IS NOT NULL";
            script.push_str(&ask(&at(step), &[link])?);
        }
        if step == 2 {
            script.push_str(
                "UPDATE staff_links SET user_id = NULL WHERE user_id IS NOT NULL;\nDELETE FROM users;\n",
            );
        }
        script.push_str("COMMIT;\n");
        let written = folder.join(format!("{step}.sql"));
        fs::write(&written, script)?;
        scripts.push(written);
    }
    for step in 0..STEPS.len() {
        remove(&at(step))?;
    }
    Ok(scripts)
}

/// The columns of a table that are written to.
fn columns(path: &Path, table: &str) -> Result<String, Failure> {
    let columns = format!("SELECT group_concat(name) FROM pragma_table_info('{table}')");
    Ok(ask(path, &[&columns])?.trim().to_owned())
}

/// Several hundred rows in a statement: the shell is faster so.
fn inserts(path: &Path, table: &str, columns: &str, script: &mut String) -> Result<(), Failure> {
    let rows = ask(path, &[&format!(".mode insert {table}"), &format!("SELECT {columns} FROM {table}")])?;
    let mut rows = rows.lines().map(|line| {
        let row = line.split_once(" VALUES(").and_then(|(_, row)| row.strip_suffix(");"));
        row.ok_or("a row is in two lines")
    });
    while let Some(first) = rows.next() {
        write!(script, "INSERT INTO {table} ({columns}) VALUES ({})", first?)?;
        for row in rows.by_ref().take(499) {
            write!(script, ",({})", row?)?;
        }
        script.push_str(";\n");
    }
    Ok(())
}

/// What the shell answers.
fn ask(path: &Path, commands: &[&str]) -> Result<String, Failure> {
    let output = Command::new("sqlite3").arg("-bail").arg(path).args(commands).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// What a run of the library in a process of its own said.
struct Run {
    steps: [Duration; 3],
    preview: Duration,
    created: u64,
    memory_kb: u64,
}

fn in_a_process(path: &Path, staff: u64, keep: Option<&Path>) -> Result<Run, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--staff", &staff.to_string(), "--contestant"]).arg(path);
    if let Some(keep) = keep {
        command.arg("--keep").arg(keep);
    }
    let output = command.stderr(Stdio::piped()).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let said = String::from_utf8(output.stdout)?;
    let numbers = said.split_whitespace().map(str::parse::<u64>).collect::<Result<Vec<_>, _>>()?;
    let [steps @ .., created, memory_kb] = numbers.as_slice() else {
        return Err("a number is missing".into());
    };
    let [import, preview, commit, undo] = steps else {
        return Err("a step is missing".into());
    };
    let [import, preview, commit, undo] =
        [import, preview, commit, undo].map(|micros| Duration::from_micros(*micros));
    Ok(Run { steps: [import, preview + commit, undo], preview, created: *created, memory_kb: *memory_kb })
}

/// The library over one file. Each step is timed from opening the file to having closed it, as the shell is.
async fn contest(path: &Path, staff: u64, keep: Option<&Path>) -> Result<(), Failure> {
    let roster = roster(staff)?;
    let keep_copy = |step: usize| -> Result<(), Failure> {
        if let Some(keep) = keep {
            fs::copy(path, format!("{}.{step}", keep.display()))?;
        }
        Ok(())
    };
    prepare(path).await?;

    let began = Instant::now();
    let (store, library) = open(path).await?;
    library.open_network(NETWORK, &NetworkName::parse("Lakeside")?).await?;
    library.import(NETWORK, &roster).await?;
    let (session, group) = administrator(&store).await?;
    drop(library);
    store.close().await;
    let imported = began.elapsed();
    drop(roster);
    keep_copy(0)?;

    let began = Instant::now();
    let (store, library) = open(path).await?;
    let plan = library.preview(&session, &BulkCreate::of(Selection::AllCandidates).in_group(group)).await?;
    let previewed = began.elapsed();
    let committed = library.commit(&session, &plan).await?;
    drop(library);
    store.close().await;
    let both = began.elapsed();
    let (batch, created) = (plan.batch(), committed.report.counts().created);
    drop((plan, committed));
    keep_copy(1)?;

    let began = Instant::now();
    let (store, library) = open(path).await?;
    let undone = library.undo(&session, batch).await?;
    drop(library);
    store.close().await;
    let undo = began.elapsed();
    if undone.removed() != created {
        return Err(format!("{created} were created, and {} removed", undone.removed()).into());
    }
    let steps =
        [imported, previewed, both.saturating_sub(previewed), undo].map(|time| time.as_micros().to_string());
    println!("{} {created} {}", steps.join(" "), memory::largest_kb());
    Ok(())
}

async fn open(path: &Path) -> Result<(SqliteStore, Staffroom), Failure> {
    let store = SqliteStore::open(path, Settings::default()).await?;
    let library =
        Staffroom::new(Arc::new(store.clone()), Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()));
    Ok((store, library))
}

/// The operator, in one of the schools, and a group for the new users.
async fn administrator(store: &SqliteStore) -> Result<(Session, GroupId), Failure> {
    let mut uow = store.begin(NETWORK, Mode::Read).await?;
    let school = uow.schools().list().await?.first().map(School::id).ok_or("there is no school")?;
    let group = uow.groups().list().await?.first().map(Group::id).ok_or("there is no group")?;
    Ok((Session::new(NETWORK, Actor::Operator, school), group))
}
