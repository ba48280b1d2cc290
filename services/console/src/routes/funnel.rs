//! `/console/funnel`

use axum::extract::Query;
use axum::response::{IntoResponse, Response};

use super::{DaysQuery, Page};
use crate::read::funnel;
use crate::views;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// How far people come.
pub async fn show(visit: Visit, Query(query): Query<DaysQuery>) -> Response {
    let page = async {
        visit.as_any_of(Page::Funnel.roles())?;
        let (first, last) = query.days();
        let funnel = funnel::look(&visit.state.pool, first, last).await?;
        Ok::<_, Denied>(views::funnel::page(&visit.scene(), &funnel).into_response())
    };
    visit.answer(page.await)
}
