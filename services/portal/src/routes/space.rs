//! "Mon espace": what a signed-in person sees, and their topics to change.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::values::RegistrationId;
use usecases::{Denied, Me};

use super::steps::topics::read;
use super::turned_away;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::space::{self, Establishment, Values};
use crate::views::topics;
use crate::web::answer::{WithCookie, refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Shows it.
pub async fn show(visit: Visit) -> Response {
    match me(&visit).await {
        Ok((_, me)) => (
            StatusCode::OK,
            space::page(&visit.scene(), &values(me), &Complaints::default()),
        )
            .into_response(),
        Err(denied) => out(&visit, denied),
    }
}

/// Takes the choice of topics.
pub async fn change_topics(visit: Visit, posted: Posted) -> Response {
    let (id, me) = match me(&visit).await {
        Ok(found) => found,
        Err(denied) => return out(&visit, denied),
    };
    let chosen = posted.all("topics");
    match visit
        .state
        .onboarding
        .change_topics(id, &visit.ask(), read(&visit, &chosen))
        .await
    {
        Ok(_) => see_other("/espace?notice=topics-saved"),
        Err(denied) if journey::elsewhere(&denied).is_some() => out(&visit, Denied::Unauthorized),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            let values = Values {
                topics: chosen,
                ..values(me)
            };
            refused(
                &objection,
                space::page(&visit.scene(), &values, &objection.complaints),
            )
        }
    }
}

async fn me(visit: &Visit) -> Result<(RegistrationId, Me), Denied> {
    let id = visit
        .state
        .onboarding
        .signed_in(visit.session().ok_or(Denied::Unauthorized)?)
        .await?;
    Ok((id, visit.state.onboarding.me(id).await?))
}

/// Whose session has ended is led to sign-in, without the cookie that no longer opens anything.
fn out(visit: &Visit, denied: Denied) -> Response {
    let ended = matches!(denied, Denied::Unauthorized);
    let response = turned_away(visit, denied);
    if ended {
        response.without(&visit.state.site, Cookie::Session)
    } else {
        response
    }
}

fn values(me: Me) -> Values {
    let establishment = |it: &usecases::Attachment| Establishment {
        siret: it.siret.clone(),
        name: it.name.clone(),
        linked_by: it.linked_by,
    };
    Values {
        name: format!("{} {}", me.person.first_name, me.person.last_name),
        email: me.person.email,
        topics: topics::codes(&me.topics),
        establishments: me.establishments.iter().map(establishment).collect(),
    }
}
