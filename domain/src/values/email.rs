//! An e-mail address that mails are sent to and that one account is known by.
//!
//! The domain is folded to lower-case ASCII (IDNA, UTS #46). The local part is kept as typed for sending, and
//! compared without case; dots and plus signs are not folded, since only the receiving server knows what they mean.
//! Local parts beyond ASCII need SMTPUTF8 all the way to the mailbox and are refused.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{Fault, is_invisible, text_value, trim_edges};

/// A well-formed address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);
text_value!(EmailAddress);

impl EmailAddress {
    /// The longest address accepted, in bytes (RFC 5321: a path of 256 less its brackets).
    pub const LENGTH_MAX: usize = 254;
    /// The longest local part, in bytes (RFC 5321, 4.5.3.1.1).
    pub const LOCAL_PART_MAX: usize = 64;

    /// Parses an address, without white space and invisible characters at its edges.
    ///
    /// Faults: `required`, `too-long`, `invalid-character` (control, white space, what headers are cut by),
    /// `email-format`, `email-local-part`, `email-domain`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > 4 * Self::LENGTH_MAX {
            return Err(Fault("too-long"));
        }
        let text: String = trim_edges(text).nfc().collect();
        if text.is_empty() {
            return Err(Fault("required"));
        }
        if text.chars().any(|c| !Self::takes(c)) {
            return Err(Fault("invalid-character"));
        }
        let (local, domain) = text.rsplit_once('@').ok_or(Fault("email-format"))?;
        if local.is_empty() || domain.is_empty() || local.contains('@') {
            return Err(Fault("email-format"));
        }
        check_local_part(local)?;
        let domain = ascii_domain(domain)?;
        let address = format!("{local}@{domain}");
        if address.len() > Self::LENGTH_MAX {
            return Err(Fault("too-long"));
        }
        Ok(Self(address))
    }

    /// Whether a character may stand in an address at all: none that is not seen, and none that headers are cut by.
    fn takes(c: char) -> bool {
        !(c.is_control() || c.is_whitespace() || ",;:<>()[]\\\"".contains(c) || is_invisible(c))
    }

    /// The first character for which an address is refused as `invalid-character`.
    pub fn refused_character(text: &str) -> Option<char> {
        trim_edges(text).chars().find(|c| !Self::takes(*c))
    }

    /// The address to send to: local part as typed, domain in ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two addresses are the same: all lower case.
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmailAddress([personal])")
    }
}

fn check_local_part(local: &str) -> Result<(), Fault> {
    let atoms = local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    });
    if atoms && local.len() <= EmailAddress::LOCAL_PART_MAX {
        Ok(())
    } else {
        Err(Fault("email-local-part"))
    }
}

fn ascii_domain(domain: &str) -> Result<String, Fault> {
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| Fault("email-domain"))?;
    let top = ascii
        .rsplit_once('.')
        .map(|(_, top)| top)
        .ok_or(Fault("email-domain"))?;
    // A number at the end is an address of a machine, not a domain that receives mail.
    if top.is_empty() || top.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault("email-domain"));
    }
    Ok(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_folded_and_the_local_part_kept() {
        let address = EmailAddress::parse("Clare.Dupont@Exämple.ORG").unwrap();
        assert_eq!(address.as_str(), "Clare.Dupont@xn--exmple-cua.org");
        assert_eq!(address.canonical(), "clare.dupont@xn--exmple-cua.org");
        assert_eq!(address.local_part(), "Clare.Dupont");
    }

    #[test]
    fn one_mailbox_however_it_is_typed() {
        let forms = [
            "a@exämple.org",
            "A@EXÄMPLE.ORG",
            " a@exa\u{308}mple.org ",
            "a@xn--exmple-cua.org",
            "a@exämple.org\u{a0}",
            "\u{feff}a@exämple.org\t",
            "\u{200b}a@exämple.org\u{202f}\u{200b}\r\n",
            "\u{202a}a@exämple.org\u{202c}",
        ];
        assert!(
            forms
                .iter()
                .all(|it| EmailAddress::parse(it).unwrap().canonical() == "a@xn--exmple-cua.org")
        );
    }

    #[test]
    fn header_tricks_are_refused() {
        for text in [
            "a@b.fr\r\nBcc: c@d.fr",
            "a@b.fr,c@d.fr",
            "<a@b.fr>",
            "a\u{0}@b.fr",
            "\"a b\"@c.fr",
            "a@b\u{202e}.fr",
            "a\u{200b}@b.fr",
            "a@b.fr\0",
        ] {
            assert_eq!(
                EmailAddress::parse(text),
                Err(Fault("invalid-character")),
                "{text:?}"
            );
        }
    }

    #[test]
    fn each_fault_says_what_is_wrong() {
        for (text, code) in [
            ("", "required"),
            ("plain", "email-format"),
            ("@b.fr", "email-format"),
            ("a@", "email-format"),
            ("a@b@c.fr", "email-format"),
            (".a@b.fr", "email-local-part"),
            ("a..b@c.fr", "email-local-part"),
            ("é@b.fr", "email-local-part"),
            ("a@localhost", "email-domain"),
            ("a@-b.fr", "email-domain"),
            ("a@127.0.0.1", "email-domain"),
            ("a@b_c.fr", "email-domain"),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(Fault(code)), "{text}");
        }
        assert_eq!(
            EmailAddress::parse(&format!("{}@b.fr", "a".repeat(65))),
            Err(Fault("email-local-part"))
        );
        assert_eq!(
            EmailAddress::parse(&format!("a@{}fr", "b.".repeat(200))),
            Err(Fault("too-long")).or(Err(Fault("email-domain")))
        );
        assert_eq!(EmailAddress::parse(&"a".repeat(10_000)), Err(Fault("too-long")));
    }
}
