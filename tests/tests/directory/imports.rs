//! The organisation's files: in, again, changed, cut off, and as a whole in place of what stood.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use directory::import::{BadLine, ImportError, Input, Options, import_contacts, import_establishments};
use directory::{Directory, ImportReport};
use domain::values::{EmailAddress, Siret};
use keyring::Keyring;
use sqlx::{Executor, PgPool};
use tempfile::TempDir;
use tests::run;

use crate::database;

const HEADER: &str = "siret,name,idcc,member_number,training_declaration_number,state\n";

/// A database, keys, and a folder for files.
struct Desk {
    pool: PgPool,
    keyring: Keyring,
    folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            pool: database().await,
            keyring: Keyring::open(&folder.path().join("master.key")).unwrap(),
            folder,
        }
    }

    fn file(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("file.csv");
        fs::write(&path, text).unwrap();
        path
    }

    async fn establishments(&self, text: &str, options: Options) -> Result<ImportReport, ImportError> {
        import_establishments(&self.pool, Input::open(&self.file(text)).unwrap(), options).await
    }

    async fn contacts(&self, text: &str, options: Options) -> Result<ImportReport, ImportError> {
        let input = Input::open(&self.file(text)).unwrap();
        import_contacts(&self.pool, &self.keyring, input, options).await
    }

    async fn rows(&self, table: &str) -> i64 {
        sqlx::query_scalar(&format!("SELECT count(*) FROM directory.{table}"))
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    async fn sirets(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT siret FROM directory.establishments ORDER BY siret")
            .fetch_all(&self.pool)
            .await
            .unwrap()
    }
}

/// SIRETs of invented establishments.
fn sirets() -> impl Iterator<Item = String> {
    (1..)
        .filter_map(|n| Siret::parse(&format!("000000{n:08}")).ok())
        .map(|it| it.as_str().to_owned())
}

fn lines(count: usize, name: &str) -> String {
    sirets()
        .take(count)
        .map(|siret| format!("{siret},\"{name}, « d'ici » \\ {siret}\",1979,A-{siret},,active\n"))
        .collect()
}

fn replacing() -> Options {
    Options {
        replace: true,
        ..Options::default()
    }
}

#[test]
fn the_same_file_again_changes_nothing_and_a_changed_line_one_row() {
    run(async {
        let desk = Desk::new().await;
        let text = format!("{HEADER}{}", lines(25_000, "Maison"));
        let first = desk.establishments(&text, Options::default()).await.unwrap();
        assert_eq!((first.read, first.kept, first.new), (25_000, 25_000, 25_000));
        let again = desk.establishments(&text, Options::default()).await.unwrap();
        assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 25_000));
        let changed = text.replacen("1979", "1501", 1);
        let third = desk.establishments(&changed, Options::default()).await.unwrap();
        assert_eq!((third.new, third.changed, third.unchanged), (0, 1, 24_999));
        let (name, number): (String, String) =
            sqlx::query_as("SELECT name, member_number FROM directory.establishments WHERE siret = $1")
                .bind(sirets().next().unwrap())
                .fetch_one(&desk.pool)
                .await
                .unwrap();
        let siret = sirets().next().unwrap();
        assert_eq!(name, format!("Maison, « d'ici » \\ {siret}"));
        assert_eq!(number, format!("A{siret}"), "in the form in which it is compared");
    });
}

#[test]
fn a_dry_run_says_what_would_be_and_writes_nothing() {
    run(async {
        let desk = Desk::new().await;
        let two = format!("{HEADER}{}", lines(2, "Un"));
        desk.establishments(&two, Options::default()).await.unwrap();
        let other = format!(
            "{HEADER}{}x,,,,,\n",
            lines(3, "Autre").split_once('\n').unwrap().1
        );
        let dry = Options {
            dry_run: true,
            replace: true,
            ..Options::default()
        };
        let report = desk.establishments(&other, dry).await.unwrap();
        assert!(report.dry_run && !report.rolled_back);
        assert_eq!((report.new, report.changed, report.refused), (1, 1, 1));
        assert!(
            report.removal_withheld,
            "a line does not say which establishment it is about"
        );
        assert_eq!(desk.rows("establishments").await, 2);
        assert_eq!(
            (desk.rows("imports").await, desk.rows("unfinished_imports").await),
            (1, 0)
        );
    });
}

