//! What the mailer needs to write a letter, and what it writes back.

use std::sync::Mutex;

use chrono::{DateTime, NaiveTime, Utc};
use domain::Event;
use domain::registration::command::Command;
use domain::registration::event::{Delivery, DeliveryFailure, LinkPurpose, Notice, RegisterCheck};
use domain::values::{Identity, Locale, RegistrationId, RequestId};
use keyring::Link;
use store::MailEnd;

use crate::execute::{Found, Prepared, Step, execute, load};
use crate::history::Before;
use crate::{Actor, Ask, Denied, Ground, Onboarding};

/// A day is told to the mailer as its noon (UTC), which is the same day in Paris.
const NOON: NaiveTime = match NaiveTime::from_hms_opt(12, 0, 0) {
    Some(noon) => noon,
    None => NaiveTime::MIN,
};

/// The registration as a letter was read from it.
pub struct ReadFrom(Before);

impl ReadFrom {
    /// The sequence of its last event. While it stays so, the letter is wanted.
    pub fn version(&self) -> u64 {
        self.0.version
    }

    /// When it was read, by the database's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.now
    }
}

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterSubject {
    /// The letter of a request.
    Link(RequestId),
    /// A notice about the event of this sequence.
    Notice(Notice, u64),
}

/// How a letter ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LetterEnd {
    /// A mail server took it.
    Sent(Delivery),
    /// It was given up.
    Failed(DeliveryFailure),
}

/// A letter with a link.
pub struct Letter {
    /// Whom to.
    pub recipient: Identity,
    /// In which language.
    pub locale: Locale,
    /// What the link is for.
    pub purpose: LinkPurpose,
    /// The link's token: the same for the same request, however often it is derived.
    pub token: String,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When the link stops being good.
    pub expires_at: DateTime<Utc>,
    /// What it was read from.
    pub read_from: ReadFrom,
}

/// A letter without link.
pub struct NoticeLetter {
    /// Whom to.
    pub recipient: Identity,
    /// In which language.
    pub locale: Locale,
    /// When what it tells of happened, or will.
    pub at: DateTime<Utc>,
    /// What a register said, where the notice tells of that.
    pub register: Option<RegisterCheck>,
    /// Whether the registration is an account.
    pub is_account: bool,
    /// What it was read from.
    pub read_from: ReadFrom,
}

impl Onboarding {
    /// The letter of a request, as long as it should be sent: nothing once the request was replaced, the person
    /// erased, or the letter's outcome written down.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn letter_of(
        &self,
        id: RegistrationId,
        request_id: RequestId,
    ) -> Result<Option<Letter>, Denied> {
        let before = match self.before(id).await {
            Err(Denied::NotFound) => return Ok(None),
            other => other?,
        };
        if before.key.is_none() || before.state.mails_recorded.contains(&request_id) {
            return Ok(None);
        }
        let Some(request) = before
            .state
            .request
            .as_ref()
            .filter(|request| request.id == request_id)
        else {
            return Ok(None);
        };
        let link = Link {
            registration: id,
            request_id,
            purpose: request.purpose,
            expires_at: request.expires_at,
        };
        Ok(Some(Letter {
            recipient: before.identity()?,
            locale: before.state.locale,
            purpose: request.purpose,
            token: self.ground.keyring.link_token(&link).as_str().to_owned(),
            requested_at: request.requested_at,
            expires_at: request.expires_at,
            read_from: ReadFrom(before),
        }))
    }

    /// The notice about the event of sequence `about`, as long as it should be sent.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn notice_of(
        &self,
        id: RegistrationId,
        notice: Notice,
        about: u64,
    ) -> Result<Option<NoticeLetter>, Denied> {
        let before = match self.before(id).await {
            Err(Denied::NotFound) => return Ok(None),
            other => other?,
        };
        if before.key.is_none() || before.state.notices_recorded.contains(&(notice, about)) {
            return Ok(None);
        }
        let Some((_, at, event)) = before.events.iter().find(|(sequence, _, _)| *sequence == about) else {
            return Ok(None);
        };
        let at = match event {
            // What matters to the reader is the day from which, not the day on which the chore came by.
            Event::InactivityWarned(it) => it.erase_from.and_time(NOON).and_utc(),
            _ => *at,
        };
        let register = match event {
            Event::RegisterCheckCompleted(it) => Some(it.register_check.clone()),
            _ => None,
        };
        Ok(Some(NoticeLetter {
            recipient: before.identity()?,
            locale: before.state.locale,
            at,
            register,
            is_account: before.state.password_set,
            read_from: ReadFrom(before),
        }))
    }

    /// Writes down how a letter ended. Where it was just read, `read_from` spares reading it again; the mailer's `row` ends
    /// with the event, in one transaction. False when it was written down before: nothing is changed then.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn record_letter(
        &self,
        id: RegistrationId,
        subject: LetterSubject,
        end: LetterEnd,
        traceparent: Option<String>,
        read_from: Option<ReadFrom>,
        row: Option<MailEnd>,
    ) -> Result<bool, Denied> {
        let command = match (subject, end) {
            (LetterSubject::Link(request), LetterEnd::Sent(delivery)) => {
                Command::RecordMailSent(request, delivery)
            }
            (LetterSubject::Link(request), LetterEnd::Failed(failure)) => {
                Command::RecordMailFailed(request, failure)
            }
            (LetterSubject::Notice(notice, about), LetterEnd::Sent(delivery)) => {
                Command::RecordNoticeSent(notice, about, delivery)
            }
            (LetterSubject::Notice(notice, about), LetterEnd::Failed(failure)) => {
                Command::RecordNoticeFailed(notice, about, failure)
            }
        };
        let record = Record {
            command,
            before: Mutex::new(read_from.map(|it| it.0)),
            row,
        };
        let ask = Ask::by(Actor::Mailer, id.to_string(), traceparent);
        let outcome = execute(&self.ground, id, &ask, &record).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Writes down that a letter came back after a mail server had taken it. Answers whether that was news.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn record_mail_returned(
        &self,
        id: RegistrationId,
        subject: LetterSubject,
        failure: DeliveryFailure,
    ) -> Result<bool, Denied> {
        let ask = Ask::by(Actor::Mailer, id.to_string(), None);
        let record = Record::of(match subject {
            LetterSubject::Link(request) => Command::RecordMailReturned(request, failure),
            LetterSubject::Notice(notice, about) => Command::RecordNoticeReturned(notice, about, failure),
        });
        let outcome = execute(&self.ground, id, &ask, &record).await?;
        Ok(!outcome.events.is_empty())
    }
}

/// A command whose facts are all in it.
pub(crate) struct Record {
    command: Command,
    /// The registration as it was read a moment ago: good for one try.
    before: Mutex<Option<Before>>,
    row: Option<MailEnd>,
}

impl Record {
    pub fn of(command: Command) -> Self {
        Self {
            command,
            before: Mutex::new(None),
            row: None,
        }
    }
}

impl Step for Record {
    async fn find(&self, ground: &Ground, id: RegistrationId, ask: &Ask) -> Result<Found, Denied> {
        let read_before = self.before.lock().ok().and_then(|mut it| it.take());
        match read_before {
            Some(before) => Ok(Found::Before(Box::new(before))),
            None => load(ground, id, ask).await,
        }
    }

    async fn gather(&self, _: &Ground, _: &Before) -> Result<Prepared, Denied> {
        let mut prepared = Prepared::new(self.command.clone());
        prepared.unit.mail.clone_from(&self.row);
        Ok(prepared)
    }
}
