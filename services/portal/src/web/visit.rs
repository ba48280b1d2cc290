//! A request as the routes see it: whose it is, in which language, and what it carries.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use domain::Registration;
use domain::values::{Locale, RegistrationId};
use serde::Deserialize;
use usecases::{Actor, Ask, LastAnswer};

use super::form_guard::Mark;
use super::language;
use super::notice::Notice;
use super::observe::RequestId;
use crate::scene::{Member, Scene};
use crate::state::PortalState;
use runtime::edge::cookies::Cookie;

/// A request, without its form.
pub struct Visit {
    /// What the pages stand on.
    pub state: PortalState,
    /// The visitor's language.
    pub locale: Locale,
    notice: Option<Notice>,
    headers: HeaderMap,
    request_id: String,
    form_token: String,
    here: String,
}

#[derive(Deserialize)]
struct NoticeQuery {
    notice: Option<String>,
}

impl FromRequestParts<PortalState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &PortalState) -> Result<Self, Infallible> {
        let query = Query::<NoticeQuery>::try_from_uri(&parts.uri).ok();
        Ok(Self {
            state: state.clone(),
            locale: language::locale(&parts.uri, &parts.headers, &state.site),
            notice: query.and_then(|it| it.0.notice).and_then(|it| Notice::named(&it)),
            headers: parts.headers.clone(),
            request_id: parts
                .extensions
                .get::<RequestId>()
                .map(|it| it.0.clone())
                .unwrap_or_default(),
            form_token: parts
                .extensions
                .get::<Mark>()
                .map(|mark| state.onboarding.form_token(&mark.0))
                .unwrap_or_default(),
            here: language::here(&parts.method, &parts.uri),
        })
    }
}

impl Visit {
    /// What the answering page is rendered with.
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            words: &self.state.words,
            catalogue: self.state.onboarding.catalogue(),
            locale: self.locale,
            notice: self.notice,
            member: None,
            assets: &self.state.assets,
            form_token: &self.form_token,
            here: &self.here,
        }
    }

    /// The same for somebody who is signed in.
    pub fn scene_of<'a>(&'a self, member: &'a Member) -> Scene<'a> {
        Scene {
            member: Some(member),
            ..self.scene()
        }
    }

    /// What has just been done, as the address says.
    pub fn notice(&self) -> Option<Notice> {
        self.notice
    }

    /// The identifier by which the log knows this request.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The person's ask.
    pub fn ask(&self) -> Ask {
        Ask::by(
            Actor::Person,
            self.request_id.clone(),
            runtime::telemetry::current().remove("traceparent"),
        )
    }

    /// The person's ask, harmless when the same form is sent twice. `once` is the key that the form carries.
    pub fn ask_once(&self, principal: &str, route: &str, once: &str, content: &[&str]) -> Ask {
        let mut ask = self.ask();
        if !once.is_empty() {
            let content: Vec<&[u8]> = content.iter().map(|it| it.as_bytes()).collect();
            ask.idempotency = Some(
                self.state
                    .onboarding
                    .idempotency(principal, "POST", route, once, &content),
            );
        }
        ask
    }

    /// The registration that this browser goes on with.
    pub fn continued(&self) -> Option<RegistrationId> {
        self.cookie(Cookie::Continuation)
            .and_then(|token| self.state.onboarding.continued_by(token))
    }

    /// The form's last answer, where this browser holds one to the question that is open.
    pub fn held_answer(&self, id: RegistrationId, state: &Registration) -> Option<LastAnswer> {
        self.cookie(Cookie::HeldAnswer)
            .and_then(|sealed| self.state.onboarding.held_answer(id, state, sealed))
    }

    /// The token of the session that this browser shows, not yet believed.
    pub fn session(&self) -> Option<&str> {
        self.cookie(Cookie::Session)
    }

    /// A cookie of ours.
    pub fn cookie(&self, cookie: Cookie) -> Option<&str> {
        cookie
            .read(&self.headers, &self.state.site)
            .filter(|value| !value.is_empty())
    }
}
