//! The public search for enterprises (recherche-entreprises.api.gouv.fr): no key, seven calls a second, and it knows agreements.
//!
//! `minimal` and `include` leave the directors, whom it would send along by name, out of the answer.

use std::time::Duration;

use domain::values::Siret;
use reqwest::header::HeaderMap;
use reqwest::{Client, StatusCode, Url};

use super::budget::Budget;
use super::fetch::{below, get};
use super::finding::{Outcome, Silence};
use super::recherche_body;

const CALLS_A_SECOND: u32 = 7;

/// The public search.
#[derive(Debug)]
pub struct Recherche {
    client: Client,
    page: Url,
    budget: Budget,
}

impl Recherche {
    /// The search behind an address, which may or may not end with `/search`.
    pub fn new(client: Client, base: Url) -> Self {
        let page = match base.path().trim_end_matches('/').ends_with("/search") {
            true => base,
            false => below(&base, &["search"]),
        };
        Self {
            client,
            page,
            budget: Budget::new(CALLS_A_SECOND, Duration::from_secs(1)),
        }
    }

    /// Searches for one establishment.
    pub async fn ask(&self, siret: &Siret) -> Result<Outcome, Silence> {
        if !self.budget.take() {
            return Err(Silence::BudgetSpent);
        }
        let mut url = self.page.clone();
        url.query_pairs_mut()
            .append_pair("q", siret.as_str())
            .append_pair("minimal", "true")
            .append_pair("include", "siege,complements,matching_etablissements")
            .append_pair("per_page", "1");
        let answer = get(&self.client, url, &HeaderMap::new()).await?;
        match answer.status {
            StatusCode::OK => recherche_body::read(&answer.body, siret),
            status => Err(Silence::Status(status.as_u16())),
        }
    }
}
