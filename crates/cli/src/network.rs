//! From the path of a roster to a network that can be worked in.

use std::path::Path;
use std::sync::Arc;

use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    Actor, Clock, Group, IdSource, NetworkId, NetworkName, Progress, School, Session, Staffroom, Where,
};
use staffroom_roster::{Problem, ReadOptions, RosterFile};
use staffroom_store_memory::MemoryStore;
use staffroom_system::{SystemClock, TimeOrderedIds};

use crate::args::RosterArgs;
use crate::error::Error;
use crate::lookup;
use crate::output::say;
use crate::progress::Meter;

/// What there is to say as long as the command works over a store that ends with it.
pub(crate) const NOTHING_IS_KEPT: &str = "note: this release keeps accounts in memory only: nothing of them is left \
                                          when the\ncommand ends, and the report is the result";

/// How many bad lines are shown unless `--strict` asks for all of them.
const PROBLEMS_SHOWN: usize = 20;

/// A network, filled from a roster, and the school that was named.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) staffroom: Staffroom,
    pub(crate) id: NetworkId,
    pub(crate) name: NetworkName,
    pub(crate) school: School,
    groups: Vec<Group>,
}

impl Network {
    /// Reads the roster, tells about its bad lines, and imports the good ones into a store of its own.
    pub(crate) async fn open(args: &RosterArgs, meter: &Arc<Meter>) -> Result<Self, Error> {
        let name = args.network.as_deref().map(network_name).transpose()?;
        let file = read(args, meter)?;
        let name = match name.or_else(|| file.roster.network().cloned()) {
            Some(name) => name,
            None => name_of_path(&args.from)?,
        };

        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let ids = Arc::new(TimeOrderedIds::new());
        let id = NetworkId::from_uuid(ids.next_id());
        let progress: Arc<dyn Progress> = Arc::<Meter>::clone(meter);
        let staffroom = Staffroom::new(store, Arc::new(SystemClock), ids).with_progress(progress);
        staffroom.open_network(id, &name).await?;
        staffroom.import(id, &file.roster).await?;
        // A large roster takes as much memory again as the store that it is in now.
        drop(file);

        let mut uow = staffroom.store().begin(id, Mode::Read).await?;
        let (schools, groups) = (uow.schools().list().await?, uow.groups().list().await?);
        drop(uow);
        meter.clear();
        if schools.is_empty() {
            return Err(Error::NoSchools);
        }
        let school = lookup::school(name.as_str(), &schools, &args.school)?.clone();
        Ok(Self { staffroom, id, name, school, groups })
    }

    /// The operator, logged into the school that was named.
    pub(crate) const fn session(&self) -> Session {
        Session::new(self.id, Actor::Operator, self.school.id())
    }

    /// Where people are whom a list or a selection is about, to stand after "nobody".
    pub(crate) fn words_for(&self, place: Where) -> String {
        match place {
            Where::Anywhere => format!("in {}", self.name),
            Where::Here => format!("who works in {}", self.school.name()),
        }
    }

    /// The group that was named.
    pub(crate) fn group(&self, typed: &str) -> Result<&Group, Error> {
        Ok(lookup::group(self.name.as_str(), &self.groups, typed)?)
    }
}

/// What `--works-here` means.
pub(crate) const fn place(works_here: bool) -> Where {
    if works_here { Where::Here } else { Where::Anywhere }
}

fn read(args: &RosterArgs, meter: &Meter) -> Result<RosterFile, Error> {
    let today = args.as_of.unwrap_or_else(|| SystemClock.now().as_datetime().date_naive());
    let options = ReadOptions::new(today).with_format(args.roster_format);
    let file = staffroom_roster::read_with_progress(&args.from, &options, &|done, total| {
        meter.reading(done, total);
    });
    meter.clear();
    let file = file?;
    if args.strict {
        return file.into_strict().map_err(|error| {
            tell_problems(&error.problems, error.count, usize::MAX);
            error.into()
        });
    }
    if !file.problems.is_empty() {
        tell_problems(&file.problems, file.problem_count(), PROBLEMS_SHOWN);
        say("the rest of the roster is used; `--strict` would use nothing of it");
    }
    Ok(file)
}

/// Shows the first bad lines, at most `shown`, and counts the others.
fn tell_problems(problems: &[Problem], count: u64, shown: usize) {
    let plural = if count == 1 { "" } else { "s" };
    say(&format!("the roster has {count} problem{plural}:"));
    for problem in problems.iter().take(shown) {
        say(&format!("  {problem}"));
    }
    let more = count.saturating_sub(u64::try_from(problems.len().min(shown)).unwrap_or(u64::MAX));
    if more > 0 {
        say(&format!("  and {more} more (`--strict` lists them)"));
    }
}

fn network_name(text: &str) -> Result<NetworkName, Error> {
    NetworkName::parse(text).map_err(|why| Error::NetworkName { text: text.to_owned(), why })
}

/// What a network is called that nobody has named: like its file.
fn name_of_path(path: &Path) -> Result<NetworkName, Error> {
    // `.` and `..` are names of no file; where they lead to is one.
    let real = path.canonicalize().unwrap_or_default();
    let stem = path.file_stem().or_else(|| real.file_stem()).unwrap_or_default();
    network_name(&stem.to_string_lossy())
}
