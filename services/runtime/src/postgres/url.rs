//! A URL of PostgreSQL as libpq reads it: one server or several, and which of them is wanted.
//!
//! `postgres://user@h1:5432,h2:5433/db` and `postgres://user@/db?host=h1,h2&port=5432,5433` mean the same. sqlx knows one
//! host alone, so that each server gets options of its own, made from the same URL. Nothing here repeats a value of the
//! URL save the names of its servers and parameters: the rest may be a password.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Url;
use sqlx::postgres::PgConnectOptions;

use super::wanted::Wanted;

/// A server that has not let us in after this long counts as away, unless the URL says `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

const DEFAULT_PORT: u16 = 5432;

/// What sqlx takes from a URL beside servers, with and without hyphens.
const KNOWN_TO_SQLX: [&str; 13] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "dbname",
    "user",
    "password",
];

/// What is wrong with a URL, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlFault(String);

fn fault<T>(message: impl Into<String>) -> Result<T, UrlFault> {
    Err(UrlFault(message.into()))
}

/// One server of a URL.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where it is; the folder of its socket, or nothing for what libpq takes by default.
    pub host: Option<String>,
    /// Its port, or the number of its socket.
    pub port: Option<u16>,
    /// How sqlx gets there.
    pub options: PgConnectOptions,
}

/// As an operator would write it, and fit to be shown.
impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port.unwrap_or(DEFAULT_PORT);
        match &self.host {
            None => formatter.write_str("the default server"),
            Some(host) if host.contains(':') => write!(formatter, "[{host}]:{port}"),
            Some(host) => write!(formatter, "{host}:{port}"),
        }
    }
}

/// Every server of a URL.
#[derive(Clone, Debug)]
pub struct Servers {
    /// At least one, in the URL's order.
    pub all: Vec<Server>,
    /// Which of them is wanted.
    pub wanted: Wanted,
    /// How long one of them may take to let us in.
    pub connect_timeout: Duration,
    /// Parameters that have no effect here.
    pub ignored: Vec<String>,
}

impl Servers {
    /// Whether it must be asked which server to use: there are several, or the one must be as wanted.
    pub fn is_a_choice(&self) -> bool {
        self.all.len() > 1 || self.wanted != Wanted::Any
    }
}

/// For messages: `h1:5432, h2:5433`.
impl fmt::Display for Servers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.all.iter().map(ToString::to_string).collect();
        formatter.write_str(&names.join(", "))
    }
}

impl FromStr for Servers {
    type Err = UrlFault;

    fn from_str(text: &str) -> Result<Self, UrlFault> {
        let written = Written::read(text)?;
        let mut parameters = Parameters::read(&written)?;
        let (mut hosts, mut ports) = hosts_of(written.hosts)?;
        if let Some(named) = parameters.hosts.take() {
            hosts = named;
        }
        if let Some(addresses) = parameters.addresses.take() {
            if hosts.len() > 1 && hosts.len() != addresses.len() {
                return fault(format!(
                    "names {} hosts and {} addresses (hostaddr): one for each is needed",
                    hosts.len(),
                    addresses.len()
                ));
            }
            hosts = addresses;
        }
        if let Some(named) = parameters.ports.take() {
            ports = named;
        }
        if hosts.len() > 1 && hosts.iter().any(String::is_empty) {
            return fault("names several hosts, and one of them is missing: two commas side by side?");
        }
        hosts.retain(|host| !host.is_empty());
        let count = hosts.len().max(1);
        if ports.len() > 1 && ports.len() != count {
            return fault(format!(
                "names {count} hosts and {} ports: give one port for all of them, or one for each",
                ports.len()
            ));
        }
        let port_of = |index: usize| match ports.len() {
            0 | 1 => ports.first().copied().flatten(),
            // An empty port among several is the default one, as libpq has it.
            _ => ports[index].or(Some(DEFAULT_PORT)),
        };
        let all = (0..count).map(|index| {
            let (host, port) = (hosts.get(index).cloned(), port_of(index));
            let options = parameters.options(&written, host.as_deref(), port)?;
            Ok(Server { host, port, options })
        });
        Ok(Self {
            all: all.collect::<Result<_, UrlFault>>()?,
            wanted: parameters.wanted.unwrap_or(match count {
                1 => Wanted::Any,
                _ => Wanted::ReadWrite,
            }),
            connect_timeout: parameters.connect_timeout.unwrap_or(CONNECT_TIMEOUT),
            ignored: parameters.ignored,
        })
    }
}

/// The parts of a URL, as they are written.
struct Written<'a> {
    user: Option<&'a str>,
    hosts: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Written<'a> {
    fn read(text: &'a str) -> Result<Self, UrlFault> {
        let schemes = ["postgres://", "postgresql://"];
        let Some(rest) = schemes.iter().find_map(|scheme| text.strip_prefix(scheme)) else {
            return fault("must be a URL that begins with postgres:// or postgresql://");
        };
        if rest.contains('#') {
            return fault("holds `#`, which is written %23 in a URL");
        }
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let slash = before_query.find('/').unwrap_or(before_query.len());
        let (authority, path) = before_query.split_at(slash);
        // A password may hold `@` and commas; a host may not.
        let (user, hosts) = match authority.rsplit_once('@') {
            Some((user, hosts)) => (Some(user), hosts),
            None => (None, authority),
        };
        Ok(Self {
            user,
            hosts,
            path,
            query,
        })
    }
}

