//! A portal on use cases whose database is away: what is answered without asking it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use catalogue::{Catalogue, Words};
use directory::{Directory, RegisterSettings, Registers};
use domain::values::{Flow, PolicyName};
use keyring::Keyring;
use store::Store;
use tempfile::TempDir;
use tower::ServiceExt;
use usecases::{Ground, HashingGate, Nudge, Onboarding, Settings};

/// A portal with its folder of keys and mails.
pub struct Portal {
    pub router: Router,
    pub folder: TempDir,
}

impl Portal {
    /// A portal that is reached at this address.
    pub fn at(public_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Nothing listens there, and nobody waits long for it.
        let pool = database::pool_options()
            .acquire_timeout(std::time::Duration::from_millis(200))
            .connect_lazy("postgres://nobody@127.0.0.1:1/nothing")
            .unwrap();
        let keyring = Keyring::open(&folder.path().join("master.key")).unwrap();
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
                limits: true,
                ..Settings::default()
            },
            nudge: Nudge::default(),
        });
        let mails = folder.path().join("mail");
        let words = Arc::new(Words::load().unwrap());
        let state = portal::PortalState::new(onboarding, words, public_url, None, Some(mails));
        Self {
            router: portal::router(state),
            folder,
        }
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Answers a GET.
    pub async fn get(&self, path: &str) -> Response<Body> {
        self.answer(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Answers a form, posted from where `headers` say.
    pub async fn post(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        self.answer(request.body(Body::from(form.to_owned())).unwrap())
            .await
    }
}

/// The whole page.
pub async fn text(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every cookie that is set, each as its header says.
pub fn cookies(response: &Response<Body>) -> Vec<&str> {
    let headers = response.headers().get_all("set-cookie").iter();
    headers.map(|value| value.to_str().unwrap()).collect()
}

/// A header's text; empty when it is not there.
pub fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}
