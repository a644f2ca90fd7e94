//! Counts what is read, stops when it is too much, and makes every line end the same.

use std::cell::Cell;
use std::io::{self, Read};

use crate::{Limit, Limits};

/// What one reading of a roster has read so far, over all its files.
pub(crate) struct Tally<'a> {
    limits: Limits,
    expanded: Cell<u64>,
    done: Cell<u64>,
    total: Cell<u64>,
    progress: &'a dyn Fn(u64, u64),
}

impl<'a> Tally<'a> {
    pub(crate) const fn new(limits: Limits, progress: &'a dyn Fn(u64, u64)) -> Self {
        Self { limits, expanded: Cell::new(0), done: Cell::new(0), total: Cell::new(0), progress }
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Starts the progress: `total` bytes are to come, and what was peeked at before does not count.
    pub(crate) fn expect(&self, total: u64) {
        self.done.set(0);
        self.total.set(total);
        (self.progress)(0, total);
    }

    /// Ends it, whatever the sizes in a zip had promised.
    pub(crate) fn complete(&self) {
        (self.progress)(self.total.get(), self.total.get());
    }

    fn add(&self, bytes: u64, in_zip: bool) -> Result<(), Overrun> {
        if in_zip {
            self.expanded.set(self.expanded.get().saturating_add(bytes));
            if self.expanded.get() > self.limits.max_expanded_bytes {
                return Err(Overrun { limit: Limit::ExpandedBytes, allowed: self.limits.max_expanded_bytes });
            }
        }
        self.done.set(self.done.get().saturating_add(bytes));
        if self.total.get() > 0 {
            (self.progress)(self.done.get().min(self.total.get()), self.total.get());
        }
        Ok(())
    }
}

/// A limit was exceeded. Travels inside an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit `{}` was exceeded", limit.code())]
pub(crate) struct Overrun {
    pub(crate) limit: Limit,
    pub(crate) allowed: u64,
}

/// Up to this size a file may expand as much as it likes.
const FREE_EXPANSION: u64 = 1 << 20;

/// A file being read.
///
/// Every line ends in `\n` for the reader behind, also the last: the number of a line is then the number of
/// these before it.
pub(crate) struct Meter<'a> {
    inner: Box<dyn Read + 'a>,
    tally: &'a Tally<'a>,
    /// The compressed size, for a file in a zip.
    packed: Option<u64>,
    file_bytes: u64,
    line_bytes: u64,
    after_return: bool,
    last: u8,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(inner: Box<dyn Read + 'a>, packed: Option<u64>, tally: &'a Tally<'a>) -> Self {
        Self { inner, tally, packed, file_bytes: 0, line_bytes: 0, after_return: false, last: b'\n' }
    }

    /// To be called when a line is complete: the next may be as long again.
    pub(crate) const fn line_done(&mut self) {
        self.line_bytes = 0;
    }

    /// True if the bytes come out of a zip.
    pub(crate) const fn in_zip(&self) -> bool {
        self.packed.is_some()
    }

    fn count(&mut self, read: usize) -> Result<(), Overrun> {
        let limits = self.tally.limits();
        let bytes = u64::try_from(read).unwrap_or(u64::MAX);
        self.file_bytes = self.file_bytes.saturating_add(bytes);
        self.line_bytes = self.line_bytes.saturating_add(bytes);
        if self.file_bytes > limits.max_file_bytes {
            return Err(Overrun { limit: Limit::FileBytes, allowed: limits.max_file_bytes });
        }
        let ratio = limits.max_expansion_ratio;
        if let Some(packed) = self.packed
            && self.file_bytes > FREE_EXPANSION
            && self.file_bytes > packed.saturating_mul(ratio)
        {
            return Err(Overrun { limit: Limit::ExpansionRatio, allowed: ratio });
        }
        self.tally.add(bytes, self.packed.is_some())
    }

    /// What is left of `fresh` bytes at the start of `buffer` once `\r\n` and a lone `\r` have become `\n`.
    fn unify_line_ends(&mut self, buffer: &mut [u8], fresh: usize) -> usize {
        let Some(bytes) = buffer.get_mut(..fresh) else {
            return fresh;
        };
        let ended_in_return = bytes.last() == Some(&b'\r');
        let drop_first = self.after_return && bytes.first() == Some(&b'\n');
        self.after_return = ended_in_return;
        if !drop_first && !bytes.contains(&b'\r') {
            return fresh;
        }
        let mut from = usize::from(drop_first);
        let mut to: usize = 0;
        while from < fresh {
            let rest = bytes.get(from..).unwrap_or_default();
            let run = rest.iter().position(|byte| *byte == b'\r').unwrap_or(rest.len());
            let end = from.saturating_add(run);
            bytes.copy_within(from..end, to);
            to = to.saturating_add(run);
            from = end;
            if from < fresh {
                if let Some(place) = bytes.get_mut(to) {
                    *place = b'\n';
                }
                to = to.saturating_add(1);
                from = from.saturating_add(1);
                if bytes.get(from) == Some(&b'\n') {
                    from = from.saturating_add(1);
                }
            }
        }
        to
    }
}

impl Read for Meter<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = self.tally.limits().max_line_bytes;
        if self.line_bytes > allowed {
            return Err(io::Error::other(Overrun { limit: Limit::LineBytes, allowed }));
        }
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let fresh = match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if fresh == 0 {
                return Ok(self.end(buffer));
            }
            self.count(fresh).map_err(io::Error::other)?;
            let kept = self.unify_line_ends(buffer, fresh);
            if let Some(last) = kept.checked_sub(1).and_then(|last| buffer.get(last)) {
                self.last = *last;
                return Ok(kept);
            }
        }
    }
}

impl Meter<'_> {
    /// The end of the file: ends the last line if it is not ended.
    fn end(&mut self, buffer: &mut [u8]) -> usize {
        match buffer.first_mut() {
            Some(first) if self.last != b'\n' => {
                *first = b'\n';
                self.last = b'\n';
                1
            }
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Gives out at most one of the chunks at a time.
    struct Chunks(Vec<Vec<u8>>);

    impl Read for Chunks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let chunk = self.0.remove(0);
            let given = chunk.len().min(buffer.len());
            buffer[..given].copy_from_slice(&chunk[..given]);
            if given < chunk.len() {
                self.0.insert(0, chunk[given..].to_vec());
            }
            Ok(given)
        }
    }

    fn through(chunks: Vec<Vec<u8>>) -> Vec<u8> {
        let tally = Tally::new(Limits::default(), &|_, _| ());
        let mut out = Vec::new();
        Meter::new(Box::new(Chunks(chunks)), None, &tally).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn a_line_end_split_between_two_reads_is_one() {
        assert_eq!(through(vec![b"a\r".to_vec(), b"\n".to_vec(), b"\nb\r\rc".to_vec()]), b"a\n\nb\n\nc\n");
    }

    proptest! {
        #[test]
        fn line_ends_are_those_of_the_whole_text(chunks in prop::collection::vec("[ab\r\n]{1,6}", 0..6)) {
            let whole = chunks.concat().replace("\r\n", "\n").replace('\r', "\n");
            let ended = if whole.is_empty() || whole.ends_with('\n') { whole } else { whole + "\n" };
            let out = through(chunks.into_iter().map(String::into_bytes).collect());
            prop_assert_eq!(String::from_utf8(out).unwrap(), ended);
        }
    }
}
