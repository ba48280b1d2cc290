//! The way from a pool to one server of several, which can be cut.
//!
//! sqlx gives no hand on its sockets: a statement that is under way when its server's host vanishes is waited for as long
//! as the system tries, a quarter of an hour or for ever, and its connection with it. So where a URL names several servers, or how the one must be,
//! the pool reaches each through a socket of this process. When the pool moves to another server, whatever still hangs on
//! the old one ends at once, as a lost connection does; and when no server answers for long, what hangs on the last one. It
//! costs some microseconds a round trip, and only there.

use std::io;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncWriteExt, copy};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::url::Server;

/// A server that was said goodbye to has this long to close.
const GOODBYE: Duration = Duration::from_secs(5);

/// The way to one server. Dropping it closes it.
pub struct Passage {
    /// How the pool gets to the server.
    pub options: PgConnectOptions,
    /// Ends the connections that are open now.
    open: CancellationToken,
    /// Ends everything.
    closed: CancellationToken,
    /// Tells the listener which token new connections hang on.
    renewed: tokio::sync::watch::Sender<CancellationToken>,
}

impl Passage {
    /// Opens the way. Where there can be none, as to a socket on this machine, which cannot fall silent for want of a
    /// network, or on a system without nameless sockets, the pool goes directly.
    pub fn open(server: &Server, connect_timeout: Duration) -> Self {
        let closed = CancellationToken::new();
        let open = closed.child_token();
        let (renewed, token) = tokio::sync::watch::channel(open.clone());
        let mut options = server.options.clone();
        let host = server.host.clone().filter(|host| !host.starts_with('/'));
        if let Some(host) = host {
            let to = (host, server.options.get_port());
            // No file: an abstract name, which only this system's network namespace knows.
            let name = format!("\0onboarding-{}", Uuid::new_v4());
            match UnixListener::bind(format!("{name}/.s.PGSQL.{}", to.1)) {
                Ok(listener) => {
                    options = options.socket(name);
                    tokio::spawn(listen(listener, to, connect_timeout, token, closed.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "statements under way outlast a failover only by the system's patience")
                }
            }
        }
        Self {
            options,
            open,
            closed,
            renewed,
        }
    }

    /// Ends every connection that is open; new ones may come.
    pub fn cut(&mut self) {
        let next = self.closed.child_token();
        self.renewed.send_replace(next.clone());
        std::mem::replace(&mut self.open, next).cancel();
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.closed.cancel();
    }
}

async fn listen(
    listener: UnixListener,
    to: (String, u16),
    connect_timeout: Duration,
    token: tokio::sync::watch::Receiver<CancellationToken>,
    closed: CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closed.cancelled() => return,
        };
        // An abstract name is open to every account of the machine.
        let Some((client, _)) = accepted.ok().filter(|(client, _)| is_ours(client)) else {
            continue;
        };
        let (to, cut) = (to.clone(), token.borrow().clone());
        tokio::spawn(async move {
            tokio::select! {
                // An end of either side is told to the other by closing; there is nothing to add.
                _ended = carry(client, &to, connect_timeout) => {}
                () = cut.cancelled() => {}
            }
        });
    }
}

fn is_ours(client: &UnixStream) -> bool {
    client
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == nix::unistd::Uid::effective().as_raw())
}

/// Carries bytes both ways until one side closes. The server has `connect_timeout` to accept, and again for its first byte:
/// a balancer may accept for a server that is not there.
async fn carry(mut client: UnixStream, to: &(String, u16), connect_timeout: Duration) -> io::Result<()> {
    let mut server = timeout(connect_timeout, TcpStream::connect((to.0.as_str(), to.1))).await??;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = async {
        copy(&mut from_client, &mut to_server).await?;
        to_server.shutdown().await?;
        sleep(GOODBYE).await;
        io::Result::Ok(())
    };
    let down = async {
        timeout(connect_timeout, from_server.readable()).await??;
        copy(&mut from_server, &mut to_client).await.map(|_| ())
    };
    tokio::select! {
        ended = up => ended,
        ended = down => ended,
    }
}
