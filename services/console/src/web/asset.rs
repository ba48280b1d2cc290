//! The one thing that pages load: their sheet of styles. Its address changes with its content.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

/// The path of the sheet, without version.
pub const STYLES_PATH: &str = "/console/console.css";

const STYLES: &str = include_str!("../../assets/console.css");

/// Path and version.
pub static STYLES_ADDRESS: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    STYLES.hash(&mut hasher);
    format!("{STYLES_PATH}?v={:016x}", hasher.finish())
});

/// Answers the sheet.
pub async fn styles() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, STYLES)
}
