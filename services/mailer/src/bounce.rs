//! Mails that come back later: delivery status notifications (RFC 3464), as whoever reads the sender's mailbox hands them on.
//!
//! Anybody can write such a message. What makes one ours is the Message-ID of the mail that it returns, which nobody knows
//! but the servers on the way and the recipient; it is looked up in the ledger, and a link that has served or was replaced
//! is not undone. Whoever forges one with all that, forges what they were sent themselves.

use domain::registration::event::{DeliveryFailure, FailureReason};
use domain::values::{EnhancedCode, RegistrationId};
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use sqlx::{PgPool, Row};
use usecases::{Denied, Onboarding};

use crate::errand::subject_of;
use crate::transport::reply::is_about_the_mailbox;

/// What a notification says of the one mail that it returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// Message-ID of the mail, without angle brackets.
    pub message_id: String,
    /// Whether it has failed for good, rather than late or relayed.
    pub has_failed: bool,
    /// `Status`.
    pub status: EnhancedCode,
    /// The three digits of `Diagnostic-Code`, where it quotes a server.
    pub server_code: Option<u16>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// No notification, or not of a mail of ours: nothing changes.
    Foreign,
    /// A mail of ours is late, or was relayed: nothing changes.
    NotFinal,
    /// A mail of ours came back for a cause of ours: for an operator to look at.
    AboutUs(EnhancedCode),
    /// Told before, or its link is no longer the one to follow: nothing changes.
    Past,
    /// Written down.
    Recorded(RegistrationId),
}

