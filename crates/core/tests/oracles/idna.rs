//! `IdnaTestV2.txt` of UTS 46: domains are refused, and written as A-labels, as it says.

use staffroom_core::{Email, EmailError};

use crate::tally::{Tally, unicode};

#[test]
fn domains_are_what_uts_46_says() {
    let mut tally = Tally::default();
    for line in unicode("idna.txt").lines() {
        let fields: Vec<&str> = line.split(';').map(str::trim).collect();
        let [source, shown, shown_status, ascii, ascii_status, ..] = fields.as_slice() else {
            panic!("{line}")
        };
        let source = unescaped(source);
        let shown = if shown.is_empty() { source.clone() } else { unescaped(shown) };
        let ascii = if ascii.is_empty() { shown.clone() } else { unescaped(ascii) };
        let status = if ascii_status.is_empty() { shown_status } else { ascii_status };
        let status = status.trim_matches(['[', ']']);
        let found = Email::parse(&format!("a@{source}"));
        tally.count(class(&ascii, status, found.as_ref()), line);
    }
    tally.is(
        "IdnaTestV2 16.0",
        &[
            ("both accept, the same", 378),
            ("both refuse", 5829),
            ("only UTS 46 accepts: a joiner, which one cannot see", 41),
            ("only UTS 46 accepts: longer than an address may be", 8),
            ("only UTS 46 accepts: one label", 119),
            ("only we accept: a character that Unicode has since assigned", 5),
            ("only we accept: hyphens in the third and fourth place", 9),
        ],
    );
}

fn class(ascii: &str, status: &str, found: Result<&Email, &EmailError>) -> &'static str {
    let found = found.map(|email| email.canonical().rsplit_once('@').unwrap().1);
    let only = |allowed: &[&str]| status.split(',').all(|code| allowed.contains(&code.trim()));
    match (status.is_empty(), found) {
        (true, Ok(found)) if found == ascii => "both accept, the same",
        (true, Ok(_)) => "both accept, another form",
        (false, Err(_)) => "both refuse",
        (true, Err(EmailError::Invisible(_))) => "only UTS 46 accepts: a joiner, which one cannot see",
        (true, Err(EmailError::TooLong)) => "only UTS 46 accepts: longer than an address may be",
        (true, Err(_)) if !ascii.contains('.') => "only UTS 46 accepts: one label",
        (true, Err(_)) => "only UTS 46 accepts",
        (false, Ok(_)) if only(&["V2", "V4"]) => "only we accept: hyphens in the third and fourth place",
        (false, Ok(_)) if only(&["V7"]) => "only we accept: a character that Unicode has since assigned",
        (false, Ok(_)) => "only we accept",
    }
}

/// `\uXXXX` and `\x{XXXX}` as characters; `""` as nothing. Lone surrogates, which no text has, as what stands for damage.
fn unescaped(text: &str) -> String {
    if text == "\"\"" {
        return String::new();
    }
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        let (digits, after) = match escape.strip_prefix("x{") {
            Some(escape) => escape.split_once('}').unwrap(),
            None => escape[1..].split_at(4),
        };
        out.push(char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap_or('\u{FFFD}'));
        rest = after;
    }
    out + rest
}