#[test]
fn a_file_that_names_every_row_takes_the_others_away() {
    run(async {
        let desk = Desk::new().await;
        desk.establishments(&format!("{HEADER}{}", lines(4, "Un")), Options::default())
            .await
            .unwrap();
        let all: Vec<String> = sirets().take(4).collect();
        // The second line is bad elsewhere: it names its row, which stays as it was.
        let text = format!("{HEADER}{},Un,,,,active\n{},,,,,active\n", all[0], all[1]);
        let report = desk.establishments(&text, replacing()).await.unwrap();
        assert_eq!(
            (report.removed, report.refused, report.removal_withheld),
            (2, 1, false)
        );
        assert_eq!(desk.sirets().await, all[..2]);

        let text = format!("{HEADER}{},Un,,,,active\nnonsense,Un,,,,active\n", all[0]);
        let report = desk.establishments(&text, replacing()).await.unwrap();
        assert_eq!((report.removed, report.removal_withheld), (0, true));
        let report = desk.establishments(HEADER, replacing()).await.unwrap();
        assert_eq!(
            (report.removed, report.removal_withheld),
            (0, true),
            "an empty file empties nothing"
        );
        assert_eq!(desk.sirets().await, all[..2]);
    });
}

#[test]
fn a_file_that_was_cut_or_lost_a_quote_takes_nothing_away() {
    run(async {
        let desk = Desk::new().await;
        let whole = format!("{HEADER}{}", lines(2_000, "Maison"));
        desk.establishments(&whole, Options::default()).await.unwrap();
        let cut = format!("{HEADER}{}", lines(500, "Maison"));
        let report = desk.establishments(&cut, replacing()).await.unwrap();
        assert_eq!((report.removed, report.removal_withheld), (0, true));
        let open_quote =
            format!("{HEADER}{}", lines(2_000, "Maison")).replacen(",active\n", ",\"active\n", 1);
        let report = desk.establishments(&open_quote, replacing()).await.unwrap();
        assert_eq!((report.removed, report.removal_withheld), (0, true));
        assert_eq!(desk.rows("establishments").await, 2_000);
        let most = Options {
            most_may_go: true,
            ..replacing()
        };
        assert_eq!(desk.establishments(&cut, most).await.unwrap().removed, 1_500);
    });
}

#[test]
fn contacts_go_with_a_file_that_no_longer_names_them_and_never_stand_in_clear() {
    run(async {
        let desk = Desk::new().await;
        let header = "contact_id,civility,last_name,first_name,email,sirets\n";
        let line =
            |id: &str| format!("{id},Mme,Nom-{id},Prenom,{id}@example.org,00000040600017|00000040600025\n");
        let text = format!("{header}{}{}", line("aa1"), line("bb2"));
        let report = desk.contacts(&text, Options::default()).await.unwrap();
        assert_eq!((report.new, report.unchanged), (2, 0));
        let report = desk.contacts(&text, Options::default()).await.unwrap();
        assert_eq!((report.new, report.changed, report.unchanged), (0, 0, 2));
        let directory = Directory::new(desk.pool.clone(), desk.keyring.clone());
        let index = |id: &str| {
            let address = EmailAddress::parse(&format!("{id}@example.org")).unwrap();
            desk.keyring.blind_index(&address)
        };
        let known = directory.contacts_of(&index("bb2")).await.unwrap().unwrap();
        assert_eq!((known.contacts, known.sirets.len()), (vec!["bb2".to_owned()], 2));
        let report = desk
            .contacts(&format!("{header}{}", line("aa1")), replacing())
            .await
            .unwrap();
        assert_eq!((report.unchanged, report.removed), (1, 1));
        assert!(directory.contacts_of(&index("bb2")).await.unwrap().is_none());
        let dump: Vec<String> = sqlx::query_scalar("SELECT contacts::text FROM directory.contacts")
            .fetch_all(&desk.pool)
            .await
            .unwrap();
        assert!(
            dump.iter()
                .all(|row| !row.contains("example.org") && !row.contains("Nom"))
        );
    });
}

/// Lets an import break off once it has written two batches, as a lost connection would.
async fn break_off(desk: &Desk) {
    desk.pool
        .execute(
            "CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               IF NEW.lines >= 20000 AND TG_OP = 'UPDATE' AND NEW.lines > 20000 THEN RAISE EXCEPTION 'broken off'; END IF;
               RETURN NEW;
             END $$;
             CREATE TRIGGER break_off BEFORE INSERT OR UPDATE ON directory.unfinished_imports
               FOR EACH ROW EXECUTE FUNCTION break_off()",
        )
        .await
        .unwrap();
}

