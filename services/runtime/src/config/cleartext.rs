//! What goes over the network in clear: nothing beyond this machine, unless an operator says that it is meant.

use reqwest::Url;
use sqlx::postgres::PgSslMode;

use super::sources::Sources;
use super::{Config, Secret, is_loopback_host};
use crate::postgres::Servers;

/// What may go over the network in clear because an operator said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleartext {
    /// Pages and API, as people reach them.
    Pages,
    /// What is said to PostgreSQL.
    Postgres,
    /// What is said to NATS.
    Nats,
}

impl Cleartext {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Postgres => "postgres",
            Self::Nats => "nats",
        }
    }
}

/// Reads the words, with commas between.
pub(super) fn parse(text: &str) -> Result<Vec<Cleartext>, String> {
    let all = [Cleartext::Pages, Cleartext::Postgres, Cleartext::Nats];
    let one = |word: &str| {
        let known = all.into_iter().find(|it| it.word() == word.trim());
        known.ok_or_else(|| "must be of the words pages, postgres, nats, with commas between".to_owned())
    };
    text.split(',').map(one).collect()
}

impl Config {
    /// Refuses what would go in clear and is not said to be meant.
    pub(super) fn refuse_cleartext(&self, sources: &mut Sources) {
        let meant = |what| self.cleartext.contains(&what);
        if self.pages_are_far_and_clear() && !meant(Cleartext::Pages) {
            sources.fault(
                "public_url",
                "must begin with https:// unless its host is this machine: passwords and sessions would cross the network \
                 in clear; put a proxy with TLS before the pages, or say `cleartext = \"pages\"`"
                    .to_owned(),
            );
        }
        if self.postgres_url.as_ref().is_some_and(postgres_is_far_and_clear) && !meant(Cleartext::Postgres) {
            sources.fault(
                "postgres_url",
                "must say sslmode=require, or better verify-full with sslrootcert, for a server that is not this machine: the \
                 password and every person's sealed data would cross the network in clear, or could; where that is meant, \
                 say `cleartext = \"postgres\"`"
                    .to_owned(),
            );
        }
        for (key, url) in [
            ("nats_url", &self.nats_url),
            ("nats_system_url", &self.nats_system_url),
        ] {
            if url.as_ref().is_some_and(nats_is_far_and_clear) && !meant(Cleartext::Nats) {
                sources.fault(
                    key,
                    "must begin with tls:// for a server that is not this machine: the password would cross the network in \
                     clear; where that is meant, say `cleartext = \"nats\"`"
                        .to_owned(),
                );
            }
        }
    }
}

fn postgres_is_far_and_clear(url: &Secret) -> bool {
    let Ok(servers) = url.expose().parse::<Servers>() else {
        return false;
    };
    servers.all.iter().any(|server| {
        let is_near = |host: &String| host.starts_with('/') || is_loopback_host(host);
        let is_clear = matches!(
            server.options.get_ssl_mode(),
            PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer
        );
        is_clear && !server.host.as_ref().is_none_or(is_near)
    })
}

fn nats_is_far_and_clear(url: &Secret) -> bool {
    url.expose().split(',').any(|one| {
        Url::parse(one.trim()).is_ok_and(|url| {
            let host = url.host_str().unwrap_or_default();
            url.scheme() != "tls" && !is_loopback_host(host.trim_matches(['[', ']']))
        })
    })
}
