//! A collector of traces: it takes what OTLP sends as JSON over HTTP, and tells which spans belong together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A span: its name, its trace, its service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is called.
    pub name: String,
    /// The trace it belongs to.
    pub trace: String,
    /// The service that recorded it.
    pub service: String,
    /// Its attributes, as text.
    pub attributes: BTreeMap<String, String>,
    /// Which of them are integers.
    pub integers: BTreeSet<String>,
}

type Taken = Arc<Mutex<Vec<Span>>>;

/// The collector. It runs until the program ends.
pub struct Collector {
    /// The base of its addresses.
    pub url: String,
    taken: Taken,
}

impl Collector {
    /// Starts on a free port.
    pub async fn start() -> Self {
        let taken = Taken::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(Arc::clone(&taken));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, taken }
    }

    /// Every span so far.
    pub fn spans(&self) -> Vec<Span> {
        self.taken.lock().unwrap().clone()
    }
}

async fn take(State(taken): State<Taken>, Json(sent): Json<Value>) -> Json<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for resource in list(&sent["resourceSpans"]) {
        let service = attributes(&resource["resource"]["attributes"])
            .remove("service.name")
            .unwrap_or_default();
        for scope in list(&resource["scopeSpans"]) {
            for span in list(&scope["spans"]) {
                taken.lock().unwrap().push(Span {
                    name: span["name"].as_str().unwrap_or_default().to_owned(),
                    trace: span["traceId"].as_str().unwrap_or_default().to_owned(),
                    service: service.clone(),
                    attributes: attributes(&span["attributes"]),
                    integers: list(&span["attributes"])
                        .iter()
                        .filter(|it| it["value"]["intValue"] != Value::Null)
                        .map(|it| it["key"].as_str().unwrap_or_default().to_owned())
                        .collect(),
                });
            }
        }
    }
    Json(json!({}))
}

fn attributes(list: &Value) -> BTreeMap<String, String> {
    let pair = |attribute: &Value| {
        let name = attribute["key"].as_str().unwrap_or_default().to_owned();
        let value = attribute["value"]
            .as_object()
            .and_then(|value| value.values().next())
            .cloned();
        let value = value.unwrap_or_default();
        (
            name,
            value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        )
    };
    list.as_array().into_iter().flatten().map(pair).collect()
}
