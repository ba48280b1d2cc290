//! What to do about a fault of the database, by its cause. Advice that costs much is given for the one fault that needs it.

use relay::Halt;
use relay::signing::SigningError;
use runtime::postgres::ConnectError;
use store::Unavailable;

/// Bringing back a synchronous standby, or doing without.
pub const STANDBY: &str = "commits wait for a synchronous standby that does not answer: bring it back, or take it out of \
    synchronous_standby_names on the primary and reload; nothing is lost meanwhile, and all goes on by itself";

/// For a fault of whatever a finding asked of the database; `otherwise` when the database itself is well.
pub fn of(fault: &(dyn std::error::Error + 'static), otherwise: &'static str) -> &'static str {
    match Unavailable::within(fault) {
        Some(Unavailable::Away) => {
            "see that PostgreSQL runs and that the URL is right; where a standby may take over, the URL names all servers, \
             as in postgres://user@h1,h2/onboarding"
        }
        Some(Unavailable::ReadOnly) => {
            "this server takes no writes: it is a standby, or set to read only; name the primary, or all servers, as in \
             postgres://user@h1,h2/onboarding"
        }
        Some(Unavailable::Full) => {
            "PostgreSQL is out of disk, memory or connections: give it room; all goes on by itself"
        }
        Some(Unavailable::Busy) => {
            "somebody holds a lock for long, or commits hang: see `sessions`, `locks` and `commits` here; nothing needs \
             repair"
        }
        None => otherwise,
    }
}

/// Why the service would not start.
pub fn of_start(fault: &anyhow::Error) -> &'static str {
    match fault.downcast_ref() {
        Some(ConnectError::Shared { .. } | ConnectError::StartUp { .. }) => {
            "docs/runbook.md, \"PostgreSQL behind a pooler\", has the lines of PgBouncer's configuration"
        }
        _ => of(
            fault.as_ref(),
            "mend what is named: the URL, the server, the key file or the data directory",
        ),
    }
}

/// Why nothing could be said of the signatures.
pub fn of_signing(fault: &anyhow::Error) -> &'static str {
    let is_halt = |cause: &(dyn std::error::Error + 'static)| {
        cause.is::<Halt>() || matches!(cause.downcast_ref(), Some(SigningError::Halt(_)))
    };
    match fault.chain().any(is_halt) {
        true => Halt::WAY_OUT,
        false => of(
            fault.as_ref(),
            "see that the data directory and the key can be read, and look at the relay's log",
        ),
    }
}
