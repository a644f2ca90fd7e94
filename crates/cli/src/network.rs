//! From what was typed to a network that can be worked in.

mod contents;
mod identity;

use std::path::Path;
use std::sync::Arc;

use staffroom_core::store::{Mode, Store};
use staffroom_core::{
    Actor, Departures, Email, Group, IdSource, ImportError, ImportReport, NetworkId, NetworkName, Progress,
    School, Session, Staffroom, User, Where,
};
use staffroom_roster::RosterFile;
use staffroom_system::{SystemClock, TimeOrderedIds};

use crate::args::{ReadingArgs, RosterArgs};
use crate::context::Context;
use crate::database::Opened;
use crate::error::Error;
use crate::lookup::{self, LookupError};
use crate::output::words;
use crate::progress::Meter;
use crate::rehearsal::Rehearsal;
use crate::roster::read;
use contents::Contents;
use identity::Identity;
pub(crate) use identity::{NetworkKey, network_name};

/// What there is to say when the command works over a store that ends with it.
pub(crate) const NOTHING_IS_KEPT: &str = "note: the database is `memory:`, so nothing of these accounts is left now \
                                          that the command ends; the report\nis the result";

/// A network, and who acts in it.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) staffroom: Staffroom,
    pub(crate) id: NetworkId,
    pub(crate) name: NetworkName,
    schools: Vec<School>,
    pub(crate) groups: Vec<Group>,
    pub(crate) actor: Actor,
    /// The acting user.
    acting: Option<Acting>,
    /// What the roster changed, if one was read.
    pub(crate) imported: Option<Imported>,
    /// Whether what is done in it is there when the command has ended.
    pub(crate) is_lasting: bool,
}

/// A user who acts, and the schools that they may enter.
#[derive(Debug)]
struct Acting {
    user: User,
    schools: Vec<School>,
}

/// What an import changed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Imported {
    pub(crate) report: ImportReport,
    /// The network was not there before.
    pub(crate) is_new: bool,
    /// How many lines of the roster were bad.
    pub(crate) problems: u64,
    /// It was rehearsed, and would be refused for how many people would become inactive.
    pub(crate) is_guarded: bool,
}

/// What becomes of a roster.
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
    /// The roster to import first.
    pub(crate) roster: Option<(&'a Path, &'a ReadingArgs)>,
    pub(crate) import: Import,
    /// The group that was named, which must be there.
    pub(crate) group: Option<&'a str>,
    /// Whether the school must be settled before anything is imported.
    pub(crate) in_a_school: bool,
}

impl<'a> Opening<'a> {
    /// Of a network that is there already.
    pub(crate) const THERE: Self =
        Self { roster: None, import: Import::Lasting, group: None, in_a_school: false };

    /// With a roster, if one was named.
    pub(crate) fn with(args: &'a RosterArgs, import: Import) -> Self {
        let roster = args.from.as_deref().map(|path| (path, &args.reading));
        Self { roster, import, in_a_school: true, ..Self::THERE }
    }
}

impl Network {
    /// Opens the network that the settings name in their database.
    pub(crate) async fn there(context: &Context) -> Result<Self, Error> {
        Self::open(context, &Opening::THERE).await
    }

