//! The import as a whole: files in every form that INSEE or an operator may bring.

mod index_files;

use std::fs::{self, File};
use std::io::{Cursor, Write};

use chrono::{DateTime, NaiveDate, Utc};
use domain::registration::event::{RegisterSource, RegisterStatus};
use domain::values::Siret;
use tempfile::TempDir;

use super::import::import;
use super::{Standing, Stock};
use crate::import::{BadLine, ImportError, ImportReport, Input, Options};
use crate::register::{RegisterSettings, Registers, Urgency};

const ACTIVE: &str = "00000020800017";
const CLOSED: &str = "00000030700017";
const LATER: &str = "00000040600017";
const NEEDED: &str = "siret,etatAdministratifEtablissement,dateDebut,dateDernierTraitementEtablissement\n";

pub(super) fn house() -> (TempDir, Stock) {
    let folder = tempfile::tempdir().unwrap();
    let stock = Stock::of_data_dir(folder.path());
    (folder, stock)
}

pub(super) fn imported(stock: &Stock, text: impl Into<Vec<u8>>) -> Result<ImportReport, ImportError> {
    import_with(stock, Input::new(Cursor::new(text.into())), false)
}

pub(super) fn import_with(stock: &Stock, input: Input, strict: bool) -> Result<ImportReport, ImportError> {
    let options = Options {
        strict,
        ..Options::default()
    };
    let (report, summary) = import(stock, input, &options)?;
    Ok(ImportReport {
        bad: summary.bad,
        ..report
    })
}

pub(super) fn standing(stock: &Stock, siret: &str) -> Option<Standing> {
    stock
        .look_up(&Siret::parse(siret).unwrap())
        .unwrap()
        .map(|it| it.standing)
}

pub(super) fn closed_on(year: i32, month: u32, day: u32) -> Standing {
    Standing::Closed {
        on: NaiveDate::from_ymd_opt(year, month, day),
    }
}

/// INSEE's layouts: what stands before the needed columns, between them, and behind, as numbers of columns of no interest.
/// Today's has 54 columns; an older one, without addresses' identifiers and coordinates, 48.
fn file(gaps: [usize; 4], end: &str) -> String {
    let gap = |which: usize, name: &str| {
        (0..gaps[which])
            .map(|it| name.replace('#', &format!("{which}-{it}")) + ",")
            .collect::<String>()
    };
    let row = |siret, treated, since, state, name: &str| {
        format!(
            "{}{siret},{}{treated},{}{since},{state},{}{end}",
            gap(0, ""),
            gap(1, "O"),
            gap(2, "RUE"),
            gap(3, name).trim_end_matches(',')
        )
    };
    [
        format!(
            "{}siret,{}dateDernierTraitementEtablissement,{}dateDebut,etatAdministratifEtablissement,{}{end}",
            gap(0, "before#"),
            gap(1, "between#"),
            gap(2, "address#"),
            gap(3, "after#").trim_end_matches(',')
        ),
        row(ACTIVE, "2026-10-02T02:31:29.615", "2017-05-24", "A", "x"),
        row(
            CLOSED,
            "2026-09-30T02:31:29",
            "2024-07-01",
            "F",
            "\"A, \"\"B\"\"\nC\"",
        ),
        row(LATER, "", "1900-01-01", "F", "x"),
    ]
    .concat()
}

const TODAY: [usize; 4] = [2, 5, 35, 8];
const OLDER: [usize; 4] = [2, 5, 30, 7];

fn assert_listed(stock: &Stock) {
    assert_eq!(standing(stock, ACTIVE), Some(Standing::Active));
    assert_eq!(standing(stock, CLOSED), Some(closed_on(2024, 7, 1)));
    assert_eq!(standing(stock, LATER), Some(Standing::Closed { on: None }));
    assert_eq!(standing(stock, "00000031500010"), None);
    let header = stock.header().unwrap().unwrap();
    assert_eq!(
        (header.count, header.as_of),
        (3, NaiveDate::from_ymd_opt(2026, 10, 2))
    );
}

#[test]
fn every_layout_is_read_by_the_names_of_its_columns() {
    for (gaps, columns) in [(TODAY, 54), (OLDER, 48)] {
        let text = file(gaps, "\n");
        assert_eq!(text.lines().next().unwrap().split(',').count(), columns);
        let quoted: String = text
            .lines()
            .take(2)
            .map(|line| format!("\"{}\"\n", line.replace(',', "\",\"")))
            .collect();
        for text in [
            text.clone(),
            file(gaps, "\r\n"),
            format!("\u{feff}{text}"),
            text.trim_end().to_owned(),
        ] {
            let (_folder, stock) = house();
            let report = imported(&stock, text).unwrap();
            assert_eq!(
                (report.read, report.kept, report.unchanged, report.bad),
                (3, 3, 0, vec![])
            );
            assert_listed(&stock);
        }
        let (_folder, stock) = house();
        assert_eq!(imported(&stock, quoted).unwrap().kept, 1);
        assert_eq!(standing(&stock, ACTIVE), Some(Standing::Active));
    }
}

