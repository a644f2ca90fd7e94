//! A mail server on the own machine, that keeps what it is sent, and fails on demand.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use staffroom_core::Secret;
use staffroom_mail::{MailSettings, SmtpMailer, SmtpSettings};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What the server does, other than what a server should.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// Answers so.
    Say(&'static str),
    /// Never answers.
    Hang,
    /// Closes the connection.
    Drop,
}

/// When TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    Never,
    AtOnce,
    Offered,
}

/// How the server behaves.
#[derive(Debug, Clone)]
pub(crate) struct Manners {
    pub(crate) tls: Tls,
    /// What it says it can do.
    pub(crate) can: Vec<&'static str>,
    /// What it does at a command (`GREETING`, `DATA`, `.` for the end of a mail ...).
    pub(crate) at: HashMap<&'static str, Act>,
}

impl Manners {
    pub(crate) fn good(tls: Tls) -> Self {
        Self { tls, can: vec!["8BITMIME", "SMTPUTF8", "AUTH LOGIN PLAIN"], at: HashMap::new() }
    }

    pub(crate) fn but(mut self, command: &'static str, act: Act) -> Self {
        self.at.insert(command, act);
        self
    }
}

/// A mail as it came in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) over_tls: bool,
    /// The last line of signing in, as it came.
    pub(crate) login: Option<String>,
}

#[derive(Debug, Default)]
struct Kept {
    mails: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    /// Every line that came before TLS.
    in_clear: Mutex<String>,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) port: u16,
    /// Its certificate, for `localhost`.
    pub(crate) pem: Vec<u8>,
    kept: Arc<Kept>,
}

impl Server {
    pub(crate) async fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (acceptor, pem) = certificate();
        let kept = Arc::new(Kept::default());
        let shared = Arc::clone(&kept);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let (manners, acceptor, kept) = (manners.clone(), acceptor.clone(), Arc::clone(&shared));
                // A connection that breaks off is the client's to report.
                tokio::spawn(async move { drop(serve(stream, &manners, acceptor, &kept).await) });
            }
        });
        Self { port, pem, kept }
    }

    pub(crate) fn mails(&self) -> Vec<Received> {
        self.kept.mails.lock().unwrap().clone()
    }

    pub(crate) fn only_mail(&self) -> Received {
        let mails = self.mails();
        assert_eq!(mails.len(), 1);
        mails.into_iter().next().unwrap()
    }

    pub(crate) fn connections(&self) -> usize {
        self.kept.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn in_clear(&self) -> String {
        self.kept.in_clear.lock().unwrap().clone()
    }

    /// The settings of `url`, in which `PORT` is the server's.
    pub(crate) fn settings(&self, url: &str) -> SmtpSettings {
        match MailSettings::parse(&url.replace("PORT", &self.port.to_string())).unwrap() {
            MailSettings::Smtp(settings) => settings.trusting(self.pem.clone()),
            other => panic!("{other:?}"),
        }
    }

    /// A mailer with the settings of `url`.
    pub(crate) fn mailer(&self, url: &str) -> SmtpMailer {
        SmtpMailer::new(self.settings(url), super::composer()).unwrap()
    }

    /// The same, signing in.
    pub(crate) fn mailer_as(&self, url: &str, user: &str, password: &str) -> SmtpMailer {
        let settings = self.settings(url).with_login(user, &Secret::new(password.to_owned())).unwrap();
        SmtpMailer::new(settings, super::composer()).unwrap()
    }
}

fn certificate() -> (TlsAcceptor, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem().into_bytes())
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

struct Talk<'a> {
    stream: BufReader<Box<dyn Stream>>,
    manners: &'a Manners,
    kept: &'a Kept,
    over_tls: bool,
}

