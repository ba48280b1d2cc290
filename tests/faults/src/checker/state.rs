//! What the events of one registration amount to, from their JSON alone, as `schemas/events` describes them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::evidence::StoredEvent;

/// A registration as its events leave it.
#[derive(Clone, Debug, Default)]
pub struct State {
    started: bool,
    flow: String,
    known: bool,
    journey: Option<&'static str>,
    topics: Option<Value>,
    declared: Option<Declared>,
    /// SIRET, what it rests on, and since when.
    links: Vec<(String, String, i64)>,
    request: Option<(String, String)>,
    mail: Option<&'static str>,
    verified: bool,
    active_since: Option<i64>,
    password_set: bool,
    reminded: bool,
    expired: bool,
    closing: bool,
    erased: bool,
    version: i64,
    position: i64,
    started_at: i64,
    last_event_at: i64,
    idle_since: i64,
    reached: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Declared {
    siret: String,
    known: bool,
    pending: bool,
    linked_by: Option<String>,
}

impl State {
    /// Takes the next event in. Answers with the funnel's steps that were reached by it for the first time.
    pub fn take(&mut self, position: i64, event: &StoredEvent) -> Vec<String> {
        let data = event.parsed();
        let now = event.recorded_at;
        if self.version == 0 {
            self.started_at = now;
        }
        (self.version, self.position, self.last_event_at) = (event.sequence, position, now);
        if is_by_person(&event.event_type, &data) {
            self.idle_since = now;
        }
        self.follow(&event.event_type, &data, now);
        self.steps()
    }

    fn follow(&mut self, name: &str, data: &Value, now: i64) {
        let text = |member: &str| data[member].as_str().unwrap_or_default().to_owned();
        match name {
            "IdentitySubmitted" => {
                self.started = true;
                self.flow = text("flow");
                if data["new_address"] == true {
                    (self.request, self.mail, self.journey) = (None, None, None);
                }
            }
            "ContactMatched" => (self.known, self.journey) = (true, Some("known")),
            "ContactNotMatched" => (self.known, self.journey) = (false, Some("unknown")),
            "TopicsChosen" => self.topics = Some(data["topics"].clone()),
            "EstablishmentDeclared" => {
                self.drop_declared_link();
                self.declared = Some(Declared {
                    siret: text("siret"),
                    known: data["known"] == true,
                    pending: data["register_check"]["status"] == "pending",
                    linked_by: None,
                });
            }
            "RegisterCheckCompleted" => {
                self.register_answered(&text("siret"), &data["register_check"]["status"])
            }
            "EstablishmentLinked" => self.link(text("siret"), text("by"), now),
            "VerificationRequested" => {
                self.request = Some((text("request_id"), text("purpose")));
                match text("purpose").as_str() {
                    "resume" => self.reminded = true,
                    _ => self.mail = Some("requested"),
                }
            }
            "VerificationMailSent" => self.mail_ended(&text("request_id"), "sent"),
            "VerificationMailFailed" => self.mail_ended(&text("request_id"), "failed"),
            "EmailVerified" => self.verified = true,
            "PasswordSet" => {
                self.password_set = true;
                self.active_since = self.active_since.or(Some(now));
                self.request = None;
            }
            "RegistrationExpired" => (self.expired, self.request) = (true, None),
            "ErasureRequested" => (self.closing, self.request) = (true, None),
            "ErasureCancelled" => self.closing = false,
            "PersonErased" => self.forget(),
            _ => {}
        }
    }

    /// Of somebody erased only counts are left.
    fn forget(&mut self) {
        *self = Self {
            started: self.started,
            flow: std::mem::take(&mut self.flow),
            erased: true,
            journey: self.journey,
            version: self.version,
            position: self.position,
            started_at: self.started_at,
            last_event_at: self.last_event_at,
            idle_since: self.idle_since,
            reached: std::mem::take(&mut self.reached),
            ..Self::default()
        };
    }

    /// Another declaration takes the place of what was declared, and of the attachment that rested on it.
    fn drop_declared_link(&mut self) {
        if let Some(Declared {
            siret,
            linked_by: Some(by),
            ..
        }) = &self.declared
            && by != "contact"
        {
            self.links
                .retain(|(other, rests_on, _)| other != siret || rests_on != by);
        }
    }

