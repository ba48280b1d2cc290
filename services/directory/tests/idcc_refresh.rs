//! The script that brings the list of agreements up to date, on small files in the shape of the real ones.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

/// A workbook with one sheet: a heading of two lines, the header, and the rows.
fn workbook(path: &Path, header: &[&str], rows: &[&[&str]]) {
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
    let mut lines = vec![line(1, &["Liste"]), line(3, header)];
    lines.extend(rows.iter().enumerate().map(|(place, row)| line(4 + place, row)));
    let sheet = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{}</sheetData></worksheet>",
        lines.concat()
    );
    let mut book = zip::ZipWriter::new(File::create(path).unwrap());
    book.start_file(
        "xl/worksheets/sheet1.xml",
        zip::write::SimpleFileOptions::default(),
    )
    .unwrap();
    book.write_all(sheet.as_bytes()).unwrap();
    book.finish().unwrap();
}

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
        "idcc,title,short_title,status,replaced_by\n\
         0016,Transports,Routiers,current,\n0054,Métaux,,historical,0016\n1391,Partie,,current,\n9999,Sans,,current,\n",
    )
    .unwrap();
    workbook(
        &at("dares.xlsx"),
        &["IDCC", "TITRE DE LA CONVENTION"],
        &[
            &["00016", "Transports  routiers"],
            &["3248", "Métallurgie"],
            &["x", ""],
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
        "idcc,title,short_title,status,replaced_by\n\
         0016,Transports routiers,Routiers,current,\n\
         0054,Métaux,,historical,0016|3248\n\
         0086,Publicité,,historical,\n\
         1391,Partie,,historical,3248\n\
         3248,Métallurgie,,current,\n\
         9999,Sans,,current,\n"
    );
    assert_eq!(fs::read_to_string(at("idcc-as-of.txt")).unwrap(), "2026-09\n");
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(told.contains("+ 3248") && told.contains("~ 1391"), "{told}");
}

#[test]
fn a_file_that_is_another_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("idcc.csv");
    fs::write(&list, "idcc,title,short_title,status,replaced_by\n").unwrap();
    workbook(
        &folder.path().join("dares.xlsx"),
        &["Code", "Titre"],
        &[&["16", "x"]],
    );
    let done = refresh(folder.path(), &[]);
    assert!(!done.status.success());
    assert!(String::from_utf8_lossy(&done.stderr).contains("no line names the columns"));
    assert_eq!(
        fs::read_to_string(&list).unwrap(),
        "idcc,title,short_title,status,replaced_by\n"
    );
}
