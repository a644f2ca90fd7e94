//! Mail servers that say no, fall silent or break off: the error says so, and quotes nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use staffroom_core::{MailError, Mailer as _};
use staffroom_mail::{MailSettings, SendError, SmtpMailer};

use support::server::{Act, Manners, Server, Tls};
use support::{TOKEN, composer, mail, mail_to, reset};

const PASSWORD: &str = "s3cret";

/// Sends a mail to `server` and answers why that failed.
async fn failure(mailer: &SmtpMailer) -> SendError {
    let error = mailer.send(&mail(reset())).await.unwrap_err();
    quotes_nothing(&error);
    *error.0.downcast::<SendError>().unwrap()
}

/// Neither the error nor any of its sources gives away the token, the password (also in base 64) or the addressee.
fn quotes_nothing(error: &MailError) {
    let mut shown = format!("{error:?} {error}");
    let mut source = std::error::Error::source(error);
    while let Some(one) = source {
        shown = format!("{shown} {one} {one:?}");
        source = one.source();
    }
    for secret in [TOKEN, PASSWORD, "AG1haWxlcgBzM2NyZXQ=", "ana.ruiz"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

async fn at(command: &'static str, said: &'static str) -> SendError {
    let server = Server::start(Manners::good(Tls::Never).but(command, Act::Say(said))).await;
    failure(&server.mailer("smtp://localhost:PORT")).await
}

#[tokio::test]
async fn a_no_is_told_by_its_numbers() {
    for (command, said, message) in [
        ("GREETING", "554 5.7.1 go away, mailer", "the mail server refused the mail (554 5.7.1)"),
        ("GREETING", "421 busy", "the mail server does not take the mail now (421); try again later"),
        ("MAIL", "550 5.7.1 not from you", "the mail server refused the mail (550 5.7.1)"),
        ("RCPT", "550 5.1.1 ana.ruiz@school.example unknown", "the mail server refused the mail (550 5.1.1)"),
        (
            "RCPT",
            "450-4.2.0 ana.ruiz\r\n450 4.2.0 greylisted",
            "the mail server does not take the mail now (450 4.2.0); try again later",
        ),
        ("DATA", "554 no", "the mail server refused the mail (554)"),
        (
            ".",
            "554 5.7.1 spam: https://school.example/set-password?token=c0ffee5ec2e70123456789abcdefc0ffee5ec2e70123456789abcdefc0ffee01",
            "the mail server refused the mail (554 5.7.1)",
        ),
        (".", "451 4.3.0 later", "the mail server does not take the mail now (451 4.3.0); try again later"),
    ] {
        let error = at(command, said).await;
        assert_eq!(error.to_string(), message, "{command}");
        assert_eq!(error.is_passing(), said.starts_with('4'), "{command}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_refused_mail() {
    let said = "535 5.7.8 no: AG1haWxlcgBzM2NyZXQ= is mailer with s3cret";
    let server = Server::start(Manners::good(Tls::AtOnce).but("AUTH", Act::Say(said))).await;
    let error = failure(&server.mailer_as("smtps://localhost:PORT", "mailer", PASSWORD)).await;
    assert_eq!(error.to_string(), "the mail server did not accept user and password (535 5.7.8)");
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn what_the_server_cannot_do_is_told() {
    let mut manners = Manners::good(Tls::Never);
    manners.can.clear();
    let server = Server::start(manners).await;

    let error = failure(&server.mailer("smtp://localhost:PORT?tls=required")).await;
    assert!(matches!(error, SendError::NoStartTls { .. }), "{error:?}");
    let error = failure(&server.mailer_as("smtp://localhost:PORT", "mailer", PASSWORD)).await;
    assert!(matches!(error, SendError::NoSignIn { .. }), "{error:?}");
    assert!(!server.in_clear().contains("AUTH"));
    let mailer = server.mailer("smtp://localhost:PORT");
    let error = mailer.send(&mail_to("ünal@school.example")).await.unwrap_err();
    assert!(matches!(error.0.downcast_ref(), Some(SendError::NoSmtpUtf8)), "{error:?}");
    // Others get their mail from such a server.
    mailer.send(&mail(reset())).await.unwrap();
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn connections_that_break_off() {
    for command in ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        let server = Server::start(Manners::good(Tls::Never).but(command, Act::Drop)).await;
        let error = failure(&server.mailer("smtp://localhost:PORT")).await;
        assert!(matches!(error, SendError::Broken { .. }), "{command}: {error:?}");
        assert!(error.is_passing());
    }
    for said in ["HTTP/1.1 400 Bad Request", "220", "SSH-2.0-OpenSSH", "999 s3cret"] {
        let error = at("GREETING", said).await;
        assert!(matches!(error, SendError::Broken { .. }), "{said}: {error:?}");
    }
}

#[tokio::test]
async fn servers_that_fall_silent_are_given_up() {
    for command in ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "."] {
        let server = Server::start(Manners::good(Tls::Never).but(command, Act::Hang)).await;
        let settings = server.settings("smtp://localhost:PORT").with_timeout(Duration::from_millis(50));
        let error = failure(&SmtpMailer::new(settings, composer()).unwrap()).await;
        assert!(matches!(error, SendError::TimedOut { .. }), "{command}: {error:?}");
    }
}

#[tokio::test]
async fn a_mail_given_up_half_way_takes_its_connection_with_it() {
    // Were the connection used again, the next mail would begin inside the first.
    let server = Server::start(Manners::good(Tls::Never).but(".", Act::Hang)).await;
    let mailer = Arc::new(server.mailer("smtp://localhost:PORT"));
    for _ in 0..3 {
        let mailer = Arc::clone(&mailer);
        let sending = tokio::spawn(async move { mailer.send(&mail(reset())).await });
        let before = server.mails().len();
        while server.mails().len() == before {
            tokio::task::yield_now().await;
        }
        sending.abort();
        assert!(sending.await.unwrap_err().is_cancelled());
    }
    assert_eq!((server.mails().len(), server.connections()), (3, 3));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_is_made_anew() {
    let server = Server::start(Manners::good(Tls::Never).but("NOOP", Act::Drop)).await;
    let mailer = server.mailer("smtp://localhost:PORT");
    for _ in 0..3 {
        mailer.send(&mail(reset())).await.unwrap();
    }
    assert_eq!((server.mails().len(), server.connections()), (3, 3));
}

#[tokio::test]
async fn certificates_that_are_not_trusted() {
    for (tls, scheme) in
        [(Tls::AtOnce, "smtps://localhost:PORT"), (Tls::Offered, "smtp://localhost:PORT?tls=required")]
    {
        let server = Server::start(Manners::good(tls)).await;
        let stranger = Server::start(Manners::good(tls)).await;
        let url = scheme.replace("PORT", &server.port.to_string());
        let MailSettings::Smtp(settings) = MailSettings::parse(&url).unwrap() else { panic!("{url}") };
        for settings in [settings.clone(), settings.trusting(stranger.pem.clone())] {
            let error = failure(&SmtpMailer::new(settings, composer()).unwrap()).await;
            assert!(matches!(error, SendError::Tls { .. }), "{error:?}");
        }
        // Nor one that is trusted, for another host.
        let error = failure(&server.mailer(&scheme.replace("localhost", "127.0.0.1"))).await;
        assert!(matches!(error, SendError::Tls { .. }), "{error:?}");
        assert!(server.mails().is_empty());
    }
    let plain = Server::start(Manners::good(Tls::Never)).await;
    let error = failure(&plain.mailer("smtps://localhost:PORT")).await;
    assert!(matches!(error, SendError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn nobody_there() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let settings = MailSettings::parse(&format!("smtp://127.0.0.1:{port}")).unwrap();
    let mailer = settings.mailer(composer()).unwrap().unwrap();
    let error = mailer.send(&mail(reset())).await.unwrap_err();
    quotes_nothing(&error);
    let error = error.0.downcast::<SendError>().unwrap();
    assert!(matches!(*error, SendError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().starts_with(&format!("the mail server 127.0.0.1:{port} cannot be reached")));
}
