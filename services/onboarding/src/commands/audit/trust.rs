//! What a verification on this machine holds against the logs: keys, kept checkpoints, and what is remembered as signed.

use std::io::ErrorKind;

use anyhow::Context;
use auditor::Trust;
use store::SignedLog;
use tlog::Verifier;

use crate::ground::Ground;

/// What the log of events and the log of accesses are held against. A checkpoint that was kept goes to the log that it names.
pub async fn held_against(
    ground: &Ground,
    key: Option<Verifier>,
    kept: Vec<(String, String)>,
) -> anyhow::Result<(Trust, Trust)> {
    let told = key.is_some();
    let events = match key {
        Some(key) => key,
        None => own_key(ground)?,
    };
    let accesses = events.named(&SignedLog::Accesses.origin(events.name()))?;
    let is_of_accesses = |note: &str| note.lines().next() == Some(accesses.name());
    let (of_accesses, of_events) = kept.into_iter().partition(|(_, note)| is_of_accesses(note));
    let client = ground.nats("audit").await.ok();
    let all = async |key, log, kept| {
        anyhow::Ok(Trust {
            key,
            // Who knows the one key knows the other; a log in which nobody looked yet has nothing signed.
            told: told && log == SignedLog::Events,
            kept,
            remembered: remembered(ground, client.as_ref(), log).await?,
        })
    };
    Ok((
        all(events, SignedLog::Events, of_events).await?,
        all(accesses, SignedLog::Accesses, of_accesses).await?,
    ))
}

fn own_key(ground: &Ground) -> anyhow::Result<Verifier> {
    let signer = ground.keyring.log_signer(&ground.log_origin()?)?;
    Ok(signer.verifier().clone())
}

/// What was signed as this machine and the bus remember it. A bus that is away remembers nothing.
async fn remembered(
    ground: &Ground,
    client: Option<&async_nats::Client>,
    log: SignedLog,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let file = relay::signing::memory_file(&ground.config.data_dir, log);
    match std::fs::read_to_string(&file) {
        Ok(note) => found.push((file.display().to_string(), note)),
        Err(fault) if fault.kind() == ErrorKind::NotFound => {}
        Err(fault) => return Err(fault).context(file.display().to_string()),
    }
    if let Some(client) = client {
        let published = relay::signing::published(client, log).await;
        found.extend(published.map(|note| ("bus".to_owned(), note)));
    }
    Ok(found)
}
