//! `POST /console/registrations/{id}/person`: opening what is sealed, under a grant that names the reader.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use usecases::{Denied as UseCaseDenied, Look};
use uuid::Uuid;

use super::{erasures, search};
use crate::views;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// The grant's number.
#[derive(Deserialize)]
pub struct GrantForm {
    grant: String,
}

/// Opens the person. The use case records the look before it shows anything.
pub async fn open(visit: Visit, Path(id): Path<String>, Form(form): Form<GrantForm>) -> Response {
    let page = async {
        let (member, id) = erasures::officer(&visit, &id)?;
        let scene = visit.scene();
        let refused = |key: &str| [("grant", scene.say(key))];
        let Ok(number) = form.grant.trim().parse::<Uuid>() else {
            return search::shown(&visit, member, id, &refused("grant-unreadable")).await;
        };
        // A grant is for one named person; its number in other hands opens nothing.
        let granted = visit.state.store.grant(number).await?;
        if granted.is_none_or(|it| it.granted_to != member.name) {
            return search::shown(&visit, member, id, &refused("grant-unknown")).await;
        }
        match visit.state.onboarding.look_at(id, number).await {
            Ok(Look::Seen(looked)) => Ok(views::person::page(&scene, &looked).into_response()),
            Ok(Look::Refused(why)) => {
                let key = views::person::refusal_key(why);
                search::shown(&visit, member, id, &refused(key)).await
            }
            Ok(Look::Forgotten) => search::shown(&visit, member, id, &refused("grant-forgotten")).await,
            Err(UseCaseDenied::NotFound) => Err(Denied::NotFound),
            Err(fault) => Err(fault.into()),
        }
    };
    visit.answer(page.await)
}
