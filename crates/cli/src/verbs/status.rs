//! `staffroom status`: which database, which network, how many of what, and where each setting comes from.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::store::Count;
use staffroom_core::{NetworkId, Overview};

use crate::args::{ColorChoice, OutputFormat, help};
use crate::context::Context;
use crate::database::Database;
use crate::error::{Error, Exit};
use crate::mail;
use crate::network::Network;
use crate::output::records::{Answer, Record, fields};
use crate::output::screen::Screen;
use crate::output::{self, records};
use crate::settings::{Origin, Setting};

/// Say which database and network this is, how many of what there are, and where each setting comes from.
#[derive(Debug, clap::Args)]
#[command(after_help = help::with_exit_codes("Examples:\n  staffroom status\n  staffroom status --format json"))]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args, context: &Context) -> Result<Exit, Error> {
    let database = context.database()?;
    context.run(async {
        let mut answer = StatusAnswer::new(context, &database);
        let there = if database.is_lasting() { context.open_existing(&database).await? } else { None };
        let mut fault = None;
        if there.is_some() {
            answer.exists = true;
            match overview(context).await {
                Ok((id, overview)) => answer.tell_of(id, overview.as_ref()),
                // A database is something to tell about, whichever network is meant.
                Err(error @ (Error::NoNetworks | Error::WhichNetwork(_) | Error::NoNetworkNamed)) => {
                    answer.note = error.to_string();
                }
                Err(error) => fault = Some(error),
            }
        } else if database.is_lasting() {
            answer.note = Error::NoDatabase(database.to_string()).to_string();
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        Ok(Exit::Done)
    })
}

/// The network, and how many of what there are in it, unless it has no school yet.
async fn overview(context: &Context) -> Result<((NetworkId, String), Option<Overview>), Error> {
    let network = Network::there(context).await?;
    let identity = (network.id, network.name.to_string());
    if network.has_no_school() {
        return Ok((identity, None));
    }
    let session = network.session_anywhere(context)?;
    Ok((identity, Some(network.staffroom.overview(&session).await?)))
}

#[derive(Debug, Serialize)]
struct StatusAnswer {
    database: String,
    exists: bool,
    network: Option<String>,
    network_id: Option<NetworkId>,
    schools: Option<usize>,
    staff_active: Option<usize>,
    staff_inactive: Option<usize>,
    candidates: Option<u64>,
    /// There are more candidates than that.
    candidates_capped: bool,
    users_enabled: Option<usize>,
    users_disabled: Option<usize>,
    users_linked: Option<usize>,
    groups_active: Option<usize>,
    groups_inactive: Option<usize>,
    batches: Option<usize>,
    config: Option<String>,
    settings: Vec<SettingRow>,
    #[serde(skip)]
    note: String,
}

/// A setting, and where it comes from.
#[derive(Debug, Serialize)]
struct SettingRow {
    name: &'static str,
    value: Option<String>,
    origin: String,
}

