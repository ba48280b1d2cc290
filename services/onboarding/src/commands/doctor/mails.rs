//! Whether mails go out, and whether the stream that asks for them is whole.

use mailer::watch;

use super::Finding;
use crate::ground::Ground;

/// What is to be said of open mails, and of a rebuild that was left.
pub async fn examine(ground: &Ground) -> Vec<Finding> {
    let mut findings = vec![outcomes(ground).await];
    findings.extend(unfinished_rebuild(ground).await);
    findings
}

async fn outcomes(ground: &Ground) -> Finding {
    match watch::look(&ground.pool).await {
        Ok(open) if open.overdue > 0 => Finding::fault(
            "mails asked for",
            format!(
                "{} of {} without an outcome were asked for over five minutes ago, and no try is under way or planned; the oldest waits for {}",
                open.overdue,
                open.waiting,
                span(open.oldest_overdue_seconds)
            ),
            "start a relay and a mailer, or look at their logs; a mail server that cannot be reached holds mails up too",
        ),
        Ok(open) if open.waiting > 0 => Finding::fine(
            "mails asked for",
            format!(
                "{} wait for their outcome, the oldest for {}",
                open.waiting,
                span(open.oldest_seconds)
            ),
        ),
        Ok(_) => Finding::fine("mails asked for", "each has an outcome"),
        Err(fault) => Finding::fault("mails asked for", fault.to_string(), "see that PostgreSQL runs"),
    }
}

/// Nothing when none was left.
async fn unfinished_rebuild(ground: &Ground) -> Option<Finding> {
    let found = match ground.store.unfinished_bus_rebuild().await {
        Ok(None) => return None,
        Ok(Some((_, begun_at))) => format!("begun {} and not finished", begun_at.format("%F %T UTC")),
        Err(fault) => fault.to_string(),
    };
    Some(Finding::fault(
        "bus rebuild",
        found,
        "unless one is running now, run `onboarding bus rebuild` again: it goes on, and consumers get their places back",
    ))
}

fn span(seconds: f64) -> String {
    match seconds as u64 {
        s if s < 60 => format!("{s} s"),
        s if s < 3_600 => format!("{} min", s / 60),
        s => format!("{} h {} min", s / 3_600, s % 3_600 / 60),
    }
}
