//! A host that vanishes without a word, in the midst of a statement.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::time::Duration;

use faults::proxy::{Proxy, Way};
use faults::seed::Seed;
use runtime::{Secret, postgres};
use tests::eventually::{eventually, within};
use tests::postgres::Cluster;

/// Longer than the silence after which a host is given up.
const ENDS_WITHIN: Duration = Duration::from_secs(120);

#[test]
fn a_statement_on_a_host_that_vanished_ends_and_the_pool_works_again_when_it_is_back() {
    tests::run(async {
        let server = Cluster::shared().await;
        let database = server.new_database().await;
        let proxy = Proxy::start(server.port(), Seed::new(1)).await;
        let port = proxy.port;
        let url = format!("postgres://postgres@127.0.0.1:{port}/{database}?target_session_attrs=read-write");
        let pool = postgres::connect(&Secret::new(&url), "vanished", 2)
            .await
            .unwrap();
        // The server answers soon, into the void.
        let statement = tokio::spawn({
            let pool = pool.clone();
            async move { sqlx::query("SELECT pg_sleep(1)").execute(&pool).await }
        });
        let running =
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'";
        eventually("the statement is under way", async || {
            (server.ask::<i64>(running).await == 1).then_some(())
        })
        .await;
        proxy.set(Way::BlackHole { up: true, down: true });
        within(ENDS_WITHIN, "the statement ends", async || {
            statement.is_finished().then_some(())
        })
        .await;
        assert!(statement.await.unwrap().is_err());
        proxy.set(Way::Open);
        eventually("the pool works again", async || {
            sqlx::query("SELECT 1").execute(&pool).await.ok()
        })
        .await;
    });
}
