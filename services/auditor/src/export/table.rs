//! The events as a table for spreadsheets.

use super::Summed;
use crate::error::AuditError;
use store::EventRow;

/// A CSV file with a line of names.
pub(super) struct Table(csv::Writer<Summed>);

impl Table {
    pub fn begin(file: Summed) -> Result<Self, AuditError> {
        Ok(Self(csv::Writer::from_writer(file)))
    }

    pub fn row(&mut self, row: &EventRow) -> Result<(), AuditError> {
        self.0
            .serialize(row)
            .map_err(|fault| std::io::Error::other(fault).into())
    }

    pub fn end(self) -> Result<Summed, AuditError> {
        self.0
            .into_inner()
            .map_err(|fault| std::io::Error::other(fault.to_string()).into())
    }
}
