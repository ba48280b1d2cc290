//! What a witness refuses to cosign, on a log of the test's own that shows whatever it likes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use tlog::{Checkpoint, Frontier, Hash, Signer, Tile};
use witness::{Seen, Watch, WitnessError, identity, look};

/// What the log shows, to be changed at will.
#[derive(Clone)]
struct Shown {
    checkpoint: String,
    entries: Vec<Hash>,
}

type Log = Arc<Mutex<Shown>>;

fn signer() -> Signer {
    Signer::new("example.org/log", &[7; 32]).unwrap()
}

/// Entries of one history; those from `fork` on are another's.
fn entries(count: u64, fork: u64) -> Vec<Hash> {
    (0..count)
        .map(|at| {
            let history: u8 = if at >= fork { 2 } else { 1 };
            tlog::hash::leaf(&[&at.to_be_bytes()[..], &[history]].concat())
        })
        .collect()
}

fn signed(entries: &[Hash], by: &Signer) -> String {
    let mut tree = Frontier::default();
    entries.iter().for_each(|hash| tree.push(*hash));
    let checkpoint = Checkpoint {
        origin: "example.org/log".to_owned(),
        size: tree.size(),
        root: tree.root(),
    };
    by.sign(&checkpoint.text()).to_string()
}

fn shown(entries: Vec<Hash>) -> Shown {
    Shown {
        checkpoint: signed(&entries, &signer()),
        entries,
    }
}

/// A log on a free port; its prefix.
async fn serve(log: Log) -> String {
    let tile = async |State(log): State<Log>, UrlPath(path): UrlPath<String>| {
        let entries = log.lock().unwrap().entries.clone();
        let tile = Tile::parse(&path).filter(|it| it.level == 0);
        let tile = tile.ok_or(StatusCode::NOT_FOUND)?;
        let (from, to) = (tile.indexes().start as usize, tile.indexes().end as usize);
        let hashes = entries.get(from..to).ok_or(StatusCode::NOT_FOUND)?;
        Ok::<_, StatusCode>(hashes.concat())
    };
    let router = Router::new()
        .route(
            "/log/checkpoint",
            get(async |State(log): State<Log>| log.lock().unwrap().checkpoint.clone()),
        )
        .route("/log/tile/{*path}", get(tile))
        .route("/log/cosignatures", post(async || StatusCode::NO_CONTENT))
        .with_state(log);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let prefix = format!("http://{}/log", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    prefix
}

struct Watching {
    log: Log,
    watch: Watch,
    witness: tlog::Witness,
    http: reqwest::Client,
}

impl Watching {
    async fn begin(folder: &Path, first: Shown) -> Self {
        let log: Log = Arc::new(Mutex::new(first));
        let watch = Watch {
            log: serve(log.clone()).await,
            key: signer().verifier().clone(),
            name: "witness.example.org".to_owned(),
            key_file: folder.join("key"),
            state: folder.join("state"),
        };
        Self {
            witness: identity(&watch).unwrap(),
            log,
            watch,
            http: reqwest::Client::new(),
        }
    }

    async fn look_at(&self, shown: Shown) -> Result<Seen, WitnessError> {
        *self.log.lock().unwrap() = shown;
        look(&self.watch, &self.witness, &self.http).await
    }

    fn state(&self) -> String {
        fs::read_to_string(&self.watch.state).unwrap()
    }
}

/// TLS is not asked for here, and yet the client wants to know how it would be done.
fn use_ring() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[tokio::test]
async fn a_log_that_grows_is_cosigned_at_every_size() {
    use_ring();
    let folder = tempfile::tempdir().unwrap();
    let watching = Watching::begin(folder.path(), shown(entries(3, 99))).await;
    let mut from = 0;
    for to in [3, 4, 7, 200] {
        let seen = watching.look_at(shown(entries(to, 999))).await.unwrap();
        assert_eq!(seen, Seen::Grown { from, to });
        from = to;
    }
    let seen = watching.look_at(shown(entries(200, 999))).await.unwrap();
    assert_eq!(seen, Seen::Same { size: 200 });
    assert!(!folder.path().join("state.forked").exists());
}

#[tokio::test]
async fn another_past_is_not_cosigned_and_both_histories_are_kept_as_evidence() {
    use_ring();
    let then = entries(100, 999);
    // Shorter; of the same size and the one after with another beginning; and one whose tiles are not what was signed.
    let untrue = Shown {
        checkpoint: signed(&entries(120, 50), &signer()),
        entries: entries(120, 999),
    };
    for (now, what) in [
        (shown(entries(99, 999)), "it is shorter"),
        (shown(entries(100, 50)), "its beginning is another"),
        (shown(entries(150, 99)), "its beginning is another"),
        (untrue, "its tiles do not come to its root"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let watching = Watching::begin(folder.path(), shown(then.clone())).await;
        watching.look_at(shown(then.clone())).await.unwrap();
        let cosigned = watching.state();
        let fault = watching.look_at(now.clone()).await.unwrap_err();
        let WitnessError::Forked {
            what: found,
            evidence,
            ..
        } = fault
        else {
            panic!("{fault}");
        };
        assert_eq!(found, what);
        let kept = fs::read_to_string(evidence).unwrap();
        assert!(
            kept.contains(&cosigned) && kept.contains(&now.checkpoint),
            "{kept}"
        );
        assert_eq!(watching.state(), cosigned, "what was cosigned stays");
        // The log that was cosigned is still welcome.
        watching.look_at(shown(entries(101, 999))).await.unwrap();
    }
}

#[tokio::test]
async fn a_damaged_memory_is_the_witness_s_own_fault() {
    use_ring();
    let folder = tempfile::tempdir().unwrap();
    let watching = Watching::begin(folder.path(), shown(entries(5, 99))).await;
    watching.look_at(shown(entries(5, 99))).await.unwrap();
    fs::write(&watching.watch.state, "junk").unwrap();
    let fault = watching.look_at(shown(entries(6, 99))).await.unwrap_err();
    assert!(matches!(fault, WitnessError::File { .. }), "{fault}");
}

#[tokio::test]
async fn what_the_log_s_key_did_not_sign_is_no_evidence_of_anything() {
    use_ring();
    let folder = tempfile::tempdir().unwrap();
    let watching = Watching::begin(folder.path(), shown(entries(5, 99))).await;
    watching.look_at(shown(entries(5, 99))).await.unwrap();
    let stranger = Signer::new("example.org/log", &[8; 32]).unwrap();
    let forged = Shown {
        checkpoint: signed(&entries(6, 0), &stranger),
        entries: entries(6, 0),
    };
    let fault = watching.look_at(forged).await.unwrap_err();
    assert!(matches!(fault, WitnessError::Checkpoint(_)), "{fault}");
    assert!(!folder.path().join("state.forked").exists());
}
