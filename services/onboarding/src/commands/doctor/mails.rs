//! Whether mails can go out and do, and whether the stream that asks for them is whole.

use std::time::Duration;

use mailer::watch;

use runtime::health::Finding;

use crate::ground::Ground;
use crate::settings;

/// How long the relay may take to answer somebody who waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be said of the relay, of open mails, and of a rebuild that was left.
pub async fn examine(ground: &Ground) -> Vec<Finding> {
    let mut findings = vec![relay(ground).await];
    findings.extend(signature(ground));
    findings.push(outcomes(ground).await);
    findings.extend(held(ground).await);
    findings.extend(unfinished_rebuild(ground).await);
    findings
}

/// Greets the relay, agrees on TLS and signs in.
async fn relay(ground: &Ground) -> Finding {
    const SETTING: &str = "mend ONBOARDING_SMTP_URL, ONBOARDING_SMTP_PASSWORD_FILE or ONBOARDING_MAIL_FROM";
    let mut relay = match ground.mail_relay() {
        Ok(Some(relay)) => relay,
        Ok(None) => {
            return Finding::judged(
                "mail",
                ground.config.listen.ip().is_loopback(),
                format!(
                    "no server is set: mails become files in {}",
                    ground.config.mail_dir().display()
                ),
                "set ONBOARDING_SMTP_URL: this service listens beyond this machine",
            );
        }
        Err(fault) => return Finding::fault("mail", format!("{fault:#}"), SETTING),
    };
    relay.command_timeout = relay.command_timeout.min(PATIENCE);
    let transport = match ground
        .mail_sender()
        .and_then(|sender| Ok(relay.transport(&sender)?))
    {
        Ok(transport) => transport,
        Err(fault) => return Finding::fault("mail", format!("{fault:#}"), SETTING),
    };
    match transport.probe().await {
        Ok(greeted) => {
            let found = format!(
                "the relay greets, {}, {}",
                if greeted.over_tls {
                    "over TLS"
                } else {
                    "without TLS"
                },
                if greeted.signed_in {
                    "and accepts user and password"
                } else {
                    "and no user is set"
                },
            );
            match greeted.over_tls || settings::relay_is_near(&ground.config) {
                true => Finding::fine("mail", found),
                false => Finding::warning(
                    "mail",
                    found,
                    "mails with their links cross the network in clear: add ?tls=required to ONBOARDING_SMTP_URL",
                ),
            }
        }
        Err(failure) => Finding::fault("mail", failure.to_string(), failure.trouble.cause.remedy()),
    }
}

/// The record that verifiers of our mails look for.
fn signature(ground: &Ground) -> Option<Finding> {
    let sender = ground.mail_sender().ok()?;
    let dkim = sender.dkim()?;
    let (name, record) = dkim.record();
    let found = format!(
        "mails are signed; `dig +short TXT {name}` is to answer \"{record}\", in one string or several"
    );
    Some(match dkim.is_seldom_verified() {
        true => Finding::warning(
            "DKIM",
            found,
            "several large providers verify RSA signatures only, and take a mail with an Ed25519 one for unsigned: sign with an RSA key unless you know your recipients",
        ),
        false => Finding::fine("DKIM", found),
    })
}

/// Why mails wait, where it does not pass by itself.
async fn held(ground: &Ground) -> Vec<Finding> {
    let held = watch::held(&ground.pool).await.unwrap_or_default();
    let told = held.into_iter().filter_map(|it| {
        let cause = it.cause().filter(|cause| !cause.is_ordinary())?;
        let command = it
            .command
            .map_or_else(String::new, |command| format!(" at {command}"));
        let codes = [it.server_code.map(|code| code.to_string()), it.enhanced_code];
        let codes = codes.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let found = format!(
            "{} wait: {}{command} {codes}, the oldest for {}",
            it.mails,
            cause.code(),
            span(it.oldest_seconds)
        );
        Some(Finding::fault("mails held", found, cause.remedy()))
    });
    told.collect()
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
