//! Writes letters, hands them to a mail server, and writes back what became of them.
//!
//! A request for a mail is an event. The mailer reads it from the feed, writes the [`letter`], [`compose`]s a mail, and
//! hands it over by a [`transport`]. The [`ledger`] remembers how far a mail has come, so that a mailer that dies
//! between two lines sends again only when it cannot know; [`delivery`] is that walk from beginning to end.
//!
//! Nothing here keeps a name, an address or a token: they are read when a letter is written and forgotten with it.

pub mod bounce;
pub mod compose;
pub mod consumer;
pub mod delivery;
pub mod dkim;
pub mod errand;
pub mod examples;
mod housekeeping;
pub mod lanes;
pub mod ledger;
pub mod letter;
pub mod overdue;
pub mod patience;
mod rounds;
pub mod stationery;
pub mod transport;
pub mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use catalogue::Words;
use chrono::Utc;
use domain::values::Locale;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use usecases::Onboarding;

use compose::Sender;
use delivery::Postman;
use lanes::Lanes;
use ledger::Ledger;
use letter::{LetterKind, Written};
use patience::Circuit;
use stationery::Stationery;
use transport::Transport;
use transport::files::MailFolder;
use transport::limits::Limits;
use transport::smtp::SmtpTransport;
use transport::smtp_url::{SmtpServer, SmtpUrlError};

/// What the mailer needs to run.
pub struct MailerSettings {
    /// Reads letters, and records what became of them.
    pub onboarding: Onboarding,
    /// The database, for the ledger.
    pub pool: PgPool,
    /// The connection to the feed.
    pub client: async_nats::Client,
    /// Every sentence, in every language.
    pub words: Arc<Words>,
    /// The base of every link in a mail, without a slash at its end.
    pub public_url: String,
    /// The mail server. Without one, mails become files.
    pub relay: Option<Relay>,
    /// How long a mail of which nobody knows whether the server has it waits before it is sent again.
    pub unknown_retry: Duration,
    /// Where mails become files.
    pub mail_dir: PathBuf,
    /// Who all mails are from, and the key that signs them.
    pub sender: Sender,
    /// Cancelled when it is time to stop.
    pub shutdown: CancellationToken,
}

/// A mail server as it is configured.
#[derive(Clone)]
pub struct Relay {
    /// See [`transport::smtp_url`].
    pub url: String,
    /// User and password, where the URL names none.
    pub login: Option<(String, String)>,
    /// How we name ourselves in EHLO; none: by the domain of the sender.
    pub hello: Option<String>,
    /// How long the server may take to answer a command.
    pub command_timeout: Duration,
}

impl Relay {
    /// The way to it. `sender` is who all mails are from.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn transport(&self, sender: &Sender) -> Result<SmtpTransport, SmtpUrlError> {
        let mut server = SmtpServer::from_url(&self.url)?;
        if let Some((user, password)) = &self.login {
            server = server.signing_in(user.clone(), password.clone());
        }
        let server = server.introducing(self.hello.as_deref().unwrap_or(sender.domain()));
        Ok(SmtpTransport::new(server).with_limits(Limits::of_command(self.command_timeout)))
    }
}

/// Leaves the mail server out, whose password may stand in its URL.
impl std::fmt::Debug for MailerSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailerSettings").finish_non_exhaustive()
    }
}

/// Runs the mailer until told to stop. Several may run at once.
///
/// # Errors
/// When the sender or the mail server's URL cannot be read, or the bus makes another consumer than asked for.
/// Everything else is waited out.
pub async fn run(settings: MailerSettings) -> anyhow::Result<()> {
    let shutdown = settings.shutdown.clone();
    let ledger = Ledger::new(settings.pool.clone());
    let pool = settings.pool.clone();
    let sender = settings.sender.clone();
    let postman = Arc::new(Postman {
        onboarding: settings.onboarding.clone(),
        ledger: ledger.clone(),
        transport: way_out(&settings, &sender)?,
        circuit: Circuit::default(),
        lanes: Lanes::default(),
        unknown_retry: settings.unknown_retry,
        sender,
        stationery: Stationery {
            catalogue: Arc::new(settings.onboarding.catalogue().clone()),
            words: settings.words,
            public_url: settings.public_url,
        },
    });
    let order = housekeeping::run(&settings.onboarding, &ledger, &settings.mail_dir, &shutdown);
    let jetstream = runtime::nats::jetstream(&settings.client);
    let rounds = async {
        let ended = rounds::run(postman.clone(), jetstream, shutdown.clone()).await;
        // Without rounds there is no mailer: the rest stops too, and whoever started us hears why.
        shutdown.cancel();
        ended
    };
    let overdue = overdue::run(&postman, &pool, &shutdown);
    let ((), (), ended) = tokio::join!(order, overdue, rounds);
    ended
}

fn way_out(settings: &MailerSettings, sender: &Sender) -> anyhow::Result<Transport> {
    match &settings.relay {
        Some(relay) => Ok(Transport::Smtp(relay.transport(sender)?)),
        None => {
            tracing::info!(folder = %settings.mail_dir.display(), "no mail server is set: mails become files");
            Ok(Transport::Files(MailFolder::new(settings.mail_dir.clone())))
        }
    }
}

/// What a letter looks like, written to an invented person now.
///
/// # Errors
/// When this release no longer accepts the invented person's name or address.
pub fn preview(kind: LetterKind, locale: Locale, stationery: &Stationery) -> anyhow::Result<Written> {
    let letter =
        examples::letter_at(kind, locale, Utc::now()).context("the invented person is not acceptable")?;
    Ok(letter::write(&letter, stationery))
}
