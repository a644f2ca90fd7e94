//! Who shares the email of a row of a plan or report.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::EmailSharer;

/// Who else has somebody's email: nearly always nobody, so that there is only a word for them in each row of a plan or
/// report. A plan and its report share the rest.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Sharers(Option<Arc<Vec<EmailSharer>>>);

impl Sharers {
    /// Nobody.
    pub(crate) const NONE: Self = Self(None);
}

impl From<Vec<EmailSharer>> for Sharers {
    fn from(mut sharers: Vec<EmailSharer>) -> Self {
        sharers.shrink_to_fit();
        Self((!sharers.is_empty()).then(|| Arc::new(sharers)))
    }
}

impl Deref for Sharers {
    type Target = [EmailSharer];

    fn deref(&self) -> &[EmailSharer] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl fmt::Debug for Sharers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Sharers {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Sharers {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}
