//! What can be typed: the verbs, their flags, and their help.

mod help;

use std::fmt;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint};
use staffroom_roster::Format as RosterFormat;
use staffroom_store_postgres::migrations::DEFAULT_SCHEMA;

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
    Migrate(MigrateArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Create user accounts for many staff members at once, and report what became of each.
#[derive(Debug, Args)]
#[command(long_about = help::BULK_CREATE, after_help = help::with_exit_codes(help::BULK_CREATE_EXAMPLES))]
pub(crate) struct BulkCreateArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
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
    pub(crate) source: SourceArgs,
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

/// Make the schema of a database, or bring it up to date.
#[derive(Debug, Args)]
#[command(long_about = help::MIGRATE, after_help = help::with_exit_codes(help::MIGRATE_EXAMPLES))]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    /// Let this role use the tables as the other commands do; it owns nothing. Run it again after each migration
    #[arg(long, value_name = "ROLE", conflicts_with = "check")]
    pub(crate) grant: Option<String>,
    /// Change nothing; end with 4 if the schema is missing, too old or too new
    #[arg(long)]
    pub(crate) check: bool,
    /// The form of the answer on standard output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: MigrateFormat,
}

/// The form of the answer about a schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MigrateFormat {
    /// For people
    #[default]
    Table,
    /// For programs: a documented, versioned contract
    Json,
}

/// Where people, schools and accounts are.
#[derive(Debug, Args)]
pub(crate) struct SourceArgs {
    #[command(flatten)]
    pub(crate) roster: RosterArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}

/// Where people and schools come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "The roster")]
pub(crate) struct RosterArgs {
    /// The roster: a folder or zip (OneRoster 1.1 or 1.2, School Data Sync v2.1), or one CSV file. With a database it is
    /// imported there, and may be left out if it was before
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) from: Option<PathBuf>,
    /// The format of the roster, if it is not recognised rightly
    #[arg(long, value_name = "FORMAT", value_parser = roster_format(), requires = "from")]
    pub(crate) roster_format: Option<RosterFormat>,
    /// Read the roster as of this day, like 2026-08-24: whoever has begun by then and not left counts as active
    /// [default: today]
    #[arg(long, value_name = "DATE", requires = "from")]
    pub(crate) as_of: Option<NaiveDate>,
    /// Use nothing of a roster that has bad lines
    #[arg(long, requires = "from")]
    pub(crate) strict: bool,
}

/// Where in the network.
#[derive(Debug, Args)]
#[command(next_help_heading = "The network")]
pub(crate) struct PlaceArgs {
    /// The school that the new users may enter: its name, or its SIS id
    #[arg(long, value_name = "NAME")]
    pub(crate) school: String,
    /// What the network is called, or its id: a UUID [default: what the roster calls it, else the name of the file]
    #[arg(long, value_name = "NAME")]
    pub(crate) network: Option<String>,
}

/// Where accounts are kept.
#[derive(Args)]
#[command(next_help_heading = "The database")]
pub(crate) struct DatabaseArgs {
    /// Where accounts are kept: `postgres://user:password@host:5432/database`, or `memory:` until the command ends
    /// [default: memory:]
    #[arg(long, value_name = "URL", env = "STAFFROOM_DATABASE", hide_env_values = true, value_hint = ValueHint::Url)]
    pub(crate) database: Option<String>,
    /// The schema of the database that has the tables
    #[arg(long, value_name = "NAME", env = "STAFFROOM_SCHEMA", hide_env_values = true, default_value = DEFAULT_SCHEMA)]
    pub(crate) schema: String,
}

impl fmt::Debug for DatabaseArgs {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseArgs").field("schema", &self.schema).finish_non_exhaustive()
    }
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

/// Says what a missing choice is about, and where a URL belongs.
fn teach(mut error: clap::Error) -> clap::Error {
    let about = |error: &clap::Error, what: &str| match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(names)) => names.iter().any(|name| name.contains(what)),
        Some(ContextValue::String(name)) => name.contains(what),
        _ => false,
    };
    let suggest = |error: &mut clap::Error, tips: &[&'static str]| {
        let tips = tips.iter().copied().map(StyledStr::from).collect();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    };
    match error.kind() {
        ErrorKind::MissingRequiredArgument if about(&error, "--all") => suggest(&mut error, &help::WHOM_TIPS),
        // It may hold a password, and is not repeated.
        ErrorKind::UnknownArgument if about(&error, "://") => {
            error.insert(ContextKind::InvalidArg, ContextValue::String("URL".to_owned()));
            suggest(&mut error, &["a database is named with `--database URL`"]);
        }
        _ => {}
    }
    error
}

fn roster_format() -> impl clap::builder::TypedValueParser<Value = RosterFormat> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(RosterFormat::ALL.map(RosterFormat::code))
        .try_map(|code| code.parse::<RosterFormat>())
}
