//! Headers that every operation of a kind takes and gives.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Header, RefOr, Required, Response};

/// Each request is a replay of its own: whoever lost an answer finds it in the list.
const REPLAYS: &str = "/v1/subscriber/replays";

/// Adds the headers of this operation.
pub fn complete(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let changes = matches!(method, HttpMethod::Post | HttpMethod::Put);
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(header(
        "Accept-Language",
        "The language of words for people: `fr` (the default) or `en`.",
    ));
    let is_directory = path.starts_with("/v1/directory/");
    let is_so_already = is_directory || path.starts_with("/v1/people/");
    if changes && is_so_already {
        parameters.push(header(
            "Idempotency-Key",
            "Accepted and without effect: the request says how things are to be, and may be sent again.",
        ));
    } else if changes && path != "/v1/sessions" && path != REPLAYS {
        parameters.push(header(
            "Idempotency-Key",
            "1 to 255 visible ASCII characters. The same key and body get the same answer, with the header \
             `Idempotency-Replayed: true`; the same key with another body gets 422 `idempotency-key-reused`.",
        ));
    }
    let is_guarded = (path.contains("{id}") && !is_directory) || path.starts_with("/v1/me/");
    if changes && is_guarded {
        parameters.push(header(
            "If-Match",
            "The version that must be the present one, as in `ETag`; else 412.",
        ));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            answer_headers(path, status, response, changes);
        }
    }
}

fn answer_headers(path: &str, status: &str, response: &mut Response, changes: bool) {
    if is_registration(response) {
        add(response, "ETag", "The registration's version, quoted.");
        if changes {
            add(
                response,
                "Idempotency-Replayed",
                "`true` when the answer is an earlier one, given again.",
            );
        }
    }
    match (path, status) {
        ("/v1/registrations", "201") => add(response, "Location", "The registration."),
        (REPLAYS, "202") => add(response, "Location", "The replay."),
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

fn header(name: &str, description: &str) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build();
    RefOr::T(parameter)
}

fn add(response: &mut Response, name: &str, description: &str) {
    let header: Header = HeaderBuilder::new().description(Some(description)).build();
    response.headers.insert(name.to_owned(), header.into());
}
