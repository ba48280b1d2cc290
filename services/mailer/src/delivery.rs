//! The walk of one mail, from an event that asks for it to the event that tells what became of it.
//!
//! Each line may be the last one that this program runs. What the next one finds: before the claim, nothing; after it,
//! a row `sending`, which means "nobody knows"; after the settlement, a row that only wants to be recorded.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::registration::event::{Delivery, DeliveryFailure, FailureReason};
use usecases::{Denied, Onboarding};

use crate::compose::{Mail, Sender, compose};
use crate::errand::{Errand, Subject};
use crate::lanes::Lanes;
use crate::ledger::{Claim, End, Ended, Hold, Ledger, LedgerError, Settled, Settlement, Standing};
use crate::letter::{Letter, LetterKind, write};
use crate::patience::{Admission, Circuit, wait_after, with_jitter};
use crate::stationery::Stationery;
use crate::transport::{Obstacle, Outcome, Transport};

/// How long to wait for somebody who was quicker to claim the mail.
const RIVAL_WAIT: Duration = Duration::from_secs(2);
/// How long to wait for a place where the recipient's domain is slow.
const LANE_WAIT: Duration = Duration::from_secs(5);

/// Why a walk could not go on. It starts anew when the message comes again.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The ledger does not answer.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The registration cannot be read or added to.
    #[error("the registration cannot be read or added to")]
    Registration(#[from] Denied),
}

/// What is to become of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is left to be done.
    Done,
    /// It should come again after this long.
    Later(Duration),
}

/// Delivers mails.
pub struct Postman {
    /// Reads letters and records what became of them.
    pub onboarding: Onboarding,
    /// Remembers how far a mail has come.
    pub ledger: Ledger,
    /// The way out.
    pub transport: Transport,
    /// Keeps mails from a server that is away.
    pub circuit: Circuit,
    /// Keeps slow recipients from holding up the others.
    pub lanes: Lanes,
    /// How long a mail of which nobody knows whether the server has it waits before it is sent again.
    pub unknown_retry: Duration,
    /// Who all mails are from.
    pub sender: Sender,
    /// What all letters share.
    pub stationery: Stationery,
}

impl Postman {
    /// Walks one mail as far as it can go now.
    ///
    /// # Errors
    /// [`DeliveryError`]; nothing is lost by it.
    pub async fn deliver(&self, errand: &Errand) -> Result<Verdict, DeliveryError> {
        let now = match self.ledger.standing(&errand.mail).await? {
            Standing::Later(wait) => return Ok(Verdict::Later(wait)),
            Standing::Ended(ended) if ended.is_recorded => return Ok(Verdict::Done),
            Standing::Ended(ended) => return self.record(errand, ended).await,
            Standing::Open { now } => now,
        };
        let Some(letter) = self.letter(errand).await? else {
            let settled = self.ledger.withdraw(&errand.mail).await?;
            return self.after(errand, settled, RIVAL_WAIT).await;
        };
        if letter.expires_at <= now {
            return self.give_up(errand, letter.kind, FailureReason::Expired).await;
        }
        if let Admission::Wait(wait) = self.circuit.admit() {
            return Ok(Verdict::Later(with_jitter(wait)));
        }
        let written = write(&letter, &self.stationery);
        let form = self.transport.text_form();
        match compose(
            &self.sender,
            (errand.registration, &errand.mail.message_id),
            now,
            &letter,
            &written,
            form,
        ) {
            Ok(mail) => self.attempt(errand, &letter, &mail, now).await,
            Err(reason) => {
                tracing::error!(registration = %errand.registration, %reason, "a letter cannot be written as a mail");
                self.give_up(errand, letter.kind, FailureReason::Unsendable).await
            }
        }
    }

