//! The directory on a real database: what imports do, and what becomes of registers that misbehave.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test says what went wrong by panicking, also in its servers"
)]

mod imports;
mod office_files;
mod registers;

use sqlx::PgPool;
use store::Store;
use tests::postgres::Cluster;

/// A database of a test's own, with every table.
async fn database() -> PgPool {
    let cluster = Cluster::shared().await;
    let pool = cluster.pool(&cluster.new_database().await);
    Store::new(pool.clone()).migrate(&pool).await.unwrap();
    pool
}