type Ports = Vec<Option<u16>>;

/// `h1:5432,[::1],%2Frun%2Fpostgresql`
fn hosts_of(text: &str) -> Result<(Vec<String>, Ports), UrlFault> {
    if text.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for one in text.split(',') {
        let (host, port) = match one.strip_prefix('[') {
            Some(bracketed) => match bracketed.split_once(']') {
                Some((host, "")) => (host, ""),
                Some((host, rest)) if rest.starts_with(':') => (host, &rest[1..]),
                _ => {
                    return fault(
                        "holds an IPv6 address whose bracket is not closed, or is followed by no port",
                    );
                }
            },
            None => match one.split_once(':') {
                Some((_, port)) if port.contains(':') => {
                    return fault("holds an IPv6 address without brackets: write [::1]:5432");
                }
                Some((host, port)) => (host, port),
                None => (one, ""),
            },
        };
        let host = percent_decode_str(host)
            .decode_utf8()
            .map_err(|_| UrlFault("holds a host that is not UTF-8".to_owned()))?;
        hosts.push(host.into_owned());
        ports.push(port_number(port)?);
    }
    Ok((hosts, ports))
}

fn port_number(text: &str) -> Result<Option<u16>, UrlFault> {
    match (text.is_empty(), text.parse()) {
        (true, _) => Ok(None),
        (false, Ok(port @ 1..)) => Ok(Some(port)),
        _ => fault("holds a port that is no number from 1 to 65535"),
    }
}

/// What follows `?`.
#[derive(Default)]
struct Parameters {
    hosts: Option<Vec<String>>,
    addresses: Option<Vec<String>>,
    ports: Option<Ports>,
    wanted: Option<Wanted>,
    connect_timeout: Option<Duration>,
    for_sqlx: Vec<(String, String)>,
    ignored: Vec<String>,
}

impl Parameters {
    fn read(written: &Written<'_>) -> Result<Self, UrlFault> {
        let mut read = Self::default();
        let list = |value: &str| {
            value
                .split(',')
                .map(|it| it.trim().to_owned())
                .collect::<Vec<_>>()
        };
        let query = Url::parse(&format!("postgres://localhost/?{}", written.query))
            .map_err(|_| UrlFault("holds parameters that cannot be read".to_owned()))?;
        for (key, value) in query.query_pairs() {
            match &*key {
                "host" => read.hosts = Some(list(&value)),
                "hostaddr" => read.addresses = Some(list(&value)),
                "port" => {
                    let ports: Result<_, _> = list(&value).iter().map(|it| port_number(it)).collect();
                    read.ports = Some(ports?);
                }
                "target_session_attrs" => {
                    let wanted = value.parse().map_err(|()| UrlFault(Wanted::KNOWN.to_owned()))?;
                    read.wanted = Some(wanted);
                }
                "connect_timeout" => match value.parse() {
                    // Nothing, as libpq's default: no limit. Ours stays, since a request waits.
                    Ok(0) => {}
                    Ok(seconds) => read.connect_timeout = Some(Duration::from_secs(seconds)),
                    Err(_) => return fault("connect_timeout must be a whole number of seconds"),
                },
                "application_name" => {}
                "options" => read.for_sqlx.push((key.into_owned(), value.into_owned())),
                key if KNOWN_TO_SQLX.contains(&key) || key.starts_with("options[") => {
                    read.for_sqlx.push((key.to_owned(), value.into_owned()));
                }
                other => read.ignored.push(other.to_owned()),
            }
        }
        Ok(read)
    }

    /// The options of one server: the URL as if it named that one alone.
    fn options(
        &self,
        written: &Written<'_>,
        host: Option<&str>,
        port: Option<u16>,
    ) -> Result<PgConnectOptions, UrlFault> {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut pairs: Vec<String> = self
            .for_sqlx
            .iter()
            .map(|(key, value)| format!("{}={}", encoded(key), encoded(value)))
            .collect();
        // As parameters they reach sqlx as they are: between `//` and `/` it takes an IPv6 address with its brackets, which
        // no resolver understands.
        pairs.extend(host.map(|host| format!("host={}", encoded(host))));
        pairs.extend(port.map(|port| format!("port={port}")));
        let user = written.user.map(|user| format!("{user}@")).unwrap_or_default();
        let stand_in = if host.is_some() || written.user.is_some() {
            "localhost"
        } else {
            ""
        };
        let url = format!("postgres://{user}{stand_in}{}?{}", written.path, pairs.join("&"));
        url.parse()
            .map_err(|_| UrlFault("holds a user, a password or a parameter that cannot be read".to_owned()))
    }
}

#[cfg(test)]
#[path = "url_tests.rs"]
mod tests;
