//! One request for each route, as somebody sends it who may.

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::Method;
use serde_json::{Value, json};
use tests::client::{FORM, form_encoded};
use tests::journey::{MEMBER, Visitor, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::subscriber::Reader;
use tests::world::World;

/// A request that can be sent any number of times.
#[derive(Clone)]
pub struct Errand {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    body: Content,
}

#[derive(Clone)]
enum Content {
    Fixed(String),
    /// Step 1 of somebody new each time.
    Somebody(fn() -> String),
}

impl Errand {
    fn new(method: Method, path: &str, content_type: &str, body: Content) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body,
        }
    }

    fn json(method: Method, path: &str, body: &Value) -> Self {
        Self::new(method, path, "application/json", Content::Fixed(body.to_string()))
    }

    fn get(path: &str) -> Self {
        Self::new(Method::GET, path, "text/plain", Content::Fixed(String::new()))
    }

    fn form(path: &str, fields: &[(&str, &str)]) -> Self {
        Self::new(Method::POST, path, FORM, Content::Fixed(form_encoded(fields)))
            .with("sec-fetch-site", "same-origin")
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn bearer(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    pub fn body(&self) -> String {
        match &self.body {
            Content::Fixed(body) => body.clone(),
            Content::Somebody(body) => body(),
        }
    }
}

/// The errand that reads a person, whose first step is to write down that somebody looks.
pub async fn look(world: &World) -> Errand {
    let visitor = Visitor::start(world, &newcomer()).await;
    looking_at(&Reader::add(world, "hurried").await, &visitor.id)
}

fn looking_at(crm: &Reader<'_>, registration: &str) -> Errand {
    Errand::get(&format!("/v1/people/{registration}"))
        .bearer(&crm.secret)
        .with("onboarding-purpose", "a file")
}

/// One errand a route, each with what it needs.
pub async fn all(world: &World) -> Vec<Errand> {
    let crm = Reader::add(world, "cut-crm").await;
    let mut errands = of_a_registration(world, &crm).await;
    errands.extend(of_an_account(world).await);
    errands.extend(of_the_organisation(world, &crm));
    errands.extend(of_the_console(world).await);
    errands
}

async fn of_a_registration(world: &World, crm: &Reader<'_>) -> Vec<Errand> {
    let visitor = Visitor::start(world, &newcomer()).await;
    let waiting = Visitor::start(world, &newcomer()).await;
    waiting.fill_in_as_member().await;
    let of = |visitor: &Visitor<'_>, step: &str| format!("/v1/registrations/{}{step}", visitor.id);
    let step = |step: &str, body: Value| {
        Errand::json(Method::PUT, &of(&visitor, step), &body).bearer(&visitor.token)
    };
    let cookie = format!("onboarding_continuation={}", visitor.token);
    let page = |path: &str| Errand::get(path).with("cookie", &cookie);
    let form = |path: &str, fields: &[(&str, &str)]| Errand::form(path, fields).with("cookie", &cookie);
    let start = || newcomer().form().to_string();
    let start_by_form = || {
        let person = newcomer();
        let (last, first) = (person.last_name.as_str(), person.first_name.as_str());
        form_encoded(&[
            ("profile", "generaliste"),
            ("civility", "mme"),
            ("last_name", last),
            ("first_name", first),
            ("email", &person.email),
            ("once", &person.email),
        ])
    };
    vec![
        Errand::new(
            Method::POST,
            "/v1/registrations",
            "application/json",
            Content::Somebody(start),
        ),
        Errand::new(
            Method::POST,
            "/inscription",
            FORM,
            Content::Somebody(start_by_form),
        ),
        Errand::get(&of(&visitor, "")).bearer(&visitor.token),
        step("/identity", visitor.person.form()),
        step("/topics", json!({"topics": ["payments"]})),
        step("/establishment", json!({"siret": MEMBER.0})),
        step("/member-number", json!({"number": "999"})),
        step("/idcc", json!({"idcc": "1979"})),
        Errand::json(Method::POST, &of(&waiting, "/verification-mails"), &json!({})).bearer(&waiting.token),
        Errand::json(Method::POST, "/v1/email-verifications", &json!({"token": "none"})),
        Errand::json(Method::POST, "/v1/resumptions", &json!({"token": "none"})),
        Errand::json(
            Method::PUT,
            &of(&waiting, "/password"),
            &json!({"token": "none", "password": PASSWORD}),
        ),
        Errand::json(
            Method::POST,
            "/v1/password-resets",
            &json!({"email": waiting.person.email}),
        ),
        page("/inscription"),
        page("/inscription/thematiques"),
        form("/inscription/thematiques", &[("topics", "reminders")]),
        page("/inscription/etablissement"),
        form("/inscription/etablissement", &[("siret", MEMBER.0)]),
        page("/inscription/numero"),
        form("/inscription/numero", &[("number", "998")]),
        page("/inscription/recapitulatif"),
        page("/inscription/suite"),
        page("/inscription/merci"),
        looking_at(crm, &visitor.id),
        Errand::json(
            Method::PUT,
            &format!("/v1/people/{}/erasure-acknowledgement", visitor.id),
            &json!({}),
        )
        .bearer(&crm.secret),
    ]
}

async fn of_an_account(world: &World) -> Vec<Errand> {
    let person = newcomer();
    newcomer_with_account(world, &person).await;
    let session = sign_in(world, &person.email, PASSWORD).await;
    let cookie = format!("session={session}");
    let page = |path: &str| Errand::get(path).with("cookie", &cookie);
    let by_form = [("email", person.email.as_str()), ("password", PASSWORD)];
    vec![
        Errand::json(
            Method::POST,
            "/v1/sessions",
            &json!({"email": person.email, "password": PASSWORD}),
        ),
        Errand::form("/", &by_form),
        Errand::get("/v1/me").bearer(&session),
        Errand::json(Method::PUT, "/v1/me/topics", &json!({"topics": ["payments"]})).bearer(&session),
        Errand::get("/v1/me/export").bearer(&session),
        Errand::json(Method::POST, "/v1/me/erasure", &json!({"password": "wrong"})).bearer(&session),
        page("/"),
        page("/espace"),
        Errand::form("/espace", &[("topics", "reminders")]).with("cookie", &cookie),
        page("/espace/mes-donnees"),
        page("/espace/donnees"),
        Errand::form("/espace/fermeture", &[("password", "wrong")]).with("cookie", &cookie),
        Errand::form("/mot-de-passe-oublie", &[("email", person.email.as_str())]),
        Errand::json(Method::DELETE, "/v1/sessions/current", &json!({})).bearer(&session),
    ]
}

fn of_the_organisation(world: &World, crm: &Reader<'_>) -> Vec<Errand> {
    let token = std::fs::read_to_string(world.data_folder().join("directory.token")).expect("a token");
    let contact = json!({
        "civility": "mme", "last_name": "Spécimen", "first_name": "Anne", "email": "cut@example.org", "sirets": [MEMBER.0]
    });
    let change = json!({"contact_id": "CUT-2", "civility": "m", "last_name": "Spécimen", "first_name": "Noé",
                        "email": "cut2@example.org", "sirets": [MEMBER.0]});
    vec![
        Errand::json(Method::PUT, "/v1/directory/contacts/CUT-1", &contact).bearer(token.trim()),
        Errand::new(
            Method::POST,
            "/v1/directory/contacts",
            "application/x-ndjson",
            Content::Fixed(format!("{change}\n")),
        )
        .bearer(token.trim()),
        Errand::json(Method::DELETE, "/v1/directory/contacts/CUT-1", &json!({})).bearer(token.trim()),
        Errand::get("/v1/subscriber/replays").bearer(&crm.secret),
        Errand::get("/v1/catalogue"),
        Errand::get("/v1/idcc?q=coiffure"),
    ]
}

async fn of_the_console(world: &World) -> Vec<Errand> {
    let added = world.command(
        &["console", "add", "cut", "--role", "privacy_officer", "--json"],
        0,
    );
    let added: Value = serde_json::from_slice(&added.stdout).expect("JSON");
    let secret = added["secret"].as_str().expect("a secret");
    let fields = [("name", "cut"), ("secret", secret), ("purpose", "a drill")];
    let entering = Errand::form("/console/sign-in", &fields);
    let entered = world
        .client
        .ask(Method::POST, &entering.path)
        .header("sec-fetch-site", "same-origin")
        .form(&fields)
        .send()
        .await
        .expect(303);
    let cookie = entered
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let visitor = Visitor::start(world, &newcomer()).await;
    let one = format!("/console/registrations/{}", visitor.id);
    let page = |path: &str| Errand::get(path).with("cookie", &cookie);
    let form = |path: &str, fields: &[(&str, &str)]| Errand::form(path, fields).with("cookie", &cookie);
    vec![
        entering,
        page("/console"),
        page("/console/funnel"),
        page("/console/mails"),
        page("/console/registrations"),
        form("/console/registrations", &[("sought", visitor.id.as_str())]),
        page(&one),
        form(&format!("{one}/person"), &[("purpose", "a complaint")]),
        form(&format!("{one}/hold"), &[("reason", "a complaint")]),
        page("/console/subscribers"),
        page("/console/erasures"),
        page("/console/accesses"),
    ]
}

/// So that many can start at once, each with a key of its own.
pub fn key() -> String {
    static KEYS: AtomicU32 = AtomicU32::new(0);
    format!("cut-{}", KEYS.fetch_add(1, Ordering::Relaxed))
}
