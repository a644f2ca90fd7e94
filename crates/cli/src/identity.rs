//! Which network is meant, by what it is called. `docs/decisions/0012-networks-by-name.md` says why.

use staffroom_core::{NetworkId, NetworkName, fold};
use uuid::Uuid;

use crate::error::Error;

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
