//! Plans that were altered on the way (R8, R11).

use staffroom_testkit::properties::{Alteration, Change, Verdict, an_altered_plan_is_refused_or_harmless};
use staffroom_testkit::strategies::{ACTORS, GROUPS, NETWORKS, Preset, SCHOOLS, case, from_seed};
use uuid::Uuid;

use crate::memory::BENCH;

/// How many bytes choose the case, and how many an alteration.
const CASE: usize = 8;
const ALTERATION: usize = 4;

/// A case, whether its plan was committed before, and up to four alterations.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let Some((head, alterations)) = bytes.split_at_checked(CASE) else { return Ok(()) };
    let odd = |byte: Option<&u8>| byte.is_some_and(|byte| byte % 2 == 1);
    let preset = if odd(head.first()) { Preset::Hostile } else { Preset::Ordinary };
    let Some(case) = from_seed(&case(preset), head) else { return Ok(()) };
    let (alterations, _) = alterations.as_chunks::<ALTERATION>();
    let alterations: Vec<_> = alterations.iter().take(4).copied().map(alteration).collect();
    an_altered_plan_is_refused_or_harmless(&BENCH, &case, &alterations, odd(head.last()))
}

fn alteration([high, low, by, source]: [u8; ALTERATION]) -> Alteration {
    let by = match by % 4 {
        0 => Change::Copied(usize::from(source)),
        1 => Change::Id(id(source)),
        2 => Change::Removed,
        _ => Change::Doubled,
    };
    Alteration { target: usize::from(u16::from_be_bytes([high, low])), by }
}

/// The id of something that is there, or of nothing.
fn id(number: u8) -> Uuid {
    let ids = GROUPS.map(staffroom_core::GroupId::as_uuid).into_iter();
    let ids = ids.chain(SCHOOLS.map(staffroom_core::SchoolId::as_uuid));
    let ids = ids.chain(ACTORS.map(staffroom_core::UserId::as_uuid));
    let mut ids = ids.chain(NETWORKS.map(staffroom_core::NetworkId::as_uuid));
    ids.nth(usize::from(number)).unwrap_or_else(|| Uuid::from_u128(u128::from(number)))
}
