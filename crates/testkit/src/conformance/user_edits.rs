//! Editing users, through the library.

use std::sync::Arc;

use staffroom_core::store::{RowLock, Store};
use staffroom_core::{Actor, Attempt, AuditEvent, IdSet, SchoolId, User, UserEdit, UserId, UserStatus};

use super::alternating::Alternating;
use super::failure::{holds, same, there};
use super::office::{
    CLERK, OFFICE, OFFICE_GIVES, ROAMING_CLERK, both, clerk, edit, later, new_records, open, outcome,
    session_of, teacher, told,
};
use super::samples::group_id;
use super::stage::{Everything, audit, read, write};
use super::{Failure, Verdict};
use crate::concurrency::{Job, at_once};
use crate::fixture::{
    NETWORK, OTHER_SCHOOL, RETIRED, SCHOOL, SUPERINTENDENTS, TEACHERS, add_users, edit_user, email, group,
    operator, staff_id, user, user_id,
};

/// Whether a user has become what an edit makes of them.
type Look = fn(&User) -> bool;

async fn kept(store: &dyn Store, id: UserId) -> Result<User, Failure> {
    there("the user", read(store).await?.users().find(id, RowLock::None).await?)
}

/// Every edit is made once, as a new revision, with one record; made again it changes nothing and writes no record; and
/// it touches nobody else (R16).
pub async fn every_edit_is_made_once_with_its_record(store: Arc<dyn Store>) -> Verdict {
    let linkable = teacher(1).set_email(email("STAFF1@School.Example")).entering(IdSet::only(OTHER_SCHOOL));
    open(&*store, &[linkable, teacher(2)]).await?;
    let session = session_of(ROAMING_CLERK, SCHOOL);
    let edits: [(UserEdit, Look); 8] = [
        (UserEdit::GrantAccess, |user| *user.schools() == both()),
        (UserEdit::Link(staff_id(1)), |user| user.staff_member() == Some(staff_id(1))),
        (UserEdit::Disable, |user| user.status() == UserStatus::Disabled),
        (UserEdit::JoinGroup(OFFICE), |user| user.groups().contains(OFFICE) && user.groups().len() == 2),
        (UserEdit::LeaveGroup(TEACHERS), |user| *user.groups() == IdSet::only(OFFICE)),
        (UserEdit::Enable, |user| user.status() == UserStatus::Enabled),
        (UserEdit::Unlink, |user| user.staff_member().is_none()),
        (UserEdit::RevokeAccess, |user| *user.schools() == IdSet::only(OTHER_SCHOOL)),
    ];
    for (wish, has_become) in edits {
        let before = Everything::of(&*store, NETWORK).await?;
        let user = kept(&*store, user_id(1)).await?;
        let answer = later(&store).edit_user(&session, user_id(1), wish).await;
        same(&format!("{wish:?}"), &*outcome(&answer), "now")?;
        let after = kept(&*store, user_id(1)).await?;
        holds(&format!("{wish:?} is made: {after:?}"), has_become(&after))?;
        same("the revision", after.revision(), user.revision().next())?;
        let records = new_records(&*store, &before.audit).await?;
        let said: Vec<_> = records.iter().map(told).collect();
        same("the record", said, [(Some(user_id(1)), wish.code().to_owned())])?;
        for record in &records {
            let about = (record.actor, record.school, record.group, record.batch);
            same("its actor and place", about, (session.actor(), Some(SCHOOL), wish.group(), None))?;
            let linked = matches!(wish, UserEdit::Link(_) | UserEdit::Unlink).then_some(staff_id(1));
            let said =
                matches!(&record.event, AuditEvent::UserEdit { staff_member, .. } if *staff_member == linked);
            holds("it names the staff member of a link", said)?;
        }
        let once = Everything::of(&*store, NETWORK).await?;
        same(&format!("{wish:?} again"), &*edit(&store, &session, user_id(1), wish).await, "already-so")?;
        same("what is there after the second time", &Everything::of(&*store, NETWORK).await?, &once)?;
        let others = |all: Everything| -> Vec<User> {
            all.users.into_iter().filter(|user| user.id() != user_id(1)).collect()
        };
        same("the other users", others(once), others(before))?;
    }
    Ok(())
}

