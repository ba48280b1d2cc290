//! INSEE's Sirene interface, version 3.11, public plan: one header, thirty calls a minute.
//!
//! `champs` restricts the answer to what is read, which keeps the names of sole traders out of it.

use std::time::Duration;

use domain::values::Siret;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode, Url};

use super::budget::Budget;
use super::fetch::{Answer, below, get};
use super::finding::{Outcome, Silence};
use super::insee_body;
use super::settings::SettingsError;

const KEY_HEADER: &str = "x-insee-api-key-integration";
const FIELDS: &str = "siret,statutDiffusionEtablissement,etatAdministratifUniteLegale,etatAdministratifEtablissement,dateDebut,dateFin";
const MINUTE: Duration = Duration::from_secs(60);
/// What looking for a successor may take: the closing itself is known already.
const SUCCESSOR_TIME: Duration = Duration::from_millis(700);

/// INSEE.
#[derive(Debug)]
pub struct Insee {
    client: Client,
    base: Url,
    headers: HeaderMap,
    budget: Budget,
}

impl Insee {
    /// INSEE behind an address, with a key where the plan asks for one.
    pub fn new(
        client: Client,
        base: Url,
        key: Option<&str>,
        calls_a_minute: u32,
    ) -> Result<Self, SettingsError> {
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            let mut value = HeaderValue::from_str(key.trim()).map_err(|_| SettingsError::Key)?;
            value.set_sensitive(true);
            headers.insert(KEY_HEADER, value);
        }
        Ok(Self {
            client,
            base,
            headers,
            budget: Budget::new(calls_a_minute, MINUTE),
        })
    }

    /// Asks for one establishment, and for the successor of a closed one.
    pub async fn ask(&self, siret: &Siret) -> Result<Outcome, Silence> {
        let mut url = below(&self.base, &["siret", siret.as_str()]);
        url.query_pairs_mut().append_pair("champs", FIELDS);
        let answer = self.call(url).await?;
        let outcome = match answer.status {
            StatusCode::OK => insee_body::read(&answer.body, siret)?,
            StatusCode::NOT_FOUND if insee_body::says_not_found(&answer.body) => Outcome::NotFound,
            StatusCode::NOT_FOUND => return Err(Silence::Body),
            StatusCode::FORBIDDEN => return Err(Silence::Undisclosed),
            status => return Err(Silence::Status(status.as_u16())),
        };
        match outcome {
            Outcome::Closed {
                closed_on,
                successor: None,
            } => {
                let successor = tokio::time::timeout(SUCCESSOR_TIME, self.successor(siret))
                    .await
                    .ok()
                    .flatten();
                Ok(Outcome::Closed { closed_on, successor })
            }
            outcome => Ok(outcome),
        }
    }

    /// The establishment that took over. Nothing when there is none or INSEE does not say: a courtesy, not a check.
    async fn successor(&self, siret: &Siret) -> Option<Siret> {
        let mut url = below(&self.base, &["siret", "liensSuccession"]);
        url.query_pairs_mut()
            .append_pair("q", &format!("siretEtablissementPredecesseur:{siret}"));
        let answer = self.call(url).await.ok()?;
        (answer.status == StatusCode::OK)
            .then(|| insee_body::successor(&answer.body, siret))
            .flatten()
    }

    async fn call(&self, url: Url) -> Result<Answer, Silence> {
        if self.budget.take() {
            get(&self.client, url, &self.headers).await
        } else {
            Err(Silence::BudgetSpent)
        }
    }
}
