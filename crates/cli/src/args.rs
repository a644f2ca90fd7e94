//! What can be typed: the verbs, their flags, and their help.

mod help;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use staffroom_roster::Format as RosterFormat;

/// Give the staff of a school network their login accounts in bulk, safely.
#[derive(Debug, Parser)]
#[command(name = "staffroom", version, about, long_about = help::ABOUT, after_help = help::with_exit_codes(""))]
#[command(disable_help_subcommand = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    BulkCreate(BulkCreateArgs),
    Candidates(CandidatesArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Create user accounts for many staff members at once, and report what became of each.
#[derive(Debug, Args)]
#[command(long_about = help::BULK_CREATE, after_help = help::with_exit_codes(help::BULK_CREATE_EXAMPLES))]
pub(crate) struct BulkCreateArgs {
    #[command(flatten)]
    pub(crate) roster: RosterArgs,
    #[command(flatten)]
    pub(crate) whom: WhomArgs,
    #[command(flatten)]
    pub(crate) how: HowArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// List the staff members for whom a user account can be created now.
#[derive(Debug, Args)]
#[command(long_about = help::CANDIDATES, after_help = help::with_exit_codes(help::CANDIDATES_EXAMPLES))]
pub(crate) struct CandidatesArgs {
    #[command(flatten)]
    pub(crate) roster: RosterArgs,
    /// List every staff member, with each reason why they are no candidate
    #[arg(long, help_heading = "Whom to list")]
    pub(crate) why: bool,
    /// Only those who work in the school
    #[arg(long, help_heading = "Whom to list")]
    pub(crate) works_here: bool,
    /// Only those whose name, email or SIS id starts with this; case and accents make no difference
    #[arg(long, value_name = "TEXT", help_heading = "Whom to list")]
    pub(crate) search: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Print a completion script for your shell.
#[derive(Debug, Args)]
#[command(after_help = help::COMPLETIONS_EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Print a manual page, in the format that `man` reads.
#[derive(Debug, Args)]
#[command(after_help = help::MAN_EXAMPLES)]
pub(crate) struct ManArgs {
    /// The command that the page is about, such as `bulk-create`; without it, the page about all of them
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
}

/// Where people and schools come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "The roster")]
pub(crate) struct RosterArgs {
    /// The roster: a folder or zip (OneRoster 1.1 or 1.2, School Data Sync v2.1), or one CSV file
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) from: PathBuf,
    /// The school that the new users may enter: its name, or its SIS id
    #[arg(long, value_name = "NAME")]
    pub(crate) school: String,
    /// The format of the roster, if it is not recognised rightly
    #[arg(long, value_name = "FORMAT", value_parser = roster_format())]
    pub(crate) roster_format: Option<RosterFormat>,
    /// What the network is called [default: what the roster calls it, else the name of the file]
    #[arg(long, value_name = "NAME")]
    pub(crate) network: Option<String>,
    /// Read the roster as of this day, like 2026-08-24: whoever has begun by then and not left counts as active
    /// [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
    /// Use nothing of a roster that has bad lines
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Whom to create users for: exactly one of these.
#[derive(Debug, Args)]
#[command(next_help_heading = "Whom to create accounts for (one of these)")]
#[group(required = true, multiple = false)]
pub(crate) struct WhomArgs {
    /// Every candidate of the network
    #[arg(long)]
    pub(crate) all: bool,
    /// Every candidate who works in the school
    #[arg(long)]
    pub(crate) works_here: bool,
    /// These staff members, by their SIS ids
    #[arg(long, value_name = "SIS_ID", num_args = 1..)]
    pub(crate) staff: Vec<String>,
    /// The staff members in this file, one SIS id on each line; `-` reads standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) staff_file: Option<PathBuf>,
}

/// How to go about it.
#[derive(Debug, Args)]
#[command(next_help_heading = "How")]
pub(crate) struct HowArgs {
    /// The permission group that the new users belong to; a new network has Teacher, School Leader, Office and
    /// Network Admin [default: none]
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,
    /// Show what would happen, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Create nobody if anybody is refused
    #[arg(long)]
    pub(crate) all_or_nothing: bool,
    /// Do not ask before creating. (Nothing is asked either if there is no terminal to ask on)
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Write the hand-off sheet to this file: who can sign in now, and how. It must not exist yet
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "dry_run")]
    pub(crate) hand_off: Option<PathBuf>,
}

/// How the answer is printed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// The form of the answer on standard output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(crate) format: OutputFormat,
    /// Show no progress and no notes
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// The form of the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people
    #[default]
    Table,
    /// For programs: a documented, versioned contract
    Json,
    /// For spreadsheets
    Csv,
}

/// Reads the command line.
///
/// # Errors
/// A request for help, or a wrong call; clap's own message, with ours where it leaves people guessing.
pub(crate) fn parse() -> Result<Cli, clap::Error> {
    Cli::try_parse().map_err(teach)
}

/// The whole command, for completions and manual pages.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// Says what a missing choice is about.
fn teach(mut error: clap::Error) -> clap::Error {
    let about_whom = |value: &ContextValue| match value {
        ContextValue::Strings(names) => names.iter().any(|name| name.contains("--all")),
        ContextValue::String(name) => name.contains("--all"),
        _ => false,
    };
    let missing = error.kind() == ErrorKind::MissingRequiredArgument
        && error.get(ContextKind::InvalidArg).is_some_and(about_whom);
    if missing {
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(help::WHOM_TIPS.map(StyledStr::from).to_vec()),
        );
    }
    error
}

fn roster_format() -> impl clap::builder::TypedValueParser<Value = RosterFormat> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(RosterFormat::ALL.map(RosterFormat::code))
        .try_map(|code| code.parse::<RosterFormat>())
}
