//! Index files that are not what they should be, and those that change while they are used.

use std::fs::{self, File};
use std::sync::atomic::{AtomicBool, Ordering};

use domain::values::Siret;

use super::{ACTIVE, NEEDED, closed_on, house, imported, standing};
use crate::import::ImportError;
use crate::stock::{Standing, StockError};

#[test]
fn a_file_that_is_not_a_whole_index_is_refused_for_what_it_is() {
    let (_folder, stock) = house();
    assert!(stock.header().unwrap().is_none(), "no file is silence");
    let text: String = (1..2_000).map(|it| format!("{it:014},A,,\n")).collect();
    imported(&stock, format!("{NEEDED}{text}")).unwrap();
    let whole = fs::read(stock.path()).unwrap();
    let refused = |bytes: &[u8]| {
        // By a rename, as an import does it.
        let beside = stock.folder().join("beside");
        fs::write(&beside, bytes).unwrap();
        fs::rename(beside, stock.path()).unwrap();
        stock.look_up(&Siret::parse(ACTIVE).unwrap()).map(drop)
    };
    assert!(refused(&whole).is_ok());
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    assert!(matches!(refused(&whole[..whole.len() - 1]), Err(StockError::Cut)));
    assert!(matches!(refused(&whole[..8_000]), Err(StockError::Cut)));
    assert!(matches!(
        refused(&[&whole[..], b"x"].concat()),
        Err(StockError::Cut)
    ));
    assert!(matches!(refused(b""), Err(StockError::Foreign)));
    assert!(matches!(refused(&changed(0)), Err(StockError::Foreign)));
    assert!(matches!(refused(&changed(8)), Err(StockError::Version(0))));
    assert!(matches!(refused(&changed(20)), Err(StockError::Damaged)));
    assert!(matches!(
        refused(&changed(whole.len() - 1)),
        Err(StockError::Damaged)
    ));
    assert!(refused(&whole).is_ok());
    // A page is looked at when it is read: here the last, which would hold the SIRET.
    assert!(matches!(
        refused(&changed(4 * 4_096 + 100)),
        Err(StockError::Damaged)
    ));
    let (_other, empty) = house();
    fs::create_dir_all(empty.path()).unwrap();
    assert!(matches!(empty.header(), Err(StockError::Io(_))));
    let report = imported(&stock, format!("{NEEDED}{ACTIVE},A,,\n")).unwrap();
    assert_eq!(
        (report.kept, report.unchanged),
        (1, 0),
        "a damaged index is replaced like any other"
    );
}

#[test]
fn an_index_is_replaced_while_it_is_read() {
    let (_folder, stock) = house();
    let texts = ["F,2020-01-01,\n", "A,,\n"].map(|rest| format!("{NEEDED}{ACTIVE},{rest}"));
    imported(&stock, texts[0].clone()).unwrap();
    let old = stock.index().unwrap().unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let mut seen = [0, 0];
            while !done.load(Ordering::SeqCst) {
                match standing(&stock, ACTIVE) {
                    Some(Standing::Active) => seen[0] += 1,
                    Some(Standing::Closed { on: Some(_) }) => seen[1] += 1,
                    other => panic!("neither file says {other:?}"),
                }
            }
            seen
        });
        for text in texts.iter().cycle().skip(1).take(11) {
            imported(&stock, text.clone()).unwrap();
        }
        assert_eq!(standing(&stock, ACTIVE), Some(Standing::Active));
        done.store(true, Ordering::SeqCst);
        assert!(reading.join().unwrap().iter().sum::<u32>() > 0);
    });
    let number = ACTIVE.parse().unwrap();
    assert_eq!(
        old.look_up(number).unwrap(),
        Some(closed_on(2020, 1, 1)),
        "what was begun ends on the old file"
    );
}

#[test]
fn one_import_at_a_time_and_what_an_interrupted_one_left_goes() {
    let (_folder, stock) = house();
    fs::create_dir_all(stock.folder()).unwrap();
    fs::write(stock.folder().join("runs.unfinished"), "x").unwrap();
    let lock = File::create(stock.folder().join("import.lock")).unwrap();
    lock.lock().unwrap();
    let text = format!("{NEEDED}{ACTIVE},A,,\n");
    let busy = imported(&stock, text.clone());
    assert!(matches!(busy, Err(ImportError::Stock(StockError::Busy))));
    drop(lock);
    imported(&stock, text).unwrap();
    let mut names: Vec<_> = fs::read_dir(stock.folder())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["import.lock", "stock.index"]);
}

#[test]
fn a_file_that_was_cut_does_not_replace_a_whole_index() {
    let (_folder, stock) = house();
    let text: String = (1..=100_000).map(|it| format!("{it:014},A,,\n")).collect();
    imported(&stock, format!("{NEEDED}{text}")).unwrap();
    let cut = imported(&stock, format!("{NEEDED}{}", &text[..text.len() / 2]));
    assert!(matches!(
        cut,
        Err(ImportError::Stock(StockError::Shrunk { held: 100_000, .. }))
    ));
    assert_eq!(stock.header().unwrap().unwrap().count, 100_000);
}
