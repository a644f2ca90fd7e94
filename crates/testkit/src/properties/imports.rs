//! What holds of importing a roster (L1).

use std::sync::Arc;

use staffroom_core::{ImportError, NetworkId, Roster, StaffMember, StaffStatus};

use super::bench::{Bench, Scene, Snapshot};
use super::violation::require;
use super::{Verdict, Violation};
use crate::fixture::{self, NETWORK};
use crate::strategies::World;

/// After an import the network is what the roster says: everybody in it as it says, everybody else inactive, nobody
/// gone, users untouched; and importing again changes nothing.
pub fn an_import_makes_the_network_what_the_roster_says(
    bench: &Bench,
    world: &World,
    roster: &Roster,
) -> Verdict {
    bench.run(async {
        let fresh = bench.fresh().await;
        let store = fresh.store();
        let scene = Scene::set(&store, world).await?;
        let before = scene.snapshot(NETWORK).await?;
        match scene.staffroom.import(NETWORK, roster).await {
            Err(ImportError::NobodyListed) if roster.staff().is_empty() => {
                require!(
                    "L1",
                    before == scene.snapshot(NETWORK).await?,
                    "a refused roster changed something"
                );
                return Ok(());
            }
            Err(error) => return Err(Violation::of("L1", format!("{error:?}"))),
            Ok(_) => {}
        }
        let after = scene.snapshot(NETWORK).await?;
        is_what_the_roster_says(&before, &after, roster)?;
        let again = scene.staffroom.import(NETWORK, roster).await;
        let unchanged = again.as_ref().is_ok_and(staffroom_core::ImportReport::is_unchanged);
        require!("L1", unchanged, "importing again changed {again:?}");
        require!("L1", after == scene.snapshot(NETWORK).await?, "importing again changed something");
        Ok(())
    })
}

fn is_what_the_roster_says(before: &Snapshot, after: &Snapshot, roster: &Roster) -> Verdict {
    require!("L1", before.users == after.users, "an import changed users");
    let school_sis_id =
        |id| after.schools.iter().find(|school| school.id() == id).map(|s| s.sis_id().clone());
    for facts in &after.staff {
        let member = &facts.staff_member;
        let listed = roster.staff().iter().find(|record| record.sis_id() == member.sis_id());
        let earlier = before.staff.iter().find(|facts| facts.staff_member.sis_id() == member.sis_id());
        match (listed, earlier) {
            (Some(record), _) => {
                let mut listed: Vec<_> = record.schools().iter().cloned().map(Some).collect();
                let mut kept: Vec<_> = member.schools().iter().map(school_sis_id).collect();
                listed.sort();
                listed.dedup();
                kept.sort();
                let same = member.name() == record.name()
                    && member.status() == record.status()
                    && member.email() == record.email()
                    && kept == listed;
                require!("L1", same, "{record:?} became {member:?}");
            }
            (None, Some(earlier)) => {
                let left = earlier.staff_member.clone().with_status(StaffStatus::Inactive);
                require!("L1", *member == left, "{earlier:?} became {member:?}");
            }
            (None, None) => return Err(Violation::of("L1", format!("{member:?} came from nowhere"))),
        }
    }
    let everybody = roster.staff().iter().map(staffroom_core::RosterRecord::sis_id);
    for sis_id in everybody {
        let there = after.staff.iter().any(|facts| facts.staff_member.sis_id() == sis_id);
        require!("L1", there, "{sis_id:?} was not imported");
    }
    let kept = before.staff.iter().all(|facts| after.facts(facts.staff_member.id()).is_some());
    require!("L1", kept, "somebody is gone");
    Ok(())
}

/// The order of a roster's lines makes no difference to who is in the network, or to who is a candidate (R2).
pub fn the_order_of_a_roster_file_does_not_matter(bench: &Bench, roster: &Roster, turn: usize) -> Verdict {
    bench.run(async {
        let (fresh, another) = (bench.fresh().await, bench.fresh().await);
        let (store, other_store) = (fresh.store(), another.store());
        let mut staff = roster.staff().to_vec();
        let Some(turn) = turn.checked_rem(staff.len()) else { return Ok(()) };
        staff.rotate_left(turn);
        staff.reverse();
        let other = Roster::new(None, roster.schools().iter().rev().cloned().collect(), staff)
            .map_err(|error| Violation::of("L1", error.to_string()))?;
        let one = people_of(&store, NETWORK, roster).await?;
        let other = people_of(&other_store, NETWORK, &other).await?;
        require!("R2", one == other, "{one:?} became {other:?}");
        Ok(())
    })
}

/// Everybody, by SIS id, with the number of schools they work in and the verdict on them.
async fn people_of(
    store: &Arc<dyn staffroom_core::store::Store>,
    network: NetworkId,
    roster: &Roster,
) -> Result<Vec<String>, Violation> {
    let staffroom = fixture::staffroom(Arc::clone(store), 1);
    let nobody = World { networks: Vec::new() };
    let scene = Scene::set(store, &nobody).await?;
    let name = staffroom_core::NetworkName::parse("Lakeside")
        .map_err(|error| Violation::of("L1", error.to_string()))?;
    let opened = staffroom.open_network(network, &name).await;
    opened.map_err(|error| Violation::of("L1", error.to_string()))?;
    let imported = staffroom.import(network, roster).await;
    imported.map_err(|error| Violation::of("L1", error.to_string()))?;
    let describe = |facts: &staffroom_core::Facts| {
        let member: &StaffMember = &facts.staff_member;
        let reasons = super::restated::reasons(facts);
        let mut sharers: Vec<_> = facts.email_sharers.iter().map(|sharer| sharer.sis_id.as_str()).collect();
        sharers.sort_unstable();
        format!(
            "{:?} {:?} {:?} {reasons:?} {sharers:?}",
            member.sis_id(),
            member.email(),
            member.schools().len()
        )
    };
    let mut people: Vec<String> = scene.snapshot(network).await?.staff.iter().map(describe).collect();
    people.sort();
    Ok(people)
}
