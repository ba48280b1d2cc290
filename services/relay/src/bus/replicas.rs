//! The copies of a clustered stream, each compared by itself.
//!
//! A cluster acknowledges what a majority has written and believes its disks from then on: one bit turned over on one
//! server can hide thousands of messages from whoever is answered there, without a warning. A reader with one replica is
//! answered from the copy of the server that the cluster chose for it, by lot. So readers are made until each server
//! has been chosen.

use async_nats::jetstream::consumer::{Consumer, pull};
use async_nats::jetstream::stream::{Info, Stream};
use store::Store;

use super::Progress;
use super::verify::{Replica, compare, make_reader};
use crate::failure::RelayError;

/// Readers made in a row that land on servers already compared, before the rest is called unread. With three servers the
/// odds of missing one that takes readers are one in a hundred thousand.
const VAIN_MAX: u32 = 30;

/// Readers in a row that nobody answers, before the rest is called unread: each costs the patience of a request.
const SILENT_MAX: u32 = 3;

/// The names of the servers that keep the stream: one, or none, when it is not replicated.
pub(super) fn servers(stream: &Stream<Info>) -> Vec<String> {
    let Some(cluster) = &stream.cached_info().cluster else {
        return Vec::new();
    };
    let followers = cluster.replicas.iter().map(|peer| peer.name.clone());
    cluster.leader.iter().cloned().chain(followers).collect()
}

/// Those that the cluster itself says are away.
fn away(stream: &Stream<Info>) -> Vec<String> {
    let peers = stream.cached_info().cluster.iter().flat_map(|it| &it.replicas);
    let away = peers.filter(|peer| peer.offline);
    away.map(|peer| peer.name.clone()).collect()
}

/// Compares the copy of each of these servers.
pub(super) async fn compare_each(
    store: &Store,
    stream: &Stream<Info>,
    servers: Vec<String>,
    last: u64,
    progress: Progress<'_>,
) -> Result<Vec<Replica>, RelayError> {
    let away = away(stream);
    let (mut unread, mut waiting): (Vec<_>, Vec<_>) =
        servers.into_iter().partition(|server| away.contains(server));
    let mut copies = Vec::with_capacity(waiting.len());
    let (mut vain, mut silent) = (0, 0);
    while !waiting.is_empty() && vain < VAIN_MAX && silent < SILENT_MAX {
        // A server that died a moment ago may be chosen too, and then nobody answers.
        let Ok(reader) = make_reader(stream).await else {
            silent += 1;
            continue;
        };
        match waiting
            .iter()
            .position(|server| Some(server.as_str()) == home(&reader))
        {
            None => vain += 1,
            Some(place) => match compare(store, stream, &reader, last, progress).await {
                Err(RelayError::Bus { .. }) => silent += 1,
                Err(error) => return Err(error),
                Ok(compared) => {
                    (vain, silent) = (0, 0);
                    copies.push(Replica {
                        server: waiting.swap_remove(place),
                        compared: true,
                        equal: compared.equal,
                        difference: compared.difference,
                    });
                }
            },
        }
        // It goes by itself too, a minute after its last reader.
        let _ = stream.delete_consumer(&reader.cached_info().name).await;
    }
    unread.append(&mut waiting);
    copies.extend(unread.into_iter().map(|server| Replica {
        server,
        compared: false,
        equal: 0,
        difference: None,
    }));
    copies.sort_by(|one, other| one.server.cmp(&other.server));
    Ok(copies)
}

/// The server that answers a reader.
fn home(reader: &Consumer<pull::Config>) -> Option<&str> {
    reader.cached_info().cluster.as_ref()?.leader.as_deref()
}
