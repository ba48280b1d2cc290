//! The link of a mail. GET shows what stands behind it and changes nothing, since machines that look for harmful mails
//! open links too; POST acts.

mod behind;

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use domain::registration::event::LinkPurpose;
use domain::values::PasswordRule;
use maud::Markup;
use usecases::{Denied, FieldFault, LinkShown, PasswordForm};

use self::behind::{Behind, behind};
use super::turned_away;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::link::{self, Act, DeadEnd};
use crate::views::password;
use crate::web::answer::{WithCookie, refused, see_other, with_notice};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// The token as it stands in the path. What cannot even be read is a bad link like any other, and explained like one.
pub struct LinkToken(String);

impl<S: Send + Sync> FromRequestParts<S> for LinkToken {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let token = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(
            token.map_or_else(|_| "unreadable".to_owned(), |Path(token)| token),
        ))
    }
}

/// Shows what stands behind a link: 200 for one that is unknown, used or expired as well, each explained.
pub async fn show(visit: Visit, LinkToken(token): LinkToken) -> Response {
    match look(&visit, &token).await {
        Ok(shown) => (
            StatusCode::OK,
            rendered(&visit, &token, shown.as_ref(), &[], &Complaints::default()),
        )
            .into_response(),
        Err(response) => *response,
    }
}

/// Sets the password, confirms the address, or takes the registration up again: whatever the link is for.
pub async fn act(visit: Visit, LinkToken(token): LinkToken, posted: Posted) -> Response {
    let shown = match look(&visit, &token).await {
        Ok(Some(shown)) => shown,
        Ok(None) => return dead_end(&visit, &token, None, StatusCode::UNPROCESSABLE_ENTITY),
        Err(response) => return *response,
    };
    match (behind(&shown), shown.purpose) {
        (Behind::Password, _) | (Behind::DeadEnd(DeadEnd::Used), _) => {
            set_password(&visit, &token, shown, &posted).await
        }
        (_, LinkPurpose::Resume) => resume(&visit, &token, shown).await,
        _ => confirm(&visit, &token, shown).await,
    }
}

/// Sends a new link instead of one whose time is over.
pub async fn renew(visit: Visit, LinkToken(token): LinkToken, _: Posted) -> Response {
    let shown = match look(&visit, &token).await {
        Ok(Some(shown)) => shown,
        Ok(None) => return dead_end(&visit, &token, None, StatusCode::UNPROCESSABLE_ENTITY),
        Err(response) => return *response,
    };
    if behind(&shown) != Behind::DeadEnd(DeadEnd::ExpiredProof) {
        return see_other(&format!("/verify/{token}"));
    }
    match visit
        .state
        .onboarding
        .request_verification_mail(shown.id, &visit.ask())
        .await
    {
        Ok(_) => see_other(&format!("/verify/{token}?notice=mail-sent")),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            refused(
                &objection,
                rendered(&visit, &token, Some(&shown), &[], &objection.complaints),
            )
        }
    }
}

/// The link; nothing when this service never made it.
async fn look(visit: &Visit, token: &str) -> Result<Option<LinkShown>, Box<Response>> {
    match visit.state.onboarding.link_shown(token).await {
        Ok(shown) => Ok(Some(shown)),
        Err(Denied::Refused(Refusal::LinkInvalid)) => Ok(None),
        Err(denied) => Err(Box::new(turned_away(visit, denied))),
    }
}

