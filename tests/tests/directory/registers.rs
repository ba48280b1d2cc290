//! Registers that misbehave: whatever they do, the answer must be right or `pending`.

mod health;
mod misbehaving;
mod recorded_answers;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use directory::{RegisterAnswer, RegisterSettings, Registers, Urgency};
use domain::registration::event::{RegisterSource, RegisterStatus};
use domain::values::Siret;
use serde_json::json;
use sqlx::PgPool;
use tests::run;

use crate::database;

use misbehaving::{ASKED, OTHER, Servers, establishment, raw_server};

/// Longer than any answer may take, and shorter than a server of ours that hangs: what waits for it is caught.
const PATIENCE: Duration = Duration::from_secs(30);

fn now() -> DateTime<Utc> {
    "2026-11-03T10:00:00Z".parse().unwrap()
}

async fn ask(registers: &Registers) -> RegisterAnswer {
    let siret = Siret::parse(ASKED).unwrap();
    tokio::time::timeout(PATIENCE, registers.check(&siret, now(), Urgency::Person))
        .await
        .expect("a step does not wait for a register that hangs")
}

async fn told(
    servers: &Servers,
    insee: Option<&str>,
    recherche: Option<&str>,
) -> (RegisterStatus, RegisterSource) {
    let check = ask(&servers.registers(insee, recherche)).await.check;
    (check.status, check.source)
}

const PENDING: (RegisterStatus, RegisterSource) = (RegisterStatus::Pending, RegisterSource::None);

#[test]
fn insee_is_asked_with_its_key_and_for_few_fields() {
    run(async {
        let servers = Servers::start().await;
        let answer = ask(&servers.registers(Some("active"), None)).await;
        assert_eq!(
            (answer.check.status, answer.check.source),
            (RegisterStatus::Active, RegisterSource::Insee)
        );
        assert_eq!((answer.check.checked_at, answer.check.age_seconds), (now(), 0));
        let seen = servers.calls.seen.lock().unwrap();
        assert_eq!(seen["key"], "a-key");
        assert!(seen["query"].starts_with("champs=siret") && !seen["query"].contains("nom"));
    });
}

#[test]
fn a_closed_establishment_comes_with_its_date_and_successor() {
    run(async {
        let servers = Servers::start().await;
        let check = ask(&servers.registers(Some("closed"), None)).await.check;
        assert_eq!(check.status, RegisterStatus::Closed);
        assert_eq!(check.closed_on, NaiveDate::from_ymd_opt(2024, 7, 1));
        assert_eq!(check.successor, None);
        let check = ask(&servers.registers(Some("succeeded"), None)).await.check;
        assert_eq!(check.successor, Siret::parse(OTHER).ok());
    });
}

#[test]
fn a_closing_is_not_lost_to_a_slow_search_for_the_successor() {
    run(async {
        let servers = Servers::start().await;
        let check = ask(&servers.registers(Some("slowly_closed"), Some("active")))
            .await
            .check;
        assert_eq!(
            (check.status, check.source, check.successor),
            (RegisterStatus::Closed, RegisterSource::Insee, None)
        );
    });
}

#[test]
fn a_duplicate_is_closed_and_the_other_is_its_successor() {
    run(async {
        let servers = Servers::start().await;
        for case in ["plural", "moved"] {
            let check = ask(&servers.registers(Some(case), None)).await.check;
            assert_eq!(
                (check.status, check.successor),
                (RegisterStatus::Closed, Siret::parse(OTHER).ok()),
                "{case}"
            );
        }
    });
}

#[test]
fn whatever_insee_does_wrong_the_answer_is_pending() {
    run(async {
        let servers = Servers::start().await;
        for case in [
            "400",
            "401",
            "403",
            "406",
            "429",
            "500",
            "502",
            "503",
            "html",
            "empty",
            "hollow",
            "huge",
            "gateway404",
            "json_gateway404",
            "empty404",
            "another",
            "elsewhere",
            "circle",
            "hang",
        ] {
            assert_eq!(told(&servers, Some(case), None).await, PENDING, "{case}");
        }
    });
}

#[test]
fn broken_connections_are_pending() {
    run(async {
        let pool = database().await;
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n";
        for (case, sent) in [
            ("closed at once", ""),
            ("truncated", head),
            ("garbage", "\u{0}\u{1}no HTTP\r\n\r\n"),
        ] {
            let base = raw_server(
                format!("{sent}{}", if sent == head { "{\"etablissement\":{" } else { "" }),
                None,
            )
            .await;
            assert_eq!(raw_told(&pool, &base).await, PENDING, "{case}");
        }
        let nobody = "http://127.0.0.1:9";
        assert_eq!(raw_told(&pool, nobody).await, PENDING);
    });
}

