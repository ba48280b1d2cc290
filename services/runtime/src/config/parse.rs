//! How each kind of setting is read. A message says what would be right and never repeats the value.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use chrono::TimeDelta;
use domain::values::{Flow, PolicyName, parse_span};
use reqwest::Url;

use super::{Limits, LogFormat, Secret};
use crate::edge::proxies::TrustedProxies;
use crate::postgres::Servers;

/// An address and port to listen at.
pub(super) fn socket_address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "must be an IP address and a port, such as 127.0.0.1:8080".to_owned())
}

/// A path; relative ones count from the working directory.
pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

/// Where people reach the pages: they stand at the root of their host.
pub(super) fn public_url(text: &str) -> Result<String, String> {
    let url = web_url(text)?;
    match Url::parse(&url).is_ok_and(|url| url.path() == "/" && url.username().is_empty()) {
        true => Ok(url),
        false => Err(
            "must end with its host and port: the pages stand at the root of a host of their own, such as \
             https://compte.exemple.fr, and not below a path of another one"
                .to_owned(),
        ),
    }
}

/// Addresses and networks of proxies, with commas between.
pub(super) fn trusted_proxies(text: &str) -> Result<TrustedProxies, String> {
    text.parse().map_err(|()| {
        "must be addresses and networks of proxies, with commas between, such as 10.0.0.7,192.168.0.0/16; no names"
            .to_owned()
    })
}

/// A URL of a service on the web, without a slash at its end.
pub(super) fn web_url(text: &str) -> Result<String, String> {
    url(text, &["http", "https"])?;
    if text.contains(['?', '#']) {
        return Err(
            "must end with its path: what follows `?` or `#` would stand in the middle of every link"
                .to_owned(),
        );
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Origins of browser applications, with commas between, each as a browser writes it.
pub(super) fn origins(text: &str) -> Result<Vec<String>, String> {
    let origins: Vec<&str> = text.split(',').map(str::trim).collect();
    let is_origin = |text: &&str| {
        url(text, &["http", "https"]).is_ok()
            && Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == **text)
    };
    match origins.iter().all(is_origin) {
        true => Ok(origins.into_iter().map(str::to_owned).collect()),
        false => Err(
            "must be origins as browsers write them, with commas between: scheme, host in lower case and, where it is not \
             the usual one, port; no path, no slash at the end, no `*`; such as https://app.exemple.fr"
                .to_owned(),
        ),
    }
}

/// The URL of a PostgreSQL server, or of several with commas between, of which one takes writes at a time.
pub(super) fn postgres_url(text: &str) -> Result<Secret, String> {
    text.parse::<Servers>()
        .map(|_| Secret::new(text))
        .map_err(|fault| fault.to_string())
}

/// The URL of a NATS server, or of several with commas between, as a cluster has.
pub(super) fn nats_urls(text: &str) -> Result<Secret, String> {
    text.split(',')
        .try_for_each(|one| url(one.trim(), &["nats", "tls"]))?;
    Ok(Secret::new(text))
}

fn url(text: &str, schemes: &[&str]) -> Result<(), String> {
    let wanted = || format!("must be a URL that begins with {}://", schemes.join(":// or "));
    let parsed = Url::parse(text).map_err(|_| wanted())?;
    if schemes.contains(&parsed.scheme()) && parsed.has_host() {
        Ok(())
    } else {
        Err(wanted())
    }
}

/// A secret text.
pub(super) fn secret(text: &str) -> Result<Secret, String> {
    Ok(Secret::new(text))
}

/// A sender's address: just enough of a look to catch a slip; the mailer's library parses it for good.
pub(super) fn sender(text: &str) -> Result<String, String> {
    let address = text
        .rsplit_once('<')
        .map_or(text, |(_, rest)| rest.trim_end_matches('>'));
    let plain = !text.chars().any(char::is_control);
    match address.split_once('@') {
        Some((local, host)) if plain && !local.is_empty() && !host.is_empty() => Ok(text.to_owned()),
        _ => Err("must be a mail address, such as Compte en ligne <ne-pas-repondre@exemple.fr>".to_owned()),
    }
}

/// When an address is proven.
pub(super) fn flow(text: &str) -> Result<Flow, String> {
    match text {
        "guide" => Ok(Flow::Guide),
        "private" => Ok(Flow::Private),
        _ => Err("must be guide or private".to_owned()),
    }
}

/// The rule for passwords.
pub(super) fn password_policy(text: &str) -> Result<PolicyName, String> {
    match text {
        "guide" => Ok(PolicyName::Guide),
        "cnil" => Ok(PolicyName::Cnil),
        _ => Err("must be guide or cnil".to_owned()),
    }
}

/// A span of time.
pub(super) fn span(text: &str) -> Result<TimeDelta, String> {
    parse_span(text).ok_or_else(|| "must be a span of time, such as 30d, 12h, 10m or 0s".to_owned())
}

/// Whether attempts are counted.
pub(super) fn limits(text: &str) -> Result<Limits, String> {
    match text {
        "on" => Ok(Limits::On),
        "off" => Ok(Limits::Off),
        _ => Err("must be on or off".to_owned()),
    }
}

/// A time: a number and s, m, h or d.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "must be a whole number and s, m, h or d, such as 5s or 12h".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u32 = text[..text.len() - 1].trim().parse().map_err(|_| wrong())?;
    match number {
        0 => Err("must be more than nothing".to_owned()),
        _ => Ok(Duration::from_secs(u64::from(number) * seconds)),
    }
}

/// The form of log lines.
pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "json" => Ok(LogFormat::Json),
        "text" => Ok(LogFormat::Text),
        _ => Err("must be json or text".to_owned()),
    }
}

/// A log's name, as a key's name may be.
pub(super) fn log_origin(text: &str) -> Result<String, String> {
    match text
        .chars()
        .any(|it| it.is_whitespace() || it == '+' || it.is_control())
    {
        false => Ok(text.to_owned()),
        true => Err("must be a name without spaces and plus signs, such as compte.exemple.fr/log".to_owned()),
    }
}

/// Keys of witnesses, with commas between.
pub(super) fn vkeys(text: &str) -> Result<Vec<String>, String> {
    let keys: Vec<String> = text.split(',').map(|key| key.trim().to_owned()).collect();
    match keys.iter().all(|key| key.splitn(3, '+').count() == 3) {
        true => Ok(keys),
        false => Err("must be witnesses' keys, NAME+KEYID+BASE64, with commas between".to_owned()),
    }
}

/// How often checkpoints are signed: every event must be covered within 10 s.
pub(super) fn checkpoint_interval(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=8) => Ok(Duration::from_secs(seconds)),
        _ => Err("must be a number of seconds from 1 to 8".to_owned()),
    }
}
