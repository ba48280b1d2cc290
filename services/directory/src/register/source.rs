//! One source of the list: asked within a time, behind its breaker, counted and timed.

use std::time::Duration;

use crate::stock::Stock;
use domain::registration::event::RegisterSource;
use domain::values::Siret;
use metrics::{counter, gauge, histogram};
use tokio::time::Instant;

use super::breaker::Breaker;
use super::demonstration;
use super::finding::{Finding, Outcome, Silence};
use super::insee::Insee;
use super::local_copy::LocalCopy;
use super::recherche::Recherche;

/// A register and what is remembered of its health.
#[derive(Debug)]
pub struct Source {
    register: Register,
    breaker: Breaker,
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
        Self {
            register,
            breaker: Breaker::default(),
        }
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
            Register::Insee(_) => 6,
            Register::Recherche(_) => 5,
            Register::LocalCopy(_) | Register::Demonstration => 1,
        }
    }

    /// Asks, unless the breaker is open. Logs and metrics say which source and how it ended, never about what.
    pub async fn ask(&self, siret: &Siret, time: Duration) -> Result<Finding, Silence> {
        if !self.breaker.lets_through() {
            return self.count(Err(Silence::BreakerOpen));
        }
        let begin = Instant::now();
        let answer = tokio::time::timeout(time, self.ask_register(siret))
            .await
            .unwrap_or(Err(Silence::Timeout));
        histogram!("onboarding_register_seconds", "source" => self.label())
            .record(begin.elapsed().as_secs_f64());
        self.note(&answer);
        self.count(answer)
    }

    async fn ask_register(&self, siret: &Siret) -> Result<Finding, Silence> {
        match &self.register {
            Register::Insee(insee) => insee.ask(siret).await.map(Outcome::now),
            Register::Recherche(recherche) => recherche.ask(siret).await.map(Outcome::now),
            Register::LocalCopy(copy) => copy.ask(siret).await,
            Register::Demonstration => demonstration::ask(siret).map(Outcome::now),
        }
    }

    /// Tells the breaker. A call that was not made, for want of budget, says nothing of the source.
    fn note(&self, answer: &Result<Finding, Silence>) {
        let fault = match answer {
            Err(Silence::BudgetSpent) => return,
            Err(silence) => silence.is_fault(),
            Ok(_) => false,
        };
        if self.breaker.note(fault) {
            tracing::warn!(
                source = self.label(),
                "register failed too often and is left alone for a while"
            );
        }
        let open = if self.breaker.is_open() { 1.0 } else { 0.0 };
        gauge!("onboarding_register_breaker_open", "source" => self.label()).set(open);
    }

    fn count(&self, answer: Result<Finding, Silence>) -> Result<Finding, Silence> {
        let outcome = match &answer {
            Ok(finding) => finding.outcome.label(),
            Err(silence) => silence.label(),
        };
        counter!("onboarding_register_calls_total", "source" => self.label(), "outcome" => outcome)
            .increment(1);
        if let Err(silence) = answer
            && silence.is_fault()
        {
            let status = if let Silence::Status(status) = silence {
                Some(status)
            } else {
                None
            };
            tracing::info!(
                source = self.label(),
                reason = silence.label(),
                status,
                "register gave no answer"
            );
        }
        answer
    }

    fn label(&self) -> &'static str {
        match self.name() {
            RegisterSource::Insee => "insee",
            RegisterSource::RechercheEntreprises => "recherche_entreprises",
            RegisterSource::LocalCopy => "local_copy",
            RegisterSource::Demonstration => "demonstration",
            RegisterSource::None => "none",
        }
    }
}
