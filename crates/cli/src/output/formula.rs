//! Cells that a spreadsheet does not run.

use std::borrow::Cow;

/// `text`, with an apostrophe before it if a spreadsheet would take it for a formula: if it begins with `=`, `+`,
/// `-` or `@`, also in their full-width forms and after white space, or with a tab or a line break.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    let first = text.trim_start().chars().next();
    let runs =
        matches!(first, Some('=' | '+' | '-' | '@' | '\u{FF1D}' | '\u{FF0B}' | '\u{FF0D}' | '\u{FF20}'));
    if runs || text.starts_with(['\t', '\r', '\n']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn what_would_run_is_guarded() {
        for text in
            ["=1+1", "+49 30 1", "-2", "@sum(a1)", "\t=1", "\rx", "\nx", "  =1", "\u{A0}=1", "＝1", "＠a"]
        {
            assert_eq!(guarded(text), format!("'{text}"));
        }
    }

    #[test]
    fn what_would_not_is_left_alone() {
        for text in ["", "O'Brien", "ann@school.example", "1-2", "ʻOpunui", "Łukasz"] {
            assert_eq!(guarded(text), text);
        }
    }
}
