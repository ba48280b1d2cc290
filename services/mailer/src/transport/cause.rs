//! Why a mail has not gone out yet: one stable word each, for the ledger, the metrics, the console and `onboarding doctor`.

/// Why a mail is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The server's name has no address.
    NameNotFound,
    /// Nobody listens at the port, or the network does not lead there.
    NobodyListens,
    /// The server did not answer in time.
    Silent,
    /// The connection was cut before the mail was handed over.
    Cut,
    /// The server speaks something else: TLS where we began without, or not SMTP at all.
    NotSmtp,
    /// The server does not begin with TLS, as `smtps://` asks.
    NoTlsAtFirst,
    /// The server offers no STARTTLS.
    NoStartTls,
    /// The certificate is signed by nobody we trust.
    CertificateIssuer,
    /// The certificate is for another name.
    CertificateName,
    /// The certificate has expired, or is not good yet.
    CertificateExpired,
    /// TLS fails for another reason.
    Tls,
    /// The server offers AUTH, or takes mails, only behind STARTTLS.
    AuthNeedsTls,
    /// The server offers only XOAUTH2, whose tokens end within the hour.
    AuthOnlyXoauth2,
    /// The server offers no AUTH that we know.
    AuthNotOffered,
    /// User or password are not accepted, or asked for and not set.
    Authentication,
    /// The server wants nothing of us: 554 or 521 at its greeting.
    Greeting,
    /// The name in EHLO is refused.
    Hello,
    /// The sender's address is refused.
    Sender,
    /// SPF, DKIM or DMARC.
    SenderAuthentication,
    /// A rule of the server: relaying, lists, reputation.
    Policy,
    /// More mails than we may send.
    Quota,
    /// Larger than the server takes.
    Size,
    /// The mail itself is refused, by a filter or for its form.
    Content,
    /// A command or parameter is refused.
    Protocol,
    /// There is no such mailbox, nor will be: the one cause that is final.
    NoSuchRecipient,
    /// The recipient's mailbox is full.
    MailboxFull,
    /// Not now: greylisting and its like.
    Later,
    /// The server is busy, or has a fault of its own.
    ServerBusy,
    /// The server has no room.
    ServerRoom,
    /// The mail was handed over, and no answer came: perhaps sent.
    Unknown,
}

impl Cause {
    /// Every cause, in the order of a dialogue.
    pub const ALL: [Self; 30] = [
        Self::NameNotFound,
        Self::NobodyListens,
        Self::Silent,
        Self::Cut,
        Self::NotSmtp,
        Self::NoTlsAtFirst,
        Self::NoStartTls,
        Self::CertificateIssuer,
        Self::CertificateName,
        Self::CertificateExpired,
        Self::Tls,
        Self::AuthNeedsTls,
        Self::AuthOnlyXoauth2,
        Self::AuthNotOffered,
        Self::Authentication,
        Self::Greeting,
        Self::Hello,
        Self::Sender,
        Self::SenderAuthentication,
        Self::Policy,
        Self::Quota,
        Self::Size,
        Self::Content,
        Self::Protocol,
        Self::NoSuchRecipient,
        Self::MailboxFull,
        Self::Later,
        Self::ServerBusy,
        Self::ServerRoom,
        Self::Unknown,
    ];

