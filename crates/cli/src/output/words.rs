//! The answer in words: what people read first, in the table as on stderr.

use std::io::{self, Write};
use std::path::Path;

use staffroom_core::{ImportReport, InitialPassword, NetworkName, Reason, RuleRow, Warning, Where};
use unicode_width::UnicodeWidthStr;

use super::rows::{Answer, Initially, Shown};
use super::users::day;
use crate::network::Import;

/// What happened, or would happen: how many, and then with access to what.
pub(crate) fn summary(answer: &Answer<'_>) -> [String; 2] {
    let counts = answer.counts();
    let school = answer.school.name();
    let access = match answer.group {
        Some(group) => format!("Access to {school}, in the group {}.", group.name()),
        None => format!("Access to {school}, in no group."),
    };
    if counts.requested == 0 {
        return [format!("No accounts to create: nobody {} is a candidate.", answer.place), String::new()];
    }
    let done = if answer.is_dry_run() { "Would create" } else { "Created" };
    let accounts = if counts.requested == 1 { "account" } else { "accounts" };
    let numbers =
        format!("{done} {} of {} {accounts}; {} refused.", counts.created, counts.requested, counts.refused);
    [numbers, access]
}

/// What became of the people who are no candidates, and so were not asked for.
pub(crate) fn others(count: u64, place: Where) -> String {
    let flag = match place {
        Where::Anywhere => "",
        Where::Here => " --works-here",
    };
    let others = if count == 1 {
        "other staff member is no candidate"
    } else {
        "other staff members are no candidates"
    };
    format!("{count} {others}: `staffroom candidates --why{flag}`, with the same `--school`, says why.")
}

/// Nobody is told by us (R10); how to tell them, and that the sheet for it is written, or could be.
pub(crate) fn tell_them(initial: Initially, sheet: Option<&Path>, is_lasting: bool) -> String {
    let until = initial.expires_at.map(|at| format!(" until {}", day(at))).unwrap_or_default();
    let sheet = match sheet {
        Some(path) => format!("The sheet to tell them by is `{}`.", path.display()),
        None if is_lasting => "`staffroom hand-off --last` makes slips to tell them by.".to_owned(),
        None => "`--hand-off FILE` writes a sheet to tell them by.".to_owned(),
    };
    match initial.password {
        InitialPassword::None => format!(
            "Nobody has been told. Tell these people how to get in: on the sign-in page they choose \"Forgot your \
             password?\" and give their work email; a link to set a password is mailed to it. {sheet}"
        ),
        InitialPassword::Shared(_) => format!(
            "Nobody has been told. Tell these people the password: with it and their work email they sign in{until}, and \
             then choose one of their own. `staffroom users revoke-initial --last` ends it for all of them. {sheet}"
        ),
        InitialPassword::Generated(_) => format!(
            "Nobody has been told. {sheet} It alone has their passwords, and cannot be made again: give each person \
             theirs. They work{until}, and are changed at the first sign-in."
        ),
    }
}

/// What an import changed, or would have.
pub(crate) fn imported(report: &ImportReport, network: &NetworkName, is_new: bool, import: Import) -> String {
    let done = match import {
        Import::Lasting => "the roster is imported into",
        Import::Rehearsed => {
            "the dry run imports nothing, and looks at people as if the roster were imported into"
        }
    };
    if report.is_unchanged() {
        return format!("note: the network `{network}` is as the roster says");
    }
    let school = |count| counted(count, "school", "schools");
    let staff = |count| counted(count, "staff member", "staff members");
    let changes = [
        (report.schools_added, format!("{} added", school(report.schools_added))),
        (report.schools_updated, format!("{} renamed", school(report.schools_updated))),
        (report.staff_added, format!("{} added", staff(report.staff_added))),
        (report.staff_updated, format!("{} changed", staff(report.staff_updated))),
        (
            report.staff_departed,
            format!("{} inactive now, being no longer listed", staff(report.staff_departed)),
        ),
    ];
    let changes: Vec<String> =
        changes.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    let new = if is_new { "new " } else { "" };
    format!("note: {done} the {new}network `{network}`: {}", changes.join(", "))
}

