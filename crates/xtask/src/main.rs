//! The workspace's own tasks. `cargo xtask` lists them.

mod ci;
mod needs;
mod purity;
mod run;

use std::process::ExitCode;

const HELP: &str = "\
The workspace's own tasks.

    cargo xtask test      run every test of the workspace; as root on Debian, install PostgreSQL for them first if it is missing
    cargo xtask purity    check that staffroom-core stays pure
    cargo xtask ci        what a change must pass: formatting, lints, docs, purity, tests
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test", rest @ ..] => ci::test(rest),
        ["purity"] => purity::check(),
        ["ci"] => ci::all(),
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
