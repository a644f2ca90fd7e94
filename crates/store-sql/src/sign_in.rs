//! What sessions, resets and failures have in columns.

use staffroom_core::Timestamp;
use staffroom_core::store::{Failures, ResetOrigin};

/// A column that holds no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its digest does not have 32 bytes")]
pub struct NoDigest;

/// The digest in `bytes`: of a token, or the key of failures.
///
/// # Errors
/// [`NoDigest`] if there are not 32 of them.
pub fn digest(bytes: &[u8]) -> Result<[u8; 32], NoDigest> {
    bytes.try_into().map_err(|_| NoDigest)
}

/// A column that says nothing that this release knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("how its user came by it is not known to this release")]
pub struct UnknownOrigin;

/// How somebody came by a reset, as the column `origin`: 0 by mail, 1 with an initial password.
pub const fn origin_column(origin: ResetOrigin) -> i16 {
    match origin {
        ResetOrigin::Mail => 0,
        ResetOrigin::InitialPassword => 1,
    }
}

/// What the column `origin` says.
///
/// # Errors
/// [`UnknownOrigin`] if that is nothing.
pub fn origin(column: i16) -> Result<ResetOrigin, UnknownOrigin> {
    let known = [ResetOrigin::Mail, ResetOrigin::InitialPassword];
    known.into_iter().find(|origin| origin_column(*origin) == column).ok_or(UnknownOrigin)
}

/// Failures as their row has them: `count`, `first_at`, `last_at`. What cannot be counted counts as the most there is.
pub fn failures(count: i64, first_at: Timestamp, last_at: Timestamp) -> Failures {
    Failures { count: u32::try_from(count).unwrap_or(u32::MAX), first_at, last_at }
}

/// What a row said before one failure was added to it, of `count`, `first_at` and `previous_at` after that. `None` if
/// there was no row.
pub fn failures_before(count: i64, first_at: Timestamp, previous_at: Option<Timestamp>) -> Option<Failures> {
    previous_at.map(|last_at| failures(count.saturating_sub(1), first_at, last_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_32_bytes() {
        assert_eq!(digest(&[7; 32]), Ok([7; 32]));
        for length in [0, 31, 33, 64] {
            assert_eq!(digest(&vec![7; length]), Err(NoDigest));
        }
    }

    #[test]
    fn every_origin_comes_back_and_no_other_is_known() {
        for known in [ResetOrigin::Mail, ResetOrigin::InitialPassword] {
            assert_eq!(origin(origin_column(known)), Ok(known));
        }
        assert_eq!((origin(-1), origin(2)), (Err(UnknownOrigin), Err(UnknownOrigin)));
    }

    #[test]
    fn the_first_failure_has_none_before_it() {
        let at = |micros| Timestamp::from_unix_micros(micros).unwrap();
        assert_eq!(failures_before(1, at(5), None), None);
        let before = Failures { count: 1, first_at: at(5), last_at: at(5) };
        assert_eq!(failures_before(2, at(5), Some(at(5))), Some(before));
        assert_eq!(failures(i64::MAX, at(5), at(6)).count, u32::MAX);
    }
}