async fn serve(
    stream: TcpStream,
    manners: &Manners,
    acceptor: TlsAcceptor,
    kept: &Kept,
) -> std::io::Result<()> {
    let mut talk = Talk { stream: BufReader::new(Box::new(stream)), manners, kept, over_tls: false };
    if manners.tls == Tls::AtOnce {
        talk = talk.upgrade(&acceptor).await?;
    }
    talk.answer("GREETING", "220 localhost ready").await?;
    let mut mail = Received::default();
    loop {
        let line = talk.line().await?;
        let command = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match command.as_str() {
            "EHLO" => {
                let offered = if manners.tls == Tls::Offered && !talk.over_tls { "STARTTLS" } else { "HELP" };
                let lines = [&["localhost"], manners.can.as_slice()].concat().join("\r\n250-");
                talk.answer("EHLO", &format!("250-{lines}\r\n250 {offered}")).await?;
            }
            "STARTTLS" => {
                talk.answer("STARTTLS", "220 go on").await?;
                talk = talk.upgrade(&acceptor).await?;
            }
            "AUTH" => {
                mail.login = Some(line.clone());
                if line == "AUTH LOGIN" {
                    talk.answer("LOGIN", "334 VXNlcm5hbWU6").await?;
                    let user = talk.line().await?;
                    talk.answer("LOGIN", "334 UGFzc3dvcmQ6").await?;
                    mail.login = Some(format!("{user} {}", talk.line().await?));
                }
                talk.answer("AUTH", "235 2.7.0 welcome").await?;
            }
            "MAIL" => {
                mail.from = line;
                talk.answer("MAIL", "250 2.1.0 ok").await?;
            }
            "RCPT" => {
                mail.to.push(line);
                talk.answer("RCPT", "250 2.1.5 ok").await?;
            }
            "DATA" => {
                if talk.answer("DATA", "354 go on").await? {
                    mail.bytes = talk.data().await?;
                    mail.over_tls = talk.over_tls;
                    let login = mail.login.clone();
                    kept.mails.lock().unwrap().push(std::mem::take(&mut mail));
                    mail.login = login;
                    talk.answer(".", "250 2.0.0 taken").await?;
                }
            }
            "NOOP" => drop(talk.answer("NOOP", "250 ok").await?),
            "QUIT" => {
                talk.answer("QUIT", "221 bye").await?;
                return Ok(());
            }
            _ => drop(talk.answer("?", "500 what").await?),
        }
    }
}

impl Talk<'_> {
    async fn upgrade(self, acceptor: &TlsAcceptor) -> std::io::Result<Self> {
        let stream = acceptor.accept(self.stream.into_inner()).await?;
        Ok(Self { stream: BufReader::new(Box::new(stream)), over_tls: true, ..self })
    }

    /// The next line, without its end.
    async fn line(&mut self) -> std::io::Result<String> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8(line).unwrap();
        let text = line.strip_suffix("\r\n").expect("lines end with CRLF").to_owned();
        assert!(!text.contains(['\r', '\n']));
        if !self.over_tls {
            *self.kept.in_clear.lock().unwrap() += &line;
        }
        Ok(text)
    }

    /// Everything up to the lone full stop, with doubled ones undone.
    async fn data(&mut self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let line = self.line().await?;
            if line == "." {
                return Ok(bytes);
            }
            // RFC 5321, section 4.5.3.1.6.
            assert!(line.len() <= 998, "a line of {} bytes", line.len());
            bytes.extend_from_slice(line.strip_prefix('.').unwrap_or(&line).as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
    }

    /// Answers at `command` with `usual`, or does what the manners say; false if it did not say yes.
    async fn answer(&mut self, command: &str, usual: &str) -> std::io::Result<bool> {
        let said = match self.manners.at.get(command) {
            Some(Act::Hang) => std::future::pending().await,
            Some(Act::Drop) => return Err(std::io::ErrorKind::ConnectionAborted.into()),
            Some(Act::Say(said)) => said,
            None => usual,
        };
        self.stream.get_mut().write_all(format!("{said}\r\n").as_bytes()).await?;
        self.stream.get_mut().flush().await?;
        Ok(said.starts_with(['2', '3']))
    }
}
