//! A written letter as the bytes of a mail (RFC 5322, MIME).
//!
//! The identifier is made from what the mail is about, not from chance: a mail that has to be tried again is the same
//! mail for every server and reader that has seen it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::SystemTime;

use catalogue::MailSender;
use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};

use crate::dkim::Dkim;
use crate::letter::{Letter, Written};

/// RFC 3834: tells other machines not to answer.
const AUTO_SUBMITTED: &str = "Auto-Submitted";
/// The longest line of a mail, in bytes, without its end (RFC 5322, 2.1.1).
const LINE_MAX: usize = 998;

/// Why a letter cannot become a mail. The words hold nothing of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// A name or address holds a control character, which could forge headers and which the mail library panics on.
    #[error("a control character stands in a header")]
    ControlCharacter,
    /// The address cannot be written in a mail.
    #[error("the address cannot be written in a mail")]
    Address,
    /// The parts cannot be put together.
    #[error("the parts cannot be put together")]
    Parts,
}

/// The sender of all mails cannot be read: a fault of the configuration.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the sender is not `Name <address>` nor an address")]
pub struct SenderError;

/// Who all mails are from.
#[derive(Clone, Debug)]
pub struct Sender {
    mailbox: Mailbox,
    dkim: Option<Dkim>,
}

impl Sender {
    /// Reads `Name <address>` or a bare address.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, SenderError> {
        if text.chars().any(char::is_control) {
            return Err(SenderError);
        }
        let mailbox = text.parse().map_err(|_| SenderError)?;
        Ok(Self { mailbox, dkim: None })
    }

    /// The sender that the catalogue names.
    ///
    /// # Errors
    /// When its address cannot be written in a mail.
    pub fn of(sender: &MailSender) -> Result<Self, SenderError> {
        let address = sender.address.as_str().parse().map_err(|_| SenderError)?;
        if sender.name.chars().any(char::is_control) {
            return Err(SenderError);
        }
        Ok(Self {
            mailbox: Mailbox::new(Some(sender.name.clone()), address),
            dkim: None,
        })
    }

    /// The domain of the address, which stands in every Message-ID.
    pub fn domain(&self) -> &str {
        self.mailbox.email.domain()
    }

    /// The same, signing mails to a server with this key.
    #[must_use]
    pub fn signing(self, dkim: Option<Dkim>) -> Self {
        Self { dkim, ..self }
    }

    /// The key that signs.
    pub fn dkim(&self) -> Option<&Dkim> {
        self.dkim.as_ref()
    }
}

/// How the plain text is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    /// In ASCII only (quoted-printable): what every mail server takes, whatever it can do.
    Ascii,
    /// As it is: in a file, people look for the link with their eyes and with `grep`.
    Plain,
}

/// A mail, ready for a server or a file.
#[derive(Clone)]
pub struct Mail {
    /// Sender and recipient as the server is told them.
    pub envelope: Envelope,
    /// The mail itself: lines that end in CR LF.
    pub bytes: Vec<u8>,
    /// Names the mail's file: its time, the registration and its identifier, the same at every try, and nothing of the
    /// person. By the registration the file is found again when the person is erased.
    pub file_stem: String,
}

impl Mail {
    /// The domain of the recipient's address.
    pub fn recipient_domain(&self) -> &str {
        self.envelope.to().first().map_or("", |address| address.domain())
    }
}

/// Leaves out whom it is for and what it says.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Makes a mail of a letter about a registration. `message_id` comes without angle brackets; `date` is when it is sent.
///
/// # Errors
/// When it cannot be written as a mail, now or ever.
pub fn compose(
    sender: &Sender,
    (registration, message_id): (RegistrationId, &str),
    date: DateTime<Utc>,
    letter: &Letter,
    written: &Written,
    form: TextForm,
) -> Result<Mail, Unsendable> {
    let person = &letter.recipient;
    let name = format!("{} {}", person.first_name.as_str(), person.last_name.as_str());
    let headers = [
        name.as_str(),
        person.email.as_str(),
        written.subject.as_str(),
        message_id,
    ];
    if headers.iter().any(|text| text.chars().any(char::is_control)) {
        return Err(Unsendable::ControlCharacter);
    }
    let address = person.email.as_str().parse().map_err(|_| Unsendable::Address)?;
    let recipient = Mailbox::new(Some(name), address);
    let text = match form {
        TextForm::Ascii => SinglePart::plain(written.text.clone()),
        TextForm::Plain => unencoded(&written.text).ok_or(Unsendable::Parts)?,
    };
    let parts = MultiPart::alternative()
        .singlepart(text)
        .singlepart(SinglePart::html(written.html.clone()));
    let subject = written.subject.as_str();
    // lettre panics on a header that it cannot write. What we know of is refused above; should there be more, one
    // letter is unsendable and the others go out.
    let built = catch_unwind(AssertUnwindSafe(|| {
        build(sender, recipient, message_id, date, subject, parts)
    }));
    let mut message = built
        .map_err(|_| Unsendable::Parts)?
        .map_err(|_| Unsendable::Parts)?;
    if let (Some(dkim), TextForm::Ascii) = (&sender.dkim, form) {
        dkim.sign(&mut message);
    }
    let identifier = message_id.split('@').next().unwrap_or_default();
    let file_stem = format!(
        "{}_{registration}_{identifier}",
        letter.at.format("%Y%m%dT%H%M%S%.3fZ")
    );
    Ok(Mail {
        envelope: message.envelope().clone(),
        bytes: message.formatted(),
        file_stem,
    })
}

