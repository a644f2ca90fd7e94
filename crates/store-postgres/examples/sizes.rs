//! What a network takes up on the disk: imports a made-up roster into a throwaway server, creates users for all its
//! candidates in one batch, and prints the size of every table and index.
//!
//! ```sh
//! cargo run --release -p staffroom-store-postgres --example sizes -- 100000
//! ```

#![allow(clippy::print_stdout, reason = "it is what the program is for")]

use std::error::Error;
use std::sync::Arc;

use sqlx::Row;
use sqlx::postgres::PgPoolOptions;
use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    Actor, BulkCreate, IdSource, NetworkId, NetworkName, PersonName, Roster, RosterRecord, RosterSchool,
    SchoolName, Selection, Session, SisId, StaffEmail, StaffStatus, Staffroom,
};
use staffroom_store_postgres::{PostgresStore, migrations};
use staffroom_system::{SystemClock, TimeOrderedIds};
use staffroom_testkit::postgres::{Server, Setup};

const SIZES: &str = "
    SELECT c.relname::text, pg_table_size(c.oid), c.relkind = 'i',
           CASE WHEN c.relkind = 'i' THEN i.indrelid::regclass::text ELSE c.oid::regclass::text END
    FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE c.relnamespace = 'staffroom'::regnamespace AND c.relkind IN ('r', 'i') AND pg_table_size(c.oid) >= 100000
    ORDER BY 4, 3, 1";

fn main() -> Result<(), Box<dyn Error>> {
    let staff = std::env::args().nth(1).map_or(Ok(100_000), |number| number.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(staff))
}

async fn measure(staff: usize) -> Result<(), Box<dyn Error>> {
    let server = Server::start(&Setup::default())?;
    let pool = PgPoolOptions::new().connect_with(server.options().clone()).await?;
    migrations::run(&pool, migrations::DEFAULT_SCHEMA).await?;

    let ids = Arc::new(TimeOrderedIds::new());
    let store = Arc::new(PostgresStore::new(pool.clone()));
    let staffroom = Staffroom::new(store.clone(), Arc::new(SystemClock), ids.clone());
    let network = NetworkId::from_uuid(ids.next_id());
    staffroom.open_network(network, &NetworkName::parse("Lakeside")?).await?;
    staffroom.import(network, &roster(staff)?).await?;

    let mut uow = store.begin(network, Mode::Read).await?;
    let group = uow.groups().list().await?.first().ok_or("no groups")?.id();
    let school = uow.schools().list().await?.first().ok_or("no schools")?.id();
    drop(uow);

    let session = Session::new(network, Actor::Operator, school);
    let request = BulkCreate::of(Selection::AllCandidates).in_group(group);
    let plan = staffroom.preview(&session, &request).await?;
    let created = staffroom.commit(&session, &plan).await?.report.counts().created;
    println!("{staff} staff members, {created} users created in one batch\n");

    let mut total = 0;
    for row in sqlx::query(SIZES).fetch_all(&pool).await? {
        let (name, size, is_index): (String, i64, bool) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        total += size;
        println!("{:>7.1} MB  {}{name}", megabytes(size), if is_index { "  " } else { "" });
    }
    println!("{:>7.1} MB  in all", megabytes(total));
    Ok(())
}

fn megabytes(bytes: i64) -> f64 {
    f64::from(i32::try_from(bytes / 1_000).unwrap_or(i32::MAX)) / 1_000.0
}

/// One in four has left; everybody else has an address of their own.
fn roster(staff: usize) -> Result<Roster, Box<dyn Error>> {
    let schools: Vec<SisId> =
        (0..50).map(|n| SisId::parse(&format!("school-{n}"))).collect::<Result<_, _>>()?;
    let named = schools.iter().map(|id| Ok(RosterSchool::new(id.clone(), SchoolName::parse(id.as_str())?)));
    let named = named.collect::<Result<_, Box<dyn Error>>>()?;
    let records = (0..staff).zip(schools.iter().cycle()).map(|(n, school)| {
        let (given, family) = (format!("Given{}", n % 997), format!("Family{}", n * 7_919 % 100_003));
        Ok(RosterRecord::new(
            SisId::parse(&format!("T-{n}"))?,
            PersonName::parse(&given, &family)?,
            if n % 4 == 0 { StaffStatus::Inactive } else { StaffStatus::Active },
            StaffEmail::read(&format!("given.family{n}@lakeside.example")),
            vec![school.clone()],
        ))
    });
    Ok(Roster::new(None, named, records.collect::<Result<_, Box<dyn Error>>>()?)?)
}
