//! Why a try did not end well, read from what the mail library says.

use std::error::Error as StdError;
use std::fmt;
use std::io::ErrorKind;

use lettre::transport::smtp::Error;
use rustls::{CertificateError, Error as TlsError};

use super::cause::Cause;
use super::reply::{self, Command, Reply};

/// Why a mail was not taken. Says nothing of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Why.
    pub cause: Cause,
    /// The command at which it showed; nothing before the first.
    pub command: Option<Command>,
    /// The server's answer, where there was one.
    pub reply: Option<Reply>,
}

/// A trouble without a dialogue.
impl From<Cause> for Trouble {
    fn from(cause: Cause) -> Self {
        Self {
            cause,
            command: None,
            reply: None,
        }
    }
}

impl Trouble {
    /// Whether the server said that it will not do (5xx), rather than not now.
    pub fn is_refusal(self) -> bool {
        self.reply.is_some_and(|reply| reply.code >= 500)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.cause.code())?;
        if let Some(command) = self.command {
            write!(f, " at {}", command.code())?;
        }
        match self.reply {
            Some(reply) => write!(f, ": {reply}"),
            None => Ok(()),
        }
    }
}

/// A trouble, and what the library says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The trouble.
    pub trouble: Trouble,
    /// The library's words; empty where they might repeat an address.
    pub detail: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.trouble)?;
        match self.detail.as_str() {
            "" => Ok(()),
            detail => write!(f, " ({detail})"),
        }
    }
}

impl Failure {
    /// A failure that the library has no words for.
    pub(super) fn of(cause: Cause, command: Option<Command>) -> Self {
        Self {
            trouble: Trouble {
                command,
                ..cause.into()
            },
            detail: String::new(),
        }
    }

    /// The same with a cause's words.
    pub(super) fn because(self, error: &(dyn StdError + 'static)) -> Self {
        let detail = chain(error)
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(": ");
        Self { detail, ..self }
    }

    /// Reads the library's error about a command.
    pub(super) fn read(command: Command, error: &Error) -> Self {
        let Some(code) = error.status() else {
            return Self::of(cause_of(command, error), Some(command)).because(error);
        };
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        let reply = Reply::read(code.into(), &text);
        // Until a recipient is named, an answer can repeat nobody's address but ours.
        let is_impersonal = matches!(command, Command::Ehlo | Command::StartTls | Command::Auth);
        Self {
            trouble: Trouble {
                cause: reply::cause(command, reply, &text),
                command: Some(command),
                reply: Some(reply),
            },
            detail: if is_impersonal { text } else { String::new() },
        }
    }

    /// Whether the server said nothing at all.
    pub(super) fn is_silence_at_first(&self) -> bool {
        (self.trouble.cause, self.trouble.command) == (Cause::Silent, Some(Command::Ehlo))
    }

    /// Whether TLS came as far as a certificate.
    pub(super) fn is_about_a_certificate(&self) -> bool {
        matches!(
            self.trouble.cause,
            Cause::CertificateIssuer | Cause::CertificateName | Cause::CertificateExpired
        )
    }
}

/// An error and what it rests on. What an `io::Error` carries is not among its sources.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| {
        (*error).source()
    })
}

/// Why there was no answer at all.
fn cause_of(command: Command, error: &Error) -> Cause {
    for error in chain(error) {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
            return match (inner, error.kind()) {
                (Some(error), _) => cause_of_tls(command, error),
                (None, ErrorKind::TimedOut) => Cause::Silent,
                (None, ErrorKind::InvalidData) => Cause::NotSmtp,
                (
                    None,
                    ErrorKind::UnexpectedEof
                    | ErrorKind::ConnectionReset
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::BrokenPipe,
                ) => Cause::Cut,
                (None, _) => Cause::NobodyListens,
            };
        }
        if let Some(error) = error.downcast_ref::<TlsError>() {
            return cause_of_tls(command, error);
        }
    }
    match error.is_response() {
        // The library says so of a connection that ended, and of what is no answer, in words only.
        true if error.to_string().contains("incomplete") => Cause::Cut,
        true => Cause::NotSmtp,
        false if error.is_client() => Cause::Protocol,
        false => Cause::Tls,
    }
}

fn cause_of_tls(command: Command, error: &TlsError) -> Cause {
    match error {
        TlsError::InvalidCertificate(fault) => match fault {
            CertificateError::UnknownIssuer => Cause::CertificateIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Cause::CertificateName
            }
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Cause::CertificateExpired,
            _ => Cause::Tls,
        },
        TlsError::InvalidMessage(_) if command == Command::Ehlo => Cause::NoTlsAtFirst,
        _ => Cause::Tls,
    }
}
