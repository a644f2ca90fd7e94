//! Records that are read to be relied on.

/// Whether the records that are read must stay as they are until the unit of work ends.
///
/// Whoever has read a record with [`Held`](Self::Held) may decide by it, and what was decided is still right when the
/// unit of work commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowLock {
    /// They need not: a preview, a list.
    None,
    /// No other unit of work changes or removes these records before this one ends, neither in a field nor in a set
    /// that belongs to the record: schools, groups, permissions. Others that try wait, or are answered
    /// [`StoreError::Contended`](super::StoreError::Contended), or else this one is, at its commit. It may change them
    /// itself.
    ///
    /// Several may hold the same record at once. A store may make them wait for one another nonetheless, and is slower
    /// for it: of one actor, one batch at a time. What is not there is not held, and others may write it.
    ///
    /// Takes a writing unit of work ([`StoreError::Misuse`](super::StoreError::Misuse) otherwise).
    Held,
}
