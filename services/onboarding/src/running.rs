//! What runs in one process: the parts of each role, and how they end together.

use std::time::Duration;

use mailer::MailerSettings;
use projector::ProjectorSettings;
use relay::RelaySettings;
use runtime::CancellationToken;
use runtime::issuer::Issuer;
use subscribers::webhook::{self, Patience, WebhookSettings};
use subscribers::{CalloutSettings, DistributorSettings, Registry};
use tokio::task::JoinSet;
use usecases::Nudge;
use worker::WorkerSettings;

use crate::ground::Ground;
use crate::roles::Role;
use crate::settings;

/// How long work under way may take once the service is told to stop.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// What runs in this process. When one part fails, all stop: whoever supervises the process starts it afresh.
pub struct Running {
    tasks: JoinSet<(&'static str, anyhow::Result<()>)>,
    stop: CancellationToken,
}

impl Running {
    pub fn new(stop: CancellationToken) -> Self {
        Self {
            tasks: JoinSet::new(),
            stop,
        }
    }

    pub fn spawn(
        &mut self,
        name: &'static str,
        task: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        self.tasks.spawn(async move { (name, task.await) });
    }

    /// Starts a role that reads or writes the stream.
    pub fn spawn_role(
        &mut self,
        ground: &Ground,
        role: Role,
        client: &async_nats::Client,
        nudge: &Nudge,
    ) -> anyhow::Result<()> {
        let shutdown = self.stop.clone();
        let (store, client) = (ground.store.clone(), client.clone());
        match role {
            Role::Api => {}
            Role::Relay => {
                let notify = nudge.local.clone();
                let signing = Some(ground.signing()?);
                self.spawn(
                    "relay",
                    relay::run(RelaySettings {
                        store,
                        client,
                        notify,
                        signing,
                        shutdown,
                    }),
                );
            }
            Role::Projector => {
                let settings = ProjectorSettings {
                    store,
                    pool: ground.pool.clone(),
                    client,
                    shutdown,
                };
                self.spawn("projector", projector::run(settings));
            }
            Role::Feed => self.spawn_feed(ground, client)?,
            Role::Mailer => {
                let _ = nudge.nats.set(client.clone());
                settings::warn(ground);
                let settings = MailerSettings {
                    onboarding: ground.onboarding(nudge.clone())?,
                    pool: ground.pool.clone(),
                    client,
                    words: ground.words.clone(),
                    public_url: ground.config.public_url.clone(),
                    relay: ground.mail_relay()?,
                    unknown_retry: ground.config.mail.unknown_retry,
                    mail_dir: ground.config.mail_dir(),
                    sender: ground.mail_sender()?,
                    shutdown,
                };
                self.spawn("mailer", mailer::run(settings));
            }
            Role::Worker => {
                let _ = nudge.nats.set(client);
                self.spawn_worker(ground, nudge.clone())?;
            }
        }
        Ok(())
    }

    /// Starts what subscribers get: streams of their own, webhooks, logins, replays.
    fn spawn_feed(&mut self, ground: &Ground, client: async_nats::Client) -> anyhow::Result<()> {
        let shutdown = self.stop.clone();
        let webhooks = ground.config.webhooks;
        self.spawn(
            "webhooks",
            webhook::run(WebhookSettings {
                store: ground.store.clone(),
                keyring: ground.keyring.clone(),
                client: client.clone(),
                timeout: webhooks.timeout,
                patience: Patience {
                    first: webhooks.first_retry,
                    longest: webhooks.longest_retry,
                    give_up_after: webhooks.give_up_after,
                },
                deliveries_kept: webhooks.deliveries_kept,
                shutdown: shutdown.clone(),
            }),
        );
        if ground.servers.nats_system_url.is_some() {
            let callouts = CalloutSettings {
                registry: Registry::new(ground.pool.clone()),
                client: client.clone(),
                issuer: Issuer::open(&ground.config.data_dir)?,
                shutdown: shutdown.clone(),
            };
            self.spawn("callout", async {
                subscribers::answer_callouts(callouts).await;
                Ok(())
            });
        }
        let feed = DistributorSettings {
            store: ground.store.clone(),
            client,
            shutdown,
        };
        self.spawn("distributor", async {
            subscribers::distribute(feed).await;
            Ok(())
        });
        Ok(())
    }

    /// Starts the periodic jobs.
    pub fn spawn_worker(&mut self, ground: &Ground, nudge: Nudge) -> anyhow::Result<()> {
        let settings = WorkerSettings {
            onboarding: ground.onboarding(nudge)?,
            pool: ground.pool.clone(),
            shutdown: self.stop.clone(),
        };
        self.spawn("worker", async {
            worker::run(settings).await;
            Ok(())
        });
        Ok(())
    }

    /// Waits for the signal to stop, or for the first part that ends by itself; then for all of them.
    pub async fn until_stopped(mut self) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        loop {
            let ended = tokio::select! {
                ended = self.tasks.join_next() => ended,
                () = drained(&self.stop) => {
                    tracing::warn!("some work did not end in time and is dropped");
                    self.tasks.abort_all();
                    break;
                }
            };
            let Some(ended) = ended else { break };
            let early = !self.stop.is_cancelled();
            let fault = match ended {
                Ok((name, Err(fault))) => Some(fault.context(name)),
                Ok((name, Ok(()))) if early => Some(anyhow::anyhow!("{name} ended by itself")),
                Ok(_) => None,
                Err(crashed) => Some(anyhow::Error::from(crashed)),
            };
            if let Some(fault) = fault {
                if outcome.is_ok() {
                    outcome = Err(fault);
                }
                self.stop.cancel();
            }
        }
        outcome
    }
}

async fn drained(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(DRAIN_MAX).await;
}
