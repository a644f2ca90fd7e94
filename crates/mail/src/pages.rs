//! The pages that mails point to: from configuration, never from a request.

use std::fmt;

use staffroom_core::Secret;
use url::{Host, Url};

/// The parameter of the page for setting a password that carries the token.
const TOKEN: &str = "token";

/// The most bytes that the address of a page may have: mail programs break links that are much longer.
const MAX_BYTES: usize = 500;

/// Which of the pages is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Page {
    /// The page where people sign in.
    SignIn,
    /// The page where people set a password.
    SetPassword,
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignIn => "the sign-in page",
            Self::SetPassword => "the page for setting a password",
        })
    }
}

/// Why an address cannot be that of a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PagesError {
    /// Not a URL with a host.
    #[error("{0} needs a full address, like `https://school.example/sign-in`")]
    NoUrl(Page),
    /// Whoever listens on the way could take a token from a page that is not https. The own machine is the exception, for trying out.
    #[error(
        "{0} must begin with `https://`; `http://` is for the own machine only (localhost, 127.0.0.1, [::1])"
    )]
    NoHttps(Page),
    /// `https://user@host`: a link that looks as if it led elsewhere.
    #[error("{0} must have no user or password in its address")]
    UserInfo(Page),
    /// `#...`.
    #[error("{0} must have no `#` part in its address")]
    Fragment(Page),
    /// The page has a parameter `token` already, and would have two: programs do not agree on which one counts.
    #[error(
        "{0} must have no parameter `token` in its address: the token is put in when the mail is written"
    )]
    Repeated(Page),
    /// Longer than 500 bytes.
    #[error("{0} has an address of more than {MAX_BYTES} bytes, which mail programs break")]
    TooLong(Page),
}

/// Where people sign in, and where they set a password with the token of a mail.
///
/// ```
/// use staffroom_mail::Pages;
/// assert!(Pages::new("https://school.example/sign-in", "https://school.example/set-password").is_ok());
/// assert!(Pages::new("http://school.example/sign-in", "https://school.example/set-password").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    sign_in: Url,
    set_password: Url,
}

impl Pages {
    /// Checks both addresses. The page for setting a password gets the token as the parameter `token`, beside those it has.
    ///
    /// # Errors
    /// [`PagesError`] says which address will not do, and what to write.
    pub fn new(sign_in: &str, set_password: &str) -> Result<Self, PagesError> {
        Ok(Self {
            sign_in: checked(Page::SignIn, sign_in)?,
            set_password: checked(Page::SetPassword, set_password)?,
        })
    }

    /// To the sign-in page.
    pub(crate) fn sign_in(&self) -> Link {
        Link(self.sign_in.to_string())
    }

    /// To the page for setting a password, with `token`.
    pub(crate) fn set_password(&self, token: &Secret) -> Link {
        let mut url = self.set_password.clone();
        url.query_pairs_mut().append_pair(TOKEN, token.expose());
        Link(url.into())
    }
}

fn checked(page: Page, text: &str) -> Result<Url, PagesError> {
    let url = Url::parse(text).map_err(|_| PagesError::NoUrl(page))?;
    let host = url.host().ok_or(PagesError::NoUrl(page))?;
    match url.scheme() {
        "https" => {}
        "http" if is_own_machine(&host) => {}
        _ => return Err(PagesError::NoHttps(page)),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(PagesError::UserInfo(page));
    }
    if url.fragment().is_some() {
        return Err(PagesError::Fragment(page));
    }
    if url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case(TOKEN)) {
        return Err(PagesError::Repeated(page));
    }
    if url.as_str().len() > MAX_BYTES {
        return Err(PagesError::TooLong(page));
    }
    Ok(url)
}

fn is_own_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// A link to one of the [`Pages`]. It may hold a token that lets whoever has it in, so it does not print; and nothing
/// else can be made into one, so that no letter links to anywhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGN_IN: &str = "https://school.example/sign-in";

    #[test]
    fn the_token_is_put_in_beside_what_is_there() {
        for (page, link) in [
            ("https://school.example/set", "https://school.example/set?token=a%26b%3D%23+c"),
            ("https://school.example/set?lang=en", "https://school.example/set?lang=en&token=a%26b%3D%23+c"),
            ("https://school.example/set?", "https://school.example/set?token=a%26b%3D%23+c"),
            ("http://localhost:8080/set", "http://localhost:8080/set?token=a%26b%3D%23+c"),
            ("http://127.0.0.1/", "http://127.0.0.1/?token=a%26b%3D%23+c"),
            ("http://[::1]/", "http://[::1]/?token=a%26b%3D%23+c"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/?token=a%26b%3D%23+c"),
        ] {
            let pages = Pages::new(SIGN_IN, page).unwrap();
            let link = Link(link.to_owned());
            assert!(pages.set_password(&Secret::new("a&b=# c".to_owned())) == link, "{page}");
            assert_eq!(pages.sign_in().as_str(), SIGN_IN);
            assert_eq!(format!("{link:?}"), "Link(..)");
        }
    }

    #[test]
    fn addresses_that_would_lead_astray_are_refused() {
        let long = format!("https://school.example/{}", "a".repeat(MAX_BYTES));
        for (text, error) in [
            ("", PagesError::NoUrl as fn(Page) -> PagesError),
            ("school.example/set", PagesError::NoUrl),
            ("https://", PagesError::NoUrl),
            ("mailto:it@school.example", PagesError::NoUrl),
            ("http://school.example/set", PagesError::NoHttps),
            ("http://localhost.evil.example/", PagesError::NoHttps),
            ("http://128.0.0.1/", PagesError::NoHttps),
            ("ftp://school.example/", PagesError::NoHttps),
            ("https://school.example@evil.example/", PagesError::UserInfo),
            ("https://:pw@school.example/", PagesError::UserInfo),
            ("https://school.example/#set", PagesError::Fragment),
            ("https://school.example/?token=1", PagesError::Repeated),
            ("https://school.example/?a=b&Token", PagesError::Repeated),
            ("https://school.example/?a=b&%74oken=1", PagesError::Repeated),
            (&long, PagesError::TooLong),
        ] {
            assert_eq!(Pages::new(SIGN_IN, text), Err(error(Page::SetPassword)), "{text}");
            assert_eq!(Pages::new(text, SIGN_IN), Err(error(Page::SignIn)), "{text}");
        }
    }
}
