//! Changes the code in one place after the other, and sees whether a test notices. `docs/evidence.md` says what came of it.

use crate::run::{TaskError, cargo, output_of, run, say, target};

/// How the mutants of a package are tested: by what is near and quick first, and those that are left by what holds the rules from
/// further away.
struct Stage {
    package: &'static str,
    tested_by: &'static str,
    targets: &'static [&'static str],
}

const STAGES: &[Stage] = &[
    Stage { package: "staffroom-core", tested_by: "staffroom-core", targets: ALL },
    Stage { package: "staffroom-core", tested_by: "staffroom-store-memory", targets: SUITES },
    Stage { package: "staffroom-core", tested_by: "staffroom-testkit", targets: DECISIONS },
    Stage { package: "staffroom-store-memory", tested_by: "staffroom-store-memory", targets: SUITES },
    Stage { package: "staffroom-credentials", tested_by: "staffroom-credentials", targets: ALL },
    Stage { package: "staffroom-roster", tested_by: "staffroom-roster", targets: ALL },
];
const ALL: &[&str] = &["--lib", "--tests"];
const SUITES: &[&str] = &["--test=conformance", "--test=properties"];
/// Not the tests of the suites themselves, which take a minute and say nothing of core.
const DECISIONS: &[&str] = &[
    "--test=sign_in_decisions",
    "--test=lost_replies",
    "--test=initial_passwords",
    "--test=plans_are_not_trusted",
    "--test=state_machine",
    "--test=ways_in",
];
/// So many cases of each property: the suites are run a thousand times.
const CASES: &str = "16";

/// Runs `cargo mutants` stage by stage, each for what the ones before it did not catch; what is left is listed. `arguments` go to
/// it: `--file PATH` for one file, `--shard 1/8` for a part, `--in-place` to build where we are.
pub(crate) fn mutate(arguments: &[&str]) -> Result<(), TaskError> {
    output_of(&mut cargo(&["mutants", "--version"]))?;
    for stage in STAGES {
        if let Err(error) = stage.run(arguments) {
            // A mutant that is missed here may be caught by the next stage.
            say(&error.to_string());
        }
    }
    let mut left: Vec<String> = STAGES.iter().flat_map(Stage::left).collect();
    left.dedup();
    if left.is_empty() { Ok(()) } else { Err(TaskError::Mutants(left.join("\n"))) }
}

impl Stage {
    fn folder(&self) -> std::path::PathBuf {
        target().join("mutants").join(self.package)
    }

    fn run(&self, arguments: &[&str]) -> Result<(), TaskError> {
        let mut mutants =
            cargo(&["mutants", "--iterate", "--package", self.package, "--test-package", self.tested_by]);
        mutants.arg("--output").arg(self.folder());
        mutants.args(self.targets.iter().map(|target| format!("--cargo-arg={target}")));
        run(mutants.args(arguments).env("PROPTEST_CASES", CASES))
    }

    /// What the last stage of this package missed.
    fn left(&self) -> Vec<String> {
        let missed =
            std::fs::read_to_string(self.folder().join("mutants.out/missed.txt")).unwrap_or_default();
        missed.lines().map(|line| format!("  {line}")).collect()
    }
}