    /// Opens the database; reads the roster, if there is one, tells about its bad lines, and imports the good ones.
    /// Names of a school or a group that are not there are found out before anything is written.
    pub(crate) async fn open(context: &Context, opening: &Opening<'_>) -> Result<Self, Error> {
        let database = context.database()?;
        let typed =
            context.settings.network.as_ref().map(|name| NetworkKey::parse(&name.value)).transpose()?;
        if opening.roster.is_none() && !database.is_lasting() {
            return Err(Error::NoRoster);
        }
        // A file is made when nothing can be wrong any more with what is to be put into it.
        let there = context.open_existing(&database).await?;
        if there.is_none() && opening.roster.is_none() {
            return Err(Error::NoDatabase(database.to_string()));
        }
        let roster = match opening.roster {
            Some((path, reading)) => Some((path, read(path, reading, &context.meter)?)),
            None => None,
        };
        let read = roster.as_ref().map(|(path, file)| (*path, &file.roster));
        let Identity { id, name } = Identity::find(typed, read, there.as_ref()).await?;
        let ids: Arc<dyn IdSource> = Arc::new(TimeOrderedIds::new());
        let contents = match &there {
            Some(there) => Contents::of(&*there.store, id).await?,
            None => None,
        };
        if contents.is_none() && read.is_none() {
            return Err(identity::unknown_network(&name, there.as_ref()).await?);
        }
        if let Some((_, roster)) = read {
            let new = Contents::new_network(name.clone(), &*ids)?;
            contents.as_ref().unwrap_or(&new).check(context, roster, opening)?;
        }

        let there = match (there, opening.import) {
            (Some(there), _) => there,
            (None, Import::Lasting) => context.create(&database).await?,
            (None, Import::Rehearsed) => Opened::in_memory(),
        };
        let is_lasting = database.is_lasting();
        let workplace = Workplace { context, store: there.store, ids };
        let (staffroom, imported) = match roster {
            None => (workplace.staffroom(Import::Lasting), None),
            Some((_, file)) => {
                let new_name = contents.is_none().then_some(&name);
                let (staffroom, imported) = workplace.import(opening, id, new_name, &file).await?;
                (staffroom, Some(imported))
            }
        };
        let Contents { name, schools, groups } = Contents::of(&**staffroom.store(), id)
            .await?
            .ok_or_else(|| Error::NoSuchNetwork { typed: name.to_string(), known: None })?;
        context.meter.clear();
        let acting = acting(context, &staffroom, id).await?;
        let actor = acting.as_ref().map_or(Actor::Operator, |user| Actor::User(user.id()));
        let acting = acting.map(|user| {
            let open = schools.iter().filter(|school| user.schools().contains(school.id()));
            Acting { schools: open.cloned().collect(), user }
        });
        Ok(Self { staffroom, id, name, schools, groups, actor, acting, imported, is_lasting })
    }

    /// Says what the roster changed, over a database in which it lasts.
    pub(crate) fn tell_imported(&self, context: &Context, import: Import) {
        if let Some(Imported { report, is_new, .. }) = self.imported.filter(|_| self.is_lasting) {
            context.note(&words::imported(&report, &self.name, is_new, import));
        }
    }

    /// The school that was named; else the only one that the actor can be in.
    pub(crate) fn school(&self, context: &Context) -> Result<&School, Error> {
        if let Some(typed) = &context.settings.school {
            return self.school_named(&typed.value);
        }
        match self.schools() {
            [one] => Ok(one),
            [] => Err(Error::NoSchoolThere),
            several => Err(LookupError::which_school(several).into()),
        }
    }

    /// The school called `typed`. To an acting user, a school that they may not enter is as if it were not there.
    pub(crate) fn school_named(&self, typed: &str) -> Result<&School, Error> {
        Ok(lookup::school(self.name.as_str(), self.schools(), typed)?)
    }

    /// The schools that the actor may enter, by name.
    pub(crate) fn schools(&self) -> &[School] {
        self.acting.as_ref().map_or(&self.schools, |acting| &acting.schools)
    }

    /// The actor, logged into the school that was named, or the only one.
    pub(crate) fn session(&self, context: &Context) -> Result<Session, Error> {
        Ok(self.session_in(self.school(context)?))
    }

    /// The actor, logged into `school`.
    pub(crate) const fn session_in(&self, school: &School) -> Session {
        Session::new(self.id, self.actor, school.id())
    }

    /// The actor, logged into the school that was named, or into any: for what is about the whole network.
    pub(crate) fn session_anywhere(&self, context: &Context) -> Result<Session, Error> {
        if context.settings.school.is_some() {
            return self.session(context);
        }
        let school = self.schools().first().or(self.schools.first());
        Ok(self.session_in(school.ok_or(Error::NoSchoolThere)?))
    }

    /// The actor, logged into a school that `user` may enter as well, if there is one.
    pub(crate) fn session_beside(&self, user: &User) -> Option<Session> {
        let shared = self.schools().iter().find(|school| user.schools().contains(school.id()));
        shared.map(|school| self.session_in(school))
    }

    /// True if nothing was imported yet.
    pub(crate) const fn has_no_school(&self) -> bool {
        self.schools.is_empty()
    }

