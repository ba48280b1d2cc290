//! A world's mail server, and the mails it took.

use std::net::SocketAddr;
use std::sync::Arc;

use super::World;
use crate::eventually::eventually;
use crate::inbox::Mail;
use crate::smtp_sink::{Act, SmtpSink, TlsMode};

impl World {
    /// Opens the mail server, which plays this script from then on.
    pub async fn open_the_mail_server(&self, script: impl IntoIterator<Item = Act>) {
        let address = SocketAddr::from(([127, 0, 0, 1], self.smtp_port));
        let sink = SmtpSink::start_at(address, TlsMode::None, script).await;
        *self.sink.lock().unwrap() = Some(Arc::new(sink));
    }

    /// The mail server.
    pub fn mail_server(&self) -> Arc<SmtpSink> {
        self.sink
            .lock()
            .unwrap()
            .clone()
            .expect("the mail server is open")
    }

    /// Every mail to an address so far, oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        let taken = self.mail_server().mails();
        let theirs = taken
            .iter()
            .filter(|mail| mail.to.iter().any(|to| to.eq_ignore_ascii_case(address)));
        theirs.map(Mail::read).collect()
    }

    /// Waits for a mail to an address beyond those already seen.
    pub async fn mail_after(&self, address: &str, seen: usize) -> Mail {
        eventually("a mail arrives", async || {
            self.mails_to(address).into_iter().nth(seen)
        })
        .await
    }

    /// Waits for the first mail to an address.
    pub async fn mail_to(&self, address: &str) -> Mail {
        self.mail_after(address, 0).await
    }
}
