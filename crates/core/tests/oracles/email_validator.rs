//! The Python package `email-validator`, on addresses of every kind: its verdicts are in a table.

use staffroom_core::{Email, EmailError};

use crate::tally::Tally;

#[test]
fn addresses_are_what_email_validator_says_or_we_know_why_not() {
    let mut tally = Tally::default();
    for line in include_str!("email-validator.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let text = unescaped(fields.next().unwrap());
        let accepts = fields.next().unwrap() == "address";
        let said = fields.next().unwrap();
        tally.count(class(&text, accepts, said), line);
    }
    tally.is(
        "email-validator 2.4.0",
        &[
            ("both accept: the same", 1374),
            ("both accept: we normalise the local part further", 92),
            ("both accept: we put the local part into lower case", 124),
            ("both refuse", 1067),
            ("only they accept: a character one cannot see", 22),
            ("only they accept: more than 64 bytes before the @", 2),
            ("only they accept: no address once it is normalised", 15),
            ("only we accept: a domain of IDNA 2003, as browsers do", 162),
            ("only we accept: a domain that is not on the internet", 37),
            ("only we accept: hyphens in the third and fourth place", 6),
            ("only we accept: unassigned, private and combining characters before the @", 148),
            ("only we accept: white space around it", 15),
        ],
    );
}

fn class(text: &str, accepts: bool, said: &str) -> &'static str {
    match (Email::parse(text), accepts) {
        (Ok(email), true) => {
            let (local, domain) = email.canonical().rsplit_once('@').unwrap();
            let theirs = unescaped(said);
            let (their_local, their_domain) = theirs.rsplit_once('@').unwrap();
            if domain != their_domain {
                "both accept: another domain"
            } else if local == their_local {
                "both accept: the same"
            } else if local == their_local.to_lowercase() {
                "both accept: we put the local part into lower case"
            } else {
                "both accept: we normalise the local part further"
            }
        }
        (Err(_), false) => "both refuse",
        (Ok(_), false) => only_we_accept(text, said),
        (Err(error), true) => only_they_accept(text, &error),
    }
}

fn only_we_accept(text: &str, said: &str) -> &'static str {
    let says = |part: &str| said.contains(part);
    if text.trim() != text {
        "only we accept: white space around it"
    } else if says("special-use") || says("within a valid top-l") {
        "only we accept: a domain that is not on the internet"
    } else if says("unsafe characters") || says("invalid characters before") {
        "only we accept: unassigned, private and combining characters before the @"
    } else if says("two letters followed by two dashes") {
        "only we accept: hyphens in the third and fourth place"
    } else if says("after the @-sign is invalid (Codepoint") || says("is not valid IDNA") {
        "only we accept: a domain of IDNA 2003, as browsers do"
    } else {
        "only we accept"
    }
}

fn only_they_accept(text: &str, error: &EmailError) -> &'static str {
    match error {
        EmailError::Syntax if text.split('@').next().is_some_and(|local| local.len() > 64) => {
            "only they accept: more than 64 bytes before the @"
        }
        EmailError::Invisible(_) => "only they accept: a character one cannot see",
        EmailError::Syntax => "only they accept: no address once it is normalised",
        EmailError::Domain => "only they accept: a domain",
        EmailError::Quoted => "only they accept: a quoted local part",
        _ => "only they accept",
    }
}

/// `\u{...}` as characters.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (digits, rest) = part.split_once('}').unwrap();
        out.push(char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap());
        out.push_str(rest);
    }
    out
}
