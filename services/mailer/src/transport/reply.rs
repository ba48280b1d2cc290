//! What a mail server's answer means: for the person, for later, or for us.
//!
//! An answer of 5xx says that this dialogue will not do, and seldom why in its three digits. Whose fault it is stands in the
//! command that was answered and in the enhanced status code. Only what is said of the recipient, where the recipient was
//! named, is final: everything else (who we are, what we may, what we wrote, the server's own room) is for the operator to
//! mend, and the same mail is taken afterwards.
//!
//! Sources: RFC 5321 (4.2, 4.3.2), RFC 3463 and IANA's registry of enhanced status codes, RFC 4954 (AUTH), RFC 7372
//! (authentication of senders), RFC 7504 and 7505 (hosts that take no mail).

use std::fmt;

use domain::values::EnhancedCode;

use super::cause::Cause;

/// What the server answered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// EHLO, or the greeting before it: the library reads both in one step.
    Ehlo,
    /// STARTTLS, and EHLO again.
    StartTls,
    /// AUTH.
    Auth,
    /// MAIL FROM: the sender.
    Mail,
    /// RCPT TO: the recipient.
    Rcpt,
    /// DATA, before the mail.
    Data,
    /// The dot behind the mail.
    Content,
}

impl Command {
    /// As it is written on the wire; `content` for the dot.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ehlo => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Content => "content",
        }
    }
}

/// The two codes of an answer. Its text is looked at and kept nowhere: servers repeat the address in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The enhanced status code at the head of the text, where the server writes one.
    pub enhanced: Option<EnhancedCode>,
}

