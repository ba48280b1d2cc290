//! Which registers are asked, and how they are reached.

use std::time::Duration;

use domain::registration::event::RegisterSource;
use reqwest::header::HeaderMap;
use reqwest::{Client, Url, redirect};

use sqlx::PgPool;

use super::health::{Health, Quota};
use super::insee::{self, Insee};
use super::recherche::{self, Recherche};
use super::remote::Remote;
use super::source::Source;

/// Longest wait for a connection; the share of a source's time bounds it further.
const CONNECT_TIME: Duration = Duration::from_secs(1);
/// INSEE's public plan: 30 calls a minute.
const INSEE_CALLS_A_MINUTE: u32 = 30;
/// The name by which the operators of a register may tell us from others, as the public search asks.
const USER_AGENT: &str = concat!("account-onboarding/", env!("CARGO_PKG_VERSION"));

/// Which registers are asked.
#[derive(Clone)]
pub struct RegisterSettings {
    /// INSEE's interface, up to where `/siret/…` follows; unset: INSEE is not asked.
    pub sirene_url: Option<String>,
    /// Key of INSEE's public plan.
    pub sirene_key: Option<String>,
    /// Calls a minute that all roles together may make to INSEE: this service's part of the plan's quota.
    pub sirene_calls_a_minute: u32,
    /// The public search for enterprises, with or without `/search`; unset: it is not asked.
    pub recherche_url: Option<String>,
    /// Whether the invented register answers where neither of the above is set.
    pub demonstration: bool,
}

impl Default for RegisterSettings {
    fn default() -> Self {
        Self {
            sirene_url: None,
            sirene_key: None,
            sirene_calls_a_minute: INSEE_CALLS_A_MINUTE,
            recherche_url: None,
            demonstration: false,
        }
    }
}

impl std::fmt::Debug for RegisterSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisterSettings")
            .field("sirene_url", &self.sirene_url)
            .field("sirene_key", &self.sirene_key.as_ref().map(|_| "[secret]"))
            .field("sirene_calls_a_minute", &self.sirene_calls_a_minute)
            .field("recherche_url", &self.recherche_url)
            .field("demonstration", &self.demonstration)
            .finish()
    }
}

/// Why the registers cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// An address is not one.
    #[error("{0} is not an http or https address")]
    Address(&'static str),
    /// The key holds what no header may.
    #[error("the key of INSEE's interface holds characters that no header may hold")]
    Key,
    /// No HTTP client can be made.
    #[error("no HTTP client can be made: {0}")]
    Client(#[source] reqwest::Error),
}

impl RegisterSettings {
    /// The sources reached over the network, in the order in which they are asked.
    pub(super) fn remote_sources(&self, pool: &PgPool) -> Result<Vec<Source>, SettingsError> {
        if self.sirene_url.is_none() && self.recherche_url.is_none() {
            return Ok(Vec::new());
        }
        let client = client()?;
        let remote = |source: RegisterSource, base: Url, headers, quota: Quota| {
            let health = Health::of(pool.clone(), source.code(), base.to_string(), quota);
            Remote::new(client.clone(), base, headers, health)
        };
        let mut sources = Vec::new();
        if let Some(base) = &self.sirene_url {
            let base = address(base, "the address of INSEE's interface")?;
            let headers = insee::headers(self.sirene_key.as_deref())?;
            let quota = insee::quota(self.sirene_calls_a_minute);
            sources.push(Source::insee(Insee::new(remote(
                RegisterSource::Insee,
                base,
                headers,
                quota,
            ))));
        }
        if let Some(base) = &self.recherche_url {
            let base = recherche::base(address(base, "the address of the public search for enterprises")?);
            sources.push(Source::recherche(Recherche::new(remote(
                RegisterSource::RechercheEntreprises,
                base,
                HeaderMap::new(),
                recherche::QUOTA,
            ))));
        }
        Ok(sources)
    }
}

/// Redirects are followed by hand: a key must not travel to another host.
fn client() -> Result<Client, SettingsError> {
    // An error means that the process has chosen a provider already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIME)
        .user_agent(USER_AGENT)
        .build()
        .map_err(SettingsError::Client)
}

fn address(text: &str, what: &'static str) -> Result<Url, SettingsError> {
    let url = Url::parse(text.trim()).map_err(|_| SettingsError::Address(what))?;
    let usable = matches!(url.scheme(), "http" | "https") && url.has_host() && !url.cannot_be_a_base();
    if usable {
        Ok(url)
    } else {
        Err(SettingsError::Address(what))
    }
}
