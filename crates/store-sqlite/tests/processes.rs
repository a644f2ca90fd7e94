//! Several processes on one file.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be set up fails the test")]

mod support;

use std::io::{Read, Write};
use std::process::{Child, Stdio};

use staffroom_core::{BulkCreate, Selection};
use staffroom_store_sqlite::{Settings, SqliteStore, migrations};
use staffroom_testkit::fixture::{TEACHERS, admin};
use support::rounds::Rounds;
use support::{checker, child, file_with_staff, fresh_folder, library_in_space, run, told};

const PROCESSES: u64 = 4;
const PEOPLE: u32 = 40;

/// Starts children that wait for a word, gives it to all of them, and answers with what they said.
fn at_once(children: Vec<Child>) -> Vec<String> {
    let mut children = children;
    for process in &mut children {
        // Each says that it is there.
        let mut ready = [0];
        while ready != *b">" {
            process.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
        }
    }
    for process in &mut children {
        process.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let finish = |process: Child| {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "a process failed");
        String::from_utf8(output.stdout).unwrap()
    };
    children.into_iter().map(finish).collect()
}

fn wait_for_the_word() {
    let mut out = std::io::stdout();
    out.write_all(b">").unwrap();
    out.flush().unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// The number after `word` in what a child said.
fn number_after(word: &str, said: &str) -> usize {
    let (_, rest) = said.split_once(word).unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

/// One user for each staff member and each email, and every report is true (R13).
#[test]
fn processes_that_create_the_same_people_make_one_user_each() {
    let mut rounds = Rounds::of("processes at once", 3, 200);
    while let Some(round) = rounds.draw() {
        let (_folder, path) = run(file_with_staff(PEOPLE));
        let start = |number| {
            let space = (round.seed << 8) + number;
            child("child_that_creates_everybody", &path, space).stdin(Stdio::piped()).spawn().unwrap()
        };
        let said = at_once((1..=PROCESSES).map(start).collect());
        let created: usize = said.iter().map(|said| number_after("created ", said)).sum();
        let requested: Vec<usize> = said.iter().map(|said| number_after("of ", said)).collect();
        assert_eq!(created, usize::try_from(PEOPLE).unwrap(), "{said:?}");
        assert!(requested.iter().all(|requested| *requested == usize::try_from(PEOPLE).unwrap()), "{said:?}");
        run(checker::find_nothing(&path));
    }
}

/// Not a test: one of several processes.
#[test]
#[ignore = "is run by `processes_that_create_the_same_people_make_one_user_each`, as one of the processes"]
fn child_that_creates_everybody() {
    let Some((path, space)) = told() else {
        return;
    };
    run(async {
        let store = SqliteStore::open(&path, Settings::default()).await.unwrap();
        let staffroom = library_in_space(&store, space);
        let request = BulkCreate::of(Selection::AllCandidates).in_group(TEACHERS);
        // Everybody is a candidate in every preview.
        let plan = staffroom.preview(&admin(), &request).await.unwrap();
        wait_for_the_word();
        let counts = staffroom.commit(&admin(), &plan).await.unwrap().report.counts();
        writeln!(std::io::stdout(), "created {} of {}", counts.created, counts.requested).unwrap();
        store.close().await;
    });
}

/// Of many who make the file at once, one does, and the others find it made.
#[test]
fn processes_that_make_the_file_at_once_make_it_once() {
    let mut rounds = Rounds::of("file made at once", 3, 200);
    while let Some(round) = rounds.draw() {
        let (_folder, path) = fresh_folder();
        let start = |number| {
            let space = (round.seed << 8) + number;
            child("child_that_makes_the_file", &path, space).stdin(Stdio::piped()).spawn().unwrap()
        };
        let said = at_once((1..=PROCESSES).map(start).collect());
        let mut made: Vec<usize> = said.iter().map(|said| number_after("made ", said)).collect();
        made.sort_unstable();
        assert_eq!(made, [0, 0, 0, migrations::changes().count()]);
        run(checker::find_nothing(&path));
        run(migrations::check(&path)).unwrap();
    }
}

/// Not a test: one of several processes.
#[test]
#[ignore = "is run by `processes_that_make_the_file_at_once_make_it_once`, as one of the processes"]
fn child_that_makes_the_file() {
    let Some((path, _)) = told() else {
        return;
    };
    wait_for_the_word();
    let made = run(migrations::run(&path)).unwrap();
    writeln!(std::io::stdout(), "made {}", made.len()).unwrap();
}
