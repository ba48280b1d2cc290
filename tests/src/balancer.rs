//! A balancer before PostgreSQL, as HAProxy is one: it accepts at all times, and without a server behind it closes at once.

use std::net::Ipv4Addr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The balancer. It ends when dropped.
pub struct Balancer {
    port: u16,
    has_server: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Balancer {
    /// Stands before a server on loopback.
    pub async fn start(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (has_server, state) = watch::channel(true);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, state.clone()));
            }
        });
        Self {
            port,
            has_server,
            task,
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Takes the server away: what is open is closed, and what comes is accepted and closed. Or gives it back.
    pub fn set_server(&self, there: bool) {
        self.has_server.send_replace(there);
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut client: TcpStream, server: u16, mut has_server: watch::Receiver<bool>) {
    if !*has_server.borrow_and_update() {
        return;
    }
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = has_server.wait_for(|there| !there) => {}
    }
}
