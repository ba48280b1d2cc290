//! Mails as their reader sees them.

use mail_parser::MessageParser;

use crate::smtp_sink::TakenMail;

/// A mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Message-ID, without angle brackets.
    pub message_id: String,
    /// Subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Mail {
    /// Reads a mail that the server took.
    pub fn read(taken: &TakenMail) -> Self {
        let message = MessageParser::default().parse(&taken.bytes).expect("a mail");
        let part = |text: Option<std::borrow::Cow<'_, str>>| text.expect("a part").into_owned();
        Self {
            message_id: message.message_id().expect("a Message-ID").to_owned(),
            subject: message.subject().expect("a subject").to_owned(),
            text: part(message.body_text(0)),
            html: part(message.body_html(0)),
        }
    }

    /// The first URL of the text part.
    pub fn link(&self) -> &str {
        let from = self.text.find("http").expect("a URL in the text");
        self.text[from..].split_whitespace().next().expect("a URL")
    }

    /// The token at the link's end.
    pub fn token(&self) -> &str {
        self.link().rsplit('/').next().expect("a token")
    }
}
