//! The one setting that says where mail goes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use proptest::prelude::*;
use staffroom_core::Secret;
use staffroom_mail::{MailSettings, MailerError, Security, SettingsError, SmtpSettings};

fn smtp(text: &str) -> Result<SmtpSettings, SettingsError> {
    match MailSettings::parse(text)? {
        MailSettings::Smtp(settings) => Ok(settings),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_forms_that_there_are() {
    assert!(matches!("none".parse(), Ok(MailSettings::Nowhere)));
    assert!(matches!("folder:a b/c".parse(), Ok(MailSettings::Folder(path)) if path.as_os_str() == "a b/c"));
    for (text, server, security, user) in [
        ("smtps://mail.school.example", "mail.school.example:465", Security::Tls, None),
        ("smtps://Mail.School.Example:2465/", "mail.school.example:2465", Security::Tls, None),
        ("smtp://mail.school.example", "mail.school.example:587", Security::StartTls, None),
        (
            "smtp://u:p@mail.school.example?tls=required",
            "mail.school.example:587",
            Security::StartTls,
            Some("u"),
        ),
        (
            "smtp://mail.school.example:25?tls=opportunistic",
            "mail.school.example:25",
            Security::Opportunistic,
            None,
        ),
        ("smtp://localhost:1025", "localhost:1025", Security::Plain, None),
        ("smtp://u:p@127.0.0.1?tls=none", "127.0.0.1:587", Security::Plain, Some("u")),
        ("smtp://[::1]:25", "[::1]:25", Security::Plain, None),
        ("smtp://u:p@localhost?tls=opportunistic", "localhost:587", Security::Opportunistic, Some("u")),
        ("smtp://localhost?tls=required", "localhost:587", Security::StartTls, None),
        ("smtps://a%40b.example:p%3A%2F@h", "h:465", Security::Tls, Some("a@b.example")),
        ("smtps://[2001:db8::1]", "[2001:db8::1]:465", Security::Tls, None),
    ] {
        let settings = smtp(text).unwrap();
        let found = (settings.server(), settings.security(), settings.user().map(str::to_owned));
        assert_eq!(found, (server.to_owned(), security, user.map(str::to_owned)), "{text}");
    }
}

#[test]
fn what_is_refused() {
    for (text, error) in [
        ("", SettingsError::Form),
        ("None", SettingsError::Form),
        ("mail.school.example:587", SettingsError::Form),
        ("https://mail.school.example", SettingsError::Form),
        ("smtps://u:p#s3cret@mail.school.example", SettingsError::Form),
        ("smtps://u:p/s3cret@mail.school.example", SettingsError::Form),
        ("smtps://u:p?s3cret@mail.school.example", SettingsError::Form),
        ("smtps://h:99999", SettingsError::Form),
        ("folder:", SettingsError::NoFolder),
        ("smtps://", SettingsError::Host),
        ("smtps:mail.school.example", SettingsError::Host),
        ("smtps:///path", SettingsError::Host),
        ("smtps://bücher.example", SettingsError::Host),
        ("smtps://a%0d%0ab", SettingsError::Host),
        ("smtps://h:0", SettingsError::Port),
        ("smtps://h/s3cret", SettingsError::Rest),
        ("smtps://h#s3cret", SettingsError::Rest),
        ("smtps://u:12?s3cret@h", SettingsError::UnknownParameter),
        ("smtp://h?tls=required&s3cret=1", SettingsError::UnknownParameter),
        ("smtp://h?TLS=required", SettingsError::UnknownParameter),
        ("smtp://h?tls=required&tls=required", SettingsError::RepeatedParameter),
        ("smtp://h?tls=required&tls=none", SettingsError::RepeatedParameter),
        ("smtp://h?tls=required&%74ls=opportunistic", SettingsError::RepeatedParameter),
        ("smtp://h?tls", SettingsError::Tls),
        ("smtp://h?tls=Required", SettingsError::Tls),
        ("smtps://h?tls=required", SettingsError::Tls),
        ("smtps://localhost?tls=none", SettingsError::Tls),
        ("smtp://h?tls=none", SettingsError::Plain),
        ("smtp://localhost.evil.example?tls=none", SettingsError::Plain),
        ("smtp://u:p@h?tls=opportunistic", SettingsError::PasswordInClear),
        ("smtps://u%0d%0a:p@h", SettingsError::Login),
        ("smtps://u:p%00@h", SettingsError::Login),
        ("smtps://u:%ff@h", SettingsError::Login),
    ] {
        let found = MailSettings::parse(text).map(|settings| format!("{settings:?}"));
        assert_eq!(found, Err(error), "{text}");
    }
    let settings = smtp("smtp://h?tls=opportunistic").unwrap();
    let refused = settings.with_login("u", &Secret::new("p".to_owned())).unwrap_err();
    assert_eq!(refused, SettingsError::PasswordInClear);
}

#[tokio::test]
async fn each_form_has_its_mailer() {
    let mailer = |text: &str| MailSettings::parse(text).unwrap().mailer(support::composer());
    assert!(mailer("none").unwrap().is_none());
    assert!(format!("{:?}", mailer("smtps://u:p@h").unwrap().unwrap()).starts_with("SmtpMailer"));
    let error = mailer("smtps://u@h").unwrap_err();
    assert!(matches!(error, MailerError::Settings(SettingsError::HalfALogin)), "{error:?}");

    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("a/mails");
    assert!(mailer(&format!("folder:{}", inside.display())).unwrap().is_some());
    assert!(inside.is_dir());
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = mailer(&format!("folder:{}", file.display())).unwrap_err();
    assert!(matches!(error, MailerError::Folder(_)), "{error:?}");
}

proptest! {
    /// Whatever is mistyped around a password: it is neither shown nor in the way.
    #[test]
    fn a_password_is_never_shown(
        password in "[!-~]{4}s3cret[!-~]{0,8}",
        before in "(smtps?:/{0,2})?[a-z@:/?#%]{0,8}",
        after in "[@:/?#]?[a-z0-9@:/?#=&]{0,20}",
    ) {
        match MailSettings::parse(&format!("{before}{password}{after}")) {
            Ok(MailSettings::Smtp(settings)) => {
                // The host and the user are no secrets.
                let printed = format!("{settings:?}").to_lowercase();
                let named = settings.server().contains("s3cret")
                    || settings.user().is_some_and(|user| user.contains("s3cret"));
                prop_assert!(named || !printed.contains("s3cret"), "{}", printed);
            }
            Ok(_) => {}
            Err(error) => {
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains("s3cret"), "{}", shown);
            }
        }
    }

    #[test]
    fn every_password_can_be_written(user in "\\PC{1,20}", password in "\\PC{1,20}") {
        let encode = |text: &str| {
            text.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02X}"))
        };
        let settings = smtp(&format!("smtps://{}:{}@h", encode(&user), encode(&password))).unwrap();
        prop_assert_eq!(settings.user(), Some(user.as_str()));
    }
}
