//! Typed ids: a school's id can never be passed where a staff member's is meant.
//!
//! Core never makes an id. They come from the host's tables, or from the [`IdSource`](crate::IdSource)
//! it hands in. Ids are unique inside one network; two networks may use the same ones.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that the host or an [`IdSource`](crate::IdSource) made.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID inside.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

typed_id! {
    /// Names a network: the tenant that every other record belongs to.
    NetworkId
}
typed_id! {
    /// Names a school of a network.
    SchoolId
}
typed_id! {
    /// Names a staff member of a network. (The id that the SIS uses is a [`SisId`](crate::SisId).)
    StaffId
}
typed_id! {
    /// Names a user of a network.
    UserId
}
typed_id! {
    /// Names a permission group of a network.
    GroupId
}
typed_id! {
    /// Names one bulk create, from its plan onwards; committing the same batch twice changes nothing (R11).
    BatchId
}
typed_id! {
    /// Names the one secret that the users of a batch share as their initial password (R9).
    SharedPasswordId
}
typed_id! {
    /// Names an open session: what lists and ends it by, while its token stays with whoever signed in.
    SessionId
}
typed_id! {
    /// Names an audit record.
    AuditId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_and_parses() {
        let id = StaffId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse::<StaffId>().unwrap(), id);
        assert_eq!(format!("{id:?}"), "StaffId(00000000-0000-0000-0000-000000000007)");
        assert!("seven".parse::<StaffId>().is_err());
    }
}
