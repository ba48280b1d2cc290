//! Step 1: starting a registration, or redoing who one is ("Précédent", "corriger mon adresse").

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use domain::values::{Civility, EmailAddress, Fault, Identity, PersonName, ProfileCode};
use usecases::{Denied, Form, IdentityForm, Outcome};
use uuid::Uuid;

use super::steps::next_page;
use super::turned_away;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::identity::{self, Values};
use crate::web::answer::{WithCookie, refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Shows the form: empty, or with what was answered as long as it may be redone.
pub async fn show(visit: Visit) -> Response {
    let mut values = Values {
        once: Uuid::new_v4().to_string(),
        ..Values::default()
    };
    if let Some(id) = visit.continued() {
        match visit.state.onboarding.answers(id).await {
            Ok(it) if journey::identity_may_be_redone(&it.outcome.state) => fill(&mut values, &it.identity),
            Ok(_) | Err(Denied::NotFound) => {}
            Err(denied) => return turned_away(&visit, denied),
        }
    }
    (
        StatusCode::OK,
        identity::page(&visit.scene(), &values, &Complaints::default()),
    )
        .into_response()
}

/// Starts a registration, or redoes its first step.
pub async fn submit(visit: Visit, posted: Posted) -> Response {
    match given(&visit, &posted, read(&visit, &posted)).await {
        Ok(outcome) => {
            let site = &visit.state.site;
            let token = visit.state.onboarding.continuation_token(outcome.id);
            let page = if visit.continued() == Some(outcome.id) {
                next_page(&visit, &outcome)
            } else {
                journey::page_of(outcome.state.stage()).to_owned()
            };
            see_other(&page)
                .with(site, Cookie::Continuation, &token)
                .without(site, Cookie::ConfirmedLink)
        }
        Err(denied) => {
            let scene = visit.scene();
            let objection = Objection::of(&scene, denied);
            let values = typed(&posted, visit.continued().is_some());
            refused(&objection, identity::page(&scene, &values, &objection.complaints))
        }
    }
}

async fn given(visit: &Visit, posted: &Posted, form: Form<IdentityForm>) -> Result<Outcome, Denied> {
    let onboarding = &visit.state.onboarding;
    if let Some(id) = visit.continued() {
        match onboarding.submit_identity(id, &visit.ask(), form.clone()).await {
            // The registration of this browser is over, or its address is proven: the form was shown empty, for another.
            Err(Denied::NotFound | Denied::Refused(Refusal::StepOutOfOrder)) => {}
            other => return other,
        }
    }
    let content = ["profile", "civility", "last_name", "first_name", "email"].map(|name| posted.text(name));
    let ask = visit.ask_once("", journey::IDENTITY, posted.text("once"), &content);
    match onboarding.start(&ask, form.clone()).await {
        // The page was shown again by "back" and filled in anew: that is another registration.
        Err(Denied::IdempotencyKeyReused) => onboarding.start(&visit.ask(), form).await,
        other => other,
    }
}

fn read(visit: &Visit, posted: &Posted) -> Form<IdentityForm> {
    let catalogue = visit.state.onboarding.catalogue();
    let mut faults = Vec::new();
    let profile = posted.parsed("profile", &mut faults, |text| {
        let code = ProfileCode::parse(text)?;
        catalogue
            .profile(code.as_str())
            .map(|_| code.clone())
            .ok_or(Fault("unknown-value"))
    });
    let civility = posted.parsed("civility", &mut faults, Civility::parse);
    let last_name = posted.parsed("last_name", &mut faults, PersonName::parse);
    let first_name = posted.parsed("first_name", &mut faults, PersonName::parse);
    let email = posted.parsed("email", &mut faults, EmailAddress::parse);
    match (profile, civility, last_name, first_name, email) {
        (Some(profile), Some(civility), Some(last_name), Some(first_name), Some(email)) => Ok(IdentityForm {
            identity: Identity {
                civility,
                last_name,
                first_name,
                email,
            },
            profile,
            locale: visit.locale,
        }),
        _ => Err(faults),
    }
}

fn fill(values: &mut Values, form: &IdentityForm) {
    values.again = true;
    values.profile = form.profile.as_str().to_owned();
    values.civility = form.identity.civility.code().to_owned();
    values.last_name = form.identity.last_name.as_str().to_owned();
    values.first_name = form.identity.first_name.as_str().to_owned();
    values.email = form.identity.email.as_str().to_owned();
}

fn typed(posted: &Posted, again: bool) -> Values {
    let text = |name: &str| posted.text(name).to_owned();
    Values {
        profile: text("profile"),
        civility: text("civility"),
        last_name: text("last_name"),
        first_name: text("first_name"),
        email: text("email"),
        again,
        once: Uuid::new_v4().to_string(),
    }
}