/// A number with its noun.
pub(crate) fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// What is asked before it is done.
pub(crate) fn question(answer: &Answer<'_>) -> String {
    match answer.counts().created {
        1 => "Create this account?".to_owned(),
        several => format!("Create these {several} accounts?"),
    }
}

/// How often each code was met, to explain at the end those that were.
#[derive(Debug, Default)]
pub(crate) struct Legend {
    reasons: [u64; Reason::TABLE.len()],
    warnings: [u64; Warning::TABLE.len()],
    /// Those who have a user, and whose email is taken: as a rule by that very user.
    linked_and_taken: u64,
}

impl Legend {
    pub(crate) fn count(&mut self, findings: Shown) {
        for (row, times) in Reason::TABLE.iter().zip(&mut self.reasons) {
            *times = times.saturating_add(u64::from(findings.reasons.contains(row.fires)));
        }
        for (row, times) in Warning::TABLE.iter().zip(&mut self.warnings) {
            *times = times.saturating_add(u64::from(findings.warnings.contains(row.fires)));
        }
        let both = [Reason::AlreadyLinked, Reason::EmailTaken];
        let both = both.into_iter().all(|reason| findings.reasons.contains(reason));
        self.linked_and_taken = self.linked_and_taken.saturating_add(u64::from(both));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.reasons.iter().chain(&self.warnings).all(|times| *times == 0)
    }

    /// A line or two for each code that was met: what it means, how often it was met, and what to do.
    pub(crate) fn write(&self, out: &mut dyn Write, width: u16) -> io::Result<()> {
        let reason = |(row, times): (&RuleRow<Reason>, u64)| {
            let own = match self.linked_and_taken {
                0 => OwnUser::No,
                all if all == times => OwnUser::Yes,
                _ => OwnUser::OfSome,
            };
            (Entry { remedy: remedy(row, own), ..Entry::of(row) }, times)
        };
        let reasons = Reason::TABLE.iter().zip(self.reasons).map(reason);
        let warnings = Warning::TABLE.iter().map(Entry::of).zip(self.warnings);
        for (entry, times) in reasons.chain(warnings).filter(|(_, times)| *times > 0) {
            let Entry { code, meaning, remedy } = entry;
            wrapped(out, width, "  ", &format!("{code} ({times}): {meaning}. To do: {remedy}."))?;
        }
        Ok(())
    }
}

/// Whether the people of whom a reason is told have a user of their own, who may be all that is in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OwnUser {
    No,
    OfSome,
    Yes,
}

/// What to do about a reason. Of somebody who has a user the general remedy says too much: most of them need nothing.
const fn remedy(row: &RuleRow<Reason>, own: OwnUser) -> &'static str {
    match (row.fires, own) {
        (Reason::AlreadyLinked, _) => HAS_ONE,
        (Reason::EmailTaken, OwnUser::Yes) => "nothing, if the holder is their own user",
        (Reason::EmailTaken, OwnUser::OfSome) => {
            "nothing, if the holder is their own user; else link that user to this staff member, or correct the email in \
             the SIS"
        }
        _ => row.remedy,
    }
}

/// What to do about somebody who has a user already.
pub(crate) const HAS_ONE: &str =
    "nothing; or, if they are to enter this school as well, give their user access to it";

struct Entry {
    code: &'static str,
    meaning: &'static str,
    remedy: &'static str,
}

impl Entry {
    const fn of<T>(row: &RuleRow<T>) -> Self {
        Self { code: row.code, meaning: row.meaning, remedy: row.remedy }
    }
}

/// Writes `text` in lines of at most `width` columns.
pub(crate) fn paragraph(out: &mut dyn Write, width: u16, text: &str) -> io::Result<()> {
    wrapped(out, width, "", text)
}

/// Writes `text` in lines of at most `width` columns, all but the first indented.
pub(crate) fn wrapped(out: &mut dyn Write, width: u16, indent: &str, text: &str) -> io::Result<()> {
    let mut line = String::new();
    for word in text.split(' ') {
        let needed = line.width().saturating_add(1).saturating_add(word.width());
        if needed > usize::from(width) && !line.trim().is_empty() {
            writeln!(out, "{line}")?;
            indent.clone_into(&mut line);
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{line}")
}
