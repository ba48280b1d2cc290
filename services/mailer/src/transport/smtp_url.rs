//! The mail server's URL, read as lettre's own `from_url` reads it, and kept as parts.
//!
//! | URL | means |
//! | --- | --- |
//! | `smtps://host[:465]` | TLS from the first byte |
//! | `smtp://host[:587]?tls=required` | STARTTLS, or nothing is sent |
//! | `smtp://host[:587]?tls=opportunistic` | STARTTLS when offered: whoever stands between can take the offer away |
//! | `smtp://host[:25]` | no TLS: for a server on the same machine, or one that asks for no password |
//!
//! A path names us in EHLO, `user:password@` before the host signs in, and `ca_file=/path.pem` trusts a private authority
//! beside the public ones.

use std::net::Ipv4Addr;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use url::Url;

/// Port of a server that relays (RFC 5321).
const PORT_RELAY: u16 = 25;
/// Port of submission with STARTTLS (RFC 6409).
const PORT_SUBMISSION: u16 = 587;
/// Port of submission over TLS (RFC 8314).
const PORT_SUBMISSIONS: u16 = 465;

/// Why a URL is no mail server's. The URL itself is left out: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum SmtpUrlError {
    /// Not a URL with a host.
    #[error("the mail server's URL is not of the form smtp://host:port or smtps://host:port")]
    Form,
    /// Another scheme, or another value of `tls`.
    #[error(
        "the mail server's URL begins with smtp:// or smtps://, and `tls` is `required` or `opportunistic`"
    )]
    Tls,
    /// A query member that means nothing here.
    #[error("the mail server's URL knows the members `tls` and `ca_file` only")]
    UnknownMember,
    /// The user or password is not UTF-8 once decoded.
    #[error("the user or password in the mail server's URL is not UTF-8")]
    Credentials,
    /// The private authority cannot be read.
    #[error("the file named by `ca_file` in the mail server's URL cannot be read as PEM certificates")]
    Authority,
    /// TLS cannot be set up for this host.
    #[error("TLS cannot be set up for the mail server's host")]
    TlsSetup,
}

/// A mail server and how to talk to it.
#[derive(Clone)]
pub struct SmtpServer {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// When TLS begins.
    pub tls: Tls,
    /// User and password, where the server wants them.
    pub credentials: Option<Credentials>,
    /// How we name ourselves.
    pub hello: ClientId,
}

/// Leaves the credentials out.
impl std::fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl SmtpServer {
    /// Reads a URL, and the file of a private authority where it names one.
    ///
    /// # Errors
    /// What is wrong, without the URL itself.
    pub fn from_url(url: &str) -> Result<Self, SmtpUrlError> {
        let url = Url::parse(url).map_err(|_| SmtpUrlError::Form)?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(SmtpUrlError::Form)?
            .to_owned();
        let (mut mode, mut authority) = (None, None);
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "tls" => mode = Some(value.into_owned()),
                "ca_file" => authority = Some(value.into_owned()),
                _ => return Err(SmtpUrlError::UnknownMember),
            }
        }
        let parameters = || tls_parameters(&host, authority.as_deref());
        let (default_port, tls) = match (url.scheme(), mode.as_deref()) {
            ("smtps", None) => (PORT_SUBMISSIONS, Tls::Wrapper(parameters()?)),
            ("smtp", Some("required")) => (PORT_SUBMISSION, Tls::Required(parameters()?)),
            ("smtp", Some("opportunistic")) => (PORT_SUBMISSION, Tls::Opportunistic(parameters()?)),
            ("smtp", None) => (PORT_RELAY, Tls::None),
            _ => return Err(SmtpUrlError::Tls),
        };
        Ok(Self {
            port: url.port().unwrap_or(default_port),
            credentials: credentials(&url)?,
            hello: hello(&url),
            tls,
            host,
        })
    }

    /// The same, signing in as somebody whom the URL does not name.
    #[must_use]
    pub fn signing_in(self, user: String, password: String) -> Self {
        Self {
            credentials: Some(Credentials::new(user, password)),
            ..self
        }
    }

    /// The same under this name in EHLO, unless the URL names us.
    #[must_use]
    pub fn introducing(self, name: &str) -> Self {
        match self.hello {
            ClientId::Domain(_) => self,
            _ if !name.contains('.') => self,
            _ => Self {
                hello: ClientId::Domain(name.to_owned()),
                ..self
            },
        }
    }

    /// The host without the brackets of an IPv6 address.
    pub fn host_to_dial(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }
}

