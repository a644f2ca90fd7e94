//! Resolving taken emails, through the library.

use std::sync::Arc;

use staffroom_core::store::Store;
use staffroom_core::{
    Explained, IdSet, ListQuery, Reason, Resolution, Session, Sighted, StaffEmail, StaffId, StaffKey,
    StaffStatus, UserEdit, UserId, Who,
};

use super::failure::{holds, same, there};
use super::office::{ROAMING_CLERK, clerk, edit, later, open, session_of, teacher, teacher_elsewhere};
use super::stage::{Everything, library};
use super::{Failure, Verdict};
use crate::fixture::{
    NETWORK, OTHER_SCHOOL, SCHOOL, add_staff, email, operator, sis_id, staff_id, staff_member, user_id,
};

/// The user numbered `number`, a teacher with the email of that staff member.
fn holding(number: u32, staff: u32) -> staffroom_core::User {
    teacher(number).set_email(email(&format!("STAFF{staff}@School.Example")))
}

async fn explained(store: &Arc<dyn Store>, session: &Session, id: StaffId) -> Result<Explained, Failure> {
    there("the staff member", library(store).explain(session, &StaffKey::Id(id)).await?)
}

fn seen(sighted: &Sighted) -> Option<UserId> {
    match sighted {
        Sighted::Seen(seen) => Some(seen.user.id()),
        Sighted::Nobody | Sighted::Unseen => None,
    }
}

/// The unlinked user who holds the email of a staff member is proposed to be linked; nothing is done until somebody does
/// it; and then there is nothing left to resolve.
pub async fn a_taken_email_is_resolved_by_linking(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[holding(1, 1)]).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    let taken = explained(&store, &clerk(), staff_id(1)).await?;
    holds("the email is taken", taken.assessment.reasons.contains(Reason::EmailTaken))?;
    same("who holds it", seen(&taken.email_holder), Some(user_id(1)))?;
    let link = Resolution::Link { user: user_id(1), staff_member: staff_id(1) };
    same("what could be done", taken.resolution, Some(link))?;
    same("what is there", Everything::of(&*store, NETWORK).await?, before)?;
    same("the act", &*edit(&store, &clerk(), link.user(), link.edit()).await, "now")?;
    let done = explained(&store, &clerk(), staff_id(1)).await?;
    same("the linked user", seen(&done.linked_user), Some(user_id(1)))?;
    same("what is left to do", done.resolution, None)?;
    let by_sis_id = library(&store).explain(&clerk(), &StaffKey::SisId(sis_id("S-0001"))).await?;
    same("the same by SIS id", by_sis_id, Some(done))?;
    let unknown = library(&store).explain(&clerk(), &StaffKey::Id(staff_id(77))).await?;
    same("somebody unknown", unknown, None)
}

/// Whoever has a user in another school already is proposed to be let in here, if the actor may see that user; and so is
/// the linked user who holds the email of a second record.
pub async fn an_existing_user_is_let_into_the_school(store: Arc<dyn Store>) -> Verdict {
    let theirs = teacher_elsewhere(1).linked_to(staff_id(1));
    let of_the_old_record =
        teacher_elsewhere(2).set_email(email("staff2@school.example")).linked_to(staff_id(4));
    open(&*store, &[theirs, of_the_old_record]).await?;
    let roaming = session_of(ROAMING_CLERK, SCHOOL);
    for number in [1, 2] {
        let grant = Resolution::GrantAccess { user: user_id(number) };
        let found = explained(&store, &roaming, staff_id(number)).await?;
        same("what could be done", found.resolution, Some(grant))?;
        let hidden = explained(&store, &clerk(), staff_id(number)).await?;
        same("what could be done about somebody unseen", hidden.resolution, None)?;
        let in_the_way = [&hidden.linked_user, &hidden.email_holder];
        holds("there is somebody in the way", in_the_way.contains(&&Sighted::Unseen))?;
        same("nobody is named", in_the_way.map(seen), [None, None])?;
        same("the act", &*edit(&store, &roaming, grant.user(), grant.edit()).await, "now")?;
        let found = explained(&store, &roaming, staff_id(number)).await?;
        same("what is left to do", found.resolution, None)?;
        let elsewhere = session_of(ROAMING_CLERK, OTHER_SCHOOL);
        same("in their old school", explained(&store, &elsewhere, staff_id(number)).await?.resolution, None)?;
    }
    Ok(())
}

