//! A sealed value opens with its own key at its own place, unaltered, and in no other case.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what is wrong by panicking"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::values::{Civility, EmailAddress, Identity, PersonName, RegistrationId, SealedPersonalData};
use keyring::{Keyring, KeyringError, PersonKey, Place, WrappedKey};
use tempfile::TempDir;
use uuid::Uuid;

struct Fixture {
    folder: TempDir,
    keyring: Keyring,
    registration: RegistrationId,
    key: PersonKey,
    stored: WrappedKey,
}

fn fixture() -> Fixture {
    let folder = TempDir::new().unwrap();
    let keyring = Keyring::open(&folder.path().join("master.key")).unwrap();
    let registration = RegistrationId(Uuid::now_v7());
    let (key, stored) = keyring.new_person_key(registration).unwrap();
    Fixture {
        folder,
        keyring,
        registration,
        key,
        stored,
    }
}

impl Fixture {
    fn place(&self) -> Place {
        Place {
            registration: self.registration,
            sequence: 1,
            event: "IdentitySubmitted",
            field: "sealed",
        }
    }
}

fn identity(last_name: &str) -> Identity {
    Identity {
        civility: Civility::Mme,
        last_name: PersonName::parse(last_name).unwrap(),
        first_name: PersonName::parse("Clare").unwrap(),
        email: EmailAddress::parse("clare.dupont@example.org").unwrap(),
    }
}

/// Every text that differs from the Base64 of the given one in a single bit of its bytes.
fn with_one_bit_changed(text: &str) -> Vec<String> {
    let bytes = STANDARD.decode(text).unwrap();
    let changed = |bit: usize| {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        STANDARD.encode(bytes)
    };
    (0..bytes.len() * 8).map(changed).collect()
}

#[test]
fn what_is_sealed_opens_again_also_through_the_stored_key() {
    let it = fixture();
    let sealed = it.key.seal(&it.place(), &identity("Dupont")).unwrap();
    let reopened = Keyring::open(&it.folder.path().join("master.key")).unwrap();
    let key = reopened.unwrap(it.registration, &it.stored).unwrap();
    assert_eq!(
        key.open::<Identity>(&it.place(), &sealed).unwrap(),
        identity("Dupont")
    );
    assert_eq!((sealed.v, sealed.key), (1, key.id()));
}

#[test]
fn it_opens_at_no_other_place() {
    let it = fixture();
    let sealed = it.key.seal(&it.place(), &identity("Dupont")).unwrap();
    let places = [
        Place {
            registration: RegistrationId(Uuid::now_v7()),
            ..it.place()
        },
        Place {
            sequence: 2,
            ..it.place()
        },
        Place {
            event: "ContactMatched",
            ..it.place()
        },
        Place {
            field: "other",
            ..it.place()
        },
        Place {
            event: "IdentitySubmitteds",
            field: "ealed",
            ..it.place()
        },
    ];
    for place in places {
        assert!(
            matches!(
                it.key.open::<Identity>(&place, &sealed),
                Err(KeyringError::DoesNotOpen)
            ),
            "{place:?}"
        );
    }
}

#[test]
fn it_opens_with_no_other_key_and_no_other_version() {
    let it = fixture();
    let sealed = it.key.seal(&it.place(), &identity("Dupont")).unwrap();
    let (other, _) = it.keyring.new_person_key(it.registration).unwrap();
    assert!(matches!(
        other.open::<Identity>(&it.place(), &sealed),
        Err(KeyringError::OtherKey)
    ));
    let renamed = SealedPersonalData {
        key: other.id(),
        ..sealed.clone()
    };
    assert!(matches!(
        other.open::<Identity>(&it.place(), &renamed),
        Err(KeyringError::DoesNotOpen)
    ));
    let newer = SealedPersonalData { v: 2, ..sealed };
    assert!(matches!(
        it.key.open::<Identity>(&it.place(), &newer),
        Err(KeyringError::UnknownVersion(2))
    ));
}

