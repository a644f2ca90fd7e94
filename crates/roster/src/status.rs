//! The words by which a roster says whether somebody or something is still there.

/// True for active, false for inactive, `None` for a word that is neither. The empty word is for the caller to
/// decide.
///
/// OneRoster: `active`, `tobedeleted`, and in 1.1 `inactive`; `true` and `false` in `enabledUser`. The others are
/// what people write into a plain CSV file.
pub(crate) fn is_active(word: &str) -> Option<bool> {
    const ACTIVE: [&str; 10] =
        ["active", "true", "1", "yes", "y", "t", "enabled", "current", "employed", "on"];
    const INACTIVE: [&str; 14] = [
        "tobedeleted",
        "inactive",
        "false",
        "0",
        "no",
        "n",
        "f",
        "disabled",
        "deleted",
        "former",
        "terminated",
        "left",
        "archived",
        "off",
    ];
    let word = word.trim();
    if ACTIVE.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        Some(true)
    } else if INACTIVE.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        Some(false)
    } else {
        None
    }
}
