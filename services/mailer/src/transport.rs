//! The ways out: a mail server, or files for those who have none yet.

pub mod cause;
pub mod failure;
pub mod files;
pub mod limits;
pub mod reply;
pub mod smtp;
pub mod smtp_url;
mod state;

use crate::compose::{Mail, TextForm};
use failure::Trouble;
use files::MailFolder;
use smtp::SmtpTransport;

/// What became of one try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has it (2xx), or the file is there (code 0).
    Accepted {
        /// The server's answer.
        code: u16,
    },
    /// There is no such recipient.
    Refused(Trouble),
    /// Not as it stands now: surely not sent.
    Deferred(Trouble),
    /// No dialogue came about: the server cannot be reached, or will not talk to us at all. Surely not sent.
    Unreachable(Trouble),
    /// The whole mail was handed over and no answer came: perhaps sent.
    Unknown,
    /// Held back just before it was handed over. Surely not sent.
    HeldBack(Obstacle),
}

/// Why a mail was held back at the last moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is no longer wanted.
    NotWanted,
    /// The try no longer has the mail to itself. Whoever has it sends it.
    LeaseLost,
    /// It cannot be found out whether it may go.
    Unclear,
}

impl Outcome {
    /// The stable code: the label `outcome` of the metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted { .. } => "sent",
            Self::Refused(_) => "refused",
            Self::Deferred(_) => "deferred",
            Self::Unreachable(_) => "unreachable",
            Self::Unknown => "unknown",
            Self::HeldBack(Obstacle::NotWanted) => "withdrawn",
            Self::HeldBack(Obstacle::LeaseLost) => "lease_lost",
            Self::HeldBack(Obstacle::Unclear) => "unclear",
        }
    }
}

/// A way out.
#[derive(Clone, Debug)]
pub enum Transport {
    /// A mail server.
    Smtp(SmtpTransport),
    /// A folder of `.eml` files.
    Files(MailFolder),
}

impl Transport {
    /// How this way out likes its plain text.
    pub fn text_form(&self) -> TextForm {
        match self {
            Self::Smtp(_) => TextForm::Ascii,
            Self::Files(_) => TextForm::Plain,
        }
    }

    /// Tries once. `clearance` is asked for as late as can be, after the server has agreed to take a mail for the
    /// recipient and before it is handed over: whoever is erased or asks for another link meanwhile gets none.
    pub async fn send(
        &self,
        mail: &Mail,
        clearance: impl Future<Output = Result<(), Obstacle>> + Send,
    ) -> Outcome {
        match self {
            Self::Smtp(server) => server.send(mail, clearance).await,
            Self::Files(folder) => match clearance.await {
                Ok(()) => folder.put(mail).await,
                Err(obstacle) => Outcome::HeldBack(obstacle),
            },
        }
    }
}
