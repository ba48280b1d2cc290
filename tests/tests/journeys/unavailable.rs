//! What PostgreSQL, and the way to it, really say when the database is not there: each is judged as that, and as nothing else.

use std::net::Ipv4Addr;

use nix::sys::signal::Signal;
use runtime::Secret;
use runtime::postgres::{connect, connect_once};
use sqlx::{Connection, Executor, PgConnection};
use store::Unavailable::{self, Away, Busy, Full, ReadOnly};
use tests::eventually::eventually;
use tests::postgres::{CLIENTS_MAX, Cluster};
use tests::run;
use tokio::net::TcpListener;

async fn refused(url: &str) -> sqlx::Error {
    match connect_once(&Secret::new(url), "test").await {
        Ok(_) => panic!("{url} lets in"),
        Err(error) => error,
    }
}

#[track_caller]
fn is(error: &sqlx::Error, judgement: Unavailable) {
    assert_eq!(Unavailable::of(error), Some(judgement), "{error:?}");
}

fn code(error: &sqlx::Error) -> String {
    let refusal = error.as_database_error().and_then(|it| it.code());
    refusal.unwrap_or_default().into_owned()
}

async fn session(cluster: &Cluster) -> PgConnection {
    connect_once(&Secret::new(cluster.url("postgres")), "test")
        .await
        .unwrap()
}

#[test]
fn a_server_that_is_not_there_yet_or_no_longer_is_away() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(folder.path()).await;
        let url = cluster.url("postgres");

        // Stopped in good order, by somebody at the console, and by a kill: each under a statement.
        let ends: [(&str, &dyn Fn()); 2] = [("stopped", &|| cluster.stop()), ("killed", &|| cluster.kill())];
        for (how, end) in ends {
            let mut working = session(&cluster).await;
            let sleeping = tokio::spawn(async move { working.execute("SELECT pg_sleep(600)").await });
            eventually("the statement is under way", async || {
                let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()";
                (cluster.ask::<i64>(sleeping).await > 0).then_some(())
            })
            .await;
            tokio::task::block_in_place(end);
            let error = sleeping.await.unwrap().unwrap_err();
            is(&error, Away);
            is(&refused(&url).await, Away);
            println!("{how}: {error}");
            cluster.run().await;
        }

        let mut ended = session(&cluster).await;
        cluster
            .ask::<bool>("SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'test'")
            .await;
        let error = ended.execute("SELECT 1").await.unwrap_err();
        is(&error, Away);

        // Shutting down, while a session is left to its end.
        let open = session(&cluster).await;
        cluster.signal(Signal::SIGTERM);
        let error = eventually("the server closes", async || {
            connect_once(&Secret::new(&url), "test").await.err()
        })
        .await;
        assert_eq!(code(&error), "57P03", "{error}");
        is(&error, Away);
        open.close().await.unwrap();
    });
}

#[test]
fn a_standby_that_takes_no_sessions_is_away_and_one_that_does_is_read_only() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(folder.path()).await;
        let standby = cluster.standby(&folder.path().join("standby")).await;
        let error = session(&standby)
            .await
            .execute("CREATE TABLE t ()")
            .await
            .unwrap_err();
        assert_eq!(code(&error), "25006");
        is(&error, ReadOnly);
        // Recovering without taking questions meanwhile.
        let mut owner = session(&standby).await;
        owner.execute("ALTER SYSTEM SET hot_standby = off").await.unwrap();
        owner.close().await.unwrap();
        standby.stop();
        standby.begin();
        let error = eventually("the server recovers", async || {
            let error = refused(&standby.url("postgres")).await;
            (code(&error) == "57P03").then_some(error)
        })
        .await;
        is(&error, Away);
        standby.kill();

        let mut locked = session(&cluster).await;
        cluster.set("default_transaction_read_only", "on").await;
        let error = eventually("the setting is read", async || {
            locked.execute("CREATE TABLE IF NOT EXISTS t ()").await.err()
        })
        .await;
        is(&error, ReadOnly);
    });
}

#[test]
fn what_accepts_and_closes_or_says_nothing_is_away() {
    run(async {
        let closing = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = closing.local_addr().unwrap().port();
        let task = tokio::spawn(async move { while closing.accept().await.is_ok() {} });
        for mode in ["disable", "prefer", "require"] {
            let url = format!("postgres://u:hush@127.0.0.1:{port}/d?sslmode={mode}");
            let error = refused(&url).await;
            is(&error, Away);
            assert!(!error.to_string().contains("hush"));
            let error = connect(&Secret::new(&url), "test", 1).await.unwrap_err();
            is(&error, Away);
        }
        task.abort();
        // Accepted by the system, and by nobody else.
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = silent.local_addr().unwrap().port();
        let url = format!("postgres://u:hush@127.0.0.1:{port}/d");
        is(&connect(&Secret::new(&url), "test", 1).await.unwrap_err(), Away);
        let several = format!("postgres://u:hush@127.0.0.1:{port},127.0.0.1:1/d");
        let error = connect(&Secret::new(&several), "test", 1).await.unwrap_err();
        is(&error, Away);
        let told = error.to_string();
        assert!(
            told.contains("does not let us in") && !told.contains("hush"),
            "{told}"
        );
    });
}

#[test]
fn a_server_without_room_is_full_and_one_in_whose_way_others_are_is_busy() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(folder.path()).await;
        let mut first = session(&cluster).await;
        let mut second = session(&cluster).await;
        first
            .execute("CREATE TABLE t (n int PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
            .await
            .unwrap();
        first.execute("SET statement_timeout = 50").await.unwrap();
        is(&first.execute("SELECT pg_sleep(60)").await.unwrap_err(), Busy);
        first
            .execute("SET statement_timeout = 0; SET lock_timeout = 50")
            .await
            .unwrap();
        second.execute("BEGIN; LOCK TABLE t").await.unwrap();
        let error = first.execute("SELECT FROM t").await.unwrap_err();
        assert_eq!(code(&error), "55P03");
        is(&error, Busy);
        second.execute("ROLLBACK").await.unwrap();

        second
            .execute("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT FROM t")
            .await
            .unwrap();
        first.execute("UPDATE t SET n = 3 WHERE n = 1").await.unwrap();
        let error = second
            .execute("UPDATE t SET n = 4 WHERE n = 1")
            .await
            .unwrap_err();
        assert_eq!(code(&error), "40001");
        is(&error, Busy);
        second.execute("ROLLBACK").await.unwrap();

        // The session is ended while its transaction rests.
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut second)
            .await
            .unwrap();
        second
            .execute("SET idle_in_transaction_session_timeout = 50; BEGIN")
            .await
            .unwrap();
        eventually("the session is ended", async || {
            let there = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}");
            (cluster.ask::<i64>(&there).await == 0).then_some(())
        })
        .await;
        is(&second.execute("SELECT 1").await.unwrap_err(), Away);

        first.execute("CREATE ROLE visitor LOGIN").await.unwrap();
        let url = cluster.url("postgres").replace("postgres@", "visitor@");
        let mut open = Vec::new();
        let error = loop {
            match connect_once(&Secret::new(&url), "test").await {
                Ok(connection) => open.push(connection),
                Err(error) => break error,
            }
            assert!(open.len() <= CLIENTS_MAX, "there is a bound");
        };
        assert_eq!(code(&error), "53300", "{error}");
        is(&error, Full);
    });
}
