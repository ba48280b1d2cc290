//! On how many servers of a cluster the service's streams are kept.

use async_nats::jetstream;
use async_nats::jetstream::stream::{Info, PersistenceMode};
use futures::TryStreamExt;
use serde::Serialize;

use crate::failure::RelayError;

/// Subjects below these are the service's own; a server may carry other people's streams too.
const OURS: [&str; 4] = ["onboarding.", "crm.v1.", "subscriber.", "$JS.EVENT."];

/// How often one stream is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copies {
    /// The stream.
    pub stream: String,
    /// On how many servers.
    pub copies: usize,
    /// The server that leads, in a cluster.
    pub leader: Option<String>,
    /// Servers that are offline or behind.
    pub behind: Vec<String>,
}

/// How each of the service's streams is kept.
///
/// # Errors
/// [`RelayError::Bus`].
pub async fn copies(context: &jetstream::Context) -> Result<Vec<Copies>, RelayError> {
    Ok(ours(context).await?.iter().map(described).collect())
}

/// Keeps each of the service's streams on so many servers; consumers follow their stream. Answers how they are kept now.
///
/// # Errors
/// [`RelayError::Bus`] when the server refuses, as one without a cluster does; what was changed before stays changed.
pub async fn set_copies(context: &jetstream::Context, copies: usize) -> Result<Vec<Copies>, RelayError> {
    for stream in ours(context).await? {
        // What is under way to subscribers is filled anew from the database, so it is kept without waiting for the disk, which
        // servers offer for a single copy only.
        let refilled = stream.config.persist_mode == Some(PersistenceMode::Async);
        if stream.config.num_replicas != copies && !refilled {
            let mut wanted = stream.config.clone();
            wanted.num_replicas = copies;
            context
                .update_stream(&wanted)
                .await
                .map_err(|error| RelayError::bus("changing how many servers keep a stream", error))?;
        }
    }
    self::copies(context).await
}

async fn ours(context: &jetstream::Context) -> Result<Vec<Info>, RelayError> {
    let all: Vec<Info> = context
        .streams()
        .try_collect()
        .await
        .map_err(|error| RelayError::bus("listing streams", error))?;
    let is_ours = |info: &Info| {
        let mut subjects = info.config.subjects.iter();
        subjects.any(|subject| OURS.iter().any(|ours| subject.starts_with(ours)))
    };
    Ok(all.into_iter().filter(is_ours).collect())
}

fn described(info: &Info) -> Copies {
    let cluster = info.cluster.as_ref();
    let peers = cluster.map(|it| it.replicas.as_slice()).unwrap_or_default();
    Copies {
        stream: info.config.name.clone(),
        copies: info.config.num_replicas,
        leader: cluster.and_then(|it| it.leader.clone()),
        behind: peers
            .iter()
            .filter(|peer| peer.offline || !peer.current)
            .map(|peer| peer.name.clone())
            .collect(),
    }
}
