//! Roles that nobody runs. What they do was done by others once, so that an installation may not know that it lacks them.

use std::time::Duration;

use runtime::CancellationToken;
use sqlx::PgPool;

use crate::roles::Role;

/// Roles are started together: a first look sooner would miss those that come up last.
const FIRST_LOOK: Duration = Duration::from_secs(30);
/// Between looks.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// What stands still while a role runs nowhere, and who tells so.
fn stands_still(teller: Role) -> Option<(Role, &'static str)> {
    match teller {
        Role::Projector => Some((
            Role::Feed,
            "subscribers get nothing, neither on NATS nor by webhooks",
        )),
        Role::Mailer => Some((
            Role::Worker,
            "nobody is reminded, attached or erased, and registers are not asked again",
        )),
        _ => None,
    }
}

/// Tells of the role that this one's installation lacks, at each change, until told to stop.
pub async fn tell(teller: Role, pool: PgPool, stop: CancellationToken) -> anyhow::Result<()> {
    let Some((wanted, consequence)) = stands_still(teller) else {
        stop.cancelled().await;
        return Ok(());
    };
    let (mut pause, mut told) = (FIRST_LOOK, false);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(pause) => pause = LOOK_EVERY,
        }
        // A database that is away is told by everybody else.
        let Ok(runs) = runs_somewhere(&pool, wanted).await else {
            continue;
        };
        if !runs && !told {
            let role = wanted.name();
            tracing::warn!("nobody runs `onboarding {role}`: {consequence}");
        }
        told = !runs;
    }
}

/// The roles that nobody runs while others do; nothing where all run in one process, or none does.
///
/// # Errors
/// When the database does not answer.
pub async fn among_those_that_run(pool: &PgPool) -> Result<Vec<&'static str>, sqlx::Error> {
    let running: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()",
    )
    .fetch_all(pool)
    .await?;
    let runs = |name: &str| running.iter().any(|it| it == name);
    let missing = Role::ALL.map(Role::name).into_iter().filter(|it| !runs(it));
    let missing: Vec<_> = missing.collect();
    match runs("up") || missing.len() == Role::ALL.len() {
        true => Ok(Vec::new()),
        false => Ok(missing),
    }
}

/// Whether a role has sessions on this database, alone or with all others in one process.
async fn runs_somewhere(pool: &PgPool, role: Role) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_stat_activity
                         WHERE datname = current_database() AND application_name IN ($1, 'up'))",
    )
    .bind(role.name())
    .fetch_one(pool)
    .await
}
