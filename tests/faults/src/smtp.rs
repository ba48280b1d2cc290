//! A mail server with habits: towards some recipients always, towards everybody while it is in a mood.

use std::collections::HashMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Serialize;
use tests::inbox::Mail;
use tests::smtp_sink::TakenMail;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// How the whole server behaves for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Agreeable, as far as recipients' habits go.
    Agreeable,
    /// Accepts connections and closes them.
    Away,
    /// Says nothing, not even a greeting.
    Silent,
    /// Answers this reply to this verb.
    Answers(&'static str, &'static str),
    /// Falls silent at this verb.
    HangsAt(&'static str),
    /// Closes instead of answering this verb.
    ClosesAt(&'static str),
    /// A byte at a time.
    Drips(Duration),
}

impl fmt::Display for Mood {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agreeable => write!(text, "agreeable"),
            Self::Away => write!(text, "away"),
            Self::Silent => write!(text, "silent"),
            Self::Answers(verb, reply) => write!(text, "answers {reply:?} to {verb}"),
            Self::HangsAt(verb) => write!(text, "hangs at {verb}"),
            Self::ClosesAt(verb) => write!(text, "closes at {verb}"),
            Self::Drips(pause) => write!(text, "drips a byte each {} ms", pause.as_millis()),
        }
    }
}

/// What one recipient's mails meet. The address says it, before the plus sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Taken.
    Plain,
    /// Put off at the first try, as greylisting does.
    Greylisted,
    /// Refused for good: there is no such mailbox.
    Refused,
    /// At the first try the mail is taken and the connection closed without a word.
    TakenInSilence,
    /// Taken, and the connection closed without waiting for QUIT.
    ClosedAfter,
}

/// Every habit, with the beginning of the addresses that have it.
pub const HABITS: [(&str, Habit); 5] = [
    ("plain", Habit::Plain),
    ("greylisted", Habit::Greylisted),
    ("refused", Habit::Refused),
    ("silence", Habit::TakenInSilence),
    ("closing", Habit::ClosedAfter),
];

/// A mail that the server took, whether or not it said so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Taken {
    /// Seconds since the server began.
    pub at: f64,
    /// The recipient's address, in lower case.
    pub recipient: String,
    /// Message-ID, up to the sign `@`: the request, or the notice.
    pub key: String,
    /// The token of its link, where it has one.
    pub token: Option<String>,
}

/// The server. It stops when dropped.
pub struct SmtpServer {
    /// Where it listens.
    pub port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    begun: Instant,
    mood: watch::Sender<Mood>,
    taken: Mutex<Vec<Taken>>,
    tries: Mutex<HashMap<String, u32>>,
    arrived: Notify,
}

