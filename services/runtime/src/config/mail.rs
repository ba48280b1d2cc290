//! How mails leave: the relay, who signs in there, who the mails are from.
//!
//! A relay's URL is looked at closely before anything is dialled: a password with `/` or `#` in it would end the URL's host
//! early, and what follows would be told to a stranger.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use super::Secret;
use super::parse;
use super::sources::Sources;

/// Limit of one SMTP command (RFC 5321, 4.5.3.2).
const COMMAND_TIMEOUT: Duration = Duration::from_secs(300);
/// A mail of which nobody knows whether the relay has it is sent again after this long.
const UNKNOWN_RETRY: Duration = Duration::from_secs(4 * 3_600);
/// Where the key that signs mails is published, unless it is set.
const DKIM_SELECTOR: &str = "onboarding";
/// Names that RFC 2606 and RFC 6761 keep for examples and tests.
const RESERVED: [&str; 8] = [
    "example",
    "test",
    "invalid",
    "localhost",
    "example.com",
    "example.net",
    "example.org",
    "exemple.fr",
];

/// Settings of mails, beside `smtp_url` and `mail_from`.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Signs in at the relay, where its URL names nobody.
    pub user: Option<String>,
    /// The password of that user; stands above the file.
    pub password: Option<Secret>,
    /// Holds the password instead.
    pub password_file: Option<PathBuf>,
    /// How this machine names itself in EHLO; unset: by the domain of the sender.
    pub hello: Option<String>,
    /// Holds the key that signs mails (DKIM); unset: they are not signed here.
    pub dkim_key_file: Option<PathBuf>,
    /// Under which name in the sender's domain that key is published.
    pub dkim_selector: String,
    /// How long the relay may take to answer a command; the other limits of RFC 5321 in proportion.
    pub command_timeout: Duration,
    /// How long a mail waits of which nobody knows whether the relay has it.
    pub unknown_retry: Duration,
}

impl Mail {
    pub(super) fn read(sources: &mut Sources) -> Self {
        Self {
            user: sources.read("smtp_user", |text| Ok(text.to_owned())),
            password: sources.read("smtp_password", parse::secret),
            password_file: sources.read("smtp_password_file", parse::path),
            hello: sources.read("smtp_hello", host_name),
            dkim_key_file: sources.read("dkim_key_file", parse::path),
            dkim_selector: sources
                .read("dkim_selector", selector)
                .unwrap_or_else(|| DKIM_SELECTOR.to_owned()),
            command_timeout: sources
                .read("smtp_command_timeout", parse::duration)
                .unwrap_or(COMMAND_TIMEOUT),
            unknown_retry: sources
                .read("mail_unknown_retry", parse::duration)
                .unwrap_or(UNKNOWN_RETRY),
        }
    }

    /// Settings that are each fine and together are not.
    pub(super) fn refuse_contradictions(&self, relay: Option<&Secret>, sources: &mut Sources) {
        let has_password = self.password.is_some() || self.password_file.is_some();
        if self.user.is_some() != has_password {
            sources.fault(
                "smtp_user",
                "`smtp_user` and `smtp_password_file` (or `smtp_password`) are set together".to_owned(),
            );
        }
        let Some(url) = relay.and_then(|url| Url::parse(url.expose()).ok()) else {
            if self.user.is_some() && relay.is_none() {
                sources.fault("smtp_user", "has no use without `smtp_url`".to_owned());
            }
            return;
        };
        let names_a_user = !url.username().is_empty() || url.password().is_some();
        if names_a_user && self.user.is_some() {
            sources.fault(
                "smtp_user",
                "`smtp_url` names a user already: name it in one place".to_owned(),
            );
        }
        let is_sealed = url.scheme() == "smtps"
            || url
                .query_pairs()
                .any(|(name, value)| name == "tls" && value == "required");
        let is_near = url.host_str().is_some_and(is_loopback_host);
        if (names_a_user || self.user.is_some()) && !is_sealed && !is_near {
            sources.fault(
                "smtp_url",
                "the password would go over the network in clear: add ?tls=required (STARTTLS, port 587), or begin with smtps:// (port 465)"
                    .to_owned(),
            );
        }
    }
}

/// Whether a host is this machine.
pub fn is_loopback_host(host: &str) -> bool {
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .trim_end_matches('.');
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost"),
    }
}

/// Whether a domain is one for examples, from which no mail can come.
pub fn is_reserved_domain(domain: &str) -> bool {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    RESERVED.iter().any(|reserved| {
        domain
            .strip_suffix(reserved)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// The relay's URL.
pub(super) fn relay_url(text: &str) -> Result<Secret, String> {
    const FORM: &str =
        "must be a URL such as smtp://relay.exemple.fr:587?tls=required or smtps://relay.exemple.fr:465";
    let (_, rest) = text.split_once("://").ok_or(FORM)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    if rest[end..].contains('@') || rest[end..].contains('#') {
        return Err(
            "holds a `/`, `?` or `#` before its host, as passwords do: write user and password as `smtp_user` and \
             `smtp_password_file`, and the URL without them"
                .to_owned(),
        );
    }
    let url = Url::parse(text).map_err(|_| FORM)?;
    if !matches!(url.scheme(), "smtp" | "smtps") || !url.has_host() {
        return Err(FORM.to_owned());
    }
    if !matches!(url.path(), "" | "/") {
        host_name(url.path().trim_matches('/')).map_err(|_| {
            "must end after its host and port: a path can only be the name to say in EHLO".to_owned()
        })?;
    }
    let broken = |text: &str| {
        let mut signs = text.split('%').skip(1);
        !signs.all(|sign| sign.len() >= 2 && sign.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit))
    };
    if broken(&rest[..end]) {
        return Err(
            "holds a `%` that is no escape: write user and password as `smtp_user` and `smtp_password_file`"
                .to_owned(),
        );
    }
    if url.username().is_empty() != url.password().is_none_or(str::is_empty) {
        return Err("names a user without a password, or a password without a user".to_owned());
    }
    for (name, value) in url.query_pairs() {
        match (name.as_ref(), value.as_ref(), url.scheme()) {
            ("tls", "required" | "opportunistic", "smtp") | ("ca_file", _, _) => {}
            ("tls", _, "smtps") => {
                return Err("begins with smtps://, which is TLS already: leave `tls` out".to_owned());
            }
            ("tls", _, _) => return Err("knows `tls=required` and `tls=opportunistic`".to_owned()),
            _ => return Err("knows the members `tls` and `ca_file` only".to_owned()),
        }
    }
    Ok(Secret::new(text))
}

/// A label of DNS, or several (RFC 6376, 3.1).
fn selector(text: &str) -> Result<String, String> {
    match text.split('.').all(is_label) {
        true => Ok(text.to_owned()),
        false => Err("must be letters, digits and hyphens, such as onboarding2026".to_owned()),
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// A name of DNS with a dot in it, or an address literal: what relays take in EHLO (RFC 5321, 4.1.4).
pub(super) fn host_name(text: &str) -> Result<String, String> {
    let labels: Vec<&str> = text.split('.').collect();
    match labels.len() > 1 && labels.iter().copied().all(is_label) {
        true => Ok(text.to_owned()),
        false => Err("must be this machine's full name, such as compte.exemple.fr".to_owned()),
    }
}
