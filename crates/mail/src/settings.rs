//! Where mail goes: one setting.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use staffroom_core::{Mailer, Secret};
use url::Url;

use crate::compose::Composer;
use crate::folder::FolderMailer;
use crate::smtp::SmtpMailer;

/// Why a setting is none. Nothing of the setting is repeated: a password may be anywhere in one that was mistyped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// None of the four forms.
    #[error(
        "mail goes to `smtps://user:password@host:port`, `smtp://user:password@host:port`, `folder:PATH` or `none`; \
         in user and password, write `%` as `%25`, `@` as `%40`, `:` as `%3A`, `/` as `%2F`, `?` as `%3F` and `#` as `%23`"
    )]
    Form,
    /// `folder:` without a path.
    #[error("`folder:` needs the path of a folder, as `folder:mails`")]
    NoFolder,
    /// No name of a host, and no address of one.
    #[error("the mail server needs a host in plain ASCII, as `smtps://mail.school.example`")]
    Host,
    /// Port 0.
    #[error("the mail server needs a port between 1 and 65535")]
    Port,
    /// Something after the host and port that is no parameter.
    #[error("nothing but `?tls=...` may follow host and port of the mail server")]
    Rest,
    /// A parameter that means nothing here.
    #[error("the only parameter of a mail server is `tls`; in a password, write `?` as `%3F`")]
    UnknownParameter,
    /// The same parameter again: programs do not agree on which one counts.
    #[error("the parameter `tls` is there more than once")]
    RepeatedParameter,
    /// `tls` with some other value, or with `smtps://`.
    #[error(
        "`tls` is `required`, `opportunistic` or, on the own machine, `none`; it goes with `smtp://` only, since `smtps://` is TLS already"
    )]
    Tls,
    /// Mails hold links that let people in: they do not cross a network in clear.
    #[error(
        "mail without TLS is for the own machine only (localhost, 127.0.0.1, [::1]); use `smtps://` or `?tls=required`"
    )]
    Plain,
    /// With `opportunistic`, whoever sits between can have the password by hiding that the server knows TLS.
    #[error(
        "a password does not go with `tls=opportunistic`, which an attacker can turn off; use `smtps://` or `?tls=required`"
    )]
    PasswordInClear,
    /// User or password with a control character, or not in UTF-8.
    #[error("user and password of the mail server must be text without control characters")]
    Login,
    /// One of the two without the other.
    #[error("the mail server needs both a user and a password, or neither")]
    HalfALogin,
    /// The certificate to trust is none.
    #[error("the certificate to trust must be in PEM form (`-----BEGIN CERTIFICATE-----`)")]
    Certificate,
}

/// Why there is no mailer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailerError {
    /// The setting is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The folder for mails is none, or cannot be made.
    #[error("the folder for mails cannot be used")]
    Folder(#[source] io::Error),
}

/// Where mail goes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum MailSettings {
    /// Nowhere.
    Nowhere,
    /// Into a folder of `.eml` files, for trying out.
    Folder(PathBuf),
    /// To a mail server.
    Smtp(SmtpSettings),
}

impl MailSettings {
    /// Reads `smtps://...`, `smtp://...`, `folder:PATH` or `none`.
    ///
    /// # Errors
    /// [`SettingsError`] says what to write.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        if text == "none" {
            return Ok(Self::Nowhere);
        }
        match text.strip_prefix("folder:") {
            Some("") => Err(SettingsError::NoFolder),
            Some(path) => Ok(Self::Folder(PathBuf::from(path))),
            None => SmtpSettings::parse(text).map(Self::Smtp),
        }
    }

    /// The mailer that hands over what `composer` writes; `None` if mail goes nowhere. Nothing is connected to yet.
    ///
    /// # Errors
    /// If the setting is half (a user without a password), or the folder cannot be made.
    pub fn mailer(self, composer: Composer) -> Result<Option<Arc<dyn Mailer>>, MailerError> {
        Ok(match self {
            Self::Nowhere => None,
            Self::Folder(path) => {
                Some(Arc::new(FolderMailer::new(path, composer).map_err(MailerError::Folder)?))
            }
            Self::Smtp(settings) => Some(Arc::new(SmtpMailer::new(settings, composer)?)),
        })
    }
}

impl FromStr for MailSettings {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        Self::parse(text)
    }
}

