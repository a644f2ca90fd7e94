//! What was found out about changes that cannot be made, kept for the next run: then the copy is built once, or not at all.

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::run::{TaskError, file_error};

/// The numbers of the changes that are left out.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// What does not compile.
    pub(super) broken: HashSet<usize>,
    /// What no switch can make.
    pub(super) fixed: HashSet<usize>,
}

impl Known {
    /// How much is known. What does not compile may be in what no switch can make.
    pub(super) fn len(&self) -> usize {
        self.broken.len() + self.fixed.len()
    }

    /// Whether a change is made.
    pub(super) fn makes(&self, change: usize) -> bool {
        !self.broken.contains(&change) && !self.fixed.contains(&change)
    }

    /// What was kept of the same changes of the same sources, if it was.
    pub(super) fn read(folder: &Path, of: u64) -> Option<Self> {
        let text = fs::read_to_string(file_in(folder)).ok()?;
        let mut lines = text.lines().map(|line| line.split(' ').filter_map(|number| number.parse().ok()));
        let (mut head, broken, fixed) = (lines.next()?, lines.next()?, lines.next()?);
        (head.next() == usize::try_from(of).ok())
            .then(|| Self { broken: broken.collect(), fixed: fixed.collect() })
    }

    pub(super) fn write(&self, folder: &Path, of: u64) -> Result<(), TaskError> {
        let line =
            |numbers: &HashSet<usize>| numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
        let path = file_in(folder);
        let text = format!("{of}\n{}\n{}\n", line(&self.broken), line(&self.fixed));
        fs::write(&path, text).map_err(|source| file_error(&path, source))
    }
}

/// A number that is another where anything of this is.
pub(super) fn number_of(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("left-out.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_other_sources_is_not_known() {
        let folder = crate::run::target().join("mutants-known-test");
        fs::create_dir_all(&folder).unwrap();
        let known = Known { broken: HashSet::from([1, 20]), fixed: HashSet::new() };
        known.write(&folder, number_of("a")).unwrap();
        assert_eq!(Known::read(&folder, number_of("a")), Some(known));
        assert_eq!(Known::read(&folder, number_of("b")), None);
        fs::remove_dir_all(&folder).unwrap();
    }
}