async fn set_password(visit: &Visit, token: &str, shown: LinkShown, posted: &Posted) -> Response {
    let scene = visit.scene();
    let (password, confirmation) = (posted.text("password"), posted.text("confirmation"));
    let objection = if password.is_empty() {
        Some(Objection::of_faults(
            &scene,
            &[FieldFault::new("password", "required")],
        ))
    } else if password != confirmation {
        let differs = scene.say("password-differs");
        Some(Objection::about(
            StatusCode::UNPROCESSABLE_ENTITY,
            "confirmation",
            [differs],
        ))
    } else {
        None
    };
    if let Some(objection) = objection {
        return refused(
            &objection,
            rendered(visit, token, Some(&shown), &[], &objection.complaints),
        );
    }
    let form = PasswordForm {
        token: token.to_owned(),
        password: password.to_owned(),
    };
    match visit
        .state
        .onboarding
        .set_password(Some(shown.id), &visit.ask(), form)
        .await
    {
        Ok(_) => {
            let site = &visit.state.site;
            let token = visit.state.onboarding.continuation_token(shown.id);
            let response = see_other("/?notice=password-set");
            response
                .with(site, Cookie::NewPassword, &token)
                .without(site, Cookie::Continuation)
                .without(site, Cookie::ConfirmedLink)
        }
        Err(denied) => {
            let unmet = if let Denied::PasswordRefused(unmet) = &denied {
                unmet.clone()
            } else {
                vec![]
            };
            refusal(visit, token, shown, denied, &unmet).await
        }
    }
}

async fn confirm(visit: &Visit, token: &str, shown: LinkShown) -> Response {
    match visit.state.onboarding.verify_email(&visit.ask(), token).await {
        Ok(outcome) => {
            let site = &visit.state.site;
            let continuation = visit.state.onboarding.continuation_token(outcome.id);
            see_other(journey::page_of(outcome.state.stage()))
                .with(site, Cookie::Continuation, &continuation)
                .with(site, Cookie::ConfirmedLink, token)
        }
        Err(denied) => refusal(visit, token, shown, denied, &[]).await,
    }
}

async fn resume(visit: &Visit, token: &str, shown: LinkShown) -> Response {
    match visit.state.onboarding.resume(&visit.ask(), token).await {
        Ok((outcome, continuation)) => {
            see_other(&with_notice(journey::page_of(outcome.state.stage()), "resumed"))
                .with(&visit.state.site, Cookie::Continuation, &continuation)
                .without(&visit.state.site, Cookie::ConfirmedLink)
        }
        Err(denied) => refusal(visit, token, shown, denied, &[]).await,
    }
}

/// The same page with what was wrong; or, where the link itself is no longer good, why and which way is open.
async fn refusal(
    visit: &Visit,
    token: &str,
    shown: LinkShown,
    denied: Denied,
    unmet: &[PasswordRule],
) -> Response {
    let about_link = matches!(denied, Denied::Refused(_));
    let objection = Objection::of(&visit.scene(), denied);
    if !about_link || objection.retry_after_seconds.is_some() {
        return refused(
            &objection,
            rendered(visit, token, Some(&shown), unmet, &objection.complaints),
        );
    }
    match look(visit, token).await {
        Ok(shown) => dead_end(visit, token, shown.as_ref(), objection.status),
        Err(response) => *response,
    }
}

fn dead_end(visit: &Visit, token: &str, shown: Option<&LinkShown>, status: StatusCode) -> Response {
    (status, rendered(visit, token, shown, &[], &Complaints::default())).into_response()
}

fn rendered(
    visit: &Visit,
    token: &str,
    shown: Option<&LinkShown>,
    unmet: &[PasswordRule],
    complaints: &Complaints,
) -> Markup {
    let scene = visit.scene();
    let Some(shown) = shown else {
        return link::dead_end(&scene, token, DeadEnd::Unknown, complaints);
    };
    let email = shown.email.as_ref().map_or("", |it| it.as_str());
    match behind(shown) {
        Behind::Password => {
            let policy = visit.state.onboarding.settings().password_policy();
            let change = shown.purpose == LinkPurpose::ResetPassword;
            password::page(
                &scene,
                &password::Values {
                    email,
                    token,
                    policy,
                    unmet,
                    change,
                },
                complaints,
            )
        }
        Behind::Confirmation => link::to_act(&scene, token, &Act::Confirm { email }, complaints),
        Behind::Resumption => link::to_act(&scene, token, &Act::Resume { email }, complaints),
        Behind::DeadEnd(dead_end) => link::dead_end(&scene, token, dead_end, complaints),
    }
}
