//! `onboarding erasure certificate | keys | verify`

use std::path::Path;

use anyhow::Context;
use domain::values::RegistrationId;
use runtime::Config;
use tlog::Verifier;
use usecases::{ErasureCertificate, Nudge};

use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::say;

/// Prints the certificate, which is JSON anyway.
pub async fn show(config: &Config, registration: RegistrationId) -> anyhow::Result<Exit> {
    let certificate = standing(config, "erasure", async |ground| {
        let onboarding = ground.onboarding(Nudge::default())?;
        Ok(onboarding.erasure_certificate(registration).await?)
    })
    .await?;
    match certificate {
        Some(certificate) => {
            say(serde_json::to_string_pretty(&certificate)?);
            Ok(Exit::Fine)
        }
        None => {
            eprintln!(
                "{registration} is not erased, or no signed checkpoint covers it yet: the relay signs every few seconds"
            );
            Ok(Exit::Fault)
        }
    }
}

/// Prints the keys, one a line.
pub async fn keys(config: &Config) -> anyhow::Result<Exit> {
    let keys = standing(config, "erasure", async |ground| {
        Ok(ground.onboarding(Nudge::default())?.certificate_keys()?)
    })
    .await?;
    for key in keys {
        say(key);
    }
    Ok(Exit::Fine)
}

/// Verifies a certificate from its file and the two keys alone.
pub fn verify(file: &Path, statements: &str, log: &str) -> anyhow::Result<Exit> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let (Ok(statements), Ok(log)) = (Verifier::parse(statements), Verifier::parse(log)) else {
        eprintln!("a key has the form NAME+KEYID+BASE64, as `onboarding erasure keys` prints it");
        return Ok(Exit::WrongUsage);
    };
    let Ok(certificate) = serde_json::from_str::<ErasureCertificate>(&text) else {
        eprintln!("{} is no certificate of an erasure", file.display());
        return Ok(Exit::Difference);
    };
    match certificate.verify(&statements, &log) {
        Ok(registration) => {
            say(format_args!(
                "{registration} was erased; the statement, the event and its proof hold"
            ));
            Ok(Exit::Fine)
        }
        Err(fault) => {
            eprintln!("{fault}");
            Ok(Exit::Difference)
        }
    }
}
