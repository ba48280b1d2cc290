//! Files as offices save them, on a real database: each cell is kept as it was meant, or its line is named.

use std::io::{Cursor, Write};

use directory::import::{Input, Options, import_contacts, import_establishments};
use directory::{Directory, ImportReport};
use domain::values::EmailAddress;
use keyring::Keyring;
use sqlx::PgPool;
use tests::run;

use crate::database;

/// The kept columns of every establishment, by SIRET.
async fn kept(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT concat_ws('|', siret, name, coalesce(idcc, '-'), coalesce(member_number, '-'),
                          coalesce(training_declaration_number, '-'), state)
           FROM directory.establishments ORDER BY siret",
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

async fn establishments(pool: &PgPool, bytes: impl Into<Vec<u8>>) -> ImportReport {
    let input = Input::new(Cursor::new(bytes.into()));
    import_establishments(pool, input, Options::default())
        .await
        .unwrap()
}

/// A group of faults: column, reason, and the stretches of lines.
type Group<'r> = (&'r str, &'r str, &'r [(u64, u64)]);

fn faults(report: &ImportReport) -> Vec<Group<'_>> {
    let groups = report.faults.iter();
    groups
        .map(|it| (it.field, it.reason, &it.stretches[..]))
        .collect()
}

#[test]
fn a_number_that_a_program_wrote_is_kept_as_it_was_meant_or_its_line_is_named() {
    run(async {
        let pool = database().await;
        let text = "siret,name,idcc,member_number,training_declaration_number,state\n\
                    13002526500013,UN,16.0,1000001.0,,active\n\
                    2241586300335.0,DEUX,\"16,0\",nan,,\n\
                    40600017,TROIS,=\"0016\",'0012,,\n\
                    \"1,3E+13\",QUATRE,,,,\n\
                    11122233344455,CINQ,,,,\n\
                    00000040600025,SIX,16.5,,,\n\
                    00000040600033,SEPT,,1E+06,4973107997,\n\
                    00000041400011,\u{200b}HUIT\u{a0},,\u{feff}1000002\u{200b},,\n";
        let report = establishments(&pool, text).await;
        assert_eq!((report.read, report.kept, report.refused), (8, 4, 4));
        assert_eq!(
            kept(&pool).await,
            [
                "00000040600017|TROIS|0016|0012|-|active",
                "00000041400011|HUIT|-|1000002|-|active",
                "02241586300335|DEUX|0016|-|-|active",
                "13002526500013|UN|0016|1000001|-|active",
            ]
        );
        let mut told = faults(&report);
        told.sort_unstable();
        assert_eq!(
            told,
            [
                ("idcc", "number-decimals", &[(7, 7)][..]),
                ("member_number", "number-exponent", &[(8, 8)]),
                ("siret", "number-exponent", &[(5, 5)]),
                ("siret", "siret-checksum", &[(6, 6)]),
                (
                    "training_declaration_number",
                    "training-number-zeros-lost",
                    &[(8, 8)]
                ),
            ]
        );
    });
}

#[test]
fn a_french_office_file_is_read_as_it_is_saved() {
    run(async {
        let text = "Export du 29/11/2026;;;;;\r\n\
                    SIREN;NIC;Raison sociale;Code IDCC;N° d’adhérent;N° de déclaration d’activité;État\r\n\
                    130025265;13;Société de l’Œuvre;1979;1000001;;Actif\r\n\
                    \r\n\
                    406;17;Hôtel;16;1000002;;F\r\n";
        let windows = encoding(text, |c| match c {
            'Œ' => 0x8c,
            '’' => 0x92,
            c => u8::try_from(u32::from(c)).unwrap(),
        });
        let little = [
            &b"\xff\xfe"[..],
            &text
                .replace(';', "\t")
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<_>>(),
        ]
        .concat();
        for (bytes, note) in [
            (windows, "Windows-1252"),
            (little, "UTF-16LE"),
            (
                format!("\u{feff}{text}").into_bytes(),
                "the heading was found in line 2",
            ),
            (
                format!("sep=;\r\n{text}").into_bytes(),
                "the heading was found in line 3",
            ),
        ] {
            let pool = database().await;
            let report = establishments(&pool, bytes).await;
            assert_eq!((report.kept, report.refused), (2, 0), "{:?}", report.bad);
            assert!(
                report.notes.iter().any(|it| it.contains(note)),
                "{:?}",
                report.notes
            );
            assert_eq!(
                kept(&pool).await,
                [
                    "00000040600017|Hôtel|0016|1000002|-|closed",
                    "13002526500013|Société de l’Œuvre|1979|1000001|-|active",
                ]
            );
        }
    });
}

fn encoding(text: &str, byte: impl Fn(char) -> u8) -> Vec<u8> {
    text.chars().map(byte).collect()
}

