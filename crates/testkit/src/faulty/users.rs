//! Faults in what conflicts among users, and what becomes of it.

use staffroom_core::store::{RowLock, StoreError, UserDelete, UserInsert, UserUpdate};
use staffroom_core::{Email, PasswordState, User, UserId, fold};

use super::fault::Fault;
use super::rebuilt;
use super::unit::{Passage, Step};
use crate::relay::{Answer, Call};

pub(super) async fn before(passage: &mut Passage<'_>, call: Call) -> Result<Step, StoreError> {
    Ok(match call {
        Call::InsertUsers(rows) => insert(passage, rows).await?,
        Call::UpdateUser(expected, row) => update(passage, expected, row).await?,
        Call::DeleteUsers(rows) => delete(passage, rows).await?,
        Call::FindUserByEmail(email) if passage.fault == Fault::ComparesEmailsKindly => {
            let users = everyone(passage).await?;
            Step::Answer(Answer::User(users.into_iter().find(|user| looks_like(user.email(), &email))))
        }
        other => Step::Pass(other),
    })
}

async fn everyone(passage: &mut Passage<'_>) -> Result<Vec<User>, StoreError> {
    let mut users = Vec::new();
    passage.uow.users().visit(&mut |user| users.push(user)).await?;
    Ok(users)
}

/// What a collation finds the same.
fn looks_like(one: &Email, other: &Email) -> bool {
    fold(one.canonical()) == fold(other.canonical())
}

/// Inserts one row at a time, refusing those that the fault refuses.
async fn insert(passage: &mut Passage<'_>, rows: Vec<User>) -> Result<Step, StoreError> {
    if !matches!(passage.fault, Fault::ComparesEmailsKindly | Fault::KeepsEmailsTaken) {
        return Ok(Step::Pass(Call::InsertUsers(rows)));
    }
    let mut outcomes = Vec::new();
    for row in rows {
        let refused = if passage.fault == Fault::ComparesEmailsKindly {
            everyone(passage).await?.iter().any(|user| looks_like(user.email(), row.email()))
        } else {
            let key = (passage.network, row.email().canonical().to_owned());
            passage.shared.memory().emails.contains(&key)
        };
        if refused {
            outcomes.push(UserInsert::EmailTaken);
        } else {
            outcomes.extend(passage.uow.users().insert(&[row]).await?);
        }
    }
    Ok(Step::Answer(Answer::UserInserts(outcomes)))
}

async fn update(
    passage: &mut Passage<'_>,
    mut expected: staffroom_core::Revision,
    mut row: User,
) -> Result<Step, StoreError> {
    let Some(old) = passage.uow.users().find(row.id(), RowLock::None).await? else {
        return Ok(Step::Pass(Call::UpdateUser(expected, row)));
    };
    match passage.fault {
        Fault::LosesUpdates => expected = old.revision(),
        Fault::UpdatesNoSets => row = row.entering(old.schools().clone()).in_groups(old.groups().clone()),
        Fault::IgnoresRespelling if old.email().is_same_address(row.email()) => {
            row = rebuilt::user(&row, |parts| parts.email = old.email().clone());
        }
        Fault::KeepsEmailsTaken => {
            let key = (passage.network, old.email().canonical().to_owned());
            passage.shared.memory().emails.insert(key);
        }
        _ => {}
    }
    Ok(Step::Pass(Call::UpdateUser(expected, row)))
}

async fn delete(
    passage: &mut Passage<'_>,
    mut rows: Vec<(UserId, staffroom_core::Revision)>,
) -> Result<Step, StoreError> {
    for (id, expected) in &mut rows {
        let Some(old) = passage.uow.users().find(*id, RowLock::None).await? else {
            continue;
        };
        let key = (passage.network, *id);
        match passage.fault {
            Fault::DeletesEditedUsers => *expected = old.revision(),
            Fault::DeleteKeepsHashes => {
                let hash = passage.uow.passwords().find(*id).await?;
                passage.shared.memory().hashes.extend(hash.map(|hash| (key, hash)));
            }
            Fault::DeleteKeepsSets => {
                let sets = (old.schools().clone(), old.groups().clone());
                passage.shared.memory().sets.insert(key, sets);
            }
            Fault::KeepsEmailsTaken => {
                let email = old.email().canonical().to_owned();
                passage.shared.memory().emails.insert((passage.network, email));
            }
            _ => {}
        }
    }
    Ok(Step::Pass(Call::DeleteUsers(rows)))
}

pub(super) async fn after(
    passage: &mut Passage<'_>,
    call: &Call,
    answer: Answer,
) -> Result<Answer, StoreError> {
    Ok(match (call, answer) {
        (Call::InsertUsers(rows), Answer::UserInserts(outcomes)) => {
            Answer::UserInserts(inserted(passage, rows, outcomes).await?)
        }
        (Call::UpdateUser(_, row), Answer::UserUpdate(outcome)) => {
            Answer::UserUpdate(updated(passage, row, outcome).await?)
        }
        (Call::DeleteUsers(rows), Answer::UserDeletes(outcomes)) => {
            Answer::UserDeletes(deleted(passage.fault, rows, outcomes))
        }
        (Call::FindUserByEmail(email), Answer::User(found)) => Answer::User(found.filter(|user| {
            passage.fault != Fault::ComparesEmailsAsGiven || user.email().as_given() == email.as_given()
        })),
        (Call::FindUser(id, _), Answer::User(Some(user))) if passage.fault == Fault::DeleteKeepsSets => {
            let sets = passage.shared.memory().sets.get(&(passage.network, *id)).cloned();
            Answer::User(Some(match sets {
                Some((schools, groups)) => user.entering(schools).in_groups(groups),
                None => user,
            }))
        }
        (_, other) => other,
    })
}

