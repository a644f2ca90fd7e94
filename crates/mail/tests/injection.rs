//! Whatever names, addresses, tokens and words there are: a mail has its headers, one addressee, and one link.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::sync::Arc;

use proptest::prelude::*;
use staffroom_core::{
    Email, InvitedWayIn, Letter, Mail, Mailer as _, NetworkName, PersonName, SchoolName, Secret, Timestamp,
};
use staffroom_mail::{Addressee, Language, Letters, Link, SmtpMailer, Words};

use support::server::{Manners, Received, Server, Tls};
use support::{HEADERS, moment, read, sender};

/// Says what it is told to, with the link in between.
#[derive(Debug)]
struct Parrot(String);

impl Parrot {
    fn words(&self, link: &Link) -> Words {
        Words::new(Language::new("en", staffroom_mail::Direction::LeftToRight), self.0.clone())
            .say(self.0.clone())
            .link(self.0.clone(), link)
            .say(self.0.clone())
    }
}

impl Letters for Parrot {
    fn reset(&self, _: &Addressee, set_password: &Link, _: u32) -> Words {
        self.words(set_password)
    }

    fn password_set(&self, _: &Addressee, sign_in: &Link, _: Timestamp) -> Words {
        self.words(sign_in)
    }

    fn invitation(&self, _: &Addressee, sign_in: &Link, _: &str, _: InvitedWayIn) -> Words {
        self.words(sign_in)
    }
}

/// Texts that would like to be headers, commands, HTML or other texts.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\nBcc: all@evil.example\r\n".to_owned()),
        Just("\nTo: all@evil.example\n".to_owned()),
        Just("\r\n\r\n.\r\nMAIL FROM:<x@evil.example>\r\n".to_owned()),
        Just("\r\n--part-00000000000000000000000000000001-0--\r\n".to_owned()),
        Just("=?utf-8?q?=0D=0ABcc:_all@evil.example?=".to_owned()),
        Just("\" <all@evil.example>, \"".to_owned()),
        Just("<script>alert(1)</script>".to_owned()),
        Just("\u{202E}\u{2066}\u{0}\u{85}\u{2028}".to_owned()),
        Just("(,;:\\\"@[]".to_owned()),
        Just("x".repeat(300)),
        any::<String>(),
        "\\PC{1,40}",
        " {0,3}[a-z]{1,8} {0,3}",
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// What a type of the core makes of a hostile text: what it takes, or the text without what it does not.
fn taken<T, E: std::fmt::Debug>(text: &str, parse: impl Fn(&str) -> Result<T, E>) -> T {
    parse(text)
        .or_else(|_| {
            let tame: String =
                text.chars().filter(|c| !c.is_control() && (*c as u32) < 0x2000).take(100).collect();
            parse(&format!("N{tame}"))
        })
        .unwrap()
}

fn address() -> impl Strategy<Value = Email> {
    prop_oneof![
        Just("ana.ruiz@school.example"),
        Just("o'brien+x!#$%&*/=?^_`{|}~-@school.example"),
        Just("Zoë@bücher.example"),
        Just("δοκιμή@παράδειγμα.example"),
    ]
    .prop_map(|text| Email::parse(text).unwrap())
}

/// Through a server and back.
fn through_a_server(mail: &Mail, words: Option<String>) -> Received {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let server = Server::start(Manners::good(Tls::Never)).await;
        let mut composer = support::composer_of(sender());
        if let Some(words) = words {
            composer = composer.with_letters(Arc::new(Parrot(words)));
        }
        let mailer = SmtpMailer::new(server.settings("smtp://127.0.0.1:PORT"), composer).unwrap();
        mailer.send(mail).await.unwrap();
        server.only_mail()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_gets_into_the_headers(
        (given, family, network, school) in (hostile(), hostile(), hostile(), hostile()),
        token in hostile(),
        words in prop::option::of(hostile()),
        to in address(),
        kind in 0..3,
    ) {
        let name = PersonName::parse(&given, &family).unwrap_or_else(|_| {
            taken(&given, |text| PersonName::parse(text, "Ruiz"))
        });
        let network = taken(&network, NetworkName::parse);
        let letter = match kind {
            0 => Letter::Reset { token: Secret::new(token), valid_minutes: 60 },
            1 => Letter::PasswordSet { at: moment() },
            _ => Letter::Invitation {
                school: taken(&school, SchoolName::parse),
                way_in: InvitedWayIn::ForgotPassword,
            },
        };
        let mail = Mail::new(to.clone(), Some(name), network, letter);
        let received = through_a_server(&mail, words);

        prop_assert_eq!(received.to.len(), 1);
        let read = read(&received.bytes);
        prop_assert_eq!(read.headers, HEADERS);
        prop_assert_eq!(read.addressees, 1, "{}", read.to);
        let local = to.as_given().rsplit_once('@').unwrap().0;
        prop_assert!(read.to.contains(&format!("{local}@")), "{}", read.to);
        // A line is a line, and the parts end where they should.
        for line in received.bytes.split(|byte| *byte == b'\n') {
            prop_assert!(line.len() < 999);
        }
        let links = read.plain.lines().filter(|line| line.starts_with("https://school.example/")).count();
        prop_assert!(links >= 1, "{}", read.plain);
        prop_assert!(!read.html.contains("<script"));
        prop_assert_eq!(read.html.matches("<a href=").count(), 1);
        for text in [&read.subject, &read.from, &read.to] {
            prop_assert!(!text.contains(['\r', '\n', '\0', '\u{202E}', '\u{2066}', '\u{2028}']), "{:?}", text);
        }
    }
}
