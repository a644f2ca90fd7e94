//! Lists of candidates over PostgreSQL, as a page on a screen asks for them: the first page, pages further on, searches by
//! the start of a name and of an email, and how many there are; beside what is usually written instead, and beside three round
//! trips to the server, in one run.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use sqlx::{Connection, PgConnection};
use staffroom_benches::network::{Candidates, NETWORK, SCHOOL, fill};
use staffroom_benches::server::{durable, migrated, pool, store};
use staffroom_benches::sheet::Times;
use staffroom_benches::{Failure, figures};
use staffroom_core::store::{Count, Cursor};
use staffroom_core::{Actor, ListQuery, Search, Session, Staffroom};
use staffroom_system::{SystemClock, TimeOrderedIds};
use staffroom_testkit::postgres::Database;

/// People on a page.
const PAGE: usize = 50;
/// As far as they are counted: "more than 10,000" is as good as a number on a screen.
const CAP: u64 = 10_000;

/// How pages are usually read: counted from the start.
const OFFSET: &str = "\
    SELECT s.staff_id, s.sis_id, s.given_name, s.family_name, s.email FROM staff_members s \
    JOIN staff_links l USING (network_id, staff_id) LEFT JOIN users h ON h.network_id = s.network_id AND h.email_key = s.email_key \
    WHERE s.network_id = $1 AND l.user_id IS NULL AND l.open AND h.email_key IS NULL \
    ORDER BY l.family_key, l.given_key, l.staff_id OFFSET $2 LIMIT 50";
/// How names are usually looked for.
const LIKE: &str = "\
    SELECT s.staff_id, s.sis_id, s.given_name, s.family_name, s.email FROM staff_members s \
    JOIN staff_links l USING (network_id, staff_id) LEFT JOIN users h ON h.network_id = s.network_id AND h.email_key = s.email_key \
    WHERE s.network_id = $1 AND l.user_id IS NULL AND l.open AND h.email_key IS NULL \
    AND (lower(s.family_name) LIKE $2 OR lower(s.given_name) LIKE $2 OR lower(s.email) LIKE $2) \
    ORDER BY l.family_key, l.given_key, l.staff_id LIMIT 50";
/// How they are usually counted.
const EXACT: &str = "\
    SELECT count(*) FROM staff_members s JOIN staff_links l USING (network_id, staff_id) \
    LEFT JOIN users h ON h.network_id = s.network_id AND h.email_key = s.email_key \
    WHERE s.network_id = $1 AND l.user_id IS NULL AND l.open AND h.email_key IS NULL";

/// Time lists of candidates over PostgreSQL, beside what is usually written instead.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many staff members the network has.
    #[arg(long, default_value_t = 1_000_000)]
    staff: u64,
    /// How many times each list is asked for.
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// How many times what is usually written is run; it is slow.
    #[arg(long, default_value_t = 5)]
    peer_rounds: u32,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    for (name, candidates) in [
        ("four in five are candidates", Candidates::MostAreCandidates),
        ("ten are left", Candidates::TenAreLeft),
    ] {
        let server = durable()?;
        let database = migrated(&server).await?;
        println!("writing a network of {} staff members, of whom {name} ...", arguments.staff);
        fill(&store(&database).await?, arguments.staff, candidates).await?;
        database.execute("VACUUM ANALYZE".to_owned()).await?;
        let times = measure(&database, &arguments).await?;
        let peers = measure_peers(&database, &arguments).await?;
        let round_trips = measure_round_trips(&database, arguments.rounds).await?;
        println!(
            "\n{name}\n{:<34} {:>10} {:>12} {:>14} {:>8}",
            "", "median", "19 in 20", "usual median", "ratio"
        );
        for ((what, times), (_, usual)) in times.iter().zip(&peers) {
            let called = format!("{what} on PostgreSQL, {name}");
            figures::note(&called, times, "what is usually written", usual, None)?;
            figures::note(&called, times, ROUND_TRIPS, &round_trips, None)?;
            println!(
                "{what:<34} {:>10.2?} {:>12.2?} {:>14.2?} {:>8.4}",
                times.median(),
                times.nineteen_in_twenty(),
                usual.median(),
                times.ratio(usual)
            );
        }
        println!(
            "{ROUND_TRIPS:<34} {:>10.2?} {:>12.2?}\n",
            round_trips.median(),
            round_trips.nineteen_in_twenty()
        );
    }
    Ok(())
}

/// What is asked for: how it is called, and what is searched.
const SEARCHES: [(&str, &str); 3] = [
    ("search: start of a family name", "kovalst"),
    ("search: both names", "anna berg"),
    ("search: start of an email", "zoe.zhangwell9"),
];

