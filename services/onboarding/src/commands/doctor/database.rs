//! PostgreSQL: what it is, what we may do there, whether it commits, and who is in whose way.

use std::time::Duration;

use chrono::{DateTime, Utc};
use runtime::health::Finding;
use runtime::postgres::{self, Sessions};

use super::advice;
use crate::ground::Ground;

/// Clocks of the database and of this machine may differ by so much.
const CLOCK_DIFFERENCE_MAX: Duration = Duration::from_secs(2);
/// The oldest PostgreSQL that the tables are made for.
const POSTGRES_MIN: i32 = 140_000;
/// A commit that takes longer hangs.
const COMMIT_PATIENCE: Duration = Duration::from_secs(3);
/// A transaction may wait for a standby for so many seconds.
const STANDBY_WAIT_MAX: f64 = 5.0;
/// A session may wait for a lock for so many seconds; after 5 the service's own are refused, and wait anew.
const LOCK_WAIT_MAX: f64 = 2.0;
/// What others wait for may be held for so many seconds: appends take some milliseconds.
const LOCK_HELD_MAX: f64 = 5.0;
/// A transaction of ours that has been open for longer is looked at: daily work is done in seconds.
const TRANSACTION_MAX: f64 = 60.0;

/// Everything about the database.
pub async fn examine(ground: &Ground) -> Vec<Finding> {
    let mut findings = match rights_and_settings(ground).await {
        Ok(findings) => findings,
        Err(fault) => vec![at_fault("postgresql", &fault)],
    };
    let sessions = match sessions(ground).await {
        Ok(sessions) => sessions,
        Err(fault) => {
            findings.push(at_fault("sessions", &fault));
            return findings;
        }
    };
    findings.push(match neighbours(ground).await {
        Ok(finding) => finding,
        Err(fault) => at_fault("neighbours", &fault),
    });
    findings.push(transactions(&sessions));
    findings.push(locks(&sessions));
    findings.push(commits(ground, &sessions).await);
    findings
}

fn at_fault(subject: &'static str, fault: &sqlx::Error) -> Finding {
    Finding::fault(
        subject,
        fault.to_string(),
        advice::of(fault, "see that PostgreSQL runs and that the URL is right"),
    )
}

async fn rights_and_settings(ground: &Ground) -> Result<Vec<Finding>, sqlx::Error> {
    let (version, number): (String, i32) = sqlx::query_as(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int",
    )
    .fetch_one(&ground.pool)
    .await?;
    let (recovering, read_only): (bool, bool) =
        sqlx::query_as("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean")
            .fetch_one(&ground.pool)
            .await?;
    let role: String = sqlx::query_scalar("SELECT current_user::text")
        .fetch_one(&ground.pool)
        .await?;
    let (may_update, may_delete): (bool, bool) = sqlx::query_as(
        "SELECT has_table_privilege('public.events', 'UPDATE'), has_table_privilege('public.events', 'DELETE')",
    )
    .fetch_one(&ground.pool)
    .await?;
    let guards: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'public.events'::regclass AND NOT tgisinternal AND tgenabled = 'A'",
    )
    .fetch_one(&ground.pool)
    .await?;
    let there: DateTime<Utc> = sqlx::query_scalar("SELECT clock_timestamp()")
        .fetch_one(&ground.pool)
        .await?;
    let apart = (Utc::now() - there).abs().to_std().unwrap_or(Duration::MAX);
    let synchronous: String = sqlx::query_scalar("SELECT current_setting('synchronous_commit')")
        .fetch_one(&ground.pool)
        .await?;
    Ok(vec![
        Finding::judged(
            "postgresql",
            number >= POSTGRES_MIN,
            version,
            "use PostgreSQL 14 or newer",
        ),
        Finding::judged(
            "takes writes",
            !read_only,
            match (recovering, read_only) {
                (true, _) => "no: it is a standby",
                (false, true) => "no: it is set to read only",
                (false, false) => "yes",
            },
            "name the primary, or all servers, as in postgres://user@h1,h2/onboarding; on a primary, look who set \
             default_transaction_read_only",
        ),
        Finding::judged(
            "durability",
            synchronous != "off",
            format!("synchronous_commit = {synchronous}"),
            "set synchronous_commit to on: an acknowledged step must survive a crash",
        ),
        Finding::judged(
            "rights on events",
            !may_update && !may_delete,
            format!("as {role}: update {may_update}, delete {may_delete}"),
            "let the migrating login create the role onboarding_service, or create it and grant it",
        ),
        Finding::judged(
            "guards of events",
            guards == 3,
            format!("{guards} of 3 triggers always on"),
            "a trigger of public.events was switched off: find out by whom, verify the log, switch it on",
        ),
        Finding::judged(
            "clocks",
            apart <= CLOCK_DIFFERENCE_MAX,
            format!("{} ms apart", apart.as_millis()),
            "synchronise the clocks; expiry is judged by the database's",
        ),
    ])
}

