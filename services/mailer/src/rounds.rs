//! The mailer's day: take messages from the feed, walk a few mails at once, answer for each message.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::consumer::{Consumer, pull};
use async_nats::jetstream::{self, AckKind, Message};
use domain::EventMessage;
use futures::StreamExt;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::consumer::{ACK_WAIT, ConsumerError, open};
use crate::delivery::{Postman, Verdict};
use crate::errand::Errand;
use crate::patience::with_jitter;

/// Mails under way at once: as many connections as Exim takes unless it is told otherwise; others take more.
const AT_ONCE: usize = 20;
/// How long the bus may be silent before the pull is taken for lost.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long one pull waits for messages.
const PULL: Duration = Duration::from_secs(30);
/// Between tries to open the consumer.
const REOPEN_WAIT: Duration = Duration::from_secs(1);
/// A message that failed for a fault of ours comes again after this long.
const FAULT_WAIT: Duration = Duration::from_secs(5);
/// A message of a later release comes again after this long: by then a newer mailer may be there to read it.
const UNKNOWN_WAIT: Duration = Duration::from_secs(60);
/// On stopping, mails under way get this long to end.
const FAREWELL: Duration = Duration::from_secs(25);

/// Takes messages until told to stop, whatever the bus does meanwhile.
///
/// # Errors
/// When the server makes another consumer than asked for: going on would send mails that nobody asked for.
pub async fn run(
    postman: Arc<Postman>,
    context: jetstream::Context,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut under_way = JoinSet::new();
    let ending = async {
        while !stop.is_cancelled() {
            match open(&context).await {
                Ok(consumer) => take(&postman, &consumer, &mut under_way, &stop).await,
                Err(error @ ConsumerError::Differs(_)) => {
                    return Err(error).context("opening the mailer's consumer");
                }
                Err(ConsumerError::NoStream) => tracing::debug!("waiting for the relay to make the stream"),
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the feed cannot be opened"
                ),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(with_jitter(REOPEN_WAIT)) => {}
            }
        }
        Ok(())
    }
    .await;
    if tokio::time::timeout(FAREWELL, async { while under_way.join_next().await.is_some() {} })
        .await
        .is_err()
    {
        tracing::warn!("some mails were still under way; the ledger knows which");
    }
    ending
}

/// Takes messages until the pull breaks or it is time to stop.
async fn take(
    postman: &Arc<Postman>,
    consumer: &Consumer<pull::Config>,
    under_way: &mut JoinSet<()>,
    stop: &CancellationToken,
) {
    // What is buffered here must be begun well before its time to answer is over, so no more is asked for than can be
    // under way at once.
    let pulled = consumer
        .stream()
        .max_messages_per_batch(AT_ONCE)
        .heartbeat(HEARTBEAT)
        .expires(PULL)
        .messages()
        .await;
    let mut messages = match pulled {
        Ok(messages) => messages,
        Err(error) => {
            return tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the feed cannot be pulled"
            );
        }
    };
    let desk = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        while under_way.try_join_next().is_some() {}
        let taken = async {
            let place = Arc::clone(&desk).acquire_owned().await.ok()?;
            Some((place, messages.next().await?))
        };
        let next = tokio::select! {
            () = stop.cancelled() => return,
            next = taken => next,
        };
        match next {
            None => return,
            Some((place, Ok(message))) => {
                let postman = Arc::clone(postman);
                under_way.spawn(async move {
                    answer(&postman, &message).await;
                    drop(place);
                });
            }
            Some((_, Err(error))) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the feed was interrupted"
                );
                // Whatever it was, the consumer may have gone with the stream, and then no pull would ever hear of it:
                // opening it anew finds it or makes it.
                return;
            }
        }
    }
}

/// Walks the mail that a message asks for, and answers for the message.
async fn answer(postman: &Postman, message: &Message) {
    let reply = match EventMessage::from_bytes(&message.payload) {
        Err(error) => {
            // Only the relay writes to the stream, and it writes what this reads: such a message is not of this service.
            tracing::error!(subject = %message.subject, %error, "a message is not an event and is left aside");
            AckKind::Term
        }
        Ok(event) => match Errand::of(&event, postman.sender.domain()) {
            Ok(None) => AckKind::Ack,
            Ok(Some(errand)) => reply_to(walk(postman, &errand, message).await),
            Err(error) => {
                tracing::error!(event = ?event, %error, "an event is not one that this release knows");
                AckKind::Nak(Some(with_jitter(UNKNOWN_WAIT)))
            }
        },
    };
    // A reply that is lost brings the message again, and the ledger tells that nothing is left to be done.
    if let Err(error) = message.double_ack_with(reply).await {
        tracing::debug!(
            error = error.as_ref() as &dyn std::error::Error,
            "the reply to a message was lost"
        );
    }
}

fn reply_to(verdict: Verdict) -> AckKind {
    match verdict {
        Verdict::Done => AckKind::Ack,
        Verdict::Later(wait) => AckKind::Nak(Some(wait.max(Duration::from_millis(100)))),
    }
}

/// Walks a mail and keeps the message to itself meanwhile.
async fn walk(postman: &Postman, errand: &Errand, message: &Message) -> Verdict {
    let span = tracing::info_span!("mail", registration = %errand.registration, mail = %errand.mail.key);
    if let Some(traceparent) = &errand.traceparent {
        runtime::telemetry::continue_from(
            &span,
            &HashMap::from([("traceparent".to_owned(), traceparent.clone())]),
        );
    }
    let is_new = message.info().is_ok_and(|info| info.delivered == 1);
    let delivery = async {
        match is_new {
            true => postman.deliver_new(errand).await,
            false => postman.deliver(errand).await,
        }
    }
    .instrument(span.clone());
    tokio::pin!(delivery);
    let mut reminder = tokio::time::interval(ACK_WAIT / 3);
    loop {
        tokio::select! {
            result = &mut delivery => {
                let _entered = span.enter();
                return result.unwrap_or_else(|error| {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a mail could not be walked on");
                    Verdict::Later(with_jitter(FAULT_WAIT))
                });
            }
            _ = reminder.tick() => {
                // Lost progress brings the message again, and the lease in the ledger keeps the mail single.
                let _ = message.ack_with(AckKind::Progress).await;
            }
        }
    }
}
