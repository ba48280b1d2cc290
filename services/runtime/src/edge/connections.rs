//! How many connections are open at once, and whose: nobody keeps others out by opening many and saying nothing on them.
//!
//! Where a bound is reached, the connection that has waited for its client the longest makes room; one whose request is being
//! answered never does. So a thousand half requests push one another out, and whoever asks in earnest gets in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use super::network::Network;

/// A request's head that has begun must be there by then.
const HEAD_MAX: Duration = Duration::from_secs(10);
/// A connection on which nothing is asked is kept this long: longer than proxies keep theirs (nginx, Apache and Varnish a minute),
/// so that it is not we who close one that is about to be used.
const QUIET_MAX: Duration = Duration::from_secs(75);
/// A body that has begun may fall silent this long.
const BODY_SILENCE_MAX: Duration = Duration::from_secs(20);
/// Once the service stops, whoever has not asked yet has this long.
const STOPPING_MAX: Duration = Duration::from_secs(1);

/// Files that the rest of the process needs: connections to PostgreSQL, NATS, relays and registers, files, embedded servers.
const FILES_FOR_OTHERS: u64 = 256;
/// Each connection costs some kilobytes.
const CONNECTIONS_MAX: u64 = 16_384;
/// A browser opens six; a whole company behind one address some hundreds, most of them quiet.
const OF_ONE_NETWORK: usize = 256;
/// Whoever looks after the service asks one thing at a time.
const OF_ADMINISTRATORS: usize = 64;

/// How many connections may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// All together.
    pub all: usize,
    /// From one network; nothing: as many as all.
    pub of_one_network: Option<usize>,
}

impl Bounds {
    /// Those of pages and API, for a process that may have this many files open.
    pub fn of_visitors(files: u64, limits: crate::Limits) -> Self {
        let room = files.saturating_sub(FILES_FOR_OTHERS).max(files / 2);
        Self {
            all: usize::try_from(room.clamp(1, CONNECTIONS_MAX)).unwrap_or(1),
            of_one_network: (limits == crate::Limits::On).then_some(OF_ONE_NETWORK),
        }
    }

    /// Those of the admin listener.
    pub fn of_administrators() -> Self {
        Self {
            all: OF_ADMINISTRATORS,
            of_one_network: None,
        }
    }
}

/// The connections of one listener.
#[derive(Debug)]
pub struct Connections {
    bounds: Bounds,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    places: HashMap<u64, Arc<Place>>,
    of_network: HashMap<Network, usize>,
}

impl Connections {
    /// None yet.
    pub fn new(bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            bounds,
            open: Mutex::default(),
        })
    }

    /// A place for one more, if need be that of another; nothing while all are at work. A proxy's connections are those of
    /// many visitors, and are not counted as one network's.
    pub fn admit(self: &Arc<Self>, network: Network, is_proxy: bool) -> Option<Admitted> {
        let mut open = self.lock();
        let bound = self.bounds.of_one_network.filter(|_| !is_proxy);
        let of_this = open.of_network.get(&network).copied().unwrap_or(0);
        if bound.is_some_and(|bound| of_this >= bound) && !open.make_room(network) {
            return None;
        }
        if open.places.len() >= self.bounds.all {
            let greediest = open.of_network.iter().max_by_key(|(_, count)| **count)?;
            let greediest = *greediest.0;
            if !open.make_room(greediest) {
                return None;
            }
        }
        let place = Arc::new(Place {
            network,
            waiting: Mutex::new((Phase::Quiet, Instant::now())),
            gone: CancellationToken::new(),
        });
        let key = open.next;
        open.next += 1;
        open.places.insert(key, Arc::clone(&place));
        *open.of_network.entry(network).or_default() += 1;
        Some(Admitted {
            key,
            place,
            all: Arc::clone(self),
        })
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.lock().places.len()
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Ends the connection of this network that has waited for its client the longest.
    fn make_room(&mut self, network: Network) -> bool {
        let of_network = self.places.iter().filter(|(_, place)| place.network == network);
        let waiting = of_network.filter_map(|(key, place)| Some((*key, place.waits_since()?)));
        let Some((key, _)) = waiting.min_by_key(|(_, since)| *since) else {
            return false;
        };
        if let Some(place) = self.remove(key) {
            place.gone.cancel();
        }
        true
    }

    fn remove(&mut self, key: u64) -> Option<Arc<Place>> {
        let place = self.places.remove(&key)?;
        if let Some(count) = self.of_network.get_mut(&place.network) {
            *count -= 1;
            if *count == 0 {
                self.of_network.remove(&place.network);
            }
        }
        Some(place)
    }
}

