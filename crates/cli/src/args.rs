//! What can be typed: the verbs, the flags that all of them take, and their help. The flags of one verb stand in its
//! file below `verbs`.

pub(crate) mod help;

use std::fmt;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, ValueEnum, ValueHint};
use staffroom_roster::Format as RosterFormat;

use crate::verbs::Verb;

/// Give the staff of a school network their login accounts in bulk, safely.
#[derive(Debug, Parser)]
#[command(name = "staffroom", version, about, long_about = help::ABOUT, after_help = help::with_exit_codes(""))]
#[command(disable_help_subcommand = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// The flags of every verb.
#[derive(Args)]
pub(crate) struct CommonArgs {
    /// The network: its name, or its id [env: `STAFFROOM_NETWORK`] [default: the only one there is]
    #[arg(long, global = true, value_name = "NAME", help_heading = WHERE)]
    pub(crate) network: Option<String>,
    /// The school: its name, or its SIS id [env: `STAFFROOM_SCHOOL`] [default: the only one there is]
    #[arg(long, global = true, value_name = "NAME", help_heading = WHERE)]
    pub(crate) school: Option<String>,
    /// Act as the user with this email, with their permissions [env: `STAFFROOM_AS`] [default: the operator of the machine,
    /// who may do everything]
    #[arg(long = "as", global = true, value_name = "EMAIL", help_heading = WHERE)]
    pub(crate) acting: Option<String>,
    /// Where accounts are kept: `sqlite:PATH`, `postgres://user:password@host:5432/database`, or `memory:` until the
    /// command ends [env: `STAFFROOM_DATABASE`] [default: sqlite:staffroom.db]
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url, help_heading = DATABASE)]
    pub(crate) database: Option<String>,
    /// The schema of a PostgreSQL database that has the tables [env: `STAFFROOM_SCHEMA`] [default: staffroom]
    #[arg(long, global = true, value_name = "NAME", help_heading = DATABASE)]
    pub(crate) schema: Option<String>,
    /// A file with these settings [env: `STAFFROOM_CONFIG`] [default: ./staffroom.toml, else staffroom/config.toml in
    /// ~/.config]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = DATABASE)]
    pub(crate) config: Option<PathBuf>,
    /// Where people sign in, like `https://accounts.example.org`: it is printed on hand-off sheets
    /// [env: `STAFFROOM_SIGN_IN_URL`] [default: none]
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url, help_heading = PEOPLE)]
    pub(crate) sign_in_url: Option<String>,
    /// The page where people set a password, like `https://accounts.example.org/set-password`: the link in a mail leads there
    /// [env: `STAFFROOM_SET_PASSWORD_URL`] [default: none]
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url, help_heading = PEOPLE)]
    pub(crate) set_password_url: Option<String>,
    /// Where mail goes: `smtps://user:password@host:port`, `folder:PATH` for trying out, or `none`. A password belongs into the
    /// configuration file [env: `STAFFROOM_MAIL`] [default: none]
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url, help_heading = PEOPLE)]
    pub(crate) mail: Option<String>,
    /// Who mail comes from [env: `STAFFROOM_MAIL_FROM`] [default: none]
    #[arg(long, global = true, value_name = "EMAIL", help_heading = PEOPLE)]
    pub(crate) mail_from: Option<String>,
    /// The form of the answer on standard output [env: `STAFFROOM_FORMAT`] [default: table]
    #[arg(long, global = true, value_name = "FORMAT", value_enum, help_heading = OUTPUT)]
    pub(crate) format: Option<OutputFormat>,
    /// Show no progress and no notes [env: `STAFFROOM_QUIET`]
    #[arg(long, short, global = true, help_heading = OUTPUT)]
    pub(crate) quiet: bool,
    /// Whether to use colours; the variable `NO_COLOR` turns them off as well [env: `STAFFROOM_COLOR`] [default: auto]
    #[arg(long, global = true, value_name = "WHEN", value_enum, help_heading = OUTPUT)]
    pub(crate) color: Option<ColorChoice>,
}

const WHERE: &str = "Where, and as whom";
const DATABASE: &str = "The database";
const PEOPLE: &str = "What people are told";
const OUTPUT: &str = "Output";

impl fmt::Debug for CommonArgs {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommonArgs").finish_non_exhaustive()
    }
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

/// Whether to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// At a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Wherever the output goes
    Always,
    /// Nowhere
    Never,
}

/// A roster that may come with the verb.
#[derive(Debug, Args)]
#[command(next_help_heading = "The roster")]
pub(crate) struct RosterArgs {
    /// Import this roster first: a folder or zip (OneRoster 1.1 or 1.2, School Data Sync v2.1), or one CSV file. It may be
    /// left out for a network that the database has already
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// How a roster is to be read.
#[derive(Debug, Args)]
#[command(next_help_heading = "The roster")]
pub(crate) struct ReadingArgs {
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
    /// Import a roster even if it would make more than a third of the active staff inactive
    #[arg(long, requires = "from")]
    pub(crate) allow_departures: bool,
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
        ErrorKind::MissingRequiredArgument if about(&error, "--works-here") => {
            suggest(&mut error, &help::WHOM_TIPS);
        }
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
