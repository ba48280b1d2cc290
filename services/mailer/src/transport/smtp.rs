//! One mail over SMTP, verb by verb, so that at every moment we know whether the server may have the mail.
//!
//! Each mail has a connection of its own. The library's pool would take back a connection whose send was cut short by
//! our timeout, and the next mail would read the answers meant for the one before.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Quit, Rcpt};
use lettre::transport::smtp::response::Code;
use tokio::time::timeout;

use super::smtp_url::SmtpServer;
use super::{Obstacle, Outcome, SEND_TIMEOUT};
use crate::compose::Mail;

/// How long a TCP connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);
/// How long the server may take to say goodbye; nothing depends on it any more.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);

/// Answers about who we are, whichever verb they answer (RFC 4954). They say nothing of the mail: with the right
/// password the same mail would be taken, so it is kept and tried again.
const ABOUT_CREDENTIALS: [u16; 4] = [530, 534, 535, 538];

/// How far a dialogue has come: what a timeout then means.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Stage {
    /// Connecting, greeting, TLS, sign-in.
    Arriving = 0,
    /// The envelope is being told.
    Telling = 1,
    /// The mail is being handed over, or has been.
    Handing = 2,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct SmtpTransport {
    server: Arc<SmtpServer>,
    timeout: Duration,
}

impl SmtpTransport {
    /// Talks to this server.
    pub fn new(server: SmtpServer) -> Self {
        Self {
            server: Arc::new(server),
            timeout: SEND_TIMEOUT,
        }
    }

    /// The same with another limit on the whole dialogue.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Tries once.
    pub async fn send(
        &self,
        mail: &Mail,
        clearance: impl Future<Output = Result<(), Obstacle>> + Send,
    ) -> Outcome {
        let stage = AtomicU8::new(Stage::Arriving as u8);
        // When the time is over the dialogue is dropped, and its connection with it.
        let dialogue = self.dialogue(mail, clearance, &stage);
        timeout(self.timeout, dialogue)
            .await
            .unwrap_or_else(|_| match stage.load(Ordering::Relaxed) {
                reached if reached == Stage::Arriving as u8 => Outcome::Unreachable { code: None },
                reached if reached == Stage::Telling as u8 => Outcome::Deferred { code: None },
                _ => Outcome::Unknown,
            })
    }

    async fn dialogue(
        &self,
        mail: &Mail,
        clearance: impl Future<Output = Result<(), Obstacle>>,
        stage: &AtomicU8,
    ) -> Outcome {
        let mut connection = match self.arrive().await {
            Ok(connection) => connection,
            Err(error) => {
                return Outcome::Unreachable {
                    code: error.status().map(u16::from),
                };
            }
        };
        stage.store(Stage::Telling as u8, Ordering::Relaxed);
        let outcome = match tell_envelope(&mut connection, mail).await {
            Err(error) => outcome_of(&error),
            Ok(()) => match clearance.await {
                Ok(()) => hand_over(&mut connection, mail, stage).await,
                Err(obstacle) => Outcome::HeldBack(obstacle),
            },
        };
        // The outcome stands; a server that is slow to say goodbye must not turn it into a timeout.
        let _ = timeout(QUIT_TIMEOUT.min(self.timeout / 4), connection.command(Quit)).await;
        outcome
    }

    async fn arrive(&self) -> Result<AsyncSmtpConnection, Error> {
        let SmtpServer {
            port,
            tls,
            credentials,
            hello,
            ..
        } = self.server.as_ref();
        let address = (self.server.host_to_dial(), *port);
        let wrapper = match tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT_TIMEOUT), hello, wrapper, None).await?;
        match tls {
            Tls::Required(parameters) => connection.starttls(parameters.clone(), hello).await?,
            Tls::Opportunistic(parameters) if connection.can_starttls() => {
                connection.starttls(parameters.clone(), hello).await?;
            }
            _ => {}
        }
        if let Some(credentials) = credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await?;
        }
        Ok(connection)
    }
}

async fn tell_envelope(connection: &mut AsyncSmtpConnection, mail: &Mail) -> Result<(), Error> {
    connection
        .command(MailFrom::new(mail.envelope.from().cloned(), vec![]))
        .await?;
    for recipient in mail.envelope.to() {
        connection.command(Rcpt::new(recipient.clone(), vec![])).await?;
    }
    Ok(())
}

async fn hand_over(connection: &mut AsyncSmtpConnection, mail: &Mail, stage: &AtomicU8) -> Outcome {
    if let Err(error) = connection.command(Data).await {
        return outcome_of(&error);
    }
    stage.store(Stage::Handing as u8, Ordering::Relaxed);
    match connection.message(&mail.bytes).await {
        Ok(response) => Outcome::Accepted {
            code: response.code().into(),
        },
        Err(error) if error.status().is_some() => outcome_of(&error),
        Err(_) => Outcome::Unknown,
    }
}

/// What an answer to a verb means. Without an answer the dialogue broke before the mail was handed over.
fn outcome_of(error: &Error) -> Outcome {
    let code = error.status().map(|code: Code| u16::from(code));
    match code {
        Some(code) if ABOUT_CREDENTIALS.contains(&code) => Outcome::Unreachable { code: Some(code) },
        Some(code) if error.is_permanent() => Outcome::Refused { code },
        code => Outcome::Deferred { code },
    }
}
