//! From what was typed to a network that can be worked in.

use std::path::Path;
use std::sync::Arc;

use staffroom_core::store::{Mode, Store, StoreError};
use staffroom_core::{
    Actor, Group, IdSource, ImportError, NetworkId, NetworkName, Progress, Roster, School, SchoolId, Session,
    Staffroom, Where, starter_groups,
};
use staffroom_system::{SystemClock, TimeOrderedIds};

use crate::args::SourceArgs;
use crate::database::Database;
use crate::error::Error;
use crate::identity::{NetworkKey, network_name};
use crate::lookup;
use crate::output::{say, words};
use crate::progress::Meter;
use crate::rehearsal::Rehearsal;
use crate::roster::read;

/// What there is to say when the command works over a store that ends with it.
pub(crate) const NOTHING_IS_KEPT: &str = "note: without `--database` the command keeps accounts in memory only: \
                                          nothing of them\nis left when it ends, and the report is the result";

/// A network, and the school that was named.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) staffroom: Staffroom,
    pub(crate) id: NetworkId,
    pub(crate) name: NetworkName,
    pub(crate) school: School,
    /// Whether what is done in it is there when the command has ended.
    pub(crate) is_lasting: bool,
    groups: Vec<Group>,
}

/// What becomes of a roster in a lasting database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Import {
    /// It is imported.
    Lasting,
    /// It is looked at as if it were, and nothing is written.
    Rehearsed,
}

/// How a network is to be opened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening<'a> {
    pub(crate) source: &'a SourceArgs,
    /// The group that was named, which must be there.
    pub(crate) group: Option<&'a str>,
    pub(crate) import: Import,
    pub(crate) quiet: bool,
}

impl Network {
    /// Opens the database; reads the roster, if there is one, tells about its bad lines, and imports the good ones.
    /// Names of a school or a group that are not there are found out before anything is written.
    pub(crate) async fn open(opening: &Opening<'_>, meter: &Arc<Meter>) -> Result<Self, Error> {
        let Opening { source, group, import, quiet } = *opening;
        let database = Database::of(&source.database)?;
        let typed = source.place.network.as_deref().map(NetworkKey::parse).transpose()?;
        let from = source.roster.from.as_deref();
        if from.is_none() && !database.is_lasting() {
            return Err(Error::NoRoster);
        }
        if from.is_none() && typed.is_none() {
            return Err(Error::NoNetworkNamed);
        }
        let store = database.open().await?;
        let file = from.map(|path| read(path, &source.roster, meter)).transpose()?;
        let roster = file.as_ref().map(|file| &file.roster);
        let Identity { id, name } = Identity::of(typed, roster, from)?;

        let store: Arc<dyn Store> = match import {
            Import::Rehearsed if database.is_lasting() && roster.is_some() => Arc::new(Rehearsal::new(store)),
            _ => store,
        };
        let ids = Arc::new(TimeOrderedIds::new());
        let contents = Contents::of(&*store, id).await?;
        if contents.is_none() && roster.is_none() {
            return Err(Error::NoSuchNetwork(name.to_string()));
        }
        let school = &source.place.school;
        contents
            .as_ref()
            .unwrap_or(&Contents::new_network(name.clone(), &*ids)?)
            .check(roster, school, group)?;

        let progress: Arc<dyn Progress> = Arc::<Meter>::clone(meter);
        let staffroom = Staffroom::new(store, Arc::new(SystemClock), ids).with_progress(progress);
        if let Some(roster) = roster {
            staffroom.open_network(id, &name).await?;
            let report = staffroom.import(id, roster).await?;
            meter.clear();
            if database.is_lasting() && !quiet {
                let is_new = contents.is_none();
                let name = contents.as_ref().map_or(&name, |contents| &contents.name);
                say(&words::imported(&report, name, is_new, import));
            }
        }
        // A large roster takes as much memory again as the store that it is in now.
        drop(file);

        let contents = Contents::of(&**staffroom.store(), id).await?;
        let Contents { name, schools, groups } =
            contents.ok_or_else(|| Error::NoSuchNetwork(name.to_string()))?;
        meter.clear();
        let school = lookup::school(name.as_str(), &schools, school)?.clone();
        Ok(Self { staffroom, id, name, school, is_lasting: database.is_lasting(), groups })
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

/// Which network is meant, and what it is called if it is new.
struct Identity {
    id: NetworkId,
    name: NetworkName,
}

impl Identity {
    /// From what was typed; else from what the roster calls its network; else from the name of its file.
    fn of(typed: Option<NetworkKey>, roster: Option<&Roster>, from: Option<&Path>) -> Result<Self, Error> {
        let told = || match (roster.and_then(Roster::network), from) {
            (Some(name), _) => Ok(Some(name.clone())),
            (None, Some(path)) => name_of_path(path).map(Some),
            (None, None) => Ok(None),
        };
        let named = |name: NetworkName| Self { id: NetworkKey::Name(name.clone()).id(), name };
        match typed {
            Some(NetworkKey::Name(name)) => Ok(named(name)),
            Some(NetworkKey::Id(id)) => {
                let name = told()?.map_or_else(|| network_name(&id.to_string()), Ok)?;
                Ok(Self { id, name })
            }
            None => told()?.map(named).ok_or(Error::NoNetworkNamed),
        }
    }
}

/// What a network is called that nobody has named: like its file.
fn name_of_path(path: &Path) -> Result<NetworkName, Error> {
    // `.` and `..` are names of no file; where they lead to is one.
    let real = path.canonicalize().unwrap_or_default();
    let stem = path.file_stem().or_else(|| real.file_stem()).unwrap_or_default();
    network_name(&stem.to_string_lossy())
}

/// What can be named in a network.
#[derive(Debug)]
struct Contents {
    name: NetworkName,
    schools: Vec<School>,
    groups: Vec<Group>,
}

impl Contents {
    /// As the store has them; `None` if the network is not there.
    async fn of(store: &dyn Store, network: NetworkId) -> Result<Option<Self>, StoreError> {
        let mut uow = store.begin(network, Mode::Read).await?;
        let Some(record) = uow.network().find().await? else {
            return Ok(None);
        };
        let name = record.name().clone();
        Ok(Some(Self { name, schools: uow.schools().list().await?, groups: uow.groups().list().await? }))
    }

    /// Of a network that is to be opened.
    fn new_network(name: NetworkName, ids: &dyn IdSource) -> Result<Self, Error> {
        let mut groups = starter_groups(ids).map_err(ImportError::from)?;
        groups.sort_by_key(|group| group.name().folded());
        Ok(Self { name, schools: Vec::new(), groups })
    }

    /// Checks that the school and the group are there, now or after `roster` is imported.
    fn check(&self, roster: Option<&Roster>, school: &str, group: Option<&str>) -> Result<(), Error> {
        let listed = roster.map(Roster::schools).unwrap_or_default();
        let stays = |school: &&School| listed.iter().all(|listed| listed.sis_id() != school.sis_id());
        let added = listed.iter().map(|listed| {
            // Only looked at by its names: any id will do.
            School::new(
                SchoolId::from_uuid(uuid::Uuid::nil()),
                listed.sis_id().clone(),
                listed.name().clone(),
            )
        });
        let mut schools: Vec<School> = self.schools.iter().filter(stays).cloned().chain(added).collect();
        schools.sort_by_key(|school| school.name().folded());
        if schools.is_empty() {
            return Err(Error::NoSchools);
        }
        lookup::school(self.name.as_str(), &schools, school)?;
        if let Some(group) = group {
            lookup::group(self.name.as_str(), &self.groups, group)?;
        }
        Ok(())
    }
}
