//! Rows as `COPY … FROM STDIN BINARY` takes them (PostgreSQL's manual, "COPY", "Binary Format").

use chrono::{DateTime, Utc};
use uuid::Uuid;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// PostgreSQL counts from 2000-01-01, in microseconds; this is that moment since 1970.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// Rows under construction.
pub(super) struct Rows(Vec<u8>);

impl Rows {
    /// None yet, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        let mut rows = Vec::with_capacity(bytes);
        rows.extend_from_slice(SIGNATURE);
        // No flags, no extension.
        rows.extend_from_slice(&[0; 8]);
        Self(rows)
    }

    /// Begins a row of so many columns, which follow in order.
    pub fn row(&mut self, columns: i16) {
        self.0.extend_from_slice(&columns.to_be_bytes());
    }

    /// `bytea`, `text`, `json`.
    pub fn bytes(&mut self, value: &[u8]) {
        // Far below 2 GiB: an event's payload is a kilobyte.
        self.0.extend_from_slice(&(value.len() as i32).to_be_bytes());
        self.0.extend_from_slice(value);
    }

    /// `text`, `json`.
    pub fn text(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }

    /// `jsonb`: version 1 of its form.
    pub fn jsonb(&mut self, value: &str) {
        self.0.extend_from_slice(&(value.len() as i32 + 1).to_be_bytes());
        self.0.push(1);
        self.0.extend_from_slice(value.as_bytes());
    }

    /// `bigint`.
    pub fn bigint(&mut self, value: i64) {
        self.bytes(&value.to_be_bytes());
    }

    /// `integer`.
    pub fn integer(&mut self, value: i32) {
        self.bytes(&value.to_be_bytes());
    }

    /// `boolean`.
    pub fn boolean(&mut self, value: bool) {
        self.bytes(&[u8::from(value)]);
    }

    /// `uuid`.
    pub fn uuid(&mut self, value: Uuid) {
        self.bytes(value.as_bytes());
    }

    /// `timestamptz`.
    pub fn time(&mut self, value: DateTime<Utc>) {
        self.bigint(value.timestamp_micros() - EPOCH_MICROS);
    }

    /// All rows, ended.
    pub fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&(-1_i16).to_be_bytes());
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_the_manual_says() {
        let mut rows = Rows::with_capacity(64);
        rows.row(2);
        rows.time(DateTime::from_timestamp_micros(EPOCH_MICROS + 1).expect("in range"));
        rows.jsonb("{}");
        let bytes = rows.end();
        let row = [
            &[0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3, 1][..],
            b"{}\xff\xff",
        ]
        .concat();
        assert_eq!(bytes[..SIGNATURE.len()], *SIGNATURE);
        assert_eq!(bytes[SIGNATURE.len() + 8..], row);
    }
}
