//! An endpoint of a subscriber that cannot speak NATS: a real server that keeps what it is sent, and misbehaves by script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;

/// How an endpoint answers a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// With this status.
    Status(u16),
    /// 503 and `Retry-After` of so many seconds.
    Busy(u64),
    /// 302 to a place that would say 200.
    Elsewhere,
    /// Not at all.
    Hang,
    /// By closing the connection.
    HangUp,
    /// 200, and a body without end.
    Endless,
}

/// A call as it came.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, byte for byte.
    pub body: Bytes,
    /// Its body, read.
    pub event: Value,
    /// How it was answered.
    pub manner: Manner,
}

impl Call {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// The registration.
    pub fn registration(&self) -> &str {
        self.event["subject"].as_str().unwrap_or_default()
    }

    /// The event's place in its registration.
    pub fn sequence(&self) -> u64 {
        self.event["sequence"].as_u64().unwrap_or_default()
    }

    /// Whether the call was taken.
    pub fn was_taken(&self) -> bool {
        self.manner == Manner::Endless || matches!(self.manner, Manner::Status(status) if status < 300)
    }
}

/// What each call is answered with.
type Script = Box<dyn FnMut(&Value) -> Manner + Send>;

struct Inside {
    calls: Mutex<Vec<Call>>,
    script: Mutex<Script>,
}

/// The endpoint. It runs until the program ends.
#[derive(Clone)]
pub struct Hook {
    inside: Arc<Inside>,
    port: u16,
}

impl Hook {
    /// Starts on a free port and takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let inside = Arc::new(Inside {
            calls: Mutex::default(),
            script: Mutex::new(Box::new(|_| Manner::Status(204))),
        });
        let router = Router::new()
            .route("/hooks", post(take))
            .route("/elsewhere", post(|| async { StatusCode::OK }))
            .with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inside, port }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }

    /// From now on calls are answered so.
    pub fn answers(&self, script: impl FnMut(&Value) -> Manner + Send + 'static) {
        *self.inside.script.lock().unwrap() = Box::new(script);
    }

    /// The next calls are answered so, one after another; then everything is taken.
    pub fn answers_in_turn(&self, manners: impl IntoIterator<Item = Manner>) {
        let mut manners: VecDeque<Manner> = manners.into_iter().collect();
        self.answers(move |_| manners.pop_front().unwrap_or(Manner::Status(200)));
    }

    /// Every call so far.
    pub fn calls(&self) -> Vec<Call> {
        self.inside.calls.lock().unwrap().clone()
    }

    /// The sequences of a registration's events that were taken, in order.
    pub fn taken(&self, registration: &str) -> Vec<u64> {
        let calls = self.calls();
        let theirs = calls
            .iter()
            .filter(|it| it.registration() == registration && it.was_taken());
        theirs.map(Call::sequence).collect()
    }
}

async fn take(State(inside): State<Arc<Inside>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let event = serde_json::from_slice(&body).unwrap_or_default();
    let manner = (inside.script.lock().unwrap())(&event);
    inside.calls.lock().unwrap().push(Call {
        headers,
        body,
        event,
        manner,
    });
    let answer = Response::builder();
    let answer = match manner {
        Manner::Status(status) => answer.status(status).body(Body::empty()),
        Manner::Busy(seconds) => answer
            .status(503)
            .header("retry-after", seconds)
            .body(Body::empty()),
        Manner::Elsewhere => answer
            .status(302)
            .header("location", "/elsewhere")
            .body(Body::empty()),
        Manner::Hang => std::future::pending().await,
        // Whoever serves this connection dies with it, without a word about it.
        Manner::HangUp => std::panic::resume_unwind(Box::new(())),
        Manner::Endless => {
            let piece = Bytes::from_static(&[b'x'; 8_192]);
            let pieces = futures::stream::unfold(piece, |piece| async move {
                tokio::time::sleep(Duration::from_millis(1)).await;
                Some((Ok::<_, std::convert::Infallible>(piece.clone()), piece))
            });
            answer.status(200).body(Body::from_stream(pieces))
        }
    };
    answer.expect("an answer")
}
