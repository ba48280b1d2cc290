//! `/console/mails`

use axum::extract::Query;
use axum::response::{IntoResponse, Response};

use super::{DaysQuery, Page};
use crate::read::mails;
use crate::views;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// What became of the mails.
pub async fn show(visit: Visit, Query(query): Query<DaysQuery>) -> Response {
    let page = async {
        visit.as_any_of(Page::Mails.roles())?;
        let (first, last) = query.days();
        let mails = mails::look(&visit.state.pool, first, last).await?;
        Ok::<_, Denied>(views::mails::page(&visit.scene(), (first, last), &mails).into_response())
    };
    visit.answer(page.await)
}
