//! Lists are the same as the memory store's, whatever the locale of the database: nothing is compared, ordered or folded
//! by its rules (R2, R3).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests fails like them"
)]

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use staffroom_core::store::{Count, Cursor, ListOrder, Mode, StaffFilter, StaffScope, Store};
use staffroom_core::{Facts, NetworkId, Search, StaffMember, assess};
use staffroom_store_memory::MemoryStore;
use staffroom_store_postgres::PostgresStore;
use staffroom_testkit::fixture::{NETWORK, SCHOOL};
use staffroom_testkit::postgres::Server;
use staffroom_testkit::properties::{Verdict, Violation, for_all};
use staffroom_testkit::strategies::{Preset, World, raw_text, world};
use support::{SERVICE, emptied, empty_database, migrate, pool, run};

/// How many cases of each preset a plain run tries in each locale.
const CASES: u32 = 24;
const PAGE: usize = 3;

/// What is looked for: the start of something that is on somebody's record, or anything.
#[derive(Debug, Clone)]
enum Wanted {
    Nothing,
    Text(String),
    /// Of the person at that place: which of their texts, and how much of it.
    Start(usize, usize, usize),
}

fn wanted() -> impl Strategy<Value = Wanted> {
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
                let member = &staff[who % staff.len()];
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
    let many = u64::try_from(visited.len()).unwrap();
    if count != Count::Exactly(many) {
        return Err(Violation::of("R2", format!("{many} in the list, counted {count:?}")));
    }
    visited.retain(|facts| filter.includes(facts, assess(facts, SCHOOL).is_eligible()));
    Ok(visited)
}

async fn stores_agree(postgres: &dyn Store, world: &World, wanted: &[Wanted]) -> Verdict {
    let memory = MemoryStore::new();
    world.write_to(&memory).await?;
    world.write_to(postgres).await?;
    let staff = &world.networks[0].staff;
    for wanted in wanted {
        for scope in [StaffScope::Candidates, StaffScope::Everyone] {
            for works_in in [None, Some(SCHOOL)] {
                let search = if staff.is_empty() { None } else { wanted.search(staff) };
                let filter = StaffFilter { scope, works_in, search, order: ListOrder::ByName };
                let (expected, found) =
                    (list(&memory, NETWORK, &filter).await?, list(postgres, NETWORK, &filter).await?);
                if expected != found {
                    let what = format!("{filter:?}: {found:?} instead of {expected:?}");
                    return Err(Violation::of("R2", what));
                }
            }
        }
    }
    Ok(())
}

/// Holds the lists of a database made with `locale` to those of the memory store.
fn agrees_with_memory(locale: &str) {
    let server = Server::shared().unwrap_or_else(|error| panic!("{error}"));
    let how = format!("TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE '{locale}' LC_CTYPE '{locale}'");
    let database = run(async {
        let database = empty_database(server, &how).await.unwrap_or_else(|error| {
            panic!(
                "{error}: this machine needs the locale {locale}; as root on Debian: apt-get install locales, then \
                 localedef -i {} -f UTF-8 {locale}",
                locale.split('.').next().unwrap_or_default()
            )
        });
        migrate(&database).await;
        database
    });
    for preset in Preset::ALL {
        for_all(CASES, (world(preset), vec(wanted(), 1..4)), |(world, wanted)| {
            run(async {
                emptied(&database).await;
                let store = PostgresStore::new(pool(database.options_as(SERVICE), 2).await);
                stores_agree(&store, &world, &wanted).await
            })
        });
    }
}

#[test]
fn lists_are_those_of_memory_in_c() {
    agrees_with_memory("C");
}

#[test]
fn lists_are_those_of_memory_in_c_utf8() {
    agrees_with_memory("C.UTF-8");
}

#[test]
fn lists_are_those_of_memory_in_english() {
    agrees_with_memory("en_US.UTF-8");
}

/// Where the capital of `i` is not `I`.
#[test]
fn lists_are_those_of_memory_in_turkish() {
    agrees_with_memory("tr_TR.UTF-8");
}
