//! The public search for enterprises (recherche-entreprises.api.gouv.fr): no key, seven calls a second, and it knows agreements.
//!
//! `minimal` and `include` leave the directors, whom it would send along by name, out of the answer.

use std::time::Duration;

use domain::values::Siret;
use reqwest::{StatusCode, Url};

use super::finding::{Outcome, Silence};
use super::health::{Quota, Urgency};
use super::recherche_body;
use super::remote::Remote;

/// What the public search allows one address; a cloud's addresses share thirty a second beyond that.
pub const QUOTA: Quota = Quota {
    calls: 7,
    window: Duration::from_secs(1),
    kept_for_people: 3,
};

/// The public search.
#[derive(Debug)]
pub struct Recherche {
    remote: Remote,
}

impl Recherche {
    /// The public search.
    pub fn new(remote: Remote) -> Self {
        Self { remote }
    }

    /// The register as it is reached.
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// Searches for one establishment.
    pub async fn ask(&self, siret: &Siret, urgency: Urgency) -> Result<Outcome, Silence> {
        let mut url = self.remote.page(&["search"]);
        url.query_pairs_mut()
            .append_pair("q", siret.as_str())
            .append_pair("minimal", "true")
            .append_pair("include", "siege,complements,matching_etablissements")
            .append_pair("per_page", "1");
        let answer = self.remote.get(url, urgency, true).await?;
        match answer.status {
            StatusCode::OK => recherche_body::read(&answer.body, siret),
            status => Err(Silence::Status(status.as_u16())),
        }
    }
}

/// The search's base: its address may be given with or without `/search` at its end.
pub fn base(mut address: Url) -> Url {
    let path = address.path().trim_end_matches('/');
    if let Some(above) = path.strip_suffix("/search") {
        let above = above.to_owned();
        address.set_path(&above);
    }
    address
}
