//! A bulk create over PostgreSQL beside its peers, in one run: the library, previewing and committing; and one SQL
//! statement, written by hand, that does the same writes and reports nothing.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use sqlx::Row;
use staffroom_benches::Failure;
use staffroom_benches::network::{Candidates, GROUP, NETWORK, SCHOOL, fill};
use staffroom_benches::server::{copy, durable, migrated, pool, store};
use staffroom_benches::sheet::Times;
use staffroom_core::{Actor, BulkCreate, Selection, Session, Staffroom};
use staffroom_store_postgres::PostgresStore;
use staffroom_system::{SystemClock, TimeOrderedIds};
use staffroom_testkit::postgres::Database;
use uuid::Uuid;

const STATEMENT: &str = include_str!("statement.sql");

/// Compare a bulk create over PostgreSQL with its peers.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many staff members the network has; four in five are candidates.
    #[arg(long, default_value_t = 100_000)]
    staff: u64,
    /// How many times each contestant runs.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Runs the library once over this database, and prints the milliseconds of preview and commit, and its memory. (The
    /// benchmark starts itself so, that its memory is nobody else's.)
    #[arg(long, hide = true)]
    contestant: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    if let Some(url) = &arguments.contestant {
        return contest(url).await;
    }
    let server = durable()?;
    let original = migrated(&server).await?;
    println!("writing a network of {} staff members ...", arguments.staff);
    fill(&store(&original).await?, arguments.staff, Candidates::MostAreCandidates).await?;
    original.execute("VACUUM ANALYZE".to_owned()).await?;
    let (mut statement, mut preview, mut commit, mut ours) =
        (Times::default(), Times::default(), Times::default(), Times::default());
    let mut memory = 0;
    for round in 1..=arguments.rounds {
        let database = copy(&server, &original).await?;
        let (time, created) = one_statement(&database).await?;
        statement.add(time);
        drop(database);
        let database = copy(&server, &original).await?;
        let library = in_a_process(&database)?;
        drop(database);
        if library.created != created {
            return Err(format!("the library created {}, the statement {created}", library.created).into());
        }
        preview.add(library.preview);
        commit.add(library.commit);
        ours.add(library.preview + library.commit);
        memory = memory.max(library.memory_kb);
        println!(
            "round {round}: {created} created; statement {time:.2?}, library {:.2?} (preview {:.2?}, commit {:.2?})",
            library.preview + library.commit,
            library.preview,
            library.commit
        );
    }
    println!("\n{:<44} {:>10} {:>10} {:>8}", "", "median", "shortest", "ratio");
    for (what, times) in [
        ("one statement, no report", &statement),
        ("library: preview and commit", &ours),
        ("  its preview", &preview),
        ("  its commit", &commit),
    ] {
        let (median, shortest) = (times.median(), times.shortest());
        println!("{what:<44} {median:>10.2?} {shortest:>10.2?} {:>8.2}", times.ratio(&statement));
    }
    println!("\nlargest memory of the library's process: {} MB", memory / 1024);
    Ok(())
}

async fn one_statement(database: &Database) -> Result<(Duration, u64), Failure> {
    // As the owner of the tables, to whom row security does not apply.
    let owner = pool(database.options(), 1).await?;
    let mut connection = owner.acquire().await?;
    sqlx::raw_sql("SET search_path = staffroom").execute(&mut *connection).await?;
    let batch = Uuid::from_u128(0x77);
    let began = Instant::now();
    let mut transaction = sqlx::Connection::begin(&mut *connection).await?;
    let row = sqlx::query(STATEMENT)
        .bind(NETWORK.as_uuid())
        .bind(SCHOOL.as_uuid())
        .bind(GROUP.as_uuid())
        .bind(batch)
        .fetch_one(&mut *transaction)
        .await?;
    let created: i64 = row.try_get(0)?;
    sqlx::query(
        "INSERT INTO batches (network_id, batch_id, plan, school_id, group_id, at, requested, created) \
         VALUES ($1, $2, $3, $4, $5, now(), $6, $6)",
    )
    .bind(NETWORK.as_uuid())
    .bind(batch)
    .bind(vec![0_u8; 16])
    .bind(SCHOOL.as_uuid())
    .bind(GROUP.as_uuid())
    .bind(created)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "INSERT INTO audit_records (network_id, audit_id, at, school_id, group_id, batch_id, event) \
         VALUES ($1, gen_random_uuid(), now(), $2, $3, $4, '{}')",
    )
    .bind(NETWORK.as_uuid())
    .bind(SCHOOL.as_uuid())
    .bind(GROUP.as_uuid())
    .bind(batch)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok((began.elapsed(), u64::try_from(created)?))
}

/// What a run of the library in a process of its own said.
struct Run {
    preview: Duration,
    commit: Duration,
    created: u64,
    memory_kb: u64,
}

fn in_a_process(database: &Database) -> Result<Run, Failure> {
    let options = database.options();
    let socket = options.get_socket().ok_or("the server has no socket")?;
    let url = format!(
        "postgres://{role}:{role}@localhost:{}/{}?host={}",
        options.get_port(),
        database.name(),
        socket.display(),
        role = staffroom_benches::server::SERVICE,
    );
    let output = Command::new(std::env::current_exe()?).args(["--contestant", &url]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let said = String::from_utf8(output.stdout)?;
    let mut numbers = said.split_whitespace().map(str::parse::<u64>);
    let mut next = || -> Result<u64, Failure> { Ok(numbers.next().ok_or("a number is missing")??) };
    Ok(Run {
        preview: Duration::from_micros(next()?),
        commit: Duration::from_micros(next()?),
        created: next()?,
        memory_kb: next()?,
    })
}

async fn contest(url: &str) -> Result<(), Failure> {
    let options: sqlx::postgres::PgConnectOptions = url.parse()?;
    let store: PostgresStore = PostgresStore::new(pool(options, 2).await?);
    let staffroom = Staffroom::new(Arc::new(store), Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()));
    let session = Session::new(NETWORK, Actor::Operator, SCHOOL);
    let request = BulkCreate::of(Selection::AllCandidates).in_group(GROUP);
    let began = Instant::now();
    let plan = staffroom.preview(&session, &request).await?;
    let previewed = began.elapsed();
    let committed = staffroom.commit(&session, &plan).await?;
    let both = began.elapsed();
    let created = committed.report.counts().created;
    println!(
        "{} {} {created} {}",
        previewed.as_micros(),
        both.saturating_sub(previewed).as_micros(),
        largest_memory_kb()
    );
    Ok(())
}

/// What the system says of our largest memory; nothing where it does not say so.
fn largest_memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
