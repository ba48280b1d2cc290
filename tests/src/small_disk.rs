//! A disk that can be filled: some megabytes of memory, mounted where a server keeps its files. Mounting is root's.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::Uid;

/// The disk. It is taken away when dropped.
pub struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts one at a folder, which is made; none where we are not root.
    pub fn mount(path: &Path, megabytes: u32) -> Option<Self> {
        if !Uid::effective().is_root() {
            return None;
        }
        fs::create_dir_all(path).expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(path)
            .status();
        mounted.is_ok_and(|it| it.success()).then(|| Self {
            path: path.to_owned(),
        })
    }

    /// Takes all that is left.
    pub fn fill(&self) {
        let mut file = File::create(self.filling()).expect("a file");
        for size in [1 << 20, 4 << 10, 512] {
            let block = vec![1; size];
            while file.write_all(&block).is_ok() {}
        }
    }

    /// Gives it back.
    pub fn clear(&self) {
        fs::remove_file(self.filling()).expect("it was filled");
    }

    fn filling(&self) -> PathBuf {
        self.path.join("filling")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Files may still be open: it goes when they are closed.
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}
