//! The permission groups.

use std::sync::Arc;

use staffroom_core::store::{GroupWrite, RowLock, Store};
use staffroom_core::{Group, GroupId, GroupStatus};

use super::Verdict;
use super::failure::same;
use super::samples::{group_id, hostile_groups};
use super::stage::{read, write};
use crate::fixture::{ADMINS, RETIRED, SUPERINTENDENTS, TEACHERS, group, set_up};

/// Groups are read back equal: name, every permission, status.
pub async fn groups_are_read_back(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for group in hostile_groups() {
        same("the outcome", uow.groups().insert(&group).await?, GroupWrite::Written)?;
    }
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    for group in hostile_groups() {
        same("a group", uow.groups().find(group.id(), RowLock::None).await?, Some(group))?;
    }
    same("a group that is not there", uow.groups().find(group_id(9), RowLock::None).await?, None)
}

/// All groups are listed, active or not, by folded name.
pub async fn groups_are_listed_by_folded_name(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for (number, name) in [(3, "zeta"), (2, "Ärzte"), (1, "ambulance"), (4, "Azure")] {
        uow.groups().insert(&group(group_id(number), name, &[])).await?;
    }
    uow.commit().await?;
    let ids: Vec<GroupId> = read(&*store).await?.groups().list().await?.iter().map(Group::id).collect();
    let expected =
        [ADMINS, group_id(1), group_id(2), group_id(4), RETIRED, SUPERINTENDENTS, TEACHERS, group_id(3)];
    same("the order of the list", ids, expected)
}

/// No two groups have one id, or one name in its folded form.
pub async fn group_names_are_unique_in_their_folded_form(store: Arc<dyn Store>) -> Verdict {
    use GroupWrite::{Taken, Written};
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for (number, name, outcome) in [
        (1, "TEACHERS", Taken),
        (1, "Ｔeàchers", Taken),
        (1, "Straße", Written),
        (2, "STRASSE", Taken),
        (3, "Işık", Written),
        (4, "isik", Taken),
        (1, "Another name", Taken),
        (5, "Retired", Taken),
    ] {
        let group = group(group_id(number), name, &["students.view"]);
        same(&format!("the outcome for `{name}`"), uow.groups().insert(&group).await?, outcome)?;
    }
    uow.commit().await?;
    let kept = read(&*store).await?.groups().find(group_id(1), RowLock::None).await?;
    same("the group that came first", kept, Some(group(group_id(1), "Straße", &["students.view"])))
}

/// An update overwrites the group with its id; it cannot take another's name, but may respell its own.
pub async fn groups_are_updated(store: Arc<dyn Store>) -> Verdict {
    use GroupWrite::{Taken, Unknown, Written};
    set_up(&*store).await?;
    let mut uow = write(&*store).await?;
    for (what, group, outcome) in [
        ("of nobody", group(group_id(1), "New", &[]), Unknown),
        ("to another's name", group(TEACHERS, "admins", &[]), Taken),
        (
            "of everything",
            group(TEACHERS, "TEACHERS", &["grades.view"]).with_status(GroupStatus::Inactive),
            Written,
        ),
        ("of the name", group(RETIRED, "Gone", &["students.view"]), Written),
    ] {
        same(&format!("an update {what}"), uow.groups().update(&group).await?, outcome)?;
    }
    let freed = group(group_id(2), "Retired", &[]);
    same("the name that was given up", uow.groups().insert(&freed).await?, Written)?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    let expected = group(TEACHERS, "TEACHERS", &["grades.view"]).with_status(GroupStatus::Inactive);
    same("the group", uow.groups().find(TEACHERS, RowLock::None).await?, Some(expected))?;
    let admins =
        uow.groups().find(ADMINS, RowLock::None).await?.map(|group| group.permissions().iter().len());
    same("another group's permissions", admins, Some(3))
}
