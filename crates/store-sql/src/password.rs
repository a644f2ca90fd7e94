//! What kind of password a user has, as columns: `password_kind`, `password_at`, `shared_password_id`.

use staffroom_core::{PasswordState, SharedPasswordId, Timestamp};

/// What `password_kind` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i16)]
enum Kind {
    Unset = 0,
    InitialShared = 1,
    InitialGenerated = 2,
    Chosen = 3,
}

/// Columns that say nothing that this release knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its password is of a kind that this release does not know")]
pub struct UnknownPassword;

/// The columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordColumns {
    /// 0 unset, 1 initial and shared, 2 initial and generated, 3 chosen.
    pub kind: i16,
    /// When an initial password stops working, or when the person chose theirs.
    pub at: Option<Timestamp>,
    /// The secret that is shared.
    pub secret: Option<SharedPasswordId>,
}

impl PasswordColumns {
    /// `state` as columns.
    pub const fn of(state: PasswordState) -> Self {
        let (kind, at, secret) = match state {
            PasswordState::Unset => (Kind::Unset, None, None),
            PasswordState::InitialShared { secret, expires_at } => {
                (Kind::InitialShared, Some(expires_at), Some(secret))
            }
            PasswordState::InitialGenerated { expires_at } => {
                (Kind::InitialGenerated, Some(expires_at), None)
            }
            PasswordState::Chosen { set_at } => (Kind::Chosen, Some(set_at), None),
        };
        Self { kind: kind as i16, at, secret }
    }

    /// What the columns say.
    ///
    /// # Errors
    /// [`UnknownPassword`] if that is nothing.
    pub fn state(self) -> Result<PasswordState, UnknownPassword> {
        let kinds = [Kind::Unset, Kind::InitialShared, Kind::InitialGenerated, Kind::Chosen];
        match (kinds.into_iter().find(|known| *known as i16 == self.kind), self.at, self.secret) {
            (Some(Kind::Unset), _, _) => Ok(PasswordState::Unset),
            (Some(Kind::InitialShared), Some(expires_at), Some(secret)) => {
                Ok(PasswordState::InitialShared { secret, expires_at })
            }
            (Some(Kind::InitialGenerated), Some(expires_at), _) => {
                Ok(PasswordState::InitialGenerated { expires_at })
            }
            (Some(Kind::Chosen), Some(set_at), _) => Ok(PasswordState::Chosen { set_at }),
            _ => Err(UnknownPassword),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back_and_no_other_is_known() {
        let (expires_at, set_at) =
            (Timestamp::from_unix_micros(1).unwrap(), Timestamp::from_unix_micros(2).unwrap());
        let secret = SharedPasswordId::from_uuid("00000000-0000-0000-0000-000000000007".parse().unwrap());
        for state in [
            PasswordState::Unset,
            PasswordState::InitialShared { secret, expires_at },
            PasswordState::InitialGenerated { expires_at },
            PasswordState::Chosen { set_at },
        ] {
            assert_eq!(PasswordColumns::of(state).state(), Ok(state));
        }
        let half = PasswordColumns { kind: 1, at: Some(set_at), secret: None };
        let later = PasswordColumns { kind: 4, at: Some(set_at), secret: None };
        assert_eq!((half.state(), later.state()), (Err(UnknownPassword), Err(UnknownPassword)));
    }
}
