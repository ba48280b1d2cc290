//! The client for other people's HTTP services: rustls with ring, the system's certificates, bounded in time.

use std::time::Duration;

/// Who we say we are to a register.
const USER_AGENT: &str = concat!("onboarding/", env!("CARGO_PKG_VERSION"));

/// Makes ring the provider of every TLS connection of this program. Asking twice is fine.
pub fn use_ring() {
    // An error says that a provider is there already, which is what was wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// An HTTP client whose whole exchange, connection included, takes `timeout` at most. It follows no redirect: a
/// register that moves is a change of configuration, and a redirect could lead a key elsewhere.
///
/// # Errors
/// When the system's certificates cannot be used.
pub fn client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    use_ring();
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .timeout(timeout)
        .connect_timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_can_be_made_twice() {
        assert!(client(Duration::from_secs(3)).is_ok());
        assert!(client(Duration::from_secs(3)).is_ok());
    }
}
