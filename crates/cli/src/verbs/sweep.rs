//! `staffroom sweep`: housekeeping.

use std::io::{self, Write};

use serde::Serialize;
use staffroom_core::NetworkId;

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::Network;
use crate::output::records::{Answer, Record};
use crate::output::screen::Screen;
use crate::output::words::{counted, paragraph};
use crate::output::{self, records};

/// Forget the sessions and links that are over, and failures to sign in of long ago.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {}

const LONG: &str = "\
Forget the sessions and links that are over, and failures to sign in of long ago. Nothing depends on it but the size of the \
database: run it once a day, from a timer.";

const EXAMPLES: &str = "\
Examples:
  staffroom sweep
  staffroom sweep --quiet --network \"Lakeside School Network\"";

pub(crate) fn run(_: &Args, context: &Context) -> Result<Exit, Error> {
    context.only_operator("`sweep`")?;
    context.interrupts.means("stopped: some may be forgotten, and the next `sweep` goes on");
    context.run(async {
        let network = Network::there(context).await?;
        let swept = network.staffroom.sweep(network.id).await?;
        let answer = SweepAnswer {
            network: network.name.to_string(),
            network_id: network.id,
            sessions: swept.sessions,
            resets: swept.resets,
            failures: swept.failures,
        };
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        Ok(Exit::Done)
    })
}

/// What was forgotten.
#[derive(Debug, Serialize)]
struct SweepAnswer {
    network: String,
    network_id: NetworkId,
    sessions: usize,
    resets: usize,
    failures: usize,
}

impl Record for SweepAnswer {
    const COLUMNS: &'static [&'static str] = &["network", "network_id", "sessions", "resets", "failures"];
}

impl Answer for SweepAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let words = format!(
            "Forgotten: {} and {} that are over, and {} that nobody has added to for long.",
            counted(self.sessions, "session", "sessions"),
            counted(self.resets, "link", "links"),
            counted(self.failures, "count of failures", "counts of failures")
        );
        paragraph(out, screen.width, &words)
    }
}
