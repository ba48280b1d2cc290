//! A line of work that stands ready: whoever works takes all that may go together.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Cheap to clone; all clones are one line.
#[derive(Debug)]
pub(crate) struct Line<T> {
    standing: Arc<Mutex<Standing<T>>>,
    workers_max: usize,
    /// So many must wait before another one joins who is at work.
    worth_another: usize,
}

#[derive(Debug)]
struct Standing<T> {
    waiting: VecDeque<T>,
    workers: usize,
}

impl<T> Clone for Line<T> {
    fn clone(&self) -> Self {
        Self {
            standing: Arc::clone(&self.standing),
            workers_max: self.workers_max,
            worth_another: self.worth_another,
        }
    }
}

impl<T> Line<T> {
    /// A line at which so many may work at once, of whom another one joins when so many wait.
    pub fn of(workers_max: usize, worth_another: usize) -> Self {
        Self {
            standing: Arc::new(Mutex::new(Standing {
                waiting: VecDeque::new(),
                workers: 0,
            })),
            workers_max,
            worth_another,
        }
    }

    /// Puts something in line. True when one more worker is to begin, who takes until nothing waits.
    #[must_use]
    pub fn put(&self, item: T) -> bool {
        let mut standing = self.standing();
        standing.waiting.push_back(item);
        let is_worth_it = standing.workers == 0 || standing.waiting.len() >= self.worth_another;
        let begins = standing.workers < self.workers_max && is_worth_it;
        standing.workers += usize::from(begins);
        begins
    }

    /// What comes next, as much as `max` and `admits` allow, which is asked of each in order; what is not admitted stays in
    /// line. Without any, the worker that asks has ended.
    pub fn take(&self, max: usize, mut admits: impl FnMut(&T) -> bool) -> Option<Vec<T>> {
        let mut standing = self.standing();
        let (mut ready, mut later) = (Vec::new(), VecDeque::new());
        while ready.len() < max
            && let Some(next) = standing.waiting.pop_front()
        {
            match admits(&next) {
                true => ready.push(next),
                false => later.push_back(next),
            }
        }
        later.append(&mut standing.waiting);
        standing.waiting = later;
        if ready.is_empty() {
            standing.workers -= 1;
            return None;
        }
        Some(ready)
    }

    fn standing(&self) -> MutexGuard<'_, Standing<T>> {
        // Nothing that could panic runs under the lock.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
