//! One mail over SMTP, command by command, so that at every moment we know whether the server may have the mail, and which
//! command an answer was for.
//!
//! Each mail has a connection of its own. The library's pool would take back a connection whose dialogue was cut short by
//! one of our limits, and the next mail would read the answers meant for the one before.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Quit, Rcpt};
use runtime::is_loopback_host;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::cause::Cause;
use super::failure::Failure;
use super::limits::Limits;
use super::reply::Command;
use super::smtp_url::SmtpServer;
use super::state::State;
use super::{Obstacle, Outcome};
use crate::compose::Mail;

/// How long the server may take to say goodbye; nothing depends on it any more.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);
/// A mail is handed over in blocks of this many bytes.
const BLOCK: usize = 8_192;

/// A mail server.
#[derive(Clone, Debug)]
pub struct SmtpTransport {
    server: Arc<SmtpServer>,
    limits: Limits,
    state: Arc<State>,
}

/// What a server was found to be like, up to where a mail would begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeted {
    /// Whether TLS was agreed on.
    pub over_tls: bool,
    /// Whether user and password were accepted; false where none are set.
    pub signed_in: bool,
}

impl SmtpTransport {
    /// Talks to this server.
    pub fn new(server: SmtpServer) -> Self {
        Self {
            server: Arc::new(server),
            limits: Limits::default(),
            state: Arc::default(),
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Tries once.
    pub async fn send(
        &self,
        mail: &Mail,
        clearance: impl Future<Output = Result<(), Obstacle>> + Send,
    ) -> Outcome {
        let told = match self.arrive().await {
            Err(failure) => Err((failure, true)),
            Ok(mut connection) => {
                let told = self.hand_in(&mut connection, mail, clearance).await;
                quit(&mut connection, self.limits.command).await;
                told.map_err(|failure| (failure, false))
            }
        };
        match told {
            Ok(outcome) => {
                if let Outcome::Accepted { .. } = outcome {
                    self.state.well();
                }
                outcome
            }
            Err((failure, before_the_mail)) => {
                self.state.trouble(&failure);
                let trouble = failure.trouble;
                match trouble.cause {
                    Cause::NoSuchRecipient => Outcome::Refused(trouble),
                    Cause::Unknown => Outcome::Unknown,
                    // With the right password the same server takes the same mail, and no other mail goes out before.
                    Cause::Authentication => Outcome::Unreachable(trouble),
                    _ if before_the_mail => Outcome::Unreachable(trouble),
                    _ => Outcome::Deferred(trouble),
                }
            }
        }
    }

    /// Greets, agrees on TLS and signs in, and leaves.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn probe(&self) -> Result<Greeted, Failure> {
        match self.arrive().await {
            Ok(mut connection) => {
                let greeted = Greeted {
                    over_tls: connection.is_encrypted(),
                    signed_in: self.server.credentials.is_some(),
                };
                quit(&mut connection, self.limits.command).await;
                Ok(greeted)
            }
            // A server that waits for TLS says nothing: only TLS finds out.
            Err(failure) if failure.is_silence_at_first() && self.speaks_tls_at_first().await => {
                Err(Failure::of(Cause::NotSmtp, Some(Command::Ehlo)))
            }
            Err(failure) => Err(failure),
        }
    }

    async fn speaks_tls_at_first(&self) -> bool {
        let (Tls::None, Ok(parameters)) = (
            &self.server.tls,
            TlsParameters::new(self.server.host_to_dial().to_owned()),
        ) else {
            return false;
        };
        match self.connect(Some(parameters)).await {
            Ok(_) => true,
            Err(failure) => failure.is_about_a_certificate(),
        }
    }

    /// Connects, hears the greeting and says EHLO, over TLS from the first byte where parameters are given.
    async fn connect(&self, tls: Option<TlsParameters>) -> Result<AsyncSmtpConnection, Failure> {
        let Limits { connect, command, .. } = self.limits;
        let address = (self.server.host_to_dial(), self.server.port);
        let found: Vec<SocketAddr> = timeout(command, tokio::net::lookup_host(address))
            .await
            .map_err(|_| Failure::of(Cause::Silent, None))?
            .map_err(|error| Failure::of(Cause::NameNotFound, None).because(&error))?
            .collect();
        let greeting = AsyncSmtpConnection::connect_tokio1(
            found.as_slice(),
            Some(connect),
            &self.server.hello,
            tls,
            None,
        );
        // TLS, the greeting and EHLO are one step of the library's.
        let limit = connect.saturating_mul(found.len().try_into().unwrap_or(1)) + command;
        within(limit, Command::Ehlo, greeting).await
    }

    async fn arrive(&self) -> Result<AsyncSmtpConnection, Failure> {
        let SmtpServer {
            tls,
            credentials,
            hello,
            ..
        } = self.server.as_ref();
        let wrapper = match tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let mut connection = self.connect(wrapper).await?;
        let starttls = match tls {
            Tls::Required(_) if !connection.can_starttls() => {
                return Err(Failure::of(Cause::NoStartTls, Some(Command::Ehlo)));
            }
            Tls::Required(parameters) => Some(parameters),
            Tls::Opportunistic(parameters) => Some(parameters).filter(|_| connection.can_starttls()),
            _ => None,
        };
        if let Some(parameters) = starttls {
            let upgrade = connection.starttls(parameters.clone(), hello);
            within(self.limits.command, Command::StartTls, upgrade).await?;
        }
        if let Some(credentials) = credentials {
            self.sign_in(&mut connection, credentials).await?;
        }
        Ok(connection)
    }

    async fn sign_in(
        &self,
        connection: &mut AsyncSmtpConnection,
        credentials: &Credentials,
    ) -> Result<(), Failure> {
        const KNOWN: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];
        if !connection.is_encrypted() && !is_loopback_host(&self.server.host) {
            return Err(Failure::of(Cause::NoStartTls, Some(Command::Ehlo)));
        }
        let offered = connection.server_info();
        if offered.get_auth_mechanism(&KNOWN).is_none() {
            let cause = match () {
                () if connection.can_starttls() => Cause::AuthNeedsTls,
                () if offered.supports_auth_mechanism(Mechanism::Xoauth2) => Cause::AuthOnlyXoauth2,
                () => Cause::AuthNotOffered,
            };
            return Err(Failure::of(cause, Some(Command::Auth)));
        }
        let auth = connection.auth(&KNOWN, credentials);
        within(self.limits.command, Command::Auth, auth).await.map(drop)
    }