    /// The stable word.
    pub fn code(self) -> &'static str {
        match self {
            Self::NameNotFound => "name_not_found",
            Self::NobodyListens => "nobody_listens",
            Self::Silent => "silent",
            Self::Cut => "cut",
            Self::NotSmtp => "not_smtp",
            Self::NoTlsAtFirst => "no_tls_at_first",
            Self::NoStartTls => "no_starttls",
            Self::CertificateIssuer => "certificate_issuer",
            Self::CertificateName => "certificate_name",
            Self::CertificateExpired => "certificate_expired",
            Self::Tls => "tls",
            Self::AuthNeedsTls => "auth_needs_tls",
            Self::AuthOnlyXoauth2 => "auth_only_xoauth2",
            Self::AuthNotOffered => "auth_not_offered",
            Self::Authentication => "authentication",
            Self::Greeting => "greeting",
            Self::Hello => "hello",
            Self::Sender => "sender",
            Self::SenderAuthentication => "sender_authentication",
            Self::Policy => "policy",
            Self::Quota => "quota",
            Self::Size => "size",
            Self::Content => "content",
            Self::Protocol => "protocol",
            Self::NoSuchRecipient => "no_such_recipient",
            Self::MailboxFull => "mailbox_full",
            Self::Later => "later",
            Self::ServerBusy => "server_busy",
            Self::ServerRoom => "server_room",
            Self::Unknown => "unknown",
        }
    }

    /// The cause of a word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }

    /// Whether there is no use in trying again.
    pub fn is_final(self) -> bool {
        self == Self::NoSuchRecipient
    }

    /// Whether it is about one recipient or passes by itself, so that an operator need not hear of it.
    pub fn is_ordinary(self) -> bool {
        matches!(self, Self::NoSuchRecipient | Self::Later | Self::MailboxFull)
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NameNotFound => {
                "see that the host in ONBOARDING_SMTP_URL is written right and that this machine's DNS knows it"
            }
            Self::NobodyListens => {
                "see that the host and port in ONBOARDING_SMTP_URL are right, that the relay runs, and that no firewall stands between"
            }
            Self::Silent => {
                "see that the relay is well and that no firewall drops packets; ask its administrator how long it checks"
            }
            Self::Cut => "look at the relay's log: it closes the connection",
            Self::NotSmtp => {
                "the port does not speak SMTP at first: for TLS from the first byte (465) write smtps://, else look what listens there"
            }
            Self::NoTlsAtFirst => {
                "the port does not begin with TLS: for STARTTLS (587) write smtp://…?tls=required instead of smtps://"
            }
            Self::NoStartTls => {
                "have the relay offer STARTTLS (a certificate of its own), or use its smtps:// port"
            }
            Self::CertificateIssuer => {
                "name the file of your own authority by `ca_file=/path.pem` in ONBOARDING_SMTP_URL, or give the relay a public certificate with its chain"
            }
            Self::CertificateName => {
                "write in ONBOARDING_SMTP_URL the name that stands in the relay's certificate"
            }
            Self::CertificateExpired => {
                "renew the relay's certificate, and see that this machine's clock is right"
            }
            Self::Tls => "the relay and this service agree on no TLS: it wants 1.2 or 1.3",
            Self::AuthNeedsTls => {
                "the relay takes passwords and mails behind STARTTLS only: add ?tls=required to ONBOARDING_SMTP_URL"
            }
            Self::AuthOnlyXoauth2 => {
                "the relay takes XOAUTH2 only, whose tokens end within the hour: ask for SMTP AUTH with an application password, for a connector by address, \
                 or put a relay of your own between that signs in by XOAUTH2"
            }
            Self::AuthNotOffered => {
                "the relay offers no PLAIN or LOGIN here: use its submission port (587 or 465), or leave user and password out if it knows this machine by address"
            }
            Self::Authentication => {
                "see that ONBOARDING_SMTP_USER and the password are those of the relay, and that it lets this account send"
            }
            Self::Greeting => {
                "the relay wants no mail from this address: have its administrator let this machine in"
            }
            Self::Hello => "set ONBOARDING_SMTP_HELLO to this machine's full name in DNS",
            Self::Sender => {
                "the relay does not let this account send as ONBOARDING_MAIL_FROM: change one of the two"
            }
            Self::SenderAuthentication => {
                "see docs/mail.md: SPF, DKIM or DMARC of the sender's domain do not cover this relay"
            }
            Self::Policy => {
                "the relay refuses by a rule: see its log; it must relay for this machine or account, and its address must stand on no list"
            }
            Self::Quota => {
                "more mails than the relay lets this account send: have its limit raised; mails go on by themselves"
            }
            Self::Size => "the relay takes mails of less than some 60 kB only: have its limit raised",
            Self::Content => "a filter of the relay refuses the mail: see its log",
            Self::Protocol => {
                "the relay refuses a command: with 5.5.2 at EHLO or RCPT set ONBOARDING_SMTP_HELLO to this machine's full name in DNS"
            }
            Self::NoSuchRecipient => "nothing: the person is asked to check the address",
            Self::MailboxFull | Self::Later => "nothing: it is tried again",
            Self::ServerBusy => "look at the relay's log: it is busy or has a fault",
            Self::ServerRoom => {
                "make room on the relay's disk; where mails become files, on that of the data directory"
            }
            Self::Unknown => {
                "the relay took the mail and said nothing: see in its log whether it is slow after the end of data; it is sent again after ONBOARDING_MAIL_UNKNOWN_RETRY"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_a_word_of_its_own() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.code()), Some(cause));
        }
    }
}
