//! A witness: anybody who watches a log and says what they saw.
//!
//! It fetches the log's checkpoint, proves from the log's tiles that the log is a continuation of the one that it
//! cosigned last, remembers, cosigns, and brings its line to the log. A log that shows another past to others, or takes
//! back what it showed, gets no cosignature, and the witness keeps the signed evidence.
//!
//! It needs no database and nothing of the service but its address and public key. Deliberately missing: trust in
//! anything that the log says beside its signature; and opening entries, which a witness neither has nor needs.

mod files;

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use tlog::proof::{consistency_ranges, verify_consistency};
use tlog::{Checkpoint, CheckpointError, NoteError, Tiles, Verifier, Witness};

/// What a witness watches, and where it keeps what is its own.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The log's prefix, such as `https://compte.exemple.fr/log`.
    pub log: String,
    /// What checks the log's checkpoints.
    pub key: Verifier,
    /// The witness's name.
    pub name: String,
    /// The witness's own key; made when missing.
    pub key_file: PathBuf,
    /// The last checkpoint that it cosigned.
    pub state: PathBuf,
}

/// What a look came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The log has grown from one size to another, which is cosigned.
    Grown {
        /// What was cosigned before; 0 at first.
        from: u64,
        /// What is cosigned now.
        to: u64,
    },
    /// The same checkpoint as before, cosigned again at this moment.
    Same {
        /// Its size.
        size: u64,
    },
}

/// Why nothing was cosigned.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The log is not the one that was cosigned. Both signed checkpoints are kept beside the state: they prove it.
    #[error(
        "the log shows {now} entries that do not continue the {then} that were cosigned: {what}. Both checkpoints are kept in {evidence}"
    )]
    Forked {
        /// How many entries were cosigned.
        then: u64,
        /// How many are shown now.
        now: u64,
        /// What does not fit.
        what: &'static str,
        /// Where the evidence lies.
        evidence: PathBuf,
    },
    /// What the log answers is not signed by its key.
    #[error("the log's checkpoint is not to be relied on: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The log does not answer, or not with what a log has.
    #[error("the log does not answer with {0}")]
    Log(String),
    /// The connection failed.
    #[error("the log cannot be reached: {0}")]
    Connection(#[from] reqwest::Error),
    /// The witness's own files.
    #[error("{}: {source}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The witness's name.
    #[error(transparent)]
    Name(#[from] NoteError),
}

/// Opens or makes the witness's key.
///
/// # Errors
/// When the file cannot be read or made, or the name is none.
pub fn identity(watch: &Watch) -> Result<Witness, WitnessError> {
    let seed = files::seed(&watch.key_file).map_err(|source| WitnessError::File {
        file: watch.key_file.clone(),
        source,
    })?;
    Ok(Witness::new(&watch.name, &seed)?)
}

/// Looks once, and cosigns what may be.
///
/// # Errors
/// [`WitnessError::Forked`] when the log must not be cosigned; else what kept the look from being had.
pub async fn look(watch: &Watch, witness: &Witness, http: &reqwest::Client) -> Result<Seen, WitnessError> {
    let text = fetch(http, &format!("{}/checkpoint", watch.log)).await?;
    let text = String::from_utf8(text).map_err(|_| WitnessError::Log("a checkpoint".to_owned()))?;
    let (now, mut note) = Checkpoint::open(&text, &watch.key)?;
    let before = files::read(&watch.state).map_err(|source| watch.failed(source))?;
    let then = match &before {
        // What does not open here is the witness's own file, and no word of the log's.
        Some(before) => {
            let opened = Checkpoint::open(before, &watch.key);
            let damaged =
                |fault: CheckpointError| watch.failed(std::io::Error::new(ErrorKind::InvalidData, fault));
            opened.map_err(damaged)?.0
        }
        None => Checkpoint {
            origin: now.origin.clone(),
            size: 0,
            root: tlog::hash::empty_root(),
        },
    };
    let forked = |what| {
        let evidence = files::keep_evidence(&watch.state, before.as_deref().unwrap_or_default(), &text);
        match evidence {
            Ok(evidence) => WitnessError::Forked {
                then: then.size,
                now: now.size,
                what,
                evidence,
            },
            Err(source) => watch.failed(source),
        }
    };
    if now.size < then.size {
        return Err(forked("it is shorter"));
    }
    // The whole tree is told from the tiles as well, so that a first look does not take a root on trust.
    let ranges = consistency_ranges(then.size, now.size).unwrap_or_default();
    let mut tiles = Tiles::of(now.size);
    let whole = 0..now.size;
    for tile in tiles.needed(&[&ranges[..], &[whole]].concat()) {
        let path = tile.path();
        let bytes = fetch(http, &format!("{}/{path}", watch.log)).await?;
        if !tiles.add(tile, &bytes) {
            return Err(WitnessError::Log(path));
        }
    }
    if tiles.root(now.size) != Some(now.root) {
        return Err(forked("its tiles do not come to its root"));
    }
    let proof = tiles.consistency(then.size);
    let continues =
        proof.is_some_and(|it| verify_consistency(then.size, &then.root, now.size, &now.root, &it));
    if !continues {
        return Err(forked("its beginning is another"));
    }
    note.signatures.retain(|it| it.name == watch.key.name());
    let line = witness.cosign(&note, seconds());
    // Remembered before it is told: a witness must never have said what it does not know.
    note.signatures.push(line);
    let cosigned = note.to_string();
    files::write(&watch.state, &cosigned).map_err(|source| watch.failed(source))?;
    bring(http, &watch.log, cosigned).await?;
    Ok(match then.size == now.size {
        true => Seen::Same { size: now.size },
        false => Seen::Grown {
            from: then.size,
            to: now.size,
        },
    })
}

impl Watch {
    fn failed(&self, source: std::io::Error) -> WitnessError {
        WitnessError::File {
            file: self.state.clone(),
            source,
        }
    }
}

/// A log that does not know this witness says so; the cosignature stands in the state all the same.
async fn bring(http: &reqwest::Client, log: &str, note: String) -> Result<(), WitnessError> {
    let answer = http.post(format!("{log}/cosignatures")).body(note).send().await?;
    match answer.status() {
        StatusCode::NO_CONTENT | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Ok(()),
        status => Err(WitnessError::Log(format!(
            "thanks for a cosignature, but with {status}"
        ))),
    }
}

async fn fetch(http: &reqwest::Client, url: &str) -> Result<Vec<u8>, WitnessError> {
    let answer = http.get(url).send().await?;
    if !answer.status().is_success() {
        return Err(WitnessError::Log(format!("{url}: {}", answer.status())));
    }
    Ok(answer.bytes().await?.to_vec())
}

fn seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |it| it.as_secs())
}
