//! Which network is meant, by what it is called. `docs/decisions/0012-networks-by-name.md` says why.

use std::path::Path;

use staffroom_core::{NetworkId, NetworkName, Roster, fold};
use uuid::Uuid;

use crate::database::Opened;
use crate::error::Error;
use crate::lookup::Known;

/// The namespace of the ids that are made from names. It never changes: the networks of every database that this
/// command has filled are found by it.
const NAMESPACE: Uuid = Uuid::from_u128(0x096b_8978_deb2_48b8_83c7_c636_3597_8408);

/// What was typed, or told by a roster, for a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NetworkKey {
    /// Its id.
    Id(NetworkId),
    /// What it is called.
    Name(NetworkName),
}

impl NetworkKey {
    /// A UUID is an id; everything else is a name.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        match text.trim().parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) => network_name(text).map(Self::Name),
        }
    }

    /// The id of the network. That of a name is the same in every call and in every database: case, accents and white
    /// space make no difference.
    pub(crate) fn id(&self) -> NetworkId {
        match self {
            Self::Id(id) => *id,
            Self::Name(name) => {
                let folded = fold(name.as_str());
                // Of a name of nothing but accents nothing is left: it stands for itself.
                let key = if folded.is_empty() { name.as_str() } else { &folded };
                NetworkId::from_uuid(Uuid::new_v5(&NAMESPACE, key.as_bytes()))
            }
        }
    }
}

/// Which network is meant, and what it is called if it is new.
pub(super) struct Identity {
    pub(super) id: NetworkId,
    pub(super) name: NetworkName,
}

impl Identity {
    /// From what was typed; else from what the roster calls its network; else it is the only one that the database has;
    /// else it is called like the file of the roster.
    pub(super) async fn find(
        typed: Option<NetworkKey>,
        roster: Option<(&Path, &Roster)>,
        there: Option<&Opened>,
    ) -> Result<Self, Error> {
        let told = roster.and_then(|(_, roster)| roster.network()).cloned();
        let name_of_file = || roster.map(|(path, _)| name_of_path(path)).transpose();
        let named = |name: NetworkName| Self { id: NetworkKey::Name(name.clone()).id(), name };
        match typed {
            Some(NetworkKey::Name(name)) => Ok(named(name)),
            Some(NetworkKey::Id(id)) => {
                let name = told.map_or_else(name_of_file, |name| Ok(Some(name)))?;
                Ok(Self { id, name: name.map_or_else(|| network_name(&id.to_string()), Ok)? })
            }
            None => match (told, name_of_file()?) {
                (Some(name), _) => Ok(named(name)),
                (None, Some(name)) => Ok(only_network(there).await?.unwrap_or_else(|| named(name))),
                (None, None) => only_network(there).await?.ok_or(Error::NoNetworks),
            },
        }
    }
}

/// The network of a database that has one; `None` if it has none yet.
async fn only_network(there: Option<&Opened>) -> Result<Option<Identity>, Error> {
    let Some(there) = there else {
        return Ok(None);
    };
    match there.networks().await?.as_deref() {
        // A database that does not list its networks has them by name only.
        None if there.is_lasting() => Err(Error::NoNetworkNamed),
        None | Some([]) => Ok(None),
        Some([one]) => Ok(Some(Identity { id: one.id(), name: one.name().clone() })),
        Some(several) => {
            let names = several.iter().map(|network| network.name().as_str());
            Err(Error::WhichNetwork(Known::of("networks", names, "")))
        }
    }
}

/// The error about a network that is not there; it lists those that are, if the database does.
pub(super) async fn unknown_network(name: &NetworkName, there: Option<&Opened>) -> Result<Error, Error> {
    let networks = match there {
        Some(there) => there.networks().await?,
        None => None,
    };
    let known = networks.map(|networks| {
        let names = networks.iter().map(|network| network.name().as_str());
        Known::of("networks", names, &fold(name.as_str()))
    });
    Ok(Error::NoSuchNetwork { typed: name.to_string(), known })
}

/// What a network is called that nobody has named: like its file.
fn name_of_path(path: &Path) -> Result<NetworkName, Error> {
    // `.` and `..` are names of no file; where they lead to is one.
    let real = path.canonicalize().unwrap_or_default();
    let stem = path.file_stem().or_else(|| real.file_stem()).unwrap_or_default();
    network_name(&stem.to_string_lossy())
}

/// A name for a network.
pub(crate) fn network_name(text: &str) -> Result<NetworkName, Error> {
    NetworkName::parse(text).map_err(|why| Error::NetworkName { text: text.to_owned(), why })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> String {
        NetworkKey::parse(text).unwrap().id().to_string()
    }

    #[test]
    fn the_id_of_a_name_never_changes() {
        assert_eq!(id("Lakeside School Network"), "cd4830c9-33e6-582a-b6fc-95c16a804d6b");
        assert_eq!(id("École Zürich"), "2ac02f29-a29d-586b-be62-39ab6487cd6b");
    }

    #[test]
    fn case_accents_and_spaces_make_no_difference_and_spelling_does() {
        for same in ["lakeside school network", " LAKESIDE  School\tNetwork ", "Lakesidé School Network"] {
            assert_eq!(id(same), id("Lakeside School Network"), "{same}");
        }
        for other in ["Lakeside School Networks", "Lake Side School Network", "Lakeside-School-Network"] {
            assert_ne!(id(other), id("Lakeside School Network"), "{other}");
        }
    }

    #[test]
    fn a_uuid_is_the_id_itself() {
        let text = "0195f6a2-7c1e-7000-8000-000000000001";
        assert_eq!(id(text), text);
        assert_eq!(id(&format!(" {} ", text.to_uppercase())), text);
    }

    #[test]
    fn names_of_which_folding_leaves_nothing_are_still_told_apart() {
        assert_ne!(id("\u{301}"), id("\u{300}"));
    }
}
