//! Contacts one by one, and the addresses that somebody must look at for it.

use directory::{Contact, ContactChange, Directory, Input, Options, import_contacts};
use domain::values::{EmailAddress, Siret};
use keyring::{BlindIndex, Keyring};
use sqlx::PgPool;

use crate::cluster::migrated_database;

struct Desk {
    pool: PgPool,
    keyring: Keyring,
    directory: Directory,
    _folder: tempfile::TempDir,
}

async fn desk() -> Desk {
    let database = migrated_database().await;
    let folder = tempfile::tempdir().unwrap();
    let keyring = Keyring::open(&folder.path().join("master.key")).unwrap();
    let pool = database.store.pool().clone();
    Desk {
        directory: Directory::new(pool.clone(), keyring.clone()),
        pool,
        keyring,
        _folder: folder,
    }
}

impl Desk {
    fn index(&self, address: &str) -> BlindIndex {
        self.keyring.blind_index(&EmailAddress::parse(address).unwrap())
    }

    async fn keep(&self, reference: &str, address: &str, sirets: &[&str]) -> (u64, u64, u64) {
        let change = ContactChange::Keep(contact(reference, address, sirets));
        let written = self.directory.change_contacts(&[change]).await.unwrap();
        (written.new, written.changed, written.unchanged)
    }

    async fn changed(&self) -> Vec<BlindIndex> {
        let changed = self.directory.changed_contacts(10).await.unwrap();
        changed.into_iter().map(|it| it.address).collect()
    }

    /// Everything that is noted is dealt with.
    async fn deal(&self) {
        for seen in self.directory.changed_contacts(10).await.unwrap() {
            self.directory.dealt_with(&seen).await.unwrap();
        }
    }
}

fn contact(reference: &str, address: &str, sirets: &[&str]) -> Contact {
    Contact {
        reference: reference.to_owned(),
        email: EmailAddress::parse(address).unwrap(),
        sirets: sirets.iter().map(|it| Siret::parse(it).unwrap()).collect(),
    }
}

const ONE: &str = "00000040600017";
const TWO: &str = "00000040600025";

#[tokio::test]
async fn a_contact_is_new_changed_or_stands_so_already() {
    let desk = desk().await;
    assert_eq!(desk.keep("1", "a@example.org", &[ONE]).await, (1, 0, 0));
    assert_eq!(desk.keep("1", "A@Example.org", &[ONE]).await, (0, 0, 1));
    assert_eq!(desk.keep("1", "a@example.org", &[ONE, TWO]).await, (0, 1, 0));
    let found = desk
        .directory
        .contacts_of(&desk.index("a@example.org"))
        .await
        .unwrap();
    assert_eq!(found.unwrap().sirets.len(), 2);
    let gone = [
        ContactChange::Remove("1".to_owned()),
        ContactChange::Remove("2".to_owned()),
    ];
    assert_eq!(desk.directory.change_contacts(&gone).await.unwrap().removed, 1);
    assert!(
        desk.directory
            .contacts_of(&desk.index("a@example.org"))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn of_several_changes_for_one_contact_the_last_holds() {
    let desk = desk().await;
    let changes = [
        ContactChange::Keep(contact("1", "a@example.org", &[ONE])),
        ContactChange::Keep(contact("1", "b@example.org", &[ONE])),
        ContactChange::Keep(contact("2", "c@example.org", &[ONE])),
        ContactChange::Remove("2".to_owned()),
    ];
    let written = desk.directory.change_contacts(&changes).await.unwrap();
    assert_eq!((written.new, written.removed), (1, 0));
    assert!(
        desk.directory
            .contacts_of(&desk.index("a@example.org"))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        desk.directory
            .contacts_of(&desk.index("b@example.org"))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn every_way_of_writing_a_contact_notes_its_address_and_no_way_notes_what_stood_so() {
    let desk = desk().await;
    desk.keep("1", "a@example.org", &[ONE]).await;
    assert_eq!(desk.changed().await, [desk.index("a@example.org")]);
    desk.deal().await;
    desk.keep("1", "a@example.org", &[ONE]).await;
    assert!(desk.changed().await.is_empty(), "nothing has changed");
    desk.keep("1", "b@example.org", &[ONE]).await;
    assert_eq!(desk.changed().await, [desk.index("b@example.org")]);
    desk.deal().await;
    let file = format!(
        "contact_id,civility,last_name,first_name,email,sirets\n7,,,,c@example.org,{ONE}\n1,,,,b@example.org,{ONE}\n"
    );
    let input = Input::new(std::io::Cursor::new(file.into_bytes()));
    import_contacts(&desk.pool, &desk.keyring, input, Options::default())
        .await
        .unwrap();
    assert_eq!(desk.changed().await, [desk.index("c@example.org")]);
    desk.deal().await;
    desk.directory
        .change_contacts(&[ContactChange::Remove("7".to_owned())])
        .await
        .unwrap();
    assert!(desk.changed().await.is_empty(), "a removal attaches nobody");
}

#[tokio::test]
async fn a_change_that_comes_while_one_is_dealt_with_is_not_lost() {
    let desk = desk().await;
    desk.keep("1", "a@example.org", &[ONE]).await;
    let seen = desk.directory.changed_contacts(10).await.unwrap();
    desk.keep("1", "a@example.org", &[TWO]).await;
    desk.directory.dealt_with(&seen[0]).await.unwrap();
    assert_eq!(desk.changed().await.len(), 1, "the later change is still there");
    desk.directory.put_off(&seen[0]).await.unwrap();
    assert_eq!(
        desk.changed().await.len(),
        1,
        "and is not put off with the earlier one"
    );
}

#[tokio::test]
async fn an_address_without_an_account_is_looked_at_twice() {
    let desk = desk().await;
    desk.keep("1", "a@example.org", &[ONE]).await;
    let noted = async || -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM directory.contact_changes")
            .fetch_one(&desk.pool)
            .await
            .unwrap()
    };
    let seen = desk.directory.changed_contacts(10).await.unwrap();
    assert_eq!(desk.directory.nobodys(&seen).await.unwrap(), 1);
    assert!(desk.changed().await.is_empty(), "not due");
    assert_eq!(noted().await, 1);
    sqlx::query("UPDATE directory.contact_changes SET due_at = clock_timestamp()")
        .execute(&desk.pool)
        .await
        .unwrap();
    let seen = desk.directory.changed_contacts(10).await.unwrap();
    assert_eq!(desk.directory.nobodys(&seen).await.unwrap(), 1);
    assert_eq!(noted().await, 0);
}

#[tokio::test]
async fn while_an_import_writes_a_change_waits_and_then_says_busy() {
    let desk = desk().await;
    let mut import = database::begin(&desk.pool).await.unwrap();
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('directory.imports'))")
        .execute(&mut *import)
        .await
        .unwrap();
    let options = desk
        .pool
        .connect_options()
        .as_ref()
        .clone()
        .options([("lock_timeout", "50ms")]);
    let impatient = Directory::new(
        database::pool_options().connect_with(options).await.unwrap(),
        desk.keyring.clone(),
    );
    let change = ContactChange::Keep(contact("1", "a@example.org", &[ONE]));
    let refused = impatient.change_contacts(std::slice::from_ref(&change)).await;
    assert!(
        matches!(refused, Err(directory::DirectoryError::Busy)),
        "{refused:?}"
    );
    import.rollback().await.unwrap();
    impatient.change_contacts(&[change]).await.unwrap();
}
