//! The list of staff members: order, paging, searching, counting.

use std::sync::Arc;

use staffroom_core::store::{Count, Cursor, Mode, RowLock, StaffFilter, Store, UnitOfWork};
use staffroom_core::{
    Email, Facts, IdSet, Search, StaffEmail, StaffId, StaffMember, StaffStatus, UserStatus, assess,
};

use super::failure::{holds, same};
use super::stage::{ids, read, visited, with_staff, write};
use super::{Failure, Verdict};
use crate::fixture::{
    NETWORK, OTHER_NETWORK, OTHER_SCHOOL, SCHOOL, add_users, person, set_up, sis_id, staff_id, user,
};

/// A staff member of both schools.
fn called(number: u32, given: &str, family: &str) -> StaffMember {
    StaffMember::new(
        staff_id(number),
        sis_id(&format!("T-{number}")),
        person(given, family),
        StaffStatus::Active,
        StaffEmail::read(&format!("mail{number}@school.example")),
        [SCHOOL, OTHER_SCHOOL].into_iter().collect(),
    )
}

/// A network with people of every kind: candidates and not, with and without schools, sharing names and emails.
async fn crowd(store: &dyn Store) -> Result<(), Failure> {
    let with = |member: StaffMember, schools: IdSet<_>| {
        StaffMember::new(
            member.id(),
            member.sis_id().clone(),
            member.name().clone(),
            member.status(),
            member.email().clone(),
            schools,
        )
    };
    let members = [
        called(1, "Zoë", "adams"),
        called(2, "Ana", "Adams"),
        with(called(3, "ana", "ADAMS"), IdSet::only(SCHOOL)),
        with(called(4, "Änna", "Ångström"), IdSet::empty()),
        with(called(5, "Suharto", ""), IdSet::only(OTHER_SCHOOL)),
        called(6, "Anna Maria", "Müller Straße"),
        called(7, "Inaktiv", "Müller").with_status(StaffStatus::Inactive),
        called(8, "Bad", "Mail").with_email(StaffEmail::read("n/a")),
        called(9, "No", "Mail").with_email(StaffEmail::Missing),
        called(10, "Has", "User"),
        called(11, "Taken", "Email").with_email(StaffEmail::read("ADMIN@School.Example")),
        called(12, "Shares", "One").with_email(StaffEmail::read("Shared@School.Example")),
        called(13, "Shares", "Two").with_email(StaffEmail::read("shared@school.example")),
        called(14, "Disabled", "Holder").with_email(StaffEmail::read("user8@school.example")),
        with(called(15, "Émile", "Zola"), IdSet::only(SCHOOL)),
        called(16, "Dilek", "Öz").with_email(StaffEmail::read("d\u{131}lek@school.example")),
    ];
    with_staff(store, &members).await?;
    let dilek = user(9).set_email(Email::parse("dilek@school.example")?);
    let users = [user(7).linked_to(staff_id(10)), user(8).set_status(UserStatus::Disabled), dilek];
    add_users(store, NETWORK, &users).await?;
    Ok(())
}

fn filters() -> Vec<StaffFilter> {
    let searches = ["a", "ADAMS", "müller", "shared@", "T-1", "anna m", "nobody at all"];
    let mut filters = Vec::new();
    for scope in [StaffFilter::candidates(), StaffFilter::everyone()] {
        for search in [None].into_iter().chain(searches.map(Some)) {
            let filter = scope.clone().found_by(search.and_then(Search::new));
            filters.extend([
                filter.clone(),
                filter.clone().working_in(SCHOOL),
                filter.working_in(OTHER_SCHOOL),
            ]);
        }
    }
    filters
}

