//! What goes into a header: one line, whatever was handed in.

use lettre::Address;
use staffroom_core::Email;

/// The most characters of a text in a header.
pub(crate) const MAX_CHARS: usize = 200;

/// `text` as one line that shows what it says: control characters, line breaks and what reorders the text around it become spaces, runs of
/// white space one space; and it never looks like an encoded word (RFC 2047), which a mail program would decode into something else. Cut at
/// [`MAX_CHARS`].
pub(crate) fn text(text: &str) -> String {
    let line = one_line(text, is_forbidden).replace("=?", "= ?");
    let cut: String = line.chars().take(MAX_CHARS).collect();
    cut.trim_end().to_owned()
}

/// `text` with every run of white space, and of characters for which `drop` is true, as one space.
pub(crate) fn one_line(text: &str, drop: fn(char) -> bool) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || drop(c)).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Characters that make a line show something else than what it is.
fn is_forbidden(c: char) -> bool {
    is_control(c) || matches!(c, '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{2066}'..='\u{2069}')
}

/// Control characters, and those that override the direction of what follows. Isolates are not among them: they keep a name from reordering
/// the sentence it stands in.
pub(crate) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// True if a mail program might make a link of a part of `text`: a name like that comes from somebody who wants one in a trusted mail.
pub(crate) fn looks_like_a_page(text: &str) -> bool {
    text.contains([':', '/', '@', '\\'])
        || text.split(['.', '\u{3002}', '\u{FF0E}', '\u{FF61}']).skip(1).any(|after| {
            // "J.R. Smith" and "Smith Jr." are names, "school.example" is none.
            after.chars().take_while(|c| c.is_alphanumeric()).count() > 1
        })
}

/// `email` as mail goes there: the part before the @ as given, since its meaning is the receiver's; the domain in its ASCII form,
/// which every server understands. `None` if SMTP cannot carry it.
pub(crate) fn address(email: &Email) -> Option<Address> {
    let (local, _) = email.as_given().rsplit_once('@')?;
    let (_, domain) = email.canonical().rsplit_once('@')?;
    Address::new(local, domain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_one_line() {
        for (given, kept) in [
            ("Ana Ruiz", "Ana Ruiz"),
            (" a\r\nBcc: b@evil.example\r\n\r\nbody", "a Bcc: b@evil.example body"),
            ("a\u{2028}b\u{85}c\0d\u{B}e\tf", "a b c d e f"),
            ("a\u{202E}gpj.exe", "a gpj.exe"),
            ("=?utf-8?q?=0D=0ABcc:?=", "= ?utf-8?q?=0D=0ABcc:?="),
            ("اسم", "اسم"),
            ("\r\n\0", ""),
        ] {
            assert_eq!(text(given), kept, "{given:?}");
            assert_eq!(text(kept), kept, "{kept:?}");
        }
        assert_eq!(text(&"a ".repeat(200)).chars().count(), 199);
    }

    #[test]
    fn names_that_mail_programs_make_links_of_are_told_from_others() {
        for name in ["Ana Ruiz", "J.R. Smith", "Smith Jr.", "Mary-Ann O'Brien", "D. Ö. Å", "王小明", "a . b"]
        {
            assert!(!looks_like_a_page(name), "{name}");
        }
        for name in
            ["evil.example", "Win at evil.example now", "http://1", "a@b", "evil\u{3002}example", "www.x.yz"]
        {
            assert!(looks_like_a_page(name), "{name}");
        }
    }

    #[test]
    fn mail_goes_to_the_ascii_form_of_the_domain() {
        let to = |text: &str| address(&Email::parse(text).unwrap()).unwrap().to_string();
        assert_eq!(to("Mary.Ann+x@BÜCHER.Example"), "Mary.Ann+x@xn--bcher-kva.example");
        assert_eq!(to("Ünal@school.example"), "Ünal@school.example");
    }
}