fn tls_parameters(host: &str, authority: Option<&str>) -> Result<TlsParameters, SmtpUrlError> {
    let mut builder = TlsParameters::builder(host.trim_start_matches('[').trim_end_matches(']').to_owned());
    if let Some(path) = authority {
        let pem = std::fs::read(path).map_err(|_| SmtpUrlError::Authority)?;
        let certificate = Certificate::from_pem(&pem).map_err(|_| SmtpUrlError::Authority)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|_| SmtpUrlError::TlsSetup)
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpUrlError> {
    let Some(password) = url.password() else {
        return Ok(None);
    };
    Ok(Some(Credentials::new(
        decoded(url.username())?,
        decoded(password)?,
    )))
}

fn decoded(text: &str) -> Result<String, SmtpUrlError> {
    // A form's decoder would read `+` as a space, and passwords hold plus signs.
    let escaped = text.replace('+', "%2B");
    let pair = format!("x={escaped}");
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    let value = pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    if value.contains(char::REPLACEMENT_CHARACTER) {
        Err(SmtpUrlError::Credentials)
    } else {
        Ok(value)
    }
}

/// The URL's path. Without one, loopback's literal, and never this machine's own name: a container's is no name that a
/// relay takes.
fn hello(url: &Url) -> ClientId {
    match url.path().trim_matches('/') {
        "" => ClientId::Ipv4(Ipv4Addr::LOCALHOST),
        name => ClientId::Domain(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_has_its_port_and_tls() {
        let read = |url| SmtpServer::from_url(url).unwrap();
        assert!(matches!(
            read("smtp://localhost"),
            SmtpServer {
                port: 25,
                tls: Tls::None,
                ..
            }
        ));
        assert!(matches!(
            read("smtps://mx.example"),
            SmtpServer {
                port: 465,
                tls: Tls::Wrapper(_),
                ..
            }
        ));
        assert!(matches!(
            read("smtp://mx.example?tls=required"),
            SmtpServer {
                port: 587,
                tls: Tls::Required(_),
                ..
            }
        ));
        assert!(matches!(
            read("smtp://mx.example:2525?tls=opportunistic"),
            SmtpServer {
                port: 2525,
                tls: Tls::Opportunistic(_),
                ..
            }
        ));
        assert_eq!(read("smtp://[::1]:2525").host_to_dial(), "::1");
        assert_eq!(
            read("smtp://localhost/portal.example").hello.to_string(),
            "portal.example"
        );
    }

    #[test]
    fn we_name_ourselves_by_url_or_setting_or_sender_and_never_by_host_name() {
        let said = |url, name| {
            SmtpServer::from_url(url)
                .unwrap()
                .introducing(name)
                .hello
                .to_string()
        };
        assert_eq!(said("smtp://relay.example", "espace.example"), "espace.example");
        assert_eq!(
            said("smtp://relay.example/named.example", "espace.example"),
            "named.example"
        );
        assert_eq!(said("smtp://relay.example", "localhost"), "[127.0.0.1]");
    }

    #[test]
    fn credentials_are_decoded_and_never_shown() {
        let server = SmtpServer::from_url("smtp://sender%40example.org:p%C3%A9+%26x@localhost").unwrap();
        let expected = Credentials::new("sender@example.org".to_owned(), "pé+&x".to_owned());
        assert_eq!(server.credentials, Some(expected));
        assert!(!format!("{server:?}").contains("sender"));
    }

    #[test]
    fn what_would_send_in_clear_by_mistake_is_refused() {
        for url in [
            "smtp://host?tls=always",
            "http://host",
            "smtp://host?TLS=required",
            "smtp:host",
            "host:25",
            "smtps://host?ca_file=/nowhere",
        ] {
            let error = SmtpServer::from_url(url).unwrap_err();
            assert!(!error.to_string().contains(url), "{url}");
        }
    }
}
