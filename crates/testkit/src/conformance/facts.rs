//! The facts that the rules look at.

use std::sync::Arc;

use staffroom_core::store::{RowLock, Store};
use staffroom_core::{EmailSharer, Facts, StaffEmail, StaffId, StaffMember, StaffStatus, UserStatus};

use super::failure::{same, there};
use super::stage::{facts_about, read, with_staff, write};
use super::{Failure, Verdict};
use crate::fixture::{NETWORK, add_users, email, staff_id, staff_member, user, user_id};

fn mailed(number: u32, address: &str) -> StaffMember {
    staff_member(number).with_email(StaffEmail::read(address))
}

async fn facts_of(store: &dyn Store, number: u32) -> Result<Facts, Failure> {
    there("a staff member", facts_about(&mut *read(store).await?, staff_id(number)).await?)
}

fn sharers(facts: &Facts) -> Vec<StaffId> {
    facts.email_sharers.iter().map(|sharer| sharer.id).collect()
}

/// Facts are answered in the order of the questions, one each, whether or not they are to be held.
pub async fn facts_are_answered_in_the_order_of_the_questions(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1), staff_member(2), staff_member(3)]).await?;
    let questions = [3, 99, 1, 3, 2, 98].map(staff_id);
    let expected = [Some(3), None, Some(1), Some(3), Some(2), None].map(|number| number.map(staff_member));
    for lock in [RowLock::None, RowLock::Held] {
        let mut uow = write(&*store).await?;
        let answers = uow.staff().facts(&questions, lock).await?;
        let answers = answers.into_iter().map(|facts| facts.map(|facts| facts.staff_member));
        same("the answers", answers.collect::<Vec<_>>(), expected.clone())?;
        same("the answers to no question", uow.staff().facts(&[], lock).await?, [])?;
    }
    Ok(())
}

/// The facts name the user who is linked to the staff member, and nobody else.
pub async fn facts_name_the_linked_user(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[staff_member(1), staff_member(2)]).await?;
    add_users(&*store, NETWORK, &[user(7).linked_to(staff_id(2)), user(8)]).await?;
    same("the user of the first", facts_of(&*store, 1).await?.linked_user, None)?;
    same("the user of the second", facts_of(&*store, 2).await?.linked_user, Some(user_id(7)))
}

/// The facts name the user who holds the staff member's email in its canonical form, enabled or not, linked to somebody
/// or not.
pub async fn facts_name_the_holder_of_the_email(store: Arc<dyn Store>) -> Verdict {
    let members = [
        mailed(1, "Ann@School.Example"),
        mailed(2, "\u{212A}elvin@school.example"),
        mailed(3, "d\u{131}lek@school.example"),
        mailed(4, "dora@school.example"),
        mailed(5, "eve@school.example"),
    ];
    with_staff(&*store, &members).await?;
    let holding = |number, address: &str| user(number).set_email(email(address));
    let users = [
        holding(1, "aNN@schooL.examplE").set_status(UserStatus::Disabled),
        holding(2, "KELVIN@school.example"),
        holding(3, "dilek@school.example"),
        holding(4, "dora@school.example").linked_to(staff_id(5)),
    ];
    add_users(&*store, NETWORK, &users).await?;
    for (number, holder) in [(1, Some(1)), (2, Some(2)), (3, None), (4, Some(4)), (5, None)] {
        let found = facts_of(&*store, number).await?.email_holder;
        same(&format!("the holder of the email of {number}"), found, holder.map(user_id))?;
    }
    Ok(())
}

/// The facts name every other staff member with the same canonical email, active or not, asked about or not, in
/// ascending order of id, with their SIS id and name.
pub async fn facts_name_every_sharer_of_the_email(store: Arc<dyn Store>) -> Verdict {
    let members = [
        mailed(9, "Office@School.Example"),
        mailed(2, "office@school.example"),
        mailed(5, "OFFICE@school.example").with_status(StaffStatus::Inactive),
        mailed(7, "ｏｆｆｉｃｅ@school.example"),
        mailed(3, "other@school.example"),
    ];
    with_staff(&*store, &members).await?;
    let mut uow = read(&*store).await?;
    let facts = uow.staff().facts(&[staff_id(7), staff_id(3)], RowLock::None).await?;
    let lists: Vec<Vec<EmailSharer>> = facts.into_iter().flatten().map(|facts| facts.email_sharers).collect();
    let expected: Vec<EmailSharer> = [2, 5, 9].map(|number| EmailSharer::from(&staff_member(number))).into();
    same("the sharers", lists, [expected, Vec::new()])
}

