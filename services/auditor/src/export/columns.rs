//! The events as a Parquet file, for DuckDB, pandas and their like: written by the format's own crate, without Arrow.

use std::sync::Arc;

use chrono::DateTime;
use parquet::basic::{Compression, GzipLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::Summed;
use crate::error::AuditError;
use store::EventRow;

/// Rows in memory at once: one group of the file.
const GROUP: usize = 20_000;

/// The columns, in the order in which [`Columns::flush`] writes them.
const SCHEMA: &str = "
    message event {
      required int64 position;
      required int64 sequence;
      required int64 insert_order;
      required int64 recorded_at (TIMESTAMP(MICROS,true));
      required binary aggregate_type (STRING);
      required binary aggregate_id (STRING);
      required binary event_type (STRING);
      required binary event_version (STRING);
      required binary event_id (STRING);
      required binary payload (STRING);
      required binary metadata (STRING);
      required binary leaf_hash (STRING);
    }";

/// The file as it grows.
pub(super) struct Columns {
    writer: SerializedFileWriter<Summed>,
    rows: Vec<EventRow>,
}

impl Columns {
    pub fn begin(file: Summed) -> Result<Self, AuditError> {
        let compression = Compression::GZIP(GzipLevel::default());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let schema = parse_message_type(SCHEMA).map_err(failed)?;
        let writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties));
        Ok(Self {
            writer: writer.map_err(failed)?,
            rows: Vec::with_capacity(GROUP),
        })
    }

    pub fn row(&mut self, row: &EventRow) -> Result<(), AuditError> {
        self.rows.push(row.clone());
        if self.rows.len() == GROUP {
            self.flush()
        } else {
            Ok(())
        }
    }

    pub fn end(mut self) -> Result<Summed, AuditError> {
        self.flush()?;
        self.writer.into_inner().map_err(failed)
    }

    fn flush(&mut self) -> Result<(), AuditError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.writer.next_row_group().map_err(failed)?;
        write(&mut group, &rows).map_err(failed)?;
        group.close().map_err(failed)?;
        Ok(())
    }
}

fn write(group: &mut SerializedRowGroupWriter<'_, Summed>, rows: &[EventRow]) -> Result<(), ParquetError> {
    let numbers: [fn(&EventRow) -> i64; 4] = [
        |row| row.position as i64,
        |row| row.sequence as i64,
        |row| row.insert_order,
        |row| DateTime::parse_from_rfc3339(&row.recorded_at).map_or(0, |at| at.timestamp_micros()),
    ];
    for of in numbers {
        let values: Vec<i64> = rows.iter().map(of).collect();
        let Some(mut column) = group.next_column()? else {
            break;
        };
        column.typed::<Int64Type>().write_batch(&values, None, None)?;
        column.close()?;
    }
    let texts: [fn(&EventRow) -> String; 8] = [
        |row| row.aggregate_type.clone(),
        |row| row.aggregate_id.clone(),
        |row| row.event_type.clone(),
        |row| row.event_version.clone(),
        |row| row.event_id.to_string(),
        |row| row.payload.clone(),
        |row| row.metadata.clone(),
        |row| row.leaf_hash.clone(),
    ];
    for of in texts {
        let values: Vec<ByteArray> = rows
            .iter()
            .map(|row| ByteArray::from(of(row).into_bytes()))
            .collect();
        let Some(mut column) = group.next_column()? else {
            break;
        };
        column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
        column.close()?;
    }
    Ok(())
}

fn failed(fault: ParquetError) -> AuditError {
    std::io::Error::other(fault).into()
}
