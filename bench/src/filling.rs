//! A large store in short time: registrations copied into the tables in the form that the service itself writes.
//!
//! Everything that a newcomer's start leaves is there: two events with their places and leaf hashes, sealed with a person's key
//! that is wrapped by the epoch's; the key; the use of the address; the row of the read models and its share of the funnel; the
//! head of the log. `onboarding audit verify`, `audit replay` and `projections verify` find nothing amiss, and the relay signs it
//! as it signs anything. What is left out is the stream: it holds the last event alone, as if the others had been published
//! and aged out, since publishing ten million events takes longer than all the rest.

mod binary;
mod chunk;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use async_nats::header::{HeaderMap, NATS_MESSAGE_ID};
use async_nats::jetstream;
use chrono::{SubsecRound, Utc};
use domain::message::{STREAM, subject_of};
use keyring::Keyring;
use runtime::embedded::{Embedded, Wanted};
use runtime::{Config, Secret};
use sqlx::{PgConnection, PgPool};
use store::Store;
use tlog::Frontier;
use tokio::sync::mpsc;

use self::chunk::{Chunk, Room};

pub use self::chunk::EVENTS_EACH;

/// Registrations copied at once.
const CHUNK: u64 = 10_000;
/// Chunks that may stand ready while one is copied.
const AHEAD: usize = 2;
/// Rows that each registration has in the tables: two events, a key, a use, a row of the read models.
const ROWS_EACH: u64 = EVENTS_EACH + 3;

const EVENTS: &str = "COPY public.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
    insert_order, event_id, recorded_at, position, leaf_hash) FROM STDIN BINARY";
const KEYS: &str =
    "COPY keyring.person_keys (registration_id, key_id, epoch, wrapped, created_at) FROM STDIN BINARY";
const USES: &str =
    "COPY public.address_uses (address_index, kind, registration_id, used_at) FROM STDIN BINARY";
const READ_MODELS: &str =
    "COPY read.registrations (registration_id, stage, version, position, journey, flow, started_at,
    last_event_at, idle_since, reminded, establishments, memory) FROM STDIN BINARY";
/// The one index whose keys come in no order: made again once the rows are there.
const SCATTERED: &str = "address_uses_by_address";
const TABLES: &str = "public.events, keyring.person_keys, public.address_uses, read.registrations";

/// What was filled, and how fast.
#[derive(Clone, Copy, Debug)]
pub struct Filled {
    /// Rows in all tables together.
    pub rows: u64,
    /// Until they were copied and the index was made.
    pub copied: Duration,
    /// Until the tables were vacuumed and analysed too, as a server's own housekeeping leaves them.
    pub all: Duration,
}

impl Filled {
    /// Rows a second.
    pub fn rows_per_second(&self) -> f64 {
        self.rows as f64 / self.copied.as_secs_f64()
    }
}

/// Adds registrations to the store of a data directory in which the service has run and does not run now. `progress` is told
/// how many there are so far.
///
/// # Errors
/// When the servers do not start, the tables are another release's, or rows are refused.
pub async fn fill(data_dir: &Path, count: u64, progress: impl Fn(u64)) -> anyhow::Result<Filled> {
    let config = config_of(data_dir)?;
    let wanted = Wanted {
        postgres: true,
        nats: true,
    };
    let servers = Embedded::start(&config, wanted).await?;
    let filled = fill_on(&servers, &config, count, progress).await;
    servers.stop().await;
    filled
}

fn config_of(data_dir: &Path) -> anyhow::Result<Config> {
    let ours = [("ONBOARDING_DATA_DIR", data_dir.as_os_str().to_owned())];
    let servers = ["ONBOARDING_POSTGRES_BIN_DIR", "ONBOARDING_NATS_BIN"];
    let theirs = servers
        .iter()
        .filter_map(|name| Some((*name, std::env::var_os(name)?)));
    let variables = ours
        .into_iter()
        .chain(theirs)
        .map(|(name, value)| (OsString::from(name), value));
    Ok(Config::from_sources(None, variables)?)
}

async fn fill_on(
    servers: &Embedded,
    config: &Config,
    count: u64,
    progress: impl Fn(u64),
) -> anyhow::Result<Filled> {
    let (Some(postgres), Some(nats)) = (servers.postgres_url(), servers.nats_url()) else {
        bail!("a server is missing");
    };
    let pool = database::pool_options().connect(postgres.expose()).await?;
    let store = Store::new(pool.clone());
    let keyring = Keyring::open(&config.master_key_file)?;
    ensure!(
        store.belongs_to(&keyring.fingerprint()).await?,
        "the data directory has another master key"
    );
    let head = store.log_head().await?;
    let (behind, insert_order): (bool, i64) = sqlx::query_as(
        "SELECT (SELECT bool_or(position <> $1 OR fold_version <> $2) FROM read.checkpoints),
                (SELECT coalesce(max(insert_order), 0) + 1 FROM public.events)",
    )
    .bind(i64::try_from(head.position())?)
    .bind(projections::FOLD_VERSION)
    .fetch_one(&pool)
    .await?;
    ensure!(
        !behind,
        "the read models are behind: let the service catch up first"
    );

    let begun = Instant::now();
    let first = Room {
        first_person: head.position(),
        count,
        position: head.position() + 1,
        insert_order,
    };
    let scattered = drop_index(&pool).await?;
    copy_all(&pool, &keyring, head.tree, first, progress).await?;
    sqlx::raw_sql(&scattered).execute(&pool).await?;
    let copied = begun.elapsed();
    sqlx::raw_sql(&format!("VACUUM (ANALYZE) {TABLES}"))
        .execute(&pool)
        .await?;
    sqlx::raw_sql("CHECKPOINT").execute(&pool).await?;
    leave_last_message(&store, nats).await?;
    pool.close().await;
    Ok(Filled {
        rows: count * ROWS_EACH,
        copied,
        all: begun.elapsed(),
    })
}

