//! The program under test.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use crate::programs::repository;

/// `onboarding`, beside this test program in the target folder. `TESTED_BINARY` names another; when there is none, it is
/// built once. Cargo does not build it for these tests by itself, hence `script/test` builds it first.
pub static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    if let Some(named) = std::env::var_os("TESTED_BINARY") {
        return PathBuf::from(named);
    }
    let program = std::env::current_exe().expect("a program knows where it is");
    let folder = program
        .ancestors()
        .nth(2)
        .expect("tests lie in target/<profile>/deps");
    let binary = folder.join("onboarding");
    if !binary.is_file() {
        let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--locked", "-p", "onboarding"])
            .current_dir(repository())
            .status()
            .expect("cargo runs");
        assert!(built.success(), "`cargo build -p onboarding` failed");
    }
    binary
});
