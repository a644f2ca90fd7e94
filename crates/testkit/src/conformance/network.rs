//! The network's own record.

use std::sync::Arc;

use staffroom_core::store::{Mode, NetworkInsert, Store};
use staffroom_core::{Network, NetworkName};

use super::Verdict;
use super::failure::{misuse, same};
use super::samples::{EMOJI, hostile_users, one_of_each};
use super::stage::{Everything, carry_out, read, write};
use crate::fixture::{NETWORK, OTHER_NETWORK};
use crate::relay::{Call, pass};

/// A unit of work opens whether or not the network exists; nothing is in a network that does not.
pub async fn a_network_that_does_not_exist_is_empty(store: Arc<dyn Store>) -> Verdict {
    for mode in [Mode::Read, Mode::Write] {
        let mut uow = store.begin(NETWORK, mode).await?;
        let seen = Everything::in_sight(&mut *uow).await?;
        same("the record of the network", seen.network, None)?;
        same("the number of its users", seen.users.len(), 0)?;
        same("the number of its schools", seen.schools.len(), 0)?;
    }
    Ok(())
}

/// The record of a network is read back equal, by later units of work as well.
pub async fn a_network_is_read_back(store: Arc<dyn Store>) -> Verdict {
    let name = NetworkName::parse(&format!("Écoles du Lac {EMOJI} {}", "ß".repeat(150)))?;
    let mut uow = write(&*store).await?;
    same("the first insert", uow.network().insert(&name).await?, NetworkInsert::Inserted)?;
    let expected = Some(Network::new(NETWORK, name));
    same("the record in the same unit of work", uow.network().find().await?, expected.clone())?;
    uow.commit().await?;
    same("the record later", read(&*store).await?.network().find().await?, expected)
}

/// A network that is there already is left unchanged, and the answer says so.
pub async fn a_network_is_written_once(store: Arc<dyn Store>) -> Verdict {
    let (first, second) = (NetworkName::parse("First")?, NetworkName::parse("Second")?);
    let mut uow = write(&*store).await?;
    same("the first insert", uow.network().insert(&first).await?, NetworkInsert::Inserted)?;
    same("a second at once", uow.network().insert(&second).await?, NetworkInsert::AlreadyThere)?;
    uow.commit().await?;
    let mut uow = write(&*store).await?;
    same("a second later", uow.network().insert(&second).await?, NetworkInsert::AlreadyThere)?;
    uow.commit().await?;
    let found = read(&*store).await?.network().find().await?;
    same("the record", found, Some(Network::new(NETWORK, first)))
}

/// Nothing is written in a network that does not exist: whoever tries has misused the store.
pub async fn nothing_is_written_before_the_network_exists(store: Arc<dyn Store>) -> Verdict {
    carry_out(&*store, OTHER_NETWORK, vec![Call::InsertNetwork(NetworkName::parse("Elsewhere")?)]).await?;
    let first_of_each = one_of_each(NETWORK);
    let plain_user = Call::InsertUsers(hostile_users().into_iter().take(1).collect());
    for call in first_of_each.into_iter().chain([plain_user]) {
        let what = format!("a write before the network exists: {call:?}");
        misuse(&what, pass(&mut *write(&*store).await?, call).await)?;
    }
    Ok(())
}

/// A unit of work says which network it was begun for.
pub async fn a_unit_of_work_knows_its_network(store: Arc<dyn Store>) -> Verdict {
    for network in [NETWORK, OTHER_NETWORK] {
        for mode in [Mode::Read, Mode::Write] {
            let uow = store.begin(network, mode).await?;
            same("the network of a unit of work", uow.network_id(), network)?;
        }
    }
    Ok(())
}
