//! Step 3: the establishment's SIRET.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use domain::values::Siret;
use usecases::Denied;

use super::{away, continued, opened, send_on};
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::establishment;
use crate::web::answer::refused;
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// Shows the field.
pub async fn show(visit: Visit) -> Response {
    match opened(&visit, journey::ESTABLISHMENT).await {
        Ok(outcome) => {
            let siret = outcome
                .state
                .establishment
                .map(|it| establishment::printed(&it.siret))
                .unwrap_or_default();
            (
                StatusCode::OK,
                establishment::page(&visit.scene(), &siret, None, &Complaints::default()),
            )
                .into_response()
        }
        Err(response) => *response,
    }
}

/// Takes the number.
pub async fn submit(visit: Visit, posted: Posted) -> Response {
    let id = match continued(&visit) {
        Ok(id) => id,
        Err(response) => return *response,
    };
    let siret = posted.only("siret", Siret::parse);
    match visit
        .state
        .onboarding
        .declare_establishment(id, &visit.ask(), siret)
        .await
    {
        Ok(outcome) => send_on(&visit, &outcome),
        Err(denied) if journey::elsewhere(&denied).is_some() => away(&visit, denied),
        Err(denied) => {
            let successor = successor(&denied);
            let objection = Objection::of(&visit.scene(), denied);
            let typed = posted.text("siret");
            let page = establishment::page(&visit.scene(), typed, successor.as_ref(), &objection.complaints);
            refused(&objection, page)
        }
    }
}

/// The establishment that took a closed one over, where it is known.
fn successor(denied: &Denied) -> Option<Siret> {
    match denied {
        Denied::Refused(Refusal::EstablishmentClosed { successor, .. })
        | Denied::RefusedBefore(Refusal::EstablishmentClosed { successor, .. }) => successor.clone(),
        _ => None,
    }
}
