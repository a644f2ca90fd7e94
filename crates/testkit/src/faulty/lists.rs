//! Faults in lists: who is in them, in which order, and where they begin and end.

use std::collections::HashSet;

use staffroom_core::store::{Count, Cursor, StaffFilter, StaffScope, StoreError};
use staffroom_core::{Facts, GroupStatus, StaffStatus, UserStatus, fold};

use super::fault::Fault;
use super::unit::{Passage, Step};
use crate::relay::{Answer, Call};

pub(super) async fn before(passage: &mut Passage<'_>, call: Call) -> Result<Step, StoreError> {
    Ok(match call {
        Call::VisitFacts(filter) => match faulty_list(passage, &filter).await? {
            Some(list) => Step::Answer(Answer::FactsList(list)),
            None => Step::Pass(Call::VisitFacts(filter)),
        },
        Call::PageOfFacts(filter, after, limit) => page(passage, filter, after, limit).await?,
        Call::CountFacts(filter, cap) => count(passage, filter, cap).await?,
        other => Step::Pass(other),
    })
}

async fn right_list(passage: &mut Passage<'_>, filter: &StaffFilter) -> Result<Vec<Facts>, StoreError> {
    let mut list = Vec::new();
    passage.uow.staff().visit(filter, &mut |facts| list.push(facts)).await?;
    Ok(list)
}

/// The list without those whom the fault leaves out; `None` if it leaves out nobody.
async fn faulty_list(
    passage: &mut Passage<'_>,
    filter: &StaffFilter,
) -> Result<Option<Vec<Facts>>, StoreError> {
    let candidates = filter.scope == StaffScope::Candidates;
    let mut list = right_list(passage, filter).await?;
    match passage.fault {
        Fault::CandidatesNeedASchool if candidates => {
            list.retain(|facts| !facts.staff_member.schools().is_empty());
        }
        Fault::CandidatesShareNothing if candidates => list.retain(|facts| facts.email_sharers.is_empty()),
        Fault::CandidatesLookLikeNobody if candidates => {
            let mut held = HashSet::new();
            passage.uow.users().visit(&mut |user| held.extend([fold(user.email().canonical())])).await?;
            list.retain(|facts| {
                let email = facts.staff_member.email().valid();
                email.is_none_or(|email| !held.contains(&fold(email.canonical())))
            });
        }
        Fault::SearchesRawNames => list.retain(|facts| {
            let name = facts.staff_member.name();
            filter.search.as_ref().is_none_or(|search| {
                name.family().starts_with(search.typed()) || name.given().starts_with(search.typed())
            })
        }),
        Fault::WorksInTheFirstSchool => list.retain(|facts| {
            let first = facts.staff_member.schools().iter().next();
            filter.works_in.is_none_or(|school| first == Some(school))
        }),
        _ => return Ok(None),
    }
    Ok(Some(list))
}

