//! A TCP proxy between two parts, which delays, drips, swallows, refuses and cuts what passes.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::Duration;

use tests::ports::free_port;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::seed::Seed;

/// How connections through a proxy fare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As if there were no proxy.
    Open,
    /// Each piece is held back this long, and up to so much longer.
    Delay {
        /// At least.
        least: Duration,
        /// And up to so much more.
        jitter: Duration,
    },
    /// A few bytes at a time, with a pause after each.
    Drip {
        /// So many bytes.
        bytes: usize,
        /// With this pause.
        pause: Duration,
    },
    /// Nothing arrives, and nobody is told. What was swallowed is delivered when the way opens, as TCP would do.
    BlackHole {
        /// Towards the server.
        up: bool,
        /// Towards the client.
        down: bool,
    },
    /// New connections are accepted and closed, as a balancer does that has nobody behind it: at once, or politely after the
    /// first words. Old ones are reset.
    AcceptAndClose,
}

impl fmt::Display for Way {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => write!(text, "open"),
            Self::Delay { least, jitter } => write!(
                text,
                "delay {} to {} ms",
                least.as_millis(),
                (*least + *jitter).as_millis()
            ),
            Self::Drip { bytes, pause } => write!(text, "drip {bytes} bytes each {} ms", pause.as_millis()),
            Self::BlackHole { up: true, down: true } => write!(text, "black hole"),
            Self::BlackHole { up: true, .. } => write!(text, "black hole towards the server"),
            Self::BlackHole { .. } => write!(text, "black hole towards the client"),
            Self::AcceptAndClose => write!(text, "accept and close"),
        }
    }
}

/// What ends connections that stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ends {
    cuts: u64,
    half_closes: u64,
}

/// A proxy on loopback. It ends, with every connection through it, when dropped.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    target: AtomicU16,
    way: watch::Sender<Way>,
    ends: watch::Sender<Ends>,
    connections: AtomicU64,
    seed: Seed,
}

impl Proxy {
    /// A proxy to a port of loopback.
    pub async fn start(target: u16, seed: Seed) -> Self {
        let port = free_port();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .expect("a free port");
        let shared = Arc::new(Shared {
            target: AtomicU16::new(target),
            way: watch::Sender::new(Way::Open),
            ends: watch::Sender::new(Ends::default()),
            connections: AtomicU64::new(0),
            seed,
        });
        let task = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Self { port, shared, task }
    }

    /// Where new connections lead.
    pub fn target(&self) -> u16 {
        self.shared.target.load(Ordering::Relaxed)
    }

    /// From now on new connections lead to this port.
    pub fn aim(&self, target: u16) {
        self.shared.target.store(target, Ordering::Relaxed);
    }

    /// From now on the way is like this, for connections that stand too.
    pub fn set(&self, way: Way) {
        self.shared.way.send_replace(way);
        if way == Way::AcceptAndClose {
            self.cut();
        }
    }

    /// Resets every connection that stands.
    pub fn cut(&self) {
        self.shared.ends.send_modify(|ends| ends.cuts += 1);
    }

    /// Closes the half towards the server of every connection that stands.
    pub fn half_close(&self) {
        self.shared.ends.send_modify(|ends| ends.half_closes += 1);
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let number = shared.connections.fetch_add(1, Ordering::Relaxed);
        if *shared.way.borrow() == Way::AcceptAndClose {
            if number.is_multiple_of(2) {
                tokio::spawn(close_politely(client));
            }
            continue;
        }
        tokio::spawn(carry(client, Arc::clone(&shared), number));
    }
}

/// Hears the first words out and ends the connection in good order, without a word.
async fn close_politely(mut client: TcpStream) {
    let mut words = [0; 1024];
    let _ = tokio::time::timeout(Duration::from_secs(1), client.read(&mut words)).await;
    let _ = client.shutdown().await;
}

/// Carries one connection until either side, a cut or a fault of the way ends it.
async fn carry(client: TcpStream, shared: Arc<Shared>, number: u64) {
    let mut ends = shared.ends.subscribe();
    let cuts = ends.borrow_and_update().cuts;
    let target = SocketAddr::from((Ipv4Addr::LOCALHOST, shared.target.load(Ordering::Relaxed)));
    let Ok(server) = TcpStream::connect(target).await else {
        // What a client sees that calls a port where nobody listens: an end without a word.
        let _ = client.set_zero_linger();
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    // Whoever drops last closes the sockets: with this, by a reset.
    let _ = (client.set_zero_linger(), server.set_zero_linger());
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let pump = |direction| Pump {
        direction,
        way: shared.way.subscribe(),
        ends: shared.ends.subscribe(),
        seed: shared.seed.branch(&format!("{number} {direction:?}")),
    };
    let (mut up, mut down) = (pump(Direction::Up), pump(Direction::Down));
    let both = async { tokio::join!(up.run(from_client, to_server), down.run(from_server, to_client)) };
    tokio::select! {
        _ = both => {}
        _ = ends.wait_for(|ends| ends.cuts != cuts) => {}
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// One direction of one connection.
struct Pump {
    direction: Direction,
    way: watch::Receiver<Way>,
    ends: watch::Receiver<Ends>,
    seed: Seed,
}

impl Pump {
    async fn run(&mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let half_closes = self.ends.borrow_and_update().half_closes;
        let mut closed_here = self.ends.clone();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let is_up = self.direction == Direction::Up;
            let read = tokio::select! {
                read = from.read(&mut buffer) => read,
                _ = closed_here.wait_for(|ends| is_up && ends.half_closes != half_closes) => Ok(0),
            };
            let Ok(count @ 1..) = read else {
                break;
            };
            if self.pass(&buffer[..count], &mut to).await.is_err() {
                break;
            }
        }
        let _ = to.shutdown().await;
    }

    /// Passes a piece on, as the way is at this moment.
    async fn pass(&mut self, mut piece: &[u8], to: &mut OwnedWriteHalf) -> std::io::Result<()> {
        while !piece.is_empty() {
            let way = *self.way.borrow_and_update();
            let (now, pause) = match way {
                Way::BlackHole { up, down } if self.is_swallowed(up, down) => {
                    if self.way.changed().await.is_err() {
                        return Err(std::io::ErrorKind::ConnectionAborted.into());
                    }
                    continue;
                }
                Way::Delay { least, jitter } => {
                    tokio::time::sleep(self.seed.between(least, least + jitter)).await;
                    (piece.len(), Duration::ZERO)
                }
                Way::Drip { bytes, pause } => (piece.len().min(bytes), pause),
                _ => (piece.len(), Duration::ZERO),
            };
            to.write_all(&piece[..now]).await?;
            piece = &piece[now..];
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
        }
        Ok(())
    }

    fn is_swallowed(&self, up: bool, down: bool) -> bool {
        match self.direction {
            Direction::Up => up,
            Direction::Down => down,
        }
    }
}
