//! What operators see: metrics, readiness, and one trace from the request to the mail.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use reqwest::Method;
use tests::collector::Collector;
use tests::eventually::eventually;
use tests::journey::{Visitor, newcomer_with_account};
use tests::people::{contact, newcomer};
use tests::run;
use tests::world::{Plan, ROLES, World};

use crate::shared::guide;

/// The attribute that says how a request was answered: a number, by OpenTelemetry's conventions.
const STATUS: &str = "http.response.status_code";

#[test]
fn metrics_say_what_they_are_and_prometheus_own_linter_agrees() {
    run(async {
        let world = guide().await;
        newcomer_with_account(world, &newcomer()).await;
        for role in ROLES {
            let metrics = world.admin(role).get("/metrics").await.expect(200).text;
            let says = |line: &str| {
                line.strip_prefix("# HELP ")
                    .map(|it| it.split(' ').next().unwrap().to_owned())
            };
            let helped: BTreeSet<String> = metrics.lines().filter_map(says).collect();
            for line in metrics.lines().filter_map(|it| it.strip_prefix("# TYPE ")) {
                assert!(helped.contains(line.split(' ').next().unwrap()), "{role}: {line}");
            }
            let judge = Command::new("promtool")
                .args(["check", "metrics"])
                .stdin(Stdio::piped())
                .spawn();
            // Debian has it in its package `prometheus`; where it is not, the house rules hold what it asks.
            if let Ok(mut judge) = judge {
                judge.stdin.take().unwrap().write_all(metrics.as_bytes()).unwrap();
                assert!(judge.wait().unwrap().success(), "{role}");
            }
        }
    });
}

#[test]
fn the_metrics_that_alarms_rest_on_are_there() {
    run(async {
        let world = guide().await;
        newcomer_with_account(world, &newcomer()).await;
        let named = [
            (
                "api",
                [
                    "onboarding_http_requests_total",
                    "onboarding_http_request_seconds",
                    "onboarding_append_seconds",
                    "onboarding_argon2_wait_seconds",
                ],
            ),
            (
                "relay",
                [
                    "onboarding_relay_lag_seconds",
                    "onboarding_log_position",
                    "onboarding_relay_lag_events",
                    "onboarding_relay_published_total",
                ],
            ),
            (
                "projector",
                [
                    "onboarding_projector_position",
                    "onboarding_projector_lag_events",
                    "onboarding_projector_standstill",
                    "onboarding_projector_events_total",
                ],
            ),
            (
                "mailer",
                [
                    "onboarding_mails_total",
                    "onboarding_mail_send_seconds",
                    "onboarding_append_seconds",
                    "onboarding_build_info",
                ],
            ),
        ];
        for (role, names) in named {
            for name in names {
                eventually(&format!("{role} has the metric {name}"), async || {
                    world
                        .admin(role)
                        .get("/metrics")
                        .await
                        .text
                        .contains(name)
                        .then_some(())
                })
                .await;
            }
        }
    });
}

#[test]
fn each_service_tells_what_its_readiness_rests_on() {
    run(async {
        let world = guide().await;
        for role in ROLES {
            let ready = world.admin(role).get("/readyz").await.expect(200);
            let checks: Vec<&str> = ready.body["checks"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["name"].as_str().unwrap())
                .collect();
            // The relay signs too: it is not ready while the log is not the one that it signed.
            let expected: &[&str] = match role {
                "relay" => &["postgresql", "jetstream", "loops", "signing", "epochs"],
                "api" => &["postgresql", "jetstream", "appends", "epochs"],
                "mailer" => &["postgresql", "jetstream", "loops", "appends", "epochs"],
                "worker" => &["postgresql", "appends", "epochs"],
                _ => &["postgresql", "jetstream", "loops", "epochs"],
            };
            assert_eq!(checks, expected, "{role}");
        }
    });
}

#[test]
fn one_trace_leads_from_the_request_to_the_mail() {
    run(async {
        let collector = Collector::start().await;
        let settings = vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.clone()),
            ("OTEL_BSP_SCHEDULE_DELAY", "100".to_owned()),
        ];
        let world = World::start(Plan {
            settings,
            ..Plan::default()
        })
        .await;
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let person = contact(22);
        let start = world
            .client
            .ask(Method::POST, "/v1/registrations")
            .header("traceparent", &format!("00-{trace}-b7ad6b7169203331-01"));
        let answer = start.json(&person.form()).send().await.expect(201);
        let visitor = Visitor::of(&world, &person, &answer);
        visitor.mail().await;
        eventually("api and mailer record spans of one trace", async || {
            let spans = collector.spans();
            let services = spans
                .iter()
                .filter(|span| span.trace == trace)
                .map(|span| span.service.as_str());
            let services: BTreeSet<&str> = services.collect();
            services
                .is_superset(&["onboarding-api", "onboarding-mailer"].into())
                .then_some(())
        })
        .await;
        let feed = world.feed().await;
        let told = feed[0].event["traceparent"].as_str().unwrap();
        assert!(
            told.contains(trace),
            "subscribers can go on with the trace: {told}"
        );
        let requests = collector.spans();
        let mut statuses = requests
            .iter()
            .filter(|it| it.attributes.contains_key(STATUS))
            .peekable();
        assert!(statuses.peek().is_some() && statuses.all(|it| it.integers.contains(STATUS)));
        let spans = format!("{:?}", collector.spans());
        for secret in [person.email.as_str(), &person.last_name, &visitor.token] {
            assert!(!spans.contains(secret), "nothing of a person in a span");
        }
    });
}
