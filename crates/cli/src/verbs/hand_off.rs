//! `staffroom hand-off`: the sheet of a batch, made again.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueHint;
use serde::Serialize;
use staffroom_core::{BatchId, HandOffAgain, NetworkId, Report, SisId, UserId, WayIn};

use super::batches::WhichBatch;
use crate::args::{OutputFormat, help};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::hand_off::{self, Place, Sheet, way_in};
use crate::network::Network;
use crate::output;
use crate::output::records::{List, Record, Row};
use crate::output::words::paragraph;

/// Make the hand-off sheet of a batch again: who can sign in, and how.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {
    #[command(flatten)]
    which: WhichBatch,
    /// Write the sheet to this file, which must not exist yet: a table if its name ends with `.csv`, slips to print if it
    /// ends with `.html`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    write: Option<PathBuf>,
}

const LONG: &str = "\
Make the hand-off sheet of a batch again: who can sign in, with which email, and how they get in.

Whoever needs none any more is left out, and listed: people who have signed in or set a password, and users who were \
removed or disabled since. Generated passwords were shown once, and are not shown again.";

const EXAMPLES: &str = "\
Examples:
  Slips to print and cut, for everybody of the newest batch who has not come yet:
    staffroom hand-off --last --write slips.html

  The same for a spreadsheet:
    staffroom hand-off 019a3f52-7c1e-7000-8000-5f2a9c0d1b3e --write sheet.csv";

pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, Error> {
    if let Some(path) = &args.write {
        hand_off::check_place(path)?;
    }
    context.interrupts.means("stopped: no sheet was written");
    context.run(async {
        let network = Network::there(context).await?;
        let session = network.session_anywhere(context)?;
        let id = args.which.id(&network, &session).await?;
        let view = network.staffroom.batch(&session, id).await?.ok_or(Error::NoSuchBatch(id))?;
        let again = network.staffroom.hand_off(&session, id).await?.ok_or(Error::NoSuchBatch(id))?;
        let school = network.school_name(view.batch.report.school()).unwrap_or_default();
        if let Some(path) = &args.write {
            let place = Place { network: network.name.as_str(), school, url: context.sign_in_url() };
            write(context, path, place, &again)?;
        }
        print(context, &network, &view.batch.report, school, &again, args.write.as_deref())
    })
}

fn write(context: &Context, path: &Path, place: Place<'_>, again: &HandOffAgain) -> Result<(), Error> {
    let sheet = Sheet::create(path)?;
    context.interrupts.discard(path);
    sheet.write(place, &again.hand_off)?;
    context.interrupts.keep();
    Ok(())
}

/// What stands before the rows.
#[derive(Serialize)]
struct Head<'a> {
    batch: BatchId,
    network: &'a str,
    network_id: NetworkId,
    school: &'a str,
    slips: usize,
    left_out: usize,
    sheet: Option<String>,
    sign_in_url: Option<&'a str>,
}

/// Somebody of the batch.
#[derive(Debug, Serialize)]
struct SlipRow {
    sis_id: Option<String>,
    name: Option<String>,
    email: Option<String>,
    user_id: UserId,
    /// How they get in; null for whoever needs no slip.
    way_in: Option<&'static str>,
    /// In words.
    instructions: Option<String>,
    /// Why they need no slip.
    left_out: Option<&'static str>,
    #[serde(skip)]
    why: String,
}

impl Record for SlipRow {
    const COLUMNS: &'static [&'static str] =
        &["sis_id", "name", "email", "user_id", "way_in", "instructions", "left_out"];
}

impl Row for SlipRow {
    const LIST: &'static str = "people";
    const HEADER: &'static [&'static str] = &["Name", "Email", "How to get in"];

    fn cells(&self) -> Vec<String> {
        let how = self.way_in.map_or_else(|| format!("no slip: {}", self.why), |code| code.replace('-', " "));
        vec![self.name.clone().unwrap_or_default(), self.email.clone().unwrap_or_default(), how]
    }
}

fn rows(report: &Report, again: &HandOffAgain) -> impl Iterator<Item = SlipRow> {
    let sis_ids: HashMap<UserId, &SisId> =
        report.rows().iter().filter_map(|row| Some((row.user()?, row.subject().sis_id()?))).collect();
    let slips = again.hand_off.entries.iter().map(move |entry| SlipRow {
        sis_id: sis_ids.get(&entry.user).map(ToString::to_string),
        name: Some(entry.name.to_string()),
        email: Some(entry.email.to_string()),
        user_id: entry.user,
        way_in: Some(match &entry.way_in {
            WayIn::SharedPassword { .. } => "shared-password",
            WayIn::GeneratedPassword { .. } => "generated-password",
            WayIn::PasswordShownBefore { .. } => "password-shown-before",
            _ => "forgot-password",
        }),
        instructions: Some(way_in(entry)),
        left_out: None,
        why: String::new(),
    });
    let left_out = again.left_out.iter().map(|row| SlipRow {
        sis_id: row.subject.sis_id().map(ToString::to_string),
        name: row.subject.name().map(ToString::to_string),
        email: row.subject.email().and_then(staffroom_core::StaffEmail::as_given).map(str::to_owned),
        user_id: row.user,
        way_in: None,
        instructions: None,
        left_out: Some(row.why.code()),
        why: row.why.to_string(),
    });
    slips.chain(left_out)
}

fn print(
    context: &Context,
    network: &Network,
    report: &Report,
    school: &str,
    again: &HandOffAgain,
    sheet: Option<&Path>,
) -> Result<Exit, Error> {
    let (slips, left_out) = (again.hand_off.entries.len(), again.left_out.len());
    let head = Head {
        batch: report.batch(),
        network: network.name.as_str(),
        network_id: network.id,
        school,
        slips,
        left_out,
        sheet: sheet.map(|path| path.display().to_string()),
        sign_in_url: context.sign_in_url(),
    };
    let ending = match (slips, sheet) {
        (0, Some(path)) => format!("Nobody needs a slip any more; the sheet `{}` is empty.", path.display()),
        (0, None) => "Nobody needs a slip any more.".to_owned(),
        (_, Some(path)) => {
            format!("The sheet is `{}`: {slips} to tell, {left_out} left out.", path.display())
        }
        (_, None) => {
            format!(
                "{slips} to tell, {left_out} left out. `--write slips.html` makes slips to print, `--write sheet.csv` a table."
            )
        }
    };
    let mut out = output::stdout();
    // The sheet is the answer for people, where one is written.
    let printed: io::Result<()> = if context.format() == OutputFormat::Table && sheet.is_some() {
        paragraph(&mut out, context.screen.width, &ending).and_then(|()| out.flush())
    } else {
        List::new(&mut out, context, &head).and_then(|mut list| {
            rows(report, again).try_for_each(|row| list.row(&row))?;
            list.finish(&ending)
        })
    };
    output::finished(printed)?;
    Ok(Exit::Done)
}
