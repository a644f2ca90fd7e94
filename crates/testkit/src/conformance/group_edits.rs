//! Adding and editing groups, through the library.

use std::sync::Arc;

use staffroom_core::store::{RowLock, Store};
use staffroom_core::{
    AccessError, AuditEvent, Edited, Group, GroupEdit, GroupEdited, GroupError, GroupId, GroupName,
    GroupStatus, IdSet, Permission, PermissionSet, UserStatus,
};

use super::failure::{same, there};
use super::office::{
    OFFICE, OFFICE_GIVES, clerk, later, new_records, open, teacher, teacher_elsewhere, told,
};
use super::samples::group_id;
use super::stage::{Everything, library, read};
use super::{Failure, Verdict};
use crate::fixture::{ADMINS, NETWORK, RETIRED, SCHOOL, SUPERINTENDENTS, TEACHERS, group, operator};

fn codes(codes: &[&str]) -> PermissionSet {
    group(group_id(1), "Codes", codes).permissions().clone()
}

fn named(name: &str) -> Result<GroupName, Failure> {
    Ok(GroupName::parse(name)?)
}

/// What became of an edit or an addition, in a word.
fn outcome<T>(answer: &Result<T, GroupError>, edited: impl Fn(&T) -> Edited) -> String {
    match answer {
        Ok(done) if edited(done) == Edited::Now => "now".to_owned(),
        Ok(_) => "already-so".to_owned(),
        Err(GroupError::UnknownGroup(_)) => "unknown-group".to_owned(),
        Err(GroupError::NameTaken(_)) => "name-taken".to_owned(),
        Err(GroupError::LocksOut) => "locks-out".to_owned(),
        Err(GroupError::Access(AccessError::Denied(denied))) => denied.code().to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

async fn edit(store: &Arc<dyn Store>, id: GroupId, edit: &GroupEdit) -> String {
    outcome(&later(store).edit_group(&clerk(), id, edit).await, |done: &GroupEdited| done.edited)
}

async fn kept(store: &dyn Store, id: GroupId) -> Result<Group, Failure> {
    there("the group", read(store).await?.groups().find(id, RowLock::None).await?)
}

/// A group is added and edited once, each time with one record; made again, an edit changes nothing and writes no record;
/// and no other group is touched (R16).
pub async fn groups_are_added_and_edited_with_a_record(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[]).await?;
    let gives = codes(&["students.view", "staff.view"]);
    let before = Everything::of(&*store, NETWORK).await?;
    let added = later(&store).add_group(&clerk(), &named("Registrars")?, &gives).await?;
    same("the group", &added, &Group::new(added.id(), named("Registrars")?, gives.clone()))?;
    let records = new_records(&*store, &before.audit).await?;
    let said: Vec<_> = records.iter().map(|record| (record.group, &record.event)).collect();
    same("the record", said, [(Some(added.id()), &AuditEvent::GroupAdded { permissions: gives })])?;
    let fewer = codes(&["students.view"]);
    for (wish, expected) in [
        (GroupEdit::Rename(named("registrars")?), added.clone().with_name(named("registrars")?)),
        (
            GroupEdit::SetPermissions(fewer.clone()),
            added.clone().with_name(named("registrars")?).with_permissions(fewer.clone()),
        ),
        (
            GroupEdit::Deactivate,
            added
                .clone()
                .with_name(named("registrars")?)
                .with_permissions(fewer.clone())
                .with_status(GroupStatus::Inactive),
        ),
        (GroupEdit::Activate, added.clone().with_name(named("registrars")?).with_permissions(fewer.clone())),
    ] {
        let before = Everything::of(&*store, NETWORK).await?;
        same(&format!("{wish:?}"), &*edit(&store, added.id(), &wish).await, "now")?;
        same("the group", &kept(&*store, added.id()).await?, &expected)?;
        let records = new_records(&*store, &before.audit).await?;
        let said: Vec<_> =
            records.iter().map(|record| (record.group, record.school, told(record).1)).collect();
        same("the record", said, [(Some(added.id()), Some(SCHOOL), wish.code().to_owned())])?;
        let once = Everything::of(&*store, NETWORK).await?;
        same(&format!("{wish:?} again"), &*edit(&store, added.id(), &wish).await, "already-so")?;
        same("what is there after the second time", &Everything::of(&*store, NETWORK).await?, &once)?;
        let others = |all: Everything| {
            all.groups.into_iter().filter(|group| group.id() != added.id()).collect::<Vec<_>>()
        };
        same("the other groups", others(once), others(before))?;
    }
    for (name, answer) in [("REGISTRARS", "name-taken"), ("Retired", "name-taken")] {
        let again = later(&store).add_group(&clerk(), &named(name)?, &fewer).await;
        same(&format!("another `{name}`"), &*outcome(&again, |_| Edited::Now), answer)?;
    }
    let wish = GroupEdit::Rename(named("Téachers")?);
    same("the name of another", &*edit(&store, added.id(), &wish).await, "name-taken")?;
    same("of nothing", &*edit(&store, group_id(1), &GroupEdit::Deactivate).await, "unknown-group")
}

/// Nobody puts a permission into a group that they lack, nor edits a group that holds one; the denial is in the log, and
/// nothing else is written (R8, R16).
pub async fn nobody_edits_a_group_beyond_them(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[]).await?;
    let more = codes(&["students.view", "budget.sign"]);
    let before = Everything::of(&*store, NETWORK).await?;
    let added = later(&store).add_group(&clerk(), &named("Grasping")?, &more).await;
    same("adding such a group", &*outcome(&added, |_| Edited::Now), "group-beyond-actor")?;
    for (id, wish) in [
        (TEACHERS, GroupEdit::SetPermissions(more.clone())),
        (
            OFFICE,
            GroupEdit::SetPermissions(
                OFFICE_GIVES
                    .into_iter()
                    .chain(["budget.sign"])
                    .filter_map(|code| Permission::parse(code).ok())
                    .collect(),
            ),
        ),
        (SUPERINTENDENTS, GroupEdit::SetPermissions(codes(&["students.view"]))),
        (SUPERINTENDENTS, GroupEdit::Rename(named("Gone")?)),
        (SUPERINTENDENTS, GroupEdit::Deactivate),
        (SUPERINTENDENTS, GroupEdit::Activate),
    ] {
        same(&format!("{wish:?} of {id}"), &*edit(&store, id, &wish).await, "group-beyond-actor")?;
    }
    let after = Everything::of(&*store, NETWORK).await?;
    same("the groups", after.groups, before.groups)?;
    same("how many denials", new_records(&*store, &before.audit).await?.len(), 7)?;
    let operators = later(&store).edit_group(&operator(), TEACHERS, &GroupEdit::SetPermissions(more)).await;
    same("what the operator may", &*outcome(&operators, |done| done.edited), "now")
}

