//! Mails through a mail server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use staffroom_core::{InvitedWayIn, Letter, Mailer as _, Secret};
use staffroom_mail::{SettingsError, SmtpMailer};

use support::server::{Manners, Server, Tls};
use support::{HEADERS, TOKEN, composer, email, mail, mail_to, moment, read, reset, sender};

/// `\0mailer\0s3cret p:ss` and what LOGIN makes of it, in base 64.
const PLAIN: &str = "AUTH PLAIN AG1haWxlcgBzM2NyZXQgcDpzcw==";
const LOGIN: &str = "bWFpbGVy czNjcmV0IHA6c3M=";
const PASSWORD: &str = "s3cret p:ss";

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = Server::start(Manners::good(Tls::Never)).await;
    server.mailer("smtp://127.0.0.1:PORT").send(&mail(reset())).await.unwrap();

    let received = server.only_mail();
    assert_eq!(received.from, "MAIL FROM:<accounts@lakeside.example>");
    assert_eq!(received.to, ["RCPT TO:<ana.ruiz@school.example>"]);
    assert!(!received.over_tls && received.login.is_none());
    assert!(server.in_clear().starts_with("EHLO lakeside.example\r\n"));

    let read = read(&received.bytes);
    assert_eq!(read.headers, HEADERS);
    assert_eq!(read.from, "\"Lakeside Schools\" <accounts@lakeside.example>");
    assert_eq!(read.to, "\"Ana Ruiz\" <ana.ruiz@school.example>");
    assert_eq!(read.subject, "Choose a password for Lakeside Schools");
    let link = format!("https://school.example/set-password?token={TOKEN}");
    assert_eq!(read.plain.lines().filter(|line| *line == link).count(), 1);
    assert!(read.html.contains(&format!("<a href=\"{link}\"")));
}

#[tokio::test]
async fn every_letter_arrives() {
    let server = Server::start(Manners::good(Tls::Never)).await;
    let mailer = server.mailer("smtp://localhost:PORT");
    let letters = [
        reset(),
        Letter::PasswordSet { at: moment() },
        support::invitation(InvitedWayIn::ForgotPassword),
        support::invitation(InvitedWayIn::InitialPassword { expires_at: moment() }),
    ];
    for letter in letters.clone() {
        mailer.send(&mail(letter)).await.unwrap();
    }
    assert_eq!(server.mails().len(), letters.len());
    assert!(server.mails().iter().all(|mail| read(&mail.bytes).headers == HEADERS));
    assert_eq!(server.connections(), 1, "a connection is used again");
}

