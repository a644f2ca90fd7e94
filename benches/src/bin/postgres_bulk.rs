//! A bulk create over PostgreSQL beside its peers, in one run: the library, in one act, and as a preview and a commit; one
//! SQL statement, written by hand, that does the same writes and reports nothing; and a Django program.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use staffroom_benches::Failure;
use staffroom_benches::django::{self, Ended, Program};
use staffroom_benches::network::{Candidates, GROUP, NETWORK, SCHOOL, fill};
use staffroom_benches::server::{SERVICE, copy, durable, migrated, pool, store};
use staffroom_benches::sheet::Times;
use staffroom_benches::{figures, memory, statement};
use staffroom_core::{Actor, BatchId, BulkCreate, IdSource, Selection, Session, Staffroom};
use staffroom_store_postgres::PostgresStore;
use staffroom_system::{SystemClock, TimeOrderedIds};
use staffroom_testkit::postgres::Database;

/// Compare a bulk create over PostgreSQL with its peers.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many staff members the network has; four in five are candidates.
    #[arg(long, default_value_t = 100_000)]
    staff: u64,
    /// How many times each contestant runs.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Run the Django program, too, in this many of the rounds; it is slow.
    #[arg(long, default_value_t = 1)]
    django_rounds: u32,
    /// What the Django program makes, and how: one or several of these.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Program::Thousand, Program::Tuned, Program::Bare])]
    django: Vec<Program>,
    /// After how many minutes a statement of the Django program is stopped.
    #[arg(long, default_value_t = 5)]
    django_minutes: u64,
    /// Leave the hand-written statement out: it takes longer than the rest, and the memory of the library does not need it.
    #[arg(long)]
    without_statement: bool,
    /// Runs the library once over this database, and prints the microseconds of preview and commit, and its memory. (The
    /// benchmark starts itself so, that its memory is nobody else's.)
    #[arg(long, hide = true)]
    contestant: Option<String>,
    /// How the contestant goes about it.
    #[arg(long, hide = true, value_enum, default_value_t = Act::Previewed)]
    act: Act,
}

/// How the library creates users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Act {
    /// `bulk_create`.
    One,
    /// `preview`, then `commit`.
    Previewed,
}

/// The times of everybody.
#[derive(Debug, Default)]
struct Sheet {
    statement: Times,
    one_act: Times,
    previewed: Times,
    preview: Times,
    commit: Times,
    django: Vec<(Program, Times)>,
    one_act_kb: u64,
    previewed_kb: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    if let Some(url) = &arguments.contestant {
        return contest(url, arguments.act).await;
    }
    let python: Option<PathBuf> = (arguments.django_rounds > 0).then(django::python).transpose()?;
    let server = durable()?;
    let original = migrated(&server).await?;
    println!("writing a network of {} staff members ...", arguments.staff);
    fill(&store(&original).await?, arguments.staff, Candidates::MostAreCandidates).await?;
    original.execute("VACUUM ANALYZE".to_owned()).await?;
    let mut sheet = Sheet::default();
    for round in 1..=arguments.rounds {
        let mut all = Vec::new();
        print!("round {round}: ");
        if !arguments.without_statement {
            let database = copy(&server, &original).await?;
            let (by_hand, created) = statement::bulk_create(&database).await?;
            sheet.statement.add(by_hand);
            all.push(created);
            print!("statement {by_hand:.2?}; ");
        }
        let database = copy(&server, &original).await?;
        let one_act = in_a_process(&database, Act::One)?;
        drop(database);
        let database = copy(&server, &original).await?;
        let previewed = in_a_process(&database, Act::Previewed)?;
        drop(database);
        let both = previewed.preview + previewed.commit;
        sheet.one_act.add(one_act.commit);
        sheet.previewed.add(both);
        sheet.preview.add(previewed.preview);
        sheet.commit.add(previewed.commit);
        sheet.one_act_kb = sheet.one_act_kb.max(one_act.memory_kb);
        sheet.previewed_kb = sheet.previewed_kb.max(previewed.memory_kb);
        print!("{} created, in one act {:.2?}, previewed {both:.2?}", one_act.created, one_act.commit);
        all.extend([one_act.created, previewed.created]);
        if let Some(python) = python.as_ref().filter(|_| round <= arguments.django_rounds) {
            let patience = Duration::from_mins(arguments.django_minutes);
            for program in &arguments.django {
                let database = copy(&server, &original).await?;
                let (time, ended) = django::bulk_create(python, &database, *program, patience)?;
                match ended {
                    Ended::Created(by_django) => {
                        sheet.add_django(*program, time);
                        all.push(by_django);
                        print!(", {} {time:.1?}", program.words());
                    }
                    Ended::Stopped => print!(", {} stopped after {time:.0?}", program.words()),
                }
            }
        }
        println!();
        if all.iter().any(|created| *created != one_act.created) {
            return Err(format!("not all created as many: {all:?}").into());
        }
    }
    sheet.print();
    sheet.note(arguments.staff)
}

