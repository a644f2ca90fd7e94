//! A network between the store and its server, inside the test process, that can be told to fail at a certain message.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use staffroom_testkit::postgres::Database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinSet;

/// What the network does, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Loses the message, and both ends see the connection closed.
    CutBefore,
    /// Delivers the message, and closes the connection at both ends before the reply.
    CutAfter,
    /// Delivers the message, lets the server answer, loses the reply, and closes the connection.
    LoseReply,
    /// From this message on nothing arrives, either way, and nobody is told.
    GoSilent,
    /// Delivers the message, and from then on nothing arrives, either way, and nobody is told.
    GoSilentAfter,
    /// Holds the message until the test has done something.
    Hold,
    /// Delivers the message at the moment when the test may do something.
    Pass,
}

/// When it does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// At that message which asks the server to do something and answer, counted from one.
    Message(u64),
    /// At the message that commits.
    Commit,
}

/// Told by a proxy that holds a message: to be answered when it may go on.
pub(crate) type Held = oneshot::Sender<()>;

#[derive(Debug, Default)]
struct Script {
    armed: Option<(When, Fault)>,
    /// Messages seen since it was armed.
    seen: u64,
    fired: bool,
    /// Where new connections go.
    server: u16,
}

pub(crate) struct Proxy {
    port: u16,
    script: Arc<Mutex<Script>>,
    held: mpsc::UnboundedReceiver<Held>,
    heal: Arc<Notify>,
    /// Ends with the proxy, and every connection with it.
    _accepting: JoinSet<()>,
}

impl Proxy {
    /// In front of the server at that port of this machine.
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = Arc::new(Mutex::new(Script { server, ..Script::default() }));
        let (tell, held) = mpsc::unbounded_channel();
        let mut accepting = JoinSet::new();
        let told = Arc::clone(&script);
        let heal = Arc::new(Notify::new());
        let healing = Arc::clone(&heal);
        accepting.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                let Ok((client, _)) = listener.accept().await else { return };
                let (script, tell, heal) = (Arc::clone(&told), tell.clone(), Arc::clone(&healing));
                open.spawn(async move {
                    let server = script.lock().unwrap_or_else(PoisonError::into_inner).server;
                    // With no server there, the client sees its connection closed.
                    if let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await {
                        client.set_nodelay(true).ok();
                        server.set_nodelay(true).ok();
                        drop(Line { client, server, script, tell, heal }.carry().await);
                    }
                });
                while open.try_join_next().is_some() {}
            }
        });
        Self { port, script, held, heal, _accepting: accepting }
    }

    /// To `database` through the proxy, as `role`, whose password is its name.
    pub(crate) fn options(&self, database: &Database, role: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .ssl_mode(PgSslMode::Disable)
            .username(role)
            .password(role)
            .application_name("faulty")
            .database(database.name())
    }

    /// Does `fault` at that message from now on, whatever connection it comes over.
    pub(crate) fn arm(&self, when: When, fault: Fault) {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        *script = Script { armed: Some((when, fault)), seen: 0, fired: false, server: script.server };
    }

    /// Whether the fault has happened, and how many messages there were since it was armed. What is held or silent still
    /// comes to its end, as it does some time: what a pool says to a connection that it takes back can meet the fault, too.
    pub(crate) fn disarm(&mut self) -> (bool, u64) {
        self.heal.notify_waiters();
        while let Ok(held) = self.held.try_recv() {
            held.send(()).ok();
        }
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.armed = None;
        (script.fired, script.seen)
    }

    /// How many messages `work` takes that no fault meets.
    pub(crate) async fn messages_of(&mut self, work: impl Future<Output = ()>) -> u64 {
        self.arm(When::Message(u64::MAX), Fault::CutBefore);
        work.await;
        self.disarm().1
    }

    /// Waits until a message is held.
    pub(crate) async fn held(&mut self) -> Held {
        self.held.recv().await.unwrap()
    }

    /// New connections go to another server.
    pub(crate) fn turn_to(&self, server: u16) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).server = server;
    }
}

struct Line {
    client: TcpStream,
    server: TcpStream,
    script: Arc<Mutex<Script>>,
    tell: mpsc::UnboundedSender<Held>,
    heal: Arc<Notify>,
}

/// What is left of a stream that was taken apart into messages.
#[derive(Default)]
struct Messages {
    bytes: Vec<u8>,
    /// The first message of a client has no type.
    started: bool,
}

