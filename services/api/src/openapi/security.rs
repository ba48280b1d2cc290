//! Who may ask: the schemes by which a client says who it is.

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

/// Adds the schemes that the routes name.
pub fn describe(openapi: &mut OpenApi) {
    let components = openapi.components.get_or_insert_default();
    let bearer = |description: &str| {
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(description))
                .build(),
        )
    };
    let cookie = |name: &str| {
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            name,
            "As the pages keep it; over plain http on loopback without the prefix `__Host-`. \
             What changes something must come from the same origin.",
        )))
    };
    components.add_security_scheme(
        "continuation",
        bearer("The `continuation_token` of the registration."),
    );
    components.add_security_scheme("continuationCookie", cookie("__Host-onboarding_continuation"));
    components.add_security_scheme("session", bearer("The `token` of `POST /v1/sessions`."));
    components.add_security_scheme(
        "directory",
        bearer("The line of the file `directory.token` in the data directory of the service."),
    );
    components.add_security_scheme(
        "subscriber",
        bearer("The secret of a subscriber, as `onboarding subscriber add` prints it once."),
    );
    components.add_security_scheme("sessionCookie", cookie("__Host-session"));
}

/// Says of an operation that names no scheme that it asks for none.
pub fn complete(operation: &mut Operation) {
    operation.security.get_or_insert_default();
}
