//! Waiting for something to become so, with a deadline and a message. Nothing here waits longer than it must.

use std::fmt::Debug;
use std::time::{Duration, Instant};

/// Ample for a slow machine that does other things beside.
pub const PATIENCE: Duration = Duration::from_secs(45);
const LOOK_EVERY: Duration = Duration::from_millis(40);

/// Looks until there is something, or ends the test with what was awaited.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// The same within a time of its own.
pub async fn within<T>(patience: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            begun.elapsed() < patience,
            "after {:.0?}: {what} does not come true",
            begun.elapsed()
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Looks until what is seen equals what is expected, or ends the test with both.
pub async fn until_equal<T: PartialEq + Debug>(what: &str, expected: T, mut look: impl AsyncFnMut() -> T) {
    let begun = Instant::now();
    loop {
        let seen = look().await;
        if seen == expected {
            return;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{what}: {expected:?} is awaited, {seen:?} is seen"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
