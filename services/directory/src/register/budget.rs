//! How often a source may be asked: so many calls within a sliding window.
//!
//! Counted in this one service; where several ask the same source, each is given its part of the quota.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Calls within a window.
#[derive(Debug)]
pub struct Budget {
    calls_max: usize,
    window: Duration,
    calls: Mutex<VecDeque<Instant>>,
}

impl Budget {
    /// So many calls within a window.
    pub fn new(calls_max: u32, window: Duration) -> Self {
        Self {
            calls_max: calls_max as usize,
            window,
            calls: Mutex::default(),
        }
    }

    /// Takes one call, if one is left.
    pub fn take(&self) -> bool {
        let now = Instant::now();
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        while calls
            .front()
            .is_some_and(|call| now.duration_since(*call) >= self.window)
        {
            calls.pop_front();
        }
        let left = calls.len() < self.calls_max;
        if left {
            calls.push_back(now);
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn thirty_calls_a_minute_and_not_one_more() {
        let budget = Budget::new(30, Duration::from_secs(60));
        assert!((0..30).all(|_| budget.take()));
        assert!(!budget.take());
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(!budget.take());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(budget.take());
    }
}
