//! The witness's own files: its key, its memory, and evidence.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Result, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The seed in the file, 64 hexadecimal digits; made when there is no file.
pub(crate) fn seed(file: &Path) -> Result<[u8; 32]> {
    if let Some(text) = read(file)? {
        let text = text.trim();
        let mut seed = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(Error::new(ErrorKind::InvalidData, "this is not a witness's key"));
        }
        for (place, byte) in seed.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16)
                .map_err(|_| Error::new(ErrorKind::InvalidData, "this is not a witness's key"))?;
        }
        return Ok(seed);
    }
    let seed: [u8; 32] = rand::random();
    let mut made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    let text: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
    writeln!(made, "{text}")?;
    made.sync_all()?;
    Ok(seed)
}

/// The file's text; none when there is no file.
pub(crate) fn read(file: &Path) -> Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Keeps the text so that a crash leaves this one or the last one.
pub(crate) fn write(file: &Path, text: &str) -> Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let fresh = file.with_file_name(format!(".{name}.{}", std::process::id()));
    let mut made = File::create(&fresh)?;
    made.write_all(text.as_bytes())?;
    made.sync_all()?;
    fs::rename(fresh, file)
}

/// Keeps two checkpoints that cannot both be true, and says where.
pub(crate) fn keep_evidence(state: &Path, then: &str, now: &str) -> Result<PathBuf> {
    let name = state.file_name().unwrap_or_default().to_string_lossy();
    let evidence = state.with_file_name(format!("{name}.forked"));
    write(&evidence, &format!("{then}\n{now}"))?;
    Ok(evidence)
}