/// Of many who share an address, only the first [`Facts::MAX_SHARERS`] are named, by id, whoever was asked about.
pub async fn only_the_first_sharers_are_named(store: Arc<dyn Store>) -> Verdict {
    let last = 30;
    let members: Vec<StaffMember> =
        (1..=last).rev().map(|number| mailed(number, "none@school.example")).collect();
    with_staff(&*store, &members).await?;
    for asked in [1, 7, last] {
        let others = (1..=last).filter(|number| *number != asked).take(Facts::MAX_SHARERS);
        let expected: Vec<EmailSharer> =
            others.map(|number| EmailSharer::from(&staff_member(number))).collect();
        same("the sharers", facts_of(&*store, asked).await?.email_sharers, expected)?;
    }
    Ok(())
}

/// People without an address, or with the same text that is not one, share nothing and are held by nobody.
pub async fn no_address_is_shared_with_nobody(store: Arc<dyn Store>) -> Verdict {
    let members = [mailed(1, ""), mailed(2, ""), mailed(3, "n/a"), mailed(4, "n/a")];
    with_staff(&*store, &members).await?;
    add_users(&*store, NETWORK, &[user(1)]).await?;
    for number in 1..=4 {
        let facts = facts_of(&*store, number).await?;
        same("the sharers", sharers(&facts), [])?;
        same("the holder", facts.email_holder, None)?;
    }
    Ok(())
}

/// The facts follow the records at once: a changed email, a new user, a user who is gone.
pub async fn facts_follow_the_records(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[mailed(1, "one@school.example"), mailed(2, "two@school.example")]).await?;
    let newcomer = user(1).set_email(email("Two@School.Example")).linked_to(staff_id(2));
    same("before", sharers(&facts_of(&*store, 1).await?), [])?;

    let mut uow = write(&*store).await?;
    uow.staff().update(&[mailed(1, "TWO@school.example")]).await?;
    uow.users().insert(std::slice::from_ref(&newcomer)).await?;
    uow.commit().await?;
    for number in [1, 2] {
        let facts = facts_of(&*store, number).await?;
        same("the sharers after the change", sharers(&facts), [staff_id(3 - number)])?;
        same("the holder after the change", facts.email_holder, Some(user_id(1)))?;
    }
    same("the link after the change", facts_of(&*store, 2).await?.linked_user, Some(user_id(1)))?;

    let mut uow = write(&*store).await?;
    uow.staff().update(&[mailed(2, "n/a")]).await?;
    uow.users().delete(&[(user_id(1), newcomer.revision())]).await?;
    uow.commit().await?;
    let (first, second) = (facts_of(&*store, 1).await?, facts_of(&*store, 2).await?);
    same("the sharers in the end", (sharers(&first), sharers(&second)), (vec![], vec![]))?;
    same("the holder in the end", first.email_holder, None)?;
    same("the link in the end", second.linked_user, None)
}

/// Whoever takes up an address shares it with all who have it, however many come and go, and with nobody who has given it up.
pub async fn sharers_come_and_go(store: Arc<dyn Store>) -> Verdict {
    with_staff(&*store, &[1, 2, 3, 4].map(|number| mailed(number, "office@school.example"))).await?;
    let own = |number| mailed(number, &format!("staff{number}@school.example"));
    let office = |number| mailed(number, "Office@School.Example");
    let steps: [(StaffMember, &[&[u32]]); 8] = [
        (own(1), &[&[], &[3, 4], &[2, 4], &[2, 3]]),
        (own(2), &[&[], &[], &[4], &[3]]),
        (own(4), &[&[], &[], &[], &[]]),
        (own(3), &[&[], &[], &[], &[]]),
        (office(2), &[&[], &[], &[], &[]]),
        (office(1), &[&[2], &[1], &[], &[]]),
        (office(3), &[&[2, 3], &[1, 3], &[1, 2], &[]]),
        (mailed(4, "staff1@school.example"), &[&[2, 3], &[1, 3], &[1, 2], &[]]),
    ];
    for (changed, expected) in steps {
        let mut uow = write(&*store).await?;
        uow.staff().update(std::slice::from_ref(&changed)).await?;
        uow.commit().await?;
        for (number, others) in (1..).zip(expected) {
            let others: Vec<StaffId> = others.iter().copied().map(staff_id).collect();
            let found = sharers(&facts_of(&*store, number).await?);
            same(&format!("the sharers of {number} after {} is changed", changed.id()), found, others)?;
        }
    }
    Ok(())
}
