//! Answers of the last minute: whoever corrects a form and sends it again costs no second call of a small quota.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::values::Siret;
use tokio::time::Instant;

use super::RegisterAnswer;

/// How long an answer is used again.
const KEPT: Duration = Duration::from_secs(60);
/// Answers kept at most; when full, the old ones go first, and then nothing is kept for a while.
const ANSWERS_MAX: usize = 10_000;

/// Answers of live sources, by SIRET.
#[derive(Debug, Default)]
pub struct Recent {
    answers: Mutex<HashMap<Siret, (Instant, RegisterAnswer)>>,
}

impl Recent {
    /// The answer, if it is young enough.
    pub fn get(&self, siret: &Siret) -> Option<RegisterAnswer> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .get(siret)
            .filter(|(at, _)| at.elapsed() < KEPT)
            .map(|(_, answer)| answer.clone())
    }

    /// Keeps an answer.
    pub fn keep(&self, siret: &Siret, answer: &RegisterAnswer) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= ANSWERS_MAX {
            answers.retain(|_, (at, _)| at.elapsed() < KEPT);
        }
        if answers.len() < ANSWERS_MAX {
            answers.insert(siret.clone(), (Instant::now(), answer.clone()));
        }
    }
}
