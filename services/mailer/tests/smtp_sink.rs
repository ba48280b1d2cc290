//! A mail server that follows a script: agreeable, or as awkward as real ones can be.
//!
//! Include it in a test with `#[path = "…/smtp_sink.rs"] mod smtp_sink;`. Each connection takes the next [`Act`] of the
//! script; when the script has ended, the last one is played again.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "tests include it and use a part of it; what fails ends the test"
)]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A moment of the dialogue at which the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// The first line, before the client has spoken.
    Greeting,
    /// EHLO.
    Ehlo,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA.
    Data,
    /// After the dot that ends the mail.
    Content,
}

/// What the server does in one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Takes the mail.
    Accept,
    /// Answers this at the verb, and is agreeable elsewhere.
    Answer(Verb, String),
    /// Says nothing from this verb on, and keeps the connection open.
    Hang(Verb),
    /// Closes the connection instead of answering this verb.
    Close(Verb),
    /// Sends its greeting a byte at a time, with this long between them.
    Drip(Duration),
    /// Takes the mail, and answers only after this long, as a content filter does.
    Ponder(Duration),
    /// Takes the mail, says so, and closes without waiting for QUIT.
    AcceptAndClose,
    /// Takes the mail and closes without saying so.
    TakeAndClose,
    /// Takes the mail and never answers QUIT.
    AcceptAndHangAtQuit,
}

impl Act {
    /// Answers this at the verb.
    pub fn answer(verb: Verb, line: &str) -> Self {
        Self::Answer(verb, line.to_owned())
    }
}

/// How the server uses TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all.
    None,
    /// Offered by STARTTLS.
    StartTls,
    /// From the first byte.
    FromTheStart,
}

/// A mail as the server took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenMail {
    /// The sender's address in the envelope.
    pub from: String,
    /// The recipients' addresses in the envelope.
    pub to: Vec<String>,
    /// The mail, with dots unstuffed and lines ending in CR LF.
    pub bytes: Vec<u8>,
    /// Whether it came over TLS.
    pub over_tls: bool,
    /// What the client gave with AUTH, decoded by nobody.
    pub credentials: Option<String>,
}

/// The server. It stops when dropped.
pub struct SmtpSink {
    /// Where it listens.
    pub address: SocketAddr,
    /// The authority that signed its certificate, as PEM.
    pub authority_pem: String,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    script: VecDeque<Act>,
    mails: Vec<TakenMail>,
    connections: usize,
}

impl SmtpSink {
    /// Starts on a free port of loopback, without TLS.
    pub async fn start(script: impl IntoIterator<Item = Act>) -> Self {
        Self::start_with(TlsMode::None, script).await
    }

    /// Starts on a free port of loopback.
    pub async fn start_with(tls: TlsMode, script: impl IntoIterator<Item = Act>) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), tls, script).await
    }

    /// Starts at this address: for a server that is away at first.
    pub async fn start_at(address: SocketAddr, tls: TlsMode, script: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            script: script.into_iter().collect(),
            ..State::default()
        }));
        let (acceptor, authority_pem) = acceptor();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let act = shared.lock().unwrap().next_act();
                let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
                tokio::spawn(async move { serve(stream, tls, acceptor, act, shared).await });
            }
        });
        Self {
            address,
            authority_pem,
            state,
            task,
        }
    }

    /// `smtp://` URL of the server.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Every mail taken so far, whether or not the client was told.
    pub fn mails(&self) -> Vec<TakenMail> {
        self.state.lock().unwrap().mails.clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Replaces what is left of the script.
    pub fn play(&self, script: impl IntoIterator<Item = Act>) {
        self.state.lock().unwrap().script = script.into_iter().collect();
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    fn next_act(&mut self) -> Act {
        self.connections += 1;
        match self.script.len() {
            0 => Act::Accept,
            1 => self.script[0].clone(),
            _ => self.script.pop_front().unwrap(),
        }
    }
}

fn acceptor() -> (TlsAcceptor, String) {
    let signed = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), signed.cert.pem())
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

async fn serve(stream: TcpStream, tls: TlsMode, acceptor: TlsAcceptor, act: Act, state: Arc<Mutex<State>>) {
    let wire: Box<dyn Wire> = match tls {
        TlsMode::FromTheStart => match acceptor.accept(stream).await {
            Ok(stream) => Box::new(stream),
            Err(_) => return,
        },
        _ => Box::new(stream),
    };
    let mut talk = Talk {
        wire: BufReader::new(wire),
        act,
        state,
        over_tls: tls == TlsMode::FromTheStart,
    };
    if talk.greet().await.is_none() {
        return;
    }
    if talk.converse(tls == TlsMode::StartTls).await == Some(Next::UpgradeToTls) {
        let Talk { wire, act, state, .. } = talk;
        let Ok(secured) = acceptor.accept(wire.into_inner()).await else {
            return;
        };
        let mut talk = Talk {
            wire: BufReader::new(Box::new(secured)),
            act,
            state,
            over_tls: true,
        };
        talk.converse(false).await;
    }
}