async fn inserted(
    passage: &mut Passage<'_>,
    rows: &[User],
    outcomes: Vec<UserInsert>,
) -> Result<Vec<UserInsert>, StoreError> {
    let conflict = outcomes.iter().copied().find(|outcome| *outcome != UserInsert::Inserted);
    let refuses_all = passage.fault == Fault::OneConflictRefusesAll && conflict.is_some();
    let loses =
        passage.fault == Fault::LosesRowsBesideATakenEmail && outcomes.contains(&UserInsert::EmailTaken);
    if refuses_all || loses {
        for (row, outcome) in rows.iter().zip(&outcomes) {
            if *outcome == UserInsert::Inserted {
                passage.uow.users().delete(&[(row.id(), row.revision())]).await?;
            }
        }
        let refused = conflict.filter(|_| refuses_all).map(|conflict| vec![conflict; rows.len()]);
        return Ok(refused.unwrap_or(outcomes));
    }
    if passage.fault == Fault::CopiesSharedHashes {
        copy_shared_hashes(passage, rows).await?;
    }
    let mut answers = Vec::new();
    for (index, (row, outcome)) in rows.iter().zip(outcomes).enumerate() {
        let mut earlier = rows.iter().take(index);
        let twin = match (passage.fault, outcome) {
            (Fault::AcceptsTakenEmails, UserInsert::EmailTaken) => Some(twin_of(row)),
            (Fault::ComparesEmailsAsGiven, UserInsert::EmailTaken) => {
                let holder = passage.uow.users().find_by_email(row.email()).await?;
                let is_other = |holder: User| holder.email().as_given() != row.email().as_given();
                holder.is_some_and(is_other).then(|| twin_of(row))
            }
            (Fault::AcceptsTakenLinks, UserInsert::StaffMemberLinked) => {
                Some(rebuilt::user(row, |parts| parts.linked = false))
            }
            (Fault::OverwritesTakenIds, UserInsert::IdTaken) => {
                if let Some(old) = passage.uow.users().find(row.id(), RowLock::None).await? {
                    passage.uow.users().delete(&[(old.id(), old.revision())]).await?;
                }
                Some(row.clone())
            }
            (Fault::OverlooksConflictsWithinACall, _) => {
                let conflicts = |other: &User| {
                    other.email().is_same_address(row.email())
                        || (row.staff_member().is_some() && other.staff_member() == row.staff_member())
                };
                earlier.any(conflicts).then(|| row.clone())
            }
            _ => None,
        };
        match twin {
            Some(twin) => {
                passage.uow.users().insert(&[twin]).await?;
                answers.push(UserInsert::Inserted);
            }
            None => answers.push(outcome),
        }
    }
    Ok(answers)
}

async fn copy_shared_hashes(passage: &mut Passage<'_>, rows: &[User]) -> Result<(), StoreError> {
    for row in rows {
        let PasswordState::InitialShared { secret, .. } = row.password() else { continue };
        let is_there = passage.uow.users().find(row.id(), RowLock::None).await?.is_some();
        if let Some(shared) = passage.uow.passwords().find_shared(secret).await?.filter(|_| is_there) {
            passage.uow.passwords().set(&[(row.id(), shared.hash)]).await?;
        }
    }
    Ok(())
}

/// The user with an email of its own: a right store takes it although the email that it should have is taken.
fn twin_of(row: &User) -> User {
    rebuilt::user(row, |parts| {
        if let Ok(email) = Email::parse(&format!("twin-{}@twin.example", row.id())) {
            parts.email = email;
        }
    })
}

async fn updated(
    passage: &mut Passage<'_>,
    row: &User,
    outcome: UserUpdate,
) -> Result<UserUpdate, StoreError> {
    Ok(match (passage.fault, outcome) {
        (Fault::UpdateHidesRefusals, _)
        | (Fault::AcceptsTakenEmails, UserUpdate::EmailTaken)
        | (Fault::AcceptsTakenLinks, UserUpdate::StaffMemberLinked) => UserUpdate::Updated,
        (Fault::UpdateInserts, UserUpdate::Unknown) => {
            passage.uow.users().insert(std::slice::from_ref(row)).await?;
            UserUpdate::Updated
        }
        (_, outcome) => outcome,
    })
}

fn deleted(
    fault: Fault,
    rows: &[(UserId, staffroom_core::Revision)],
    outcomes: Vec<UserDelete>,
) -> Vec<UserDelete> {
    if fault != Fault::DeletesInOrderOfIds {
        return outcomes;
    }
    let mut answers: Vec<(UserId, UserDelete)> = rows.iter().map(|(id, _)| *id).zip(outcomes).collect();
    answers.sort_by_key(|(id, _)| *id);
    answers.into_iter().map(|(_, outcome)| outcome).collect()
}
