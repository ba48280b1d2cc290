//! `onboarding doctor`: what is set, what answers, and what to do about each fault.

mod advice;
mod database;
mod log;
mod mails;
mod print;
mod registers;
mod subscribers;

use std::time::Duration;

use async_nats::jetstream;
use chrono::{DateTime, Utc};
use runtime::health::{Finding, Level};
use runtime::outage::chain;
use runtime::{Config, nats};

use crate::exit::Exit;
use crate::front;
use crate::ground::{Ground, LostKeys, lost_keys, standing};
use crate::missing_roles;
use crate::settings;
use crate::terminal::{paints, say, say_json};
use print::{sum, told};

/// A message that takes longer is not stored.
const STORE_PATIENCE: Duration = Duration::from_secs(5);
const NATS_ROOM: &str = "see that the disk of nats-server has room, and that a majority of a cluster is there; nothing is \
    lost, events wait in the database and go out by themselves";

/// An event that is not on the stream after this long is a fault.
const STREAM_PATIENCE: chrono::TimeDelta = chrono::TimeDelta::seconds(10);
/// nats-server 2.15.1 writes nothing more to a stream that met a full disk, and its `/healthz` says so.
const STREAM_BEHIND: &str = "start the relay. If it runs and says that publishing gets no answer while `jetstream stores` is \
    fine, the stream met a full disk: give it room and restart nats-server (its log: \"critical write error\"); events wait in \
    the database and go out by themselves";

/// So much is written to see whether there is room.
const ROOM_BYTES: usize = 64 * 1024;
/// An event without a checkpoint over it is a fault after this long.
const SIGNING_PATIENCE: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

/// Runs the command. Its exit code is 1 when anything is at fault; a warning is none.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let mut findings = vec![Finding::fine(
        "configuration",
        format!("read; data directory {}", config.data_dir.display()),
    )];
    match standing(config, "doctor", async |ground| Ok(examine(ground).await)).await {
        Ok(more) => findings.extend(more),
        Err(fault) => findings.push(Finding::fault(
            "servers and keys",
            chain(fault.as_ref()),
            advice::of_start(&fault),
        )),
    }
    if json {
        say_json(&findings)?;
    } else {
        let painted = paints();
        findings.iter().for_each(|it| say(told(it, painted)));
        say(sum(&findings));
    }
    Ok(match findings.iter().any(|it| it.level == Level::Fault) {
        true => Exit::Fault,
        false => Exit::Fine,
    })
}

/// Looks at everything.
pub async fn examine(ground: &Ground) -> Vec<Finding> {
    let mut findings = vec![Finding::fine(
        "master key",
        format!("opens: {}", ground.config.master_key_file.display()),
    )];
    findings.push(epochs(ground).await);
    findings.extend(database::examine(ground).await);
    let (client, more) = bus(ground).await;
    findings.extend(more);
    findings.extend(subscribers::examine(ground, client.as_ref()).await);
    findings.push(signing(ground).await);
    findings.extend(log::examine(ground).await);
    findings.push(conformance(ground).await);
    findings.extend(settings::examine(ground));
    findings.push(front::examine(ground).await);
    findings.extend(mails::examine(ground).await);
    findings.extend(registers::examine(ground).await);
    findings.push(roles(ground).await);
    what_follows_from_commits(&mut findings);
    findings.push(data_directory(ground).await);
    findings
}

/// Whether somebody does the work of each role.
async fn roles(ground: &Ground) -> Finding {
    match missing_roles::among_those_that_run(&ground.pool).await {
        Ok(missing) if missing.is_empty() => Finding::fine("roles", "none is missing beside those that run"),
        Ok(missing) => Finding::warning(
            "roles",
            format!("nobody runs {}", missing.join(", ")),
            "start `onboarding` with each of these names; what each does stands in docs/ARCHITECTURE.md",
        ),
        Err(fault) => Finding::fault("roles", fault.to_string(), advice::of(&fault, "see `postgresql`")),
    }
}

/// While commits hang nothing is published and nothing is signed, whatever the relay does.
fn what_follows_from_commits(findings: &mut [Finding]) {
    let hang = findings.iter().any(|it| it.subject == "commits" && !it.fine);
    let followers = findings
        .iter_mut()
        .filter(|it| ["stream", "signing", "log of accesses"].contains(&it.subject));
    for finding in followers.filter(|it| hang && !it.fine) {
        finding.remedy = Some("this follows from `commits`: mend that first");
    }
}

/// Whether the data directory has room: signing remembers there what was signed, and an erasure takes room before it begins.
async fn data_directory(ground: &Ground) -> Finding {
    let path = ground.config.data_dir.join(".doctor");
    let written = tokio::fs::write(&path, vec![0; ROOM_BYTES]).await;
    let _ = tokio::fs::remove_file(&path).await;
    let at = ground.config.data_dir.display();
    match written {
        Ok(()) => Finding::fine("data directory", format!("{at} has room")),
        Err(fault) => Finding::fault(
            "data directory",
            format!("{at}: {fault}"),
            "make room there: signing, erasures and mails that become files wait for it",
        ),
    }
}

