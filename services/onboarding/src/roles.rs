//! The roles, each alone or all together: what runs, what it needs, and how it stops.

use std::time::Duration;

use relay::RelayError;
use runtime::admin::{self, Readiness};
use runtime::nats::NatsError;
use runtime::outage::Outage;
use runtime::servers::Asker;
use runtime::telemetry::TelemetryGuard;
use runtime::{CancellationToken, Config, shutdown};
use usecases::Nudge;

use crate::exit::Exit;
use crate::front;
use crate::ground::{Ground, START_PATIENCE};
use crate::missing_roles;
use crate::router::router;
use crate::running::Running;
use crate::settings;
use crate::watch::{appends_pass, epochs_are_here, exchange_epochs, signing_goes_on, tell_ages};

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
            let listener = front::bind(&mut config).await?;
            let router = router(ground, &config, ground.onboarding(nudge)?)?;
            front::open(&mut running, listener, router, ground, &config, stop);
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
            let Some(client) = nats_once_there(ground, role.name(), stop).await? else {
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
    let readiness = epochs_are_here(readiness, ground);
    running.spawn("mails", mailer::watch::run(ground.pool.clone(), stop.clone()));
    running.spawn("sessions", tell_ages(ground, role.name(), stop));
    running.spawn("epochs", exchange_epochs(ground, stop));
    running.spawn(
        "missing roles",
        missing_roles::tell(role, ground.pool.clone(), stop.clone()),
    );
    let admin = admin::serve(config.admin_listen, readiness, telemetry.metrics(), stop.clone()).await?;
    tracing::info!(role = role.name(), admin = %admin.address, "running");
    running.until_stopped().await
}

/// The connection of a role that cannot work without NATS: waits for a server that is away, since roles and servers
/// are started together and in any order. Nothing when told to stop meanwhile.
pub async fn nats_once_there(
    ground: &Ground,
    name: &'static str,
    stop: &CancellationToken,
) -> anyhow::Result<Option<async_nats::Client>> {
    let mut outage = Outage::of(name);
    loop {
        let fault = match ground.nats_with_stream(name).await {
            Ok(client) => {
                outage.over();
                return Ok(Some(client));
            }
            Err(fault) => fault,
        };
        let passes = match (
            fault.downcast_ref::<NatsError>(),
            fault.downcast_ref::<RelayError>(),
        ) {
            (Some(fault), _) => fault.passes(),
            // A cluster that is electing its leader says nothing.
            (_, Some(RelayError::Bus { .. })) => true,
            _ => false,
        };
        if !passes {
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
