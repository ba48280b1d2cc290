//! What a page loads: one sheet of styles, a few small scripts that pages do without, and the organisation's picture
//! where there is one.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use catalogue::Catalogue;
use serde::Deserialize;

use super::theme;
use crate::state::PortalState;

/// The path of the picture.
pub const LOGO_PATH: &str = "/logo";
/// The path of the sheet of styles, without version.
pub const STYLES_PATH: &str = "/portal.css";
/// The path of the mark: in the browser's tab, and on pages of an organisation that gives no picture.
pub const ICON_PATH: &str = "/icon.svg";
/// The path of the script of every page.
pub const FORM_PATH: &str = "/form.js";
/// The path of the script of pages that ask for a password.
pub const PASSWORD_PATH: &str = "/password.js";
/// The path of the script of the page that asks for a collective agreement.
pub const AGREEMENT_PATH: &str = "/agreement.js";

const STYLES: &str = include_str!("../../assets/portal.css");
const FORM: &str = include_str!("../../assets/form.js");
const PASSWORD: &str = include_str!("../../assets/password.js");
const AGREEMENT: &str = include_str!("../../assets/agreement.js");

/// Something that a page loads. Its address changes with its content, so that browsers may keep it for long.
pub struct Asset {
    /// Path and version.
    pub address: String,
    /// What is answered.
    pub body: String,
    version: String,
    media_type: &'static str,
}

/// Everything that a page loads.
pub struct Assets {
    /// The sheet of styles, in the organisation's colours.
    pub styles: Asset,
    /// The mark.
    pub icon: Asset,
    /// The script of every page.
    pub form: Asset,
    /// The script of pages that ask for a password.
    pub password: Asset,
    /// The script of the page that asks for a collective agreement.
    pub agreement: Asset,
}

impl Assets {
    /// What the pages of this organisation load.
    pub fn of(catalogue: &Catalogue) -> Self {
        let script = |path, body: &str| Asset::new(path, "text/javascript; charset=utf-8", body.to_owned());
        let styles = format!("{STYLES}{}", theme::of(&catalogue.organisation));
        Self {
            styles: Asset::new(STYLES_PATH, "text/css; charset=utf-8", styles),
            icon: Asset::new(ICON_PATH, "image/svg+xml", theme::icon(&catalogue.organisation)),
            form: script(FORM_PATH, FORM),
            password: script(PASSWORD_PATH, PASSWORD),
            agreement: script(AGREEMENT_PATH, AGREEMENT),
        }
    }
}

impl Asset {
    fn new(path: &str, media_type: &'static str, body: String) -> Self {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let version = format!("{:016x}", hasher.finish());
        Self {
            address: format!("{path}?v={version}"),
            body,
            version,
            media_type,
        }
    }

    /// Kept for a year under its own version. Asked for another, it is the same and not to be kept: while instances of
    /// two releases run beside each other, none must be remembered under the other's name.
    fn answer(&self, asked: &Version) -> Response {
        let kept = if asked.v.as_deref() == Some(&self.version) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let headers = [(CONTENT_TYPE, self.media_type), (CACHE_CONTROL, kept)];
        (headers, self.body.clone()).into_response()
    }
}

/// The version in an address.
#[derive(Deserialize)]
pub struct Version {
    v: Option<String>,
}

/// Answers the sheet of styles.
pub async fn styles(State(state): State<PortalState>, Query(version): Query<Version>) -> Response {
    state.assets.styles.answer(&version)
}

/// Answers the mark.
pub async fn icon(State(state): State<PortalState>, Query(version): Query<Version>) -> Response {
    state.assets.icon.answer(&version)
}

/// Answers the script of every page.
pub async fn form(State(state): State<PortalState>, Query(version): Query<Version>) -> Response {
    state.assets.form.answer(&version)
}

/// Answers the script of pages that ask for a password.
pub async fn password(State(state): State<PortalState>, Query(version): Query<Version>) -> Response {
    state.assets.password.answer(&version)
}

/// Answers the script of the page that asks for a collective agreement.
pub async fn agreement(State(state): State<PortalState>, Query(version): Query<Version>) -> Response {
    state.assets.agreement.answer(&version)
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