/// Nobody edits a group of their own so that they could not take it back: neither the power over groups nor what they could
/// not give again is lost by mistake.
pub async fn nobody_edits_a_group_so_that_they_are_locked_out(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[]).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    let without: Vec<&str> = OFFICE_GIVES.into_iter().filter(|code| *code != "groups.manage").collect();
    let fewer: Vec<&str> = OFFICE_GIVES.into_iter().filter(|code| *code != "students.view").collect();
    let (without, fewer) = (codes(&without), codes(&fewer));
    for wish in
        [GroupEdit::Deactivate, GroupEdit::SetPermissions(without), GroupEdit::SetPermissions(fewer.clone())]
    {
        same(&format!("{wish:?}"), &*edit(&store, OFFICE, &wish).await, "locks-out")?;
    }
    same("what is there", Everything::of(&*store, NETWORK).await?, before)?;
    same("another name", &*edit(&store, OFFICE, &GroupEdit::Rename(named("Desk")?)).await, "now")?;
    let smaller = later(&store).edit_group(&operator(), OFFICE, &GroupEdit::SetPermissions(fewer)).await;
    same("what somebody else does", &*outcome(&smaller, |done| done.edited), "now")
}

/// Groups are listed by folded name, active or not, with how many belong to them of those whom the actor may see.
pub async fn groups_are_listed_with_their_members(store: Arc<dyn Store>) -> Verdict {
    let disabled = teacher(2).set_status(UserStatus::Disabled);
    let retired = teacher(3).in_groups([TEACHERS, RETIRED].into_iter().collect());
    let nowhere = teacher(5).entering(IdSet::empty());
    open(&*store, &[teacher(1), disabled, retired, teacher_elsewhere(4), nowhere]).await?;
    for (session, teachers) in [(clerk(), 3), (operator(), 5)] {
        let listed = library(&store).groups(&session).await?;
        let listed: Vec<_> = listed.iter().map(|view| (view.group.id(), view.members)).collect();
        let expected = [(ADMINS, 1), (OFFICE, 2), (RETIRED, 1), (SUPERINTENDENTS, 0), (TEACHERS, teachers)];
        same("the groups", listed, expected)?;
    }
    Ok(())
}
