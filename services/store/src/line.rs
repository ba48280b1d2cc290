//! A line of work that stands ready: whoever works takes all that may go together.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

/// How long a worker without work stays, with its connection: under load the next comes sooner, and a connection whose
/// statements are planned is worth keeping.
const REST: Duration = Duration::from_millis(200);

/// Cheap to clone; all clones are one line.
#[derive(Debug)]
pub(crate) struct Line<T> {
    standing: Arc<Mutex<Standing<T>>>,
    /// A permit for each call.
    calls: Arc<Semaphore>,
    workers_max: usize,
    /// So many must wait for another one to join who is at work, and to go on beside it.
    worth_another: usize,
}

#[derive(Debug)]
struct Standing<T> {
    waiting: VecDeque<T>,
    at_work: usize,
    resting: usize,
    /// Resting workers that were called and have not come yet.
    called: usize,
}

impl<T> Clone for Line<T> {
    fn clone(&self) -> Self {
        Self {
            standing: Arc::clone(&self.standing),
            calls: Arc::clone(&self.calls),
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
                at_work: 0,
                resting: 0,
                called: 0,
            })),
            calls: Arc::new(Semaphore::new(0)),
            workers_max,
            worth_another,
        }
    }

    /// Puts something in line. True when one more worker is to begin, who takes until there is nothing for it.
    #[must_use]
    pub fn put(&self, item: T) -> bool {
        let mut standing = self.standing();
        standing.waiting.push_back(item);
        let at_work = standing.at_work + standing.called;
        if at_work >= self.workers_max || (at_work > 0 && standing.waiting.len() < self.worth_another) {
            return false;
        }
        if standing.resting > standing.called {
            standing.called += 1;
            self.calls.add_permits(1);
            return false;
        }
        standing.at_work += 1;
        true
    }

    /// What comes next, as much as `max` and `admits` allow, which is asked of each in order; what is not admitted stays in
    /// line. Waits a while for more; without any, the worker that asks has ended.
    pub async fn take(&self, max: usize, mut admits: impl FnMut(&T) -> bool) -> Option<Vec<T>> {
        loop {
            if let Some(ready) = self.ready(max, &mut admits) {
                return Some(ready);
            }
            let call = tokio::time::timeout(REST, self.calls.acquire()).await;
            let is_called = call.is_ok();
            if let Ok(Ok(call)) = call {
                call.forget();
            }
            if !self.comes_back(is_called) {
                return None;
            }
            if !is_called && let Ok(call) = self.calls.acquire().await {
                call.forget();
            }
        }
    }

    /// Ends a rest. Who was not called ends with it, unless there are more calls than others who rest: then one came too late to
    /// be heard.
    fn comes_back(&self, is_called: bool) -> bool {
        let mut standing = self.standing();
        standing.resting -= 1;
        if !is_called && standing.called <= standing.resting {
            return false;
        }
        standing.called -= 1;
        standing.at_work += 1;
        true
    }

    /// The same at once. Without any, the worker rests from here on.
    fn ready(&self, max: usize, admits: &mut impl FnMut(&T) -> bool) -> Option<Vec<T>> {
        let mut standing = self.standing();
        let is_worth_it = standing.at_work == 1 || standing.waiting.len() >= self.worth_another;
        let (mut ready, mut later) = (Vec::new(), VecDeque::new());
        while is_worth_it
            && ready.len() < max
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
            standing.at_work -= 1;
            standing.resting += 1;
            return None;
        }
        Some(ready)
    }

    fn standing(&self) -> MutexGuard<'_, Standing<T>> {
        // Nothing that could panic runs under the lock.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(line: &Line<u32>, items: std::ops::Range<u32>) -> usize {
        items.filter(|item| line.put(*item)).count()
    }

    #[tokio::test(start_paused = true)]
    async fn one_works_until_so_many_wait_that_another_pays() {
        let line = Line::of(2, 3);
        assert_eq!(
            starts(&line, 0..5),
            2,
            "the first, and one more from the third on"
        );
        assert_eq!(line.take(2, |_| true).await, Some(vec![0, 1]));
        assert_eq!(line.take(10, |_| true).await, Some(vec![2, 3, 4]));
        assert_eq!(starts(&line, 5..6), 0, "both are at work");
        // Beside the other one a single item is not worth it, so this one rests and ends.
        assert_eq!(line.take(10, |_| true).await, None);
        assert_eq!(line.take(10, |_| true).await, Some(vec![5]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_rests_is_called_and_one_that_is_not_called_ends() {
        let line = Line::of(1, 1);
        assert!(line.put(1));
        assert_eq!(line.take(10, |_| true).await, Some(vec![1]));
        let (taken, begins) = tokio::join!(line.take(10, |_| true), async {
            tokio::time::sleep(REST / 2).await;
            line.put(2)
        });
        assert_eq!((taken, begins), (Some(vec![2]), false));
        assert_eq!(line.take(10, |_| true).await, None);
        assert!(line.put(3), "nobody rests any more");
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_stays_in_line_however_puts_and_rests_fall() {
        let line = Line::of(3, 2);
        let done = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        for round in 0..2_000_u32 {
            if line.put(round) {
                let (line, done) = (line.clone(), Arc::clone(&done));
                tokio::spawn(async move {
                    while let Some(taken) = line.take(4, |_| true).await {
                        tokio::task::yield_now().await;
                        done.fetch_add(taken.len(), std::sync::atomic::Ordering::Relaxed);
                    }
                });
            }
            if round % 3 == 0 {
                tokio::task::yield_now().await;
            }
            if round % 500 == 0 {
                tokio::time::sleep(REST).await;
            }
        }
        // Longer than any rest, by a clock that stands still while somebody works.
        tokio::time::sleep(REST * 10).await;
        assert_eq!(done.load(std::sync::atomic::Ordering::Relaxed), 2_000);
    }
}
