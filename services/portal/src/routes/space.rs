//! "Mon espace": what a signed-in person sees, and their topics to change.

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::values::RegistrationId;
use usecases::{Denied, Me, OpenSession};

use super::steps::topics::read;
use super::turned_away;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::scene::Member;
use crate::views::space::{self, Values};
use crate::views::topics;
use crate::web::answer::{WithCookie, refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Tells that the topics shown are not saved yet.
const UNSAVED: &str = "topics-unsaved";
/// The most topics that an address carries.
const TOPICS_MAX: usize = 50;
/// The most characters that are looked for.
const QUERY_MAX: usize = 100;

/// Shows it: with the topics that are kept, or with those that a lost session did not let be saved.
pub async fn show(visit: Visit, uri: Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    match inside(&visit).await {
        Ok(Inside { me, member, .. }) => {
            let mut values = values(me, &member);
            if visit.notice().is_some_and(|it| it.name() == UNSAVED) {
                values.topics = chosen_in(query);
            }
            values.query = looked_for(query);
            let page = space::page(&visit.scene_of(&member), &values, &Complaints::default());
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

/// What is looked for among the establishments.
fn looked_for(query: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let given = pairs.find(|(name, _)| name == "q");
    given.map_or_else(String::new, |(_, text)| {
        text.trim().chars().take(QUERY_MAX).collect()
    })
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
    let Inside { id, me, member } = match inside(&visit).await {
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
                ..values(me, &member)
            };
            let page = space::page(&visit.scene_of(&member), &values, &objection.complaints);
            refused(&objection, page)
        }
    }
}

/// A signed-in person.
pub struct Inside {
    /// The account.
    pub id: RegistrationId,
    /// What "Mon espace" shows of it.
    pub me: Me,
    /// Who it is, for the head of the page.
    pub member: Member,
}

/// The session that this browser shows.
pub async fn session(visit: &Visit) -> Result<OpenSession, Denied> {
    let token = visit.session().ok_or(Denied::Unauthorized)?;
    visit.state.onboarding.session(token).await
}

/// Who is signed in to this browser.
pub async fn inside(visit: &Visit) -> Result<Inside, Denied> {
    let OpenSession { id, since } = session(visit).await?;
    let me = visit.state.onboarding.me(id).await?;
    let member = Member::of(&me.person, since);
    Ok(Inside { id, me, member })
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

fn values(me: Me, member: &Member) -> Values {
    Values {
        name: member.name.clone(),
        topics: topics::codes(&me.topics),
        establishments: me.establishments,
        query: String::new(),
    }
}