/// How a connection is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314): `smtps://`.
    Tls,
    /// `STARTTLS`, and no mail without it: `smtp://`.
    StartTls,
    /// `STARTTLS` if the server offers it: `smtp://...?tls=opportunistic`. Keeps out who listens, not who interferes.
    Opportunistic,
    /// None: `smtp://` to the own machine.
    Plain,
}

/// A mail server, and how to talk to it. The password does not print.
#[derive(Clone)]
pub struct SmtpSettings {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) timeout: Duration,
    pub(crate) trusted: Option<Vec<u8>>,
}

impl SmtpSettings {
    /// How long one mail may take unless said otherwise. Some servers let strangers wait for half a minute before they greet them.
    pub const TIMEOUT: Duration = Duration::from_mins(1);

    fn parse(text: &str) -> Result<Self, SettingsError> {
        let url = Url::parse(text).map_err(|_| SettingsError::Form)?;
        let over_tls = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(SettingsError::Form),
        };
        let host = host_of(&url)?;
        let port = url.port().unwrap_or(if over_tls { 465 } else { 587 });
        if port == 0 {
            return Err(SettingsError::Port);
        }
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SettingsError::Rest);
        }
        let security = match (over_tls, tls_parameter(&url)?.as_deref()) {
            (true, None) => Security::Tls,
            (false, None | Some("none")) if is_own_machine(&host) => Security::Plain,
            (false, None | Some("required")) => Security::StartTls,
            (false, Some("opportunistic")) => Security::Opportunistic,
            (false, Some("none")) => return Err(SettingsError::Plain),
            _ => return Err(SettingsError::Tls),
        };
        let settings = Self {
            user: (!url.username().is_empty()).then(|| login(url.username())).transpose()?,
            password: url.password().map(login).transpose()?.map(Secret::new),
            host,
            port,
            security,
            timeout: Self::TIMEOUT,
            trusted: None,
        };
        settings.check_password_in_clear()?;
        Ok(settings)
    }

    /// Signs in as `user` with `password`, in place of what the URL says: a password apart is not in the list of processes.
    ///
    /// # Errors
    /// [`SettingsError::Login`] if either is empty or has a control character, [`SettingsError::PasswordInClear`].
    pub fn with_login(mut self, user: &str, password: &Secret) -> Result<Self, SettingsError> {
        if user.is_empty() || password.expose().is_empty() {
            return Err(SettingsError::Login);
        }
        self.user = Some(without_controls(user)?);
        self.password = Some(Secret::new(without_controls(password.expose())?));
        self.check_password_in_clear()?;
        Ok(self)
    }

    /// Gives a mail up after `timeout`, from connecting to the server's last answer.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Trusts the certificates in `pem` beside those that the machine trusts: for a mail server with an authority of its own. They are read when the mailer is made.
    #[must_use]
    pub fn trusting(mut self, pem: Vec<u8>) -> Self {
        self.trusted = Some(pem);
        self
    }

    /// The user that the setting names.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// How the connection is kept from others.
    pub const fn security(&self) -> Security {
        self.security
    }

    /// Host and port.
    pub fn server(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    fn check_password_in_clear(&self) -> Result<(), SettingsError> {
        let in_clear = self.security == Security::Opportunistic && !is_own_machine(&self.host);
        if in_clear && (self.user.is_some() || self.password.is_some()) {
            return Err(SettingsError::PasswordInClear);
        }
        Ok(())
    }
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("server", &self.server())
            .field("security", &self.security)
            .field("user", &self.user)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The host, without the brackets of an IPv6 address.
fn host_of(url: &Url) -> Result<String, SettingsError> {
    let host = url.host_str().unwrap_or_default();
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return Ok(address.to_owned());
    }
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    if host.is_empty() || !plain { Err(SettingsError::Host) } else { Ok(host.to_ascii_lowercase()) }
}

fn is_own_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The value of the one parameter there is.
fn tls_parameter(url: &Url) -> Result<Option<String>, SettingsError> {
    let mut value = None;
    for (name, given) in url.query_pairs() {
        if name != "tls" {
            return Err(SettingsError::UnknownParameter);
        }
        if value.replace(given.into_owned()).is_some() {
            return Err(SettingsError::RepeatedParameter);
        }
    }
    Ok(value)
}

fn login(text: &str) -> Result<String, SettingsError> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| SettingsError::Login)?;
    without_controls(&decoded)
}

fn without_controls(text: &str) -> Result<String, SettingsError> {
    if text.chars().any(char::is_control) { Err(SettingsError::Login) } else { Ok(text.to_owned()) }
}
