//! What the pages answer before any use case is asked: headers, languages, origins, forms, and a database that is away.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a failure is a panic; only test functions are exempt by themselves"
)]

mod ground;

use axum::http::StatusCode;
use ground::{Portal, cookies, header, text};

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
            header(&response, "content-security-policy")
                .starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{path}"
        );
        assert!(
            !header(&response, "content-security-policy").contains("unsafe"),
            "{path}"
        );
        assert_eq!(header(&response, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert!(
            header(&response, "strict-transport-security").starts_with("max-age=31536000"),
            "{path}"
        );
        let cached = header(&response, "cache-control");
        let expected = if path == "/portal.css" {
            "no-cache"
        } else {
            "no-store"
        };
        assert_eq!(cached, expected, "{path}");
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
    let set = cookies(&response);
    assert!(
        set.iter()
            .any(|it| it.starts_with("onboarding_language=en; Path=/; Max-Age="))
    );
    assert!(text(response).await.contains("Create my account"));
}

#[tokio::test]
async fn forms_of_other_sites_are_refused_before_they_are_read() {
    let portal = Portal::at(SECURE);
    for headers in [
        [("sec-fetch-site", "cross-site")],
        [("origin", "https://evil.example")],
        // It does not say, and brings no token.
        [("origin", "null")],
        [("cookie", "__Host-session=x")],
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

#[tokio::test]
async fn a_browser_that_does_not_say_where_a_form_comes_from_shows_its_token() {
    let portal = Portal::at(SECURE);
    let response = portal.get("/inscription").await;
    let mark = cookies(&response)[0].split(';').next().unwrap().to_owned();
    assert!(mark.starts_with("__Host-onboarding_form="));
    let page = text(response).await;
    let token = page.split("name=\"form_token\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let form = format!("form_token={token}");
    let of_older_browser = [("origin", "null"), ("cookie", mark.as_str())];
    let accepted = portal.post("/inscription", &form, &of_older_browser).await;
    assert_eq!(accepted.status(), StatusCode::UNPROCESSABLE_ENTITY);
    for (form, cookie) in [
        (form.as_str(), "__Host-onboarding_form=another"),
        ("form_token=x", mark.as_str()),
        ("", mark.as_str()),
    ] {
        let headers = [("origin", "null"), ("cookie", cookie)];
        let refused = portal.post("/inscription", form, &headers).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{form} {cookie}");
        assert!(text(refused).await.contains("vos réponses y sont encore"));
    }
    assert!(
        cookies(&portal.answer(get_with("/", &mark)).await).is_empty(),
        "a browser keeps its mark"
    );
}

fn get_with(path: &str, cookie: &str) -> axum::http::Request<axum::body::Body> {
    let request = axum::http::Request::get(path).header("cookie", cookie);
    request.body(axum::body::Body::empty()).unwrap()
}

#[tokio::test]
async fn what_a_page_loads_is_kept_under_its_own_version_only() {
    let portal = Portal::at(PLAIN);
    let page = text(portal.get("/").await).await;
    let mut seen = 0;
    for rest in page.split("?v=").skip(1) {
        let version = rest.split('"').next().unwrap();
        for path in ["/portal.css", "/form.js", "/password.js"] {
            let response = portal.get(&format!("{path}?v={version}")).await;
            assert_eq!(response.status(), StatusCode::OK);
            seen += usize::from(header(&response, "cache-control").contains("immutable"));
        }
    }
    assert_eq!(seen, 3, "each under its own version and no other");
    let response = portal.get("/agreement.js?v=0").await;
    assert_eq!(header(&response, "cache-control"), "no-cache");
    assert_eq!(
        header(&response, "content-type"),
        "text/javascript; charset=utf-8"
    );
}

#[tokio::test]
async fn every_refusal_is_a_page_in_either_language_with_a_way_to_the_other() {
    let portal = Portal::at(PLAIN);
    let long = format!("email={}", "a".repeat(20_000));
    for (path, form, headers, status, words) in [
        (
            "/deconnexion",
            "",
            vec![("sec-fetch-site", "cross-site")],
            403,
            "Request refused",
        ),
        ("/", long.as_str(), vec![], 413, "Form too long"),
        ("/espace/donnees", "", vec![], 405, "does not open in this way"),
        ("/nothing", "", vec![], 404, "Page not found"),
    ] {
        let english = [
            headers,
            vec![
                ("cookie", "onboarding_language=en"),
                ("sec-fetch-site", "same-origin"),
            ],
        ]
        .concat();
        let response = portal.post(path, form, &english).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let page = text(response).await;
        assert!(
            page.contains(words) && page.contains("lang=fr\""),
            "{path}: {page}"
        );
    }
}

#[tokio::test]
async fn nothing_is_kept_of_whoever_leaves() {
    let portal = Portal::at(SECURE);
    let leave = |form: &'static str| portal.post("/inscription/quitter", form, &[]);
    let response = leave("").await;
    assert_eq!(header(&response, "location"), "/?notice=form-left");
    let cleared = cookies(&response);
    for name in ["onboarding_continuation", "onboarding_link", "onboarding_answer"] {
        let begin = format!("__Host-{name}=; Path=/; Max-Age=0");
        assert!(
            cleared.iter().any(|it| it.starts_with(&begin)),
            "{name}: {cleared:?}"
        );
    }
    let response = leave("keep=yes").await;
    assert_eq!(header(&response, "location"), "/?notice=form-left-here");
    assert!(cookies(&response).is_empty());
}

#[tokio::test]
async fn topics_that_a_lost_session_did_not_save_wait_behind_the_sign_in_page() {
    let portal = Portal::at(PLAIN);
    let response = portal
        .post("/espace", "topics=payments&topics=reminders", &[])
        .await;
    let location = header(&response, "location").to_owned();
    assert_eq!(
        location,
        "/?notice=session-ended&topics=payments&topics=reminders"
    );
    let page = text(portal.get(&location).await).await;
    assert!(page.contains("name=\"topics\" value=\"payments\"") && page.contains("n’est pas perdu"));
}
