//! Registers that misbehave in every way that one has been seen to, or may be expected to.
//!
//! A server of our own plays INSEE and the public search; what it does depends on the base address it is
//! reached under. Whatever it does, the answer must be right or `pending`, and in time.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says what went wrong by panicking, also in its servers"
)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, NaiveDate, Utc};
use directory::{RegisterAnswer, RegisterSettings, Registers};
use domain::registration::event::{RegisterSource, RegisterStatus};
use domain::values::Siret;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ASKED: &str = "00000030700017";
const OTHER: &str = "00000040600017";

#[derive(Clone, Default)]
struct Calls {
    count: Arc<AtomicUsize>,
    seen: Arc<Mutex<HashMap<String, String>>>,
}

fn establishment(siret: &str, state: &str) -> Value {
    json!({"siret": siret, "uniteLegale": {"etatAdministratifUniteLegale": "A", "nomUniteLegale": "[ND]"},
        "periodesEtablissement": [{"dateFin": null, "dateDebut": "2024-07-01", "etatAdministratifEtablissement": state}]})
}

fn ok(value: Value) -> Response {
    Json(value).into_response()
}

async fn insee(
    State(calls): State<Calls>,
    Path((case, siret)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if siret == "liensSuccession" {
        let link = json!({"siretEtablissementPredecesseur": ASKED, "siretEtablissementSuccesseur": OTHER, "dateLienSuccession": "2024-07-01"});
        return match case.as_str() {
            "succeeded" => ok(json!({"liensSuccession": [link]})),
            _ => StatusCode::NOT_FOUND.into_response(),
        };
    }
    calls.count.fetch_add(1, Ordering::SeqCst);
    let key = headers
        .get("x-insee-api-key-integration")
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    calls.seen.lock().unwrap().extend([
        ("key".to_owned(), key.to_owned()),
        ("query".to_owned(), query.unwrap_or_default()),
    ]);
    match case.as_str() {
        "active" => ok(json!({"header": {"statut": 200}, "etablissement": establishment(&siret, "A")})),
        "closed" | "succeeded" => ok(json!({"etablissement": establishment(&siret, "F")})),
        "unknown" => (StatusCode::NOT_FOUND, Json(json!({"header": {"statut": 404}}))).into_response(),
        "gateway404" => (StatusCode::NOT_FOUND, "<html>no such page</html>").into_response(),
        "plural" => ok(json!({"etablissements": [establishment(OTHER, "A")]})),
        "moved" => (
            StatusCode::MOVED_PERMANENTLY,
            [(header::LOCATION, format!("/plural/siret/{siret}"))],
        )
            .into_response(),
        "elsewhere" => (
            StatusCode::MOVED_PERMANENTLY,
            [(header::LOCATION, "http://localhost:9/siret/1")],
        )
            .into_response(),
        "circle" => (
            StatusCode::FOUND,
            [(header::LOCATION, format!("/circle/siret/{siret}"))],
        )
            .into_response(),
        "html" => ([(header::CONTENT_TYPE, "text/html")], "<html>maintenance</html>").into_response(),
        "empty" => StatusCode::OK.into_response(),
        "hollow" => ok(json!({})),
        "huge" => Body::from(vec![b' '; 3 * 1024 * 1024]).into_response(),
        "hang" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
        status => StatusCode::from_u16(status.parse().unwrap())
            .unwrap()
            .into_response(),
    }
}

async fn recherche(
    State(calls): State<Calls>,
    Path(case): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    calls
        .seen
        .lock()
        .unwrap()
        .insert("search".to_owned(), query.unwrap_or_default());
    let found = |state: &str| {
        json!({"results": [{"etat_administratif": "A", "complements": {"liste_idcc": ["0054"]}, "siege": {},
        "matching_etablissements": [{"siret": ASKED, "etat_administratif": state, "date_fermeture": "2024-07-01", "liste_idcc": ["1501"]}]}]})
    };
    match case.as_str() {
        "active" => ok(found("A")),
        "closed" => ok(found("F")),
        "unknown" => ok(json!({"results": [], "total_results": 0})),
        "hang" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
        status => StatusCode::from_u16(status.parse().unwrap())
            .unwrap()
            .into_response(),
    }
}

struct Servers {
    address: String,
    calls: Calls,
}

impl Servers {
    async fn start() -> Self {
        let calls = Calls::default();
        let router = Router::new()
            .route("/{case}/siret/{siret}", get(insee))
            .route("/{case}/search", get(recherche))
            .with_state(calls.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, calls }
    }

    fn registers(&self, insee: Option<&str>, recherche: Option<&str>) -> Registers {
        let base = |case: &str| format!("{}/{case}", self.address);
        let settings = RegisterSettings {
            sirene_url: insee.map(base),
            sirene_key: Some("a-key".to_owned()),
            recherche_url: recherche.map(base),
            ..RegisterSettings::default()
        };
        Registers::new(&settings, None).unwrap()
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-03T10:00:00Z".parse().unwrap()
}

async fn ask(registers: &Registers) -> RegisterAnswer {
    let begin = Instant::now();
    let answer = registers.check(&Siret::parse(ASKED).unwrap(), now()).await;
    assert!(
        begin.elapsed() < Duration::from_secs(3),
        "a step waits three seconds at most: {:?}",
        begin.elapsed()
    );
    answer
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

#[tokio::test]
async fn insee_is_asked_with_its_key_and_for_few_fields() {
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
}

#[tokio::test]
async fn a_closed_establishment_comes_with_its_date_and_successor() {
    let servers = Servers::start().await;
    let check = ask(&servers.registers(Some("closed"), None)).await.check;
    assert_eq!(check.status, RegisterStatus::Closed);
    assert_eq!(check.closed_on, NaiveDate::from_ymd_opt(2024, 7, 1));
    assert_eq!(check.successor, None);
    let check = ask(&servers.registers(Some("succeeded"), None)).await.check;
    assert_eq!(check.successor, Siret::parse(OTHER).ok());
}

#[tokio::test]
async fn a_duplicate_is_closed_and_the_other_is_its_successor() {
    let servers = Servers::start().await;
    for case in ["plural", "moved"] {
        let check = ask(&servers.registers(Some(case), None)).await.check;
        assert_eq!(
            (check.status, check.successor),
            (RegisterStatus::Closed, Siret::parse(OTHER).ok()),
            "{case}"
        );
    }
}

#[tokio::test]
async fn whatever_insee_does_wrong_the_answer_is_pending() {
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
        "elsewhere",
        "circle",
        "hang",
    ] {
        assert_eq!(told(&servers, Some(case), None).await, PENDING, "{case}");
    }
}

#[tokio::test]
async fn broken_connections_are_pending() {
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
        assert_eq!(raw_told(&base).await, PENDING, "{case}");
    }
    let nobody = "http://127.0.0.1:9";
    assert_eq!(raw_told(nobody).await, PENDING);
}

#[tokio::test]
async fn a_slow_drip_is_cut_off() {
    let body = json!({"etablissement": establishment(ASKED, "A")}).to_string();
    let text = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let base = raw_server(text, Some(Duration::from_millis(50))).await;
    assert_eq!(raw_told(&base).await, PENDING);
}

#[tokio::test]
async fn insees_unknown_is_final_and_the_searches_only_where_insee_is_not_asked() {
    let servers = Servers::start().await;
    assert_eq!(
        told(&servers, Some("unknown"), Some("active")).await,
        (RegisterStatus::NotFound, RegisterSource::Insee)
    );
    assert_eq!(told(&servers, Some("503"), Some("unknown")).await, PENDING);
    assert_eq!(
        told(&servers, None, Some("unknown")).await,
        (RegisterStatus::NotFound, RegisterSource::RechercheEntreprises)
    );
}

#[tokio::test]
async fn the_search_stands_in_for_insee_within_the_same_time() {
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
    assert_eq!(
        (check.status, check.closed_on),
        (RegisterStatus::Closed, NaiveDate::from_ymd_opt(2024, 7, 1))
    );
}

#[tokio::test]
async fn the_search_suggests_agreements_for_what_insee_calls_active() {
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
}

#[tokio::test]
async fn after_five_faults_nobody_waits_for_a_source() {
    let servers = Servers::start().await;
    let registers = servers.registers(Some("503"), None);
    for _ in 0..9 {
        assert_eq!(ask(&registers).await.check.status, RegisterStatus::Pending);
    }
    assert_eq!(servers.calls.count.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn insee_is_asked_thirty_times_a_minute_and_an_answer_is_used_again() {
    let servers = Servers::start().await;
    let registers = servers.registers(Some("active"), None);
    for _ in 0..5 {
        assert_eq!(ask(&registers).await.check.status, RegisterStatus::Active);
    }
    assert_eq!(
        servers.calls.count.load(Ordering::SeqCst),
        1,
        "the same establishment costs one call"
    );
    let mut pending = 0;
    for siret in (0..100_000)
        .filter_map(|n| Siret::parse(&format!("000000{n:08}")).ok())
        .take(40)
    {
        pending += usize::from(registers.check(&siret, now()).await.check.status == RegisterStatus::Pending);
    }
    assert_eq!(servers.calls.count.load(Ordering::SeqCst), 30);
    assert_eq!(pending, 11);
}

#[tokio::test]
async fn without_a_register_everything_is_pending_and_the_demonstration_answers_for_its_own() {
    let registers = Registers::new(&RegisterSettings::default(), None).unwrap();
    assert_eq!(ask(&registers).await.check.status, RegisterStatus::Pending);
    let settings = RegisterSettings {
        demonstration: true,
        ..RegisterSettings::default()
    };
    let check = ask(&Registers::new(&settings, None).unwrap()).await.check;
    assert_eq!(
        (check.status, check.source),
        (RegisterStatus::Closed, RegisterSource::Demonstration)
    );
}

#[test]
fn settings_hide_their_key_and_refuse_what_is_no_address() {
    let settings = RegisterSettings {
        sirene_url: Some("not an address".to_owned()),
        sirene_key: Some("secret-key".to_owned()),
        ..Default::default()
    };
    assert!(!format!("{settings:?}").contains("secret-key"));
    assert!(Registers::new(&settings, None).is_err());
}

/// A server that sends the same bytes to whoever comes, all at once or one by one, and hangs up.
async fn raw_server(text: String, pause: Option<Duration>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let text = text.clone();
            tokio::spawn(async move {
                let _ = socket.read(&mut [0; 4096]).await;
                match pause {
                    None => drop(socket.write_all(text.as_bytes()).await),
                    Some(pause) => {
                        for byte in text.bytes() {
                            if socket.write_all(&[byte]).await.is_err() {
                                return;
                            }
                            tokio::time::sleep(pause).await;
                        }
                    }
                }
            });
        }
    });
    address
}

async fn raw_told(base: &str) -> (RegisterStatus, RegisterSource) {
    let settings = RegisterSettings {
        sirene_url: Some(base.to_owned()),
        ..RegisterSettings::default()
    };
    let check = ask(&Registers::new(&settings, None).unwrap()).await.check;
    (check.status, check.source)
}
