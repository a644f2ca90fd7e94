//! The workspace's own tasks. `cargo xtask` lists them.

mod api;
mod bench;
mod ci;
mod fuzz;
mod mutants;
mod needs;
mod proofs;
mod purity;
mod run;
mod tools;

use std::process::ExitCode;

const HELP: &str = "\
The workspace's own tasks.

    cargo xtask test      run every test of the workspace; as root on Debian, install PostgreSQL for them first if it is missing
    cargo xtask purity    check that staffroom-core stays pure
    cargo xtask api       check what the crates show: their compiler, their sets of features, core's foreign types and examples
    cargo xtask deny      check licences, sources and second versions of what we are built from; installs cargo-deny below `target`;
                          `advisories` behind it checks those, and takes a network
    cargo xtask semver    say what has broken in the API of the published libraries since a commit, or of those named behind it; installs
                          cargo-semver-checks below `target`
    cargo xtask ci        what a change must pass: formatting, lints, docs, purity, api, tests, some inputs of each fuzzer
    cargo xtask mutants   change the code and see whether a test notices; takes an hour or two, and installs cargo-mutants below `target`
    cargo xtask races     race administrators over PostgreSQL, at full size: 10,000 rounds each for 2, 8 and 32 of them
    cargo xtask faults    fail PostgreSQL, its network and its clients in the middle of commits, at full size; takes root
    cargo xtask timing    compare how long answers take for 5,000 known and 5,000 unknown addresses, over memory and SQLite
    cargo xtask crashes   kill processes on one file of SQLite, run several on it at once, and copy it meanwhile, at full size
    cargo xtask schedules run the memory store and the hashing pool under 1,000,000 schedules that chance decides
    cargo xtask fuzz      run every target of `fuzz/` for a minute; takes a nightly toolchain, and installs cargo-fuzz below `target`
    cargo xtask bench     run the benchmarks beside their peers, and write the table of BENCHMARKS.md

`fuzz` takes, in any order:
    --seconds N           so many seconds for each target, instead of 60
    NAME                  only the targets whose name contains this
    --brief               alone: the few inputs that `ci` runs

`bench` takes, in any order:
    --quick               small networks, in minutes
    --table               the table again, of what was measured last
    NAME                  only those whose name contains this, and no table

`mutants` takes:
    PACKAGE ...           only the changes in these packages
    --file PATH           after them: only those in this file
    --one-by-one ...      first: each change is built by itself, which takes a day; what follows goes to `cargo mutants`

`races`, `faults`, `timing`, `crashes` and `schedules` take, in any order:
    --rounds N            so many rounds of each, instead of the full size
    --seed N              from this seed on, instead of a new one: a round that failed says which
    NAME                  only the tests whose name contains this
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test", rest @ ..] => ci::test(rest),
        ["purity"] => purity::check(),
        ["api"] => api::check(),
        ["deny", rest @ ..] => api::deny(rest),
        ["semver", rest @ ..] => api::semver(rest),
        ["mutants", rest @ ..] => mutants::mutate(rest),
        ["ci"] => ci::all(),
        ["races", rest @ ..] => proofs::races(rest),
        ["faults", rest @ ..] => proofs::faults(rest),
        ["crashes", rest @ ..] => proofs::crashes(rest),
        ["bench", rest @ ..] => bench::bench(rest),
        ["timing", rest @ ..] => proofs::timing(rest),
        ["schedules", rest @ ..] => proofs::schedules(rest),
        ["fuzz", "--brief"] => fuzz::briefly(),
        ["fuzz", rest @ ..] => fuzz::fuzz(rest),
        [] | ["help" | "--help" | "-h"] => {
            run::say(HELP);
            Ok(())
        }
        [unknown, ..] => Err(run::TaskError::Unknown((*unknown).to_owned())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::complain(&format!("xtask: {error}"));
            ExitCode::FAILURE
        }
    }
}
