//! Servers that are too old, or not what they should be, are refused with the version that is needed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

use runtime::Secret;
use runtime::nats::{FLOOR, NatsError, connect};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// A server that says it is of this version, and whose JetStream answers with this API level.
async fn server(version: &'static str, level: Option<usize>) -> Secret {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("nats://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let info = format!(
                "INFO {{\"server_id\":\"S\",\"version\":\"{version}\",\"proto\":1,\"headers\":true,\"max_payload\":1048576}}\r\n"
            );
            write.write_all(info.as_bytes()).await.unwrap();
            let mut lines = BufReader::new(read).lines();
            let mut subscription = String::new();
            while let Ok(Some(line)) = lines.next_line().await {
                let words: Vec<&str> = line.split(' ').collect();
                let answer = match words.as_slice() {
                    ["PING"] => "PONG\r\n".to_owned(),
                    ["SUB", .., sid] => {
                        subscription = (*sid).to_owned();
                        continue;
                    }
                    ["PUB", "$JS.API.INFO", reply, _] => account(reply, &subscription, level),
                    _ => continue,
                };
                write.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    });
    Secret::new(url)
}

/// The answer to a question about the account, in the shape that servers give it.
fn account(reply: &str, subscription: &str, level: Option<usize>) -> String {
    let level = level.map_or_else(String::new, |it| format!("\"level\":{it},"));
    let body = format!(
        "{{\"type\":\"io.nats.jetstream.api.v1.account_info_response\",\"memory\":0,\"storage\":0,\"reserved_memory\":0,\"reserved_storage\":0,\"streams\":0,\"consumers\":0,\
          \"limits\":{{\"max_memory\":-1,\"max_storage\":-1,\"max_streams\":-1,\"max_consumers\":-1,\"max_ack_pending\":-1,\
          \"memory_max_stream_bytes\":-1,\"storage_max_stream_bytes\":-1,\"max_bytes_required\":false}},\
          \"api\":{{{level}\"total\":1,\"errors\":0}}}}"
    );
    format!("MSG {reply} {subscription} {}\r\n{body}\r\n", body.len())
}

#[tokio::test]
async fn servers_below_the_floor_are_refused_and_the_message_names_what_is_needed() {
    for version in ["2.9.10", "2.12.7", "unknown"] {
        let refused = connect(&server(version, Some(2)).await, "test")
            .await
            .unwrap_err();
        assert!(
            matches!(&refused, NatsError::TooOld { found } if found == version),
            "{refused:?}"
        );
        let text = refused.to_string();
        assert!(
            text.contains(&FLOOR.to_string()) && text.contains(version),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_new_server_whose_jetstream_is_old_is_refused_by_its_api_level() {
    for level in [None, Some(1)] {
        let refused = connect(&server("2.15.1", level).await, "test").await.unwrap_err();
        assert!(
            matches!(refused, NatsError::ApiLevel { found } if found == level.unwrap_or(0)),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn the_floor_itself_is_good_enough() {
    connect(&server("2.12.8", Some(2)).await, "test")
        .await
        .expect("it is taken");
}