#[tokio::test]
async fn a_server_gets_so_many_mails_over_one_connection() {
    let server = Server::start(Manners::good(Tls::Never)).await;
    let mailer = server.mailer("smtp://localhost:PORT");
    for _ in 0..51 {
        mailer.send(&mail(reset())).await.unwrap();
    }
    assert_eq!((server.mails().len(), server.connections()), (51, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_at_the_same_time_do_not_mix() {
    let server = Server::start(Manners::good(Tls::Never)).await;
    let mailer = std::sync::Arc::new(server.mailer("smtp://localhost:PORT"));
    let sent: Vec<_> = (0..40)
        .map(|number| {
            let mailer = std::sync::Arc::clone(&mailer);
            tokio::spawn(async move { mailer.send(&mail_to(&format!("p{number}@school.example"))).await })
        })
        .collect();
    for one in sent {
        one.await.unwrap().unwrap();
    }
    let mails = server.mails();
    assert_eq!(mails.len(), 40);
    for received in mails {
        let address = read(&received.bytes).to;
        assert_eq!(received.to, [format!("RCPT TO:<{address}>")]);
    }
}

#[tokio::test]
async fn over_tls_from_the_first_byte() {
    let server = Server::start(Manners::good(Tls::AtOnce)).await;
    server.mailer("smtps://localhost:PORT").send(&mail(reset())).await.unwrap();
    assert!(server.only_mail().over_tls);
    assert_eq!(server.in_clear(), "");
}

#[tokio::test]
async fn over_tls_after_starttls() {
    for url in ["smtp://localhost:PORT?tls=required", "smtp://localhost:PORT?tls=opportunistic"] {
        let server = Server::start(Manners::good(Tls::Offered)).await;
        server.mailer_as(url, "mailer", PASSWORD).send(&mail(reset())).await.unwrap();
        let received = server.only_mail();
        assert!(received.over_tls, "{url}");
        assert_eq!(received.login.as_deref(), Some(PLAIN));
        assert_eq!(server.in_clear(), "EHLO lakeside.example\r\nSTARTTLS\r\n");
    }
}

#[tokio::test]
async fn without_starttls_if_the_server_has_none_and_that_is_allowed() {
    let server = Server::start(Manners::good(Tls::Never)).await;
    server.mailer("smtp://localhost:PORT?tls=opportunistic").send(&mail(reset())).await.unwrap();
    assert!(!server.only_mail().over_tls);
}

#[tokio::test]
async fn it_signs_in_by_either_way() {
    for (can, line) in [("AUTH PLAIN LOGIN", PLAIN), ("AUTH LOGIN", LOGIN)] {
        let mut manners = Manners::good(Tls::AtOnce);
        manners.can = vec![can];
        let server = Server::start(manners).await;
        let mailer = server.mailer("smtps://mailer:s3cret%20p%3Ass@localhost:PORT");
        mailer.send(&mail(reset())).await.unwrap();
        mailer.send(&mail(reset())).await.unwrap();
        assert_eq!(server.mails()[0].login.as_deref(), Some(line));
        assert_eq!((server.mails().len(), server.connections()), (2, 1));
    }
}

#[tokio::test]
async fn a_mailer_does_not_print_its_password() {
    let server = Server::start(Manners::good(Tls::AtOnce)).await;
    let mailer = server.mailer_as("smtps://localhost:PORT", "mailer", PASSWORD);
    mailer.send(&mail(reset())).await.unwrap();
    let printed = format!("{mailer:?} {:?}", server.settings("smtps://mailer:s3cret%20p@localhost:PORT"));
    assert!(printed.contains("mailer"));
    assert!(!printed.contains("s3cret") && !printed.contains(TOKEN), "{printed}");
}

#[tokio::test]
async fn addresses_beyond_ascii() {
    let server = Server::start(Manners::good(Tls::Never)).await;
    let mailer = server.mailer("smtp://localhost:PORT");
    mailer.send(&mail_to("Zoë.Ünal@Bücher.Example")).await.unwrap();
    mailer.send(&mail_to("ana@bücher.example")).await.unwrap();
    let mails = server.mails();
    // Only the part before the @ needs more of the server than ASCII.
    assert_eq!(mails[0].to, ["RCPT TO:<Zoë.Ünal@xn--bcher-kva.example>"]);
    assert!(mails[0].from.contains(" SMTPUTF8"), "{}", mails[0].from);
    assert_eq!(mails[1].to, ["RCPT TO:<ana@xn--bcher-kva.example>"]);
    assert!(!mails[1].from.contains("SMTPUTF8") && mails[1].bytes.is_ascii());
    assert_eq!(read(&mails[1].bytes).headers, HEADERS);
}

#[tokio::test]
async fn the_sender_is_the_one_of_the_configuration() {
    let server = Server::start(Manners::good(Tls::Never)).await;
    let sender =
        sender().named("Konten, \"Büro\"").unwrap().answered_to(&email("help@school.example")).unwrap();
    let settings = server.settings("smtp://localhost:PORT");
    let mailer = SmtpMailer::new(settings, support::composer_of(sender)).unwrap();
    mailer.send(&mail(reset())).await.unwrap();
    let bytes = server.only_mail().bytes;
    let parsed = mailparse::parse_mail(&bytes).unwrap();
    assert_eq!(support::header(&parsed, "Reply-To"), "help@school.example");
    let from = mailparse::addrparse_header(parsed.headers.iter().find(|h| h.get_key() == "From").unwrap());
    let from = from.unwrap().extract_single_info().unwrap();
    assert_eq!(from.display_name.as_deref(), Some("Konten, \"Büro\""));
    assert_eq!(from.addr, "accounts@lakeside.example");
    assert_eq!(support::header(&parsed, "Auto-Submitted"), "auto-generated");
    assert_eq!(support::header(&parsed, "Date"), "Wed, 25 Nov 2026 14:05:06 +0000");
    assert_eq!(support::header(&parsed, "Message-ID"), "<00000000000000000000000000000001@lakeside.example>");
}

#[tokio::test]
async fn half_a_login_or_no_certificate_is_refused_before_anything_is_sent() {
    let server = Server::start(Manners::good(Tls::AtOnce)).await;
    for url in ["smtps://mailer@localhost:PORT", "smtps://:s3cret@localhost:PORT"] {
        let error = SmtpMailer::new(server.settings(url), composer()).unwrap_err();
        assert_eq!(error, SettingsError::HalfALogin);
    }
    let settings = server.settings("smtps://localhost:PORT");
    for pem in ["-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n", "hello", ""] {
        let error = SmtpMailer::new(settings.clone().trusting(pem.into()), composer()).unwrap_err();
        assert_eq!(error, SettingsError::Certificate, "{pem:?}");
    }
    let user = |user: &str, password: &str| {
        settings.clone().with_login(user, &Secret::new(password.to_owned())).unwrap_err()
    };
    for (name, password) in [("a\0", "b"), ("a", "b\r\nQUIT"), ("", "b"), ("a", "")] {
        assert_eq!(user(name, password), SettingsError::Login);
    }
}
