//! A mail, as the bytes that are sent.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};
use staffroom_core::{Clock, IdSource, Letter, Mail, Timestamp};

use crate::english::English;
use crate::header;
use crate::letters::{Addressee, Letters, Words, shown};
use crate::pages::{Link, Pages};
use crate::render;
use crate::sender::Sender;

/// Why a mail cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// An address that SMTP cannot carry.
    #[error("mail cannot be sent to the address on record; correct it on the staff record")]
    Address,
    /// The letters that the host wrote leave out the link, without which nobody can do what the letter is for.
    #[error("the letter has no link; whoever wrote it must put in the one that it is given")]
    NoLink,
    /// A letter that this version has no words for.
    #[error("there are no words for this letter; update `staffroom-mail`")]
    NoWords,
}

/// Writes mails: who they come from, where their links lead, and in which words.
///
/// Every mail has one addressee, the headers of RFC 5322 and `Auto-Submitted: auto-generated` (RFC 3834), so that nobody's
/// holiday notice answers it; plain text and HTML of the same words; nothing that is fetched when it is read.
#[derive(Debug, Clone)]
pub struct Composer {
    sender: Sender,
    pages: Pages,
    letters: Arc<dyn Letters>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Composer {
    /// Writes mails from `sender` that lead to `pages`, in English. `clock` dates them, `ids` make their `Message-ID`.
    pub fn new(sender: Sender, pages: Pages, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self { sender, pages, letters: Arc::new(English), clock, ids }
    }

    /// In the words of `letters` instead.
    #[must_use]
    pub fn with_letters(mut self, letters: Arc<dyn Letters>) -> Self {
        self.letters = letters;
        self
    }

    /// The domain that mails come from, in ASCII.
    pub(crate) fn domain(&self) -> &str {
        self.sender.address.domain()
    }

    /// Writes `mail`.
    pub(crate) fn compose(&self, mail: &Mail) -> Result<Composed, ComposeError> {
        let (words, link) = self.words(mail)?;
        if !words.links_to(&link) {
            return Err(ComposeError::NoLink);
        }
        let to = header::address(&mail.to).ok_or(ComposeError::Address)?;
        let envelope = Envelope::new(Some(self.sender.address.clone()), vec![to.clone()])
            .map_err(|_| ComposeError::Address)?;
        let from = self.sender.name.clone().unwrap_or_else(|| header::text(mail.network.as_str()));
        let name = mail.name.as_ref().map(ToString::to_string);
        let name = name.filter(|name| !header::looks_like_a_page(name)).map(|name| header::text(&name));
        let id = self.ids.next_id().simple().to_string();
        let at = self.clock.now();
        let mut message = Message::builder()
            .from(Mailbox::new(Some(from), self.sender.address.clone()))
            .to(Mailbox::new(name, to))
            .subject(header::text(&words.subject))
            .date(date(at))
            .message_id(Some(format!("<{id}@{}>", self.domain())))
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
            .envelope(envelope);
        if let Some(address) = &self.sender.reply_to {
            message = message.reply_to(Mailbox::new(None, address.clone()));
        }
        let (plain, html) = (render::plain(&words), render::html(&words));
        // Best last (RFC 2046, section 5.1.4).
        let parts = MultiPart::alternative()
            .boundary(boundary(&id, &plain, &html))
            .singlepart(SinglePart::plain(body(plain)))
            .singlepart(SinglePart::html(html));
        let message = message.multipart(parts).map_err(|_| ComposeError::Address)?;
        Ok(Composed { bytes: message.formatted(), envelope: message.envelope().clone(), at, id })
    }

    /// What `mail` says, and the link that must be in it.
    fn words(&self, mail: &Mail) -> Result<(Words, Link), ComposeError> {
        let to = Addressee::of(mail);
        Ok(match &mail.letter {
            Letter::Reset { token, valid_minutes } => {
                let link = self.pages.set_password(token);
                (self.letters.reset(&to, &link, *valid_minutes), link)
            }
            Letter::PasswordSet { at } => {
                let link = self.pages.sign_in();
                (self.letters.password_set(&to, &link, *at), link)
            }
            Letter::Invitation { school, way_in } => {
                let link = self.pages.sign_in();
                (self.letters.invitation(&to, &link, &shown(school.as_str()), *way_in), link)
            }
            _ => return Err(ComposeError::NoWords),
        })
    }
}

/// The most that SMTP carries in a line (RFC 5321, section 4.5.3.1.6), less its end.
const MAX_LINE: usize = 998;

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// The plain text, unencoded where that can be: so the link is in one piece also for whoever opens the file or the raw mail. The library
/// would encode it for a line of more than 76 characters already.
fn body(plain: String) -> Body {
    if plain.is_ascii() && plain.lines().all(|line| line.len() <= MAX_LINE) {
        let bytes = plain.replace('\n', "\r\n").into_bytes();
        Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit)
    } else {
        Body::new(plain)
    }
}

/// What parts the two: the first of its kind that neither has in it, whatever a name may say.
fn boundary(id: &str, plain: &str, html: &str) -> String {
    let mut candidates = (0_u32..).map(|number| format!("part-{id}-{number}"));
    candidates.find(|one| !plain.contains(one) && !html.contains(one)).unwrap_or_default()
}

/// The library that writes the date panics outside the years 1970 to 9999: only a broken clock tells such a time.
fn date(at: Timestamp) -> SystemTime {
    let micros = u64::try_from(at.unix_micros()).unwrap_or_default();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(micros)).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// A mail that is ready to go. Its text may let whoever has it in, so it does not print.
pub(crate) struct Composed {
    /// With its headers, lines ended by CRLF.
    pub(crate) bytes: Vec<u8>,
    pub(crate) envelope: Envelope,
    /// When it was written.
    pub(crate) at: Timestamp,
    /// Of no other mail.
    pub(crate) id: String,
}

impl fmt::Debug for Composed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Composed").field("id", &self.id).finish_non_exhaustive()
    }
}
