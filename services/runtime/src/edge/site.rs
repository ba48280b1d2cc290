//! Where the service is reached from outside, as far as cookies, headers and origins mind.

/// The public address, taken apart once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Scheme, host and port, as a browser writes them into `Origin`.
    pub origin: String,
    /// Whether cookies are `Secure`: over https. On plain http no browser would keep them; that is for loopback, and for whoever
    /// said so on purpose.
    pub secure: bool,
}

impl Site {
    /// The site of a public URL. The configuration has checked that it is one.
    pub fn of(public_url: &str) -> Self {
        let (scheme, rest) = public_url.split_once("://").unwrap_or(("http", public_url));
        let scheme = scheme.to_ascii_lowercase();
        let authority = rest
            .split(['/', '?', '#'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let usual_port = if scheme == "https" { ":443" } else { ":80" };
        let host = authority.strip_suffix(usual_port).unwrap_or(&authority);
        Self {
            origin: format!("{scheme}://{host}"),
            secure: scheme == "https",
        }
    }

    /// Whether browsers should be told to come by https only.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// Whether it is this machine, as seen from itself.
    pub fn is_near(&self) -> bool {
        let host = self.origin.split_once("://").map_or("", |(_, host)| host);
        is_loopback(host)
    }

    /// Whether a `Host` header names this site, or this machine as seen from itself.
    pub fn is_host(&self, host: &str) -> bool {
        let own = self.origin.split_once("://").map_or("", |(_, host)| host);
        host.eq_ignore_ascii_case(own) || is_loopback(&host.to_ascii_lowercase())
    }
}

/// Whether this host, with or without port, is the machine itself.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost"
        || name.ends_with(".localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_secure_unless_it_is_plain_http() {
        for (url, origin, secure) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", false),
            ("http://localhost:80/", "http://localhost", false),
            ("http://[::1]:8080/x", "http://[::1]:8080", false),
            ("https://Example.org/espace", "https://example.org", true),
            ("https://example.org:443", "https://example.org", true),
            ("http://127.example.org", "http://127.example.org", false),
        ] {
            assert_eq!(
                Site::of(url),
                Site {
                    origin: origin.to_owned(),
                    secure
                },
                "{url}"
            );
        }
    }

    #[test]
    fn a_name_that_looks_like_loopback_is_none() {
        assert!(Site::of("http://[::1]:8080").is_near() && Site::of("http://sub.localhost").is_near());
        assert!(
            !Site::of("http://127.example.org").is_near()
                && !Site::of("http://localhost.example.org").is_near()
        );
    }

    #[test]
    fn only_our_own_host_and_loopback_are_known() {
        let site = Site::of("https://espace.example.org");
        assert!(
            site.is_host("espace.example.org") && site.is_host("127.0.0.1:8080") && site.is_host("[::1]:1")
        );
        assert!(!site.is_host("evil.example.org") && !site.is_host("127.0.0.1.example.org"));
    }
}