fn build(
    sender: &Sender,
    recipient: Mailbox,
    message_id: &str,
    date: DateTime<Utc>,
    subject: &str,
    parts: MultiPart,
) -> Result<Message, lettre::error::Error> {
    Message::builder()
        .from(sender.mailbox.clone())
        .to(recipient)
        .subject(subject)
        .date(SystemTime::from(date))
        .message_id(Some(format!("<{message_id}>")))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str(AUTO_SUBMITTED),
            "auto-generated".to_owned(),
        ))
        .multipart(parts)
}

/// A text as it is; nothing when a line is too long for a mail. The library would rather encode any line above 76.
fn unencoded(text: &str) -> Option<SinglePart> {
    let is_too_long = text.lines().any(|line| line.len() > LINE_MAX);
    let bytes = text.replace('\n', "\r\n").into_bytes();
    let body = Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::EightBit);
    let part = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body);
    (!is_too_long).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;
    use crate::letter::LetterKind;
    use domain::values::Locale;

    fn text_of(mail: &Mail) -> String {
        String::from_utf8(mail.bytes.clone()).unwrap()
    }

    #[test]
    fn the_headers_are_those_of_an_automatic_mail() {
        let text = text_of(&examples::mail(TextForm::Ascii).0);
        for line in [
            "Message-ID: <0198f000-0000-7000-8000-000000000002@example.org>",
            "Auto-Submitted: auto-generated",
            "Date: Mon, 23 Nov 2026 07:00:05 +0000",
            "To: \"Clare DUPONT\" <clare.dupont@exemple.com>",
            "MIME-Version: 1.0",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} in\n{text}");
        }
        assert!(text.contains("multipart/alternative"));
        assert!(text.is_ascii(), "no server needs an extension to take it");
        assert!(text.lines().all(|line| line.len() <= LINE_MAX));
    }

    #[test]
    fn a_name_that_headers_are_cut_by_stays_one_name() {
        for (first, last) in [
            ("Marie Anne, Louise", "Dupont (née Martin)"),
            ("J.P.", "DUPONT/MARTIN"),
            ("Jean", "Durand, Jr."),
            ("می\u{200c}نو", "L'Exemple"),
        ] {
            let mut letter = examples::letter(LetterKind::VerifyEmail, Locale::Fr);
            letter.recipient.first_name = domain::values::PersonName::parse(first).unwrap();
            letter.recipient.last_name = domain::values::PersonName::parse(last).unwrap();
            let written = crate::letter::write(&letter, &examples::stationery());
            let mail = compose(
                &examples::sender(),
                (examples::registration(), "id@example.org"),
                letter.at,
                &letter,
                &written,
                TextForm::Ascii,
            )
            .unwrap();
            let read = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
            let to = read.to().unwrap().as_list().unwrap();
            let name = format!("{first} {last}");
            assert_eq!((to.len(), to[0].name()), (1, Some(name.as_str())));
            assert_eq!(to[0].address(), Some("clare.dupont@exemple.com"));
        }
    }

    #[test]
    fn what_the_mail_library_panics_on_is_unsendable() {
        // A name with a control character cannot come through the door; the guard looks at every header all the same.
        let letter = examples::letter(LetterKind::VerifyEmail, Locale::Fr);
        let mut written = crate::letter::write(&letter, &examples::stationery());
        written.subject = "Hello\r\nBcc: eve@example.org".to_owned();
        let result = compose(
            &examples::sender(),
            (examples::registration(), "id@example.org"),
            letter.at,
            &letter,
            &written,
            TextForm::Ascii,
        );
        assert_eq!(result.unwrap_err(), Unsendable::ControlCharacter);
    }

    #[test]
    fn a_sender_is_a_name_and_an_address() {
        assert_eq!(
            Sender::parse("Mon Espace <no-reply@portal.example>")
                .unwrap()
                .domain(),
            "portal.example"
        );
        assert!(Sender::parse("no-reply@portal.example").is_ok());
        assert!(Sender::parse("Mon Espace\r\n <a@b.example>").is_err());
        assert!(Sender::parse("Mon Espace").is_err());
    }
}