/// A user is linked to a staff member only if both have one email, neither is linked, the staff member is active, and no
/// other active staff member has that email; the same is proposed and done.
pub async fn a_link_takes_the_same_email_and_nobody_else(store: Arc<dyn Store>) -> Verdict {
    let users = [
        holding(1, 1),
        holding(2, 2).linked_to(staff_id(5)),
        holding(3, 3),
        holding(6, 6),
        holding(8, 8),
        holding(9, 9),
        teacher(10).linked_to(staff_id(4)),
    ];
    open(&*store, &[]).await?;
    let shared = |number: u32, with: u32| {
        staff_member(number).with_email(StaffEmail::read(&format!("staff{with}@school.example")))
    };
    let members = [
        staff_member(6).with_status(StaffStatus::Inactive),
        shared(7, 8),
        staff_member(8),
        staff_member(9),
        shared(10, 9).with_status(StaffStatus::Inactive),
    ];
    add_staff(&*store, NETWORK, &members).await?;
    crate::fixture::add_users(&*store, NETWORK, &users).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    for (user, staff, answer) in [
        (1, 77, "unknown-staff-member"),
        (1, 2, "other-email"),
        (6, 6, "inactive"),
        (2, 2, "user-linked"),
        (10, 4, "already-so"),
        (3, 4, "already-linked"),
        (8, 8, "email-shared"),
        (8, 7, "email-shared"),
    ] {
        let wish = UserEdit::Link(staff_id(staff));
        same(&format!("{user} to {staff}"), &*edit(&store, &clerk(), user_id(user), wish).await, answer)?;
        let about = library(&store).explain(&clerk(), &StaffKey::Id(staff_id(staff))).await?;
        let proposes = about.and_then(|found| found.resolution)
            == Some(Resolution::Link { user: user_id(user), staff_member: staff_id(staff) });
        holds("what would be refused is not proposed", !proposes)?;
    }
    same("what is there", &Everything::of(&*store, NETWORK).await?, &before)?;
    let found = explained(&store, &clerk(), staff_id(9)).await?;
    let link = Resolution::Link { user: user_id(9), staff_member: staff_id(9) };
    same("with somebody inactive", found.resolution, Some(link))?;
    same("the act", &*edit(&store, &clerk(), user_id(9), link.edit()).await, "now")
}

/// Everybody in a list is explained as they are alone, in the order of the list.
pub async fn a_list_explains_everybody_alike(store: Arc<dyn Store>) -> Verdict {
    let users =
        [holding(1, 1), teacher_elsewhere(2).linked_to(staff_id(2)), holding(3, 3).entering(IdSet::empty())];
    open(&*store, &users).await?;
    add_staff(&*store, NETWORK, &[staff_member(6).with_email(StaffEmail::Missing)]).await?;
    for session in [clerk(), session_of(ROAMING_CLERK, OTHER_SCHOOL), operator()] {
        for who in [Who::Everyone, Who::Candidates] {
            let query = ListQuery { who, ..ListQuery::default() };
            let mut list = Vec::new();
            later(&store).explain_all(&session, &query, &mut |one| list.push(one)).await?;
            let expected = if who == Who::Everyone { vec![1, 2, 3, 4, 5, 6] } else { vec![4, 5] };
            let ids: Vec<StaffId> = list.iter().map(|one| one.staff_member.id()).collect();
            same("who is listed", ids, expected.into_iter().map(staff_id).collect::<Vec<_>>())?;
            for one in list {
                let alone = explained(&store, &session, one.staff_member.id()).await?;
                same("somebody in a list", one, alone)?;
            }
        }
    }
    Ok(())
}
