//! Slow recipients hold up nobody else: mails to one domain have a few places among those under way.
//!
//! A relay that asks the recipient's own server while we wait is slow for that domain and quick for the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Mails to one domain under way at once.
const PLACES: usize = 4;
/// A domain where a mail takes longer than this is slow.
const SLOW: Duration = Duration::from_secs(2);
/// How long a mail waits here for a place at a domain that is not slow.
const WAIT: Duration = Duration::from_millis(500);

/// The places of every domain that has a mail under way.
#[derive(Clone, Debug, Default)]
pub struct Lanes(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// When the mails under way began, by domain.
    begun: Mutex<HashMap<String, Vec<Instant>>>,
    left: Notify,
}

/// One mail's place. It is free again when dropped.
#[derive(Debug)]
pub struct Place {
    shared: Arc<Shared>,
    domain: String,
    begun: Instant,
}

impl Lanes {
    /// A place for a mail to this domain; nothing when it is slow, and the mail should come again later.
    pub async fn enter(&self, domain: &str) -> Option<Place> {
        tokio::time::timeout(WAIT, async {
            loop {
                // Registered before the look, so that nobody leaves unheard in between.
                let left = self.0.left.notified();
                match self.look(domain) {
                    Look::Free(place) => return Some(place),
                    Look::Slow => return None,
                    Look::Full => left.await,
                }
            }
        })
        .await
        .ok()
        .flatten()
    }

    fn look(&self, domain: &str) -> Look {
        let mut domains = self.0.domains();
        let begun = domains.entry(domain.to_owned()).or_default();
        if begun.len() < PLACES {
            let now = Instant::now();
            begun.push(now);
            return Look::Free(Place {
                shared: Arc::clone(&self.0),
                domain: domain.to_owned(),
                begun: now,
            });
        }
        match begun.iter().any(|begun| begun.elapsed() > SLOW) {
            true => Look::Slow,
            false => Look::Full,
        }
    }
}

enum Look {
    Free(Place),
    Full,
    Slow,
}

impl Shared {
    fn domains(&self) -> MutexGuard<'_, HashMap<String, Vec<Instant>>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut domains = self.shared.domains();
        if let Some(begun) = domains.get_mut(&self.domain) {
            if let Some(nth) = begun.iter().position(|begun| *begun == self.begun) {
                begun.swap_remove(nth);
            }
            if begun.is_empty() {
                domains.remove(&self.domain);
            }
        }
        drop(domains);
        self.shared.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_domain_leaves_the_others_free_and_is_forgotten_when_empty() {
        let lanes = Lanes::default();
        let mut places = Vec::new();
        for _ in 0..PLACES {
            places.push(lanes.enter("slow.example").await.unwrap());
        }
        assert!(lanes.enter("slow.example").await.is_none());
        assert!(lanes.enter("other.example").await.is_some());
        places.pop();
        assert!(lanes.enter("slow.example").await.is_some());
        places.clear();
        assert!(lanes.0.domains().is_empty());
    }
}
