//! What signing in leaves in the tables.

use staffroom_core::store::{FailureKey, Mode, OpenSession, Reset, ResetOrigin, Store};
use staffroom_core::{NetworkId, SchoolId, SessionId, Timestamp, TokenHash, UserId};
use staffroom_testkit::fixture::SCHOOL;
use uuid::Uuid;

/// So many seconds after 1970 began.
pub(crate) fn at(second: u32) -> Timestamp {
    Timestamp::from_unix_micros(i64::from(second) * 1_000_000).unwrap()
}

/// The digest numbered `number`.
pub(crate) fn token(number: u32) -> TokenHash {
    TokenHash::from_bytes([number.to_be_bytes(); 8].concat().try_into().unwrap())
}

/// The session numbered `number`, opened in that second.
pub(crate) fn session(number: u32, user: UserId) -> OpenSession {
    OpenSession {
        id: SessionId::from_uuid(Uuid::from_u128(0x5E55_0000 + u128::from(number))),
        user,
        school: SCHOOL,
        token: token(number),
        opened_at: at(number),
        expires_at: at(number + 100),
    }
}

/// The reset numbered `number`, issued in that second.
pub(crate) fn reset(number: u32, user: UserId) -> Reset {
    Reset {
        user,
        token: token(number),
        origin: ResetOrigin::Mail,
        issued_at: at(number),
        expires_at: at(number + 60),
    }
}

/// A row of everything that signing in leaves, for a user in a school.
pub(crate) async fn leave_traces(store: &dyn Store, network: NetworkId, user: UserId, school: SchoolId) {
    let mut uow = store.begin(network, Mode::Write).await.unwrap();
    let session = OpenSession { school, ..session(1, user) };
    uow.sessions().insert(&session).await.unwrap();
    uow.resets().put(&reset(2, user)).await.unwrap();
    uow.failures().clear(&FailureKey::from_bytes([3; 32])).await.unwrap();
    for second in 3..5 {
        uow.failures().add(&FailureKey::from_bytes([3; 32]), at(second)).await.unwrap();
    }
    assert_eq!(uow.invitations().claim(&[user], at(5), at(4)).await.unwrap(), [true]);
    uow.commit().await.unwrap();
}