impl SmtpServer {
    /// Starts on a free port of loopback.
    pub async fn start() -> Self {
        let port = tests::ports::free_port();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).await.expect("a free port");
        let shared = Arc::new(Shared {
            begun: Instant::now(),
            mood: watch::Sender::new(Mood::Agreeable),
            taken: Mutex::default(),
            tries: Mutex::default(),
            arrived: Notify::new(),
        });
        let for_task = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if *for_task.mood.borrow() != Mood::Away {
                    tokio::spawn(Talk::new(stream, Arc::clone(&for_task)).run());
                }
            }
        });
        Self { port, shared, task }
    }

    /// Since when it runs: the instant from which [`Taken::at`] counts.
    pub fn begun(&self) -> Instant {
        self.shared.begun
    }

    /// From now on the server is in this mood.
    pub fn set(&self, mood: Mood) {
        self.shared.mood.send_replace(mood);
    }

    /// Every mail taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.shared.taken.lock().unwrap().clone()
    }

    /// How many mails were taken so far.
    pub fn count(&self) -> usize {
        self.shared.taken.lock().unwrap().len()
    }

    /// Waits for the link of a mail to this address, from the one of this number on. Nothing when none comes in time.
    pub async fn token(&self, address: &str, from: usize, patience: Duration) -> Option<String> {
        let address = address.to_lowercase();
        let look = || {
            let taken = self.shared.taken.lock().unwrap();
            taken[from..]
                .iter()
                .rev()
                .find(|it| it.recipient == address)
                .and_then(|it| it.token.clone())
        };
        let wait = async {
            loop {
                let arrival = self.shared.arrived.notified();
                tokio::pin!(arrival);
                arrival.as_mut().enable();
                if let Some(token) = look() {
                    return token;
                }
                arrival.await;
            }
        };
        tokio::time::timeout(patience, wait).await.ok()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection.
struct Talk {
    wire: BufReader<TcpStream>,
    shared: Arc<Shared>,
    recipient: String,
}

impl Talk {
    fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        Self {
            wire: BufReader::new(stream),
            shared,
            recipient: String::new(),
        }
    }

    async fn run(mut self) {
        let _ = self.converse().await;
    }

    /// `None` throughout means: the connection is over.
    async fn converse(&mut self) -> Option<()> {
        self.reply("greeting", "220 faults.example ESMTP").await?;
        loop {
            let mut line = String::new();
            if self.wire.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            let verb = line
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => self.reply("EHLO", "250 faults.example").await?,
                "MAIL" => self.reply("MAIL", "250 ok").await?,
                "RCPT" => {
                    self.recipient = address_of(line);
                    let reply = match (self.habit(), self.count_try()) {
                        (Habit::Refused, _) => "550 5.1.1 no such mailbox",
                        (Habit::Greylisted, 1) => "451 4.7.1 come back later",
                        _ => "250 ok",
                    };
                    self.reply("RCPT", reply).await?;
                }
                "DATA" => {
                    self.reply("DATA", "354 go on").await?;
                    self.take().await?;
                }
                "RSET" | "NOOP" => self.say("250 ok").await?,
                "QUIT" => return self.say("221 bye").await,
                _ => self.say("502 what?").await?,
            }
        }
    }

    /// Reads the mail to its dot, and answers as recipient and mood want it.
    async fn take(&mut self) -> Option<()> {
        let mut bytes = vec![];
        loop {
            let mut line = vec![];
            if self.wire.read_until(b'\n', &mut line).await.ok()? == 0 {
                return None;
            }
            if line == b".\r\n" {
                break;
            }
            bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        if matches!(*self.shared.mood.borrow(), Mood::Answers("content", _)) {
            return self.reply("content", "250 ok").await;
        }
        let first = self.shared.tries.lock().unwrap()[&self.recipient] == 1;
        self.keep(bytes);
        match self.habit() {
            Habit::TakenInSilence if first => None,
            Habit::ClosedAfter => {
                self.reply("content", "250 2.0.0 queued").await?;
                None
            }
            _ => self.reply("content", "250 2.0.0 queued").await,
        }
    }

    fn keep(&self, bytes: Vec<u8>) {
        let mail = Mail::read(&TakenMail {
            from: String::new(),
            to: vec![self.recipient.clone()],
            bytes,
            over_tls: false,
            credentials: None,
        });
        let is_link = mail.link().contains("/verify/");
        self.shared.taken.lock().unwrap().push(Taken {
            at: self.shared.begun.elapsed().as_secs_f64(),
            recipient: self.recipient.clone(),
            key: mail.message_id.split('@').next().unwrap_or_default().to_owned(),
            token: is_link.then(|| mail.token().to_owned()),
        });
        self.shared.arrived.notify_waiters();
    }

    fn habit(&self) -> Habit {
        let tag = self.recipient.split('+').next().unwrap_or_default();
        HABITS
            .iter()
            .find(|(name, _)| *name == tag)
            .map_or(Habit::Plain, |(_, habit)| *habit)
    }

    /// Which try of this recipient it is, from 1.
    fn count_try(&self) -> u32 {
        let mut tries = self.shared.tries.lock().unwrap();
        let count = tries.entry(self.recipient.clone()).or_default();
        *count += 1;
        *count
    }

    /// Replies, unless the server's mood has another answer for this verb.
    async fn reply(&mut self, verb: &str, agreeable: &str) -> Option<()> {
        let mut mood = self.shared.mood.subscribe();
        let now = *mood.borrow_and_update();
        match now {
            Mood::Silent => self.hang(&mut mood).await,
            Mood::HangsAt(at) if at == verb => self.hang(&mut mood).await,
            Mood::ClosesAt(at) if at == verb => None,
            Mood::Answers(at, reply) if at == verb => self.say(reply).await,
            Mood::Drips(pause) => {
                for byte in format!("{agreeable}\r\n").bytes() {
                    self.wire.write_all(&[byte]).await.ok()?;
                    tokio::time::sleep(pause).await;
                }
                Some(())
            }
            _ => self.say(agreeable).await,
        }
    }

    /// Silent until the client goes away; the mood's end does not mend a conversation that has begun so.
    async fn hang(&mut self, mood: &mut watch::Receiver<Mood>) -> Option<()> {
        let mut byte = [0];
        loop {
            let heard = tokio::io::AsyncReadExt::read(&mut self.wire, &mut byte);
            tokio::select! {
                read = heard => if read.ok()? == 0 { return None },
                _ = mood.wait_for(|it| *it == Mood::Away) => return None,
            }
        }
    }

    async fn say(&mut self, line: &str) -> Option<()> {
        self.wire.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
        self.wire.flush().await.ok()
    }
}

/// `RCPT TO:<a@b>`: the address, in lower case.
fn address_of(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or("", |(address, _)| address)
        .to_lowercase()
}
