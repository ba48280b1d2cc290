//! Webhooks: events for systems that cannot speak NATS, by signed calls over HTTP (Standard Webhooks).
//!
//! The lanes keep the order, and what is refused, as for every subscriber; here are the calls. 2xx acknowledges. 410 pauses
//! the subscriber. Anything else is tried again with growing waits, for days, and then parks the registration. An event
//! may arrive more than once: its `webhook-id` tells.
//!
//! One process of the role `feed` delivers; another takes over when it ends.

mod address;
mod call;
mod deliverer;
mod deliveries;
mod endpoint;
mod patience;
mod signature;

use std::collections::HashMap;
use std::time::Duration;

use futures::StreamExt;
use keyring::Keyring;
use runtime::CancellationToken;
use store::Store;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::{Kind, Lanes, Lead, Registry, SubscriberError, SubscriberName};
use call::Caller;

pub use deliveries::{Delivery, deliveries};
pub use endpoint::{Endpoint, Endpoints, FORMER_KEY_HOURS, NewWebhook};
pub use patience::Patience;

/// What stands in the lock of whoever delivers.
const WORK: &str = "webhooks";
/// Between looks at who is subscribed, and whether the lead still stands.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Between tries to take the lead.
const LEAD_EVERY: Duration = Duration::from_secs(2);
/// Between sweeps of the calls that are kept.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// What delivering works with.
pub struct WebhookSettings {
    /// The event store: events are read from its log.
    pub store: Store,
    /// Opens the keys of signatures.
    pub keyring: Keyring,
    /// Tells when there is something new; nothing depends on it.
    pub client: async_nats::Client,
    /// How long a call may take.
    pub timeout: Duration,
    /// When an event is tried again, and when no more.
    pub patience: Patience,
    /// How long calls are kept for operators.
    pub deliveries_kept: Duration,
    /// Ends the delivering.
    pub shutdown: CancellationToken,
}

/// Delivers until `shutdown`, while no other process does.
///
/// # Errors
/// When the system's certificates cannot be used. PostgreSQL and NATS may go away and come back.
pub async fn run(settings: WebhookSettings) -> anyhow::Result<()> {
    let caller = Caller::new(settings.timeout)?;
    while !settings.shutdown.is_cancelled() {
        match Lead::take(settings.store.pool(), WORK).await {
            Ok(Some(lead)) => {
                if let Err(fault) = lead_on(&settings, &caller, lead).await {
                    tracing::warn!(
                        error = &fault as &dyn std::error::Error,
                        "webhooks wait for the database"
                    );
                }
            }
            Ok(None) => {}
            Err(fault) => tracing::debug!(
                error = &fault as &dyn std::error::Error,
                "the lead cannot be asked for"
            ),
        }
        tokio::select! {
            () = settings.shutdown.cancelled() => {}
            () = tokio::time::sleep(LEAD_EVERY) => {}
        }
    }
    Ok(())
}

/// Has one deliverer for each webhook, for as long as the lead stands.
async fn lead_on(settings: &WebhookSettings, caller: &Caller, mut lead: Lead) -> Result<(), SubscriberError> {
    let pool = settings.store.pool();
    let stop = settings.shutdown.child_token();
    let (tell, news) = watch::channel(());
    let listening = tokio::spawn(listen(settings.client.clone(), tell, stop.clone()));
    let ground = deliverer::Ground {
        store: settings.store.clone(),
        lanes: Lanes::new(pool.clone()),
        endpoints: Endpoints::new(pool.clone(), settings.keyring.clone()),
        caller: caller.clone(),
        patience: settings.patience,
        news,
        stop: stop.clone(),
    };
    let registry = Registry::new(pool.clone());
    let mut deliverers: HashMap<SubscriberName, (CancellationToken, JoinHandle<()>)> = HashMap::new();
    let mut swept = Instant::now();
    let outcome = loop {
        if settings.shutdown.is_cancelled() {
            break Ok(());
        }
        let looked = async {
            lead.confirm().await?;
            registry.all().await
        };
        let subscribers = match looked.await {
            Ok(subscribers) => subscribers,
            Err(fault) => break Err(fault),
        };
        for subscriber in subscribers.into_iter().filter(|it| it.kind == Kind::Webhook) {
            match subscriber.revoked_at {
                None => {
                    deliverers.entry(subscriber.name.clone()).or_insert_with(|| {
                        let mut ground = ground.clone();
                        ground.stop = stop.child_token();
                        let token = ground.stop.clone();
                        (token, tokio::spawn(deliverer::run(subscriber.name, ground)))
                    });
                }
                Some(_) => {
                    if let Some((token, _)) = deliverers.remove(&subscriber.name) {
                        token.cancel();
                    }
                }
            }
        }
        if swept.elapsed() >= SWEEP_EVERY {
            swept = Instant::now();
            if let Err(fault) = deliveries::forget(pool, settings.deliveries_kept).await {
                break Err(fault);
            }
        }
        tokio::select! {
            () = settings.shutdown.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    };
    stop.cancel();
    for (_, deliverer) in deliverers.into_values() {
        let _ended = deliverer.await;
    }
    let _ended = listening.await;
    lead.leave().await;
    outcome
}

/// Says when something was published. The log is looked at anyway: nothing is lost with what is not heard.
async fn listen(client: async_nats::Client, tell: watch::Sender<()>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Ok(mut published) = client.subscribe(domain::message::PUBLISHED_SUBJECT).await {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    message = published.next() => match message {
                        Some(_) => tell.send_replace(()),
                        None => break,
                    },
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