#[test]
fn one_changed_bit_anywhere_is_noticed() {
    let it = fixture();
    let sealed = it.key.seal(&it.place(), &identity("Dupont")).unwrap();
    let ciphertexts = with_one_bit_changed(&sealed.ciphertext)
        .into_iter()
        .map(|ciphertext| SealedPersonalData {
            ciphertext,
            ..sealed.clone()
        });
    let nonces = with_one_bit_changed(&sealed.nonce)
        .into_iter()
        .map(|nonce| SealedPersonalData {
            nonce,
            ..sealed.clone()
        });
    for altered in ciphertexts.chain(nonces) {
        assert!(matches!(
            it.key.open::<Identity>(&it.place(), &altered),
            Err(KeyringError::DoesNotOpen)
        ));
    }
    for nonce in ["", "not base64!", "AAAA"] {
        let altered = SealedPersonalData {
            nonce: nonce.to_owned(),
            ..sealed.clone()
        };
        assert!(it.key.open::<Identity>(&it.place(), &altered).is_err());
    }
}

#[test]
fn the_same_value_never_looks_the_same_twice() {
    let it = fixture();
    let seal = || it.key.seal(&it.place(), &identity("Dupont")).unwrap();
    let (one, two) = (seal(), seal());
    assert_ne!(one.nonce, two.nonce);
    assert_ne!(one.ciphertext, two.ciphertext);
}

#[test]
fn lengths_tell_only_blocks() {
    let it = fixture();
    let length = |name: &str| {
        let sealed = it.key.seal(&it.place(), &identity(name)).unwrap();
        STANDARD.decode(sealed.ciphertext).unwrap().len()
    };
    assert_eq!(length("Li"), length("Dupont"));
    assert_eq!((length("Dupont") - 16) % 64, 0);
    assert_eq!((length(&"a".repeat(100)) - 16) % 64, 0);
}

#[test]
fn a_stored_key_opens_only_for_its_registration_epoch_and_id() {
    let it = fixture();
    let opens = |registration, stored: &WrappedKey| it.keyring.unwrap(registration, stored).is_ok();
    assert!(opens(it.registration, &it.stored));
    assert!(!opens(RegistrationId(Uuid::now_v7()), &it.stored));
    assert!(!opens(
        it.registration,
        &WrappedKey {
            key_id: Uuid::new_v4(),
            ..it.stored.clone()
        }
    ));
    assert!(!opens(
        it.registration,
        &WrappedKey {
            epoch: "../master.key".into(),
            ..it.stored.clone()
        }
    ));
    for place in 0..it.stored.wrapped.len() {
        let mut stored = it.stored.clone();
        stored.wrapped[place] ^= 1;
        assert!(!opens(it.registration, &stored));
    }
}

#[test]
fn directory_entries_open_for_their_own_index_only() {
    let it = fixture();
    let (index, other) = (it.keyring.contact_index("1"), it.keyring.contact_index("2"));
    let sealed = it.keyring.seal_directory(&index, &["00000040600017"]).unwrap();
    assert_eq!(
        it.keyring.open_directory::<Vec<String>>(&index, &sealed).unwrap(),
        ["00000040600017"]
    );
    assert!(it.keyring.open_directory::<Vec<String>>(&other, &sealed).is_err());
    for place in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[place] ^= 0x40;
        assert!(
            it.keyring
                .open_directory::<Vec<String>>(&index, &altered)
                .is_err()
        );
    }
}

#[test]
fn errors_and_debug_say_nothing_of_the_person() {
    let it = fixture();
    let sealed = it.key.seal(&it.place(), &"Dupont").unwrap();
    let fault = it.key.open::<Identity>(&it.place(), &sealed).unwrap_err();
    let shown = format!("{fault} {fault:?} {:?} {:?} {:?}", it.key, it.stored, it.keyring);
    assert!(!shown.contains("Dupont"));
    assert!(!shown.contains("wrapped: ["), "{shown}");
    let address = EmailAddress::parse("clare.dupont@example.org").unwrap();
    assert_eq!(
        format!("{:?}", it.keyring.blind_index(&address)),
        "BlindIndex([personal])"
    );
}
