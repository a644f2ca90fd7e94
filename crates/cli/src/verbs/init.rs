//! `staffroom init`: a database, and a network in it.

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use staffroom_core::{NetworkId, Staffroom};
use staffroom_system::{SystemClock, TimeOrderedIds};

use crate::args::help;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::network::{NetworkKey, network_name};
use crate::output::records::{Answer, Record};
use crate::output::screen::Screen;
use crate::output::words::paragraph;
use crate::output::{self, records};

/// Make the database, and begin a network in it.
#[derive(Debug, clap::Args)]
#[command(long_about = LONG, after_help = help::with_exit_codes(EXAMPLES))]
pub(crate) struct Args {}

const LONG: &str = "\
Make the database, and begin a network in it: the one that `--network` names, with the groups Teacher, School Leader, \
Office and Network Admin.

`staffroom import` does the same on its way, so that this is for those who want to see to one thing after the other. What \
is there already is left as it is. A schema in PostgreSQL is made by `staffroom migrate`.";

const EXAMPLES: &str = "\
Examples:
  staffroom init --network \"Lakeside School Network\"
  staffroom init --database sqlite:/var/lib/staffroom/lakeside.db --network Lakeside";

pub(crate) fn run(_: &Args, context: &Context) -> Result<Exit, Error> {
    context.only_operator("`init`")?;
    let database = context.database()?;
    if !database.is_lasting() {
        return Err(Error::NothingLasts);
    }
    let typed = context.settings.network.as_ref().map(|name| NetworkKey::parse(&name.value)).transpose()?;
    context.run(async {
        let there = context.open_existing(&database).await?;
        let is_new = there.is_none();
        let opened = match there {
            Some(there) => there,
            None => context.create(&database).await?,
        };
        let network = match typed {
            None => None,
            Some(key) => {
                let id = key.id();
                let name = match &key {
                    NetworkKey::Name(name) => name.clone(),
                    NetworkKey::Id(id) => network_name(&id.to_string())?,
                };
                let store = context.interrupts.watching(opened.store);
                let staffroom = Staffroom::new(store, Arc::new(SystemClock), Arc::new(TimeOrderedIds::new()));
                let opened = staffroom.open_network(id, &name).await?;
                context.interrupts.means("stopped: the network is there");
                Some(opened)
            }
        };
        let answer = InitAnswer {
            database: database.to_string(),
            created: is_new,
            network: network.as_ref().map(|network| network.name().to_string()),
            network_id: network.map(|network| network.id()),
        };
        let mut out = output::stdout();
        output::finished(records::answer(&mut out, context, &answer))?;
        Ok(Exit::Done)
    })
}

#[derive(Debug, Serialize)]
struct InitAnswer {
    database: String,
    /// The database was not there before.
    created: bool,
    network: Option<String>,
    network_id: Option<NetworkId>,
}

impl Record for InitAnswer {
    const COLUMNS: &'static [&'static str] = &["database", "created", "network", "network_id"];
}

impl Answer for InitAnswer {
    fn tell(&self, out: &mut dyn Write, screen: Screen) -> io::Result<()> {
        let database = &self.database;
        let made = if self.created { "is made" } else { "was there already" };
        paragraph(out, screen.width, &format!("The database `{database}` {made}."))?;
        let network = match &self.network {
            Some(name) => format!("The network {name} is there. Next: `staffroom import ROSTER`."),
            None => {
                "Next: `staffroom import ROSTER`, which begins the network that the roster names.".to_owned()
            }
        };
        paragraph(out, screen.width, &network)
    }
}
