//! The pages that the law asks for; where the organisation has its own, they are there.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::views::legal;
use crate::web::answer::see_other;
use crate::web::visit::Visit;

/// The notice on personal data.
pub async fn privacy(visit: Visit) -> Response {
    let scene = visit.scene();
    match &scene.catalogue.legal.privacy_url {
        Some(theirs) => see_other(theirs),
        None => {
            let page = legal::privacy(&scene, &visit.state.onboarding.settings().retention);
            (StatusCode::OK, page).into_response()
        }
    }
}

/// Who publishes and who hosts the pages.
pub async fn notices(visit: Visit) -> Response {
    let scene = visit.scene();
    match &scene.catalogue.legal.notices_url {
        Some(theirs) => see_other(theirs),
        None => (StatusCode::OK, legal::notices(&scene)).into_response(),
    }
}

/// How accessible the pages are.
pub async fn accessibility(visit: Visit) -> Response {
    let scene = visit.scene();
    match &scene.catalogue.legal.accessibility_url {
        Some(theirs) => see_other(theirs),
        None => (StatusCode::OK, legal::accessibility(&scene)).into_response(),
    }
}