/// A connection's place, given back when dropped.
#[derive(Debug)]
pub struct Admitted {
    key: u64,
    all: Arc<Connections>,
    /// What is known of it.
    pub place: Arc<Place>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.all.lock().remove(self.key);
    }
}

/// What a connection is doing.
#[derive(Debug)]
pub struct Place {
    network: Network,
    waiting: Mutex<(Phase, Instant)>,
    gone: CancellationToken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing is asked.
    Quiet,
    /// A request's head has begun to come.
    Head,
    /// A request's body is awaited.
    Body,
    /// A request is being answered.
    Answering,
}

impl Place {
    /// Bytes came.
    pub fn hears(&self) {
        self.change(|phase| matches!(phase, Phase::Quiet).then_some(Phase::Head));
    }

    /// A request's head is there.
    pub fn asked(&self, with_body: bool) {
        let next = match with_body {
            true => Phase::Body,
            false => Phase::Answering,
        };
        self.change(|_| Some(next));
    }

    /// More of its body is there.
    pub fn body_goes_on(&self) {
        self.change(|phase| matches!(phase, Phase::Body).then_some(Phase::Body));
    }

    /// All of its body is there, or nobody wants the rest.
    pub fn body_ended(&self) {
        self.change(|phase| matches!(phase, Phase::Body).then_some(Phase::Answering));
    }

    /// It was answered.
    pub fn answered(&self) {
        self.change(|_| Some(Phase::Quiet));
    }

    /// Resolves when somebody else needs the place.
    pub async fn taken(&self) {
        self.gone.cancelled().await;
    }

    /// Whether the client has let us wait for too long.
    pub fn is_overdue(&self, stopping: bool) -> bool {
        let (phase, since) = *self.lock();
        let patience = match phase {
            Phase::Answering => return false,
            Phase::Head | Phase::Quiet if stopping => STOPPING_MAX,
            Phase::Head => HEAD_MAX,
            Phase::Quiet => QUIET_MAX,
            Phase::Body => BODY_SILENCE_MAX,
        };
        since.elapsed() >= patience
    }

    /// Since when it waits for its client; nothing while a request is being answered.
    fn waits_since(&self) -> Option<Instant> {
        let (phase, since) = *self.lock();
        (phase != Phase::Answering).then_some(since)
    }

    fn change(&self, next: impl FnOnce(Phase) -> Option<Phase>) {
        let mut waiting = self.lock();
        if let Some(next) = next(waiting.0) {
            *waiting = (next, Instant::now());
        }
    }

    fn lock(&self) -> MutexGuard<'_, (Phase, Instant)> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Network = Network::V4([192, 0, 2, 1]);
    const OTHER: Network = Network::V4([192, 0, 2, 2]);

    fn three(of_one_network: Option<usize>) -> Arc<Connections> {
        Connections::new(Bounds {
            all: 3,
            of_one_network,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_the_longest_makes_room() {
        let all = three(None);
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(all.admit(ONE, false).unwrap());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        held[0].place.asked(false);
        let newcomer = all.admit(OTHER, false).unwrap();
        held[1].place.taken().await;
        assert_eq!(all.count(), 3);
        // Those that are being answered stay, and there is no room then.
        held[2].place.asked(false);
        newcomer.place.asked(false);
        assert!(all.admit(OTHER, false).is_none());
        drop(held.remove(0));
        assert!(all.admit(OTHER, false).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_network_has_its_bound_and_a_proxy_has_none() {
        let all = three(Some(1));
        let first = all.admit(ONE, false).unwrap();
        first.place.asked(false);
        assert!(all.admit(ONE, false).is_none());
        assert!(all.admit(ONE, true).is_some() && all.admit(OTHER, false).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn patience_is_with_what_was_begun() {
        let all = three(None);
        let place = Arc::clone(&all.admit(ONE, false).unwrap().place);
        let overdue_after = async |seconds: u64| {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            place.is_overdue(false)
        };
        assert!(!overdue_after(74).await && overdue_after(1).await);
        place.answered();
        place.hears();
        assert!(!overdue_after(9).await);
        // A drop of a head now and then buys no more time.
        place.hears();
        assert!(overdue_after(1).await);
        place.asked(true);
        assert!(!overdue_after(19).await);
        place.body_goes_on();
        assert!(!overdue_after(19).await && overdue_after(1).await);
        place.body_ended();
        assert!(!overdue_after(3_600).await);
    }

    #[test]
    fn files_bound_the_connections() {
        let of = |files| Bounds::of_visitors(files, crate::Limits::On).all;
        assert_eq!((of(1_024), of(256), of(1_000_000)), (768, 128, 16_384));
    }
}
