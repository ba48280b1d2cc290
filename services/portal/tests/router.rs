//! What the pages answer before any use case is asked: headers, languages, origins, forms, and a database that is away.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a failure is a panic; only test functions are exempt by themselves"
)]

mod ground;

use axum::http::StatusCode;
use ground::{Portal, header, text};

const PLAIN: &str = "http://127.0.0.1:8080";
const SECURE: &str = "https://espace.example.org";

#[tokio::test]
async fn every_answer_carries_the_protective_headers() {
    let portal = Portal::at(SECURE);
    for path in [
        "/",
        "/inscription",
        "/nothing-here",
        "/portal.css",
        "/verify/x",
        "/espace",
    ] {
        let response = portal.get(path).await;
        assert!(
            header(&response, "content-security-policy").starts_with("default-src 'none'; style-src 'self'"),
            "{path}"
        );
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert!(
            header(&response, "strict-transport-security").starts_with("max-age=31536000"),
            "{path}"
        );
        let cached = header(&response, "cache-control");
        assert_eq!(cached == "no-store", path != "/portal.css", "{path}: {cached}");
    }
    assert_eq!(
        header(&Portal::at(PLAIN).get("/").await, "strict-transport-security"),
        ""
    );
}

#[tokio::test]
async fn the_sign_in_page_is_french_unless_asked_otherwise() {
    let portal = Portal::at(PLAIN);
    let page = text(portal.get("/").await).await;
    assert!(page.contains("<html lang=\"fr\">") && page.contains("Créer mon compte"));
    let response = portal.get("/?lang=en").await;
    assert!(header(&response, "set-cookie").starts_with("onboarding_language=en; Path=/; Max-Age="));
    assert!(text(response).await.contains("Create my account"));
}

#[tokio::test]
async fn forms_of_other_sites_are_refused_before_they_are_read() {
    let portal = Portal::at(SECURE);
    for headers in [
        [("sec-fetch-site", "cross-site")],
        [("origin", "https://evil.example")],
        [("origin", "null")],
    ] {
        let response = portal.post("/inscription", "", &headers).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{headers:?}");
    }
    let response = portal
        .post(
            "/inscription",
            "",
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        )
        .await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_form_with_faults_comes_back_with_all_of_them_and_what_was_typed() {
    let portal = Portal::at(PLAIN);
    let response = portal
        .post(
            "/inscription",
            "last_name=%3Cb%3E&first_name=Clare&email=clare&profile=nobody",
            &[],
        )
        .await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = text(response).await;
    for field in ["profile", "civility", "last_name", "email"] {
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field}");
    }
    assert!(
        !page.contains("href=\"#first_name\"")
            && page.contains("value=\"Clare\"")
            && page.contains("value=\"&lt;b&gt;\"")
    );
    assert!(page.contains("<title>Erreur"));
}

#[tokio::test]
async fn a_form_that_is_too_long_or_of_another_kind_is_not_read() {
    let portal = Portal::at(PLAIN);
    let long = format!("email={}", "a".repeat(20_000));
    assert_eq!(
        portal.post("/", &long, &[]).await.status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let json = axum::http::Request::post("/").header("content-type", "application/json");
    let response = portal.answer(json.body("{}".into()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_link_of_no_ones_is_explained_with_200() {
    let portal = Portal::at(PLAIN);
    for token in ["x", "..", "a%2Fb", "%00", &"A".repeat(64)[..63]] {
        let response = portal.get(&format!("/verify/{token}")).await;
        assert_eq!(response.status(), StatusCode::OK, "{token}");
        let page = text(response).await;
        assert!(
            page.contains("Ce lien n’est plus valable") && page.contains("Créer mon compte"),
            "{token}"
        );
    }
    let head = axum::http::Request::head("/verify/x")
        .body(axum::body::Body::empty())
        .unwrap();
    assert_eq!(portal.answer(head).await.status(), StatusCode::OK);
    assert_eq!(
        portal.post("/verify/x", "password=a", &[]).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn steps_without_a_registration_lead_to_the_first_one_and_the_space_to_sign_in() {
    let portal = Portal::at(PLAIN);
    for path in [
        "/inscription/thematiques",
        "/inscription/etablissement",
        "/inscription/numero",
        "/inscription/idcc",
        "/inscription/merci",
    ] {
        let response = portal.get(path).await;
        assert_eq!(
            (response.status(), header(&response, "location")),
            (StatusCode::SEE_OTHER, "/inscription?notice=start-here"),
            "{path}"
        );
        assert_eq!(
            portal.post(path, "", &[]).await.status(),
            StatusCode::SEE_OTHER,
            "{path}"
        );
    }
    let response = portal.get("/espace").await;
    assert_eq!(header(&response, "location"), "/?notice=sign-in-first");
}

#[tokio::test]
async fn a_database_that_is_away_loses_nothing_of_what_was_typed() {
    let portal = Portal::at(PLAIN);
    let form = "profile=medecin&civility=mme&last_name=Dupont&first_name=Clare&email=clare%40exemple.com";
    let response = portal.post("/inscription", form, &[]).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(header(&response, "retry-after"), "5");
    assert!(text(response).await.contains("value=\"clare@exemple.com\""));
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_pages_too() {
    let portal = Portal::at(PLAIN);
    let response = portal.get("/nothing-here").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert!(text(response).await.contains("Page introuvable"));
    assert_eq!(
        portal.get("/deconnexion").await.status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(
        header(&portal.get("/password-reset").await, "location"),
        "/mot-de-passe-oublie"
    );
}

#[tokio::test]
async fn mails_of_this_machine_are_shown_to_it_alone() {
    let portal = Portal::at(PLAIN);
    assert!(
        text(portal.get("/dev/mail").await)
            .await
            .contains("Aucun message")
    );
    let mails = portal.folder.path().join("mail");
    std::fs::create_dir(&mails).unwrap();
    let mail = "To: <clare@exemple.com>\r\nSubject: =?utf-8?q?Confirmez?=\r\n\r\nBonjour\r\nhttp://127.0.0.1:8080/verify/abc\r\n";
    std::fs::write(mails.join("1.eml"), mail).unwrap();
    assert!(text(portal.get("/dev/mail").await).await.contains("Confirmez"));
    assert!(
        text(portal.get("/dev/mail/1.eml").await)
            .await
            .contains("href=\"http://127.0.0.1:8080/verify/abc\"")
    );
    assert_eq!(
        portal.get("/dev/mail/1.eml/source").await.status(),
        StatusCode::OK
    );
    assert_eq!(
        portal.get("/dev/mail/..%2Fmaster.key").await.status(),
        StatusCode::NOT_FOUND
    );
    let elsewhere = axum::http::Request::get("/dev/mail").header("host", "evil.example");
    assert_eq!(
        portal
            .answer(elsewhere.body(axum::body::Body::empty()).unwrap())
            .await
            .status(),
        StatusCode::NOT_FOUND
    );
}
