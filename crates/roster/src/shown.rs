//! Text out of a file, made fit for a message.

/// The most characters of a value that a message repeats.
const MAX_CHARS: usize = 60;

/// `text`, cut short and without characters that would break or bend the line it is shown on.
pub(crate) fn shown(text: &str) -> String {
    let text = text.trim();
    let mut out: String =
        text.chars().take(MAX_CHARS).map(|c| if is_plain(c) { c } else { '\u{FFFD}' }).collect();
    if text.chars().nth(MAX_CHARS).is_some() {
        out.push('\u{2026}');
    }
    out
}

/// False for control characters, invisible ones, and those that change the direction of the text.
fn is_plain(c: char) -> bool {
    !(c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '`'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_stays_on_its_line() {
        assert_eq!(shown(" a\nb\u{1B}[31m\u{202E}c` "), "a\u{FFFD}b\u{FFFD}[31m\u{FFFD}c\u{FFFD}");
        assert_eq!(shown(&"é".repeat(70)).chars().count(), MAX_CHARS + 1);
        assert_eq!(shown(&"é".repeat(60)).chars().count(), MAX_CHARS);
    }
}
