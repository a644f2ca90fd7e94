//! Faults in facts, and in the order of answers to questions.

use staffroom_core::store::{RowLock, StoreError};
use staffroom_core::{EmailSharer, Facts, SisId, StaffEmail, StaffId, StaffMember, StaffStatus, UserStatus};

use super::fault::Fault;
use super::unit::Passage;
use crate::relay::{Answer, Call};

pub(super) async fn after(
    passage: &mut Passage<'_>,
    call: &Call,
    answer: Answer,
) -> Result<Answer, StoreError> {
    Ok(match (call, answer) {
        (Call::Facts(asked, _), Answer::FactsAbout(mut answers)) => {
            for facts in answers.iter_mut().flatten() {
                change(passage, facts, Some(asked)).await?;
            }
            in_other_order(passage.fault, asked, &mut answers);
            Answer::FactsAbout(answers)
        }
        (Call::FindEachUser(asked), Answer::EachUser(mut answers)) => {
            in_other_order(passage.fault, asked, &mut answers);
            Answer::EachUser(answers)
        }
        (Call::FindStaffIds(asked), Answer::StaffIds(mut answers)) => {
            let asked: Vec<SisId> = asked.clone();
            in_other_order(passage.fault, &asked, &mut answers);
            Answer::StaffIds(answers)
        }
        (_, Answer::FactsList(mut list)) => {
            for facts in &mut list {
                change(passage, facts, None).await?;
            }
            Answer::FactsList(list)
        }
        (_, other) => other,
    })
}

fn in_other_order<Q: Ord + Clone, A: Clone>(fault: Fault, asked: &[Q], answers: &mut Vec<Option<A>>) {
    match fault {
        Fault::AnswersInOrderOfIds => {
            let mut pairs: Vec<(Q, Option<A>)> = asked.iter().cloned().zip(answers.drain(..)).collect();
            pairs.sort_by(|one, other| one.0.cmp(&other.0));
            answers.extend(pairs.into_iter().map(|(_, answer)| answer));
        }
        Fault::AnswersOnce => {
            for (index, answer) in answers.iter_mut().enumerate() {
                let question = asked.get(index);
                if asked.iter().take(index).any(|earlier| Some(earlier) == question) {
                    *answer = None;
                }
            }
        }
        _ => {}
    }
}

async fn change(
    passage: &mut Passage<'_>,
    facts: &mut Facts,
    asked: Option<&[StaffId]>,
) -> Result<(), StoreError> {
    let id = facts.staff_member.id();
    match passage.fault {
        Fault::ListsWithoutSharers if asked.is_none() => facts.email_sharers.clear(),
        Fault::SharersAmongTheAsked => {
            facts.email_sharers.retain(|sharer| asked.is_none_or(|asked| asked.contains(&sharer.id)));
        }
        Fault::SharersIncludeOneself if facts.staff_member.email().valid().is_some() => {
            facts.email_sharers.push(EmailSharer::from(&facts.staff_member));
            facts.email_sharers.sort_by_key(|sharer| sharer.id);
        }
        Fault::SharersAreUnordered => facts.email_sharers.reverse(),
        Fault::FactsWithoutLinks => facts.linked_user = None,
        Fault::RemembersFacts => {
            let mut memory = passage.shared.memory();
            *facts = memory.facts.entry((passage.network, id)).or_insert_with(|| facts.clone()).clone();
        }
        Fault::SharersAreActive => {
            let mut active = Vec::new();
            for sharer in facts.email_sharers.drain(..) {
                let member = passage.uow.staff().find(sharer.id).await?;
                active.extend(
                    member.is_some_and(|member| member.status() == StaffStatus::Active).then_some(sharer),
                );
            }
            facts.email_sharers = active;
        }
        Fault::DisabledUsersHoldNothing | Fault::ComparesEmailsAsGiven => {
            if let Some(holder) = facts.email_holder
                && let Some(user) = passage.uow.users().find(holder, RowLock::None).await?
            {
                let spelled = Some(user.email().as_given()) == facts.staff_member.email().as_given();
                let holds = match passage.fault {
                    Fault::ComparesEmailsAsGiven => spelled,
                    _ => user.status() == UserStatus::Enabled,
                };
                facts.email_holder = Some(holder).filter(|_| holds);
            }
        }
        Fault::BadEmailsAreShared => {
            if let StaffEmail::Invalid(text) = facts.staff_member.email() {
                let mut sharers = Vec::new();
                let mut look = |other: StaffMember| {
                    if other.id() != id && other.email().as_given() == Some(text) {
                        sharers.push(EmailSharer::from(&other));
                    }
                };
                passage.uow.staff().visit_records(&mut look).await?;
                facts.email_sharers = sharers;
            }
        }
        _ => {}
    }
    Ok(())
}