/// Whether logins of other installations in this cluster, who are members of the same roles, get in here.
async fn neighbours(ground: &Ground) -> Result<Finding, sqlx::Error> {
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT rolname::text FROM pg_roles
          WHERE rolcanlogin AND NOT rolsuper AND rolname <> session_user
            AND pg_has_role(oid, 'onboarding_service', 'MEMBER')
            AND has_database_privilege(oid, current_database(), 'CONNECT')
          ORDER BY 1",
    )
    .fetch_all(&ground.pool)
    .await?;
    Ok(match others.is_empty() {
        true => Finding::fine("neighbours", "no login of another installation gets in"),
        false => Finding::warning(
            "neighbours",
            format!("these logins may act as the service here: {}", others.join(", ")),
            "unless they are yours: `REVOKE CONNECT ON DATABASE … FROM PUBLIC`, and from them, as the database's owner",
        ),
    })
}

async fn sessions(ground: &Ground) -> Result<Sessions, sqlx::Error> {
    let mut login = postgres::connect_once(&ground.servers.postgres_url, "doctor").await?;
    Sessions::look(&mut login).await
}

fn transactions(sessions: &Sessions) -> Finding {
    let Some(oldest) = &sessions.oldest_transaction else {
        return Finding::fine("sessions", "no transaction of ours is open");
    };
    let hangs = oldest.waits_for_standby && oldest.seconds > STANDBY_WAIT_MAX;
    Finding::judged(
        "sessions",
        !hangs && oldest.seconds < TRANSACTION_MAX,
        format!(
            "our oldest transaction is {:.1} s old: {} (pid {}, {})",
            oldest.seconds,
            oldest.who,
            oldest.pid,
            match oldest.waits_for_standby {
                true => "waits for a standby",
                false => &oldest.state,
            }
        ),
        match oldest.waits_for_standby {
            true => advice::STANDBY,
            false => {
                "an import, export, rebuild or migration may take long; anything else has been left behind: \
                 `SELECT pg_terminate_backend(PID)` ends it, and what it did is undone"
            }
        },
    )
}

fn locks(sessions: &Sessions) -> Finding {
    let Some(wait) = &sessions.longest_wait else {
        return Finding::fine("locks", "nobody waits for one");
    };
    let behind_commits = sessions
        .oldest_transaction
        .as_ref()
        .is_some_and(|oldest| oldest.waits_for_standby);
    Finding::judged(
        "locks",
        wait.seconds < LOCK_WAIT_MAX && wait.held_seconds < LOCK_HELD_MAX,
        format!(
            "{} (pid {}) waits for {:.1} s, for {}, open for {:.1} s",
            wait.who, wait.pid, wait.seconds, wait.holders, wait.held_seconds
        ),
        match behind_commits {
            true => advice::STANDBY,
            false => {
                "look what holds it: an import or a migration ends by itself; a session that is idle in a transaction, or \
                 that nobody knows, ends with `SELECT pg_terminate_backend(PID)`"
            }
        },
    )
}

/// Whether the database commits. Not tried when commits hang visibly: each try would be one more that hangs.
async fn commits(ground: &Ground, sessions: &Sessions) -> Finding {
    let hangs = sessions
        .oldest_transaction
        .as_ref()
        .is_some_and(|it| it.waits_for_standby && it.seconds > STANDBY_WAIT_MAX);
    if hangs {
        return Finding::fault("commits", "they hang, see `sessions`", advice::STANDBY);
    }
    let tried = async {
        let mut session = postgres::session_that_writes(&ground.pool).await?;
        postgres::write(&mut session).await
    };
    match tokio::time::timeout(COMMIT_PATIENCE, tried).await {
        Ok(Ok(())) => Finding::fine("commits", "one was made"),
        Ok(Err(fault)) => at_fault("commits", &fault),
        Err(_) => Finding::fault(
            "commits",
            format!("none within {} s", COMMIT_PATIENCE.as_secs()),
            "see whether a synchronous standby answers (pg_stat_replication on the primary) and whether the disk does",
        ),
    }
}