#[test]
fn a_slow_drip_is_cut_off() {
    run(async {
        let body = json!({"etablissement": establishment(ASKED, "A")}).to_string();
        let text = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let pool = database().await;
        let base = raw_server(text, Some(Duration::from_millis(50))).await;
        assert_eq!(raw_told(&pool, &base).await, PENDING);
    });
}

#[test]
fn insees_unknown_is_final_and_the_searches_is_a_hint_whoever_else_is_asked() {
    run(async {
        let servers = Servers::start().await;
        assert_eq!(
            told(&servers, Some("unknown"), Some("active")).await,
            (RegisterStatus::NotFound, RegisterSource::Insee)
        );
        for insee in [Some("503"), None] {
            let check = ask(&servers.registers(insee, Some("unknown"))).await.check;
            assert_eq!((check.status, check.source), PENDING);
            let hint = check.hint.unwrap();
            assert_eq!(
                (hint.status, hint.source),
                (RegisterStatus::NotFound, RegisterSource::RechercheEntreprises)
            );
        }
    });
}

#[test]
fn a_register_is_asked_a_true_question_to_see_whether_it_is_one() {
    run(async {
        let servers = Servers::start().await;
        for (case, expected) in [
            ("gateway404", "body"),
            ("empty404", "body"),
            ("html", "body"),
            ("401", "key_refused"),
            ("503", "server_error"),
            ("unknown", "not_found"),
        ] {
            let reports = servers.registers(Some(case), None).probe().await;
            assert_eq!(
                (reports[0].source, reports[0].outcome),
                ("insee", expected),
                "{case}"
            );
        }
        assert!(servers.registers(None, None).probe().await.is_empty());
    });
}

#[test]
fn the_search_stands_in_for_insee_within_the_same_time() {
    run(async {
        let servers = Servers::start().await;
        for case in ["hang", "503", "429", "html", "403"] {
            let answer = ask(&servers.registers(Some(case), Some("active"))).await;
            assert_eq!(
                (answer.check.status, answer.check.source),
                (RegisterStatus::Active, RegisterSource::RechercheEntreprises),
                "{case}"
            );
        }
        assert_eq!(told(&servers, Some("hang"), Some("hang")).await, PENDING);
        let check = ask(&servers.registers(None, Some("closed"))).await.check;
        assert_eq!((check.status, check.source), PENDING, "it stops nobody");
        let hint = check.hint.unwrap();
        assert_eq!(
            (hint.status, hint.source, hint.closed_on),
            (
                RegisterStatus::Closed,
                RegisterSource::RechercheEntreprises,
                NaiveDate::from_ymd_opt(2024, 7, 1)
            )
        );
    });
}

#[test]
fn the_search_suggests_agreements_for_what_insee_calls_active() {
    run(async {
        let servers = Servers::start().await;
        let answer = ask(&servers.registers(Some("active"), Some("active"))).await;
        assert_eq!(answer.check.source, RegisterSource::Insee);
        assert_eq!(
            answer
                .suggested_idcc
                .iter()
                .map(|it| it.as_str())
                .collect::<Vec<_>>(),
            ["1501", "3248"]
        );
        let without = ask(&servers.registers(Some("active"), Some("hang"))).await;
        assert_eq!(
            (without.check.status, without.suggested_idcc.len()),
            (RegisterStatus::Active, 0)
        );
    });
}

#[test]
fn without_a_register_everything_is_pending_and_the_demonstration_answers_for_its_own() {
    run(async {
        let pool = database().await;
        let registers = Registers::new(&RegisterSettings::default(), &pool, None).unwrap();
        assert_eq!(ask(&registers).await.check.status, RegisterStatus::Pending);
        let settings = RegisterSettings {
            demonstration: true,
            ..RegisterSettings::default()
        };
        let check = ask(&Registers::new(&settings, &pool, None).unwrap()).await.check;
        assert_eq!(
            (check.status, check.source),
            (RegisterStatus::Closed, RegisterSource::Demonstration)
        );
    });
}

#[test]
fn settings_hide_their_key_and_refuse_what_is_no_address() {
    let settings = RegisterSettings {
        sirene_url: Some("not an address".to_owned()),
        sirene_key: Some("secret-key".to_owned()),
        ..Default::default()
    };
    assert!(!format!("{settings:?}").contains("secret-key"));
    run(async {
        assert!(Registers::new(&settings, &database().await, None).is_err());
    });
}

async fn raw_told(pool: &PgPool, base: &str) -> (RegisterStatus, RegisterSource) {
    let settings = RegisterSettings {
        sirene_url: Some(base.to_owned()),
        ..RegisterSettings::default()
    };
    let check = ask(&Registers::new(&settings, pool, None).unwrap()).await.check;
    (check.status, check.source)
}