impl StatusAnswer {
    fn new(context: &Context, database: &Database) -> Self {
        let settings = &context.settings;
        let row = |name, value: String, origin: &Origin| SettingRow {
            name,
            value: Some(value),
            origin: origin.to_string(),
        };
        let text = |name, setting: &Option<Setting<String>>| match setting {
            Some(setting) => row(name, setting.value.clone(), &setting.origin),
            None => SettingRow { name, value: None, origin: Origin::Default.to_string() },
        };
        let format = match settings.format.value {
            OutputFormat::Table => "table",
            OutputFormat::Json => "json",
            OutputFormat::Csv => "csv",
        };
        let color = match settings.color.value {
            ColorChoice::Auto => "auto",
            ColorChoice::Always => "always",
            ColorChoice::Never => "never",
        };
        Self {
            database: database.to_string(),
            exists: false,
            network: None,
            network_id: None,
            schools: None,
            staff_active: None,
            staff_inactive: None,
            candidates: None,
            candidates_capped: false,
            users_enabled: None,
            users_disabled: None,
            users_linked: None,
            groups_active: None,
            groups_inactive: None,
            batches: None,
            config: settings.file.as_ref().map(|path| path.display().to_string()),
            settings: vec![
                row("database", database.to_string(), &settings.database.origin),
                row("schema", settings.schema.value.clone(), &settings.schema.origin),
                text("network", &settings.network),
                text("school", &settings.school),
                text("as", &settings.acting),
                row("format", format.to_owned(), &settings.format.origin),
                row("quiet", settings.quiet.value.to_string(), &settings.quiet.origin),
                row("color", color.to_owned(), &settings.color.origin),
                text("sign-in-url", &settings.sign_in_url),
                text("set-password-url", &settings.set_password_url),
                match &settings.mail {
                    Some(setting) => row("mail", mail::shown(&setting.value), &setting.origin),
                    None => text("mail", &None),
                },
                text("mail-from", &settings.mail_from),
            ],
            note: String::new(),
        }
    }

    fn tell_of(&mut self, (id, name): (NetworkId, String), overview: Option<&Overview>) {
        self.network = Some(name);
        self.network_id = Some(id);
        let Some(overview) = overview else {
            self.note = Error::NoSchoolThere.to_string();
            return;
        };
        let (candidates, capped) = match overview.candidates {
            Count::Exactly(count) => (count, false),
            Count::MoreThan(count) => (count, true),
        };
        self.schools = Some(overview.schools);
        self.staff_active = Some(overview.staff_active);
        self.staff_inactive = Some(overview.staff_inactive);
        self.candidates = Some(candidates);
        self.candidates_capped = capped;
        self.users_enabled = Some(overview.users_enabled);
        self.users_disabled = Some(overview.users_disabled);
        self.users_linked = Some(overview.users_linked);
        self.groups_active = Some(overview.groups_active);
        self.groups_inactive = Some(overview.groups_inactive);
        self.batches = Some(overview.batches);
    }
}

impl Record for StatusAnswer {
    const COLUMNS: &'static [&'static str] = &[
        "database",
        "exists",
        "network",
        "network_id",
        "schools",
        "staff_active",
        "staff_inactive",
        "candidates",
        "candidates_capped",
        "users_enabled",
        "users_disabled",
        "users_linked",
        "groups_active",
        "groups_inactive",
        "batches",
        "config",
    ];
}

impl Answer for StatusAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let count = |number: Option<usize>| number.unwrap_or_default();
        let mut lines = vec![("Database", self.database.clone())];
        lines.push(("Network", self.network.clone().unwrap_or_default()));
        if self.schools.is_some() {
            let more = if self.candidates_capped { "more than " } else { "" };
            lines.extend([
                ("Schools", count(self.schools).to_string()),
                (
                    "Staff",
                    format!("{} active, {} inactive", count(self.staff_active), count(self.staff_inactive)),
                ),
                ("Candidates", format!("{more}{}", self.candidates.unwrap_or_default())),
                (
                    "Users",
                    format!(
                        "{} enabled, {} disabled; {} linked to a staff member",
                        count(self.users_enabled),
                        count(self.users_disabled),
                        count(self.users_linked)
                    ),
                ),
                (
                    "Groups",
                    format!("{} active, {} inactive", count(self.groups_active), count(self.groups_inactive)),
                ),
                ("Batches", count(self.batches).to_string()),
            ]);
        }
        lines.push(("Note", self.note.clone()));
        fields(out, screen, &lines)?;
        writeln!(out, "\n{}\n", screen.heading("Settings"))?;
        let settings: Vec<(&str, String)> = self
            .settings
            .iter()
            .map(|row| {
                let said = row.value.as_ref().map(|value| format!("{value}, by {}", row.origin));
                (row.name, said.unwrap_or_else(|| "not set".to_owned()))
            })
            .collect();
        fields(out, screen, &settings)
    }
}
