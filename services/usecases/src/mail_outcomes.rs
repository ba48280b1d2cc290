//! What the mailer needs to write a letter, and what it writes back.

use chrono::{DateTime, NaiveTime, Utc};
use domain::Event;
use domain::registration::command::Command;
use domain::registration::event::{Delivery, DeliveryFailure, LinkPurpose, Notice};
use domain::values::{Identity, Locale, RegistrationId, RequestId};
use keyring::Link;

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::{Actor, Ask, Denied, Ground, Onboarding};

/// A day is told to the mailer as its noon (UTC), which is the same day in Paris.
const NOON: NaiveTime = match NaiveTime::from_hms_opt(12, 0, 0) {
    Some(noon) => noon,
    None => NaiveTime::MIN,
};

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
}

/// A letter without link.
pub struct NoticeLetter {
    /// Whom to.
    pub recipient: Identity,
    /// In which language.
    pub locale: Locale,
    /// When what it tells of happened, or will.
    pub at: DateTime<Utc>,
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
        Ok(Some(NoticeLetter {
            recipient: before.identity()?,
            locale: before.state.locale,
            at,
        }))
    }

    /// Writes down that a letter was taken by a mail server. Twice is no error.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn record_mail_sent(
        &self,
        id: RegistrationId,
        request_id: RequestId,
        delivery: Delivery,
        traceparent: Option<String>,
    ) -> Result<(), Denied> {
        self.record(id, Command::RecordMailSent(request_id, delivery), traceparent)
            .await
    }

    /// Writes down that a letter was given up. Twice is no error.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn record_mail_failed(
        &self,
        id: RegistrationId,
        request_id: RequestId,
        failure: DeliveryFailure,
        traceparent: Option<String>,
    ) -> Result<(), Denied> {
        self.record(id, Command::RecordMailFailed(request_id, failure), traceparent)
            .await
    }

    /// Writes down that a letter came back after a mail server had taken it. Answers whether that was news.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn record_mail_returned(
        &self,
        id: RegistrationId,
        request_id: RequestId,
        failure: DeliveryFailure,
    ) -> Result<bool, Denied> {
        let ask = Ask::by(Actor::Mailer, id.to_string(), None);
        let command = Command::RecordMailReturned(request_id, failure);
        let outcome = execute(&self.ground, id, &ask, &Record(command)).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Writes down that a notice was taken by a mail server. Twice is no error.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn record_notice_sent(
        &self,
        id: RegistrationId,
        notice: Notice,
        about: u64,
        delivery: Delivery,
        traceparent: Option<String>,
    ) -> Result<(), Denied> {
        self.record(
            id,
            Command::RecordNoticeSent(notice, about, delivery),
            traceparent,
        )
        .await
    }

    /// Writes down that a notice was given up. Twice is no error.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn record_notice_failed(
        &self,
        id: RegistrationId,
        notice: Notice,
        about: u64,
        failure: DeliveryFailure,
        traceparent: Option<String>,
    ) -> Result<(), Denied> {
        self.record(
            id,
            Command::RecordNoticeFailed(notice, about, failure),
            traceparent,
        )
        .await
    }

    async fn record(
        &self,
        id: RegistrationId,
        command: Command,
        traceparent: Option<String>,
    ) -> Result<(), Denied> {
        let ask = Ask::by(Actor::Mailer, id.to_string(), traceparent);
        execute(&self.ground, id, &ask, &Record(command))
            .await
            .map(|_| ())
    }
}

/// A command whose facts are all in it.
pub(crate) struct Record(pub Command);

impl Step for Record {
    async fn gather(&self, _: &Ground, _: &Before) -> Result<Prepared, Denied> {
        Ok(Prepared::new(self.0.clone()))
    }
}