    fn register_answered(&mut self, siret: &str, status: &Value) {
        let Some(declared) = self.declared.as_mut().filter(|it| it.siret == siret) else {
            return;
        };
        declared.pending = *status == "pending";
        if *status == "closed" || *status == "not_found" {
            self.drop_declared_link();
            self.declared = None;
        }
    }

    fn link(&mut self, siret: String, by: String, now: i64) {
        if let Some(declared) = self.declared.as_mut().filter(|it| it.siret == siret) {
            declared.linked_by = Some(by.clone());
        }
        if !self.links.iter().any(|(other, _, _)| *other == siret) {
            self.links.push((siret, by, now));
        }
    }

    fn mail_ended(&mut self, request: &str, how: &'static str) {
        if self
            .request
            .as_ref()
            .is_some_and(|(id, purpose)| id == request && purpose != "resume")
        {
            self.mail = Some(how);
        }
    }

    /// The first unanswered question.
    pub fn stage(&self) -> &'static str {
        let proof = if self.verified {
            "awaiting_password"
        } else {
            "awaiting_email_verification"
        };
        match self {
            Self { erased: true, .. } => "erased",
            Self { closing: true, .. } => "closed",
            Self { started: false, .. } => "blank",
            Self {
                password_set: true, ..
            } => "active",
            Self { expired: true, .. } => "expired",
            Self { verified: false, .. } if self.flow == "private" => "awaiting_email_verification",
            Self { known: true, .. } => proof,
            Self { topics: None, .. } => "awaiting_topics",
            Self { declared: None, .. } => "awaiting_establishment",
            Self {
                declared: Some(Declared {
                    linked_by: Some(_), ..
                }),
                ..
            } => proof,
            Self {
                declared: Some(Declared { known: true, .. }),
                ..
            } => "awaiting_member_number",
            Self { .. } => "awaiting_idcc",
        }
    }

    fn steps(&mut self) -> Vec<String> {
        let Some(journey) = self.journey else {
            return Vec::new();
        };
        let reached = ["identity", self.stage()]
            .into_iter()
            .filter(|step| self.reached.insert((*step).to_owned()));
        reached.map(|step| format!("{journey} {step}")).collect()
    }

    /// The row of `read.registrations`, without `memory`.
    pub fn row(&self) -> Value {
        let is_given_up = matches!(self.stage(), "expired" | "erased" | "closed");
        let pending = self
            .declared
            .as_ref()
            .filter(|it| it.pending && !is_given_up)
            .map(|it| &it.siret);
        json!({
            "stage": self.stage(), "version": self.version, "position": self.position, "journey": self.journey,
            "flow": self.flow, "started_at": self.started_at, "last_event_at": self.last_event_at,
            "idle_since": self.idle_since, "reminded": self.reminded, "mail": self.mail,
            "establishments": self.links.len(), "pending_check": pending,
        })
    }

    /// The row of `read.people`, while it is an account.
    pub fn person(&self) -> Option<Value> {
        let since = self.active_since.filter(|_| self.stage() == "active")?;
        let topics = self.topics.clone().unwrap_or_else(|| json!([]));
        Some(json!({"active_since": since, "topics": topics}))
    }

    /// The rows of `read.people_establishments`, by SIRET, while it is an account.
    pub fn attachments(&self) -> BTreeMap<String, Value> {
        let is_account = self.person().is_some();
        let links = self.links.iter().filter(|_| is_account);
        links
            .map(|(siret, by, at)| (siret.clone(), json!({"linked_by": by, "linked_at": at})))
            .collect()
    }

    /// Whether the person has an account, or had one.
    pub fn is_account(&self) -> bool {
        self.password_set && !self.erased
    }

    /// Whether the person is erased.
    pub fn is_erased(&self) -> bool {
        self.erased
    }
}

/// Whether the person did something, as opposed to a mail, a register or a chore.
fn is_by_person(name: &str, data: &Value) -> bool {
    match name {
        "VerificationRequested" => data["purpose"] != "resume",
        "ErasureRequested" => data["by"] == "person",
        "VerificationMailSent"
        | "VerificationMailFailed"
        | "NoticeMailSent"
        | "NoticeMailFailed"
        | "LinkRefused"
        | "RegisterCheckCompleted"
        | "InactivityWarned"
        | "InactivityMailSent"
        | "InactivityMailFailed"
        | "ErasureCancelled" => false,
        _ => true,
    }
}