impl Sheet {
    fn add_django(&mut self, program: Program, time: Duration) {
        if let Some((_, times)) = self.django.iter_mut().find(|(known, _)| *known == program) {
            times.add(time);
            return;
        }
        let mut times = Times::default();
        times.add(time);
        self.django.push((program, times));
    }

    fn note(&self, staff: u64) -> Result<(), Failure> {
        let by_hand = ("one SQL statement", &self.statement);
        let what = format!("bulk create on PostgreSQL, {staff} staff");
        figures::note(&what, &self.one_act, by_hand.0, by_hand.1, Some(0.85))?;
        figures::note(&format!("{what}, with its preview"), &self.previewed, by_hand.0, by_hand.1, None)?;
        for (program, times) in &self.django {
            figures::note(&what, &self.one_act, program.words(), times, Some(0.1))?;
        }
        Ok(())
    }

    fn print(&self) {
        println!("\n{:<44} {:>10} {:>10} {:>8}", "", "median", "shortest", "ratio");
        let lines = [
            ("one statement, no report", &self.statement),
            ("library: in one act", &self.one_act),
            ("library: preview and commit", &self.previewed),
            ("  its preview", &self.preview),
            ("  its commit", &self.commit),
        ];
        let django = self.django.iter().map(|(program, times)| (program.words(), times));
        for (what, times) in lines.into_iter().chain(django) {
            if times.is_empty() {
                continue;
            }
            let (median, shortest) = (times.median(), times.shortest());
            let ratio = if self.statement.is_empty() {
                String::from("-")
            } else {
                format!("{:.2}", times.ratio(&self.statement))
            };
            println!("{what:<44} {median:>10.2?} {shortest:>10.2?} {ratio:>8}");
        }
        println!(
            "\nlargest memory of the library's process: {} MB in one act, {} MB with a preview",
            self.one_act_kb / 1024,
            self.previewed_kb / 1024
        );
    }
}

/// What a run of the library in a process of its own said.
struct Run {
    preview: Duration,
    commit: Duration,
    created: u64,
    memory_kb: u64,
}

fn in_a_process(database: &Database, act: Act) -> Result<Run, Failure> {
    let options = database.options();
    let socket = options.get_socket().ok_or("the server has no socket")?;
    let url = format!(
        "postgres://{role}:{role}@localhost:{}/{}?host={}",
        options.get_port(),
        database.name(),
        socket.display(),
        role = SERVICE,
    );
    let act = act.to_possible_value().ok_or("an act has a name")?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--contestant", &url, "--act", act.get_name()])
        .output()?;
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

async fn contest(url: &str, act: Act) -> Result<(), Failure> {
    let options: sqlx::postgres::PgConnectOptions = url.parse()?;
    let store: PostgresStore = PostgresStore::new(pool(options, 2).await?);
    let ids = Arc::new(TimeOrderedIds::new());
    let staffroom = Staffroom::new(Arc::new(store), Arc::new(SystemClock), ids.clone());
    let session = Session::new(NETWORK, Actor::Operator, SCHOOL);
    let request = BulkCreate::of(Selection::AllCandidates).in_group(GROUP);
    let began = Instant::now();
    let (previewed, committed) = match act {
        Act::One => {
            let batch = BatchId::from_uuid(ids.next_id());
            (Duration::ZERO, staffroom.bulk_create(&session, &request, batch).await?)
        }
        Act::Previewed => {
            let plan = staffroom.preview(&session, &request).await?;
            (began.elapsed(), staffroom.commit(&session, &plan).await?)
        }
    };
    let both = began.elapsed();
    let created = committed.report.counts().created;
    println!(
        "{} {} {created} {}",
        previewed.as_micros(),
        both.saturating_sub(previewed).as_micros(),
        memory::largest_kb()
    );
    Ok(())
}
