//! A free port on loopback, below those that the system gives to outgoing connections: a restarted server takes the same
//! port again, and nobody else should have got it by chance in between.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    ops::Range,
};

use rand::Rng;

/// Registered ports that few servers use; Linux gives outgoing connections ports from 32768.
const CHOICE: Range<u16> = 20_000..32_000;

const TRIES: usize = 64;

/// Whether nobody listens there.
pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A port that was free a moment ago. Somebody may still take it first: starts are tried again with another.
pub(super) fn free_port() -> io::Result<u16> {
    for _ in 0..TRIES {
        let port = rand::rng().random_range(CHOICE);
        if is_free(port) {
            return Ok(port);
        }
    }
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
