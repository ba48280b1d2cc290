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
use store::SignedLog;
use store::leaf::LeafColumns;
use tlog::{InclusionProof, Note, Verifier};
use uuid::Uuid;

use crate::{Denied, Onboarding};

/// What the name of the key that signs statements has behind the log's.
const SUFFIX: &str = "/erasure";

/// The certificate of an erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureCertificate {
    /// A signed note (C2SP signed-note): what is certified, a line each.
    pub statement: String,
    /// The event, each column as it is stored; see `services/store/src/leaf.rs` for the hash over them.
    pub event: CertifiedEvent,
    /// That the event is in the log (C2SP tlog-proof), with the checkpoint that covers it.
    pub proof: String,
}

/// Every stored column of the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedEvent {
    /// `registration`.
    pub aggregate_type: String,
    /// The registration.
    pub aggregate_id: RegistrationId,
    /// Place within the registration.
    pub sequence: u64,
    /// `PersonErased`.
    pub event_type: String,
    /// Its version.
    pub event_version: String,
    /// JSON, as stored.
    pub payload: String,
    /// JSON, as stored.
    pub metadata: String,
    /// The order of insertion.
    pub insert_order: i64,
    /// The event's id.
    pub event_id: Uuid,
    /// When it was stored.
    pub recorded_at: DateTime<Utc>,
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
        let leaf = event.leaf_hash();
        let expected = head(statements.name(), event, erased.by, proof.index + 1, &leaf);
        if event.event_type != "PersonErased" || !note.text.starts_with(&expected) {
            return Err(CertificateFault::Event);
        }
        proof.verify(&leaf, log).map_err(|_| CertificateFault::Proof)?;
        Ok(event.aggregate_id)
    }
}

impl CertifiedEvent {
    fn leaf_hash(&self) -> [u8; 32] {
        LeafColumns {
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.aggregate_id.to_string(),
            sequence: self.sequence,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
            insert_order: self.insert_order,
            event_id: self.event_id,
            recorded_at: self.recorded_at,
        }
        .hash()
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
        let event = CertifiedEvent {
            aggregate_type: entry.aggregate_type,
            aggregate_id: entry.registration_id,
            sequence: entry.sequence,
            event_type: entry.event_type,
            event_version: entry.event_version,
            payload: entry.payload,
            metadata: entry.metadata,
            insert_order: entry.insert_order,
            event_id: entry.event_id,
            recorded_at: entry.recorded_at,
        };
        let signer = ground
            .keyring
            .log_signer(&format!("{origin}{SUFFIX}"))
            .map_err(Denied::fault)?;
        let mut text = head(
            signer.verifier().name(),
            &event,
            erased.by,
            entry.position,
            &entry.leaf_hash,
        );
        text.push_str(&match self.copies_open_until(event.recorded_at)? {
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
fn head(name: &str, event: &CertifiedEvent, by: ErasedBy, position: u64, leaf: &[u8; 32]) -> String {
    let by = match by {
        ErasedBy::Person => "person",
        ErasedBy::Operator => "operator",
        ErasedBy::Retention => "retention",
    };
    format!(
        "{name}\nregistration {}\nerased_at {}\nby {by}\nposition {position}\nleaf {}\n",
        event.aggregate_id,
        instant(event.recorded_at),
        STANDARD.encode(leaf)
    )
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
