//! Establishments known to the organisation: `siret,name,idcc,member_number,training_declaration_number,state`.

use domain::values::{EstablishmentNumber, Fault, Idcc, Siret};
use sqlx::{PgConnection, PgPool};

use super::batches::import;
use super::cells::{parse_idcc, parse_member_number, parse_name, parse_state, parse_training_number};
use super::headings::{Column, needed, optional};
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
    const COLUMNS: &'static [Column] = &[
        Column {
            name: "siret",
            also: &[
                "numerosiret",
                "nsiret",
                "nosiret",
                "numsiret",
                "siretetablissement",
                "siretdeletablissement",
                "codesiret",
            ],
            needed: Some(&["siren", "nic"]),
        },
        needed(
            "name",
            &[
                "raisonsociale",
                "denomination",
                "denominationsociale",
                "nometablissement",
                "nomdeletablissement",
                "libelle",
                "enseigne",
                "etablissement",
                "nom",
            ],
        ),
        needed(
            "idcc",
            &[
                "codeidcc",
                "nidcc",
                "noidcc",
                "numeroidcc",
                "conventioncollective",
                "ccn",
                "codeccn",
            ],
        ),
        needed(
            "member_number",
            &[
                "numeroadherent",
                "nadherent",
                "noadherent",
                "numadherent",
                "numerodadherent",
                "ndadherent",
                "codeadherent",
                "adherent",
            ],
        ),
        needed(
            "training_declaration_number",
            &[
                "numerodedeclarationdactivite",
                "numerodeclarationactivite",
                "ndedeclarationdactivite",
                "ndeclarationactivite",
                "declarationdactivite",
                "nda",
                "numeronda",
                "numerodorganismedeformation",
                "numeroorganismedeformation",
                "numeroof",
                "nof",
                "numerodeclaration",
            ],
        ),
        needed(
            "state",
            &["etat", "etatadministratif", "statut", "situation", "status"],
        ),
        optional("siren", &["numerosiren", "nsiren"]),
        optional("nic", &["numeronic", "codenic"]),
    ];
    const KEY_COLUMN: &'static str = "siret";
    const KEY: (&'static str, &'static str) = ("siret", "text");
    const STAGED: &'static str =
        "siret text, name text, idcc text, member_number text, training_declaration_number text, state text";

    fn parse(&self, fields: &[&str]) -> Result<Line, Faults> {
        let &[_, name, idcc, member_number, training_number, state, ..] = fields else {
            return Err(vec![("line", "too-few-fields")]);
        };
        let mut faults = Vec::new();
        let siret = noted(&mut faults, "siret", siret_of(fields));
        let name = noted(&mut faults, "name", parse_name(name));
        let idcc = noted(&mut faults, "idcc", parse_idcc(idcc));
        let member_number = noted(&mut faults, "member_number", parse_member_number(member_number));
        let training_number = noted(
            &mut faults,
            "training_declaration_number",
            parse_training_number(training_number),
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
        Some(siret_of(fields).ok()?.as_str().to_owned())
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

/// The establishment's number, or that of its two parts where the file holds them apart.
fn siret_of(fields: &[&str]) -> Result<Siret, Fault> {
    match fields {
        ["", .., siren, nic] if !siren.is_empty() || !nic.is_empty() => Siret::of_parts(siren, nic),
        [siret, ..] => Siret::parse_exported(siret),
        [] => Err(Fault("required")),
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
        let Err(faults) =
            Establishments.parse(&["1300252650001", "", "12345", "1é", "", "peut-être", "", ""])
        else {
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
        let Ok(line) = Establishments.parse(&[
            "000 000 463 00018",
            "Formation",
            "1516",
            "",
            "11 75 p0006 75",
            "",
            "",
            "",
        ]) else {
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

    #[test]
    fn a_number_in_two_columns_is_one() {
        let siret = |fields: [&str; 8]| {
            siret_of(&fields)
                .map(|it| it.as_str().to_owned())
                .map_err(Fault::code)
        };
        assert_eq!(
            siret(["", "", "", "", "", "", "130025265", "13"]).as_deref(),
            Ok("13002526500013")
        );
        assert_eq!(
            siret(["13002526500013", "", "", "", "", "", "x", "y"]).as_deref(),
            Ok("13002526500013")
        );
        assert_eq!(siret([""; 8]), Err("required"));
    }
}
