//! Folds the log into the read models, a page at a time, until something is in the way.
//!
//! NATS only wakes it: what is folded is what the log has, in the order of the log. A message that is lost, doubled or
//! forged on its way changes nothing, and without NATS the read models follow all the same, a moment later.

use std::convert::Infallible;
use std::time::Duration;

use domain::message::PUBLISHED_SUBJECT;
use projections::FOLD_VERSION;
use runtime::calls::Calls;
use runtime::outage::Outage;
use tokio::time::{Instant, sleep, sleep_until};

use crate::failure::ProjectorError;
use crate::log_reader::{self, PAGE};
use crate::{ProjectorSettings, batch, checkpoint, rebuild};

/// How often the log is looked at without being called.
const LOOK_AFTER: Duration = Duration::from_secs(1);
/// How long a call is left to gather others: what happens in one moment is folded in one transaction.
const GATHER: Duration = Duration::from_millis(20);
/// The same under load, when so many events came together last time: fewer and larger transactions leave the database to those
/// who wait for it.
const GATHER_UNDER_LOAD: Duration = Duration::from_millis(100);
const UNDER_LOAD: u64 = 50;

/// Follows the log from where the read models stand. Never ends well: it goes on until something is in the way.
pub(crate) async fn follow(settings: &ProjectorSettings, outage: &mut Outage) -> ProjectorError {
    match try_follow(settings, outage).await {
        Err(error) => {
            // Without the database the gauge keeps its last value, and the error says why.
            let _said_by_the_error = measure(settings).await;
            error
        }
        Ok(never) => match never {},
    }
}

async fn try_follow(settings: &ProjectorSettings, outage: &mut Outage) -> Result<Infallible, ProjectorError> {
    let mut position = start(settings).await?;
    let published = Calls::on(&settings.client, PUBLISHED_SUBJECT).await.ok();
    loop {
        let before = position;
        position = catch_up(settings, position, published.as_ref()).await?;
        let gather = match position - before < UNDER_LOAD {
            true => GATHER,
            false => GATHER_UNDER_LOAD,
        };
        outage.over();
        metrics::gauge!("onboarding_projector_standstill").set(0);
        metrics::gauge!("onboarding_projector_lag_events").set(0);
        let look_at = Instant::now() + LOOK_AFTER;
        tokio::select! {
            () = called(published.as_ref()) => sleep(gather).await,
            () = sleep_until(look_at) => {}
        }
    }
}

/// Where the read models stand. Tables that an earlier fold wrote are made again from the log first.
async fn start(settings: &ProjectorSettings) -> Result<u64, ProjectorError> {
    let found = checkpoint::read(&settings.pool).await?;
    if found.fold_version > FOLD_VERSION {
        return Err(ProjectorError::LaterRelease {
            found: found.fold_version,
            known: FOLD_VERSION,
        });
    }
    if found.fold_version < FOLD_VERSION {
        tracing::info!(
            from = found.fold_version,
            to = FOLD_VERSION,
            "making the read models again: their fold has changed"
        );
        return Ok(rebuild(&settings.store, None, &|_, _| {}).await?.position);
    }
    Ok(found.position)
}

/// Folds in what the log has after `position`, and answers how far it came. While a page is written the next one is read.
async fn catch_up(
    settings: &ProjectorSettings,
    mut position: u64,
    published: Option<&Calls>,
) -> Result<u64, ProjectorError> {
    let mut page = log_reader::read(&settings.store, position + 1, PAGE).await?;
    while !page.is_empty() {
        let is_full = page.len() == PAGE as usize;
        let after = page.last().map_or(position, |event| event.position);
        let read_ahead = async {
            match is_full {
                true => log_reader::read(&settings.store, after + 1, PAGE).await,
                false => Ok(Vec::new()),
            }
        };
        let (applied, ahead) = tokio::join!(batch::apply(&settings.pool, &page), read_ahead);
        position = applied?;
        metrics::gauge!("onboarding_projector_position").set(position as f64);
        // Calls that came meanwhile are for what is read anyway.
        published.inspect(|it| it.forget());
        page = ahead?;
        if is_full {
            measure(settings).await?;
        }
    }
    Ok(position)
}

/// How far the read models are behind the log.
async fn measure(settings: &ProjectorSettings) -> Result<(), ProjectorError> {
    let position = checkpoint::read(&settings.pool).await?.position;
    let log = settings.store.log_head().await?.position();
    metrics::gauge!("onboarding_projector_position").set(position as f64);
    metrics::gauge!("onboarding_projector_lag_events").set(log.saturating_sub(position) as f64);
    Ok(())
}

/// Waits for a call; without a subscription for ever.
async fn called(published: Option<&Calls>) {
    match published {
        Some(published) => published.next().await,
        None => std::future::pending().await,
    }
}