#[test]
fn compressed_files_are_read_like_plain_ones_and_hashed_as_what_is_in_them() {
    let text = file(TODAY, "\n");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("s.csv"), &text).unwrap();
    let gz = File::create(path("s.csv.gz")).unwrap();
    let mut gz = flate2::write::GzEncoder::new(gz, flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap();
    let mut zip = zip::ZipWriter::new(File::create(path("s.zip")).unwrap());
    zip.start_file("s.csv", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    zip.finish().unwrap();

    let hash: [u8; 32] =
        sha2::Digest::finalize(sha2::Digest::chain_update(sha2::Sha256::default(), &text)).into();
    for name in ["s.csv", "s.csv.gz", "s.zip"] {
        let (_folder, stock) = house();
        import_with(&stock, Input::open(&path(name)).unwrap(), false).unwrap();
        assert_listed(&stock);
        assert_eq!(stock.header().unwrap().unwrap().source_hash, hash, "{name}");
    }

    let (_folder, stock) = house();
    imported(&stock, text).unwrap();
    let whole = fs::read(path("s.csv.gz")).unwrap();
    fs::write(path("cut.csv.gz"), &whole[..whole.len() - 20]).unwrap();
    let cut = import_with(&stock, Input::open(&path("cut.csv.gz")).unwrap(), false);
    assert!(matches!(cut, Err(ImportError::Unreadable(_))));
    assert_listed(&stock);
}

#[test]
fn bad_lines_are_told_and_the_good_ones_count_unless_the_import_is_strict() {
    let (_folder, stock) = house();
    imported(&stock, format!("{NEEDED}{ACTIVE},F,2020-01-01,\n")).unwrap();
    let text = format!("{NEEDED}{ACTIVE},A,,\n123,X,,\n{CLOSED}\n\n,,,\n{LATER},A,,\n");
    let bad = |line, field, reason| BadLine::new(line, field, reason);
    let expected = [
        bad(3, "siret", "siret-length"),
        bad(3, "etatAdministratifEtablissement", "unknown-value"),
        bad(4, "line", "too-few-fields"),
    ];

    let strict = import_with(&stock, Input::new(Cursor::new(text.clone())), true).unwrap();
    assert_eq!(
        (strict.read, strict.kept, strict.refused, strict.rolled_back),
        (4, 2, 2, true)
    );
    assert_eq!(strict.bad, expected);
    assert_eq!(
        standing(&stock, ACTIVE),
        Some(closed_on(2020, 1, 1)),
        "the old index stays"
    );

    let report = imported(&stock, text.clone()).unwrap();
    assert_eq!((report.kept, report.unchanged, report.rolled_back), (2, 0, false));
    assert_eq!(standing(&stock, ACTIVE), Some(Standing::Active));
    assert_eq!(
        imported(&stock, text).unwrap().unchanged,
        2,
        "the same file changes nothing"
    );

    let report = imported(&stock, format!("{NEEDED}nonsense\n")).unwrap();
    assert_eq!((report.kept, report.refused), (0, 1));
    assert_eq!(
        standing(&stock, ACTIVE),
        Some(Standing::Active),
        "a file without a good line replaces nothing"
    );
    assert!(
        matches!(imported(&stock, "siret,x\n"), Err(ImportError::MissingColumns(missing)) if missing.len() == 3)
    );
    assert!(matches!(
        imported(&stock, ""),
        Err(ImportError::MissingColumns(_))
    ));
}

#[test]
fn lines_in_any_order_with_repetitions_give_what_the_last_of_each_says() {
    let (_folder, stock) = house();
    let text = format!("{NEEDED}{LATER},A,,\n{ACTIVE},F,2020-01-01,\n{CLOSED},F,2024-07-01,\n{ACTIVE},A,,\n");
    assert_eq!(imported(&stock, text).unwrap().kept, 4);
    assert_eq!(standing(&stock, ACTIVE), Some(Standing::Active));
    assert_eq!(standing(&stock, LATER), Some(Standing::Active));
    assert_eq!(stock.header().unwrap().unwrap().count, 3);
}

#[tokio::test]
async fn the_registers_answer_from_the_stock_with_its_age_and_say_nothing_of_others() {
    let (_folder, stock) = house();
    // No register over the network is set, so nobody asks the database how one is doing.
    let nobody = database::pool_options()
        .connect_lazy("postgres://nobody@127.0.0.1:1/none")
        .unwrap();
    let registers = Registers::new(&RegisterSettings::default(), &nobody, Some(stock.clone())).unwrap();
    let now: DateTime<Utc> = "2026-11-02T00:00:00Z".parse().unwrap();
    let ask = async |siret: &str| {
        registers
            .check(&Siret::parse(siret).unwrap(), now, Urgency::Chore)
            .await
            .check
    };
    assert_eq!(
        ask(ACTIVE).await.status,
        RegisterStatus::Pending,
        "there is no stock yet"
    );
    imported(&stock, file(TODAY, "\n")).unwrap();
    let active = ask(ACTIVE).await;
    assert_eq!(
        (active.status, active.source),
        (RegisterStatus::Active, RegisterSource::LocalCopy)
    );
    assert_eq!(active.age_seconds, 31 * 86_400);
    let closed = ask(CLOSED).await;
    let hint = closed.hint.unwrap();
    assert_eq!(
        (
            closed.status,
            hint.status,
            hint.source,
            hint.age_seconds,
            hint.closed_on
        ),
        (
            RegisterStatus::Pending,
            RegisterStatus::Closed,
            RegisterSource::LocalCopy,
            31 * 86_400,
            NaiveDate::from_ymd_opt(2024, 7, 1)
        ),
        "a copy stops nobody"
    );
    assert_eq!(ask("00000031500010").await.status, RegisterStatus::Pending);
}

/// Rows of the needed columns: SIRET, state, first day of the current period, day of INSEE's last work.
fn stock_of(rows: &[(&str, &str, &str, &str)]) -> String {
    let lines = rows
        .iter()
        .map(|(siret, state, since, treated)| format!("{siret},{state},{since},{treated}\n"));
    [NEEDED.to_owned()].into_iter().chain(lines).collect()
}

#[test]
fn a_new_period_of_every_unit_moves_no_closing() {
    const NEVER_SEEN: &str = "00000031500010";
    let (_folder, stock) = house();
    let november = "2026-11-30";
    let rows = [
        (ACTIVE, "A", "2017-05-24", november),
        (CLOSED, "F", "2019-03-01", november),
        (LATER, "F", "1900-01-01", november),
    ];
    imported(&stock, stock_of(&rows)).unwrap();
    // NAF 2025: a period that begins on 2027-01-01 for everybody, and one that begins later for another reason.
    let january = "2027-01-31";
    for since in ["2027-01-01", "2027-01-15"] {
        let rows = [
            (ACTIVE, "A", "2027-01-01", january),
            (CLOSED, "F", since, january),
            (LATER, "F", "2027-01-01", january),
            (NEVER_SEEN, "F", "2027-01-01", january),
        ];
        imported(&stock, stock_of(&rows)).unwrap();
        assert_eq!(standing(&stock, ACTIVE), Some(Standing::Active));
        assert_eq!(standing(&stock, CLOSED), Some(closed_on(2019, 3, 1)), "{since}");
        assert_eq!(standing(&stock, LATER), Some(Standing::Closed { on: None }));
        assert_eq!(standing(&stock, NEVER_SEEN), Some(Standing::Closed { on: None }));
    }
    let rows = [
        (ACTIVE, "F", "2027-02-10", "2027-02-28"),
        (CLOSED, "A", "2027-02-10", "2027-02-28"),
    ];
    imported(&stock, stock_of(&rows)).unwrap();
    assert_eq!(standing(&stock, ACTIVE), Some(closed_on(2027, 2, 10)));
    assert_eq!(standing(&stock, CLOSED), Some(Standing::Active), "opened again");
}

#[test]
fn an_older_file_takes_no_newer_ones_place_unless_that_is_wanted() {
    let (_folder, stock) = house();
    let newer = stock_of(&[(ACTIVE, "F", "2026-10-01", "2026-10-02")]);
    let older = stock_of(&[(ACTIVE, "A", "2017-05-24", "2026-09-02")]);
    imported(&stock, newer.clone()).unwrap();
    let refused = imported(&stock, older.clone()).unwrap_err().to_string();
    assert!(
        refused.contains("2026-09-02") && refused.contains("--older"),
        "{refused}"
    );
    assert_eq!(standing(&stock, ACTIVE), Some(closed_on(2026, 10, 1)));
    imported(&stock, newer).unwrap();
    let options = Options {
        older: true,
        ..Options::default()
    };
    import(&stock, Input::new(Cursor::new(older.into_bytes())), &options).unwrap();
    assert_eq!(standing(&stock, ACTIVE), Some(Standing::Active));
}

#[test]
fn the_file_of_past_periods_is_named_for_what_it_is() {
    let (_folder, stock) = house();
    let text = "siren,nic,siret,dateFin,dateDebut,etatAdministratifEtablissement,changementEtatAdministratifEtablissement\n";
    let refused = imported(&stock, text).unwrap_err().to_string();
    assert!(refused.contains("StockEtablissementHistorique"), "{refused}");
}
