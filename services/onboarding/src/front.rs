//! Where visitors come in: the listener of pages and API, and what its forwarding headers tell of a proxy before it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::middleware::from_fn_with_state;
use chrono::{DateTime, TimeDelta, Utc};
use runtime::edge::completion::{Requests, run_to_completion};
use runtime::edge::connections::Bounds;
use runtime::edge::listener::{self, Door};
use runtime::edge::proxies::{Forwarding, TrustedProxies, find_visitor};
use runtime::health::Finding;
use runtime::{CancellationToken, Config, files};
use sqlx::PgPool;
use tokio::net::TcpListener;

use crate::ground::Ground;
use crate::running::Running;

/// How often it is looked whether visitors come by a proxy that nobody told us of.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// What was noticed longer ago is over.
const NOTICED_LATELY: TimeDelta = TimeDelta::days(1);

/// Binds the listener and notes the address that it really has, so that port 0 may be asked for.
pub async fn bind(config: &mut Config) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    config.listening_at(listener.local_addr()?);
    Ok(listener)
}

/// Answers requests until told to stop, then finishes those under way, also those whose client has gone.
pub fn open(
    running: &mut Running,
    listener: TcpListener,
    router: Router,
    ground: &Ground,
    config: &Config,
    stop: &CancellationToken,
) {
    let trusted = Arc::new(config.trusted_proxies.clone());
    let forwarding = Arc::new(Forwarding::default());
    let door = Door {
        name: "visitors",
        bounds: Bounds::of_visitors(files::raise_limit(), config.limits),
        trusted: Arc::clone(&trusted),
    };
    let stopping = stop.clone();
    let visitors = (trusted, Arc::clone(&forwarding));
    running.spawn("http", async move {
        let requests = Requests::default();
        let router = router
            .layer(from_fn_with_state(requests.clone(), run_to_completion))
            .layer(from_fn_with_state(visitors, find_visitor));
        listener::serve(listener, router, door, stopping).await;
        requests.ended().await;
        Ok(())
    });
    running.spawn(
        "forwarding",
        notice(
            ground.pool.clone(),
            forwarding,
            config.trusted_proxies.clone(),
            stop.clone(),
        ),
    );
}

/// Writes down, and tells once, that most visitors come with forwarding headers that do not count. A few are nothing: anybody
/// may send them.
async fn notice(
    pool: PgPool,
    forwarding: Arc<Forwarding>,
    trusted: TrustedProxies,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut told = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let (requests, ignored) = forwarding.take();
        if ignored == 0 || ignored * 2 < requests {
            continue;
        }
        if !told {
            tracing::warn!(requests, ignored, "{}: {}", what_is_noticed(&trusted), REMEDY);
            told = true;
        }
        let noted = sqlx::query(
            "INSERT INTO public.forwarding_noticed (requests, ignored) VALUES ($1, $2)
             ON CONFLICT (only_row) DO UPDATE
             SET requests = excluded.requests, ignored = excluded.ignored, noticed_at = clock_timestamp()",
        )
        .bind(i64::try_from(requests).unwrap_or(i64::MAX))
        .bind(i64::try_from(ignored).unwrap_or(i64::MAX))
        .execute(&pool)
        .await;
        if let Err(error) = noted {
            // A database that is away is told by everybody else.
            tracing::debug!(%error, "not noted that forwarding headers came");
        }
    }
}

const REMEDY: &str = "set ONBOARDING_TRUSTED_PROXIES to the addresses or networks of the proxies before the pages, as the \
    runbook shows; until then all who come by one share the limits of one network";

fn what_is_noticed(trusted: &TrustedProxies) -> &'static str {
    match trusted.is_empty() {
        true => "requests come with Forwarded or X-Forwarded-For, and no proxy is trusted",
        false => {
            "requests come with forwarding headers from no trusted proxy, or with two that contradict each other"
        }
    }
}

/// Whether visitors came lately by a proxy whose word does not count.
pub async fn examine(ground: &Ground) -> Finding {
    const SUBJECT: &str = "proxies";
    let noticed: Result<Option<(DateTime<Utc>, i64, i64)>, sqlx::Error> =
        sqlx::query_as("SELECT noticed_at, ignored, requests FROM public.forwarding_noticed")
            .fetch_optional(&ground.pool)
            .await;
    let trusted = &ground.config.trusted_proxies;
    match noticed {
        Ok(Some((at, ignored, requests))) if at > Utc::now() - NOTICED_LATELY => Finding::warning(
            SUBJECT,
            format!(
                "{}: {ignored} of {requests} within two seconds, last at {at}",
                what_is_noticed(trusted)
            ),
            REMEDY,
        ),
        Ok(_) if trusted.is_empty() => Finding::fine(
            SUBJECT,
            "none is trusted, and no forwarding headers came within a day",
        ),
        Ok(_) => Finding::fine(SUBJECT, format!("trusted: {trusted}")),
        Err(fault) => Finding::fault(SUBJECT, fault.to_string(), "see `postgresql`"),
    }
}