/// Nobody edits a user whose groups, active or not, hold what they lack: the denial is in the log, with the user, and
/// nothing else is written (R8, R16).
pub async fn nobody_edits_a_user_beyond_them(store: Arc<dyn Store>) -> Verdict {
    let superintendent = teacher(1).in_groups([TEACHERS, SUPERINTENDENTS].into_iter().collect());
    open(&*store, &[superintendent, teacher(2)]).await?;
    let mut uow = write(&*store).await?;
    let gives_more = group(group_id(91), "Former", &["budget.sign"]);
    uow.groups().insert(&gives_more.with_status(staffroom_core::GroupStatus::Inactive)).await?;
    uow.commit().await?;
    edit_user(&*store, NETWORK, user_id(2), |user| user.set_groups(IdSet::only(group_id(91)))).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    let edits = [
        UserEdit::Disable,
        UserEdit::Enable,
        UserEdit::GrantAccess,
        UserEdit::RevokeAccess,
        UserEdit::JoinGroup(TEACHERS),
        UserEdit::LeaveGroup(SUPERINTENDENTS),
        UserEdit::Link(staff_id(1)),
        UserEdit::Unlink,
    ];
    let mut expected = Vec::new();
    for target in [1, 2].map(user_id) {
        for wish in edits {
            let answer = edit(&store, &clerk(), target, wish).await;
            same(&format!("{wish:?} of {target}"), &*answer, "user-beyond-actor")?;
            expected.push((Some(target), "user-beyond-actor".to_owned()));
        }
    }
    let mut said: Vec<_> = new_records(&*store, &before.audit).await?.iter().map(told).collect();
    said.sort();
    same("the log", said, expected)?;
    let after = Everything::of(&*store, NETWORK).await?;
    same("the users", &after.users, &before.users)?;
    same("what the operator may", &*edit(&store, &operator(), user_id(1), UserEdit::Disable).await, "now")
}

/// Each edit takes a permission of its own, and every attempt without it is in the log under its own name (R8, R16).
pub async fn each_edit_takes_its_own_permission(store: Arc<dyn Store>) -> Verdict {
    let target = teacher(1).set_email(email("staff1@school.example")).entering(IdSet::only(OTHER_SCHOOL));
    open(&*store, &[target]).await?;
    let all = [
        (UserEdit::GrantAccess, Attempt::GrantAccess),
        (UserEdit::Link(staff_id(1)), Attempt::LinkUser),
        (UserEdit::Disable, Attempt::EditUser),
        (UserEdit::JoinGroup(TEACHERS), Attempt::EditUser),
        (UserEdit::Unlink, Attempt::EditUser),
    ];
    for (number, (wish, attempt)) in (100..).zip(all) {
        let lacking: Vec<&str> =
            OFFICE_GIVES.into_iter().filter(|code| *code != wish.permission().as_str()).collect();
        let mut uow = write(&*store).await?;
        uow.groups().insert(&group(group_id(number), &format!("Lacking {number}"), &lacking)).await?;
        uow.commit().await?;
        let actor = user(number).entering(both()).in_groups(IdSet::only(group_id(number)));
        add_users(&*store, NETWORK, &[actor]).await?;
        let before = Everything::of(&*store, NETWORK).await?;
        let session = session_of(user_id(number), SCHOOL);
        same(&format!("{wish:?}"), &*edit(&store, &session, user_id(1), wish).await, "missing-permission")?;
        let records = new_records(&*store, &before.audit).await?;
        let tried = records.iter().filter_map(|record| match record.event {
            AuditEvent::Denied { attempt, user, .. } => Some((record.actor, attempt, user)),
            _ => None,
        });
        let expected = (Actor::User(user_id(number)), attempt, Some(user_id(1)));
        same("the log", tried.collect::<Vec<_>>(), [expected])?;
        same("the users", Everything::of(&*store, NETWORK).await?.users, before.users)?;
    }
    Ok(())
}

