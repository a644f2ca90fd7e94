//! The facts and verdicts about everybody of a network in memory: a census of the library beside polars and DuckDB, in one
//! run, on one thread each; and how much memory it takes beside the data.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark measures time, in figures to be read"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use clap::Parser;
use staffroom_benches::network::{SCHOOL, roster};
use staffroom_benches::sheet::Times;
use staffroom_benches::tables::{self, Peer};
use staffroom_benches::{Failure, figures, memory};
use staffroom_core::{
    Census, Email, Reason, SchoolId, StaffEmail, StaffId, StaffMember, StaffStatus, Timestamp, User, UserId,
    Warning,
};
use uuid::Uuid;

/// Compare the verdicts on everybody with those of programs for tables.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many staff members the network has, and how many users.
    #[arg(long, default_value_t = 1_000_000)]
    staff: u64,
    /// How many times each contestant runs.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Without the peers.
    #[arg(long)]
    alone: bool,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let before = memory::now_kb();
    let (staff, users) = network(arguments.staff)?;
    let data = memory::now_kb().saturating_sub(before);
    let (mut census, mut sums) = (Times::default(), [0; 3]);
    for _ in 0..arguments.rounds {
        let began = Instant::now();
        let verdicts: Vec<_> = Census::take(&staff, &users).assess(SCHOOL).collect();
        census.add(began.elapsed());
        sums = [0; 3];
        for verdict in verdicts {
            let [candidates, reasons, warnings] = &mut sums;
            *candidates += u64::from(verdict.is_eligible());
            *reasons += Reason::ELIGIBILITY
                .iter()
                .zip(0..)
                .map(|(reason, bit)| u64::from(verdict.reasons.contains(*reason)) << bit)
                .sum::<u64>();
            *warnings += u64::from(verdict.warnings.contains(Warning::WorksElsewhere));
            *warnings += 2 * u64::from(verdict.warnings.contains(Warning::EmailShared));
        }
    }
    let extra = memory::largest_kb().saturating_sub(before).saturating_sub(data);
    println!("{} staff members, {} users, {} candidates", staff.len(), users.len(), sums[0]);
    println!("data {} MB; at most {} MB beside it\n", data / 1024, extra / 1024);
    let mut lines = vec![("library: census and verdicts", census)];
    if !arguments.alone {
        let (python, folder) = (tables::python()?, tempfile::tempdir()?);
        write_tables(folder.path(), &staff, &users)?;
        for (what, peer) in [("polars, one thread", Peer::Polars), ("DuckDB, one thread", Peer::DuckDb)] {
            let mut times = Times::default();
            for round in tables::assess(&python, peer, folder.path(), arguments.rounds)? {
                if round.sums != sums {
                    return Err(format!("{what} found {:?}, the library {sums:?}", round.sums).into());
                }
                times.add(round.time);
            }
            lines.push((what, times));
        }
    }
    if let [(_, census), peers @ ..] = lines.as_slice() {
        for ((peer, times), at_most) in peers.iter().zip([Some(0.6), None]) {
            figures::note("facts and verdicts on everybody (P4)", census, peer, times, at_most)?;
        }
    }
    println!("{:<32} {:>14} {:>12} {:>8}", "", "ns a person", "shortest", "ratio");
    let peer = lines.get(1).map_or_else(Times::default, |(_, times)| times.clone());
    for (what, times) in &lines {
        let each = |time: std::time::Duration| time.as_secs_f64() * 1e9 / arguments.staff.max(1) as f64;
        let ratio = if peer.is_empty() { f64::NAN } else { times.ratio(&peer) };
        println!("{what:<32} {:>14.0} {:>12.0} {ratio:>8.2}", each(times.median()), each(times.shortest()));
    }
    Ok(())
}

/// As many users as staff members, in no order: of every four, one is linked to a staff member whose email it has, one only
/// has somebody's email, and two have nothing to do with anybody.
fn network(size: u64) -> Result<(Vec<StaffMember>, Vec<User>), Failure> {
    let roster = roster(size)?;
    let schools = roster.schools().iter().zip(0_u128..).map(|(school, number)| {
        let id = if number == 0 { SCHOOL } else { SchoolId::from_uuid(Uuid::from_u128(number)) };
        (school.sis_id().clone(), id)
    });
    let schools = schools.collect::<std::collections::HashMap<_, _>>();
    let staff: Vec<StaffMember> = roster
        .staff()
        .iter()
        .zip(1_u64..)
        .map(|(record, number)| fresh(&StaffMember::from_record(staff_id(number), record, &schools)))
        .collect();
    let mut order: Vec<u64> = (1..=size).collect();
    order.sort_unstable_by_key(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let at = Timestamp::from_unix_micros(1_780_000_000_000_000).ok_or("a moment in 2026 is one")?;
    let mut users = Vec::with_capacity(staff.len());
    for (number, record) in order
        .iter()
        .zip(order.iter().map(|number| staff.get(usize::try_from(*number - 1).unwrap_or_default())))
    {
        let own = record
            .and_then(|record| record.email().valid())
            .filter(|email| !email.canonical().starts_with("office"));
        let (email, linked) = match (number % 4, own) {
            (0, Some(email)) => (Email::parse(email.as_given())?, true),
            (1, Some(email)) => (Email::parse(email.as_given())?, false),
            _ => (Email::parse(&format!("somebody.else{number}@lakeside.example"))?, false),
        };
        let user = User::new(UserId::from_uuid(Uuid::from_u128(u128::from(*number) << 64 | 7)), email, at);
        users.push(if linked { user.linked_to(staff_id(*number)) } else { user });
    }
    Ok((staff, users))
}

fn staff_id(number: u64) -> StaffId {
    StaffId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(number)))
}

/// With texts of their own: a roster that is thrown away must not leave holes in the memory of the data.
fn fresh(member: &StaffMember) -> StaffMember {
    let email = member.email().as_given().map_or(StaffEmail::Missing, StaffEmail::read);
    member.clone().with_email(email)
}

fn write_tables(folder: &Path, staff: &[StaffMember], users: &[User]) -> Result<(), Failure> {
    let mut table = String::from("id,email,active,valid,here\n");
    for (member, number) in staff.iter().zip(1_u64..) {
        let valid = member.email().valid();
        let email = valid.map_or_else(|| member.email().as_given().unwrap_or_default(), Email::canonical);
        let (active, here) = (member.status() == StaffStatus::Active, member.schools().contains(SCHOOL));
        writeln!(table, "{number},{email},{active},{},{here}", valid.is_some())?;
    }
    fs::write(folder.join("staff.csv"), table)?;
    let mut table = String::from("id,email,staff\n");
    for (user, number) in users.iter().zip(1_u64..) {
        let link = user.staff_member().map(|id| id.as_uuid().as_u128() - staff_id(0).as_uuid().as_u128());
        let link = link.map(|link| link.to_string()).unwrap_or_default();
        writeln!(table, "{number},{},{link}", user.email().canonical())?;
    }
    fs::write(folder.join("users.csv"), table)?;
    Ok(())
}
