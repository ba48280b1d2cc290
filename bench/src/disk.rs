//! What reading a file costs by itself: from the disk, from memory, and decompressed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::family;
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};

/// Bytes read at once, as the import reads.
const BUFFER_BYTES: usize = 256 * 1024;

/// What something took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Took {
    /// From its beginning to its end.
    pub wall: Duration,
    /// Time on a core.
    pub cpu: Duration,
}

/// Asks the system to forget what it has of a file in memory, so that the next reading comes from the disk.
///
/// # Errors
/// When the file cannot be opened or the system refuses.
pub fn forget(path: &Path) -> io::Result<()> {
    posix_fadvise(File::open(path)?, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
    Ok(())
}

/// Reads a file to its end and does nothing with it.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> io::Result<Took> {
    timed(File::open(path)?, |_| {})
}

/// Reads a file to its end and counts its lines.
///
/// # Errors
/// When it cannot be read.
pub fn count_lines(path: &Path) -> io::Result<(Took, usize)> {
    let mut lines = 0;
    let took = timed(File::open(path)?, |text| {
        lines += memchr::memchr_iter(b'\n', text).count()
    })?;
    Ok((took, lines))
}

/// Decompresses a gzip file to its end and does nothing with it.
///
/// # Errors
/// When it cannot be read.
pub fn decompress(path: &Path) -> io::Result<Took> {
    let file = io::BufReader::with_capacity(BUFFER_BYTES / 2, File::open(path)?);
    timed(flate2::bufread::MultiGzDecoder::new(file), |_| {})
}

fn timed(mut reader: impl Read, mut each: impl FnMut(&[u8])) -> io::Result<Took> {
    let (begun, used) = (Instant::now(), family::cpu_of(std::process::id()));
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match reader.read(&mut buffer)? {
            0 => {
                return Ok(Took {
                    wall: begun.elapsed(),
                    cpu: family::cpu_of(std::process::id()).saturating_sub(used),
                });
            }
            count => each(&buffer[..count]),
        }
    }
}
