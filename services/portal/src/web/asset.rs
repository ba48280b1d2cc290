//! What a page loads: one sheet of styles, and the organisation's picture where there is one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::state::PortalState;

/// The sheet of styles.
const STYLES: &str = include_str!("../../assets/portal.css");
/// Its path without version.
pub const STYLES_PATH: &str = "/portal.css";
/// The path of the picture.
pub const LOGO_PATH: &str = "/logo";

/// The sheet's address. It changes with the sheet, so that browsers may keep it for long.
pub static STYLES_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    STYLES.hash(&mut hasher);
    format!("{STYLES_PATH}?v={:x}", hasher.finish())
});

/// Answers the sheet of styles.
pub async fn styles() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=604800"),
    ];
    (headers, STYLES).into_response()
}

/// Answers the organisation's picture.
pub async fn logo(State(state): State<PortalState>) -> Response {
    let Some(path) = &state.onboarding.catalogue().organisation.logo else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let svg = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("svg"));
    let media_type = if svg { "image/svg+xml" } else { "image/png" };
    match tokio::fs::read(path).await {
        Ok(bytes) => (
            [
                (CONTENT_TYPE, media_type),
                (CACHE_CONTROL, "public, max-age=3600"),
            ],
            bytes,
        )
            .into_response(),
        Err(error) => {
            tracing::warn!(%error, "the organisation's picture cannot be read");
            StatusCode::NOT_FOUND.into_response()
        }
    }
}
