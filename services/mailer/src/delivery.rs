//! The walk of one mail, from an event that asks for it to the event that tells what became of it.
//!
//! Each line may be the last one that this program runs. What the next one finds: before the claim, nothing; after it,
//! a row `sending`, which means "nobody knows"; after the end, an event and a row that agree.

use std::convert::Infallible;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::registration::event::{Delivery, DeliveryFailure, FailureReason, LinkPurpose};
use usecases::{Denied, LetterEnd, LetterSubject as Subject, MailEnd, Onboarding, ReadFrom};

use crate::compose::{Mail, Sender, compose};
use crate::errand::Errand;
use crate::lanes::Lanes;
use crate::ledger::{Claim, End, Ended, Ledger, LedgerError, Settled, Settlement, Standing};
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
        match self.ledger.standing(&errand.mail).await? {
            Standing::Later(wait) => Ok(Verdict::Later(wait)),
            Standing::Ended(ended) if ended.is_recorded => Ok(Verdict::Done),
            Standing::Ended(ended) => self.record(errand, ended).await,
            Standing::Open { attempts } => self.go_on(errand, attempts).await,
        }
    }

    /// The same of a mail that is asked for for the first time. Should the ledger know it all the same, the claim tells.
    ///
    /// # Errors
    /// [`DeliveryError`]; nothing is lost by it.
    pub async fn deliver_new(&self, errand: &Errand) -> Result<Verdict, DeliveryError> {
        self.go_on(errand, 0).await
    }

    async fn go_on(&self, errand: &Errand, attempts: u32) -> Result<Verdict, DeliveryError> {
        let Some((letter, read_from)) = self.letter(errand).await? else {
            let settled = self.ledger.withdraw(&errand.mail).await?;
            return self.after(errand, settled, RIVAL_WAIT).await;
        };
        let now = read_from.now();
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
            Ok(mail) => {
                let attempt = Attempt {
                    errand,
                    letter: &letter,
                    mail: &mail,
                    now,
                    attempts,
                };
                self.attempt(attempt, read_from).await
            }
            Err(reason) => {
                tracing::error!(registration = %errand.registration, %reason, "a letter cannot be written as a mail");
                self.give_up(errand, letter.kind, FailureReason::Unsendable).await
            }
        }
    }

    /// The letter of an errand, while it is wanted.
    async fn letter(&self, errand: &Errand) -> Result<Option<(Letter, ReadFrom)>, Denied> {
        match errand.subject {
            Subject::Link(request_id) => {
                let found = self.onboarding.letter_of(errand.registration, request_id).await?;
                Ok(found.map(|it| {
                    let letter = Letter {
                        kind: it.purpose.into(),
                        recipient: it.recipient,
                        locale: it.locale,
                        token: Some(it.token),
                        at: it.requested_at,
                        register: None,
                        is_account: it.purpose == LinkPurpose::ResetPassword,
                        expires_at: it.expires_at,
                    };
                    (letter, it.read_from)
                }))
            }
            Subject::Notice(notice, about) => {
                let found = self
                    .onboarding
                    .notice_of(errand.registration, notice, about)
                    .await?;
                Ok(found.map(|it| {
                    let letter = Letter {
                        kind: notice.into(),
                        recipient: it.recipient,
                        locale: it.locale,
                        token: None,
                        at: it.at,
                        register: it.register,
                        is_account: it.is_account,
                        expires_at: errand.expires_at,
                    };
                    (letter, it.read_from)
                }))
            }
        }
    }

    async fn attempt(&self, attempt: Attempt<'_>, read_from: ReadFrom) -> Result<Verdict, DeliveryError> {
        let Attempt {
            errand, letter, mail, ..
        } = attempt;
        let Some(_place) = self.lanes.enter(mail.recipient_domain()).await else {
            return Ok(Verdict::Later(with_jitter(LANE_WAIT)));
        };
        let claimed = OnceLock::new();
        let begun = Instant::now();
        let outcome = tokio::select! {
            outcome = self.transport.send(mail, self.clearance(errand, read_from.version(), &claimed)) => outcome,
            never = self.keep(&claimed) => match never {},
        };
        metrics::histogram!("onboarding_mail_send_seconds").record(begun.elapsed().as_secs_f64());
        count(letter.kind, outcome.code());
        if let Outcome::Refused(trouble) | Outcome::Deferred(trouble) | Outcome::Unreachable(trouble) =
            outcome
        {
            metrics::counter!("onboarding_mail_troubles_total", "cause" => trouble.cause.code()).increment(1);
        }
        let claim = claimed.get();
        let attempts = claim.map_or(attempt.attempts + 1, |it| it.attempts);
        if attempts > 1 {
            metrics::counter!("onboarding_mail_retries_total", "letter" => letter.kind.code()).increment(1);
        }
        tracing::info!(
            registration = %errand.registration, mail = %errand.mail.key, letter = letter.kind.code(),
            attempt = attempts, outcome = ?outcome, "tried to send a mail"
        );
        let left = (letter.expires_at - attempt.now).to_std().unwrap_or_default();
        let settlement = self.settlement_of(outcome, attempts, left);
        if let (Settlement::Ended(end), Some(claim)) = (settlement, claim)
            && self.end_with_its_event(errand, claim, end, read_from).await
        {
            return Ok(Verdict::Done);
        }
        let wait = match settlement {
            Settlement::Again { after, .. } | Settlement::Unknown { after } => after,
            Settlement::Ended(_) | Settlement::Withdrawn => RIVAL_WAIT,
        };
        let settled = self.ledger.settle(&errand.mail, claim, settlement).await?;
        self.after(errand, settled, wait).await
    }

    /// Ends a mail's row and tells the registration, in one transaction. False when that did not come about, as when the
    /// events tell it already: the row is then to be settled by itself, so that what was sent is not sent again.
    async fn end_with_its_event(
        &self,
        errand: &Errand,
        claim: &Claim,
        end: End,
        read_from: ReadFrom,
    ) -> bool {
        let ended = Ended {
            end,
            attempts: claim.attempts,
            possibly_twice: claim.possibly_twice,
            is_recorded: false,
        };
        match self
            .tell(errand, ended, Some(read_from), Some(claim.ending(end)))
            .await
        {
            Ok(told) => told,
            Err(error) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "the end of a mail is noted without its event"
                );
                false
            }
        }
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

    /// Asked for at the last moment: whether this try has the mail to itself, and the letter, read when the registration
    /// was at `version`, is still to be sent.
    async fn clearance(
        &self,
        errand: &Errand,
        version: u64,
        claimed: &OnceLock<Claim>,
    ) -> Result<(), Obstacle> {
        let claim = match self.ledger.claim(&errand.mail).await {
            Ok(Some(claim)) => claimed.get_or_init(|| claim),
            Ok(None) => return Err(Obstacle::LeaseLost),
            Err(_) => return Err(Obstacle::Unclear),
        };
        if claim.is_late {
            return Err(Obstacle::LeaseLost);
        }
        if claim.version == version {
            return Ok(());
        }
        match self.letter(errand).await {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(Obstacle::NotWanted),
            Err(_) => Err(Obstacle::Unclear),
        }
    }

    /// Keeps a mail to itself once it is claimed, however long the server takes.
    async fn keep(&self, claimed: &OnceLock<Claim>) -> Infallible {
        loop {
            tokio::time::sleep(self.ledger.lease() / 3).await;
            let Some(claim) = claimed.get() else { continue };
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

    /// Tells the registration how its mail ended, and notes that it was told.
    async fn record(&self, errand: &Errand, ended: Ended) -> Result<Verdict, DeliveryError> {
        self.tell(errand, ended, None, None).await?;
        self.ledger.recorded(&errand.mail).await?;
        Ok(Verdict::Done)
    }

    /// Tells the registration how its mail ended; false when it was told before.
    async fn tell(
        &self,
        errand: &Errand,
        ended: Ended,
        read_from: Option<ReadFrom>,
        row: Option<MailEnd>,
    ) -> Result<bool, Denied> {
        // The event goes on from this walk where walks are traced, and from whoever asked for the mail otherwise.
        let trace = runtime::telemetry::current()
            .remove("traceparent")
            .or_else(|| errand.traceparent.clone());
        let end = match ended.end {
            End::Sent { code } => LetterEnd::Sent(Delivery {
                server_code: code.unwrap_or_default(),
                attempts: ended.attempts,
                possibly_twice: ended.possibly_twice,
            }),
            End::Failed { reason, reply } => LetterEnd::Failed(DeliveryFailure {
                reason,
                server_code: reply.map(|it| it.code),
                enhanced_code: reply.and_then(|it| it.enhanced),
                attempts: ended.attempts,
            }),
        };
        self.onboarding
            .record_letter(errand.registration, errand.subject, end, trace, read_from, row)
            .await
    }
}

/// A try at one mail.
struct Attempt<'a> {
    errand: &'a Errand,
    letter: &'a Letter,
    mail: &'a Mail,
    /// The store's clock.
    now: DateTime<Utc>,
    /// Tries before this one.
    attempts: u32,
}

fn count(kind: LetterKind, outcome: &'static str) {
    metrics::counter!("onboarding_mails_total", "letter" => kind.code(), "outcome" => outcome).increment(1);
}
