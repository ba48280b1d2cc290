//! `/console/accesses`

use axum::response::{IntoResponse, Response};

use super::Page;
use crate::views;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// How many looks a page lists.
const LISTED_MAX: u32 = 200;

/// Who looked.
pub async fn show(visit: Visit) -> Response {
    let page = async {
        let member = visit.as_any_of(Page::Accesses.roles())?;
        visit.record(member, "accesses", None).await?;
        let accesses = visit.state.store.latest_accesses(LISTED_MAX).await?;
        Ok::<_, Denied>(views::accesses::page(&visit.scene(), &accesses).into_response())
    };
    visit.answer(page.await)
}
