//! Step 2: topics.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::values::TopicCode;
use usecases::{FieldFault, Form, Outcome};

use super::{away, continued, opened, send_on};
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::topics;
use crate::web::answer::refused;
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// Shows the boxes.
pub async fn show(visit: Visit) -> Response {
    match opened(&visit, journey::TOPICS).await {
        Ok(outcome) => {
            let chosen = topics::codes(outcome.state.topics.as_deref().unwrap_or_default());
            page(&visit, &outcome, &chosen, None)
        }
        Err(response) => *response,
    }
}

/// Takes the choice.
pub async fn submit(visit: Visit, posted: Posted) -> Response {
    let id = match continued(&visit) {
        Ok(id) => id,
        Err(response) => return *response,
    };
    let chosen = posted.all("topics");
    match visit
        .state
        .onboarding
        .choose_topics(id, &visit.ask(), read(&visit, &chosen))
        .await
    {
        Ok(outcome) => send_on(&visit, &outcome),
        Err(denied) if journey::elsewhere(&denied).is_some() => away(&visit, denied),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            match opened(&visit, journey::TOPICS).await {
                Ok(outcome) => page(&visit, &outcome, &chosen, Some(&objection)),
                Err(response) => *response,
            }
        }
    }
}

fn page(visit: &Visit, outcome: &Outcome, chosen: &[String], objection: Option<&Objection>) -> Response {
    let redo = journey::identity_may_be_redone(&outcome.state);
    let render = |complaints: &Complaints| topics::page(&visit.scene(), chosen, redo, complaints);
    match objection {
        Some(objection) => refused(objection, render(&objection.complaints)),
        None => (StatusCode::OK, render(&Complaints::default())).into_response(),
    }
}

/// The chosen topics as the catalogue has them.
pub fn read(visit: &Visit, chosen: &[String]) -> Form<Vec<TopicCode>> {
    let unknown = |place: &usize| FieldFault::new(format!("topics[{place}]"), "unknown-value");
    let catalogue = visit.state.onboarding.catalogue();
    catalogue
        .topics_in_order(chosen)
        .map_err(|places| places.iter().map(unknown).collect())
}
