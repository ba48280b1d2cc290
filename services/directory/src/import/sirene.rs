//! INSEE's stock file of establishments (`StockEtablissement`, monthly, about forty million lines).
//!
//! Of its fifty-four columns four are read. Columns are found by name, since the layout has changed before.
//! Establishments do not vanish from the stock, so nothing has to be removed.

use chrono::NaiveDate;
use domain::values::Siret;
use sqlx::{PgConnection, PgPool};

use super::batches::{Kind, import};
use super::{ImportError, ImportReport, Input, Options};

/// Imports the stock file.
///
/// Errors: the file cannot be read or lacks a column, or the database does not answer.
pub async fn import_sirene(
    pool: &PgPool,
    input: Input,
    options: Options,
) -> Result<ImportReport, ImportError> {
    import(pool, Stock, input, options).await
}

struct Stock;

struct Line {
    siret: i64,
    closed: bool,
    closed_on: Option<NaiveDate>,
}

impl Kind for Stock {
    type Line = Line;
    const NAME: &'static str = "sirene";
    const COLUMNS: &'static [&'static str] = &[
        "siret",
        "etatAdministratifEtablissement",
        "dateDebut",
        "dateDernierTraitementEtablissement",
    ];
    const KEY_COLUMN: &'static str = "siret";
    // INSEE's file holds each SIRET once. Should that fail, the database refuses the batch.
    const KEYS_ONCE: bool = false;

    fn parse(&self, fields: &[&str]) -> Result<Line, Vec<(&'static str, &'static str)>> {
        let &[siret, state, since, _] = fields else {
            return Err(vec![("line", "too-few-fields")]);
        };
        let mut faults = Vec::new();
        // Some real SIRETs break Luhn's rule; the register is the authority on them.
        let siret = Some(siret).filter(|it| it.len() == 14 && it.bytes().all(|b| b.is_ascii_digit()));
        let siret = siret.and_then(|it| it.parse().ok());
        if siret.is_none() {
            faults.push(("siret", "siret-length"));
        }
        let closed = match state {
            "A" => Some(false),
            "F" => Some(true),
            _ => None,
        };
        if closed.is_none() {
            faults.push(("etatAdministratifEtablissement", "unknown-value"));
        }
        match (siret, closed) {
            (Some(siret), Some(closed)) => Ok(Line {
                siret,
                closed,
                closed_on: since.parse().ok().filter(|_| closed).filter(is_known),
            }),
            _ => Err(faults),
        }
    }

    fn key(line: &Line) -> u128 {
        line.siret.unsigned_abs().into()
    }

    fn as_of(fields: &[&str]) -> Option<NaiveDate> {
        fields.get(3)?.get(..10)?.parse().ok()
    }

    async fn write(&self, lines: Vec<Line>, connection: &mut PgConnection) -> Result<u64, ImportError> {
        let written = sqlx::query(
            "INSERT INTO directory.sirene (siret, closed, closed_on)
             SELECT * FROM UNNEST($1::bigint[], $2::boolean[], $3::date[])
             EXCEPT
             SELECT siret, closed, closed_on FROM directory.sirene WHERE siret = ANY($1)
             ON CONFLICT (siret) DO UPDATE SET (closed, closed_on) = (excluded.closed, excluded.closed_on)",
        )
        .bind(lines.iter().map(|it| it.siret).collect::<Vec<_>>())
        .bind(lines.iter().map(|it| it.closed).collect::<Vec<_>>())
        .bind(lines.iter().map(|it| it.closed_on).collect::<Vec<_>>())
        .execute(connection)
        .await?;
        Ok(written.rows_affected())
    }
}

/// The number under which a SIRET stands in the local copy.
pub fn stock_number(siret: &Siret) -> i64 {
    // Fourteen digits always fit.
    siret.as_str().parse().unwrap_or_default()
}

/// INSEE writes the first of January 1900 where a date is unknown.
pub fn is_known(date: &NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(1900, 1, 1).is_some_and(|unknown| *date > unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stock_line_gives_state_and_closing_date() {
        let parse = |fields: &[&str]| Stock.parse(fields).map(|it| (it.siret, it.closed, it.closed_on));
        let date = NaiveDate::from_ymd_opt(2024, 7, 1);
        assert_eq!(
            parse(&["00000030700017", "F", "2024-07-01", ""]),
            Ok((30_700_017, true, date))
        );
        assert_eq!(
            parse(&["00000030700017", "A", "2024-07-01", ""]),
            Ok((30_700_017, false, None))
        );
        assert_eq!(
            parse(&["00000030700017", "F", "1900-01-01", ""]),
            Ok((30_700_017, true, None))
        );
        assert_eq!(
            parse(&["0000003070001", "X", "", ""]).map_err(|it| it.len()),
            Err(2)
        );
        assert_eq!(
            Stock::as_of(&["", "", "", "2024-03-30T02:31:29.615"]),
            NaiveDate::from_ymd_opt(2024, 3, 30)
        );
    }
}
