//! `/console/erasures`: what waits, what is held, who owes an acknowledgement; and a privacy officer's acts on them.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::values::{RegistrationId, StatedReason};
use serde::Deserialize;
use usecases::Denied as UseCaseDenied;

use super::{Page, search};
use crate::staff::{Member, Role};
use crate::views;
use crate::views::erasures::Waiting;
use crate::views::layout::Fault;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// The most of each kind that a page lists.
const LISTED_MAX: u32 = 200;

/// What waits.
pub async fn show(visit: Visit) -> Response {
    let page = async {
        let member = visit.as_any_of(Page::Erasures.roles())?;
        visit.record(member, "erasures", None).await?;
        let state = &visit.state;
        let waiting = Waiting {
            erasures: worker::retention::waiting_erasures(&state.pool, LISTED_MAX)
                .await
                .map_err(|fault| Denied::Fault(fault.into()))?,
            holds: state.store.holds(false).await?,
            missing: state.store.erasure_acknowledgements(true, LISTED_MAX).await?,
            grants: state.store.grants(true).await?,
        };
        Ok::<_, Denied>(views::erasures::page(&visit.scene(), &waiting).into_response())
    };
    visit.answer(page.await)
}

/// Why, and for a hold which way.
#[derive(Deserialize)]
pub struct ActForm {
    #[serde(default)]
    act: String,
    reason: String,
}

/// Sets or lifts a hold.
pub async fn hold(visit: Visit, Path(id): Path<String>, Form(form): Form<ActForm>) -> Response {
    let page = async {
        let (member, id) = officer(&visit, &id)?;
        let reason = match reasoned(&visit, id, "hold", &form.reason).await? {
            Ok(reason) => reason,
            Err(fault) => return search::shown(&visit, member, id, &[fault]).await,
        };
        let by = member.actor();
        let store = &visit.state.store;
        match form.act.as_str() {
            "lift" => drop(store.lift_hold(id, &reason, &by).await?),
            _ => drop(store.set_hold(id, &reason, &by).await?),
        }
        Ok(back(id))
    };
    visit.answer(page.await)
}

/// Calls an erasure off that waits.
pub async fn cancel(visit: Visit, Path(id): Path<String>, Form(form): Form<ActForm>) -> Response {
    let page = async {
        let (member, id) = officer(&visit, &id)?;
        let reason = match reasoned(&visit, id, "cancel", &form.reason).await? {
            Ok(reason) => reason,
            Err(fault) => return search::shown(&visit, member, id, &[fault]).await,
        };
        match visit
            .state
            .onboarding
            .cancel_erasure(id, &member.actor(), &reason)
            .await
        {
            // Done meanwhile, or called off by somebody else: the page says how it stands.
            Ok(_) | Err(UseCaseDenied::Refused(_)) => Ok(back(id)),
            Err(UseCaseDenied::NotFound) => Err(Denied::NotFound),
            Err(fault) => Err(fault.into()),
        }
    };
    visit.answer(page.await)
}

/// The privacy officer who sent a form of ours about a registration.
pub(super) fn officer<'v>(visit: &'v Visit, id: &str) -> Result<(&'v Member, RegistrationId), Denied> {
    let member = visit.as_any_of(&[Role::PrivacyOfficer])?;
    visit.sent_by_our_page()?;
    Ok((member, id.parse().map_err(|_| Denied::NotFound)?))
}

/// The reason as it is kept, or what is wrong with it: it stands in a log for ever, so it may not name the person.
async fn reasoned(
    visit: &Visit,
    id: RegistrationId,
    field: &'static str,
    text: &str,
) -> Result<Result<String, Fault>, Denied> {
    let scene = visit.scene();
    let Ok(reason) = StatedReason::parse_of_staff(text) else {
        return Ok(Err((field, scene.say("reason-refused"))));
    };
    match visit
        .state
        .onboarding
        .refuse_a_reason_that_names(id, reason.as_str())
        .await
    {
        Ok(()) => Ok(Ok(reason.as_str().to_owned())),
        Err(UseCaseDenied::Invalid(_)) => Ok(Err((field, scene.say("reason-names")))),
        Err(UseCaseDenied::NotFound) => Err(Denied::NotFound),
        Err(fault) => Err(fault.into()),
    }
}

fn back(id: RegistrationId) -> Response {
    Redirect::to(&format!("{}/{id}", Page::Search.path())).into_response()
}
