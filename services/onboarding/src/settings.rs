//! Settings with which the service runs and is of no use, or unsafe: told at the start and by `onboarding doctor`.

use mailer::compose::Sender;
use runtime::health::Finding;
use runtime::{Config, is_loopback_host, is_reserved_domain};

use crate::ground::Ground;

const SUBJECT: &str = "settings";

/// Every doubt. While the pages are of this machine it is a trial, and so are its mails if their relay is of this machine too.
pub fn examine(ground: &Ground) -> Vec<Finding> {
    let mut doubts = Vec::new();
    let config = &ground.config;
    let pages_are_near = host_of(&config.public_url).is_none_or(|host| is_loopback_host(&host));
    if config.pages_are_far_and_clear() {
        doubts.push(Finding::warning(
            SUBJECT,
            format!(
                "{} is not https: passwords and sessions cross the network in clear",
                config.public_url
            ),
            "put a proxy with TLS before the pages, set ONBOARDING_PUBLIC_URL to its https address, and take `pages` out of \
             ONBOARDING_CLEARTEXT",
        ));
    }
    let missing = ground.catalogue.legal.missing();
    if !pages_are_near && !missing.is_empty() {
        doubts.push(Finding::warning(
            SUBJECT,
            format!("the legal pages lack {}", missing.join(", ")),
            "give them under [legal] in the catalogue's file: the law has every site say them",
        ));
    }
    if config.smtp_url.is_some() && !(pages_are_near && relay_is_near(config)) {
        doubts.extend(of_mails(pages_are_near, &config.public_url, &ground.mail_from()));
    }
    doubts
}

/// Whether mails do not leave this machine by the relay's address.
pub fn relay_is_near(config: &Config) -> bool {
    let relay = config.smtp_url.as_ref().and_then(|url| host_of(url.expose()));
    relay.is_none_or(|host| is_loopback_host(&host))
}

/// Those about mails that go to people.
fn of_mails(pages_are_near: bool, public_url: &str, from: &str) -> Vec<Finding> {
    let mut doubts = Vec::new();
    if pages_are_near {
        doubts.push(Finding::fault(
            SUBJECT,
            format!("links in mails lead to {public_url}, which is the reader's own machine"),
            "set ONBOARDING_PUBLIC_URL to what people type",
        ));
    }
    let domain = Sender::parse(from).map(|sender| sender.domain().to_owned());
    if let Ok(domain) = domain
        && is_reserved_domain(&domain)
    {
        doubts.push(Finding::fault(
            SUBJECT,
            format!("mails come from {domain}, a domain for demonstrations: relays and readers refuse it"),
            "set ONBOARDING_MAIL_FROM to an address of your own domain",
        ));
    }
    doubts
}

/// Tells the log once, when a role starts that they are about.
pub fn warn(ground: &Ground) {
    for doubt in examine(ground) {
        tracing::warn!("{}: {}", doubt.found, doubt.remedy.unwrap_or_default());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_that_go_to_people_need_a_link_and_a_sender_of_the_world() {
        let told = |near, from| of_mails(near, "http://localhost:8080", from).len();
        assert_eq!(told(true, "Compte <compte@example.org>"), 2);
        assert_eq!(told(false, "Compte <compte@exemple-reel.fr>"), 0);
    }

    #[test]
    fn a_host_is_found_behind_a_password_and_within_brackets() {
        assert_eq!(host_of("smtp://u:p@[::1]:25").as_deref(), Some("::1"));
        assert_eq!(
            host_of("https://compte.example.org/x").as_deref(),
            Some("compte.example.org")
        );
    }
}
