//! The key files: private, made once however many ask at once, and clear about what is wrong with them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what is wrong by panicking"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Barrier;

use domain::values::RegistrationId;
use keyring::{Keyring, KeyringError};
use tempfile::TempDir;
use uuid::Uuid;

/// Tells the child of [`programs_agree_on_one_key`] where the key is.
const CHILD_KEY_FILE: &str = "KEYRING_TEST_CHILD_KEY_FILE";

fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("new").join("master.key");
    (folder, file)
}

fn write(file: &Path, text: &[u8], mode: u32) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

/// Something that two keyrings share only when they have the same master key.
fn mark(keyring: &Keyring) -> String {
    format!("{:?}", keyring.request_hash(&[b"mark"]))
}

#[test]
fn the_key_is_made_private_and_found_again() {
    let (_folder, file) = place();
    let made = Keyring::open(&file).unwrap();
    assert_eq!(mode(&file), 0o600);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with("onboarding-master-key-v1:") && text.ends_with('\n') && text.lines().count() == 1
    );
    assert_eq!(mark(&made), mark(&Keyring::open(&file).unwrap()));
    let epochs = made.epochs().unwrap();
    let epoch_file = file.with_file_name("master.key.epochs").join(&epochs[0].name);
    assert_eq!(
        (
            epochs.len(),
            mode(&epoch_file),
            mode(epoch_file.parent().unwrap())
        ),
        (1, 0o600, 0o700)
    );
}

#[test]
fn threads_agree_on_one_key() {
    for _ in 0..20 {
        let (_folder, file) = place();
        let barrier = Barrier::new(8);
        let open = || {
            barrier.wait();
            Keyring::open(&file).unwrap()
        };
        let keyrings: Vec<Keyring> = std::thread::scope(|scope| {
            let openers: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            openers.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert!(keyrings.iter().all(|it| mark(it) == mark(&keyrings[0])));
        assert_eq!(keyrings[0].epochs().unwrap().len(), 1, "and on one epoch");
        assert_eq!(
            fs::read_dir(file.parent().unwrap()).unwrap().count(),
            3,
            "key, lock, epochs; no drafts"
        );
    }
}

#[test]
fn programs_agree_on_one_key() {
    if let Some(file) = std::env::var_os(CHILD_KEY_FILE) {
        // This run is a child of the one below.
        println!("mark {}", mark(&Keyring::open(Path::new(&file)).unwrap()));
        return;
    }
    let (_folder, file) = place();
    let spawn = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "programs_agree_on_one_key", "--nocapture"])
            .env(CHILD_KEY_FILE, &file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (0..8).map(|_| spawn()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            text.contains(&format!("mark {}", mark(&Keyring::open(&file).unwrap()))),
            "{text}"
        );
    }
    assert_eq!(Keyring::open(&file).unwrap().epochs().unwrap().len(), 1);
}

#[test]
fn a_file_that_others_may_read_is_refused_with_the_remedy() {
    for open_mode in [0o644, 0o604, 0o620, 0o601] {
        let (_folder, file) = place();
        Keyring::open(&file).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(open_mode)).unwrap();
        let fault = Keyring::open(&file).unwrap_err();
        assert!(matches!(fault, KeyringError::TooOpen { mode, .. } if mode == open_mode));
        assert!(
            fault.to_string().contains("chmod 600") && fault.to_string().contains("master.key"),
            "{fault}"
        );
    }
    let (_folder, file) = place();
    Keyring::open(&file).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    assert!(
        Keyring::open(&file).is_ok(),
        "a mounted secret, readable by the group"
    );
}

#[test]
fn a_file_that_is_no_key_is_refused_with_the_reason() {
    let long = format!("onboarding-master-key-v1:{}\n", "A".repeat(64));
    for (text, reason) in [
        (&b""[..], "does not begin"),
        (b"secret\n", "does not begin"),
        (b"onboarding-master-key-v2:AAAA\n", "does not begin"),
        (b"onboarding-master-key-v1:AAAA\n", "32 bytes"),
        (long.as_bytes(), "32 bytes"),
        (b"onboarding-master-key-v1:!!!!\n", "not Base64"),
        (b"\xff\xfe", "not text"),
    ] {
        let (_folder, file) = place();
        write(&file, text, 0o600);
        let fault = Keyring::open(&file).unwrap_err().to_string();
        assert!(
            fault.contains(reason) && fault.contains("restore it from its backup"),
            "{fault}"
        );
    }
    let folder = TempDir::new().unwrap();
    let fault = Keyring::open(folder.path()).unwrap_err().to_string();
    assert!(fault.contains("not a regular file"), "{fault}");
}

#[test]
fn a_file_that_cannot_be_read_or_made_says_so() {
    let (folder, _) = place();
    let blocked = folder.path().join("file");
    fs::write(&blocked, "x").unwrap();
    let fault = Keyring::open(&blocked.join("master.key"))
        .unwrap_err()
        .to_string();
    assert!(
        fault.starts_with("cannot ") && fault.contains("check that the account"),
        "{fault}"
    );
}

