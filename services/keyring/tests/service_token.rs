//! The token file of another system: private, made once, or an operator's own.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use keyring::{KeyringError, ServiceToken};

#[test]
fn a_missing_token_is_made_private_and_holds_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/directory.token");
    let made = ServiceToken::open(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&file).unwrap();
    let token = text.trim_end();
    assert_eq!(token.len(), 43);
    assert!(made.is(token) && ServiceToken::open(&file).unwrap().is(token));
    for other in ["", "x", &token[1..], &format!("{token}x"), &token.to_uppercase()] {
        assert!(!made.is(other), "{other}");
    }
    assert_eq!(format!("{made:?}"), "ServiceToken([secret])");
}

#[test]
fn an_operators_own_token_must_be_private_and_long() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("directory.token");
    let own = "0123456789abcdef0123456789abcdef";
    let write = |text: &str, mode| {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    };
    write(&format!("{own}\r\n"), 0o640);
    assert!(ServiceToken::open(&file).unwrap().is(own));
    write(own, 0o644);
    assert!(matches!(
        ServiceToken::open(&file),
        Err(KeyringError::TooOpen { .. })
    ));
    for bad in [
        "",
        &own[1..],
        "0123456789 abcdef 0123456789 abcdef",
        "é".repeat(32).as_str(),
    ] {
        write(bad, 0o600);
        assert!(
            matches!(ServiceToken::open(&file), Err(KeyringError::Format { .. })),
            "{bad}"
        );
    }
}
