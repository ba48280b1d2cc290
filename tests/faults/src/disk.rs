//! Small disks that can be filled: memory mounted as a folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::unistd::Uid;

/// Takes the mount away when the pipe closes, however the program that holds it ends.
const UNMOUNTER: &str = r#"cat >/dev/null; umount -l "$1""#;
/// What is written to fill a disk, piece by piece.
const PIECE: usize = 64 * 1024;

/// A disk of its own below a folder.
pub struct Disk {
    folder: PathBuf,
    unmounter: Child,
}

impl Disk {
    /// Whether disks can be mounted here: root alone may.
    pub fn can_be_made() -> bool {
        Uid::effective().is_root()
    }

    /// Mounts so many MiB in place of a folder. What was in it moves along; nobody may use it meanwhile.
    pub fn mount(folder: &Path, mebibytes: u32) -> Self {
        let before = folder.with_extension("before");
        let existed = folder.exists();
        if existed {
            fs::rename(folder, &before).expect("the folder can be moved");
        }
        fs::create_dir_all(folder).expect("a folder");
        run(
            "mount",
            &[
                "-t",
                "tmpfs",
                "-o",
                &format!("size={mebibytes}m"),
                "tmpfs",
                &folder.display().to_string(),
            ],
        );
        let unmounter = Command::new("/bin/sh")
            .args(["-c", UNMOUNTER, "unmounter"])
            .arg(folder)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        if existed {
            run(
                "cp",
                &[
                    "-aT",
                    &before.display().to_string(),
                    &folder.display().to_string(),
                ],
            );
            fs::remove_dir_all(&before).expect("the folder moved along");
        }
        Self {
            folder: folder.to_owned(),
            unmounter,
        }
    }

    /// Takes all room that is left; called again, what was given up by others meanwhile.
    pub fn fill(&self) {
        let Ok(mut file) = File::options().append(true).create(true).open(self.filler()) else {
            return;
        };
        let zeros = vec![0; PIECE];
        // To the last byte: first by large pieces, then by ever smaller ones.
        let mut piece = PIECE;
        while piece > 0 {
            if file.write_all(&zeros[..piece]).is_err() {
                piece /= 2;
            }
        }
    }

    /// Gives the room back.
    pub fn free(&self) {
        let _ = fs::remove_file(self.filler());
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.unmounter.stdin.take());
        let _ = self.unmounter.wait();
    }
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} does not run: {error}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
