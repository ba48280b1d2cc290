//! Settings with which mails leave and are of no use: told at the start and by `onboarding doctor`.

use mailer::compose::Sender;
use runtime::{is_loopback_host, is_reserved_domain};

use crate::ground::Ground;

/// What is wrong and what to do about it, for a service that hands its mails to a relay. While relay and links both are of
/// this machine it is a trial, and nothing is wrong.
pub fn examine(ground: &Ground) -> Vec<(String, &'static str)> {
    let config = &ground.config;
    let relay = config.smtp_url.as_ref().and_then(|url| host_of(url.expose()));
    let Some(relay) = relay else { return vec![] };
    let links = host_of(&config.public_url).unwrap_or_default();
    if is_loopback_host(&relay) && is_loopback_host(&links) {
        return vec![];
    }
    let mut wrong = vec![];
    if is_loopback_host(&links) {
        wrong.push((
            format!(
                "links in mails lead to {}, which is the reader's own machine",
                config.public_url
            ),
            "set ONBOARDING_PUBLIC_URL to what people type",
        ));
    }
    let from = ground.mail_from();
    let domain = Sender::parse(&from).map(|sender| sender.domain().to_owned());
    if let Ok(domain) = domain
        && is_reserved_domain(&domain)
    {
        wrong.push((
            format!("mails come from {domain}, a domain for demonstrations: relays and readers refuse it"),
            "set ONBOARDING_MAIL_FROM to an address of your own domain",
        ));
    }
    wrong
}

/// Tells the log once, when a role starts that sends mails.
pub fn warn(ground: &Ground) {
    for (found, remedy) in examine(ground) {
        tracing::warn!("{found}: {remedy}");
    }
}

fn host_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let name = match host.strip_prefix('[') {
        Some(literal) => literal.split(']').next()?,
        None => host.split(':').next()?,
    };
    Some(name.to_owned())
}
