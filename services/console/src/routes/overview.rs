//! `/console`

use axum::response::{IntoResponse, Response};

use super::Page;
use crate::read::numbers;
use crate::views;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// Whether all is well.
pub async fn show(visit: Visit) -> Response {
    let page = async {
        visit.as_any_of(Page::Overview.roles())?;
        let state = &visit.state;
        let numbers = numbers::look(&state.pool, &state.store, &state.log_origin).await?;
        let examined = state.health.look().await;
        let page = views::overview::page(&visit.scene(), &numbers, examined.as_deref());
        Ok::<_, Denied>(page.into_response())
    };
    visit.answer(page.await)
}
