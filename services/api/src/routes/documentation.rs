//! The description of the API, for programs and for people. Everything comes from the binary.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::problem::Problem;
use crate::state::ApiState;

/// What the browsable page needs: its own scripts, and the styles and pictures that they write into the page.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/openapi.json`, the same in OpenAPI 3.0, and `/docs`.
pub fn router() -> Router<ApiState> {
    let page: Router<ApiState> = SwaggerUi::new("/docs")
        .config(Config::from("/openapi.json"))
        .into();
    Router::new()
        .merge(page.layer(map_response(with_page_policy)))
        .route(
            "/openapi.json",
            get(openapi).fallback(|| async { Problem::method_not_allowed() }),
        )
        .route(
            "/openapi-3.0.json",
            get(openapi_3_0).fallback(|| async { Problem::method_not_allowed() }),
        )
}

async fn openapi() -> Result<Response, Problem> {
    // Made once a request: a few hundred microseconds for a document that is read once a client.
    let json = crate::openapi()
        .to_json()
        .map_err(|fault| usecases::Denied::Fault(fault.into()))?;
    Ok(([(CONTENT_TYPE, "application/json")], json).into_response())
}

async fn openapi_3_0() -> Result<Response, Problem> {
    let description = crate::openapi_3_0().map_err(|fault| usecases::Denied::Fault(fault.into()))?;
    Ok(Json(description).into_response())
}

async fn with_page_policy(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    response
}
