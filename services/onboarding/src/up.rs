//! `onboarding up`: every role in one process, for a small organisation, a desk, a demonstration.

use runtime::admin::{self, Readiness};
use runtime::servers::Asker;
use runtime::telemetry::TelemetryGuard;
use runtime::{CancellationToken, Config, shutdown};
use usecases::Nudge;

use crate::demonstration;
use crate::exit::Exit;
use crate::front;
use crate::ground::{Ground, START_PATIENCE};
use crate::roles::{Role, nats_once_there};
use crate::router::router;
use crate::running::Running;
use crate::terminal::say;
use crate::watch::{appends_pass, epochs_are_here, exchange_epochs, signing_goes_on, tell_ages};

/// Runs until it is told to stop. Prints `ready <URL>` when a registration can be made; a demonstration says on
/// standard error what can be tried.
pub async fn run(config: Config, telemetry: &TelemetryGuard, demo: bool) -> anyhow::Result<Exit> {
    let stop = shutdown::signal()?;
    let begun = std::time::Instant::now();
    let mut config = config;
    // The port is taken first, so that links and the announcement to other commands have it right.
    let listener = front::bind(&mut config).await?;
    let ground = tokio::select! {
        ground = Ground::lay(&config, Asker::Up, "up", demo, START_PATIENCE) => ground?,
        () = stop.cancelled() => return Ok(Exit::Fine),
    };
    let outcome = all_roles(&ground, &config, telemetry, demo, listener, &stop, begun).await;
    ground.leave().await;
    outcome.map(|()| Exit::Fine)
}

async fn all_roles(
    ground: &Ground,
    config: &Config,
    telemetry: &TelemetryGuard,
    demo: bool,
    listener: tokio::net::TcpListener,
    stop: &CancellationToken,
    begun: std::time::Instant,
) -> anyhow::Result<()> {
    if demo {
        let loaded = directory::load_demonstration(&ground.pool, &ground.keyring).await?;
        tracing::info!(
            establishments = loaded.establishments.kept,
            contacts = loaded.contacts.kept,
            "the demonstration directory is loaded"
        );
    }
    let Some(client) = nats_once_there(ground, "up", stop).await? else {
        return Ok(());
    };
    let nudge = Nudge::default();
    let mut running = Running::new(stop.clone());
    for role in [
        Role::Relay,
        Role::Projector,
        Role::Feed,
        Role::Mailer,
        Role::Worker,
    ] {
        running.spawn_role(ground, role, &client, &nudge)?;
    }
    running.spawn("mails", mailer::watch::run(ground.pool.clone(), stop.clone()));
    let router = router(ground, config, ground.onboarding(nudge)?)?;
    front::open(&mut running, listener, router, ground, config, stop);
    running.spawn("sessions", tell_ages(ground, "up", stop));
    running.spawn("epochs", exchange_epochs(ground, stop));
    let readiness = Readiness::new()
        .postgres(ground.pool.clone())
        .jetstream_stores(client, "up")
        .loops();
    let readiness = appends_pass(signing_goes_on(readiness, ground), ground);
    let readiness = epochs_are_here(readiness, ground);
    let admin = admin::serve(config.admin_listen, readiness, telemetry.metrics(), stop.clone()).await?;
    tracing::info!(admin = %admin.address, milliseconds = begun.elapsed().as_millis(), "running");
    say(format_args!("ready {}", config.public_url));
    if demo {
        demonstration::tell(ground, &config.public_url).await;
    }
    running.until_stopped().await
}