async fn measure(database: &Database, arguments: &Arguments) -> Result<Vec<(&'static str, Times)>, Failure> {
    let staffroom = Staffroom::new(
        Arc::new(store(database).await?),
        Arc::new(SystemClock),
        Arc::new(TimeOrderedIds::new()),
    );
    let session = Session::new(NETWORK, Actor::Operator, SCHOOL);
    let everybody = ListQuery::default();
    let far = far_on(&staffroom, &session, arguments.staff).await?;
    let mut sheet = Vec::new();
    for (what, after) in [("first page of 50", None), ("a page half-way through", far.as_ref())] {
        let mut times = Times::default();
        for _ in 0..arguments.rounds {
            let began = Instant::now();
            let page = staffroom.list(&session, &everybody, after, PAGE).await?;
            times.add(began.elapsed());
            if page.rows.is_empty() && after.is_none() {
                return Err("there is nobody on the first page".into());
            }
        }
        sheet.push((what, times));
    }
    for (what, text) in SEARCHES {
        let query = ListQuery { search: Search::new(text), ..ListQuery::default() };
        let mut times = Times::default();
        for _ in 0..arguments.rounds {
            let began = Instant::now();
            staffroom.list(&session, &query, None, PAGE).await?;
            times.add(began.elapsed());
        }
        sheet.push((what, times));
    }
    let mut times = Times::default();
    for _ in 0..arguments.rounds {
        let began = Instant::now();
        let count = staffroom.count(&session, &everybody, CAP).await?;
        times.add(began.elapsed());
        if count == Count::Exactly(0) {
            return Err("nobody was counted".into());
        }
    }
    sheet.push(("count, up to 10,000", times));
    Ok(sheet)
}

/// A place in the middle of the list.
async fn far_on(staffroom: &Staffroom, session: &Session, staff: u64) -> Result<Option<Cursor>, Failure> {
    let half = usize::try_from(staff / 2)?;
    let (mut seen, mut middle) = (0_usize, None);
    staffroom
        .list_all(session, &ListQuery::default(), &mut |assessed| {
            seen = seen.saturating_add(1);
            if seen <= half {
                middle = Some(Cursor::at(&assessed.facts.staff_member));
            }
        })
        .await?;
    Ok(middle)
}

/// For scale: how long three messages and their answers take on this machine, today.
const ROUND_TRIPS: &str = "three round trips";

async fn measure_round_trips(database: &Database, rounds: u32) -> Result<Times, Failure> {
    let pool = pool(database.options(), 1).await?;
    let mut connection = pool.acquire().await?;
    let mut times = Times::default();
    for _ in 0..rounds {
        let began = Instant::now();
        for message in ["BEGIN", "SELECT 1", "COMMIT"] {
            sqlx::raw_sql(message).execute(&mut *connection).await?;
        }
        times.add(began.elapsed());
    }
    Ok(times)
}

async fn measure_peers(
    database: &Database,
    arguments: &Arguments,
) -> Result<Vec<(&'static str, Times)>, Failure> {
    let owner = pool(database.options(), 1).await?;
    let mut connection = owner.acquire().await?;
    sqlx::raw_sql("SET search_path = staffroom").execute(&mut *connection).await?;
    let connection: &mut PgConnection = &mut connection;
    connection.ping().await?;
    let half = i64::try_from(arguments.staff / 2)?;
    let mut sheet = Vec::new();
    for (what, offset) in [("OFFSET 0", 0), ("OFFSET half", half)] {
        let mut times = Times::default();
        for _ in 0..arguments.peer_rounds {
            let began = Instant::now();
            sqlx::query(OFFSET).bind(NETWORK.as_uuid()).bind(offset).fetch_all(&mut *connection).await?;
            times.add(began.elapsed());
        }
        sheet.push((what, times));
    }
    for (what, text) in SEARCHES {
        let start = format!("{}%", text.split_whitespace().last().unwrap_or_default());
        let mut times = Times::default();
        for _ in 0..arguments.peer_rounds {
            let began = Instant::now();
            sqlx::query(LIKE).bind(NETWORK.as_uuid()).bind(&start).fetch_all(&mut *connection).await?;
            times.add(began.elapsed());
        }
        sheet.push((what, times));
    }
    let mut times = Times::default();
    for _ in 0..arguments.peer_rounds {
        let began = Instant::now();
        sqlx::query(EXACT).bind(NETWORK.as_uuid()).fetch_all(&mut *connection).await?;
        times.add(began.elapsed());
    }
    sheet.push(("count of all", times));
    Ok(sheet)
}
