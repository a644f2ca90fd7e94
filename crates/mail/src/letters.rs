//! What mails say: in English unless a host says it in another language.

use std::borrow::Cow;
use std::fmt::Debug;

use staffroom_core::{InvitedWayIn, Mail, Timestamp};

use crate::header;
use crate::pages::Link;

/// Whether a language is written from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// As English is.
    LeftToRight,
    /// As Arabic, Hebrew, Persian and Urdu are.
    RightToLeft,
}

/// The language of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    tag: Cow<'static, str>,
    direction: Direction,
}

impl Language {
    /// English.
    pub const ENGLISH: Self = Self { tag: Cow::Borrowed("en"), direction: Direction::LeftToRight };

    /// The language with that tag (BCP 47), as `de` or `pt-BR`.
    pub fn new(tag: impl Into<Cow<'static, str>>, direction: Direction) -> Self {
        Self { tag: tag.into(), direction }
    }

    /// Its tag.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// How it is written.
    pub const fn direction(&self) -> Direction {
        self.direction
    }
}

/// Whom a letter goes to, and about which account. The texts are ready to stand in a sentence: one that is written from right to left does
/// not reorder what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Addressee {
    /// What they are called, to greet them with. `None` if it is not known, or looks like the address of a page: mail programs make links of those.
    pub name: Option<String>,
    /// The address they sign in with.
    pub email: String,
    /// The network that the account is with.
    pub network: String,
}

impl Addressee {
    pub(crate) fn of(mail: &Mail) -> Self {
        let name = mail.name.as_ref().map(ToString::to_string);
        let name = name.filter(|name| !header::looks_like_a_page(name));
        Self {
            name: name.as_deref().map(shown),
            email: shown(mail.to.as_given()),
            network: shown(mail.network.as_str()),
        }
    }
}

/// `text`, set apart by isolates (UAX 9) if anything in it is written from right to left.
pub(crate) fn shown(text: &str) -> String {
    if text.chars().any(is_right_to_left) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// The blocks of the scripts that are written so, and the marks that make others be.
fn is_right_to_left(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8FF}' | '\u{200F}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}'
    )
}

/// What a letter says: a subject, paragraphs, and links. Sent as plain text and as HTML, which are made of the same words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words {
    pub(crate) language: Language,
    pub(crate) subject: String,
    pub(crate) blocks: Vec<Block>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Block {
    Paragraph(String),
    Link { label: String, to: Link },
}

impl Words {
    /// A letter in `language` about `subject`.
    pub fn new(language: Language, subject: impl Into<String>) -> Self {
        Self { language, subject: subject.into(), blocks: Vec::new() }
    }

    /// And a paragraph: text, not HTML. Runs of white space count as one space.
    #[must_use]
    pub fn say(mut self, paragraph: impl Into<String>) -> Self {
        self.blocks.push(Block::Paragraph(paragraph.into()));
        self
    }

    /// And a link in a line of its own, called `label`.
    #[must_use]
    pub fn link(mut self, label: impl Into<String>, to: &Link) -> Self {
        self.blocks.push(Block::Link { label: label.into(), to: to.clone() });
        self
    }

    /// True if `to` is among the links.
    pub(crate) fn links_to(&self, to: &Link) -> bool {
        self.blocks.iter().any(|block| matches!(block, Block::Link { to: one, .. } if one == to))
    }
}

/// Writes letters: one for each occasion. [`English`](crate::English) is built in; a host that speaks another language implements this.
///
/// # Contract
/// A letter must say who sends it and why, what to do for somebody who did not expect it, and that nobody asks for passwords.
/// It must have the link it is given: without, it is not sent. It must not depend on anything but what is handed in: the same mail gets the same words.
pub trait Letters: Debug + Send + Sync {
    /// "Forgot your password?": `set_password` leads to the page where one is chosen, for `valid_minutes` from now, and once. The account may have no password yet.
    fn reset(&self, to: &Addressee, set_password: &Link, valid_minutes: u32) -> Words;

    /// Afterwards: a password was set at that moment. Warns somebody who did not do it.
    fn password_set(&self, to: &Addressee, sign_in: &Link, at: Timestamp) -> Words;

    /// There is an account, for work at `school`, and nobody has ever signed in with it.
    fn invitation(&self, to: &Addressee, sign_in: &Link, school: &str, way_in: InvitedWayIn) -> Words;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_from_right_to_left_is_set_apart() {
        assert_eq!(shown("Zoë Ångström 3"), "Zoë Ångström 3");
        assert_eq!(shown("王小明"), "王小明");
        for text in ["دانا", "דנה", "Dana דנה", "𞤀𞤣"] {
            assert_eq!(shown(text), format!("\u{2068}{text}\u{2069}"));
        }
    }
}
