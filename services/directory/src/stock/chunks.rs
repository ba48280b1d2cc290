//! Text read in one thread, hashed in a second and handed to a third, in chunks of whole lines.
//!
//! Reading and decompressing, hashing and parsing cost about the same each, so side by side they cost little more than
//! the dearest of them. Few chunks exist, and they go round.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use memchr::memrchr;
use sha2::{Digest, Sha256};

use crate::import::{Content, ImportError, Input};

/// Bytes of a chunk: it stays in a core's cache from one thread to the next.
const CHUNK_BYTES: usize = 256 * 1024;
/// Chunks between two threads.
const CHUNKS_AHEAD: usize = 4;

/// Reads the input to its end, hands each chunk to `each`, and gives what that makes of it with the SHA-256 of all bytes.
///
/// A chunk ends with a line's end, save the last one and those within a line that is longer than a chunk.
pub fn read_in_chunks<T>(
    input: Input,
    each: impl FnOnce(&mut dyn FnMut() -> Option<Chunk>) -> Result<T, ImportError>,
) -> Result<(T, [u8; 32]), ImportError> {
    let (to_hash, read) = sync_channel(CHUNKS_AHEAD);
    let (to_parse, hashed) = sync_channel(CHUNKS_AHEAD);
    let (used, free) = sync_channel(2 * CHUNKS_AHEAD + 3);
    thread::scope(|scope| {
        let reading = scope.spawn(move || input.read_with(|content| read_text(content, &to_hash, &free))?);
        let hashing = scope.spawn(move || hash_all(&read, &to_parse));
        let parsed = each(&mut || {
            let bytes = hashed.recv().ok()?;
            Some(Chunk {
                bytes,
                used: used.clone(),
            })
        });
        // Whoever still wants to hand over a chunk finds nobody there and ends.
        drop(hashed);
        let read: Result<(), io::Error> = reading.join().map_err(|_| ImportError::ReaderLost)?;
        let hash = hashing.join().map_err(|_| ImportError::ReaderLost)?;
        // A file that could not be read to its end explains whatever parsing made of it; when parsing ends first, reading
        // ends well.
        read?;
        let parsed = parsed?;
        Ok((parsed, hash))
    })
}

fn read_text(
    content: Content<'_>,
    to_hash: &SyncSender<Vec<u8>>,
    free: &Receiver<Vec<u8>>,
) -> io::Result<()> {
    match content {
        Content::Text(reader) => read_all(reader, to_hash, free),
        Content::Workbook(_) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is an Excel workbook, which holds no stock file: fetch INSEE's CSV",
        )),
    }
}

/// Some of the text. Its memory is used again once it is dropped.
pub struct Chunk {
    bytes: Vec<u8>,
    used: SyncSender<Vec<u8>>,
}

impl Chunk {
    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // When nobody wants it any more, it is freed.
        let _ = self.used.try_send(std::mem::take(&mut self.bytes));
    }
}

fn read_all(
    reader: &mut dyn Read,
    to_hash: &SyncSender<Vec<u8>>,
    free: &Receiver<Vec<u8>>,
) -> io::Result<()> {
    let mut next = Vec::new();
    loop {
        let mut chunk = std::mem::take(&mut next);
        let is_end = fill(reader, &mut chunk)?;
        if !is_end && let Some(line_end) = memrchr(b'\n', &chunk) {
            next = free.try_recv().unwrap_or_default();
            next.clear();
            next.extend_from_slice(&chunk[line_end + 1..]);
            chunk.truncate(line_end + 1);
        }
        // Nobody listens any more when parsing has failed, which says why itself.
        if to_hash.send(chunk).is_err() || is_end {
            return Ok(());
        }
    }
}

/// Fills a chunk; true at the end of the input.
fn fill(reader: &mut dyn Read, chunk: &mut Vec<u8>) -> io::Result<bool> {
    let mut filled = chunk.len();
    chunk.resize(CHUNK_BYTES, 0);
    while filled < CHUNK_BYTES {
        match reader.read(&mut chunk[filled..]) {
            Ok(0) => {
                chunk.truncate(filled);
                return Ok(true);
            }
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn hash_all(read: &Receiver<Vec<u8>>, to_parse: &SyncSender<Vec<u8>>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for chunk in read {
        digest.update(&chunk);
        if to_parse.send(chunk).is_err() {
            break;
        }
    }
    digest.finalize().into()
}