impl Reply {
    /// Reads the enhanced code at the head of an answer's text. One of another class than the answer is none (RFC 2034, 4).
    pub fn read(code: u16, text: &str) -> Self {
        let enhanced = text
            .split_whitespace()
            .next()
            .and_then(|word| EnhancedCode::parse(word).ok())
            .filter(|enhanced| u16::from(enhanced.class) == code / 100);
        Self { code, enhanced }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.enhanced {
            Some(enhanced) => write!(f, "{} {enhanced}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

/// What an answer of 4xx or 5xx to a command means. `text` is the server's, and is asked only where there is no enhanced code.
pub fn cause(command: Command, reply: Reply, text: &str) -> Cause {
    let is_final = reply.code >= 500
        && command == Command::Rcpt
        && match reply.enhanced {
            Some(enhanced) => is_about_the_mailbox(enhanced),
            None => is_plainly_about_the_mailbox(reply.code, text),
        };
    match is_final {
        true => Cause::NoSuchRecipient,
        // RFC 3207, 4: the same code as for AUTH.
        false if reply.code == 530 && text.to_ascii_lowercase().contains("starttls") => Cause::AuthNeedsTls,
        false => kept(command, reply),
    }
}

/// RFC 3463, 3.2 and 3.3: no such mailbox, no such domain, not an address, moved, a domain without mail (RFC 7505), a
/// mailbox that is closed. A full one (5.2.2) may have room again.
pub(crate) fn is_about_the_mailbox(enhanced: EnhancedCode) -> bool {
    matches!(
        (enhanced.subject, enhanced.detail),
        (1, 1 | 2 | 3 | 6 | 10) | (2, 1)
    )
}

/// Exim and others write no enhanced codes. At RCPT, 550 is "no such mailbox" or "refused by a rule" (RFC 5321, 4.2.2), so
/// that only the text is left: it must speak of a mailbox and of no rule. OpenSMTPD's "550 Invalid recipient" is both, and
/// kept. A rule read as a missing mailbox would end everybody's mails; a missing mailbox read as a rule keeps one mail until
/// its link is too old.
fn is_plainly_about_the_mailbox(code: u16, text: &str) -> bool {
    matches!(code, 550 | 551 | 553 | 556)
        && has_word_like(text, &WORDS_OF_MAILBOXES)
        && !has_word_like(text, &WORDS_OF_RULES)
}

/// Whether a word of the text begins like one of these. Addresses that it repeats are passed over.
fn has_word_like(text: &str, beginnings: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    let words = text.split_whitespace().filter(|word| !word.contains('@'));
    words
        .flat_map(|word| word.split(|sign: char| !sign.is_ascii_alphabetic()))
        .any(|word| beginnings.iter().any(|beginning| word.starts_with(beginning)))
}

/// How words begin in the refusals of Exim, Sendmail, qmail and others that are about the mailbox.
const WORDS_OF_MAILBOXES: [&str; 6] = ["user", "mailbox", "unroute", "account", "exist", "unknown"];

/// How words begin in the refusals of Postfix, Exim, Exchange and large providers that are not.
#[rustfmt::skip]
const WORDS_OF_RULES: [&str; 34] = [
    "relay", "polic", "spam", "block", "black", "deny", "denied", "list", "prohibit", "administrative", "auth", "unauth",
    "sender", "rate", "limit", "quota", "reputation", "spf", "dkim", "dmarc", "rdns", "ptr", "helo", "ehlo", "tls",
    "encrypt", "permi", "allow", "http", "again", "temporar", "callout", "verif", "bann",
];

/// Why a mail is kept, by the enhanced code first, then by the three digits and the command.
fn kept(command: Command, reply: Reply) -> Cause {
    // RFC 4954, 4 and 6: about AUTH, whatever they answer.
    if matches!(reply.code, 530 | 534 | 535 | 538) {
        return Cause::Authentication;
    }
    if let Some(enhanced) = reply.enhanced
        && let Some(cause) = cause_of_enhanced(command, enhanced)
    {
        return cause;
    }
    match (reply.code, command) {
        (_, Command::StartTls) => Cause::Tls,
        (432 | 454, Command::Auth) => Cause::Authentication,
        (552, Command::Rcpt) => Cause::MailboxFull,
        (552, _) => Cause::Size,
        (452, _) => Cause::ServerRoom,
        (500..=504 | 555, _) => Cause::Protocol,
        (521 | 554, Command::Ehlo) => Cause::Greeting,
        (400..=499, Command::Rcpt | Command::Mail | Command::Data) => Cause::Later,
        (400..=499, _) => Cause::ServerBusy,
        (_, Command::Ehlo) => Cause::Hello,
        (_, Command::Mail) => Cause::Sender,
        (_, Command::Rcpt) => Cause::Policy,
        (_, Command::Data | Command::Content) => Cause::Content,
        _ => Cause::Policy,
    }
}

fn cause_of_enhanced(command: Command, code: EnhancedCode) -> Option<Cause> {
    Some(match (code.subject, code.detail) {
        (1, 7 | 8) => Cause::Sender,
        // Any other word about an address at MAIL is about ours.
        (1, _) if command == Command::Mail => Cause::Sender,
        (1, _) if code.class == 4 => Cause::Later,
        // What it says of an address is none of the final words, or stands at the wrong command.
        (1, _) => Cause::Policy,
        (2, 2) => Cause::MailboxFull,
        (2, 3) | (3, 4) => Cause::Size,
        (3, 1) => Cause::ServerRoom,
        // 4.5 is "system congestion"; providers use it and 7.28 for the sender's own limit.
        (4, 5) | (7, 28) => Cause::Quota,
        (5, 3) => Cause::Quota,
        (3 | 4, _) => Cause::ServerBusy,
        (5, _) => Cause::Protocol,
        (6, _) => Cause::Content,
        // RFC 4954 and RFC 5248.
        (7, 10) => Cause::AuthNeedsTls,
        (7, 8 | 9 | 11 | 14 | 57) => Cause::Authentication,
        // RFC 7372 and RFC 7489's registrations; 7.515 is a provider's "your domain must be authenticated".
        (7, 20..=27 | 29 | 30 | 509 | 515) => Cause::SenderAuthentication,
        (7, _) if command == Command::Auth => Cause::Authentication,
        (7, 1) if command == Command::Mail => Cause::Sender,
        (7, _) if code.class == 5 => Cause::Policy,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(command: Command, line: &str) -> Cause {
        let (code, text) = line.split_once(' ').unwrap();
        cause(command, Reply::read(code.parse().unwrap(), text), text)
    }

    #[test]
    fn only_what_is_said_of_the_recipient_at_rcpt_is_final() {
        for line in [
            "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown",
            "550 5.1.2 bad destination system",
            "501 5.1.3 bad recipient address syntax",
            "551 5.1.6 moved",
            "556 5.1.10 null MX",
            "550 5.2.1 mailbox disabled",
            "550 Unrouteable address",
            "550 no such user here",
            "551 user not local",
            "553 mailbox name not right",
        ] {
            assert_eq!(read(Command::Rcpt, line), Cause::NoSuchRecipient, "{line}");
            for command in [
                Command::Ehlo,
                Command::Auth,
                Command::Mail,
                Command::Data,
                Command::Content,
            ] {
                assert!(!read(command, line).is_final(), "{command:?} {line}");
            }
        }
    }

    #[test]
    fn everything_else_is_kept_under_its_cause() {
        for (command, line, cause) in [
            (
                Command::Ehlo,
                "504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname",
                Cause::Protocol,
            ),
            (
                Command::Rcpt,
                "504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname",
                Cause::Protocol,
            ),
            (Command::Ehlo, "554 no service here", Cause::Greeting),
            (Command::Ehlo, "550 who are you", Cause::Hello),
            (Command::Ehlo, "421 too busy", Cause::ServerBusy),
            (Command::Auth, "535 5.7.8 bad password", Cause::Authentication),
            (Command::Auth, "454 4.7.0 not now", Cause::Authentication),
            (Command::Mail, "530 5.7.0 sign in first", Cause::Authentication),
            (
                Command::Mail,
                "530 5.7.0 Must issue a STARTTLS command first",
                Cause::AuthNeedsTls,
            ),
            (Command::Mail, "553 5.7.1 not owned by user", Cause::Sender),
            (
                Command::Rcpt,
                "553 5.7.1 Sender address rejected: not owned by user",
                Cause::Policy,
            ),
            (Command::Mail, "550 5.1.1 no such sender", Cause::Sender),
            (Command::Mail, "501 5.1.7 bad sender", Cause::Sender),
            (
                Command::Rcpt,
                "450 4.1.8 sender's domain not found",
                Cause::Sender,
            ),
            (Command::Mail, "552 5.3.4 too large", Cause::Size),
            (Command::Content, "552 5.3.4 too large", Cause::Size),
            (
                Command::Rcpt,
                "554 5.7.1 <a@b.example>: Relay access denied",
                Cause::Policy,
            ),
            (Command::Rcpt, "550 5.7.1 by a rule", Cause::Policy),
            (Command::Rcpt, "550 relay not permitted", Cause::Policy),
            (Command::Rcpt, "550 Administrative prohibition", Cause::Policy),
            (
                Command::Rcpt,
                "550 Invalid recipient: <user@account.example>",
                Cause::Policy,
            ),
            (Command::Rcpt, "550 no", Cause::Policy),
            (Command::Rcpt, "550 5.4.5 daily quota exceeded", Cause::Quota),
            (Command::Rcpt, "550 5.1.0 address rejected", Cause::Policy),
            (Command::Rcpt, "552 5.2.2 mailbox full", Cause::MailboxFull),
            (Command::Rcpt, "552 full", Cause::MailboxFull),
            (Command::Rcpt, "452 4.2.2 mailbox full", Cause::MailboxFull),
            (Command::Rcpt, "451 4.7.1 greylisted", Cause::Later),
            (Command::Rcpt, "450 try later", Cause::Later),
            (
                Command::Content,
                "550 5.7.26 unauthenticated mail",
                Cause::SenderAuthentication,
            ),
            (
                Command::Content,
                "550 5.7.515 access denied",
                Cause::SenderAuthentication,
            ),
            (Command::Content, "554 5.6.0 bad message", Cause::Content),
            (Command::Content, "550 spam", Cause::Content),
            (
                Command::Content,
                "550 5.1.1 no such user after all",
                Cause::Policy,
            ),
            (Command::Data, "554 5.5.1 no valid recipients", Cause::Protocol),
        ] {
            assert_eq!(read(command, line), cause, "{command:?} {line}");
        }
    }

    #[test]
    fn an_enhanced_code_of_another_class_is_none() {
        assert_eq!(Reply::read(550, "4.1.1 x").enhanced, None);
        assert_eq!(Reply::read(550, "5.1.1 x").to_string(), "550 5.1.1");
        assert_eq!(Reply::read(550, "no such user").to_string(), "550");
        assert_eq!(Reply::read(550, "").enhanced, None);
    }
}
