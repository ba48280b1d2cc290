//! INSEE's Sirene interface, version 3.11, public plan: one header, thirty calls a minute.
//!
//! `champs` restricts the answer to what is read, which keeps the names of sole traders out of it.

use std::time::Duration;

use domain::values::Siret;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue};
use tokio::time::Instant;

use super::finding::{Outcome, Silence};
use super::health::{Quota, Urgency};
use super::insee_body;
use super::remote::Remote;
use super::settings::SettingsError;

const KEY_HEADER: &str = "x-insee-api-key-integration";
const FIELDS: &str = "siret,statutDiffusionEtablissement,etatAdministratifUniteLegale,etatAdministratifEtablissement,dateDebut,dateFin,etablissementSiege";
/// What looking for a successor may take: the closing itself is known already.
const SUCCESSOR_TIME: Duration = Duration::from_millis(700);
/// What is left of INSEE's time for the answer itself.
const ANSWER_TIME: Duration = Duration::from_millis(100);
/// A third of the quota waits for people: a chore has the whole night.
const KEPT_FOR_PEOPLE: u32 = 10;

/// INSEE.
#[derive(Debug)]
pub struct Insee {
    remote: Remote,
}

impl Insee {
    /// INSEE's interface.
    pub fn new(remote: Remote) -> Self {
        Self { remote }
    }

    /// The register as it is reached.
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// Asks for one establishment, and for the successor of a closed one while there is time: a closing that INSEE has
    /// stated must not be lost to the search for who took over.
    pub async fn ask(&self, siret: &Siret, urgency: Urgency, deadline: Instant) -> Result<Outcome, Silence> {
        let mut url = self.remote.page(&["siret", siret.as_str()]);
        url.query_pairs_mut().append_pair("champs", FIELDS);
        let answer = self.remote.get(url, urgency, true).await?;
        let outcome = match answer.status {
            StatusCode::OK => insee_body::read(&answer.body, siret, answer.redirected)?,
            StatusCode::NOT_FOUND if insee_body::says_not_found(&answer.body) => Outcome::NotFound,
            StatusCode::NOT_FOUND => return Err(Silence::Body),
            StatusCode::FORBIDDEN if insee_body::says_undisclosed(&answer.body) => {
                return Err(Silence::Undisclosed);
            }
            status => return Err(Silence::Status(status.as_u16())),
        };
        match outcome {
            Outcome::Closed {
                closed_on,
                successor: None,
            } => {
                let left = deadline.saturating_duration_since(Instant::now());
                let time = SUCCESSOR_TIME.min(left.saturating_sub(ANSWER_TIME));
                let successor = tokio::time::timeout(time, self.successor(siret, urgency))
                    .await
                    .ok()
                    .flatten();
                Ok(Outcome::Closed { closed_on, successor })
            }
            outcome => Ok(outcome),
        }
    }

    /// The establishment that took over. Nothing when there is none or INSEE does not say: a courtesy, not a check.
    async fn successor(&self, siret: &Siret, urgency: Urgency) -> Option<Siret> {
        let mut url = self.remote.page(&["siret", "liensSuccession"]);
        url.query_pairs_mut()
            .append_pair("q", &format!("siretEtablissementPredecesseur:{siret}"));
        let answer = self.remote.get(url, urgency, false).await.ok()?;
        (answer.status == StatusCode::OK)
            .then(|| insee_body::successor(&answer.body, siret))
            .flatten()
    }
}

/// What INSEE's public plan allows within a minute; `calls` is this organisation's part of it.
pub fn quota(calls: u32) -> Quota {
    Quota {
        calls,
        window: Duration::from_secs(60),
        kept_for_people: KEPT_FOR_PEOPLE.min(calls / 2),
    }
}

/// What is sent along with each question: the key, where the plan asks for one.
pub fn headers(key: Option<&str>) -> Result<HeaderMap, SettingsError> {
    let mut headers = HeaderMap::new();
    if let Some(key) = key {
        let mut value = HeaderValue::from_str(key.trim()).map_err(|_| SettingsError::Key)?;
        value.set_sensitive(true);
        headers.insert(KEY_HEADER, value);
    }
    Ok(headers)
}
