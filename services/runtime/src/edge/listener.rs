//! Answering requests on a socket, within bounds: of connections and of time.
//!
//! Deliberately missing: TLS, HTTP/2 and the PROXY protocol, which are a proxy's before the service.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use nix::sys::socket::{setsockopt, sockopt::TcpUserTimeout};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::connections::{Bounds, Connections, Place};
use super::network::Network;
use super::proxies::TrustedProxies;

/// The most that a request's head takes; cookies and headers of proxies included.
const HEAD_SIZE_MAX: usize = 64 * 1024;
/// How often a connection's patience is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// After a fault of accepting that is not one connection's, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// What was sent and is not taken for so long is given up.
const TAKEN_WITHIN: Duration = Duration::from_secs(60);
/// Said to whom there is no place for.
const NO_PLACE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Which listener it is, and who gets in.
#[derive(Clone, Debug)]
pub struct Door {
    /// For metrics.
    pub name: &'static str,
    /// How many connections may be open.
    pub bounds: Bounds,
    /// Proxies, whose connections are not counted as one network's.
    pub trusted: Arc<TrustedProxies>,
}

/// Answers requests until told to stop, then finishes those under way.
pub async fn serve(listener: TcpListener, router: Router, door: Door, stop: CancellationToken) {
    let connections = Connections::new(door.bounds);
    let tasks = TaskTracker::new();
    let open = metrics::gauge!("onboarding_http_connections", "listener" => door.name);
    let turned_away =
        metrics::counter!("onboarding_http_connections_turned_away_total", "listener" => door.name);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::error!(%error, listener = door.name, "no connection can be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let is_proxy = door.trusted.contains(peer.ip());
        let Some(admitted) = connections.admit(Network::of(peer.ip()), is_proxy) else {
            turned_away.increment(1);
            turn_away(stream);
            continue;
        };
        open.set(connections.count() as f64);
        let (router, stop, open) = (router.clone(), stop.clone(), open.clone());
        let connections = Arc::clone(&connections);
        tasks.spawn(async move {
            converse(stream, peer, router, &admitted.place, stop).await;
            drop(admitted);
            open.set(connections.count() as f64);
        });
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

/// Answers the requests of one connection.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: &Arc<Place>,
    stop: CancellationToken,
) {
    // Neither is worth a connection.
    let _ = stream.set_nodelay(true);
    let _ = setsockopt(&stream, TcpUserTimeout, &(TAKEN_WITHIN.as_millis() as u32));
    let io = Heard {
        io: TokioIo::new(stream),
        place: Arc::clone(place),
    };
    let service = hyper::service::service_fn(|request| {
        let (router, place) = (router.clone(), Arc::clone(place));
        async move { Ok::<_, Infallible>(answer(router, request, peer, place).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // Time is kept here, since waiting for a request and waiting for the rest of one are two things.
        .header_read_timeout(None)
        .max_buf_size(HEAD_SIZE_MAX)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    let mut stopping = false;
    loop {
        tokio::select! {
            // An end that the client caused is its own affair.
            _ended = connection.as_mut() => return,
            () = place.taken() => return,
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = tokio::time::sleep(LOOK_EVERY) => if place.is_overdue(stopping) { return },
        }
    }
}

async fn answer(
    router: Router,
    mut request: hyper::Request<Incoming>,
    peer: SocketAddr,
    place: Arc<Place>,
) -> hyper::Response<Body> {
    place.asked(!request.body().is_end_stream());
    request.extensions_mut().insert(ConnectInfo(peer));
    let body_of = Arc::clone(&place);
    let request = request.map(|body| Body::new(Asked { body, place: body_of }));
    // A router is always ready, and answers whatever comes.
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    response.map(|body| Body::new(Answered { body, place }))
}

fn turn_away(stream: TcpStream) {
    if let Ok(mut stream) = stream.into_std() {
        // It is not waited for: who does not hear it finds the connection closed.
        let _ = io::Write::write(&mut stream, NO_PLACE);
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// A socket that tells when bytes come.
struct Heard {
    io: TokioIo<TcpStream>,
    place: Arc<Place>,
}

impl Read for Heard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_read(context, buffer);
        if polled.is_ready() {
            self.place.hears();
        }
        polled
    }
}

impl Write for Heard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, bytes)
    }
}

/// A request's body that tells how it comes.
struct Asked {
    body: Incoming,
    place: Arc<Place>,
}

impl HttpBody for Asked {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(_))) if !self.body.is_end_stream() => self.place.body_goes_on(),
            Poll::Ready(_) => self.place.body_ended(),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.place.body_ended();
    }
}

/// An answer's body that tells when it is over.
struct Answered {
    body: Body,
    place: Arc<Place>,
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        self.place.answered();
    }
}
