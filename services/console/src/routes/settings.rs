//! `/console/settings`

use axum::response::{IntoResponse, Response};

use super::Page;
use crate::views;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// What is set.
pub async fn show(visit: Visit) -> Response {
    let page = async {
        visit.as_any_of(Page::Settings.roles())?;
        let page = views::settings::page(&visit.scene(), &visit.state.settings);
        Ok::<_, Denied>(page.into_response())
    };
    visit.answer(page.await)
}
