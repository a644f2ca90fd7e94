//! Who sees which users, batches and records, through the library.

use std::sync::Arc;

use staffroom_core::store::Store;
use staffroom_core::{
    EmailStart, IdSet, Session, Sighted, StaffKey, User, UserCursor, UserEdit, UserId, UserKey, UserQuery,
    UserStatus,
};

use super::failure::{holds, same, there};
use super::office::{
    CLERK, ROAMING_CLERK, both, clerk, edit, look, open, session_of, teacher, teacher_elsewhere,
};
use super::stage::{Everything, library};
use super::{Failure, Verdict};
use crate::fixture::{
    ADMIN, NETWORK, OTHER_SCHOOL, SCHOOL, TEACHERS, add_staff, add_users, operator, staff_id, staff_member,
    user, user_id,
};

async fn listed(
    store: &Arc<dyn Store>,
    session: &Session,
    query: &UserQuery,
) -> Result<Vec<UserId>, Failure> {
    let mut listed = Vec::new();
    library(store).all_users(session, query, &mut |seen| listed.push(seen.user.id())).await?;
    Ok(listed)
}

/// A user whom the actor shares no school with is as if there were none: in lists, by id, by email, and for every edit
/// (R8).
pub async fn a_user_of_another_school_is_as_unknown(store: Arc<dyn Store>) -> Verdict {
    let hidden = teacher_elsewhere(3).linked_to(staff_id(3));
    let nowhere = teacher(4).entering(IdSet::empty());
    open(&*store, &[teacher(1).linked_to(staff_id(1)), teacher(2).entering(both()), hidden.clone(), nowhere])
        .await?;
    let everybody = UserQuery::default();
    let seen = [ADMIN, user_id(1), user_id(2), CLERK, ROAMING_CLERK];
    same("whom the clerk is shown", listed(&store, &clerk(), &everybody).await?, seen)?;
    let all = [ADMIN, user_id(1), user_id(2), user_id(3), user_id(4), CLERK, ROAMING_CLERK];
    same("whom the operator is shown", listed(&store, &operator(), &everybody).await?, all)?;
    let before = Everything::of(&*store, NETWORK).await?;
    for unseen in [3, 4, 77].map(user_id) {
        same("a user by id", look(&store, &clerk(), unseen).await?, None)?;
        for wish in [UserEdit::Disable, UserEdit::GrantAccess, UserEdit::Link(staff_id(2)), UserEdit::Unlink]
        {
            let answer = edit(&store, &clerk(), unseen, wish).await;
            same(&format!("{wish:?} of {unseen}"), &*answer, "unknown-user")?;
        }
    }
    let key = UserKey::Email(hidden.email().clone());
    same("a user by email", library(&store).user(&clerk(), &key).await?, None)?;
    let key = StaffKey::Id(staff_id(3));
    let explained = there("the staff member", library(&store).explain(&clerk(), &key).await?)?;
    same("the linked user, unseen", &explained.linked_user, &Sighted::Unseen)?;
    same("what could be done", explained.resolution, None)?;
    let explained = there("the staff member", library(&store).explain(&operator(), &key).await?)?;
    holds("the operator sees the linked user", matches!(explained.linked_user, Sighted::Seen(_)))?;
    same("what is there", Everything::of(&*store, NETWORK).await?, before)
}

/// Of a user only those schools are shown that the actor may enter, too; and nothing of that is changed in the record.
pub async fn only_shared_schools_are_shown(store: Arc<dyn Store>) -> Verdict {
    open(&*store, &[]).await?;
    add_staff(&*store, NETWORK, &[staff_member(6).with_schools(both())]).await?;
    add_users(&*store, NETWORK, &[teacher(1).entering(both()).linked_to(staff_id(6))]).await?;
    let before = Everything::of(&*store, NETWORK).await?;
    for (session, schools) in [
        (clerk(), IdSet::only(SCHOOL)),
        (session_of(ROAMING_CLERK, SCHOOL), both()),
        (session_of(ROAMING_CLERK, OTHER_SCHOOL), both()),
        (operator(), both()),
    ] {
        let seen = there("the user", look(&store, &session, user_id(1)).await?)?;
        same("the schools shown", seen.user.schools(), &schools)?;
        let member = staff_member(6).with_schools(schools);
        same("the staff member shown", seen.staff_member, Some(member))?;
    }
    let there_not = UserQuery { school: Some(OTHER_SCHOOL), ..UserQuery::default() };
    same("a list of a school not to be entered", listed(&store, &clerk(), &there_not).await?, [])?;
    same("what is there", Everything::of(&*store, NETWORK).await?, before)
}

/// A list of users has exactly those for whom all that is asked for holds, ascending by email, in pages of any size.
pub async fn lists_of_users_are_filtered_and_paged(store: Arc<dyn Store>) -> Verdict {
    let disabled = teacher(12).set_status(UserStatus::Disabled);
    let users = [
        teacher(10),
        teacher(11).entering(both()),
        disabled,
        teacher_elsewhere(13),
        user(14).entering(both()),
    ];
    open(&*store, &users).await?;
    let many: Vec<User> = (100..160).map(teacher).collect();
    add_users(&*store, NETWORK, &many).await?;
    let start = |text: &str| EmailStart::new(text);
    let all = UserQuery::default();
    for (what, query, expected) in [
        ("an email", UserQuery { email_start: start(" USER1"), ..all.clone() }, 4 + 60),
        ("a whole email", UserQuery { email_start: start("User10@School.Example"), ..all.clone() }, 1),
        ("a school", UserQuery { school: Some(SCHOOL), ..all.clone() }, 3 + 4 + 60),
        ("a group", UserQuery { group: Some(TEACHERS), ..all.clone() }, 3 + 60),
        ("a status", UserQuery { status: Some(UserStatus::Disabled), ..all.clone() }, 1),
        (
            "everything at once",
            UserQuery {
                email_start: start("user1"),
                school: Some(SCHOOL),
                group: Some(TEACHERS),
                status: Some(UserStatus::Enabled),
            },
            2 + 60,
        ),
        ("nobody", UserQuery { email_start: start("nobody"), ..all.clone() }, 0),
    ] {
        let whole = listed(&store, &clerk(), &query).await?;
        same(&format!("how many by {what}"), whole.len(), expected)?;
        for size in [1, 7, 100] {
            let mut pages: Vec<UserId> = Vec::new();
            let mut after: Option<UserCursor> = None;
            for _ in 0..=whole.len() {
                let page = library(&store).users(&clerk(), &query, after.as_ref(), size).await?;
                holds("a page is no longer than asked for", page.rows.len() <= size)?;
                pages.extend(page.rows.iter().map(|seen| seen.user.id()));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            holds("the pages end", after.is_none())?;
            same(&format!("pages of {size} by {what}"), &pages, &whole)?;
        }
    }
    Ok(())
}
