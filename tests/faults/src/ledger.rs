//! Every request before it is sent, and every answer after: what the checker holds the service to.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use serde::Serialize;

/// A request with what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    /// Counted from 0.
    pub number: usize,
    /// Who asked: the person's number.
    pub person: u64,
    /// The method and the route.
    pub what: &'static str,
    /// Which instance of the API it went to.
    pub instance: String,
    /// The idempotency key, where one was sent.
    pub key: Option<String>,
    /// When it was sent, in seconds of the run.
    pub sent: f64,
    /// When its end was seen.
    pub ended: f64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// Nothing is known yet: the run ended before it.
    Open,
    /// An answer came.
    Answered(Answer),
    /// The client hung up by intent.
    HungUp,
    /// No answer came: why, in the client's words.
    Lost(String),
}

/// What the checker needs of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The registration that it is about, where it is about one.
    pub registration: Option<String>,
    /// Its version, where it has one.
    pub version: Option<u64>,
    /// Its state, where it has one.
    pub state: Option<String>,
    /// A problem's code.
    pub code: Option<String>,
    /// Whether it says when to come again.
    pub retry_after: bool,
}

impl Answer {
    /// Whether something was promised.
    pub fn is_acknowledged(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The ledger of a run, in memory and as a file of one JSON line an entry.
pub struct Ledger {
    begun: Instant,
    kept: Mutex<Kept>,
}

struct Kept {
    requests: Vec<Request>,
    file: File,
}

impl Ledger {
    /// A new ledger, whose times count from this instant.
    pub fn open(file: &Path, begun: Instant) -> Self {
        Self {
            begun,
            kept: Mutex::new(Kept {
                requests: Vec::new(),
                file: File::create(file).expect("a file for the ledger"),
            }),
        }
    }

    /// Seconds since the run began.
    pub fn now(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// Notes a request before it is sent; its number.
    pub fn sent(&self, person: u64, what: &'static str, instance: &str, key: Option<&str>) -> usize {
        let now = self.now();
        let mut kept = self.kept.lock().unwrap();
        let request = Request {
            number: kept.requests.len(),
            person,
            what,
            instance: instance.to_owned(),
            key: key.map(str::to_owned),
            sent: now,
            ended: now,
            outcome: Outcome::Open,
        };
        kept.write(&request);
        kept.requests.push(request);
        kept.requests.len() - 1
    }

    /// Notes what became of it.
    pub fn ended(&self, number: usize, outcome: Outcome) {
        let now = self.now();
        let mut kept = self.kept.lock().unwrap();
        let request = &mut kept.requests[number];
        request.ended = now;
        request.outcome = outcome;
        let request = request.clone();
        kept.write(&request);
    }

    /// The registration that was acknowledged last; the one given when none is.
    pub fn latest_registration(&self, otherwise: Option<String>) -> Option<String> {
        let kept = self.kept.lock().unwrap();
        let of = |request: &Request| match &request.outcome {
            Outcome::Answered(answer) => answer.registration.clone(),
            _ => None,
        };
        kept.requests.iter().rev().take(200).find_map(of).or(otherwise)
    }

    /// Everything so far.
    pub fn requests(&self) -> Vec<Request> {
        self.kept.lock().unwrap().requests.clone()
    }
}

impl Kept {
    fn write(&mut self, request: &Request) {
        let line = serde_json::to_string(request).expect("JSON");
        writeln!(self.file, "{line}").expect("the ledger can be written");
    }
}