/// The whole list, in pages.
async fn paged(uow: &mut dyn UnitOfWork, filter: &StaffFilter, size: usize) -> Result<Vec<Facts>, Failure> {
    let mut list: Vec<Facts> = Vec::new();
    for _ in 0..100 {
        let after = list.last().map(|facts| Cursor::at(&facts.staff_member));
        let page = uow.staff().page(filter, after.as_ref(), size).await?;
        let ends = page.len() < size;
        list.extend(page);
        if ends {
            return Ok(list);
        }
    }
    Err(Failure::new("paging never ends"))
}

/// The list is ordered by folded family name, folded given name and id, compared as bytes.
pub async fn the_list_is_in_order(store: Arc<dyn Store>) -> Verdict {
    crowd(&*store).await?;
    let mut uow = read(&*store).await?;
    let order = [5, 2, 3, 1, 4, 11, 14, 8, 9, 7, 6, 12, 16, 13, 10, 15].map(staff_id);
    let list = visited(&mut *uow, &StaffFilter::everyone()).await?;
    same("the order of a visit", ids(&list), order)?;
    let page = uow.staff().page(&StaffFilter::everyone(), None, 16).await?;
    same("the order of a page", ids(&page), order)
}

/// What is visited, what all pages together show and what is counted is the same, for every filter and page size.
pub async fn visits_pages_and_counts_agree(store: Arc<dyn Store>) -> Verdict {
    crowd(&*store).await?;
    let mut uow = read(&*store).await?;
    for filter in filters() {
        let list = visited(&mut *uow, &filter).await?;
        let sizes: &[usize] = if filter.search.is_none() { &[1, 3, 16, 100] } else { &[2] };
        for size in sizes.iter().copied() {
            let pages = paged(&mut *uow, &filter, size).await?;
            same(&format!("pages of {size} for {filter:?}"), ids(&pages), ids(&list))?;
        }
        let count = uow.staff().count(&filter, 10_000).await?;
        same(&format!("the count for {filter:?}"), count, Count::Exactly(list.len() as u64))?;
    }
    Ok(())
}

/// A list may show too many, never too few: everybody whom the one rule lets in is there.
pub async fn a_list_never_shows_too_few(store: Arc<dyn Store>) -> Verdict {
    crowd(&*store).await?;
    let mut uow = read(&*store).await?;
    let everyone = visited(&mut *uow, &StaffFilter::everyone()).await?;
    same("how many there are", everyone.len(), 16)?;
    for filter in filters() {
        let list = ids(&visited(&mut *uow, &filter).await?);
        let due = everyone.iter().filter(|facts| filter.includes(facts, assess(facts, SCHOOL).is_eligible()));
        for facts in due {
            let id = facts.staff_member.id();
            holds(&format!("{id} is in the list of {filter:?}"), list.contains(&id))?;
        }
    }
    Ok(())
}

/// What a list says about a person is what the facts about them are.
pub async fn a_list_carries_whole_facts(store: Arc<dyn Store>) -> Verdict {
    crowd(&*store).await?;
    let mut uow = read(&*store).await?;
    for filter in [StaffFilter::everyone(), StaffFilter::candidates().working_in(SCHOOL)] {
        let list = visited(&mut *uow, &filter).await?;
        let asked = uow.staff().facts(&ids(&list), RowLock::None).await?;
        let asked: Vec<Facts> = asked.into_iter().flatten().collect();
        same("the facts of a visit", &list, &asked)?;
        same("the facts of a page", &uow.staff().page(&filter, None, 100).await?, &asked)?;
    }
    Ok(())
}

/// A page has as many as asked for, if so many are left; asked for none, it has none.
pub async fn a_page_has_as_many_as_asked_for(store: Arc<dyn Store>) -> Verdict {
    crowd(&*store).await?;
    let mut uow = read(&*store).await?;
    let everyone = StaffFilter::everyone();
    for (limit, expected) in [(0, 0), (1, 1), (15, 15), (16, 16), (17, 16), (1_000_000, 16)] {
        let page = uow.staff().page(&everyone, None, limit).await?;
        same(&format!("a page of {limit}"), page.len(), expected)?;
    }
    let last = Cursor::at(&called(15, "Émile", "Zola"));
    same("a page after the last", uow.staff().page(&everyone, Some(&last), 5).await?, [])
}