/// Nobody locks themselves out: an edit of oneself that one could not take back is an error, and no other edit is.
pub async fn nobody_locks_themselves_out(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[]).await?;
    edit_user(&*store, NETWORK, CLERK, |user| {
        user.set_groups([OFFICE, TEACHERS, RETIRED].into_iter().collect())
    })
    .await?;
    let before = Everything::of(&*store, NETWORK).await?;
    for wish in [
        UserEdit::Disable,
        UserEdit::RevokeAccess,
        UserEdit::LeaveGroup(OFFICE),
        // Nobody can join it again.
        UserEdit::LeaveGroup(RETIRED),
    ] {
        same(&format!("{wish:?} of oneself"), &*edit(&store, &clerk(), CLERK, wish).await, "locks-out")?;
    }
    same("what is there", &Everything::of(&*store, NETWORK).await?, &before)?;
    // Power over users without sight of them is none, neither over oneself.
    let (power, sight) =
        (group(group_id(1), "Power", &["users.manage"]), group(group_id(2), "Sight", &["users.view"]));
    let mut uow = write(&*store).await?;
    for group in [&power, &sight] {
        uow.groups().insert(group).await?;
    }
    uow.commit().await?;
    edit_user(&*store, NETWORK, ROAMING_CLERK, |user| {
        user.set_groups([power.id(), sight.id()].into_iter().collect())
    })
    .await?;
    for id in [power.id(), sight.id()] {
        let wish = UserEdit::LeaveGroup(id);
        let answer = edit(&store, &session_of(ROAMING_CLERK, SCHOOL), ROAMING_CLERK, wish).await;
        same(&format!("{wish:?} of oneself"), &*answer, "locks-out")?;
    }
    edit_user(&*store, NETWORK, ROAMING_CLERK, |user| user.set_groups(IdSet::only(OFFICE))).await?;
    for (wish, answer) in [
        (UserEdit::Enable, "already-so"),
        (UserEdit::GrantAccess, "already-so"),
        (UserEdit::LeaveGroup(TEACHERS), "now"),
    ] {
        same(&format!("{wish:?} of oneself"), &*edit(&store, &clerk(), CLERK, wish).await, answer)?;
    }
    let clerks_colleague = session_of(ROAMING_CLERK, SCHOOL);
    let answer = edit(&store, &clerks_colleague, CLERK, UserEdit::Disable).await;
    same("what somebody else may", &*answer, "now")?;
    let answer = edit(&store, &clerk(), ROAMING_CLERK, UserEdit::Disable).await;
    same("what the disabled may", &*answer, "actor-disabled")
}

/// Nobody is put into a group that is unknown, inactive or beyond the actor (R7, R8).
pub async fn a_group_is_joined_only_if_it_will_do(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[teacher(1)]).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    for (wish, answer) in [
        (UserEdit::JoinGroup(group_id(1)), "unknown-group"),
        (UserEdit::LeaveGroup(group_id(1)), "unknown-group"),
        (UserEdit::JoinGroup(RETIRED), "inactive-group"),
        (UserEdit::JoinGroup(SUPERINTENDENTS), "group-beyond-actor"),
        (UserEdit::LeaveGroup(SUPERINTENDENTS), "already-so"),
    ] {
        same(&format!("{wish:?}"), &*edit(&store, &clerk(), user_id(1), wish).await, answer)?;
    }
    same("the users", Everything::of(&*store, NETWORK).await?.users, before.users)
}

/// Edits of one user at once are all made, one after the other, and each has its record.
pub async fn edits_of_one_user_at_once_are_all_made(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[teacher(1)]).await?;
    let alternating: Arc<dyn Store> = Arc::new(Alternating(Arc::clone(&store)));
    let wishes = [
        (clerk(), UserEdit::Disable),
        (session_of(ROAMING_CLERK, SCHOOL), UserEdit::JoinGroup(OFFICE)),
        (session_of(ROAMING_CLERK, OTHER_SCHOOL), UserEdit::GrantAccess),
    ];
    let mut jobs: Vec<Job<String>> = Vec::new();
    for (number, (session, wish)) in (10..).zip(wishes) {
        let staffroom = crate::fixture::staffroom(Arc::clone(&alternating), number);
        jobs.push(Box::pin(async move { outcome(&staffroom.edit_user(&session, user_id(1), wish).await) }));
    }
    same("the answers", at_once(jobs).await, ["now", "now", "now"])?;
    let user = kept(&*store, user_id(1)).await?;
    same("the status", user.status(), UserStatus::Disabled)?;
    same("the groups", user.groups(), &[TEACHERS, OFFICE].into_iter().collect::<IdSet<_>>())?;
    same("the schools", user.schools(), &both() as &IdSet<SchoolId>)?;
    same("the revision", user.revision().number(), teacher(1).revision().number() + 3)?;
    same("the records", audit(&mut *read(&*store).await?).await?.len(), 3)
}