async fn mend(desk: &Desk) {
    desk.pool
        .execute("DROP TRIGGER break_off ON directory.unfinished_imports")
        .await
        .unwrap();
}

#[test]
fn an_import_that_broke_off_goes_on_where_it_stood() {
    run(async {
        let desk = Desk::new().await;
        let text = format!("{HEADER}x,,,,,\n{}", lines(34_999, "Maison"));
        break_off(&desk).await;
        let broken = desk.establishments(&text, Options::default()).await;
        assert!(matches!(broken, Err(ImportError::Database(_))), "{broken:?}");
        assert_eq!(desk.rows("establishments").await, 19_999);
        mend(&desk).await;
        // What stands is not written again: this row would be.
        desk.pool
            .execute("UPDATE directory.establishments SET name = 'by hand' WHERE siret = (SELECT min(siret) FROM directory.establishments)")
            .await
            .unwrap();
        let told: Arc<Mutex<Vec<u64>>> = Arc::default();
        let bad_lines = told.clone();
        let report = desk
            .establishments(
                &text,
                Options {
                    replace: true,
                    bad_line: Some(Box::new(move |bad: &BadLine| {
                        bad_lines.lock().unwrap().push(bad.line)
                    })),
                    ..Options::default()
                },
            )
            .await
            .unwrap();
        assert_eq!(report.resumed_after, Some(20_000));
        assert_eq!((report.read, report.kept, report.new), (35_000, 34_999, 34_999));
        assert!(
            report.removal_withheld,
            "the bad line, of the part that stood, is not forgotten"
        );
        assert_eq!(told.lock().unwrap().first(), Some(&2));
        assert_eq!(desk.rows("establishments").await, 34_999);
        assert_eq!(desk.rows("unfinished_imports").await, 0);
        let by_hand: i64 =
            sqlx::query_scalar("SELECT count(*) FROM directory.establishments WHERE name = 'by hand'")
                .fetch_one(&desk.pool)
                .await
                .unwrap();
        assert_eq!(by_hand, 1);
    });
}

#[test]
fn another_file_begins_anew() {
    run(async {
        let desk = Desk::new().await;
        break_off(&desk).await;
        let text = format!("{HEADER}{}", lines(35_000, "Maison"));
        assert!(desk.establishments(&text, Options::default()).await.is_err());
        mend(&desk).await;
        for (name, count) in [("Autre", 35_000), ("Encore", 5)] {
            let text = format!("{HEADER}{}", lines(count, name));
            let report = desk.establishments(&text, Options::default()).await.unwrap();
            assert_eq!(
                (report.resumed_after, report.kept),
                (None, count as u64),
                "{name}"
            );
            let named: i64 =
                sqlx::query_scalar("SELECT count(*) FROM directory.establishments WHERE name LIKE $1 || '%'")
                    .bind(name)
                    .fetch_one(&desk.pool)
                    .await
                    .unwrap();
            assert_eq!(named, count as i64);
        }
    });
}

#[test]
fn strict_is_all_or_nothing_and_two_imports_of_a_kind_do_not_overlap() {
    run(async {
        let desk = Desk::new().await;
        let text = format!("{HEADER}{}x,,,,,\n", lines(20_001, "Maison"));
        let strict = Options {
            strict: true,
            ..Options::default()
        };
        let report = desk.establishments(&text, strict).await.unwrap();
        assert!(report.rolled_back);
        assert_eq!(desk.rows("establishments").await, 0);

        let mut another = desk.pool.acquire().await.unwrap();
        another
            .execute("SELECT pg_advisory_lock(hashtext('directory.import'), hashtext('establishments'))")
            .await
            .unwrap();
        let refused = desk.establishments(HEADER, Options::default()).await;
        assert!(matches!(refused, Err(ImportError::Running)), "{refused:?}");
    });
}

#[test]
fn what_comes_once_only_is_read_from_its_beginning() {
    run(async {
        let desk = Desk::new().await;
        let bytes = fs::read(desk.file(&format!("{HEADER}{}", lines(2, "Flux")))).unwrap();
        let input = Input::new(std::io::Cursor::new(bytes));
        let report = import_establishments(&desk.pool, input, Options::default())
            .await
            .unwrap();
        assert_eq!(report.new, 2);
        assert!(Input::open(Path::new("/nowhere.csv")).is_err());
    });
}
