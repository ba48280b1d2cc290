//! Whether every subscriber is served, and does its part.

use chrono::{TimeDelta, Utc};
use subscribers::{OUTCOMES_STREAM, SubscriberStatus};

use runtime::health::Finding;

use super::advice;
use crate::ground::Ground;

/// An event that a client holds for so long is not being worked on.
const UNACKNOWLEDGED_MAX: TimeDelta = TimeDelta::hours(1);

/// Whoever has read a person is expected to have erased them too within so long.
const ACKNOWLEDGED_WITHIN: TimeDelta = TimeDelta::days(1);

/// What is to be said of subscribers, where there are any.
pub async fn examine(ground: &Ground, client: Option<&async_nats::Client>) -> Vec<Finding> {
    let them = match subscribers::status(&ground.pool, false).await {
        Ok(them) => them,
        Err(fault) => {
            return vec![Finding::fault(
                "subscribers",
                fault.to_string(),
                advice::of(&fault, "look at the log of the role feed"),
            )];
        }
    };
    let mut findings = vec![served(&them), parked(&them)];
    if let Some(client) = client
        && them.iter().any(|one| one.kind == "nats")
    {
        findings.push(outcomes(client).await);
    }
    if let Some(client) = client
        && ground.servers.nats_system_url.is_some()
    {
        findings.push(callout(client).await);
    }
    findings.push(acknowledgements(ground).await);
    findings
}

fn served(them: &[SubscriberStatus]) -> Finding {
    let waits = |one: &&SubscriberStatus| {
        let oldest = one.oldest_unacknowledged;
        one.paused_at.is_none() && oldest.is_some_and(|at| Utc::now() - at > UNACKNOWLEDGED_MAX)
    };
    let slow: Vec<String> = them
        .iter()
        .filter(waits)
        .map(|one| format!("{} (lag {})", one.name, one.lag))
        .collect();
    let paused = them.iter().filter(|one| one.paused_at.is_some()).count();
    let found = match slow.is_empty() {
        true => format!("{} there, {paused} paused", them.len()),
        false => format!("not acknowledged for over an hour: {}", slow.join(", ")),
    };
    Finding::judged(
        "subscribers",
        slow.is_empty(),
        found,
        "tell those who run them; `onboarding subscriber list` and, for a webhook, `deliveries` say more",
    )
}

fn parked(them: &[SubscriberStatus]) -> Finding {
    let with: Vec<String> = them
        .iter()
        .filter(|one| one.parked > 0)
        .map(|one| format!("{} {}", one.name, one.parked))
        .collect();
    let found = match with.is_empty() {
        true => "none".to_owned(),
        false => format!("registrations that wait: {}", with.join(", ")),
    };
    Finding::judged(
        "parked",
        with.is_empty(),
        found,
        "`onboarding subscriber parked NAME` says why each was refused; then `retry`, or `skip --reason`",
    )
}

/// Whether the stream answers that tells what became of messages to subscribers: without it nobody on NATS gets anything new.
async fn outcomes(client: &async_nats::Client) -> Finding {
    const SUBJECT: &str = "subscribers' outcomes";
    match runtime::nats::jetstream(client).get_stream(OUTCOMES_STREAM).await {
        Ok(stream) => {
            let info = stream.cached_info();
            Finding::fine(
                SUBJECT,
                format!(
                    "{OUTCOMES_STREAM} is kept on {} server(s)",
                    info.config.num_replicas
                ),
            )
        }
        Err(fault) if runtime::stream::is_missing(&fault.kind()) => Finding::fine(
            SUBJECT,
            format!("{OUTCOMES_STREAM} is not made yet; the role feed makes it"),
        ),
        Err(fault) => Finding::fault(
            SUBJECT,
            format!("{OUTCOMES_STREAM} does not answer: {fault}"),
            "its server is away, and until it is back nobody on NATS gets anything new; `onboarding bus replicas 3` has \
             several servers of a cluster keep what the service needs",
        ),
    }
}

async fn callout(client: &async_nats::Client) -> Finding {
    let answers = subscribers::callout_answers(client).await;
    Finding::judged(
        "subscribers' logins",
        answers,
        match answers {
            true => "answered",
            false => "nobody answers NATS when it asks who a subscriber is: none can connect",
        },
        "start the role feed: it answers",
    )
}

async fn acknowledgements(ground: &Ground) -> Finding {
    match ground.store.missing_acknowledgements().await {
        Ok((missing, oldest)) => Finding::judged(
            "erasures acknowledged",
            oldest.is_none_or(|at| Utc::now() - at < ACKNOWLEDGED_WITHIN),
            match oldest {
                Some(at) => format!("{missing} missing, the oldest of {}", at.format("%F %T UTC")),
                None => "none is missing".to_owned(),
            },
            "`onboarding subscriber acknowledgements --missing` says who has read a person that is erased and not answered",
        ),
        Err(fault) => Finding::fault(
            "erasures acknowledged",
            fault.to_string(),
            advice::of(&fault, "look at the worker's log"),
        ),
    }
}
