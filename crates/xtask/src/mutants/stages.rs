//! Which tests look at the changes of which package.

use super::compile::Program;

/// The tests of a package that look at the changes of another, or at its own.
pub(super) struct Stage {
    pub(super) package: &'static str,
    pub(super) tested_by: &'static str,
    /// Names of files in `tests`, or [`SOURCES`]; where there are none, everything.
    pub(super) tests: &'static [&'static str],
}

/// Features that the code of a package takes to be reached as a whole, with the package.
pub(super) const FEATURES: &[(&str, &str)] = &[("staffroom-credentials", "staffroom-credentials/simd")];

/// What is near and quick first, and then what holds the rules from further away.
pub(super) const STAGES: &[Stage] = &[
    Stage { package: "staffroom-core", tested_by: "staffroom-core", tests: ALL },
    Stage { package: "staffroom-core", tested_by: "staffroom-store-memory", tests: SUITES },
    Stage { package: "staffroom-core", tested_by: "staffroom-testkit", tests: DECISIONS },
    Stage { package: "staffroom-store-memory", tested_by: "staffroom-store-memory", tests: SUITES },
    Stage { package: "staffroom-credentials", tested_by: "staffroom-credentials", tests: ALL },
    Stage { package: "staffroom-roster", tested_by: "staffroom-roster", tests: ALL },
];
const ALL: &[&str] = &[];
const SUITES: &[&str] = &["conformance", "properties"];
/// The tests among the sources.
pub(super) const SOURCES: &str = "lib";
/// Not the tests of the suites themselves, which take a minute and say nothing of core.
const DECISIONS: &[&str] = &[
    SOURCES,
    "chunks",
    "denials",
    "imports",
    "reach",
    "sign_in_decisions",
    "lost_replies",
    "initial_passwords",
    "plans_are_not_trusted",
    "state_machine",
    "troubles",
    "ways_in",
];

impl Stage {
    pub(super) fn has(&self, program: &Program) -> bool {
        self.tested_by == program.package
            && (self.tests.is_empty() || self.tests.contains(&program.name.as_str()))
    }
}
