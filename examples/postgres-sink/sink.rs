//! A sink into PostgreSQL: the feed becomes tables that the rest of a CRM can read. `sink.sql` beside it has the tables and
//! says which events to ask for; what `onboarding subscriber add` printed is the environment, and `SINK_DATABASE_URL` the
//! CRM's own database.
//!
//! It may be killed at any line: messages are acknowledged after the transaction that applied them, and `crm.apply` has no
//! effect for what comes again.

#![allow(
    clippy::disallowed_methods,
    reason = "a program of its own with one task: nothing drops its futures midway"
)]

use std::env;

use async_nats::jetstream::{self, consumer::PullConsumer};
use async_nats::{ConnectOptions, ServerAddr};
use futures::StreamExt;
use serde_json::Value;
use sqlx::PgPool;

/// So many messages at most share a transaction, and so the flush of the disk.
const BATCH: usize = 100;

#[tokio::main]
async fn main() -> Result<(), async_nats::Error> {
    let database = PgPool::connect(&env::var("SINK_DATABASE_URL")?).await?;
    sqlx::raw_sql(include_str!("sink.sql")).execute(&database).await?;
    // Of a cluster each server, with a comma between. async-nats does not read the credential in the address by itself.
    let servers = env::var("FEED_NATS_URL")?;
    let servers: Vec<ServerAddr> = servers.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let credential = servers.iter().find_map(|one| one.username().zip(one.password()));
    let (user, secret) = credential.ok_or("FEED_NATS_URL holds no user and password")?;
    let client = ConnectOptions::with_user_and_password(user.to_owned(), secret.to_owned())
        .custom_inbox_prefix(env::var("FEED_INBOX_PREFIX")?)
        .connect(servers)
        .await?;
    let consumer: PullConsumer = jetstream::with_domain(client, "feed")
        .get_consumer_from_stream(env::var("FEED_CONSUMER")?, env::var("FEED_STREAM")?)
        .await?;
    let mut batches = consumer.messages().await?.ready_chunks(BATCH);
    while let Some(batch) = batches.next().await {
        // A server that was away or hung: the stream asks again by itself, and ends only where that is of no use.
        let told = |message: Result<_, _>| message.inspect_err(|fault| eprintln!("{fault}")).ok();
        let batch: Vec<_> = batch.into_iter().filter_map(told).collect();
        let mut transaction = database.begin().await?;
        for message in &batch {
            let event: Value = serde_json::from_slice(&message.payload)?;
            sqlx::query("SELECT crm.apply($1)")
                .bind(event)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        for message in &batch {
            message.ack().await?;
        }
    }
    Err("the consumer is gone".into())
}
