//! A server of ours that plays INSEE and the public search, and misbehaves in every way that one has been seen to, or
//! may be expected to. What it does depends on the base address that it is reached under.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use directory::{RegisterSettings, Registers};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub const ASKED: &str = "00000030700017";
pub const OTHER: &str = "00000040600017";

/// What the server was asked.
#[derive(Clone, Default)]
pub struct Calls {
    pub count: Arc<AtomicUsize>,
    pub seen: Arc<Mutex<HashMap<String, String>>>,
    well: Arc<AtomicBool>,
}

/// An establishment in INSEE's form.
pub fn establishment(siret: &str, state: &str) -> Value {
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
            "slowly_closed" => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                StatusCode::OK.into_response()
            }
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
        _ if calls.well.load(Ordering::SeqCst) => ok(json!({"etablissement": establishment(&siret, "A")})),
        "active" => ok(json!({"header": {"statut": 200}, "etablissement": establishment(&siret, "A")})),
        "closed" | "succeeded" => ok(json!({"etablissement": establishment(&siret, "F")})),
        "slowly_closed" => {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            ok(json!({"etablissement": establishment(&siret, "F")}))
        }
        "json_gateway404" => (
            StatusCode::NOT_FOUND,
            Json(json!({"message": "no Route matched with those values"})),
        )
            .into_response(),
        "another" => ok(json!({"etablissement": establishment(OTHER, "A")})),
        "unknown" => (StatusCode::NOT_FOUND, Json(json!({"header": {"statut": 404}}))).into_response(),
        "empty404" => StatusCode::NOT_FOUND.into_response(),
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
        "patient" => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")]).into_response(),
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

/// The servers, a database, and a way to ask them as the service does.
pub struct Servers {
    pub address: String,
    pub calls: Calls,
    pub pool: PgPool,
}

impl Servers {
    /// Starts them, with a database of their own.
    pub async fn start() -> Self {
        let calls = Calls::default();
        let router = Router::new()
            .route("/{case}/siret/{siret}", get(insee))
            .route("/{case}/search", get(recherche))
            .with_state(calls.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let pool = crate::database().await;
        Self { address, calls, pool }
    }

    /// The registers of a service that is set to ask them.
    pub fn registers(&self, insee: Option<&str>, recherche: Option<&str>) -> Registers {
        let base = |case: &str| format!("{}/{case}", self.address);
        let settings = RegisterSettings {
            sirene_url: insee.map(base),
            sirene_key: Some("a-key".to_owned()),
            recherche_url: recherche.map(base),
            ..RegisterSettings::default()
        };
        Registers::new(&settings, &self.pool, None).unwrap()
    }

    /// From now on INSEE answers that every establishment is active, under whatever address.
    pub fn recover(&self) {
        self.calls.well.store(true, Ordering::SeqCst);
    }

    /// How often INSEE was asked about establishments.
    pub fn count(&self) -> usize {
        self.calls.count.load(Ordering::SeqCst)
    }
}

/// A server that sends the same bytes to whoever comes, all at once or one by one, and hangs up.
pub async fn raw_server(text: String, pause: Option<Duration>) -> String {
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
