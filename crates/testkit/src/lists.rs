//! Lists of two stores, held against each other: a database that computes them by statements, and one that asks core.

use proptest::prelude::*;
use staffroom_core::store::{Count, Cursor, ListOrder, Mode, StaffFilter, StaffScope, Store};
use staffroom_core::{Facts, NetworkId, Search, StaffMember, assess};

use crate::fixture::{NETWORK, SCHOOL};
use crate::properties::{Verdict, Violation};
use crate::strategies::{World, raw_text};

/// How many people are on a page: few, so that there are many pages.
const PAGE: usize = 3;

/// What is looked for: the start of something that is on somebody's record, or anything.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Everybody.
    Nothing,
    /// Any text.
    Text(String),
    /// Of the person at that place: which of their texts, and how many characters of it.
    Start(usize, usize, usize),
}

/// Anything that somebody might look for.
pub fn wanted() -> impl Strategy<Value = Wanted> {
    prop_oneof![
        1 => Just(Wanted::Nothing),
        2 => raw_text().prop_map(Wanted::Text),
        7 => (0_usize..40, 0_usize..5, 1_usize..20).prop_map(|(who, what, much)| Wanted::Start(who, what, much)),
    ]
}

impl Wanted {
    fn search(&self, staff: &[StaffMember]) -> Option<Search> {
        let text = match self {
            Self::Nothing => return None,
            Self::Text(text) => text.clone(),
            Self::Start(who, what, much) => {
                let member = staff.get(who.checked_rem(staff.len())?)?;
                let (given, family) = (member.name().given(), member.name().family());
                let text = match what {
                    0 => family.to_owned(),
                    1 => format!("{given} {family}"),
                    2 => format!("{family}, {given}"),
                    3 => member.sis_id().as_str().to_owned(),
                    _ => member.email().as_given().unwrap_or(given).to_owned(),
                };
                text.chars().take(*much).collect()
            }
        };
        Search::new(&text)
    }
}

/// Who is in the list of `filter` by the last word of core, in the order of the store; and that visit, pages and count
/// of the store agree.
async fn list(store: &dyn Store, network: NetworkId, filter: &StaffFilter) -> Result<Vec<Facts>, Violation> {
    let mut uow = store.begin(network, Mode::Read).await?;
    let mut visited = Vec::new();
    uow.staff().visit(filter, &mut |facts| visited.push(facts)).await?;
    let mut paged: Vec<Facts> = Vec::new();
    loop {
        let after = paged.last().map(|facts| Cursor::at(&facts.staff_member));
        let page = uow.staff().page(filter, after.as_ref(), PAGE).await?;
        let ends = page.len() < PAGE;
        paged.extend(page);
        if ends {
            break;
        }
    }
    if visited != paged {
        return Err(Violation::of("R2", format!("visited {visited:?}, paged {paged:?}")));
    }
    let count = uow.staff().count(filter, 1_000).await?;
    let many = u64::try_from(visited.len()).unwrap_or(u64::MAX);
    if count != Count::Exactly(many) {
        return Err(Violation::of("R2", format!("{many} in the list, counted {count:?}")));
    }
    visited.retain(|facts| filter.includes(facts, assess(facts, SCHOOL).is_eligible()));
    Ok(visited)
}

/// Writes `world` to both stores, which are empty, and holds the lists of `store` to those of `reference`: candidates
/// and everybody, of the network and of a school, of those who are wanted.
///
/// # Errors
/// A [`Violation`] if they differ.
pub async fn same_lists(
    reference: &dyn Store,
    store: &dyn Store,
    world: &World,
    wanted: &[Wanted],
) -> Verdict {
    world.write_to(reference).await?;
    world.write_to(store).await?;
    let staff = world.networks.first().map(|network| network.staff.as_slice()).unwrap_or_default();
    for wanted in wanted {
        for scope in [StaffScope::Candidates, StaffScope::Everyone] {
            for works_in in [None, Some(SCHOOL)] {
                let filter =
                    StaffFilter { scope, works_in, search: wanted.search(staff), order: ListOrder::ByName };
                let (expected, found) =
                    (list(reference, NETWORK, &filter).await?, list(store, NETWORK, &filter).await?);
                if expected != found {
                    let what = format!("{filter:?}: {found:?} instead of {expected:?}");
                    return Err(Violation::of("R2", what));
                }
            }
        }
    }
    Ok(())
}
