//! What mails say.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::sync::Arc;

use staffroom_core::{InvitedWayIn, Letter, Mail, Mailer as _, PersonName, Timestamp};
use staffroom_mail::{
    Addressee, ComposeError, Composer, Direction, English, FolderMailer, Language, Letters, Link, SendError,
    Words,
};

use support::{HEADERS, Read, SIGN_IN, TOKEN, composer, email, mail, moment, network, read, reset};

/// Writes `mail` into a folder, and reads it.
async fn written(composer: Composer, mail: &Mail) -> Read {
    read(&bytes(composer, mail).await)
}

async fn bytes(composer: Composer, mail: &Mail) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    FolderMailer::new(folder.path(), composer).unwrap().send(mail).await.unwrap();
    let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap();
    std::fs::read(file.path()).unwrap()
}

#[tokio::test]
async fn a_reset() {
    let bytes = bytes(composer(), &mail(reset())).await;
    // Whoever opens the file finds the link in one piece.
    let link = format!("\r\nhttps://school.example/set-password?token={TOKEN}\r\n");
    assert!(String::from_utf8(bytes.clone()).unwrap().contains(&link));
    let read = read(&bytes);
    assert_eq!(read.subject, "Choose a password for Lakeside Schools");
    assert_eq!(
        read.plain,
        format!(
            "\
Hello Ana Ruiz,

Somebody, most likely you, asked to choose a new password for your
account with Lakeside Schools. You sign in as ana.ruiz@school.example.

To choose a password, open this page within 60 minutes:

https://school.example/set-password?token={TOKEN}

The link works once. If you ask for another one, only the newest works.
Please do not pass this mail on: whoever has the link can choose your
password.

If you did not ask for this, there is nothing to do. Your account stays
as it is, and you can delete this mail.

This mail was sent by Lakeside Schools. Nobody there will ever ask you
for your password, neither by mail nor on the phone.
"
        )
    );
}

#[tokio::test]
async fn a_confirmation() {
    let read = written(composer(), &mail(Letter::PasswordSet { at: moment() })).await;
    assert_eq!(read.subject, "Your password for Lakeside Schools was changed");
    assert!(read.plain.contains("on 25 November 2026,"), "{}", read.plain);
    assert!(read.plain.contains("\n\nIf it was not you, act now: "), "{}", read.plain);
    assert!(read.plain.contains(&format!("\n\n{SIGN_IN}\n\n")), "{}", read.plain);
}

#[tokio::test]
async fn an_invitation_says_how_to_get_in() {
    let flat = |read: &Read| read.plain.replace('\n', " ");
    let read = written(composer(), &mail(support::invitation(InvitedWayIn::ForgotPassword))).await;
    assert_eq!(read.subject, "Your account with Lakeside Schools");
    let text = flat(&read);
    assert!(
        text.contains("Lakeside Schools has made an account for you, for your work at North High."),
        "{text}"
    );
    assert!(text.contains("You have no password yet."), "{text}");
    assert!(text.contains("take \"Forgot your password?\" and enter ana.ruiz@school.example."), "{text}");
    assert!(text.contains(SIGN_IN));

    let with = InvitedWayIn::InitialPassword { expires_at: moment() };
    let read = written(composer(), &mail(support::invitation(with))).await;
    let text = flat(&read);
    assert!(text.contains("It works until 25 November 2026, 14:05 UTC"), "{text}");
    assert!(text.contains("Forgot your password?"), "{text}");
}

#[tokio::test]
async fn both_parts_say_the_same() {
    for letter in
        [reset(), Letter::PasswordSet { at: moment() }, support::invitation(InvitedWayIn::ForgotPassword)]
    {
        let read = written(composer(), &mail(letter)).await;
        let html = read.html.replace("&quot;", "\"");
        for paragraph in read.plain.split("\n\n") {
            let paragraph = paragraph.trim_end().replace('\n', " ");
            assert!(html.contains(&paragraph), "{paragraph}\n{html}");
        }
        // Nothing is fetched: the only addresses are those of the links.
        assert_eq!(read.html.matches("://").count(), 2, "{}", read.html);
        assert!(!read.html.contains("src=") && !read.html.contains("url("));
    }
}

#[tokio::test]
async fn somebody_without_a_name_or_with_a_suspect_one_is_greeted_without() {
    for name in [None, PersonName::parse("Win at", "evil.example").ok()] {
        let mut mail = mail(reset());
        mail.name = name;
        let read = written(composer(), &mail).await;
        assert!(read.plain.starts_with("Hello,\n\n"), "{}", read.plain);
        assert!(!read.plain.contains("evil") && !read.to.contains("evil"), "{} {}", read.to, read.plain);
    }
}

#[tokio::test]
async fn names_of_any_script() {
    for (given, family) in [("דנה", "כהן"), ("小明", "王"), ("Zoë", "O'Brien <&>"), ("👩🏽‍🏫", "")]
    {
        let name = PersonName::parse(given, family).unwrap();
        let mail = Mail::new(email("dana@school.example"), Some(name.clone()), network("רשת הגליל"), reset());
        let bytes = bytes(composer(), &mail).await;
        assert!(bytes.is_ascii());
        let read = read(&bytes);
        assert_eq!(read.headers, HEADERS);
        assert_eq!(read.to.replace('"', ""), format!("{name} <dana@school.example>"));
        assert_eq!(read.from, "רשת הגליל <accounts@lakeside.example>");
        assert_eq!(read.subject, "Choose a password for רשת הגליל");
        assert!(read.plain.contains(&name.to_string()), "{}", read.plain);
        // What is written from right to left does not move what stands beside it.
        assert!(read.plain.contains("\u{2068}רשת הגליל\u{2069}. You sign in as"), "{}", read.plain);
    }
}

/// A host's own words.
#[derive(Debug)]
struct Hebrew;

impl Letters for Hebrew {
    fn reset(&self, to: &Addressee, set_password: &Link, _: u32) -> Words {
        Words::new(Language::new("he", Direction::RightToLeft), format!("סיסמה\r\nBcc: all@{}", to.email))
            .say("שלום <b>")
            .link("כאן", set_password)
    }

    fn password_set(&self, _: &Addressee, _: &Link, _: Timestamp) -> Words {
        Words::new(Language::ENGLISH, "no link")
    }

    fn invitation(&self, to: &Addressee, sign_in: &Link, school: &str, way_in: InvitedWayIn) -> Words {
        English.invitation(to, sign_in, school, way_in)
    }
}

#[tokio::test]
async fn a_host_says_it_in_its_own_words() {
    let composer = composer().with_letters(Arc::new(Hebrew));
    let read = written(composer.clone(), &mail(reset())).await;
    assert_eq!(read.headers, HEADERS);
    assert_eq!(read.subject, "סיסמה Bcc: all@ana.ruiz@school.example");
    assert!(read.html.contains("<html lang=\"he\" dir=\"rtl\">"), "{}", read.html);
    assert!(read.html.contains("שלום &lt;b&gt;"), "{}", read.html);

    let folder = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::new(folder.path(), composer).unwrap();
    let error = mailer.send(&mail(Letter::PasswordSet { at: moment() })).await.unwrap_err();
    assert!(matches!(error.0.downcast_ref(), Some(SendError::Compose(ComposeError::NoLink))), "{error:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
