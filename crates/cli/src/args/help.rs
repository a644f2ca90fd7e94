//! The longer texts of the help.

use crate::error::Exit;

/// `examples`, and below them the exit codes.
pub(super) fn with_exit_codes(examples: &str) -> String {
    let codes = Exit::TABLE.map(|(_, code, meaning)| format!("\n  {code}  {meaning}")).concat();
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
Give the staff of a school network their login accounts in bulk, safely.

The roster says who works for the network. Whoever is active, has an email that is theirs and has no account yet is a \
candidate. Creating accounts for candidates gives them access to one school, and tells nobody: people get in with \
\"Forgot your password?\" and their work email.

Start with `staffroom candidates`, look over `staffroom bulk-create --dry-run`, then leave out `--dry-run`.

Accounts are kept where `--database` says: in PostgreSQL, once `staffroom migrate` has made the tables there. Without it \
they are gone when the command ends, and its report is the result.";

pub(super) const BULK_CREATE: &str = "\
Create user accounts for many staff members at once, and report what became of each.

Reads the roster, decides for everybody asked for whether an account can be created, shows that and asks, and then \
creates all of them in one step. Whoever cannot be given an account is refused, with every reason; the others are not \
held up, unless you ask for `--all-or-nothing`.";

pub(super) const CANDIDATES: &str = "\
List the staff members for whom a user account can be created now.

With `--why` everybody is listed, with each reason why they are no candidate, and what to do about it.";

pub(super) const MIGRATE: &str = "\
Make the schema of a database, or bring it up to date.

All changes are made, or none. Run it as the role that is to own the tables, and let another role, which the other \
commands and services use, work with them: `--grant`. It may be run at any time, from several machines at once.";

pub(super) const MIGRATE_EXAMPLES: &str = "\
Examples:
  Make the tables, and let the role `staffroom` use them:
    staffroom migrate --database postgres://owner@db.example/accounts --grant staffroom

  Before a new release starts, in a script:
    staffroom migrate --check --format json";

pub(super) const BULK_CREATE_EXAMPLES: &str = "\
Examples:
  See what would happen for everybody who works in a school:
    staffroom bulk-create --from roster.zip --school \"North High\" --works-here --dry-run

  Create accounts for three people, as teachers:
    staffroom bulk-create --from staff.csv --school \"North High\" --staff 1001 1002 1017 --group Teacher

  Create accounts for all, without being asked, and write the sheet to tell people by:
    staffroom bulk-create --from roster/ --school \"North High\" --all --yes --hand-off sheet.csv

  Create accounts that last, in the network that was imported before:
    export STAFFROOM_DATABASE=postgres://staffroom@db.example/accounts
    staffroom bulk-create --network \"Lakeside\" --school \"North High\" --works-here --group Teacher";

pub(super) const CANDIDATES_EXAMPLES: &str = "\
Examples:
  Who can be given an account:
    staffroom candidates --from roster.zip --school \"North High\"

  Why somebody is not among them:
    staffroom candidates --from roster.zip --school \"North High\" --why --search muller

  Import a roster into a database, and list who can be given an account there:
    staffroom candidates --database postgres://staffroom@db.example/accounts --from roster.zip --school \"North High\"";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  staffroom completions bash > ~/.local/share/bash-completion/completions/staffroom
  staffroom completions zsh  > ~/.zfunc/_staffroom
  staffroom completions fish > ~/.config/fish/completions/staffroom.fish";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  staffroom man             > staffroom.1
  staffroom man bulk-create > staffroom-bulk-create.1";
