//! The routes, one file a resource, and what stands around them.

mod catalogue;
mod directory_contacts;
mod documentation;
mod email_verifications;
mod erasures;
mod idcc;
pub mod log;
mod me;
mod password_resets;
mod people;
mod registrations;
mod resumptions;
mod sessions;
mod steps;
mod subscriber_replays;

use axum::Json;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::ETAG;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use usecases::Outcome;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answers::RegistrationAnswer;
use crate::body::BODY_SIZE_MAX;
use crate::if_match::etag;
use crate::middleware::guard::{answer_panic, limit, limit_time};
use crate::middleware::observe::observe;
use crate::middleware::origins::allow;
use crate::middleware::protect::protect;
use crate::middleware::words::word_problems;
use crate::problem::Problem;
use crate::state::ApiState;

/// Says that an answer is an earlier one, given again.
pub(crate) const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Everything under `/v1`, `/log`, `/openapi.json` and `/docs`. Fit to be merged with the pages' router.
///
/// Serve it with the peer's address (`into_make_service_with_connect_info`); without, all networks share one count.
pub fn router(state: ApiState) -> Router {
    let (v1, _) = v1().split_for_parts();
    let v1 = v1
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() });
    Router::new()
        .nest("/v1", v1)
        .merge(documentation::router())
        .merge(log::router())
        .layer(DefaultBodyLimit::max(BODY_SIZE_MAX))
        .layer(from_fn_with_state(state.clone(), limit))
        .layer(from_fn(limit_time))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn_with_state(state.clone(), word_problems))
        .layer(option_layer(allow(&state.allowed_origins)))
        .layer(from_fn_with_state(state.clone(), protect))
        .layer(from_fn(observe))
        .with_state(state)
}

/// The routes under `/v1`, each with its description.
pub(crate) fn v1() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(registrations::start))
        .routes(routes!(registrations::show))
        .routes(routes!(registrations::submit_identity))
        .routes(routes!(steps::choose_topics))
        .routes(routes!(steps::declare_establishment))
        .routes(routes!(steps::give_member_number))
        .routes(routes!(steps::give_idcc))
        .routes(routes!(registrations::request_mail))
        .routes(routes!(registrations::set_password))
        .routes(routes!(email_verifications::verify))
        .routes(routes!(resumptions::resume))
        .routes(routes!(password_resets::reset))
        .routes(routes!(sessions::sign_in))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(me::show))
        .routes(routes!(me::change_topics))
        .routes(routes!(me::rectify))
        .routes(routes!(me::export))
        .routes(routes!(me::erase))
        .routes(routes!(erasures::certificate))
        .routes(routes!(catalogue::show))
        .routes(routes!(idcc::search))
        .routes(routes!(directory_contacts::keep, directory_contacts::remove))
        .routes(routes!(directory_contacts::change_many))
        .routes(routes!(people::show))
        .routes(routes!(people::acknowledge_erasure))
        .routes(routes!(subscriber_replays::ask, subscriber_replays::list))
        .routes(routes!(subscriber_replays::show))
}

/// The answer about a registration: its view, its version as entity tag, and whether it is given again.
fn registration(outcome: &Outcome, more: impl FnOnce(RegistrationAnswer) -> RegistrationAnswer) -> Response {
    let status = StatusCode::from_u16(outcome.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Json(more(outcome.view().into()))).into_response();
    if let Ok(tag) = HeaderValue::try_from(etag(outcome.version)) {
        response.headers_mut().insert(ETAG, tag);
    }
    marked(response, outcome.replayed)
}

/// An answer, marked when it is an earlier one.
fn marked(mut response: Response, replayed: bool) -> Response {
    if replayed {
        response
            .headers_mut()
            .insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// The answer about a registration, as it is.
fn registration_alone(outcome: &Outcome) -> Response {
    registration(outcome, |answer| answer)
}
