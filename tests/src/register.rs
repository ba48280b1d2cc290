//! A register that plays INSEE: it answers for the SIRETs of the demonstration's register, in INSEE's own form.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// An establishment that is active and that the organisation does not know.
pub const ACTIVE: &str = "13002526500013";
/// Another one.
pub const ANOTHER_ACTIVE: &str = "19750663700010";
/// One that closed on 1 July 2024.
pub const CLOSED: &str = "00000030700017";
/// One that no register knows.
pub const UNKNOWN: &str = "00000032300014";
/// One about which the register is silent.
pub const SILENT: &str = "00000034900019";

type Answers = Arc<Mutex<HashMap<String, &'static str>>>;

/// The register. It runs until the program ends.
pub struct Register {
    url: String,
    answers: Answers,
}

impl Register {
    /// Starts on a free port.
    pub async fn start() -> Self {
        let known = [
            (ACTIVE, "A"),
            (ANOTHER_ACTIVE, "A"),
            (CLOSED, "F"),
            (SILENT, "silent"),
        ];
        let answers: Answers = Arc::new(Mutex::new(
            known.map(|(siret, state)| (siret.to_owned(), state)).into(),
        ));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new()
            .route("/siret/{siret}", get(answer))
            .with_state(Arc::clone(&answers));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, answers }
    }

    /// The base of its addresses.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on an establishment is this: `A`ctive, `F`ermé, or anything else for silence.
    pub fn says(&self, siret: &str, state: &'static str) {
        self.answers.lock().unwrap().insert(siret.to_owned(), state);
    }
}

async fn answer(State(answers): State<Answers>, Path(siret): Path<String>) -> Response {
    let state = answers.lock().unwrap().get(&siret).copied();
    match state {
        Some(state @ ("A" | "F")) => Json(establishment(&siret, state)).into_response(),
        Some(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        None => (
            StatusCode::NOT_FOUND,
            Json(json!({"header": {"statut": 404, "message": "introuvable"}})),
        )
            .into_response(),
    }
}

fn establishment(siret: &str, state: &str) -> Value {
    json!({
        "header": {"statut": 200, "message": "OK"},
        "etablissement": {
            "siret": siret,
            "uniteLegale": {"etatAdministratifUniteLegale": "A"},
            "periodesEtablissement": [
                {"dateFin": null, "dateDebut": "2024-07-01", "etatAdministratifEtablissement": state}
            ]
        }
    })
}
