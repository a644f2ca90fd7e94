//! Mails over SMTP.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::{ClientId, Extension};
use staffroom_core::{Mail, MailError, Mailer};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::compose::{Composed, Composer};
use crate::error::{Reply, SendError};
use crate::settings::{Security, SettingsError, SmtpSettings};

/// How many mails are on their way at once: servers count the connections of one client.
const AT_ONCE: usize = 4;

/// How many mails go over one connection, below what servers allow.
const PER_CONNECTION: u32 = 50;

/// How long a connection that was left open may take to show that it still is, and to be closed.
const COURTESY: Duration = Duration::from_secs(5);

/// In the order of preference. Both are safe inside TLS only, which the settings see to.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// How a certificate in PEM form begins (RFC 7468).
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Sends mails through a mail server.
///
/// One mail is one transaction with one addressee. A connection is used again for the next mail, while the server keeps it open; a mail that
/// is given up half-way (also when the future is dropped) takes its connection with it.
pub struct SmtpMailer {
    composer: Composer,
    settings: SmtpSettings,
    login: Option<Credentials>,
    tls: Option<TlsParameters>,
    turns: Semaphore,
    idle: Mutex<Option<Open>>,
}

/// A connection on which mails can be sent.
struct Open {
    connection: AsyncSmtpConnection,
    sent: u32,
}

/// How far a mail has come.
#[derive(Debug, Clone, Copy)]
enum Step {
    Connect,
    StartTls,
    SignIn,
    Send,
}

impl SmtpMailer {
    /// Sends what `composer` writes through the server of `settings`. Nothing is connected to yet.
    ///
    /// # Errors
    /// [`SettingsError::HalfALogin`] and [`SettingsError::Certificate`].
    pub fn new(settings: SmtpSettings, composer: Composer) -> Result<Self, SettingsError> {
        let login = match (&settings.user, &settings.password) {
            (Some(user), Some(password)) => {
                Some(Credentials::new(user.clone(), password.expose().to_owned()))
            }
            (None, None) => None,
            _ => return Err(SettingsError::HalfALogin),
        };
        let tls = match settings.security {
            Security::Plain => None,
            _ => Some(tls(&settings)?),
        };
        let turns = Semaphore::new(AT_ONCE);
        Ok(Self { composer, settings, login, tls, turns, idle: Mutex::new(None) })
    }

    /// Hands `mail` over, and says on which connection.
    async fn hand_over(&self, mail: &Composed) -> Result<Open, SendError> {
        let mut open = match self.still_open().await {
            Some(open) => open,
            None => self.connect().await?,
        };
        let foreign = mail.envelope.to().iter().any(|to| !AsRef::<str>::as_ref(to).is_ascii());
        let server = open.connection.server_info();
        if foreign
            && !(server.supports_feature(Extension::SmtpUtfEight)
                && server.supports_feature(Extension::EightBitMime))
        {
            open.close().await;
            return Err(SendError::NoSmtpUtf8);
        }
        let sent = open.connection.send(&mail.envelope, &mail.bytes).await;
        sent.map_err(|error| self.fault(Step::Send, &error))?;
        open.sent = open.sent.saturating_add(1);
        Ok(open)
    }

    /// The connection of the mail before, if the server still answers on it.
    async fn still_open(&self) -> Option<Open> {
        let mut open = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let answers = timeout(COURTESY, open.connection.test_connected()).await;
        answers.unwrap_or(false).then_some(open)
    }

    async fn connect(&self) -> Result<Open, SendError> {
        let SmtpSettings { host, port, security, .. } = &self.settings;
        let hello = ClientId::Domain(self.composer.domain().to_owned());
        let at_once = self.tls.clone().filter(|_| *security == Security::Tls);
        // A host may have several addresses: one that is silent leaves time for the next.
        let patience = Some(self.settings.timeout / 3);
        let server = (host.as_str(), *port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, patience, &hello, at_once, None)
            .await
            .map_err(|error| self.fault(Step::Connect, &error))?;
        if let (Security::StartTls | Security::Opportunistic, Some(tls)) = (security, &self.tls) {
            if connection.can_starttls() {
                let upgraded = connection.starttls(tls.clone(), &hello).await;
                upgraded.map_err(|error| self.fault(Step::StartTls, &error))?;
            } else if *security == Security::StartTls {
                return Err(SendError::NoStartTls { server: self.settings.server() });
            }
        }
        if let Some(login) = &self.login {
            if connection.server_info().get_auth_mechanism(&MECHANISMS).is_none() {
                return Err(SendError::NoSignIn { server: self.settings.server() });
            }
            let signed_in = connection.auth(&MECHANISMS, login).await;
            signed_in.map_err(|error| self.fault(Step::SignIn, &error))?;
        }
        Ok(Open { connection, sent: 0 })
    }

    /// What went wrong, without the words of the server and without the error of the library, which quotes them.
    fn fault(&self, step: Step, error: &lettre::transport::smtp::Error) -> SendError {
        let server = self.settings.server();
        let sources = || std::iter::successors(std::error::Error::source(error), |error| error.source());
        let io = sources().find_map(|source| source.downcast_ref::<std::io::Error>());
        let reason = io
            .map(ToString::to_string)
            .or_else(|| sources().last().map(ToString::to_string))
            .unwrap_or_default();
        if let Some(code) = error.status() {
            let reply = Reply::new(code.into(), &reason);
            return match step {
                Step::SignIn if error.is_permanent() => SendError::SignIn(reply),
                _ if error.is_permanent() => SendError::Refused(reply),
                _ => SendError::Later(reply),
            };
        }
        // So the TLS library calls a certificate that it does not trust, and an answer that is no TLS.
        let invalid = io.is_some_and(|error| error.kind() == std::io::ErrorKind::InvalidData);
        match step {
            // An answer that is not SMTP: its words may be anything.
            _ if error.is_response() => SendError::Broken { server },
            Step::Connect if invalid && self.settings.security == Security::Tls => {
                SendError::Tls { server, reason }
            }
            Step::Connect => SendError::Unreachable { server, reason },
            Step::StartTls => SendError::Tls { server, reason },
            Step::SignIn | Step::Send => SendError::Broken { server },
        }
    }

    /// Keeps a connection for the next mail, or closes it.
    async fn put_by(&self, open: Open) {
        if open.sent < PER_CONNECTION {
            let before = self.idle.lock().unwrap_or_else(PoisonError::into_inner).replace(open);
            drop(before);
        } else {
            open.close().await;
        }
    }
}

impl Open {
    /// Says goodbye. Whether the server answers is of no matter.
    async fn close(mut self) {
        let _ = timeout(COURTESY, self.connection.quit()).await;
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let composed = self.composer.compose(mail).map_err(SendError::from)?;
        // Never closed.
        let turn = self.turns.acquire().await;
        let SmtpSettings { timeout: after, .. } = self.settings;
        let open = timeout(after, self.hand_over(&composed))
            .await
            .unwrap_or_else(|_| Err(SendError::TimedOut { server: self.settings.server(), after }))?;
        drop(turn);
        self.put_by(open).await;
        Ok(())
    }
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn tls(settings: &SmtpSettings) -> Result<TlsParameters, SettingsError> {
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.trusted {
        // The library takes a text without any certificate for none, and would trust the machine's only.
        if !pem.windows(PEM.len()).any(|part| part == PEM) {
            return Err(SettingsError::Certificate);
        }
        let certificate = Certificate::from_pem(pem).map_err(|_| SettingsError::Certificate)?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build().map_err(|_| SettingsError::Certificate)
}
