//! Which network a request comes from, as far as limits tell networks apart.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::Extensions;

use super::proxies::Visitor;

/// One IPv4 address, or one IPv6 /64, the smallest network that is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// An IPv4 address.
    V4([u8; 4]),
    /// The first half of an IPv6 address.
    V6([u8; 8]),
    /// The peer is not known, or too many networks are being counted: these share one count.
    Shared,
}

impl Network {
    /// The network of whoever asks: the visitor's, as [`super::proxies::find_visitor`] found them, else the peer's at the socket.
    pub fn of_visitor(extensions: &Extensions) -> Self {
        let visitor = extensions.get::<Visitor>().map(|visitor| visitor.address);
        let peer = || extensions.get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip());
        visitor.or_else(peer).map_or(Self::Shared, Self::of)
    }

    /// The network of an address.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let mut network = [0; 8];
                network.copy_from_slice(&address.octets()[..8]);
                Self::V6(network)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Network {
        Network::of(text.parse().unwrap())
    }

    #[test]
    fn an_ipv6_customer_is_one_network_however_many_addresses_they_use() {
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }

    #[test]
    fn an_ipv4_address_is_the_same_through_an_ipv6_socket() {
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }
}
