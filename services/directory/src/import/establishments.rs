//! Establishments known to the organisation: `siret,name,idcc,member_number,training_declaration_number,state`.

use domain::inbound::NAME_LENGTH_MAX;
use domain::values::{EstablishmentNumber, Fault, Idcc, Siret};
use sqlx::{PgConnection, PgPool};

use super::batches::import;
use super::kind::{Faults, Kind, Rows, counted, row_error};
use super::{ImportError, ImportReport, Input, Options};

/// Imports a file of establishments.
///
/// `idcc` and the two numbers may be empty; an empty `state` means `active`. The format of numbers is the
/// organisation's own business: they are kept in the form in which a typed one is compared.
///
/// Errors: the file cannot be read or lacks a column, or the database does not answer.
pub async fn import_establishments(
    pool: &PgPool,
    input: Input,
    options: Options,
) -> Result<ImportReport, ImportError> {
    import(pool, Establishments, input, options).await
}

struct Establishments;

/// What is kept of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The establishment.
    pub siret: Siret,
    /// Its name.
    pub name: String,
    /// Its collective agreement.
    pub idcc: Option<Idcc>,
    /// Its member number, as it is compared.
    pub member_number: Option<EstablishmentNumber>,
    /// Its number as a training organisation, as it is compared.
    pub training_number: Option<EstablishmentNumber>,
    /// `active` or `closed`.
    pub state: &'static str,
}

impl Kind for Establishments {
    type Line = Line;
    const NAME: &'static str = "establishments";
    const COLUMNS: &'static [&'static str] = &[
        "siret",
        "name",
        "idcc",
        "member_number",
        "training_declaration_number",
        "state",
    ];
    const KEY_COLUMN: &'static str = "siret";
    const KEY: (&'static str, &'static str) = ("siret", "text");
    const STAGED: &'static str =
        "siret text, name text, idcc text, member_number text, training_declaration_number text, state text";

    fn parse(&self, fields: &[&str]) -> Result<Line, Faults> {
        let &[siret, name, idcc, member_number, training_number, state] = fields else {
            return Err(vec![("line", "too-few-fields")]);
        };
        let mut faults = Vec::new();
        let siret = noted(&mut faults, "siret", Siret::parse(siret));
        let name = noted(&mut faults, "name", parse_name(name));
        let idcc = noted(&mut faults, "idcc", optional(idcc, Idcc::parse));
        let member_number = noted(
            &mut faults,
            "member_number",
            optional(member_number, EstablishmentNumber::parse),
        );
        let training_number = noted(
            &mut faults,
            "training_declaration_number",
            optional(training_number, EstablishmentNumber::parse),
        );
        let state = noted(&mut faults, "state", parse_state(state));
        match (siret, name, idcc, member_number, training_number, state) {
            (
                Some(siret),
                Some(name),
                Some(idcc),
                Some(member_number),
                Some(training_number),
                Some(state),
            ) => Ok(Line {
                siret,
                name,
                idcc,
                member_number,
                training_number,
                state,
            }),
            _ => Err(faults),
        }
    }

    fn key(&self, line: &Line) -> String {
        line.siret.as_str().to_owned()
    }

    fn key_of_bad(&self, fields: &[&str]) -> Option<String> {
        Some(Siret::parse(fields.first()?).ok()?.as_str().to_owned())
    }

    fn stage(&self, line: &Line, rows: &mut Rows) -> Result<(), ImportError> {
        rows.write_record([
            line.siret.as_str(),
            &line.name,
            line.idcc.as_ref().map_or("", Idcc::as_str),
            number(line.member_number.as_ref()),
            number(line.training_number.as_ref()),
            line.state,
        ])
        .map_err(row_error)
    }

    async fn merge(connection: &mut PgConnection) -> Result<(u64, u64), sqlx::Error> {
        counted(
            "WITH written AS (
               INSERT INTO directory.establishments
                      (siret, name, idcc, member_number, training_declaration_number, state)
               SELECT news.* FROM pg_temp.staged AS news LEFT JOIN directory.establishments AS held USING (siret)
                WHERE held.siret IS NULL
                   OR (held.name, held.idcc, held.member_number, held.training_declaration_number, held.state)
                      IS DISTINCT FROM
                      (news.name, news.idcc, news.member_number, news.training_declaration_number, news.state)
               ON CONFLICT (siret) DO UPDATE
                  SET (name, idcc, member_number, training_declaration_number, state, imported_at)
                    = (excluded.name, excluded.idcc, excluded.member_number, excluded.training_declaration_number,
                       excluded.state, clock_timestamp())
               RETURNING (xmax = 0) AS is_new)
             SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written",
            connection,
        )
        .await
    }
}

/// An absent number is an empty field, which `COPY` takes for null.
fn number(number: Option<&EstablishmentNumber>) -> &str {
    number.map_or("", EstablishmentNumber::as_str)
}

pub(crate) fn parse_name(text: &str) -> Result<String, Fault> {
    match text.chars().count() {
        0 => Err(Fault("required")),
        _ if text.chars().any(char::is_control) => Err(Fault("invalid-character")),
        1..=NAME_LENGTH_MAX => Ok(text.to_owned()),
        _ => Err(Fault("too-long")),
    }
}

pub(crate) fn parse_state(text: &str) -> Result<&'static str, Fault> {
    match text.to_ascii_lowercase().as_str() {
        "" | "active" => Ok("active"),
        "closed" => Ok("closed"),
        _ => Err(Fault("unknown-value")),
    }
}

fn optional<T>(text: &str, parse: fn(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if text.is_empty() {
        Ok(None)
    } else {
        parse(text).map(Some)
    }
}

/// The value, or a note of the fault beside its column.
pub(super) fn noted<T>(
    faults: &mut Vec<(&'static str, &'static str)>,
    column: &'static str,
    parsed: Result<T, Fault>,
) -> Option<T> {
    parsed.map_err(|fault| faults.push((column, fault.code()))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_is_named_and_none_is_shown() {
        let Err(faults) = Establishments.parse(&["1300252650001", "", "12345", "1é", "", "ouvert"]) else {
            panic!("accepted");
        };
        let expected = [
            ("siret", "siret-length"),
            ("name", "required"),
            ("idcc", "idcc-format"),
            ("member_number", "invalid-character"),
            ("state", "unknown-value"),
        ];
        assert_eq!(faults, expected);
    }

    #[test]
    fn numbers_are_kept_as_they_are_compared() {
        let Ok(line) =
            Establishments.parse(&["000 000 463 00018", "Formation", "1516", "", "11 75 p0006 75", ""])
        else {
            panic!("refused");
        };
        assert_eq!(line.siret.as_str(), "00000046300018");
        assert_eq!(
            line.training_number.as_ref().map(EstablishmentNumber::as_str),
            Some("1175P000675")
        );
        assert!(line.member_number.is_none());
        assert_eq!(line.state, "active");
    }
}