#[derive(PartialEq, Eq)]
enum Next {
    UpgradeToTls,
}

struct Talk {
    wire: BufReader<Box<dyn Wire>>,
    act: Act,
    state: Arc<Mutex<State>>,
    over_tls: bool,
}

/// `None` throughout means: the connection is over.
impl Talk {
    async fn say(&mut self, line: &str) -> Option<()> {
        self.wire.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
        self.wire.flush().await.ok()
    }

    /// Plays the act at this verb, or answers agreeably.
    async fn reply(&mut self, verb: Verb, agreeable: &str) -> Option<()> {
        match self.act.clone() {
            Act::Answer(at, line) if at == verb => self.say(&line).await,
            Act::Hang(at) if at == verb => {
                tokio::time::sleep(Duration::from_secs(3_600)).await;
                None
            }
            Act::Close(at) if at == verb => None,
            _ => self.say(agreeable).await,
        }
    }

    async fn greet(&mut self) -> Option<()> {
        if let Act::Drip(pause) = self.act {
            for byte in b"220 sink.example ESMTP and a long welcome to every sender\r\n" {
                self.wire.write_all(&[*byte]).await.ok()?;
                self.wire.flush().await.ok()?;
                tokio::time::sleep(pause).await;
            }
            return Some(());
        }
        self.reply(Verb::Greeting, "220 sink.example ESMTP").await
    }

    async fn converse(&mut self, offers_tls: bool) -> Option<Next> {
        let mut mail = TakenMail {
            from: String::new(),
            to: vec![],
            bytes: vec![],
            over_tls: self.over_tls,
            credentials: None,
        };
        loop {
            let mut line = String::new();
            if self.wire.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            match line
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase()
                .as_str()
            {
                "EHLO" if offers_tls => self.reply(Verb::Ehlo, "250-sink.example\r\n250 STARTTLS").await?,
                "EHLO" => {
                    self.reply(Verb::Ehlo, "250-sink.example\r\n250 AUTH PLAIN")
                        .await?
                }
                "STARTTLS" => {
                    self.reply(Verb::StartTls, "220 go on").await?;
                    return Some(Next::UpgradeToTls);
                }
                "AUTH" => {
                    mail.credentials = line.split(' ').nth(2).map(str::to_owned);
                    self.reply(Verb::Auth, "235 welcome").await?;
                }
                "MAIL" => {
                    mail.from = path_of(line);
                    self.reply(Verb::Mail, "250 ok").await?;
                }
                "RCPT" => {
                    mail.to.push(path_of(line));
                    self.reply(Verb::Rcpt, "250 ok").await?;
                }
                "DATA" => {
                    self.reply(Verb::Data, "354 go on").await?;
                    if !matches!(&self.act, Act::Answer(Verb::Data, _)) {
                        self.take(&mut mail).await?;
                    }
                }
                "QUIT" if self.act == Act::AcceptAndHangAtQuit => {
                    tokio::time::sleep(Duration::from_secs(3_600)).await
                }
                "QUIT" => {
                    self.say("221 bye").await?;
                    return None;
                }
                _ => self.say("502 what?").await?,
            }
        }
    }

    /// Reads a mail to its dot. It counts as taken unless the answer to it is a refusal.
    async fn take(&mut self, mail: &mut TakenMail) -> Option<()> {
        mail.bytes.clear();
        loop {
            let mut line = vec![];
            if self.wire.read_until(b'\n', &mut line).await.ok()? == 0 {
                return None;
            }
            if line == b".\r\n" {
                break;
            }
            mail.bytes
                .extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        if !matches!(&self.act, Act::Answer(Verb::Content, line) if !line.starts_with('2')) {
            self.state.lock().unwrap().mails.push(mail.clone());
        }
        match self.act {
            Act::TakeAndClose => return None,
            Act::Ponder(time) => tokio::time::sleep(time).await,
            _ => {}
        }
        self.reply(Verb::Content, "250 2.0.0 queued as 1").await?;
        (self.act != Act::AcceptAndClose).then_some(())
    }
}

/// `MAIL FROM:<a@b>` and `RCPT TO:<a@b>`: the address.
fn path_of(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or("", |(address, _)| address)
        .to_owned()
}
