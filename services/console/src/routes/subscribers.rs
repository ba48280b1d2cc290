//! `/console/subscribers`: who receives the feed and how they are doing; what is parked, and an operator's word on it.

use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::values::{RegistrationId, StatedReason};
use serde::Deserialize;
use subscribers::webhook::deliveries;
use subscribers::{Lanes, Registry, Subscriber, SubscriberError, status};

use super::Page;
use crate::staff::{Member, Role};
use crate::views;
use crate::views::layout::Fault;
use crate::views::subscribers::Shown;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// The most of each kind that a page lists.
const LISTED_MAX: u32 = 100;

/// Everybody.
pub async fn show(visit: Visit) -> Response {
    let page = async {
        visit.as_any_of(Page::Subscribers.roles())?;
        let everybody = status(&visit.state.pool, true).await?;
        Ok::<_, Denied>(views::subscribers::list(&visit.scene(), &everybody).into_response())
    };
    visit.answer(page.await)
}

/// One of them.
pub async fn one(visit: Visit, Path(name): Path<String>) -> Response {
    let page = async {
        let member = visit.as_any_of(Page::Subscribers.roles())?;
        shown(&visit, member, &find(&visit, &name).await?, &[]).await
    };
    visit.answer(page.await)
}

/// Which registration, and for a skip why.
#[derive(Deserialize)]
pub struct ParkedForm {
    registration: RegistrationId,
    #[serde(default)]
    reason: String,
}

/// Delivers everything again that is parked.
pub async fn retry_all(visit: Visit, Path(name): Path<String>) -> Response {
    let page = async {
        let member = operator(&visit)?;
        let subscriber = find(&visit, &name).await?;
        visit.record(member, "retry_all", None).await?;
        lanes(&visit).retry(&subscriber, None).await?;
        Ok(back(&subscriber))
    };
    visit.answer(page.await)
}

/// Delivers a parked event again.
pub async fn retry(visit: Visit, Path(name): Path<String>, Form(form): Form<ParkedForm>) -> Response {
    let page = async {
        let member = operator(&visit)?;
        let subscriber = find(&visit, &name).await?;
        visit.record(member, "retry", Some(form.registration)).await?;
        lanes(&visit).retry(&subscriber, Some(form.registration)).await?;
        Ok(back(&subscriber))
    };
    visit.answer(page.await)
}

/// Gives a parked event up, for a reason that is kept.
pub async fn skip(visit: Visit, Path(name): Path<String>, Form(form): Form<ParkedForm>) -> Response {
    let page = async {
        let member = operator(&visit)?;
        let subscriber = find(&visit, &name).await?;
        let Ok(reason) = StatedReason::parse_of_staff(&form.reason) else {
            let fault = ("skip", visit.scene().say("reason-refused"));
            return shown(&visit, member, &subscriber, &[fault]).await;
        };
        visit.record(member, "skip", Some(form.registration)).await?;
        lanes(&visit)
            .skip(&subscriber, form.registration, reason.as_str())
            .await?;
        Ok(back(&subscriber))
    };
    visit.answer(page.await)
}

async fn shown(
    visit: &Visit,
    member: &Member,
    subscriber: &Subscriber,
    faults: &[Fault],
) -> Result<Response, Denied> {
    let pool = &visit.state.pool;
    visit.record(member, "subscriber", None).await?;
    let all = status(pool, true).await?;
    let status = all.iter().find(|it| it.name == subscriber.name.as_str());
    let page = Shown {
        status: status.ok_or(Denied::NotFound)?,
        parked: &lanes(visit).parked(subscriber, LISTED_MAX).await?,
        deliveries: &deliveries(pool, &subscriber.name, false, LISTED_MAX).await?,
        may_act: member.role == Role::Operator,
        faults,
    };
    let page = views::subscribers::one(&visit.scene(), &page);
    let code = match faults {
        [] => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((code, page).into_response())
}

fn operator(visit: &Visit) -> Result<&Member, Denied> {
    let member = visit.as_any_of(&[Role::Operator])?;
    visit.sent_by_our_page()?;
    Ok(member)
}

async fn find(visit: &Visit, name: &str) -> Result<Subscriber, Denied> {
    match Registry::new(visit.state.pool.clone()).find(name).await {
        Ok(subscriber) => Ok(subscriber),
        Err(fault @ SubscriberError::Database(_)) => Err(fault.into()),
        Err(_) => Err(Denied::NotFound),
    }
}

fn lanes(visit: &Visit) -> Lanes {
    Lanes::new(visit.state.pool.clone())
}

fn back(subscriber: &Subscriber) -> Response {
    Redirect::to(&format!("{}/{}", Page::Subscribers.path(), subscriber.name)).into_response()
}
