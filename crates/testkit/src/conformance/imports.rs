//! Opening networks and importing rosters, through the library.

use std::sync::Arc;

use staffroom_core::store::{RowLock, Store};
use staffroom_core::{
    GroupStatus, ImportError, NetworkName, Roster, RosterRecord, RosterSchool, SchoolName, SisId, StaffEmail,
    StaffMember, StaffStatus,
};

use super::failure::{holds, same, there};
use super::stage::{Everything, library, read, visited};
use super::{Failure, Verdict};
use crate::fixture::{NETWORK, OTHER_NETWORK, add_users, person, set_up_network, sis_id, user};

fn record(sis: &str, given: &str, address: &str, schools: &[&str]) -> RosterRecord {
    let schools: Vec<SisId> = schools.iter().map(|school| sis_id(school)).collect();
    let name = person(given, "Roster");
    RosterRecord::new(sis_id(sis), name, StaffStatus::Active, StaffEmail::read(address), schools)
}

fn roster(schools: &[(&str, &str)], staff: Vec<RosterRecord>) -> Result<Roster, Failure> {
    let mut listed = Vec::new();
    for (sis, name) in schools {
        listed.push(RosterSchool::new(sis_id(sis), SchoolName::parse(name)?));
    }
    Ok(Roster::new(None, listed, staff)?)
}

fn first_roster() -> Result<Roster, Failure> {
    let staff = vec![
        record("1", "Ann", "ann@school.example", &["s1"]),
        record("2", "Bob", "", &["s1", "s2"]),
        record("3", "Cid", "n/a", &[]),
    ];
    roster(&[("s1", "One"), ("s2", "Two")], staff)
}

async fn open(store: &Arc<dyn Store>) -> Result<(), Failure> {
    library(store).open_network(NETWORK, &NetworkName::parse("Lakeside")?).await?;
    Ok(())
}

async fn member(store: &dyn Store, sis: &str) -> Result<StaffMember, Failure> {
    let mut uow = read(store).await?;
    let id = uow.staff().find_ids(&[sis_id(sis)]).await?.into_iter().next().flatten();
    there(sis, uow.staff().find(there(sis, id)?).await?)
}

/// A network that does not exist is opened with its starter groups; one that does is left as it is, name and all.
pub async fn a_network_is_opened_once(store: Arc<dyn Store>) -> Verdict {
    let (first, second) = (NetworkName::parse("First")?, NetworkName::parse("Second")?);
    let opened = library(&store).open_network(NETWORK, &first).await?;
    same("the network", opened.name(), &first)?;
    let before = Everything::of(&*store, NETWORK).await?;
    same("how many starter groups there are", before.groups.len(), staffroom_core::STARTER_GROUPS.len())?;
    let active = before.groups.iter().all(|group| group.status() == GroupStatus::Active);
    holds("they are active", active)?;
    let again = library(&store).open_network(NETWORK, &second).await?;
    same("the network again", again.name(), &first)?;
    same("what is there", Everything::of(&*store, NETWORK).await?, before)
}

/// An import makes the schools and staff what the roster says, and answers with what it changed.
pub async fn an_import_writes_what_the_roster_says(store: Arc<dyn Store>) -> Verdict {
    open(&store).await?;
    let staffroom = library(&store);
    let report = staffroom.import(NETWORK, &first_roster()?).await?;
    same("what was added", (report.schools_added, report.staff_added), (2, 3))?;
    let bob = member(&*store, "2").await?;
    same("the schools of somebody", bob.schools().len(), 2)?;
    let staff = vec![
        record("1", "Anna", "Ann@School.Example", &["s2"]),
        record("2", "Bob", "", &["s1", "s2"]),
        record("4", "Dee", "dee@school.example", &["s1"]),
    ];
    let report = staffroom.import(NETWORK, &roster(&[("s1", "Uno"), ("s2", "Two")], staff)?).await?;
    same("the schools", (report.schools_added, report.schools_updated, report.schools_unchanged), (0, 1, 1))?;
    let staff = (report.staff_added, report.staff_updated, report.staff_unchanged, report.staff_departed);
    same("the staff", staff, (1, 1, 1, 1))?;
    let ann = member(&*store, "1").await?;
    same("a changed name", ann.name(), &person("Anna", "Roster"))?;
    same("a changed email", ann.email().as_given(), Some("Ann@School.Example"))?;
    let names: Vec<String> =
        read(&*store).await?.schools().list().await?.iter().map(|school| school.name().to_string()).collect();
    same("the schools by name", names, ["Two", "Uno"])
}

/// Importing the same roster again changes nothing.
pub async fn a_second_import_changes_nothing(store: Arc<dyn Store>) -> Verdict {
    open(&store).await?;
    library(&store).import(NETWORK, &first_roster()?).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    same("how many there are", (before.staff.len(), before.schools.len()), (3, 2))?;
    let report = crate::fixture::staffroom(Arc::clone(&store), 2).import(NETWORK, &first_roster()?).await?;
    holds("the report says that nothing changed", report.is_unchanged())?;
    same("what is there", Everything::of(&*store, NETWORK).await?, before)
}

/// Whoever the roster does not list becomes inactive and stays; their user, link and access stay too, and they come
/// back as the same staff member.
pub async fn the_departed_keep_their_users(store: Arc<dyn Store>) -> Verdict {
    open(&store).await?;
    let staffroom = library(&store);
    staffroom.import(NETWORK, &first_roster()?).await?;
    let ann = member(&*store, "1").await?;
    let user = user(1).linked_to(ann.id()).entering(ann.schools().clone());
    add_users(&*store, NETWORK, std::slice::from_ref(&user)).await?;
    let others = vec![record("2", "Bob", "", &["s1"])];
    let report = staffroom.import(NETWORK, &roster(&[("s1", "One")], others)?).await?;
    same("how many departed", report.staff_departed, 2)?;
    let departed = ann.clone().with_status(StaffStatus::Inactive);
    same("who departed", member(&*store, "1").await?, departed)?;
    same(
        "their user",
        read(&*store).await?.users().find(user.id(), RowLock::None).await?.as_ref(),
        Some(&user),
    )?;
    staffroom.import(NETWORK, &first_roster()?).await?;
    same("who came back", member(&*store, "1").await?, ann.clone())?;
    let everyone = staffroom_core::store::StaffFilter::everyone();
    let list = visited(&mut *read(&*store).await?, &everyone).await?;
    let linked: Vec<_> =
        list.iter().filter_map(|facts| Some((facts.linked_user?, facts.staff_member.id()))).collect();
    same("who is linked to whom", linked, [(user.id(), ann.id())])
}

/// An import into a network that does not exist, or of nobody, writes nothing anywhere.
pub async fn a_refused_import_writes_nothing(store: Arc<dyn Store>) -> Verdict {
    set_up_network(&*store, OTHER_NETWORK).await?;
    let staffroom = library(&store);
    let nowhere = staffroom.import(NETWORK, &first_roster()?).await;
    holds("the network is unknown", matches!(nowhere, Err(ImportError::UnknownNetwork(NETWORK))))?;
    let nobody = staffroom.import(OTHER_NETWORK, &roster(&[("s1", "One")], Vec::new())?).await;
    holds("an empty roster is refused", matches!(nobody, Err(ImportError::NobodyListed)))?;
    same("the network", Everything::of(&*store, NETWORK).await?.network, None)?;
    same("the schools", Everything::of(&*store, OTHER_NETWORK).await?.schools.len(), 2)
}
