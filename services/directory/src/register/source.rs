//! One source of the list: asked within a time, counted and timed, its health noted where all roles see it.

use std::time::Duration;

use chrono::Utc;
use domain::registration::event::RegisterSource;
use domain::values::Siret;
use metrics::{counter, gauge, histogram};
use tokio::time::Instant;

use super::demonstration;
use super::finding::{Finding, Outcome, Silence};
use super::health::{Health, Urgency};
use super::insee::Insee;
use super::local_copy::LocalCopy;
use super::recherche::Recherche;
use crate::stock::Stock;

/// A register.
#[derive(Debug)]
pub struct Source {
    register: Register,
}

#[derive(Debug)]
enum Register {
    Insee(Insee),
    Recherche(Recherche),
    LocalCopy(LocalCopy),
    Demonstration,
}

impl Source {
    /// INSEE.
    pub fn insee(insee: Insee) -> Self {
        Self::of(Register::Insee(insee))
    }

    /// The public search.
    pub fn recherche(recherche: Recherche) -> Self {
        Self::of(Register::Recherche(recherche))
    }

    /// The local copy of INSEE's stock.
    pub fn local_copy(stock: Stock) -> Self {
        Self::of(Register::LocalCopy(LocalCopy::new(stock)))
    }

    /// The invented register.
    pub fn demonstration() -> Self {
        Self::of(Register::Demonstration)
    }

    fn of(register: Register) -> Self {
        Self { register }
    }

    /// Its name in events.
    pub fn name(&self) -> RegisterSource {
        match self.register {
            Register::Insee(_) => RegisterSource::Insee,
            Register::Recherche(_) => RegisterSource::RechercheEntreprises,
            Register::LocalCopy(_) => RegisterSource::LocalCopy,
            Register::Demonstration => RegisterSource::Demonstration,
        }
    }

    /// Whether it is reached over the network and its answers are worth keeping for a moment.
    pub fn is_remote(&self) -> bool {
        matches!(self.register, Register::Insee(_) | Register::Recherche(_))
    }

    /// Whether it knows agreements.
    pub fn suggests(&self) -> bool {
        matches!(self.register, Register::Recherche(_))
    }

    /// Its part of the time, against the others still to be asked.
    pub fn weight(&self) -> u32 {
        match self.register {
            Register::Insee(_) => 14,
            Register::Recherche(_) => 5,
            Register::LocalCopy(_) | Register::Demonstration => 1,
        }
    }

    /// How the register is doing, where it is reached over the network.
    pub fn health(&self) -> Option<&Health> {
        match &self.register {
            Register::Insee(insee) => Some(insee.remote().health()),
            Register::Recherche(recherche) => Some(recherche.remote().health()),
            Register::LocalCopy(_) | Register::Demonstration => None,
        }
    }

    /// Asks. Logs and metrics say which source and how it ended, never about what.
    pub async fn ask(&self, siret: &Siret, time: Duration, urgency: Urgency) -> Result<Finding, Silence> {
        let begin = Instant::now();
        let answer = tokio::time::timeout(time, self.ask_register(siret, urgency, begin + time))
            .await
            .unwrap_or(Err(Silence::Timeout));
        let silence = answer.as_ref().err().copied();
        if !silence.is_some_and(Silence::was_not_asked) {
            histogram!("onboarding_register_seconds", "source" => self.label())
                .record(begin.elapsed().as_secs_f64());
        }
        if let Some(health) = self.health() {
            health.note(silence).await;
        }
        self.count(&answer);
        answer
    }

    async fn ask_register(
        &self,
        siret: &Siret,
        urgency: Urgency,
        deadline: Instant,
    ) -> Result<Finding, Silence> {
        match &self.register {
            Register::Insee(insee) => insee.ask(siret, urgency, deadline).await.map(Outcome::now),
            Register::Recherche(recherche) => recherche.ask(siret, urgency).await.map(Outcome::now),
            Register::LocalCopy(copy) => copy.ask(siret).await,
            Register::Demonstration => demonstration::ask(siret).map(Outcome::now),
        }
    }

    fn count(&self, answer: &Result<Finding, Silence>) {
        let outcome = match answer {
            Ok(finding) => finding.outcome.label(),
            Err(silence) => silence.label(),
        };
        counter!("onboarding_register_calls_total", "source" => self.label(), "outcome" => outcome)
            .increment(1);
        let silence = match answer {
            Ok(finding) => {
                let as_of = finding.as_of.unwrap_or_else(Utc::now);
                gauge!("onboarding_register_as_of_timestamp_seconds", "source" => self.label())
                    .set(as_of.timestamp() as f64);
                None
            }
            Err(silence) => Some(*silence),
        };
        if self.health().is_some() {
            let open = if silence == Some(Silence::BreakerOpen) {
                1.0
            } else {
                0.0
            };
            gauge!("onboarding_register_breaker_open", "source" => self.label()).set(open);
        }
        if let Some(silence) = silence.filter(|it| it.is_fault()) {
            tracing::info!(
                source = self.label(),
                reason = silence.label(),
                status = silence.status(),
                "register gave no answer"
            );
        }
    }

    /// Its name in metrics, logs and reports.
    pub fn label(&self) -> &'static str {
        self.name().code()
    }
}