    /// The acting user, if it is not the operator.
    pub(crate) fn acting(&self) -> Option<&User> {
        self.acting.as_ref().map(|acting| &acting.user)
    }

    /// Where people are whom a list or a selection is about, to stand after "nobody".
    pub(crate) fn words_for(&self, place: Where, school: &School) -> String {
        match place {
            Where::Anywhere => format!("in {}", self.name),
            Where::Here => format!("who works in {}", school.name()),
        }
    }

    /// The group that was named.
    pub(crate) fn group(&self, typed: &str) -> Result<&Group, Error> {
        Ok(lookup::group(self.name.as_str(), &self.groups, typed)?)
    }

    /// The names of the schools with these ids, as far as there are any.
    pub(crate) fn school_name(&self, id: staffroom_core::SchoolId) -> Option<&str> {
        self.schools.iter().find(|school| school.id() == id).map(|school| school.name().as_str())
    }

    /// The name of the group with this id.
    pub(crate) fn group_name(&self, id: staffroom_core::GroupId) -> Option<&str> {
        self.groups.iter().find(|group| group.id() == id).map(|group| group.name().as_str())
    }
}

/// What `--works-here` means.
pub(crate) const fn place(works_here: bool) -> Where {
    if works_here { Where::Here } else { Where::Anywhere }
}

/// What an operation works with.
struct Workplace<'a> {
    context: &'a Context,
    store: Arc<dyn Store>,
    ids: Arc<dyn IdSource>,
}

impl Workplace<'_> {
    /// The library, over a store in which what is done lasts or does not.
    fn staffroom(&self, import: Import) -> Staffroom {
        let store: Arc<dyn Store> = match import {
            Import::Rehearsed => Arc::new(Rehearsal::new(Arc::clone(&self.store))),
            Import::Lasting => self.context.interrupts.watching(Arc::clone(&self.store)),
        };
        let progress: Arc<dyn Progress> = Arc::<Meter>::clone(&self.context.meter);
        Staffroom::new(store, Arc::new(SystemClock), Arc::clone(&self.ids)).with_progress(progress)
    }

    /// Opens the network if it is new and has this name, and imports the roster.
    async fn import(
        &self,
        opening: &Opening<'_>,
        id: NetworkId,
        new_name: Option<&NetworkName>,
        file: &RosterFile,
    ) -> Result<(Staffroom, Imported), Error> {
        let may_leave = opening.roster.is_some_and(|(_, reading)| reading.allow_departures);
        let departures = if may_leave { Departures::Allowed } else { Departures::Guarded };
        let attempt = async |departures| {
            let staffroom = self.staffroom(opening.import);
            if let Some(name) = new_name {
                staffroom.open_network(id, name).await?;
                self.context.interrupts.means("stopped: nothing was imported");
            }
            staffroom.import_with(id, &file.roster, departures).await.map(|report| (staffroom, report))
        };
        self.context.interrupts.means("stopped: nothing was imported");
        let mut is_guarded = false;
        let mut done = attempt(departures).await;
        // A dry run shows what it would be.
        if opening.import == Import::Rehearsed && matches!(done, Err(ImportError::TooManyDepartures { .. })) {
            is_guarded = true;
            done = attempt(Departures::Allowed).await;
        }
        let (staffroom, report) = done?;
        if opening.import == Import::Lasting {
            self.context.interrupts.means("stopped: the roster is imported, and nothing else is changed");
        }
        self.context.meter.clear();
        let imported =
            Imported { report, is_new: new_name.is_some(), problems: file.problem_count(), is_guarded };
        Ok((staffroom, imported))
    }
}

/// The user named by `--as`.
async fn acting(context: &Context, staffroom: &Staffroom, id: NetworkId) -> Result<Option<User>, Error> {
    let Some(typed) = &context.settings.acting else {
        return Ok(None);
    };
    let email = Email::parse(&typed.value)
        .map_err(|why| Error::Email { text: typed.value.clone(), why: why.to_string() })?;
    let mut uow = staffroom.store().begin(id, Mode::Read).await?;
    let user = uow.users().find_by_email(&email).await?;
    user.map(Some).ok_or_else(|| Error::UnknownActor(typed.value.clone()))
}
