//! Whom webhooks trust: no private address, and no certificate that the system does not vouch for.

use tests::eventually::{eventually, until_equal};
use tests::hook::Hook;
use tests::journey::Visitor;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{add, deliveries, hasty};

#[test]
fn private_addresses_and_certificates_that_nobody_vouches_for_are_refused() {
    run(async {
        let world = hasty().await;
        let refused = |url: &str| {
            let output = world.command(
                &[
                    "subscriber",
                    "add",
                    "bad",
                    "--events",
                    "PasswordSet",
                    "--webhook",
                    url,
                ],
                2,
            );
            String::from_utf8(output.stderr).unwrap()
        };
        let hook = Hook::start().await;
        assert!(refused(&hook.url()).contains("https://"));
        assert!(refused("https://127.0.0.1/hooks").contains("--allow-private"));
        assert!(refused("https://[::ffff:169.254.169.254]/").contains("--allow-private"));
        Visitor::start(&world, &newcomer()).await;
        // A name that leads to this machine is told by the address that it leads to.
        add(
            &world,
            &hook.url().replace("http://127.0.0.1", "https://localhost"),
            &[],
        );
        let told = async |words: &str| {
            eventually(words, async || {
                let failed = deliveries(&world, &["--failed"]);
                failed.iter().any(|it| it["obstacle"] == words).then_some(())
            })
            .await;
        };
        told("the name leads to an address of a private network").await;
        assert!(hook.calls().is_empty());
        let (port, _) = tls_server().await;
        sqlx::query("UPDATE feed.webhooks SET url = $1, allow_private = true")
            .bind(format!("https://localhost:{port}/hooks"))
            .execute(&world.pool)
            .await
            .unwrap();
        told("the endpoint's certificate is not trusted").await;
    });
}

#[test]
fn a_certificate_that_the_system_vouches_for_is_accepted_for_its_name_alone() {
    run(async {
        let (port, certificate) = tls_server().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("trusted.pem");
        std::fs::write(&file, certificate).unwrap();
        let world = World::start(Plan {
            // Where the system keeps the certificates that it trusts.
            settings: vec![("SSL_CERT_FILE", file.display().to_string())],
            ..Plan::default()
        })
        .await;
        Visitor::start(&world, &newcomer()).await;
        let all = world.until_settled().await.len();
        add(
            &world,
            &format!("https://localhost:{port}/"),
            &["--allow-private"],
        );
        until_equal("acknowledged calls", all, async || {
            let kept = deliveries(&world, &[]);
            kept.iter().filter(|it| it["outcome"] == "acknowledged").count()
        })
        .await;
        sqlx::query("UPDATE feed.webhooks SET url = $1")
            .bind(format!("https://127.0.0.1:{port}/"))
            .execute(&world.pool)
            .await
            .unwrap();
        Visitor::start(&world, &newcomer()).await;
        eventually("the certificate is another name's", async || {
            let failed = deliveries(&world, &["--failed"]);
            let words = "the endpoint's certificate is not trusted";
            failed.iter().any(|it| it["obstacle"] == words).then_some(())
        })
        .await;
    });
}

/// A TLS server with a certificate of its own making, told beside its port. It takes whatever it is sent.
async fn tls_server() -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key =
        tokio_rustls::rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let settings = tokio_rustls::rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(settings));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust the certificate hangs up.
                let Ok(mut connection) = acceptor.accept(connection).await else {
                    return;
                };
                let mut request = vec![0; 64 * 1024];
                let mut read = 0;
                // The whole call: its body is one object, and so ends with two braces.
                while !request[..read].ends_with(b"}}") {
                    match connection.read(&mut request[read..]).await {
                        Ok(more) if more > 0 => read += more,
                        _ => return,
                    }
                }
                let answer = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                let _ = connection.write_all(answer.as_bytes()).await;
                let _ = connection.shutdown().await;
            });
        }
    });
    (port, made.cert.pem())
}