/// Answers with what makes it again.
async fn drop_index(pool: &PgPool) -> anyhow::Result<String> {
    let made: String = sqlx::query_scalar("SELECT indexdef FROM pg_indexes WHERE indexname = $1")
        .bind(SCATTERED)
        .fetch_one(pool)
        .await?;
    sqlx::raw_sql(&format!("DROP INDEX public.{SCATTERED}"))
        .execute(pool)
        .await?;
    Ok(made)
}

/// One thread makes rows while the connections copy those before.
async fn copy_all(
    pool: &PgPool,
    keyring: &Keyring,
    mut tree: Frontier,
    all: Room,
    progress: impl Fn(u64),
) -> anyhow::Result<()> {
    let (ready, mut chunks) = mpsc::channel(AHEAD);
    let keyring = keyring.clone();
    let making = tokio::task::spawn_blocking(move || {
        let mut done = 0;
        while done < all.count {
            let room = Room {
                first_person: all.first_person + done,
                count: CHUNK.min(all.count - done),
                position: all.position + done * EVENTS_EACH,
                insert_order: all.insert_order + i64::try_from(done * EVENTS_EACH)?,
            };
            done += room.count;
            // PostgreSQL keeps microseconds, and so must what is hashed and remembered of them.
            let chunk = Chunk::make(&keyring, room, Utc::now().trunc_subsecs(6))?;
            if ready.blocking_send((done, chunk)).is_err() {
                // Copying failed, and says so itself.
                break;
            }
        }
        anyhow::Ok(())
    });
    while let Some((done, chunk)) = chunks.recv().await {
        chunk.leaves.iter().for_each(|leaf| tree.push(*leaf));
        tokio::try_join!(
            copy_events(pool, &chunk, &tree),
            copy(pool, KEYS, &chunk.keys),
            copy(pool, USES, &chunk.uses),
            copy_read_models(pool, &chunk),
        )?;
        progress(done);
    }
    making.await??;
    let next = all.insert_order + i64::try_from(all.count * EVENTS_EACH)?;
    sqlx::query("SELECT setval('public.events_insert_order', $1, false)")
        .bind(next)
        .execute(pool)
        .await?;
    Ok(())
}

/// The events, and with them the head of the log.
async fn copy_events(pool: &PgPool, chunk: &Chunk, tree: &Frontier) -> anyhow::Result<()> {
    let mut transaction = database::begin(pool).await?;
    copy_in(&mut transaction, EVENTS, &chunk.events).await?;
    let subtrees: Vec<&[u8]> = tree.subtrees().iter().map(|it| &it[..]).collect();
    sqlx::query("UPDATE public.log_head SET size = $1, frontier = $2")
        .bind(i64::try_from(tree.size())?)
        .bind(subtrees)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

async fn copy_read_models(pool: &PgPool, chunk: &Chunk) -> anyhow::Result<()> {
    let mut transaction = database::begin(pool).await?;
    copy_in(&mut transaction, READ_MODELS, &chunk.registrations).await?;
    for ((journey, step), reached) in &chunk.reached {
        sqlx::query(
            "INSERT INTO read.funnel AS old (day, journey, step, reached)
             VALUES (($1 AT TIME ZONE 'Europe/Paris')::date, $2, $3, $4)
             ON CONFLICT (day, journey, step) DO UPDATE SET reached = old.reached + excluded.reached",
        )
        .bind(chunk.recorded_at)
        .bind(journey)
        .bind(step)
        .bind(reached)
        .execute(&mut *transaction)
        .await?;
    }
    sqlx::query("UPDATE read.checkpoints SET position = $1, updated_at = clock_timestamp()")
        .bind(i64::try_from(chunk.last_position)?)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction.commit().await?)
}

async fn copy(pool: &PgPool, statement: &str, rows: &[u8]) -> anyhow::Result<()> {
    let mut connection = pool.acquire().await?;
    copy_in(&mut connection, statement, rows).await
}

async fn copy_in(connection: &mut PgConnection, statement: &str, rows: &[u8]) -> anyhow::Result<()> {
    let mut copying = connection.copy_in_raw(statement).await?;
    copying.send(rows).await?;
    copying.finish().await?;
    Ok(())
}

/// Makes the stream anew, with the log's last event at its place and none before.
async fn leave_last_message(store: &Store, nats_url: &Secret) -> anyhow::Result<()> {
    let size = store.log_head().await?.position();
    let last = store.read_log(size, 1).await?;
    let last = last.first().context("the log has no last event")?;
    let context = jetstream::new(runtime::nats::connect(nats_url, "bench-fill").await?);
    // A log that was never published has none.
    let _ = context.delete_stream(STREAM).await;
    let settings = jetstream::stream::Config {
        first_sequence: Some(size),
        ..relay::stream::wanted()
    };
    context.create_stream(settings).await?;
    let message = last.as_message()?;
    let mut headers = HeaderMap::new();
    headers.insert(NATS_MESSAGE_ID, last.event_id.to_string());
    for (name, value) in message.headers() {
        headers.insert(name, value);
    }
    let subject = subject_of(last.registration_id, &last.event_type);
    let acknowledged = context
        .publish_with_headers(subject, headers, message.to_bytes()?.into())
        .await?
        .await?;
    ensure!(
        acknowledged.sequence == size,
        "the stream's last message stands at {} instead of {size}",
        acknowledged.sequence
    );
    Ok(())
}

/// Where the store with so many registrations lies.
pub fn folder_of(folder: &Path, registrations: u64) -> PathBuf {
    folder.join(format!("filled-{registrations}"))
}