#[test]
fn a_lost_master_key_is_not_replaced_in_silence() {
    let (_folder, file) = place();
    Keyring::open(&file).unwrap();
    fs::remove_file(&file).unwrap();
    assert!(matches!(
        Keyring::open(&file),
        Err(KeyringError::MasterKeyLost { .. })
    ));
}

#[test]
fn epochs_of_another_master_key_are_noticed_at_the_start() {
    let (_folder, file) = place();
    let (_other_folder, other) = place();
    Keyring::open(&file).unwrap();
    Keyring::open(&other).unwrap();
    fs::copy(&other, &file).unwrap();
    assert!(matches!(
        Keyring::open(&file),
        Err(KeyringError::ForeignEpoch { .. })
    ));
}

#[test]
fn an_epochs_key_is_handed_to_another_machine_and_to_no_other_installation() {
    let (_folder, file) = place();
    let (_other_folder, elsewhere) = place();
    let one = Keyring::open(&file).unwrap();
    fs::create_dir_all(elsewhere.parent().unwrap()).unwrap();
    fs::copy(&file, &elsewhere).unwrap();
    let other = Keyring::open_as_it_is(&elsewhere).unwrap();
    assert!(other.epochs().unwrap().is_empty(), "nothing is begun there");
    let name = one.epochs().unwrap().remove(0).name;
    let handed_out = one.hand_out_epoch(&name).unwrap().unwrap();
    assert!(other.take_in_epoch(&name, &handed_out).unwrap());
    assert!(
        !other.take_in_epoch(&name, &handed_out).unwrap(),
        "it is there already"
    );
    let registration = RegistrationId(Uuid::now_v7());
    let (key, wrapped) = one.new_person_key(registration).unwrap();
    assert_eq!(other.unwrap(registration, &wrapped).unwrap().id(), key.id());

    let another_name = one.begin_epoch().unwrap().name;
    assert!(
        other.take_in_epoch(&another_name, &handed_out).is_err(),
        "a key is of its epoch"
    );
    let (_strange_folder, strange) = place();
    let stranger = Keyring::open(&strange).unwrap();
    assert!(stranger.take_in_epoch(&name, &handed_out).is_err());
    assert!(one.hand_out_epoch(&Uuid::now_v7().to_string()).unwrap().is_none());
    assert!(one.hand_out_epoch("../master.key").is_err());
}

#[test]
fn rewrapping_and_destroying_an_epoch_kills_old_copies_and_no_living_key() {
    let (_folder, file) = place();
    let keyring = Keyring::open(&file).unwrap();
    let running = Keyring::open(&file).unwrap();
    let registration = RegistrationId(Uuid::now_v7());
    let (key, old) = keyring.new_person_key(registration).unwrap();
    running.unwrap(registration, &old).unwrap();
    assert!(matches!(
        keyring.destroy_epoch(&old.epoch),
        Err(KeyringError::EpochInUse { .. })
    ));

    let epoch = keyring.begin_epoch().unwrap();
    let new = running.rewrap(registration, &old).unwrap();
    assert_eq!(
        (new.epoch.as_str(), new.key_id),
        (epoch.name.as_str(), key.id()),
        "a running program follows"
    );
    keyring.destroy_epoch(&old.epoch).unwrap();

    assert!(keyring.unwrap(registration, &new).is_ok());
    assert!(matches!(
        keyring.unwrap(registration, &old),
        Err(KeyringError::EpochUnknown { .. })
    ));
    running.new_person_key(registration).unwrap();
    assert!(matches!(
        running.unwrap(registration, &old),
        Err(KeyringError::EpochUnknown { .. })
    ));
    assert!(matches!(
        keyring.destroy_epoch(&old.epoch),
        Err(KeyringError::EpochUnknown { .. })
    ));
    assert_eq!(keyring.epochs().unwrap(), [epoch]);
}

#[test]
fn epochs_are_in_order_even_when_made_at_once() {
    let (_folder, file) = place();
    let keyring = Keyring::open(&file).unwrap();
    let made: Vec<_> = (0..5).map(|_| keyring.begin_epoch().unwrap()).collect();
    assert_eq!(keyring.epochs().unwrap()[1..], made);
}

#[test]
fn room_for_an_erasure_is_taken_before_and_is_nobody_until_it_is_used() {
    let (_folder, file) = place();
    let keyring = Keyring::open(&file).unwrap();
    let list = file.with_file_name("master.key.erased");
    let [first, second, third] = [1, 2, 3].map(|number| RegistrationId(Uuid::from_u128(number)));
    let (used, dropped, last) = (
        keyring.room_for_erased().unwrap(),
        keyring.room_for_erased().unwrap(),
        keyring.room_for_erased().unwrap(),
    );
    let length = fs::metadata(&list).unwrap().len();
    assert_eq!(mode(&list), 0o600);
    assert!(keyring.erased().unwrap().is_empty());
    drop(dropped);
    last.remember(third).unwrap();
    used.remember(first).unwrap();
    assert_eq!(
        fs::metadata(&list).unwrap().len(),
        length,
        "no more room was taken"
    );
    keyring.remember_erased(&[second]).unwrap();
    assert_eq!(keyring.erased().unwrap(), [first, second, third].into());
}
