//! Short texts that people type or a SIS sends.

use staffroom_core::{EmailStart, GroupName, NetworkName, Permission, Search, fold};
use staffroom_testkit::properties::{self, Verdict};

use crate::require;

/// Everything that holds of one text, or of two with a NUL between them.
pub(crate) fn laws(bytes: &[u8]) -> Verdict {
    let text = &*String::from_utf8_lossy(bytes);
    let (given, family) = text.split_once('\0').unwrap_or((text, text));
    properties::a_kept_name_is_read_back(given, family)?;
    properties::folding_twice_changes_nothing(text)?;
    if let Ok(name) = GroupName::parse(text) {
        let again = GroupName::parse(name.as_str());
        require!("L1", again.as_ref() == Ok(&name), "{name:?} becomes {again:?}");
        require!("L3", name.folded() == fold(name.as_str()), "{name:?} is folded to {:?}", name.folded());
    }
    if let Ok(name) = NetworkName::parse(text) {
        let again = NetworkName::parse(name.as_str());
        require!("L1", again.as_ref() == Ok(&name), "{name:?} becomes {again:?}");
    }
    if let Ok(permission) = Permission::parse(text) {
        require!("R8", permission.as_str() == text, "{text:?} becomes {permission:?}");
    }
    if let Some(search) = Search::new(text) {
        require!("R2", search.splits().count() <= 8, "{text:?} is read in too many ways");
        require!("R2", !search.folded().is_empty(), "{text:?} looks for everybody");
    }
    if let Some(start) = EmailStart::new(text) {
        require!("R3", !start.as_str().is_empty(), "{text:?} looks for everybody");
    }
    Ok(())
}