impl Messages {
    /// The next whole message, if it has all arrived.
    fn next(&mut self) -> Option<Vec<u8>> {
        let at = usize::from(self.started);
        let length: [u8; 4] = self.bytes.get(at..at + 4)?.try_into().unwrap();
        let end = at + usize::try_from(u32::from_be_bytes(length)).unwrap();
        if self.bytes.len() < end {
            return None;
        }
        self.started = true;
        let rest = self.bytes.split_off(end);
        Some(std::mem::replace(&mut self.bytes, rest))
    }
}

impl Line {
    /// Carries bytes both ways until an end is closed, or a fault happens.
    async fn carry(mut self) -> std::io::Result<()> {
        let mut asked = Messages::default();
        let mut together = Vec::new();
        let (mut from_client, mut from_server) = (vec![0; 16_384], vec![0; 16_384]);
        loop {
            tokio::select! {
                count = self.client.read(&mut from_client) => match count? {
                    0 => return Ok(()),
                    count => {
                        asked.bytes.extend_from_slice(&from_client[..count]);
                        while let Some(message) = asked.next() {
                            // What is sent together arrives together, or not at all.
                            let goes_on = matches!(message.first(), Some(b'P' | b'B' | b'D' | b'E' | b'C'));
                            let fault = self.fault_at(&message);
                            together.extend(message);
                            if goes_on {
                                continue;
                            }
                            match fault {
                                None => self.server.write_all(&together).await?,
                                Some(fault) if self.fail(fault, &together).await? => return Ok(()),
                                Some(_) => {}
                            }
                            together.clear();
                        }
                    }
                },
                count = self.server.read(&mut from_server) => match count? {
                    0 => return Ok(()),
                    count => self.client.write_all(&from_server[..count]).await?,
                },
            }
        }
    }

    /// The fault that is to happen at this message.
    fn fault_at(&self, message: &[u8]) -> Option<Fault> {
        // A query, or the end of what belongs together: the server answers now.
        if !matches!(message.first(), Some(b'Q' | b'S')) {
            return None;
        }
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let (when, fault) = script.armed.filter(|_| !script.fired)?;
        script.seen += 1;
        script.fired = match when {
            When::Message(number) => script.seen == number,
            When::Commit => message.ends_with(b"COMMIT\0"),
        };
        script.fired.then_some(fault)
    }

    /// Does it. True if the connection is at its end.
    async fn fail(&mut self, fault: Fault, message: &[u8]) -> std::io::Result<bool> {
        match fault {
            Fault::CutBefore => Ok(true),
            Fault::CutAfter => {
                self.server.write_all(message).await?;
                Ok(true)
            }
            Fault::LoseReply => {
                self.server.write_all(message).await?;
                self.swallow_reply().await?;
                Ok(true)
            }
            Fault::GoSilent => self.go_silent().await,
            Fault::GoSilentAfter => {
                self.server.write_all(message).await?;
                self.go_silent().await
            }
            Fault::Hold => {
                self.ask_the_test().await;
                self.server.write_all(message).await?;
                Ok(false)
            }
            Fault::Pass => {
                self.server.write_all(message).await?;
                self.ask_the_test().await;
                Ok(false)
            }
        }
    }

    async fn ask_the_test(&self) {
        let (go_on, held) = oneshot::channel();
        self.tell.send(go_on).ok();
        held.await.ok();
    }

    /// Until the server is ready for the next message: what was asked has been done then.
    async fn swallow_reply(&mut self) -> std::io::Result<()> {
        let mut answered = Messages { started: true, ..Messages::default() };
        let mut bytes = vec![0; 16_384];
        loop {
            let count = self.server.read(&mut bytes).await?;
            if count == 0 {
                return Ok(());
            }
            answered.bytes.extend_from_slice(&bytes[..count]);
            while let Some(message) = answered.next() {
                if message.first() == Some(&b'Z') {
                    return Ok(());
                }
            }
        }
    }

    /// Both ends stay open, and hear nothing, until the proxy is disarmed.
    async fn go_silent(&mut self) -> std::io::Result<bool> {
        let healed = Arc::clone(&self.heal);
        let mut bytes = vec![0; 16_384];
        let listening = async {
            while self.client.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
            // The client has given up; the server still waits, until it gives up itself.
            while self.server.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
        };
        tokio::select! {
            () = listening => {}
            () = healed.notified() => {}
        }
        Ok(true)
    }
}
