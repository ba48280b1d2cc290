//! The OpenAPI description, generated from the routes, and completed with what holds for all of them.
//!
//! A route describes what is its own. What every route has in common (headers, problems, security schemes) is added
//! by rule, so that a new route cannot forget it.

mod headers;
mod nulls;
mod older;
mod problems;
mod security;

pub use older::openapi_3_0;

use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Account onboarding",
        description = "A person fills in a form, proves an address, chooses a password, and finds their establishments.\n\n\
            Follow `next` in each answer about a registration. Present the `continuation_token` of the first answer as \
            `Authorization: Bearer` at every later step. Send an `Idempotency-Key` with every POST and PUT, and repeat \
            a request whose answer was lost: the same key and body get the same answer. Errors are \
            `application/problem+json` with a stable `code`.\n\n\
            A browser application on another origin asks by `Authorization: Bearer` as well, once an operator has listed its \
            origin (`allowed_origins`); cookies count for none of them.",
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/", description = "The service that hands this out.")),
    components(schemas(crate::problem::ProblemAnswer, crate::problem::FieldProblem)),
    tags(
        (name = "registrations", description = "A registration and its steps."),
        (name = "links", description = "What comes of the link in a mail. Opening a link changes nothing; posting its token does."),
        (name = "account", description = "A signed-in person's own account."),
        (name = "lists", description = "What can be chosen."),
        (name = "people", description = "The persons behind registrations, for subscribers of the feed, by their own credential."),
        (name = "replays", description = "Events of the past, sent to a subscriber again, by its own credential."),
        (name = "directory", description = "The organisation's contacts, written by its own system with the token of the directory."),
    ),
)]
struct Description;

/// The whole description.
pub fn openapi() -> OpenApi {
    let mut openapi = Description::openapi().nest("/v1", crate::routes::v1().into_openapi());
    security::describe(&mut openapi);
    problems::describe(&mut openapi);
    for (path, item) in &mut openapi.paths.paths {
        for (method, operation) in operations(item) {
            headers::complete(path, &method, operation);
            problems::complete(path, operation);
            security::complete(operation);
        }
    }
    nulls::settle(&mut openapi);
    openapi
}

/// The operations of a path that this API has.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let PathItem {
        get,
        put,
        post,
        delete,
        ..
    } = item;
    [
        (HttpMethod::Get, get.as_mut()),
        (HttpMethod::Put, put.as_mut()),
        (HttpMethod::Post, post.as_mut()),
        (HttpMethod::Delete, delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}
