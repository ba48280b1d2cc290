//! The script that brings the list of agreements up to date, on small files in the shape of the real ones.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

const HEADER: &str = "idcc,title,short_title,status,replaced_by,source\n";

/// A workbook with one sheet: a heading of two lines, the header, and the rows.
fn workbook(path: &Path, header: &[&str], rows: &[&[&str]]) {
    workbook_of(path, &[("Liste", header, rows)]);
}

/// A sheet's name, its header, and its rows.
type Sheet<'s> = (&'s str, &'s [&'s str], &'s [&'s [&'s str]]);

fn workbook_of(path: &Path, sheets: &[Sheet<'_>]) {
    let cell = |place: usize, line: usize, text: &str| {
        let column = char::from(b'A' + u8::try_from(place).unwrap());
        format!("<c r=\"{column}{line}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let line = |number: usize, cells: &[&str]| {
        let cells: String = cells
            .iter()
            .enumerate()
            .map(|(place, text)| cell(place, number, text))
            .collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let mut book = zip::ZipWriter::new(File::create(path).unwrap());
    let mut part = |name: &str, content: String| {
        book.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        book.write_all(content.as_bytes()).unwrap();
    };
    let (mut names, mut targets) = (String::new(), String::new());
    for (place, (name, header, rows)) in sheets.iter().enumerate() {
        let number = place + 1;
        names += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>");
        targets += &format!("<Relationship Id=\"rId{number}\" Target=\"worksheets/sheet{number}.xml\"/>");
        let mut lines = vec![line(1, &["Liste"]), line(3, header)];
        lines.extend(rows.iter().enumerate().map(|(place, row)| line(4 + place, row)));
        let lines = lines.concat();
        part(
            &format!("xl/worksheets/sheet{number}.xml"),
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{lines}</sheetData></worksheet>"),
        );
    }
    part(
        "xl/workbook.xml",
        format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{names}</sheets></workbook>"),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        format!("<Relationships xmlns=\"{PACKAGE}\">{targets}</Relationships>"),
    );
    book.finish().unwrap();
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

fn refresh(folder: &Path, more: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../script/refresh-idcc");
    Command::new("python3")
        .arg(script)
        .arg(folder.join("dares.xlsx"))
        .args(["--as-of", "2026-09", "--into"])
        .arg(folder)
        .args(more)
        .output()
        .unwrap()
}

#[test]
fn new_agreements_come_old_ones_become_historical_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(
        at("idcc.csv"),
        format!(
            "{HEADER}0016,Transports,Routiers,current,,\n0054,Métaux,,historical,0016,x\n\
             1391,Partie,,current,,\n9999,Sans,,current,,\n"
        ),
    )
    .unwrap();
    workbook(
        &at("dares.xlsx"),
        &["IDCC", "TITRE DE LA CONVENTION"],
        &[
            &["00016", "Transports  routiers"],
            &["3248", "Métallurgie"],
            &["Source", ""],
        ],
    );
    workbook(
        &at("kali.xlsx"),
        &["ID", "IDCC", "TITRE", "ETAT"],
        &[
            &["K1", "86", "Publicité", "ABROGE"],
            &["K2", "16", "Autre titre", "VIGUEUR_ETEN"],
        ],
    );
    fs::write(
        at("replacements.csv"),
        "old_idcc,new_idcc\n1391,3248\n54,3248\n1391,4444\n",
    )
    .unwrap();
    let (kali, replacements) = (at("kali.xlsx"), at("replacements.csv"));
    let done = refresh(
        folder.path(),
        &[
            "--kali",
            kali.to_str().unwrap(),
            "--replacements",
            replacements.to_str().unwrap(),
        ],
    );
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(
        fs::read_to_string(at("idcc.csv")).unwrap(),
        format!(
            "{HEADER}0016,Transports routiers,Routiers,current,,\n\
             0054,Métaux,,historical,0016|3248,x\n\
             0086,Publicité,,historical,,\n\
             1391,Partie,,historical,3248,replacements 2026-09\n\
             3248,Métallurgie,,current,,\n\
             9999,Sans,,current,,\n"
        )
    );
    assert_eq!(fs::read_to_string(at("idcc-as-of.txt")).unwrap(), "2026-09\n");
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(told.contains("+ 3248") && told.contains("~ 1391"), "{told}");
}

/// A folder with the list as it stands before.
fn house(rows: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("idcc.csv"), format!("{HEADER}{rows}")).unwrap();
    folder
}

fn list(folder: &Path) -> String {
    let list = fs::read_to_string(folder.join("idcc.csv")).unwrap();
    list.strip_prefix(HEADER).unwrap().to_owned()
}

#[test]
fn the_ministrys_file_of_2026_is_read_another_sheet_heading_and_five_digits() {
    let folder = house("0016,Transports,,current,,\n");
    workbook_of(
        &folder.path().join("dares.xlsx"),
        &[
            ("Lisez-moi", &["Notice"], &[]),
            (
                "IDCC 2026",
                &["Code IDCC", "Libellé"],
                &[&["00016", "Transports"], &["3256.0", "Nouvelle"]],
            ),
        ],
    );
    let done = refresh(folder.path(), &[]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(
        list(folder.path()),
        "0016,Transports,,current,,\n3256,Nouvelle,,current,,\n"
    );
}

#[test]
fn an_agreement_that_has_ended_comes_back_only_by_name() {
    let before = "0016,Transports,,current,,\n0054,Métaux,,historical,3248,x\n3248,Métallurgie,,current,,\n";
    let folder = house(before);
    let rows: [&[&str]; 4] = [
        &["00016", "Transports"],
        &["00054", "Métaux"],
        &["00398", "Négoce"],
        &["03248", "Métallurgie"],
    ];
    workbook(&folder.path().join("dares.xlsx"), &["IDCC", "Libellé"], &rows);
    let done = refresh(folder.path(), &[]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(told.contains("0054") && told.contains("--revive"), "{told}");
    let negoce = "0398,Négoce,,historical,,\n";
    let metal = "3248,Métallurgie,,current,,\n";
    assert_eq!(
        list(folder.path()),
        format!("{}{negoce}{metal}", before.strip_suffix(metal).unwrap()),
        "a list that names what has ended is believed of nothing that may have"
    );
    let done = refresh(folder.path(), &["--revive", "54"]);
    assert!(done.status.success());
    assert!(list(folder.path()).contains("0054,Métaux,,current,,\n"));
}

#[test]
fn columns_that_tell_what_is_in_force_are_heeded() {
    for (heading, current, ended) in [
        ("Statut", "En vigueur", "Abrogée"),
        ("Date de fin", "", "31/12/2023"),
        ("Fin de validité", "2030-01-01", "2024-01-01"),
        ("Date de fin", "-", "45291"),
    ] {
        let folder = house("0016,Transports,,current,,\n3248,Métallurgie,,current,,\n");
        let rows: [&[&str]; 3] = [
            &["16", "Transports", current],
            &["3248", "Métallurgie", ended],
            &["3256", "Nouvelle", current],
        ];
        workbook(
            &folder.path().join("dares.xlsx"),
            &["IDCC", "Libellé", heading],
            &rows,
        );
        let done = refresh(folder.path(), &[]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_eq!(
            list(folder.path()),
            "0016,Transports,,current,,\n3248,Métallurgie,,historical,,\n3256,Nouvelle,,current,,\n",
            "{heading}"
        );
    }
}

/// Makes a file, and what is said of it.
type Case<'a> = (Box<dyn Fn() + 'a>, &'a str);

#[test]
fn what_is_not_known_is_refused_in_a_sentence_and_nothing_is_written() {
    let folder = house("0016,Transports,,current,,\n");
    let before = list(folder.path());
    let file = folder.path().join("dares.xlsx");
    let mut cases: Vec<Case<'_>> = Vec::new();
    let write = |content: &'static [u8]| {
        let file = file.clone();
        move || fs::write(&file, content).unwrap()
    };
    cases.push((
        Box::new(write(b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>")),
        "it is HTML",
    ));
    cases.push((Box::new(write(b"\xd0\xcf\x11\xe0\xa1\xb1")), "old Excel file"));
    cases.push((Box::new(write(b"PK\x03\x04 cut")), "damaged"));
    let book = |header: &'static [&'static str], rows: &'static [&'static [&'static str]]| {
        let file = file.clone();
        move || workbook(&file, header, rows)
    };
    cases.push((
        Box::new(book(&["IDCC", "Libellé", "Vie"], &[&["16", "x", "?"]])),
        "VIE",
    ));
    cases.push((
        Box::new(book(
            &["IDCC", "Libellé", "Statut"],
            &[&["16", "x", "en sommeil"]],
        )),
        "en sommeil",
    ));
    cases.push((
        Box::new(book(
            &["IDCC", "Libellé", "Date de fin"],
            &[&["16", "x", "bientôt"]],
        )),
        "bientôt",
    ));
    cases.push((Box::new(book(&["IDCC", "Libellé"], &[&["12345", "x"]])), "12345"));
    cases.push((
        Box::new(book(&["Code", "Nom"], &[&["16", "x"]])),
        "no line names the columns",
    ));
    let twice = file.clone();
    cases.push((
        Box::new(move || {
            let sheet: Sheet<'_> = ("A", &["IDCC", "Libellé"], &[&["16", "x"]]);
            workbook_of(&twice, &[sheet, ("B", sheet.1, sheet.2)]);
        }),
        "--sheet",
    ));
    for (make, expected) in cases {
        make();
        let done = refresh(folder.path(), &[]);
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(
            !done.status.success() && told.contains(expected),
            "{expected}: {told}"
        );
        assert!(!told.contains("Traceback"), "{told}");
        assert_eq!(list(folder.path()), before);
    }
}

#[test]
fn text_is_read_with_a_byte_order_mark_and_semicolons() {
    let folder = house("0016,Transports,,current,,\n1391,Partie,,current,,\n");
    let at = |name: &str| folder.path().join(name);
    fs::write(
        at("dares.xlsx"),
        "\u{feff}IDCC;Libellé\r\n16;Transports, routiers\r\n3248;\"Métallurgie; métaux\"\r\n",
    )
    .unwrap();
    fs::write(
        at("replacements.csv"),
        "\u{feff}old_idcc;new_idcc\r\n1391;3248\r\n",
    )
    .unwrap();
    let replacements = at("replacements.csv");
    let done = refresh(folder.path(), &["--replacements", replacements.to_str().unwrap()]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(
        list(folder.path()),
        "0016,\"Transports, routiers\",,current,,\n\
         1391,Partie,,historical,3248,replacements 2026-09\n\
         3248,Métallurgie; métaux,,current,,\n"
    );
    fs::write(at("replacements.csv"), "alt;neu\n1;2\n").unwrap();
    let done = refresh(folder.path(), &["--replacements", replacements.to_str().unwrap()]);
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(
        told.contains("columns missing") && told.contains("old_idcc"),
        "{told}"
    );
}