/// Whether every living person's key can be unwrapped here.
async fn epochs(ground: &Ground) -> Finding {
    match lost_keys(&ground.config, &ground.store).await {
        Ok(LostKeys { unreadable, all }) => Finding::judged(
            "epoch keys",
            unreadable == 0,
            format!(
                "{all} living persons, {unreadable} of them wrapped under an epoch whose key is not here"
            ),
            "bring the epochs folder beside the master key back from its copy",
        ),
        Err(fault) => Finding::fault(
            "epoch keys",
            format!("{fault:#}"),
            advice::of(fault.as_ref(), "see that the folder can be read"),
        ),
    }
}

async fn bus(ground: &Ground) -> (Option<async_nats::Client>, Vec<Finding>) {
    let client = match ground.nats("doctor").await {
        Ok(client) => client,
        Err(fault) => {
            let finding = Finding::fault(
                "nats",
                format!("{fault:#}"),
                "see that it runs, with JetStream, 2.12.8 or newer",
            );
            return (None, vec![finding]);
        }
    };
    let version = client.server_info().version;
    let mut findings = vec![Finding::fine("nats", version)];
    findings.push(stream(ground, &client).await);
    findings.push(stores(&client).await);
    (Some(client), findings)
}

/// Whether the stream has what the log has.
async fn stream(ground: &Ground, client: &async_nats::Client) -> Finding {
    let stream = jetstream::new(client.clone())
        .get_stream(domain::message::STREAM)
        .await;
    let known = async {
        let at = stream.as_ref().map(|it| it.cached_info().state.last_sequence);
        let log = ground.store.log_head().await?.position();
        // What the stream lacks first.
        let lacks = match at {
            Ok(at) if at < log => ground.store.read_log(at + 1, 1).await?.pop(),
            _ => None,
        };
        Ok::<_, store::StoreError>((at, log, lacks))
    };
    match known.await {
        Ok((Ok(at), log, _)) if at > log => Finding::fault(
            "stream",
            format!("at {at}, log at {log}"),
            "the stream is ahead of the log: was the database restored? `onboarding bus verify` says from where they differ",
        ),
        Ok((Ok(at), log, lacks)) => Finding::judged(
            "stream",
            lacks.is_none_or(|event| event.recorded_at > Utc::now() - STREAM_PATIENCE),
            format!("at {at}, log at {log}"),
            STREAM_BEHIND,
        ),
        Ok((Err(_), 0, _)) => Finding::fine("stream", "not made yet; the relay makes it"),
        Ok((Err(fault), log, _)) => Finding::fault(
            "stream",
            format!("log at {log}, stream: {fault}"),
            "start the relay; it makes the stream again",
        ),
        Err(fault) => Finding::fault(
            "stream",
            fault.to_string(),
            advice::of(&fault, "look at the relay's log"),
        ),
    }
}

/// Whether JetStream stores what is published; a server without room still answers questions.
async fn stores(client: &async_nats::Client) -> Finding {
    match tokio::time::timeout(STORE_PATIENCE, nats::stores(client, "doctor")).await {
        Ok(Ok(())) => Finding::fine("jetstream stores", "a message was stored"),
        Ok(Err(fault)) => Finding::fault("jetstream stores", format!("{fault}"), NATS_ROOM),
        Err(_) => Finding::fault(
            "jetstream stores",
            format!("nothing within {} s", STORE_PATIENCE.as_secs()),
            NATS_ROOM,
        ),
    }
}

/// Whether the logs may be signed, and how old the last checkpoint is.
async fn signing(ground: &Ground) -> Finding {
    let examined = async {
        let settings = ground.signing()?;
        relay::signing::examine(&ground.store, &settings).await?;
        let latest = ground.store.latest_checkpoint(&settings.origin).await?;
        let log = ground.store.log_head().await?.position();
        let first: Option<DateTime<Utc>> =
            sqlx::query_scalar("SELECT recorded_at FROM events ORDER BY position LIMIT 1")
                .fetch_optional(&ground.pool)
                .await?;
        anyhow::Ok((latest, log, first))
    };
    let overdue = Utc::now() - SIGNING_PATIENCE;
    match examined.await {
        Ok((None, log, first)) => Finding::judged(
            "signing",
            first.is_none_or(|at| at > overdue),
            format!("no checkpoint yet, log at {log}"),
            "start the relay: it signs",
        ),
        Ok((Some(latest), log, _)) => Finding::judged(
            "signing",
            latest.size >= log || latest.signed_at > overdue,
            format!(
                "{} of {log} events are covered, the last checkpoint is of {}",
                latest.size, latest.signed_at
            ),
            "start the relay, or look at its log: it signs",
        ),
        Err(fault) => Finding::fault("signing", format!("{fault:#}"), advice::of_signing(&fault)),
    }
}

async fn conformance(ground: &Ground) -> Finding {
    match auditor::conformance(&ground.store, &ground.pool).await {
        Ok(report) => Finding::judged(
            "postgres-es",
            report.is_equal(),
            report.to_string(),
            "a registration reads differently through postgres-es: compare with `onboarding audit show`",
        ),
        Err(fault) => Finding::fault(
            "postgres-es",
            fault.to_string(),
            advice::of(&fault, "compare with `onboarding audit verify`"),
        ),
    }
}
