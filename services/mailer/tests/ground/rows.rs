//! A ledger of mails on a real PostgreSQL, and what may be written to it.

use domain::registration::event::FailureReason;
use domain::values::RegistrationId;
use mailer::ledger::{End, Ended, Ledger, MailKey, Settled, Settlement, Standing};
use mailer::transport::cause::Cause;
use mailer::transport::failure::Trouble;
use mailer::transport::reply::{Command, Reply};
use sqlx::PgPool;
use uuid::Uuid;

use crate::cluster::{Database, migrated_database};

/// The ledger as the service uses it, and the pool that may change a row behind its back.
pub async fn ledger() -> (Ledger, PgPool, Database) {
    let database = migrated_database().await;
    let service = database::pool_options()
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::Executor::execute(connection, "SET ROLE onboarding_service")
                    .await
                    .map(|_| ())
            })
        })
        .connect_lazy_with(database.options.clone());
    (Ledger::new(service), database.owner.clone(), database)
}

pub fn mail() -> MailKey {
    let key = Uuid::now_v7().to_string();
    MailKey {
        message_id: format!("{key}@example.org"),
        key,
        registration: RegistrationId(Uuid::now_v7()),
    }
}

/// Lets every lease and wait end.
pub async fn let_time_pass(owner: &PgPool) {
    sqlx::query(
        "UPDATE mailer.ledger SET not_before = '-infinity',
                lease_until = CASE WHEN lease IS NOT NULL THEN clock_timestamp() - interval '1 second' END,
                recorded_at = recorded_at - interval '31 days'",
    )
    .execute(owner)
    .await
    .unwrap();
}

/// A mail that a server took, as it said with 250.
pub const SENT: Settlement = Settlement::Ended(End::Sent { code: Some(250) });

/// Why a server puts a mail off.
pub fn put_off_by(code: u16) -> Trouble {
    Trouble {
        cause: Cause::Later,
        command: Some(Command::Rcpt),
        reply: Some(Reply { code, enhanced: None }),
    }
}

/// A mail that a server refused for good.
pub const REFUSED: Settlement = Settlement::Ended(End::Failed {
    reason: FailureReason::Refused,
    reply: Some(Reply {
        code: 550,
        enhanced: None,
    }),
});

/// The mail of a row that is over.
#[track_caller]
pub fn ended(settled: Settled) -> Ended {
    match settled {
        Settled::Ended(ended) => ended,
        other => panic!("not over: {other:?}"),
    }
}

pub fn is_open(standing: Standing) -> bool {
    matches!(standing, Standing::Open { .. })
}