    /// The letter of an errand, while it is wanted.
    async fn letter(&self, errand: &Errand) -> Result<Option<Letter>, Denied> {
        match errand.subject {
            Subject::Link(request_id) => {
                let found = self.onboarding.letter_of(errand.registration, request_id).await?;
                Ok(found.map(|it| Letter {
                    kind: it.purpose.into(),
                    recipient: it.recipient,
                    locale: it.locale,
                    token: Some(it.token),
                    at: it.requested_at,
                    expires_at: it.expires_at,
                }))
            }
            Subject::Notice(notice, about) => {
                let found = self
                    .onboarding
                    .notice_of(errand.registration, notice, about)
                    .await?;
                Ok(found.map(|it| Letter {
                    kind: notice.into(),
                    recipient: it.recipient,
                    locale: it.locale,
                    token: None,
                    at: it.at,
                    expires_at: errand.expires_at,
                }))
            }
        }
    }

    async fn attempt(
        &self,
        errand: &Errand,
        letter: &Letter,
        mail: &Mail,
        now: DateTime<Utc>,
    ) -> Result<Verdict, DeliveryError> {
        let Some(_place) = self.lanes.enter(mail.recipient_domain()).await else {
            return Ok(Verdict::Later(with_jitter(LANE_WAIT)));
        };
        let Some(claim) = self.ledger.claim(&errand.mail).await? else {
            return Ok(Verdict::Later(RIVAL_WAIT));
        };
        if claim.attempts > 1 {
            metrics::counter!("onboarding_mail_retries", "letter" => letter.kind.code()).increment(1);
        }
        let begun = Instant::now();
        let outcome = tokio::select! {
            outcome = self.transport.send(mail, self.clearance(errand, &claim)) => outcome,
            never = self.keep(&claim) => match never {},
        };
        metrics::histogram!("onboarding_mail_send_seconds").record(begun.elapsed().as_secs_f64());
        count(letter.kind, outcome.code());
        if let Outcome::Refused(trouble) | Outcome::Deferred(trouble) | Outcome::Unreachable(trouble) =
            outcome
        {
            metrics::counter!("onboarding_mail_troubles_total", "cause" => trouble.cause.code()).increment(1);
        }
        tracing::info!(
            registration = %errand.registration, mail = %errand.mail.key, letter = letter.kind.code(),
            attempt = claim.attempts, outcome = ?outcome, "tried to send a mail"
        );
        let left = (letter.expires_at - now).to_std().unwrap_or_default();
        let settlement = self.settlement_of(outcome, claim.attempts, left);
        let wait = match settlement {
            Settlement::Again { after, .. } | Settlement::Unknown { after } => after,
            Settlement::Ended(_) | Settlement::Withdrawn => RIVAL_WAIT,
        };
        let settled = self.ledger.settle(&claim, settlement).await?;
        self.after(errand, settled, wait).await
    }

    /// What is to become of the message once the ledger has been written: only what is over, and told, is done.
    async fn after(
        &self,
        errand: &Errand,
        settled: Settled,
        wait: Duration,
    ) -> Result<Verdict, DeliveryError> {
        match settled {
            Settled::Ended(ended) => self.record(errand, ended).await,
            Settled::Withdrawn => Ok(Verdict::Done),
            Settled::Waiting => Ok(Verdict::Later(wait)),
            // Come back and read what became of it.
            Settled::NotOurs => Ok(Verdict::Later(RIVAL_WAIT)),
        }
    }

    /// Asked for at the last moment: whether this try still has the mail to itself, and the letter is still to be sent.
    async fn clearance(&self, errand: &Errand, claim: &Claim) -> Result<(), Obstacle> {
        match self.letter(errand).await {
            Ok(Some(_)) => {}
            Ok(None) => return Err(Obstacle::NotWanted),
            Err(_) => return Err(Obstacle::Unclear),
        }
        match self.ledger.begin_handing(claim).await {
            Ok(Hold::Firm) => Ok(()),
            Ok(Hold::Lost) => Err(Obstacle::LeaseLost),
            Err(_) => Err(Obstacle::Unclear),
        }
    }

