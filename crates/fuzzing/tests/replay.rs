//! Every file of every corpus through its target, with the ordinary compiler: seeds that were written, inputs that fuzzers
//! found worth keeping, and what once broke a law.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be set up fails the test")]
#![allow(clippy::print_stdout, reason = "a test says how many inputs it saw")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use staffroom_fuzzing::{TARGETS, Target};

/// The folder of the fuzzers.
fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// What is in a folder, by name.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn names(paths: &[PathBuf]) -> BTreeSet<String> {
    paths.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

/// Runs the corpus of a target through it; answers with how many files that were.
fn replay(target: &Target) -> usize {
    let corpus = listed(&fuzz().join("corpus").join(target.name));
    for path in &corpus {
        let bytes = fs::read(path).unwrap();
        // Its name is above the panic, if there is one.
        println!("{}", path.display());
        (target.run)(&bytes);
    }
    println!("{}: {} inputs, no law broken", target.name, corpus.len());
    corpus.len()
}

macro_rules! replays {
    ($($name:ident: $most:literal;)*) => {
        $(
            #[test]
            fn $name() {
                let target = TARGETS.iter().find(|target| target.name == stringify!($name)).unwrap();
                let inputs = replay(target);
                assert!(inputs >= 4, "{inputs} inputs in the corpus of {}", target.name);
                assert!(inputs <= $most, "the corpus of {} has {inputs} inputs: keep what tells something", target.name);
            }
        )*

        const REPLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}

replays! {
    email: 60;
    kept_email: 30;
    text: 60;
    roster: 60;
    roster_zip: 30;
    plan: 60;
    report: 60;
    body: 60;
    altered_plan: 30;
    eligibility: 30;
    policy: 60;
    hand_off: 60;
    token: 60;
    history: 30;
    session: 30;
    store: 30;
}

#[test]
fn every_target_has_a_program_a_corpus_a_dictionary_and_a_replay() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let replayed: BTreeSet<String> = REPLAYED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(replayed, targets);
    for folder in ["fuzz_targets", "corpus", "dictionaries"] {
        assert_eq!(names(&listed(&fuzz().join(folder))), targets, "in fuzz/{folder}");
    }
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in targets {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name} is not in fuzz/Cargo.toml"
        );
        let program = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("staffroom_fuzzing::{name}(bytes)")), "{program}");
    }
}
