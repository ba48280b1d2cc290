//! Whether the log's last events are as they were written, and whether the read models follow.

use chrono::Utc;
use runtime::health::Finding;

use super::{STREAM_PATIENCE, advice};
use crate::ground::Ground;

/// Both.
pub async fn examine(ground: &Ground) -> Vec<Finding> {
    vec![last_events(ground).await, read_models(ground).await]
}

async fn last_events(ground: &Ground) -> Finding {
    const SUBJECT: &str = "last events";
    let looked = async { anyhow::Ok(auditor::latest(&ground.store, &ground.log_origin()?).await?) };
    match looked.await {
        Ok(latest) => Finding::judged(
            SUBJECT,
            latest.divergence == 0,
            format!(
                "{} computed again, {} differ from the log",
                latest.recomputed, latest.divergence
            ),
            "somebody rewrote the database: `onboarding audit verify` names the first position",
        ),
        Err(fault) => Finding::fault(
            SUBJECT,
            format!("{fault:#}"),
            advice::of(fault.as_ref(), "look at the log with `onboarding audit verify`"),
        ),
    }
}

async fn read_models(ground: &Ground) -> Finding {
    const SUBJECT: &str = "read models";
    let looked = async {
        let log = ground.store.log_head().await?.position();
        let at: i64 = sqlx::query_scalar("SELECT min(position) FROM read.checkpoints")
            .fetch_one(&ground.pool)
            .await?;
        let next = ground.store.read_log(at.unsigned_abs() + 1, 1).await?.pop();
        anyhow::Ok((at, log, next))
    };
    match looked.await {
        Ok((at, log, next)) => Finding::judged(
            SUBJECT,
            next.is_none_or(|event| event.recorded_at > Utc::now() - STREAM_PATIENCE),
            format!("at {at}, log at {log}"),
            "start a projector, or look at its log: pages of the console and reminders wait for it",
        ),
        Err(fault) => Finding::fault(
            SUBJECT,
            format!("{fault:#}"),
            advice::of(fault.as_ref(), "look at the projector's log"),
        ),
    }
}
