//! The certificate of an erasure: a signed statement that the key is destroyed, the event that says so with every stored
//! column, and the proof that this event is in the log. It names nobody, and can be verified without this service.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::Event;
use domain::registration::event::ErasedBy;
use domain::values::RegistrationId;
use serde::{Deserialize, Serialize};
use store::{EventRow, SignedLog};
use tlog::{InclusionProof, Note, Verifier};

use crate::{Denied, Onboarding};

/// What the name of the key that signs statements has behind the log's.
const SUFFIX: &str = "/erasure";

/// The certificate of an erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureCertificate {
    /// A signed note (C2SP signed-note): what is certified, a line each.
    pub statement: String,
    /// The event as exports have it, each column as it is stored; see `services/store/src/leaf.rs` for the hash over them.
    pub event: EventRow,
    /// That the event is in the log (C2SP tlog-proof), with the checkpoint that covers it.
    pub proof: String,
}

/// What does not hold in a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// The statement is not signed by the key given.
    #[error("the statement is not signed by this key")]
    Statement,
    /// The statement says something else than the event.
    #[error("the statement and the event do not say the same")]
    Event,
    /// The event is no erasure.
    #[error("the event is no erasure")]
    NoErasure,
    /// The event is not in the log that the checkpoint is of.
    #[error("the event is not in the log, or its checkpoint is not signed by the log's key")]
    Proof,
}

impl ErasureCertificate {
    /// Verifies it, with the key that signs statements and the log's. Answers whose erasure it certifies.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn verify(&self, statements: &Verifier, log: &Verifier) -> Result<RegistrationId, CertificateFault> {
        let note = Note::parse(&self.statement).map_err(|_| CertificateFault::Statement)?;
        statements
            .verify(&note)
            .map_err(|_| CertificateFault::Statement)?;
        let event = &self.event;
        let erased = serde_json::from_str(&event.payload).map_err(|_| CertificateFault::NoErasure)?;
        let Event::PersonErased(erased) = erased else {
            return Err(CertificateFault::NoErasure);
        };
        let proof = InclusionProof::parse(&self.proof).map_err(|_| CertificateFault::Proof)?;
        let leaf = event.recomputed_leaf_hash().ok_or(CertificateFault::Event)?;
        let expected = head(statements.name(), event, erased.by, &leaf);
        let is_its_own = event.event_type == "PersonErased" && event.leaf_hash == tlog::hash::hex(&leaf);
        if !is_its_own || !note.text.starts_with(&expected) {
            return Err(CertificateFault::Event);
        }
        if proof.index + 1 != event.position {
            return Err(CertificateFault::Proof);
        }
        proof.verify(&leaf, log).map_err(|_| CertificateFault::Proof)?;
        event.aggregate_id.parse().map_err(|_| CertificateFault::Event)
    }
}

impl Onboarding {
    /// The certificate of a person's erasure; none while the person is not erased, or no checkpoint covers it yet, which
    /// takes seconds.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn erasure_certificate(
        &self,
        id: RegistrationId,
    ) -> Result<Option<ErasureCertificate>, Denied> {
        let ground = &self.ground;
        let origin = self.log_origin()?;
        let Some(entry) = ground.store.last_logged(id).await? else {
            return Ok(None);
        };
        let Ok(Event::PersonErased(erased)) = serde_json::from_str(&entry.payload) else {
            return Ok(None);
        };
        let Some(proof) = ground
            .store
            .prove(SignedLog::Events, &origin, entry.position)
            .await?
        else {
            return Ok(None);
        };
        let event = EventRow::of(&entry);
        let signer = ground
            .keyring
            .log_signer(&format!("{origin}{SUFFIX}"))
            .map_err(Denied::fault)?;
        let mut text = head(signer.verifier().name(), &event, erased.by, &entry.leaf_hash);
        text.push_str(&match self.copies_open_until(entry.recorded_at)? {
            Some(until) => format!("copies_open_until {}\n", instant(until)),
            None => "copies_open_until now\n".to_owned(),
        });
        Ok(Some(ErasureCertificate {
            statement: signer.sign(&text).to_string(),
            event,
            proof: proof.to_string(),
        }))
    }

    /// The keys by which certificates are verified: the one that signs statements, then the log's.
    ///
    /// # Errors
    /// Faults of ours only.
    pub fn certificate_keys(&self) -> Result<[Verifier; 2], Denied> {
        let origin = self.log_origin()?;
        let key = |name: &str| {
            let signer = self.ground.keyring.log_signer(name).map_err(Denied::fault)?;
            Ok::<_, Denied>(signer.verifier().clone())
        };
        Ok([key(&format!("{origin}{SUFFIX}"))?, key(&origin)?])
    }

    fn log_origin(&self) -> Result<String, Denied> {
        match &self.ground.settings.log_origin {
            Some(origin) => Ok(origin.clone()),
            None => self.ground.keyring.log_origin().map_err(Denied::fault),
        }
    }

    /// Until when a copy of the database could still give out a key that was destroyed then: the end of the youngest epoch
    /// that may have wrapped it. None once all of these are destroyed.
    fn copies_open_until(&self, erased_at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Denied> {
        let erased_at = SystemTime::from(erased_at);
        let epochs = self.ground.keyring.epochs()?;
        let youngest = epochs
            .iter()
            .map(|epoch| epoch.began_at)
            .filter(|began| *began <= erased_at)
            .max();
        Ok(youngest.map(|began| DateTime::<Utc>::from(began) + self.ground.settings.epoch_horizon))
    }
}

/// What the statement says and the event must say too.
fn head(name: &str, event: &EventRow, by: ErasedBy, leaf: &[u8; 32]) -> String {
    let by = match by {
        ErasedBy::Person => "person",
        ErasedBy::Operator => "operator",
        ErasedBy::Retention => "retention",
    };
    format!(
        "{name}\nregistration {}\nerased_at {}\nby {by}\nposition {}\nleaf {}\n",
        event.aggregate_id,
        event.recorded_at,
        event.position,
        STANDARD.encode(leaf)
    )
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
