//! Problems that every operation of a kind can answer.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};

const PROBLEM: &str = "application/problem+json";
/// Problems that say when to come back.
const LATER: [&str; 2] = ["429", "503"];

/// Statuses that problems of several operations have, with their codes.
const STATUSES: [(&str, &str); 10] = [
    ("400", "`malformed-body`: the body is not one JSON object."),
    ("401", "`unauthorized`: no token or session of ours was shown."),
    ("404", "`not-found`: no such registration, or not the asker's."),
    (
        "412",
        "`precondition-failed`: the registration is at another version than `If-Match` says.",
    ),
    ("413", "`body-too-large`: over 16 KiB."),
    ("415", "`unsupported-media-type`: not `application/json`."),
    (
        "422",
        "`invalid`: `errors` lists every bad field. `idempotency-key-reused`.",
    ),
    (
        "429",
        "`too-many-attempts`: from this network, for this address or on this registration.",
    ),
    ("500", "`internal`: a fault of ours."),
    (
        "503",
        "`service-unavailable`, or `service-busy` when more passwords wait to be hashed than can be in good time.",
    ),
];

/// Adds one component a status, for operations to refer to.
pub fn describe(openapi: &mut OpenApi) {
    let components = openapi.components.get_or_insert_default();
    for (status, description) in STATUSES {
        components
            .responses
            .insert(name(status), RefOr::T(problem(status, description)));
    }
}

/// Gives the problems that an operation describes their content, and adds those that its kind has.
pub fn complete(path: &str, operation: &mut Operation) {
    let takes_a_body = operation.request_body.is_some();
    let takes = |header: &str| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.any(|it| matches!(it, RefOr::T(parameter) if parameter.name == header))
    };
    let (is_guarded, is_known_by_key) = (takes("If-Match"), takes("Idempotency-Key"));
    let responses = &mut operation.responses.responses;
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(described) = response
            && status.as_str() >= "400"
        {
            *described = problem(status, &described.description);
        }
    }
    let mut kinds = vec!["429", "500", "503"];
    // Where a body is not needed one may be sent all the same, and is judged alike.
    if takes_a_body || is_known_by_key {
        kinds.extend(["400", "413", "415", "422"]);
    }
    if is_guarded {
        kinds.push("412");
    }
    if operation.security.is_some() {
        kinds.push("401");
    }
    if path.contains('{') && !path.starts_with("/v1/directory/") {
        kinds.push("404");
    }
    for status in kinds {
        let reference = || RefOr::Ref(Ref::from_response_name(name(status)));
        responses.entry(status.to_owned()).or_insert_with(reference);
    }
}

fn name(status: &str) -> String {
    format!("Problem{status}")
}

fn problem(status: &str, description: &str) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemAnswer")))
        .build();
    let mut problem = ResponseBuilder::new()
        .description(description)
        .content(PROBLEM, content);
    if LATER.contains(&status) {
        problem = problem.header(
            "Retry-After",
            HeaderBuilder::new()
                .schema(Some(
                    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)),
                ))
                .description(Some("Seconds to wait."))
                .build(),
        );
    }
    problem.build()
}