    async fn hand_in(
        &self,
        connection: &mut AsyncSmtpConnection,
        mail: &Mail,
        clearance: impl Future<Output = Result<(), Obstacle>>,
    ) -> Result<Outcome, Failure> {
        let Limits { command, data, .. } = self.limits;
        let from = MailFrom::new(mail.envelope.from().cloned(), vec![]);
        within(command, Command::Mail, connection.command(from)).await?;
        for recipient in mail.envelope.to() {
            let rcpt = Rcpt::new(recipient.clone(), vec![]);
            within(command, Command::Rcpt, connection.command(rcpt)).await?;
        }
        if let Err(obstacle) = clearance.await {
            return Ok(Outcome::HeldBack(obstacle));
        }
        within(data, Command::Data, connection.command(Data)).await?;
        self.hand_over(connection, &mail.bytes).await
    }

    /// Hands the mail over, block by block. Until the last block has left, the server cannot have a whole mail.
    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        bytes: &[u8],
    ) -> Result<Outcome, Failure> {
        let blocks = bytes.len().div_ceil(BLOCK);
        let (begun, moved) = (AtomicUsize::new(0), Notify::new());
        let content = bytes
            .chunks(BLOCK)
            .map(Some)
            .chain([None])
            // The library asks for the next block once the one before has left, and for what follows the last before the dot.
            .map_while(|block| {
                begun.fetch_add(1, Ordering::Relaxed);
                moved.notify_one();
                block
            });
        let dialogue = connection.message_iter(content);
        tokio::pin!(dialogue);
        let is_whole = || begun.load(Ordering::Relaxed) > blocks;
        let ended = loop {
            let limit = match is_whole() {
                true => self.limits.content,
                false => self.limits.block,
            };
            // Each block has its own time, and so has the answer.
            tokio::select! {
                ended = &mut dialogue => break Some(ended),
                () = moved.notified() => {}
                () = tokio::time::sleep(limit) => break None,
            }
        };
        match ended {
            Some(Ok(response)) => Ok(Outcome::Accepted {
                code: response.code().into(),
            }),
            Some(Err(error)) if error.status().is_some() || !is_whole() => {
                Err(Failure::read(Command::Content, &error))
            }
            Some(Err(error)) => Err(Failure::of(Cause::Unknown, Some(Command::Content)).because(&error)),
            None if is_whole() => Err(Failure::of(Cause::Unknown, Some(Command::Content))),
            None => Err(Failure::of(Cause::Silent, Some(Command::Content))),
        }
    }
}

/// One step of the dialogue within its limit.
async fn within<T>(
    limit: Duration,
    command: Command,
    step: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failure> {
    timeout(limit, step)
        .await
        .map_err(|_| Failure::of(Cause::Silent, Some(command)))?
        .map_err(|error| Failure::read(command, &error))
}

/// The outcome stands; a server that is slow to say goodbye does not change it.
async fn quit(connection: &mut AsyncSmtpConnection, limit: Duration) {
    let _ = timeout(QUIT_TIMEOUT.min(limit), connection.command(Quit)).await;
}
