//! What libFuzzer says of a run.

use std::fmt;

/// The figures of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// How many inputs were run.
    pub(super) executions: u64,
    /// How many of them a second.
    rate: u64,
    /// How many edges of the code were reached.
    coverage: u64,
    /// How to see again what broke a law, if one was broken.
    pub(super) broken: Option<String>,
}

impl Figures {
    /// Reads them from what was printed with `-print_final_stats=1`.
    pub(super) fn read(log: &str) -> Self {
        let of = |name: &str| {
            let value = log.lines().filter_map(|line| line.strip_prefix(name)).next_back()?;
            value.trim().parse().ok()
        };
        let coverage = log
            .lines()
            .filter_map(|line| line.split_once(" cov: ")?.1.split_whitespace().next()?.parse().ok())
            .next_back();
        Self {
            executions: of("stat::number_of_executed_units:").unwrap_or_default(),
            rate: of("stat::average_exec_per_sec:").unwrap_or_default(),
            coverage: coverage.unwrap_or_default(),
            broken: None,
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { executions, rate, coverage, .. } = self;
        write!(f, "{executions:>12} executions, {rate:>8} a second, {coverage:>6} edges")
    }
}

/// The end of what was printed: from the panic on.
pub(super) fn end_of(log: &str) -> &str {
    let start = log.find("panicked at").or_else(|| log.find("ERROR: libFuzzer")).unwrap_or_default();
    let start = log.get(..start).and_then(|before| before.rfind('\n')).unwrap_or_default();
    log.get(start..).unwrap_or(log)
}

/// What to do about an input that broke a law.
pub(super) fn remedy(target: &str, program: &str, log: &str) -> String {
    let written =
        log.lines().find_map(|line| line.split_once("Test unit written to ")).map(|(_, path)| path.trim());
    match written {
        Some(path) => format!(
            "  {target}: run it again by\n    {program} {path}\n  mend what it shows, and keep it under a name that says what it is:\n    \
             cp {path} fuzz/corpus/{target}/NAME && cargo test -p staffroom-fuzzing --test replay {target}"
        ),
        None => format!("  {target}: it ended without an input to show for it; its output is above"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "INFO: Seed: 1\n#2\tINITED cov: 890 ft: 1853 corp: 18/676b exec/s: 0 rss: 28Mb\n\
        #99\tREDUCE cov: 901 ft: 1900 corp: 20/700b lim: 254 exec/s: 33 rss: 30Mb L: 9/9 MS: 1 EraseBytes-\n\
        thread '<unnamed>' panicked at crates/fuzzing/src/lib.rs:98:9:\nR11 is broken: \"+1\"\n\
        ==7== ERROR: libFuzzer: deadly signal\n\
        artifact_prefix='a/'; Test unit written to a/crash-1\n\
        stat::number_of_executed_units: 123\nstat::average_exec_per_sec:     41\n";

    #[test]
    fn the_figures_are_the_last_ones() {
        let figures = Figures { executions: 123, rate: 41, coverage: 901, broken: None };
        assert_eq!(Figures::read(LOG), figures);
        assert_eq!(Figures::read("nothing"), Figures::default());
    }

    #[test]
    fn what_broke_a_law_is_shown_and_can_be_run_again() {
        assert!(end_of(LOG).trim_start().starts_with("thread '<unnamed>' panicked"), "{}", end_of(LOG));
        let remedy = remedy("token", "bin/token", LOG);
        assert!(
            remedy.contains("bin/token a/crash-1\n") && remedy.contains("fuzz/corpus/token/NAME"),
            "{remedy}"
        );
    }
}
