//! A mail server that takes every mail at once and hands out its link.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long a mail may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Links that came, and readers that wait for one, by address.
#[derive(Default)]
struct Shelf {
    came: HashMap<String, String>,
    awaited: HashMap<String, oneshot::Sender<String>>,
}

/// The server, on a free port of the loopback. It ends with the program.
#[derive(Clone)]
pub struct Mailbox {
    url: String,
    shelf: Arc<Mutex<Shelf>>,
}

impl Mailbox {
    /// Opens it.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mailbox = Self {
            url: format!("smtp://{}", listener.local_addr()?),
            shelf: Arc::default(),
        };
        let shelf = mailbox.shelf.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                // A client that goes away in mid-sentence is its own affair.
                tokio::spawn(serve(connection, shelf.clone()));
            }
        });
        Ok(mailbox)
    }

    /// Its URL, for the service.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The token of the link of the next mail to this address, which may have come already.
    ///
    /// # Errors
    /// When no mail comes.
    pub async fn token(&self, address: &str) -> anyhow::Result<String> {
        let comes = {
            let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(token) = shelf.came.remove(address) {
                return Ok(token);
            }
            let (sender, receiver) = oneshot::channel();
            shelf.awaited.insert(address.to_owned(), sender);
            receiver
        };
        Ok(timeout(PATIENCE, comes).await.context("no mail came in time")??)
    }
}

async fn serve(connection: TcpStream, shelf: Arc<Mutex<Shelf>>) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let (reads, mut writes) = connection.into_split();
    let mut reads = BufReader::new(reads);
    let (mut line, mut address) = (String::new(), String::new());
    writes.write_all(b"220 bench\r\n").await?;
    loop {
        line.clear();
        if reads.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-bench\r\n250 8BITMIME\r\n",
            "RCPT" => {
                address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                b"250 ok\r\n"
            }
            "DATA" => {
                writes.write_all(b"354 go on\r\n").await?;
                let mail = read_mail(&mut reads).await?;
                if let Some(token) = token_of(&mail) {
                    put(&shelf, &address, token);
                }
                b"250 taken\r\n"
            }
            "QUIT" => return writes.write_all(b"221 bye\r\n").await,
            _ => b"250 ok\r\n",
        };
        writes.write_all(answer).await?;
    }
}

async fn read_mail(reads: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let from = mail.len();
        if reads.read_until(b'\n', &mut mail).await? == 0 || &mail[from..] == b".\r\n" {
            mail.truncate(from);
            return Ok(mail);
        }
        if mail.get(from) == Some(&b'.') {
            mail.remove(from);
        }
    }
}

fn put(shelf: &Mutex<Shelf>, address: &str, token: String) {
    let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
    match shelf.awaited.remove(address) {
        // A reader that has given up does not miss it.
        Some(reader) => drop(reader.send(token)),
        None => drop(shelf.came.insert(address.to_owned(), token)),
    }
}

/// The last part of the first URL of the text part: `<public URL>/verify/<token>`, the last word of its line.
fn token_of(mail: &[u8]) -> Option<String> {
    let parsed = MessageParser::default().parse(mail)?;
    let text = parsed.body_text(0)?;
    let token: String = text
        .split_once("/verify/")?
        .1
        .chars()
        .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '%'))
        .collect();
    Some(token)
}
