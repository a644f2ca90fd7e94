//! Tables: the answer for people. The first line says it all; who was refused stands near the end, where the eye is when
//! a long answer has gone by.

use std::io::{self, Write};
use std::path::Path;

use staffroom_core::{Assessment, Facts, School, WarningSet, Where};

use super::Out;
use super::columns::Columns;
use super::rows::{Answer, CandidateRow, Findings, OutcomeRow, OutcomeWord, Person, Shown, Status};
use super::screen::Screen;
use super::words::{self, Legend, paragraph, summary};

/// What follows on the answer to a bulk create.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Afterwards<'a> {
    /// The people there, or here, who were not asked for because they are no candidates.
    pub(crate) others: &'a Others,
    pub(crate) place: Where,
    /// Whether the accounts are there when the command has ended.
    pub(crate) is_lasting: bool,
    /// The hand-off sheet, if it is written.
    pub(crate) sheet: Option<&'a Path>,
}

/// People who are no candidates.
#[derive(Debug, Default)]
pub(crate) struct Others {
    pub(crate) count: u64,
    /// Why they are none, where that was asked.
    legend: Legend,
}

impl Others {
    /// One more, with the verdict on them.
    pub(crate) fn met(&mut self, verdict: Assessment) {
        self.count = self.count.saturating_add(1);
        self.legend.count(Shown { reasons: verdict.reasons, warnings: WarningSet::empty() });
    }
}

/// Writes the answer to a bulk create.
pub(crate) fn bulk_create(
    out: &mut Out,
    screen: Screen,
    answer: Answer<'_>,
    afterwards: Afterwards<'_>,
) -> io::Result<()> {
    let width = screen.width;
    let created = if answer.is_dry_run() {
        paragraph(out, width, "Dry run: nothing is done.")?;
        "Would be created"
    } else {
        "Created"
    };
    lines(out, width, &summary(&answer))?;
    section(out, screen, answer, OutcomeWord::Created, created)?;
    section(out, screen, answer, OutcomeWord::Refused, "Refused")?;
    let Others { count, legend } = afterwards.others;
    if *count > 0 {
        writeln!(out)?;
        paragraph(out, width, &words::others(*count, afterwards.place))?;
    }
    if !legend.is_empty() {
        writeln!(out)?;
        legend.write(out, width)?;
    }
    if !answer.is_dry_run() && answer.counts().created > 0 {
        writeln!(out)?;
        paragraph(out, width, &words::tell_them(answer.initial, afterwards.sheet, afterwards.is_lasting))?;
    }
    out.flush()
}

/// Writes what a bulk create would do in a few lines, for somebody who is to say yes or no.
pub(crate) fn preview(out: &mut dyn Write, screen: Screen, answer: &Answer<'_>) -> io::Result<()> {
    let width = screen.width;
    lines(out, width, &summary(answer))?;
    let mut legend = Legend::default();
    for row in answer.rows() {
        legend.count(row.findings.shown());
    }
    legend.write(out, width)?;
    first_few(out, screen, answer)
}

/// How many are named to somebody who is to say yes or no.
const NAMED: usize = 5;

/// The first few of those whom a yes would create, and how many more there are.
fn first_few(out: &mut dyn Write, screen: Screen, answer: &Answer<'_>) -> io::Result<()> {
    let created = answer.counts().created;
    // To say "and 1 more" takes as much room as to name them.
    let named = if created <= NAMED.saturating_add(1) { created } else { NAMED };
    writeln!(out)?;
    let mut out = out;
    let mut columns = Columns::new(&mut out, screen, &["SIS id", "Name", "Email", "Warnings"]);
    let wanted = |row: &OutcomeRow<'_>| row.outcome == OutcomeWord::Created;
    for row in answer.rows().filter(wanted).take(named) {
        columns.row(cells(&row.person, codes(&row.findings)))?;
    }
    columns.finish()?;
    match created.saturating_sub(named) {
        0 => {}
        more => writeln!(out, "and {more} more; `--dry-run` shows them all")?,
    }
    writeln!(out)
}

fn lines(out: &mut dyn Write, width: u16, texts: &[String]) -> io::Result<()> {
    texts.iter().filter(|text| !text.is_empty()).try_for_each(|text| paragraph(out, width, text))
}

/// Those with one outcome, and what the codes among them mean.
fn section(
    out: &mut Out,
    screen: Screen,
    answer: Answer<'_>,
    outcome: OutcomeWord,
    title: &str,
) -> io::Result<()> {
    let counts = answer.counts();
    let (count, last_column) = match outcome {
        OutcomeWord::Created => (counts.created, "Warnings"),
        OutcomeWord::Refused => (counts.refused, "Reasons"),
    };
    if count == 0 {
        return Ok(());
    }
    let title = format!("{title} ({count})");
    let title = match outcome {
        OutcomeWord::Created => screen.heading(&title),
        OutcomeWord::Refused => screen.alarm(&title),
    };
    writeln!(out, "\n{title}\n")?;
    let mut legend = Legend::default();
    let mut columns = Columns::new(&mut *out, screen, &["SIS id", "Name", "Email", last_column]);
    for row in answer.rows().filter(|row| row.outcome == outcome) {
        legend.count(row.findings.shown());
        columns.row(cells(&row.person, codes(&row.findings)))?;
    }
    columns.finish()?;
    if !legend.is_empty() {
        writeln!(out)?;
        legend.write(out, screen.width)?;
    }
    Ok(())
}

