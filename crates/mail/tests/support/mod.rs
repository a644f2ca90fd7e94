//! Mails to send, and a judge of what was sent.

#![allow(dead_code, reason = "every test file uses some of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up fails"
)]

pub(crate) mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mailparse::{MailHeaderMap as _, ParsedMail};
use staffroom_core::{
    Clock, Email, IdSource, InvitedWayIn, Letter, Mail, NetworkName, PersonName, SchoolName, Secret,
    Timestamp,
};
use staffroom_mail::{Composer, Pages, Sender};
use uuid::Uuid;

/// What must never show: a token as long as the real ones.
pub(crate) const TOKEN: &str = "c0ffee5ec2e70123456789abcdefc0ffee5ec2e70123456789abcdefc0ffee01";
pub(crate) const SET_PASSWORD: &str = "https://school.example/set-password";
pub(crate) const SIGN_IN: &str = "https://school.example/sign-in";

/// Stands still.
#[derive(Debug)]
pub(crate) struct At(pub(crate) Timestamp);

impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// 25 November 2026, 14:05:06 UTC.
pub(crate) fn moment() -> Timestamp {
    Timestamp::from_unix_micros(1_795_615_506_123_456).unwrap()
}

#[derive(Debug, Default)]
pub(crate) struct Counting(AtomicU64);

impl IdSource for Counting {
    fn next_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }
}

pub(crate) fn sender() -> Sender {
    Sender::new(&email("accounts@lakeside.example")).unwrap()
}

pub(crate) fn composer() -> Composer {
    composer_of(sender())
}

pub(crate) fn composer_of(sender: Sender) -> Composer {
    let pages = Pages::new(SIGN_IN, SET_PASSWORD).unwrap();
    Composer::new(sender, pages, Arc::new(At(moment())), Arc::new(Counting::default()))
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn network(text: &str) -> NetworkName {
    NetworkName::parse(text).unwrap()
}

pub(crate) fn reset() -> Letter {
    Letter::Reset { token: Secret::new(TOKEN.to_owned()), valid_minutes: 60 }
}

pub(crate) fn invitation(way_in: InvitedWayIn) -> Letter {
    Letter::Invitation { school: SchoolName::parse("North High").unwrap(), way_in }
}

/// To Ana Ruiz of Lakeside Schools.
pub(crate) fn mail(letter: Letter) -> Mail {
    let name = PersonName::parse("Ana", "Ruiz").unwrap();
    Mail::new(email("ana.ruiz@school.example"), Some(name), network("Lakeside Schools"), letter)
}

/// The mail that was asked for, of 60 minutes, to somebody else.
pub(crate) fn mail_to(address: &str) -> Mail {
    Mail::new(email(address), None, network("Lakeside Schools"), reset())
}

/// What a mail says, by a parser that shares nothing with what wrote it.
#[derive(Debug)]
pub(crate) struct Read {
    /// Names of all headers, in lower case and sorted.
    pub(crate) headers: Vec<String>,
    pub(crate) from: String,
    pub(crate) to: String,
    /// How many addresses there are in `To`.
    pub(crate) addressees: usize,
    pub(crate) subject: String,
    pub(crate) plain: String,
    pub(crate) html: String,
}

/// The headers of every mail without an address for answers.
pub(crate) const HEADERS: [&str; 8] =
    ["auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to"];

pub(crate) fn read(bytes: &[u8]) -> Read {
    let parsed = mailparse::parse_mail(bytes).unwrap();
    let [plain, html] = parsed.subparts.as_slice() else { panic!("{} parts", parsed.subparts.len()) };
    assert_eq!(parsed.ctype.mimetype, "multipart/alternative");
    assert_eq!(plain.ctype.mimetype, "text/plain");
    assert_eq!(html.ctype.mimetype, "text/html");
    let mut headers: Vec<_> = parsed.headers.iter().map(|header| header.get_key().to_lowercase()).collect();
    headers.sort();
    Read {
        headers,
        from: header(&parsed, "From"),
        to: header(&parsed, "To"),
        addressees: mailparse::addrparse_header(parsed.headers.get_first_header("To").unwrap())
            .unwrap()
            .count_addrs(),
        subject: header(&parsed, "Subject"),
        plain: plain.get_body().unwrap().replace("\r\n", "\n"),
        html: html.get_body().unwrap().replace("\r\n", "\n"),
    }
}

pub(crate) fn header(mail: &ParsedMail<'_>, name: &str) -> String {
    let values = mail.headers.get_all_values(name);
    let [value] = values.as_slice() else { panic!("{} headers `{name}`", values.len()) };
    value.clone()
}
