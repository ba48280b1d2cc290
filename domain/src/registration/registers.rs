//! What a register's answer may do to a registration. All of it stands in one table:
//!
//! | answer | INSEE | the public search | the copy of INSEE's stock |
//! | --- | --- | --- | --- |
//! | active | the step goes on | the step goes on | the step goes on |
//! | closed | ends the step, or takes the establishment away | a hint | a hint |
//! | unknown | ends the step, or takes the establishment away | a hint | a hint |
//! | none in time | the check is pending and is asked again | | |
//!
//! INSEE keeps the register. The others repeat it later and with gaps: they lack what is a week old and what a unit does not
//! disclose, and a copy knows nothing of what happened since. So their word may let somebody on, and never stop anybody: a
//! hint is told to the person, and the check stays pending until INSEE has answered. The invented register of the
//! demonstration stands in for INSEE, of whom it has nothing but invented establishments to tell.

use super::event::{RegisterCheck, RegisterHint, RegisterSource, RegisterStatus};

/// What an answer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The step goes on.
    GoesOn,
    /// The step ends here, and an establishment that was accepted while the check was pending is taken away.
    Refuses,
    /// Told to the person, and asked again; it stops nobody and takes nothing away.
    Hints,
}

/// What an answer of this source may do.
pub fn effect(source: RegisterSource, status: RegisterStatus) -> Effect {
    use RegisterSource::{Demonstration, Insee, LocalCopy, None, RechercheEntreprises};
    use RegisterStatus::{Active, Closed, NotFound, Pending};
    match (source, status) {
        (_, Active | Pending) => Effect::GoesOn,
        (Insee | Demonstration, Closed | NotFound) => Effect::Refuses,
        (RechercheEntreprises | LocalCopy | None, Closed | NotFound) => Effect::Hints,
    }
}

impl RegisterCheck {
    /// What this answer may do.
    pub fn effect(&self) -> Effect {
        effect(self.source, self.status)
    }

    /// The answer as it counts: a hint leaves the check pending.
    pub fn counted(self) -> Self {
        if self.effect() != Effect::Hints {
            return self;
        }
        let hint = RegisterHint {
            status: self.status,
            source: self.source,
            age_seconds: self.age_seconds,
            closed_on: self.closed_on,
        };
        Self {
            status: RegisterStatus::Pending,
            source: RegisterSource::None,
            checked_at: self.checked_at,
            age_seconds: 0,
            closed_on: None,
            successor: None,
            hint: Some(hint),
        }
    }
}