/// A list of people that is written while they come.
pub(crate) struct Candidates<'o> {
    columns: Columns<'o, Out>,
    legend: Legend,
    eligible: u64,
    width: u16,
    whom: Whom,
    /// The SIS id of the school that it is about.
    school: String,
    /// What could be done for whom, the first few.
    proposals: Vec<String>,
    proposed: u64,
}

/// How many proposals are shown.
const PROPOSALS: usize = 10;

/// Who is in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    Candidates,
    /// Those who are no candidates as well.
    Everyone,
}

impl<'o> Candidates<'o> {
    pub(crate) fn new(out: &'o mut Out, screen: Screen, whom: Whom, school: &School) -> Self {
        let last_column = match whom {
            Whom::Candidates => "Warnings",
            Whom::Everyone => "Candidate?",
        };
        Self {
            columns: Columns::new(out, screen, &["SIS id", "Name", "Email", last_column]),
            legend: Legend::default(),
            eligible: 0,
            width: screen.width,
            whom,
            school: school.sis_id().to_string(),
            proposals: Vec::new(),
            proposed: 0,
        }
    }

    pub(crate) fn row(&mut self, row: &CandidateRow<'_>) -> io::Result<()> {
        self.legend.count(row.findings.shown());
        if let Some(proposal) = row.proposal(&self.school) {
            self.proposed = self.proposed.saturating_add(1);
            if self.proposals.len() < PROPOSALS {
                self.proposals.push(proposal);
            }
        }
        let is_candidate = row.status == Status::Candidate;
        self.eligible = self.eligible.saturating_add(u64::from(is_candidate));
        let codes = codes(&row.findings);
        let last = match (self.whom, is_candidate) {
            (Whom::Candidates, _) => codes,
            (Whom::Everyone, true) if codes.is_empty() => "yes".to_owned(),
            (Whom::Everyone, true) => format!("yes: {codes}"),
            (Whom::Everyone, false) => format!("no: {codes}"),
        };
        self.columns.row(cells(&row.person, last))
    }

    /// Writes what is left, and how many there were.
    pub(crate) fn finish(self, endings: &Endings<'_>) -> io::Result<()> {
        let Self { columns, legend, eligible, width, whom, proposals, proposed, .. } = self;
        let listed = columns.rows();
        let out = columns.finish()?;
        if listed > 0 {
            writeln!(out)?;
        }
        paragraph(out, width, &endings.words(whom, eligible, listed))?;
        if !legend.is_empty() {
            writeln!(out)?;
            legend.write(out, width)?;
        }
        if proposed > 0 {
            writeln!(out)?;
            let words =
                "A user stands in the way, and can be dealt with; look at each with `staffroom staff show`:";
            paragraph(out, width, words)?;
            proposals.iter().try_for_each(|proposal| writeln!(out, "  {proposal}"))?;
            match proposed.saturating_sub(u64::try_from(proposals.len()).unwrap_or(u64::MAX)) {
                0 => {}
                more => paragraph(out, width, &format!("and {more} more (`--format json` has them all)"))?,
            }
        }
        out.flush()
    }
}

/// What the list was of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endings<'a> {
    /// Where the people are, to stand after "nobody".
    pub(crate) place: &'a str,
    /// True if only those were listed whom a search finds.
    pub(crate) searched: bool,
}

impl Endings<'_> {
    /// How many there were, and what to do to see more.
    fn words(&self, whom: Whom, candidates: u64, listed: u64) -> String {
        let place = self.place;
        let found = if self.searched { " and is found by the search" } else { "" };
        match (whom, listed, candidates) {
            (Whom::Everyone, 0, _) => format!("There is nobody {place}{found}."),
            (Whom::Everyone, listed, candidates) => {
                format!("Candidates: {candidates} of the {listed} listed.")
            }
            (Whom::Candidates, _, 0) => {
                format!("Nobody {place}{found} is a candidate. `--why` lists everybody, with the reasons.")
            }
            (Whom::Candidates, _, candidates) => {
                format!("Candidates: {candidates}. `--why` lists everybody else as well, with the reasons.")
            }
        }
    }
}

fn cells(person: &Person<'_>, last: String) -> Vec<String> {
    vec![
        person.sis_id.unwrap_or_default().to_owned(),
        person.name.clone().unwrap_or_default(),
        person.email.unwrap_or_default().to_owned(),
        last,
    ]
}

/// The codes of the findings, and with whom an email is shared.
fn codes(findings: &Findings<'_>) -> String {
    let codes: Vec<String> = findings
        .shown()
        .codes()
        .map(|code| match (code, findings.sharers.as_slice()) {
            ("email-shared", [_, ..]) => format!("{code} with {}", sharers(findings)),
            _ => code.to_owned(),
        })
        .collect();
    codes.join(", ")
}

/// The first few of those with the same email.
fn sharers(findings: &Findings<'_>) -> String {
    const NAMED: usize = 3;
    let named: Vec<&str> = findings.sharers.iter().take(NAMED).copied().collect();
    let at_least = if findings.sharers.len() < Facts::MAX_SHARERS { "" } else { "at least " };
    match findings.sharers.len().saturating_sub(named.len()) {
        0 => named.join(" and "),
        more => format!("{} and {at_least}{more} more", named.join(", ")),
    }
}
