//! The roles, each alone or all together: what runs, what it needs, and how it stops.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use axum::middleware::from_fn_with_state;
use mailer::MailerSettings;
use projector::ProjectorSettings;
use relay::RelaySettings;
use runtime::admin::{self, Readiness};
use runtime::edge::completion::{Requests, run_to_completion};
use runtime::issuer::Issuer;
use runtime::nats::NatsError;
use runtime::outage::Outage;
use runtime::servers::Asker;
use runtime::telemetry::TelemetryGuard;
use runtime::{CancellationToken, Config, shutdown};
use subscribers::webhook::{self, Patience, WebhookSettings};
use subscribers::{CalloutSettings, DistributorSettings, Registry};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use usecases::Nudge;
use worker::WorkerSettings;

use crate::exit::Exit;
use crate::ground::{Ground, START_PATIENCE};
use crate::missing_roles;
use crate::router::router;
use crate::settings;
use crate::watch::{appends_pass, signing_goes_on, tell_ages};

/// How long requests under way may take once the service is told to stop.
const DRAIN_MAX: Duration = Duration::from_secs(10);
/// How long the API waits before it looks for NATS again.
const NATS_RETRY: Duration = Duration::from_secs(1);

/// A part of the service that can run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Api,
    Relay,
    Projector,
    Feed,
    Mailer,
    Worker,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Api,
        Self::Relay,
        Self::Projector,
        Self::Feed,
        Self::Mailer,
        Self::Worker,
    ];

    /// Its name, for logs and connections.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Relay => "relay",
            Self::Projector => "projector",
            Self::Feed => "feed",
            Self::Mailer => "mailer",
            Self::Worker => "worker",
        }
    }
}

/// Runs one role until it is told to stop, or fails.
pub async fn run_alone(config: Config, telemetry: &TelemetryGuard, role: Role) -> anyhow::Result<Exit> {
    let stop = shutdown::signal()?;
    let ground = Ground::lay(&config, Asker::Command, role.name(), false, START_PATIENCE).await?;
    let outcome = alone(&ground, telemetry, role, &stop).await;
    ground.leave().await;
    outcome.map(|()| Exit::Fine)
}

async fn alone(
    ground: &Ground,
    telemetry: &TelemetryGuard,
    role: Role,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let mut running = Running::new(stop.clone());
    let readiness = Readiness::new().postgres(ground.pool.clone());
    let mut config = ground.config.clone();
    let readiness = match role {
        Role::Api => {
            settings::warn(ground);
            // Registrations are accepted while NATS is away, so the API does not wait for it.
            let nudge = Nudge::default();
            running.spawn(
                "nudges",
                find_nats(ground.servers.nats_url.clone(), nudge.clone(), stop.clone()),
            );
            let nats = nudge.nats.clone();
            let listener = bind(&mut config).await?;
            running.spawn(
                "http",
                serve(
                    listener,
                    router(ground, &config, ground.onboarding(nudge)?)?,
                    stop.clone(),
                ),
            );
            readiness.check("jetstream", move || {
                let nats = nats.clone();
                async move {
                    let client = nats.get().ok_or("not connected yet")?;
                    runtime::nats::answers(client).await.map_err(|_| "no answer")
                }
            })
        }
        Role::Worker => {
            let nudge = Nudge::default();
            running.spawn(
                "nudges",
                find_nats(ground.servers.nats_url.clone(), nudge.clone(), stop.clone()),
            );
            running.spawn_worker(ground, nudge)?;
            readiness
        }
        Role::Relay | Role::Projector | Role::Feed | Role::Mailer => {
            let Some(client) = nats_once_there(ground, role, stop).await? else {
                return Ok(());
            };
            running.spawn_role(ground, role, &client, &Nudge::default())?;
            let readiness = readiness.jetstream_stores(client, role.name()).loops();
            match role {
                Role::Relay => signing_goes_on(readiness, ground),
                _ => readiness,
            }
        }
    };
    let readiness = match role {
        Role::Api | Role::Mailer | Role::Worker => appends_pass(readiness, ground),
        Role::Relay | Role::Projector | Role::Feed => readiness,
    };
    running.spawn("mails", mailer::watch::run(ground.pool.clone(), stop.clone()));
    running.spawn("sessions", tell_ages(ground, role.name(), stop));
    running.spawn(
        "missing roles",
        missing_roles::tell(role, ground.pool.clone(), stop.clone()),
    );
    let admin = admin::serve(config.admin_listen, readiness, telemetry.metrics(), stop.clone()).await?;
    tracing::info!(role = role.name(), admin = %admin.address, "running");
    running.until_stopped().await
}

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
    fn spawn_worker(&mut self, ground: &Ground, nudge: Nudge) -> anyhow::Result<()> {
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

/// The connection of a role that cannot work without NATS: waits for a server that is away, since roles and servers
/// are started together and in any order. Nothing when told to stop meanwhile.
async fn nats_once_there(
    ground: &Ground,
    role: Role,
    stop: &CancellationToken,
) -> anyhow::Result<Option<async_nats::Client>> {
    let mut outage = Outage::of(role.name());
    loop {
        let fault = match ground.nats_with_stream(role.name()).await {
            Ok(client) => {
                outage.over();
                return Ok(Some(client));
            }
            Err(fault) => fault,
        };
        if !matches!(fault.downcast_ref(), Some(NatsError::Connect(_))) {
            return Err(fault);
        }
        let pause = outage.failed(fault.as_ref());
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return Ok(None),
        }
    }
}

async fn find_nats(url: runtime::Secret, nudge: Nudge, stop: CancellationToken) -> anyhow::Result<()> {
    let mut told = false;
    while !stop.is_cancelled() {
        match runtime::nats::connect(&url, "api").await {
            Ok(client) => {
                let _ = nudge.nats.set(client);
                break;
            }
            Err(fault) if !told => {
                tracing::warn!(%fault, "NATS is away; registrations go on without it");
                told = true;
            }
            Err(_) => {}
        }
        tokio::select! {
            () = tokio::time::sleep(NATS_RETRY) => {}
            () = stop.cancelled() => {}
        }
    }
    stop.cancelled().await;
    Ok(())
}

/// Binds the listener and notes the address that it really has, so that port 0 may be asked for.
pub async fn bind(config: &mut Config) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    config.listening_at(listener.local_addr()?);
    Ok(listener)
}

/// Answers requests until told to stop, then finishes those under way, also those whose client has gone.
pub async fn serve(
    listener: TcpListener,
    router: axum::Router,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let requests = Requests::default();
    let service = router
        .layer(from_fn_with_state(requests.clone(), run_to_completion))
        .into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
        .context("the listener ended")?;
    requests.ended().await;
    Ok(())
}