/// A page begins after the place of its cursor, also if nobody is at that place any more, or never was.
pub async fn a_page_begins_after_a_place(store: Arc<dyn Store>) -> Verdict {
    crowd(&*store).await?;
    let mut uow = write(&*store).await?;
    // Whoever was at the place has another name now, or is in the list no longer.
    uow.staff().update(&[called(2, "Ana", "Zzz")]).await?;
    uow.commit().await?;
    let mut uow = read(&*store).await?;
    let everyone = StaffFilter::everyone();
    let candidates = StaffFilter::candidates();
    for (what, filter, at, next) in [
        ("after somebody renamed", &everyone, called(2, "Ana", "Adams"), [3, 1]),
        ("after somebody of the same name", &everyone, called(3, "Ana", "Adams"), [1, 4]),
        ("after somebody who never was", &everyone, called(500, "Mo", "Mb"), [7, 6]),
        ("after an id between two", &everyone, called(0, "ANA", "ádams"), [3, 1]),
        ("after somebody who has a user", &candidates, called(11, "Taken", "Email"), [6, 12]),
    ] {
        let page = uow.staff().page(filter, Some(&Cursor::at(&at)), 100).await?;
        // A store may show too many candidates.
        let due = page.iter().filter(|facts| filter.includes(facts, assess(facts, SCHOOL).is_eligible()));
        let due: Vec<StaffId> = due.take(2).map(|facts| facts.staff_member.id()).collect();
        same(what, due, next.map(staff_id))?;
    }
    Ok(())
}

/// Paging never skips or repeats anybody who stayed, while others come and go.
pub async fn paging_neither_skips_nor_repeats(store: Arc<dyn Store>) -> Verdict {
    set_up(&*store).await?;
    let members: Vec<StaffMember> =
        (10..30).map(|number| called(number, "G", &format!("F{number}"))).collect();
    crate::fixture::add_staff(&*store, NETWORK, &members).await?;
    let filter = StaffFilter::candidates();
    let mut seen: Vec<StaffId> = Vec::new();
    let mut after: Option<Cursor> = None;
    for round in 0_u32..20 {
        let page = read(&*store).await?.staff().page(&filter, after.as_ref(), 3).await?;
        after = page.last().map(|facts| Cursor::at(&facts.staff_member)).or(after);
        seen.extend(ids(&page));
        if page.len() < 3 {
            break;
        }
        // The last one seen leaves, and somebody comes before all that was seen.
        let leaver = page.last().map(|facts| facts.staff_member.clone().with_status(StaffStatus::Inactive));
        let mut uow = write(&*store).await?;
        uow.staff().update(leaver.as_slice()).await?;
        uow.staff().insert(&[called(100 + round, "G", &format!("E{round}"))]).await?;
        uow.commit().await?;
    }
    same("who was seen", seen, (10..30).map(staff_id).collect::<Vec<_>>())
}

/// Counting stops at the cap, and says whether it did.
pub async fn counting_stops_at_the_cap(store: Arc<dyn Store>) -> Verdict {
    crowd(&*store).await?;
    let mut uow = read(&*store).await?;
    for (cap, expected) in [
        (0, Count::MoreThan(0)),
        (15, Count::MoreThan(15)),
        (16, Count::Exactly(16)),
        (17, Count::Exactly(16)),
        (u64::MAX, Count::Exactly(16)),
    ] {
        let count = uow.staff().count(&StaffFilter::everyone(), cap).await?;
        same(&format!("the count up to {cap}"), count, expected)?;
    }
    let mut uow = store.begin(OTHER_NETWORK, Mode::Read).await?;
    let count = uow.staff().count(&StaffFilter::everyone(), 0).await?;
    same("the count of nobody", count, Count::Exactly(0))
}