    /// Keeps a try's mail to itself, however long the server takes.
    async fn keep(&self, claim: &Claim) -> Infallible {
        loop {
            tokio::time::sleep(self.ledger.lease() / 3).await;
            // A renewal that fails is tried again; once the lease is over another may take the mail over, and knows.
            if let Err(error) = self.ledger.renew(claim).await {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "a lease could not be renewed"
                );
            }
        }
    }

    /// What an outcome means for the row. A wait ends with the link at the latest, so that its end is told in time.
    fn settlement_of(&self, outcome: Outcome, attempts: u32, left: Duration) -> Settlement {
        if let Outcome::Unreachable(trouble) = outcome {
            return Settlement::Again {
                after: self.circuit.missed().min(left),
                trouble: Some(trouble),
            };
        }
        self.circuit.reached();
        let after = wait_after(attempts, false).min(left);
        match outcome {
            Outcome::Accepted { code } => Settlement::Ended(End::Sent { code: Some(code) }),
            Outcome::Refused(trouble) => Settlement::Ended(End::Failed {
                reason: FailureReason::Refused,
                reply: trouble.reply,
            }),
            Outcome::Deferred(trouble) | Outcome::Unreachable(trouble) => Settlement::Again {
                after: wait_after(attempts, trouble.is_refusal()).min(left),
                trouble: Some(trouble),
            },
            Outcome::Unknown => Settlement::Unknown {
                after: with_jitter(self.unknown_retry).min(left),
            },
            Outcome::HeldBack(Obstacle::NotWanted) => Settlement::Withdrawn,
            Outcome::HeldBack(Obstacle::Unclear) => Settlement::Again { after, trouble: None },
            Outcome::HeldBack(Obstacle::LeaseLost) => Settlement::Again {
                after: RIVAL_WAIT.min(left),
                trouble: None,
            },
        }
    }

    async fn give_up(
        &self,
        errand: &Errand,
        kind: LetterKind,
        reason: FailureReason,
    ) -> Result<Verdict, DeliveryError> {
        count(kind, crate::ledger::failure_word(reason));
        let settled = self.ledger.give_up(&errand.mail, reason).await?;
        self.after(errand, settled, RIVAL_WAIT).await
    }

    /// Tells the registration how its mail ended.
    async fn record(&self, errand: &Errand, ended: Ended) -> Result<Verdict, DeliveryError> {
        let id = errand.registration;
        // The event goes on from this walk where walks are traced, and from whoever asked for the mail otherwise.
        let trace = runtime::telemetry::current()
            .remove("traceparent")
            .or_else(|| errand.traceparent.clone());
        let Ended {
            attempts,
            possibly_twice,
            ..
        } = ended;
        match (errand.subject, ended.end) {
            (Subject::Link(request), End::Sent { code }) => {
                let delivery = Delivery {
                    server_code: code.unwrap_or_default(),
                    attempts,
                    possibly_twice,
                };
                self.onboarding
                    .record_mail_sent(id, request, delivery, trace)
                    .await?;
            }
            (Subject::Link(request), End::Failed { reason, reply }) => {
                let failure = DeliveryFailure {
                    reason,
                    server_code: reply.map(|it| it.code),
                    enhanced_code: reply.and_then(|it| it.enhanced),
                    attempts,
                };
                self.onboarding
                    .record_mail_failed(id, request, failure, trace)
                    .await?;
            }
            (Subject::Notice(notice, about), End::Sent { code }) => {
                let delivery = Delivery {
                    server_code: code.unwrap_or_default(),
                    attempts,
                    possibly_twice,
                };
                self.onboarding
                    .record_notice_sent(id, notice, about, delivery, trace)
                    .await?;
            }
            (Subject::Notice(notice, about), End::Failed { reason, reply }) => {
                let failure = DeliveryFailure {
                    reason,
                    server_code: reply.map(|it| it.code),
                    enhanced_code: reply.and_then(|it| it.enhanced),
                    attempts,
                };
                self.onboarding
                    .record_notice_failed(id, notice, about, failure, trace)
                    .await?;
            }
        }
        self.ledger.recorded(&errand.mail).await?;
        Ok(Verdict::Done)
    }
}

fn count(kind: LetterKind, outcome: &'static str) {
    metrics::counter!("onboarding_mails_total", "letter" => kind.code(), "outcome" => outcome).increment(1);
}
