//! Mail for Staffroom: letters about accounts, sent over SMTP with TLS or written into a folder for trying out.
//!
//! The core says what a mail is about ([`Mail`](staffroom_core::Mail)); a [`Composer`] says it in words and makes the links, and a
//! mailer hands it over. Where it goes is one setting, read by [`MailSettings`]:
//!
//! | setting | meaning |
//! | --- | --- |
//! | `smtps://user:password@host:port` | over TLS from the first byte (port 465 unless said) |
//! | `smtp://user:password@host:port` | over TLS after `STARTTLS`, or not at all (port 587 unless said) |
//! | `folder:PATH` | into a folder of `.eml` files |
//! | `none` | nowhere |
//!
//! ```
//! use std::sync::Arc;
//! use staffroom_core::{Email, Letter, Mail, Mailer, NetworkName, Secret};
//! use staffroom_mail::{Composer, MailSettings, Pages, Sender};
//! use staffroom_system::{SystemClock, TimeOrderedIds};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let setting = format!("folder:{}", folder.path().display());
//!
//! let composer = Composer::new(
//!     Sender::new(&Email::parse("accounts@school.example")?)?,
//!     Pages::new("https://school.example/sign-in", "https://school.example/set-password")?,
//!     Arc::new(SystemClock),
//!     Arc::new(TimeOrderedIds::new()),
//! );
//! let mailer: Option<Arc<dyn Mailer>> = MailSettings::parse(&setting)?.mailer(composer)?;
//! let mailer = mailer.ok_or("`none` was asked for")?;
//!
//! let letter = Letter::Reset { token: Secret::new("0123".to_owned()), valid_minutes: 60 };
//! mailer.send(&Mail::new(Email::parse("ana.ruiz@school.example")?, None, NetworkName::parse("Lakeside")?, letter)).await?;
//! assert_eq!(std::fs::read_dir(&folder)?.count(), 1);
//! # Ok(()) }
//! ```
//!
//! What a letter says is a host's to choose: [`Letters`]. Where links lead is configuration ([`Pages`]), never a request: an address that
//! a stranger sent along would carry the token to them.

mod compose;
mod english;
mod error;
mod folder;
mod header;
mod letters;
mod pages;
mod render;
mod sender;
mod settings;
mod smtp;

pub use compose::{ComposeError, Composer};
pub use english::English;
pub use error::{Reply, SendError};
pub use folder::FolderMailer;
pub use letters::{Addressee, Direction, Language, Letters, Words};
pub use pages::{Link, Page, Pages, PagesError};
pub use sender::{Sender, SenderError};
pub use settings::{MailSettings, MailerError, Security, SettingsError, SmtpSettings};
pub use smtp::SmtpMailer;

/// The examples of `docs/mail.md` compile and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/mail.md")]
struct MailPage;
