//! The local copy of INSEE's stock file: weeks old, and there when nobody else is.
//!
//! It says nothing of an establishment that it does not hold: that one may be younger than the copy.

use domain::values::Siret;

use super::finding::{Finding, Outcome, Silence};
use crate::stock::{Standing, Stock};

/// The local copy.
#[derive(Debug)]
pub struct LocalCopy {
    stock: Stock,
}

impl LocalCopy {
    /// The copy in this stock.
    pub fn new(stock: Stock) -> Self {
        Self { stock }
    }

    /// Looks an establishment up, in a thread that may wait: a page in memory takes microseconds, but a disk may take
    /// its time or hang, and this source's time must hold all the same.
    pub async fn ask(&self, siret: &Siret) -> Result<Finding, Silence> {
        let (stock, siret) = (self.stock.clone(), siret.clone());
        let found = tokio::task::spawn_blocking(move || stock.look_up(&siret));
        let listed = match found.await {
            Ok(Ok(listed)) => listed.ok_or(Silence::Unlisted)?,
            Ok(Err(_)) => return Err(Silence::Body),
            Err(_) => return Err(Silence::Connection),
        };
        let outcome = match listed.standing {
            Standing::Closed { on } => Outcome::Closed {
                closed_on: on,
                successor: None,
            },
            Standing::Active => Outcome::Active {
                suggested: Vec::new(),
            },
        };
        Ok(Finding {
            outcome,
            as_of: Some(listed.as_of),
        })
    }
}
