//! Who is acting, and where.

use std::fmt;

use crate::{NetworkId, SchoolId, UserId};

/// Who is acting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Actor {
    /// A signed-in user. What they may do is read from the store at every step (R8), never taken from here.
    User(UserId),
    /// Whoever runs the machine, at its command line: nobody's permissions are asked for, and the audit says
    /// so. A host must never make one out of a web request.
    Operator,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user {id}"),
            Self::Operator => f.write_str("the operator"),
        }
    }
}

/// Who is acting, in which network, and which school they are logged into: the current school (R6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Session {
    network: NetworkId,
    actor: Actor,
    school: SchoolId,
}

impl Session {
    /// A session. The host has established who is acting; that they may is checked by every operation.
    pub const fn new(network: NetworkId, actor: Actor, school: SchoolId) -> Self {
        Self { network, actor, school }
    }

    /// The network it works in.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// Who is acting.
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// The school they are logged into.
    pub const fn school(&self) -> SchoolId {
        self.school
    }
}