#[test]
fn a_quote_that_is_not_closed_takes_no_contact_with_it_in_silence() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let (pool, keyring) = (
            database().await,
            Keyring::open(&folder.path().join("master.key")).unwrap(),
        );
        let text = "contact_id;civility;last_name;first_name;email;sirets\n\
                    C1;N/A;\"Spécimen;Anne;c1@example.org;00000040600017\n\
                    C2;Madame;Témoin;Noé;c2@example.org;00000040600025\n\
                    C3;Mr;\"Exemple\";Luc;c3@example.org;00000040600033\n\
                    C4;Mlle;\"Du\nBois\";Eve;c4@example.org\u{a0};2241586300335.0\n\
                    C5;;\"Faux;Ida;c5@example.org;\n\
                    C6;x;Vrai;Zoé;c6@example.org;00000040600041\n";
        let input = Input::new(Cursor::new(text));
        let report = import_contacts(&pool, &keyring, input, Options::default())
            .await
            .unwrap();
        assert_eq!((report.read, report.kept, report.refused), (6, 2, 4));
        assert_eq!(faults(&report), [("line", "quote-open", &[(2, 4), (7, 7)][..])]);
        let directory = Directory::new(pool, keyring.clone());
        for (address, reference) in [
            ("c1", None),
            ("c3", None),
            ("c4", Some("C4")),
            ("c5", None),
            ("c6", Some("C6")),
        ] {
            let address = EmailAddress::parse(&format!("{address}@example.org")).unwrap();
            let found = directory
                .contacts_of(&keyring.blind_index(&address))
                .await
                .unwrap();
            let references = found.map(|it| it.contacts);
            assert_eq!(references, reference.map(|it| vec![it.to_owned()]));
        }
    });
}

#[test]
fn thousands_of_like_faults_are_one_sentence_with_its_lines() {
    run(async {
        let pool = database().await;
        let lines = "1,3,4,,,\n".repeat(5_000);
        let report = establishments(
            &pool,
            format!("siret,name,idcc,member_number,training_declaration_number,state\n{lines}"),
        )
        .await;
        assert_eq!((report.refused, report.bad.len()), (5_000, 1_000));
        let group = &report.faults[0];
        assert_eq!(
            (group.reason, group.lines, &group.stretches[..]),
            ("siret-length", 5_000, &[(2, 5_001)][..])
        );
        assert!(group.advice.contains("format the column as text"));
    });
}

/// A workbook of one sheet with these rows, as the parts that Excel reads.
fn workbook(rows: &[&str]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let rows: String = rows
        .iter()
        .enumerate()
        .map(|(row, cells)| format!("<row r=\"{}\">{cells}</row>", row + 1))
        .collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    for (name, xml) in [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{kinds}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{kinds}.worksheet+xml\"/>\
                 <Override PartName=\"/xl/styles.xml\" ContentType=\"{kinds}.styles+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Données\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"rId2\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"0000\"/></numFmts>\
                 <fonts count=\"1\"><font/></fonts><fills count=\"1\"><fill/></fills><borders count=\"1\"><border/></borders>\
                 <cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(xml.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_is_read_and_none_of_its_numbers_becomes_another() {
    run(async {
        let text = |column: char, row: u32, text: &str| {
            format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
        };
        let heading: String = [
            "SIRET",
            "Raison sociale",
            "IDCC",
            "Numéro adhérent",
            "NDA",
            "Statut",
        ]
        .into_iter()
        .zip('A'..)
        .map(|(name, column)| text(column, 2, name))
        .collect();
        let cell = |column: char, row: u32, more: &str, value: &str| {
            format!("<c r=\"{column}{row}\"{more}><v>{value}</v></c>")
        };
        let name = |row: u32| text('B', row, "Société");
        let rows = [
            text('A', 1, "Liste du jour"),
            heading,
            [
                cell('A', 3, "", "13002526500013"),
                name(3),
                cell('C', 3, " s=\"2\"", "16"),
                cell('D', 3, " s=\"2\"", "12"),
            ]
            .concat(),
            [
                cell('A', 4, "", "2241586300335"),
                name(4),
                cell('C', 4, "", "1979"),
            ]
            .concat(),
            [
                cell('A', 5, "", "40600017"),
                name(5),
                cell('C', 5, " s=\"1\"", "45000"),
            ]
            .concat(),
            [
                cell('A', 6, "", "40600025"),
                name(6),
                cell('D', 6, "", "1234567890123450"),
            ]
            .concat(),
            [
                cell('A', 7, "", "40600033"),
                name(7),
                cell('D', 7, " t=\"b\"", "1"),
            ]
            .concat(),
            [
                cell('A', 8, "", "41400011"),
                name(8),
                cell('D', 8, " t=\"e\"", "#N/A"),
            ]
            .concat(),
            [
                cell('A', 9, "", "41400029"),
                name(9),
                "<c r=\"D9\"><f>A9*1</f></c>".to_owned(),
            ]
            .concat(),
            [cell('A', 10, "", "41400037"), name(10), cell('D', 10, "", "12.5")].concat(),
        ];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let folder = tempfile::tempdir().unwrap();
        // It is known by its content, whatever its name.
        let path = folder.path().join("fichier.csv");
        std::fs::write(&path, workbook(&rows)).unwrap();
        let pool = database().await;
        let report = import_establishments(&pool, Input::open(&path).unwrap(), Options::default())
            .await
            .unwrap();
        assert_eq!(
            (report.read, report.kept, report.refused),
            (8, 2, 6),
            "{:?}",
            report.bad
        );
        assert_eq!(
            kept(&pool).await,
            [
                "02241586300335|Société|1979|-|-|active",
                "13002526500013|Société|0016|0012|-|active",
            ]
        );
        let told: Vec<_> = report
            .bad
            .iter()
            .map(|it| (it.line, it.field, it.reason))
            .collect();
        assert_eq!(
            told,
            [
                (5, "idcc", "cell-date"),
                (6, "member_number", "number-digits-lost"),
                (7, "member_number", "cell-boolean"),
                (8, "member_number", "cell-error"),
                (9, "member_number", "cell-formula"),
                (10, "member_number", "number-decimals"),
            ]
        );
        assert_eq!(
            report.notes,
            ["the sheet “Données” was read, its heading in row 2"]
        );
    });
}
