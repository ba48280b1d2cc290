//! The service's health, as `onboarding doctor` judges it: one examination behind both. It greets other servers, so that it
//! is made when somebody looks, and once for all who look at about the same time.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use runtime::health::{Finding, Level};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// An examination is good for so long.
const GOOD_FOR: Duration = Duration::from_secs(30);
/// A page waits for one for so long, and then shows the one before.
const PATIENCE: Duration = Duration::from_secs(4);

/// Examines everything.
pub type Examine = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Vec<Finding>> + Send>> + Send + Sync>;

/// What an examination found.
pub struct Examined {
    /// Everything that was looked at.
    pub findings: Vec<Finding>,
    /// When it ended.
    pub at: DateTime<Utc>,
    made: Instant,
}

impl Examined {
    /// The worst that was found about a subject; none where it was not looked at.
    pub fn level(&self, subject: &str) -> Option<Level> {
        let about = self.findings.iter().filter(|it| it.subject == subject);
        about.map(|it| it.level).max()
    }
}

/// The last examination, and the way to another one.
#[derive(Clone)]
pub struct Health(Arc<Inner>);

struct Inner {
    examine: Examine,
    latest: watch::Sender<Option<Arc<Examined>>>,
    under_way: Mutex<Option<JoinHandle<()>>>,
}

impl Health {
    /// Nothing is examined yet.
    pub fn new(examine: Examine) -> Self {
        Self(Arc::new(Inner {
            examine,
            latest: watch::Sender::new(None),
            under_way: Mutex::new(None),
        }))
    }

    /// How things are now, or were a little before; none while the first examination takes long.
    pub async fn look(&self) -> Option<Arc<Examined>> {
        let mut told = self.0.latest.subscribe();
        let known = told.borrow_and_update().clone();
        if known.as_ref().is_some_and(|it| it.made.elapsed() < GOOD_FOR) {
            return known;
        }
        self.examine();
        match timeout(PATIENCE, told.changed()).await {
            Ok(Ok(())) => told.borrow().clone(),
            _ => known,
        }
    }

    fn examine(&self) {
        let mut under_way = self.0.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if under_way.as_ref().is_some_and(|it| !it.is_finished()) {
            return;
        }
        let inner = Arc::clone(&self.0);
        *under_way = Some(tokio::spawn(async move {
            let findings = (inner.examine)().await;
            inner.latest.send_replace(Some(Arc::new(Examined {
                findings,
                at: Utc::now(),
                made: Instant::now(),
            })));
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn those_who_look_at_once_share_one_examination() {
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let health = Health::new(Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Box::pin(async {
                tokio::task::yield_now().await;
                vec![
                    Finding::fine("register", "insee knows it"),
                    Finding::fault("register", "recherche is silent", "wait"),
                ]
            })
        }));
        let (one, other) = tokio::join!(health.look(), health.look());
        assert_eq!(one.unwrap().level("register"), Some(Level::Fault));
        assert_eq!(other.unwrap().level("stream"), None);
        health.look().await;
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }
}
