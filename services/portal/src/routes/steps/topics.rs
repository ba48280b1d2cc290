//! Step 2: topics.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::values::TopicCode;
use usecases::{FieldFault, Form};

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
            (StatusCode::OK, topics::page(&visit.scene(), &chosen, &Complaints::default())).into_response()
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
    match visit.state.onboarding.choose_topics(id, &visit.ask(), read(&visit, &chosen)).await {
        Ok(outcome) => send_on(&visit, outcome.state.stage()),
        Err(denied) if journey::elsewhere(&denied).is_some() => away(&visit, denied),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            refused(&objection, topics::page(&visit.scene(), &chosen, &objection.complaints))
        }
    }
}

/// The chosen topics as the catalogue has them.
pub fn read(visit: &Visit, chosen: &[String]) -> Form<Vec<TopicCode>> {
    let unknown = |place: &usize| FieldFault::new(format!("topics[{place}]"), "unknown-value");
    let catalogue = visit.state.onboarding.catalogue();
    catalogue.topics_in_order(chosen).map_err(|places| places.iter().map(unknown).collect())
}
