//! How long a mail server may take.

use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// Limits of one dialogue, each for one step of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A TCP connection, for each address of the server.
    pub connect: Duration,
    /// The greeting, TLS, and the answer to each command but DATA.
    pub command: Duration,
    /// The answer to DATA.
    pub data: Duration,
    /// The server taking one block of the mail.
    pub block: Duration,
    /// The answer to the dot behind the mail. A content filter works meanwhile, and a client that leaves before may make a
    /// server deliver the mail twice, or drop it.
    pub content: Duration,
}

/// RFC 5321, 4.5.3.2.
impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: MINUTE / 2,
            command: 5 * MINUTE,
            data: 2 * MINUTE,
            block: 3 * MINUTE,
            content: 10 * MINUTE,
        }
    }
}

impl Limits {
    /// Limits in the RFC's proportions, where a command may take this long.
    pub fn of_command(command: Duration) -> Self {
        let usual = Self::default();
        Self {
            connect: usual.connect.min(command),
            command,
            data: command * 2 / 5,
            block: command * 3 / 5,
            content: command * 2,
        }
    }
}