/// Why a message could not be taken. It may be handed on again.
#[derive(Debug, thiserror::Error)]
pub enum BounceError {
    /// From the database.
    #[error("the ledger of mails cannot be read")]
    Database(#[from] sqlx::Error),
    /// The registration cannot be read or added to.
    #[error("the registration cannot be read or added to")]
    Registration(#[from] Denied),
}

impl Bounce {
    /// Reads a message; nothing when it is no notification about one mail.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let message = MessageParser::default().parse(bytes)?;
        if !message.is_content_type("multipart", "report") {
            return None;
        }
        let mut status = message
            .parts
            .iter()
            .filter(|part| part.is_content_type("message", "delivery-status"))
            .flat_map(|part| recipients(&String::from_utf8_lossy(part.contents())));
        let recipient = status.next()?;
        Some(Self {
            message_id: message.parts.iter().find_map(returned)?,
            has_failed: field(&recipient, "action")?.eq_ignore_ascii_case("failed"),
            status: EnhancedCode::parse(field(&recipient, "status")?.split_whitespace().next()?).ok()?,
            server_code: field(&recipient, "diagnostic-code")
                .and_then(|text| text.split_once(';'))
                .filter(|(kind, _)| kind.trim().eq_ignore_ascii_case("smtp"))
                .and_then(|(_, text)| text.trim().get(..3)?.parse().ok())
                .filter(|code| (400..600).contains(code)),
        })
    }
}

/// The Message-ID of a mail that is returned in this part, whole or its headers alone.
fn returned(part: &mail_parser::MessagePart<'_>) -> Option<String> {
    let id = |message: &Message<'_>| message.message_id().map(str::to_owned);
    match &part.body {
        PartType::Message(message) => id(message),
        _ if part.is_content_type("text", "rfc822-headers") || part.is_content_type("message", "rfc822") => {
            id(&MessageParser::default().parse(part.contents())?)
        }
        _ => None,
    }
}

/// The fields about each recipient: blocks with an `Action`, their folded lines joined.
fn recipients(text: &str) -> Vec<Vec<(String, String)>> {
    let mut blocks = vec![Vec::<(String, String)>::new()];
    for line in text.lines() {
        let last = blocks.len() - 1;
        match line.split_once(':') {
            _ if line.trim().is_empty() => blocks.push(vec![]),
            _ if line.starts_with([' ', '\t']) => {
                if let Some((_, value)) = blocks[last].last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
            Some((name, value)) => {
                blocks[last].push((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            }
            None => {}
        }
    }
    blocks.retain(|block| field(block, "action").is_some());
    blocks
}

fn field<'a>(block: &'a [(String, String)], name: &str) -> Option<&'a str> {
    block
        .iter()
        .find(|(it, _)| it == name)
        .map(|(_, value)| value.as_str())
}

/// Takes a message that came to the sender's mailbox.
///
/// # Errors
/// [`BounceError`]; nothing is changed by it.
pub async fn take(onboarding: &Onboarding, pool: &PgPool, bytes: &[u8]) -> Result<Taken, BounceError> {
    let Some(bounce) = Bounce::read(bytes) else {
        return Ok(Taken::Foreign);
    };
    let key = bounce.message_id.split('@').next().unwrap_or_default();
    let sent = sqlx::query(
        "SELECT registration_id, attempts FROM mailer.ledger WHERE mail_key = $1 AND message_id = $2 AND state = 'sent'",
    )
    .bind(key)
    .bind(&bounce.message_id)
    .fetch_optional(pool)
    .await?;
    let Some(sent) = sent else {
        return Ok(Taken::Foreign);
    };
    if !bounce.has_failed || bounce.status.class != 5 {
        return Ok(Taken::NotFinal);
    }
    if !is_about_the_mailbox(bounce.status) {
        return Ok(Taken::AboutUs(bounce.status));
    }
    let Some(subject) = subject_of(key) else {
        return Ok(Taken::Foreign);
    };
    let registration = RegistrationId(sent.try_get("registration_id")?);
    let attempts: i32 = sent.try_get("attempts")?;
    let failure = DeliveryFailure {
        reason: FailureReason::Refused,
        server_code: bounce.server_code,
        enhanced_code: Some(bounce.status),
        attempts: attempts.unsigned_abs(),
    };
    match onboarding
        .record_mail_returned(registration, subject, failure)
        .await
    {
        Ok(true) => Ok(Taken::Recorded(registration)),
        Ok(false) | Err(Denied::NotFound | Denied::Refused(_)) => Ok(Taken::Past),
        Err(fault) => Err(fault.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notification(action: &str, status: &str, diagnostic: &str, returned: &str) -> String {
        format!(
            "From: MAILER-DAEMON@relay.example\r\nTo: ne-pas-repondre@example.org\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n\
             Final-Recipient: rfc822; clare@example.org\r\nAction: {action}\r\nStatus: {status}\r\n{diagnostic}\r\n\
             --b\r\nContent-Type: {returned}\r\n\r\nMessage-ID: <0198f000-0000-7000-8000-000000000002@example.org>\r\nSubject: x\r\n\r\n--b--\r\n"
        )
    }

    #[test]
    fn a_notification_names_the_mail_and_what_became_of_it() {
        for returned in ["message/rfc822", "text/rfc822-headers"] {
            let text = notification(
                "failed",
                "5.1.1",
                "Diagnostic-Code: smtp; 550 5.1.1\r\n <clare@example.org>: no such user\r\n",
                returned,
            );
            let bounce = Bounce::read(text.as_bytes()).unwrap();
            assert_eq!(
                bounce.message_id, "0198f000-0000-7000-8000-000000000002@example.org",
                "{returned}"
            );
            assert_eq!((bounce.has_failed, bounce.server_code), (true, Some(550)));
            assert_eq!(bounce.status.to_string(), "5.1.1");
        }
        let late = notification(
            "delayed",
            "4.4.1",
            "Diagnostic-Code: x-unix; 5\r\n",
            "message/rfc822",
        );
        let late = Bounce::read(late.as_bytes()).unwrap();
        assert_eq!(
            (late.has_failed, late.status.class, late.server_code),
            (false, 4, None)
        );
    }

    #[test]
    fn other_messages_are_none() {
        for text in [
            "",
            "Subject: hello\r\n\r\nhello",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b--\r\n",
            &notification("failed", "five", "", "message/rfc822"),
            &notification("failed", "5.1.1", "", "text/plain"),
        ] {
            assert_eq!(Bounce::read(text.as_bytes()), None, "{text}");
        }
    }
}
