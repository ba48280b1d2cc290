//! `/console`

use axum::response::{IntoResponse, Response};

use super::Page;
use crate::read::health;
use crate::views;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// Whether all is well.
pub async fn show(visit: Visit) -> Response {
    let page = async {
        visit.as_any_of(Page::Overview.roles())?;
        let health = health::look(&visit.state.pool, &visit.state.store, &visit.state.log_origin).await?;
        Ok::<_, Denied>(views::overview::page(&visit.scene(), &health).into_response())
    };
    visit.answer(page.await)
}
