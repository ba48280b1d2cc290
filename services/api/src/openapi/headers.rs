//! Headers that every operation of a kind takes and gives.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Header, RefOr, Required, Response};

/// Where nothing is to be repeated: each request opens a session of its own, and the token that it answers is not kept; many
/// contacts in one body are written as they are read, and say how things are to be.
const KEYLESS: [(HttpMethod, &str); 2] = [
    (HttpMethod::Post, "/v1/sessions"),
    (HttpMethod::Post, "/v1/directory/contacts"),
];

/// Languages, as browsers list them.
const LANGUAGES: &str = r"^[A-Za-z0-9*,;=. -]*$";
/// A key as it is, or a string of structured fields with parameters.
const KEY: &str = r#"^([!#-~][!-~]{0,254}|"[ -~]+"(;[ -~]*)?)$"#;
/// Entity tags, or any.
const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;
/// The entity tag of a version.
const TAG: &str = r#"^(W/)?"[0-9]+(-[a-z]+)?"$"#;

/// Adds the headers of this operation.
pub fn complete(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let changes = matches!(method, HttpMethod::Post | HttpMethod::Put);
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(header(
        "Accept-Language",
        "The language of words for people: `fr` (the default) or `en`.",
        LANGUAGES,
    ));
    let is_directory = path.starts_with("/v1/directory/");
    let takes_a_key = changes && !KEYLESS.contains(&(method.clone(), path));
    if takes_a_key {
        parameters.push(header(
            "Idempotency-Key",
            "1 to 255 visible ASCII characters, bare or in double quotes: `k`, `\"k\"` and `\"k\";a=1` are one key. The same \
             key and body get the same answer, with the header `Idempotency-Replayed: true`; the same key with another body \
             gets 422 `idempotency-key-reused`.",
            KEY,
        ));
    }
    let is_guarded = (path.contains("{id}") && !is_directory) || path.starts_with("/v1/me/");
    if changes && is_guarded {
        parameters.push(header(
            "If-Match",
            "The version that must be the present one, as in `ETag`; else 412. What a proxy made of that tag (`W/\"4\"`, \
             `\"4-gzip\"`) counts too.",
            TAGS,
        ));
    }
    if *method == HttpMethod::Get && path == "/v1/registrations/{id}" {
        parameters.push(header(
            "If-None-Match",
            "A version that the client holds, as in `ETag`: 304 where it is the present one.",
            TAGS,
        ));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            answer_headers(path, status, response, takes_a_key);
        }
    }
}

fn answer_headers(path: &str, status: &str, response: &mut Response, takes_a_key: bool) {
    if is_registration(response) || (path, status) == ("/v1/password-resets", "200") {
        let tag = header_of("The registration's version, quoted.", Some(TAG));
        response.headers.insert("ETag".to_owned(), tag.into());
    }
    if takes_a_key && status < "400" {
        add(
            response,
            "Idempotency-Replayed",
            "`true` when the answer is an earlier one, given again.",
        );
    }
    match (path, status) {
        ("/v1/registrations", "201") => add(response, "Location", "The registration."),
        ("/v1/subscriber/replays", "202") => add(response, "Location", "The replay."),
        ("/v1/sessions", "201") => add(response, "Set-Cookie", "The session's token as a cookie."),
        _ => {}
    }
}

fn is_registration(response: &Response) -> bool {
    response.content.values().any(|content| match content {
        RefOr::T(content) => matches!(&content.schema, Some(RefOr::Ref(it)) if it.ref_location.ends_with("/RegistrationAnswer")),
        RefOr::Ref(_) => false,
    })
}

fn header(name: &str, description: &str, pattern: &str) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(text(Some(pattern))))
        .build();
    RefOr::T(parameter)
}

fn add(response: &mut Response, name: &str, description: &str) {
    let header = header_of(description, None);
    response.headers.insert(name.to_owned(), header.into());
}

fn header_of(description: &str, pattern: Option<&str>) -> Header {
    HeaderBuilder::new()
        .schema(Some(text(pattern)))
        .description(Some(description))
        .build()
}

fn text(pattern: Option<&str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(pattern)
}
