//! A router whose database never answers, and what its answers are looked at for.

use std::sync::Arc;
use std::time::Duration;

use api::ApiState;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use catalogue::{Catalogue, Words};
use directory::{Directory, RegisterSettings, Registers};
use domain::values::{Flow, PolicyName};
use keyring::Keyring;
use serde_json::Value;
use store::Store;
use tower::ServiceExt;
use usecases::{Ground, HashingGate, Nudge, Onboarding, Settings};

/// The router and its keys.
pub struct House {
    pub router: Router,
    pub onboarding: Onboarding,
    _keys: tempfile::TempDir,
}

impl House {
    pub fn new(public_url: &str, limits: bool) -> Self {
        Self::with(public_url, limits, |state| state)
    }

    pub fn open_to(origins: &[&str]) -> Self {
        let origins: Vec<String> = origins.iter().map(|it| (*it).to_owned()).collect();
        Self::with("http://127.0.0.1:8080", true, |state| {
            state.with_allowed_origins(&origins)
        })
    }

    fn with(public_url: &str, limits: bool, more: impl FnOnce(ApiState) -> ApiState) -> Self {
        let keys = tempfile::tempdir().unwrap();
        let keyring = Keyring::open(&keys.path().join("master.key")).unwrap();
        // Nobody listens on port 1.
        let pool = database::pool_options()
            .acquire_timeout(Duration::from_millis(200))
            .connect_lazy("postgres://nobody@127.0.0.1:1/none")
            .unwrap();
        let onboarding = Onboarding::new(Ground {
            store: Store::new(pool.clone()),
            keyring: keyring.clone(),
            registers: Registers::new(&RegisterSettings::default(), &pool, None).unwrap(),
            directory: Directory::new(pool, keyring),
            catalogue: Arc::new(Catalogue::load(None).unwrap()),
            hashing: HashingGate::new(1).unwrap(),
            settings: Settings {
                flow: Flow::Guide,
                policy: PolicyName::Guide,
                limits,
                ..Settings::default()
            },
            nudge: Nudge::default(),
        });
        let state = ApiState::new(
            onboarding.clone(),
            Arc::new(Words::load().unwrap()),
            public_url,
            limits.then(std::sync::Arc::default),
        );
        Self {
            router: api::router(more(state)),
            onboarding,
            _keys: keys,
        }
    }

    pub fn plain() -> Self {
        Self::new("http://127.0.0.1:8080", false)
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub async fn post_json(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[JSON], body).await
    }
}

/// The header of a JSON body.
pub const JSON: (&str, &str) = ("content-type", "application/json");

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {:?}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        self.json()["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (text(&it["field"]), text(&it["code"])))
            .collect()
    }

    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.json()["code"].as_str().unwrap()),
            (status, code),
            "{}",
            self.body
        );
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json()["status"], status);
    }
}
