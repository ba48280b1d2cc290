//! Who asks, where proxies stand before the service: the right-most hop of the forwarding headers that is no proxy of ours.
//!
//! Whoever reaches the socket can write such headers, so they count from trusted proxies alone, and only as far back as one
//! trusted proxy tells of the next. Proxies add one of two headers and hand the other on as it came, from a visitor too: where
//! both are there and do not say the same, neither is believed.

mod forwarded;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

/// The proxies whose word counts; none unless set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether this peer is one.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who asks, of what the socket and the headers tell.
    pub fn visitor(&self, peer: IpAddr, headers: &HeaderMap) -> Visitor {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return match forwarded::are_told(headers) {
                true => Visitor::ignoring(peer),
                false => Visitor::at(peer),
            };
        }
        let hops = (forwarded::by_standard(headers), forwarded::by_custom(headers));
        match hops {
            (None, None) => Visitor::at(peer),
            (Some(hops), None) | (None, Some(hops)) => Visitor::at(self.right_most(peer, &hops)),
            (Some(standard), Some(custom)) => {
                let told = (self.right_most(peer, &standard), self.right_most(peer, &custom));
                match told.0 == told.1 {
                    true => Visitor::at(told.0),
                    false => Visitor::ignoring(peer),
                }
            }
        }
    }

    /// The last hop that is no proxy of ours. A hop that is no address is hidden by the proxy that told of it, which then
    /// stands for it.
    fn right_most(&self, peer: IpAddr, hops: &[Option<IpAddr>]) -> IpAddr {
        let mut told_by = peer;
        for hop in hops.iter().rev() {
            match hop {
                Some(address) if self.contains(*address) => told_by = *address,
                Some(address) => return *address,
                None => return told_by,
            }
        }
        told_by
    }
}

/// Addresses and networks, with commas between.
impl FromStr for TrustedProxies {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let network = |text: &str| {
            let address = || text.parse().map(|it: IpAddr| IpNet::from(it.to_canonical()));
            text.parse::<IpNet>().or_else(|_| address()).map_err(|_| ())
        };
        text.split(',')
            .map(|one| network(one.trim()))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let networks: Vec<String> = self.0.iter().map(IpNet::to_string).collect();
        f.write_str(&networks.join(", "))
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Their address, or that of the nearest proxy that hides it.
    pub address: IpAddr,
    /// Whether forwarding headers came that do not count.
    pub headers_ignored: bool,
}

impl Visitor {
    fn at(address: IpAddr) -> Self {
        Self {
            address,
            headers_ignored: false,
        }
    }

    fn ignoring(address: IpAddr) -> Self {
        Self {
            address,
            headers_ignored: true,
        }
    }
}

/// The requests since the service began: all of them, and those whose forwarding headers did not count.
#[derive(Debug, Default)]
pub struct Forwarding {
    all: AtomicU64,
    ignored: AtomicU64,
}

impl Forwarding {
    /// How many requests came, and with how many of them such headers, since this was last asked.
    pub fn take(&self) -> (u64, u64) {
        (
            self.all.swap(0, Ordering::Relaxed),
            self.ignored.swap(0, Ordering::Relaxed),
        )
    }
}

/// Tells each request who asks, for limits. The layer outside all others.
pub async fn find_visitor(
    State((trusted, forwarding)): State<(Arc<TrustedProxies>, Arc<Forwarding>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().copied();
    if let Some(ConnectInfo(peer)) = peer {
        let visitor = trusted.visitor(peer.ip(), request.headers());
        forwarding.all.fetch_add(1, Ordering::Relaxed);
        if visitor.headers_ignored {
            forwarding.ignored.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("onboarding_forwarded_headers_ignored_total").increment(1);
        }
        request.extensions_mut().insert(visitor);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: &str = "10.0.0.7";

    fn told(trusted: &str, headers: &[(&'static str, &str)]) -> (String, bool) {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let trusted = match trusted {
            "" => TrustedProxies::default(),
            some => some.parse().unwrap(),
        };
        let visitor = trusted.visitor(PEER.parse().unwrap(), &headers.collect::<HeaderMap>());
        (visitor.address.to_string(), visitor.headers_ignored)
    }

    #[test]
    fn without_the_setting_headers_are_ignored_and_noticed() {
        assert_eq!(told("", &[]), (PEER.into(), false));
        assert_eq!(told("", &[("x-forwarded-for", "192.0.2.1")]), (PEER.into(), true));
        assert_eq!(told("", &[("forwarded", "for=192.0.2.1")]), (PEER.into(), true));
        assert_eq!(
            told("10.0.0.8", &[("x-forwarded-for", "192.0.2.1")]),
            (PEER.into(), true)
        );
    }

    #[test]
    fn the_right_most_hop_that_is_not_trusted_asks() {
        for (headers, visitor) in [
            ("192.0.2.1", "192.0.2.1"),
            // What a visitor made up stands left of what the proxy saw.
            ("203.0.113.9, 192.0.2.1", "192.0.2.1"),
            ("203.0.113.9, 192.0.2.1, 10.0.3.4", "192.0.2.1"),
            ("10.9.9.9, 10.0.3.4", "10.9.9.9"),
            // With a port, as some clouds write them; IPv6 with and without brackets.
            ("192.0.2.1:4711", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("unknown, 10.0.3.4", "10.0.3.4"),
            ("192.0.2.1, unknown", PEER),
        ] {
            assert_eq!(
                told("10.0.0.0/8", &[("x-forwarded-for", headers)]),
                (visitor.to_owned(), false),
                "{headers}"
            );
        }
    }

    #[test]
    fn the_standard_header_is_read_as_it_is_written() {
        for (header, visitor) in [
            ("for=192.0.2.1", "192.0.2.1"),
            ("For=\"192.0.2.1:80\";proto=https;by=10.0.0.7", "192.0.2.1"),
            (
                "for=203.0.113.9, proto=https;for=\"[2001:db8::1]:4711\"",
                "2001:db8::1",
            ),
            ("for=192.0.2.1;host=\"a,b;for=203.0.113.9\"", "192.0.2.1"),
            ("for=_hidden", PEER),
            ("proto=https", PEER),
        ] {
            assert_eq!(
                told("10.0.0.0/8", &[("forwarded", header)]),
                (visitor.to_owned(), false),
                "{header}"
            );
        }
    }

    #[test]
    fn two_headers_that_differ_count_for_nothing() {
        let both = |one, other| told(PEER, &[("forwarded", one), ("x-forwarded-for", other)]);
        assert_eq!(both("for=192.0.2.1", "192.0.2.1"), ("192.0.2.1".into(), false));
        assert_eq!(both("for=203.0.113.9", "192.0.2.1"), (PEER.into(), true));
    }

    #[test]
    fn addresses_and_networks_are_taken() {
        let trusted: TrustedProxies = "10.0.0.0/8, 192.0.2.1,2001:db8::/32,::1".parse().unwrap();
        for address in [
            "10.1.2.3",
            "192.0.2.1",
            "::ffff:192.0.2.1",
            "2001:db8:5::1",
            "::1",
        ] {
            assert!(trusted.contains(address.parse().unwrap()), "{address}");
        }
        assert!(!trusted.contains("192.0.2.2".parse().unwrap()));
        for wrong in ["", "10.0.0.0/33", "proxy.example.org", "10.0.0.1,,10.0.0.2"] {
            assert!(wrong.parse::<TrustedProxies>().is_err(), "{wrong}");
        }
    }
}
