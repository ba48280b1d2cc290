//! Correcting one's civility and names.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::values::{Civility, PersonName};
use usecases::{Correction, Denied, Form};

use super::space::{Inside, inside, out};
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::correction::{self, Values};
use crate::web::answer::{refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// Shows the form with what is held.
pub async fn show(visit: Visit) -> Response {
    match inside(&visit).await {
        Ok(Inside { me, member, .. }) => {
            let values = Values {
                civility: me.person.civility.code().to_owned(),
                last_name: me.person.last_name,
                first_name: me.person.first_name,
                email: me.person.email,
            };
            let page = correction::page(&visit.scene_of(&member), &values, &Complaints::default());
            (StatusCode::OK, page).into_response()
        }
        Err(denied) => out(&visit, denied),
    }
}

/// Takes the correction.
pub async fn submit(visit: Visit, posted: Posted) -> Response {
    let Inside { id, me, member } = match inside(&visit).await {
        Ok(found) => found,
        Err(denied) => return out(&visit, denied),
    };
    let ask = visit.ask();
    match visit.state.onboarding.rectify(id, &ask, read(&posted)).await {
        Ok(_) => see_other("/espace/mes-donnees?notice=identity-corrected"),
        Err(denied) if journey::elsewhere(&denied).is_some() => out(&visit, Denied::Unauthorized),
        Err(denied) => {
            let scene = visit.scene_of(&member);
            let objection = Objection::of(&scene, denied);
            let text = |name: &str| posted.text(name).to_owned();
            let values = Values {
                civility: text("civility"),
                last_name: text("last_name"),
                first_name: text("first_name"),
                email: me.person.email,
            };
            let page = correction::page(&scene, &values, &objection.complaints);
            refused(&objection, page)
        }
    }
}

fn read(posted: &Posted) -> Form<Correction> {
    let mut faults = Vec::new();
    let civility = posted.parsed("civility", &mut faults, Civility::parse);
    let last_name = posted.parsed("last_name", &mut faults, PersonName::parse);
    let first_name = posted.parsed("first_name", &mut faults, PersonName::parse);
    match (civility, last_name, first_name) {
        (Some(civility), Some(last_name), Some(first_name)) => Ok(Correction {
            civility,
            last_name,
            first_name,
        }),
        _ => Err(faults),
    }
}
