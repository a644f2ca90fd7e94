//! The longer texts of the help that are about more than one verb.

use crate::error::Exit;

/// `examples`, and below them the exit codes.
pub(crate) fn with_exit_codes(examples: &str) -> String {
    let codes = Exit::TABLE.map(|(_, code, meaning)| format!("\n  {code:<3}  {meaning}")).concat();
    let gap = if examples.is_empty() { "" } else { "\n\n" };
    format!("{examples}{gap}Exit codes:{codes}")
}

pub(super) const WHOM_TIPS: [&str; 4] = [
    "`--all` takes every candidate of the network",
    "`--works-here` takes every candidate who works in the school",
    "`--staff 1001 1002` takes these two, by their SIS ids; `--staff-file ids.txt` reads the ids from a file",
    "with `--dry-run` you see what would happen, and nothing is done",
];

pub(super) const ABOUT: &str = "\
Give the staff of a school network their login accounts in bulk, safely, and look after them.

The roster says who works for the network. Whoever is active, has an email that is theirs and has no account yet is a \
candidate. Creating accounts for candidates gives them access to one school, and tells nobody: people get in with \
\"Forgot your password?\" and their work email.

Start with `staffroom import ROSTER`, then `staffroom candidates`; look over `staffroom bulk-create --dry-run`, then leave \
out `--dry-run`. `staffroom status` says where you are.

Accounts are kept where `--database` says: in the file `staffroom.db` of the current folder, unless you say otherwise.";