async fn page(
    passage: &mut Passage<'_>,
    filter: StaffFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Step, StoreError> {
    let place = |facts: &Facts| Cursor::at(&facts.staff_member);
    let list = match passage.fault {
        Fault::IgnoresTheCursor => return Ok(Step::Pass(Call::PageOfFacts(filter, None, limit))),
        Fault::PagesAreTooLong if limit > 0 => {
            return Ok(Step::Pass(Call::PageOfFacts(filter, after, limit.saturating_add(1))));
        }
        Fault::ZeroMeansAll if limit == 0 => {
            return Ok(Step::Pass(Call::PageOfFacts(filter, after, usize::MAX)));
        }
        Fault::RepeatsTheCursor => {
            let mut list = right_list(passage, &filter).await?;
            list.retain(|facts| after.as_ref().is_none_or(|after| place(facts) >= *after));
            list
        }
        Fault::NeedsThePersonOfTheCursor => {
            let mut list = right_list(passage, &filter).await?;
            if let Some(after) = &after {
                let at = list.iter().position(|facts| place(facts) == *after);
                list.drain(..at.map_or(list.len(), |at| at.saturating_add(1)));
            }
            list
        }
        _ => match faulty_list(passage, &filter).await? {
            None => return Ok(Step::Pass(Call::PageOfFacts(filter, after, limit))),
            Some(mut list) => {
                list.retain(|facts| after.as_ref().is_none_or(|after| place(facts) > *after));
                list
            }
        },
    };
    Ok(Step::Answer(Answer::FactsList(list.into_iter().take(limit).collect())))
}

async fn count(passage: &mut Passage<'_>, filter: StaffFilter, cap: u64) -> Result<Step, StoreError> {
    Ok(Step::Pass(match passage.fault {
        Fault::CountsWithoutCap => Call::CountFacts(filter, u64::MAX),
        Fault::CountsEveryone => Call::CountFacts(StaffFilter::everyone(), cap),
        _ => match faulty_list(passage, &filter).await? {
            Some(list) => return Ok(Step::Answer(Answer::Count(Count::Exactly(list.len() as u64)))),
            None => Call::CountFacts(filter, cap),
        },
    }))
}

pub(super) fn after(passage: &Passage<'_>, call: &Call, answer: Answer) -> Answer {
    let answer = match (call, answer) {
        (Call::CountFacts(_, cap), Answer::Count(Count::Exactly(count)))
            if passage.fault == Fault::CountsTooFew && count == *cap =>
        {
            Answer::Count(Count::MoreThan(count))
        }
        (_, other) => other,
    };
    match passage.fault {
        Fault::LosesTheLastRowRead => shortened(answer),
        Fault::ListsBackwards => backwards(answer),
        Fault::ListsByRawNames => by_raw_names(answer),
        Fault::ListsOnlyTheActive => only_active(call, answer),
        _ => answer,
    }
}

fn shortened(answer: Answer) -> Answer {
    fn short<T>(mut rows: Vec<T>) -> Vec<T> {
        if rows.len() > 1 {
            rows.pop();
        }
        rows
    }
    match answer {
        Answer::Schools(rows) => Answer::Schools(short(rows)),
        Answer::Groups(rows) => Answer::Groups(short(rows)),
        Answer::Staff(rows) => Answer::Staff(short(rows)),
        Answer::FactsList(rows) => Answer::FactsList(short(rows)),
        Answer::Users(rows) => Answer::Users(short(rows)),
        Answer::Audit(rows) => Answer::Audit(short(rows)),
        Answer::Batches(rows) => Answer::Batches(short(rows)),
        Answer::Sessions(rows) => Answer::Sessions(short(rows)),
        other => other,
    }
}

fn backwards(answer: Answer) -> Answer {
    fn reversed<T>(rows: Vec<T>) -> Vec<T> {
        rows.into_iter().rev().collect()
    }
    match answer {
        Answer::Schools(rows) => Answer::Schools(reversed(rows)),
        Answer::Groups(rows) => Answer::Groups(reversed(rows)),
        Answer::FactsList(rows) => Answer::FactsList(reversed(rows)),
        Answer::Users(rows) => Answer::Users(reversed(rows)),
        Answer::Audit(rows) => Answer::Audit(reversed(rows)),
        Answer::Batches(rows) => Answer::Batches(reversed(rows)),
        Answer::Sessions(rows) => Answer::Sessions(reversed(rows)),
        other => other,
    }
}

fn by_raw_names(answer: Answer) -> Answer {
    match answer {
        Answer::Schools(mut rows) => {
            rows.sort_by(|one, other| one.name().cmp(other.name()));
            Answer::Schools(rows)
        }
        Answer::Groups(mut rows) => {
            rows.sort_by(|one, other| one.name().cmp(other.name()));
            Answer::Groups(rows)
        }
        Answer::FactsList(mut rows) => {
            rows.sort_by_key(|facts| {
                let name = facts.staff_member.name();
                (name.family().to_owned(), name.given().to_owned())
            });
            Answer::FactsList(rows)
        }
        other => other,
    }
}

fn only_active(call: &Call, answer: Answer) -> Answer {
    match (call, answer) {
        (_, Answer::Groups(mut rows)) => {
            rows.retain(|group| group.status() == GroupStatus::Active);
            Answer::Groups(rows)
        }
        (_, Answer::Staff(mut rows)) => {
            rows.retain(|member| member.status() == StaffStatus::Active);
            Answer::Staff(rows)
        }
        (Call::VisitFacts(_), Answer::FactsList(mut rows)) => {
            rows.retain(|facts| facts.staff_member.status() == StaffStatus::Active);
            Answer::FactsList(rows)
        }
        (_, Answer::Users(mut rows)) => {
            rows.retain(|user| user.status() == UserStatus::Enabled);
            Answer::Users(rows)
        }
        (_, other) => other,
    }
}
