//! How the mail server is doing, told once whenever it changes.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::failure::{Failure, Trouble};

/// The troubles told since the last mail that went out.
#[derive(Debug, Default)]
pub(super) struct State(Mutex<HashSet<String>>);

impl State {
    /// Tells a trouble that is new. What passes by itself, or is about one recipient, is not told.
    pub fn trouble(&self, failure: &Failure) {
        let Trouble {
            cause,
            command,
            reply,
        } = failure.trouble;
        if cause.is_ordinary() || !self.known().insert(failure.trouble.to_string()) {
            return;
        }
        tracing::warn!(
            cause = cause.code(),
            command = command.map(|it| it.code()),
            reply = reply.map(|it| it.to_string()),
            detail = failure.detail,
            "mails wait: {}",
            cause.remedy()
        );
    }

    /// A mail went out.
    pub fn well(&self) {
        let ended = std::mem::take(&mut *self.known()).len();
        if ended > 0 {
            tracing::info!("mails go out again");
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
