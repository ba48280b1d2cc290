//! "Mon espace": what a signed-in person sees, and their topics to change.

use axum::http::{StatusCode, Uri};
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

/// Tells that the topics shown are not saved yet.
const UNSAVED: &str = "topics-unsaved";
/// The most topics that an address carries.
const TOPICS_MAX: usize = 50;

/// Shows it: with the topics that are kept, or with those that a lost session did not let be saved.
pub async fn show(visit: Visit, uri: Uri) -> Response {
    match me(&visit).await {
        Ok((_, me)) => {
            let mut values = values(me);
            if visit.notice().is_some_and(|it| it.name() == UNSAVED) {
                values.topics = chosen_in(uri.query().unwrap_or_default());
            }
            let page = space::page(&visit.scene(), &values, &Complaints::default());
            (StatusCode::OK, page).into_response()
        }
        Err(denied) => out(&visit, denied),
    }
}

/// The topics that an address carries past the sign-in page. They are codes of the catalogue and name nobody.
pub fn chosen_in(query: &str) -> Vec<String> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .filter(|(name, _)| name == "topics")
        .map(|(_, value)| value.into_owned())
        .collect()
}

/// An address with topics that wait to be saved.
pub fn with_unsaved(path: &str, topics: &[String]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for topic in topics.iter().take(TOPICS_MAX) {
        query.append_pair("topics", topic);
    }
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}{}", query.finish())
}

/// Takes the choice of topics.
pub async fn change_topics(visit: Visit, posted: Posted) -> Response {
    let chosen = posted.all("topics");
    let (id, me) = match me(&visit).await {
        Ok(found) => found,
        Err(Denied::Unauthorized) => {
            return see_other(&with_unsaved("/?notice=session-ended", &chosen))
                .without(&visit.state.site, Cookie::Session);
        }
        Err(denied) => return out(&visit, denied),
    };
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

/// The account that this browser is signed in to.
pub async fn signed_in(visit: &Visit) -> Result<RegistrationId, Denied> {
    let token = visit.session().ok_or(Denied::Unauthorized)?;
    visit.state.onboarding.signed_in(token).await
}

/// The same, with what "Mon espace" shows of it.
pub async fn me(visit: &Visit) -> Result<(RegistrationId, Me), Denied> {
    let id = signed_in(visit).await?;
    Ok((id, visit.state.onboarding.me(id).await?))
}

/// Whose session has ended is led to sign-in, without the cookie that no longer opens anything.
pub fn out(visit: &Visit, denied: Denied) -> Response {
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
