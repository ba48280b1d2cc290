//! Who asks: the token of an unfinished registration, or a session, by `Authorization: Bearer` or by cookie; the
//! organisation's own system, by its token; or a subscriber of the feed, by its secret.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use domain::values::RegistrationId;
use runtime::edge::cookies::Cookie;
use runtime::edge::origin::is_our_own;
use runtime::edge::site::Site;
use subscribers::Subscriber;

use crate::call::{Call, IdInPath};
use crate::problem::Problem;
use crate::state::ApiState;

/// The registration that the path names, when the asker's token opens it.
///
/// A token of another registration gets the same answer as one for a registration that does not exist.
pub fn continued(state: &ApiState, call: &Call, id: &IdInPath) -> Result<RegistrationId, Problem> {
    let token = token(call, &state.site, Cookie::Continuation).ok_or_else(Problem::unauthorized)?;
    let opened = state
        .onboarding
        .continued_by(token)
        .ok_or_else(Problem::unauthorized)?;
    if id.0.parse() != Ok(opened) {
        return Err(Problem::not_found());
    }
    note_registration(opened);
    Ok(opened)
}

/// The account of the asker's session.
pub async fn signed_in(state: &ApiState, call: &Call) -> Result<RegistrationId, Problem> {
    let account = state.onboarding.signed_in(session(state, call)?).await?;
    note_registration(account);
    Ok(account)
}

/// The token of the asker's session, which may have ended.
pub fn session<'a>(state: &ApiState, call: &'a Call) -> Result<&'a str, Problem> {
    token(call, &state.site, Cookie::Session).ok_or_else(Problem::unauthorized)
}

/// Whether the organisation's own system asks, by the token of the directory.
pub fn directory_bearer(state: &ApiState, headers: &HeaderMap) -> Result<(), Problem> {
    let token = state.directory_token.as_ref();
    match token.zip(bearer(headers)) {
        Some((token, presented)) if token.is(presented) => Ok(()),
        _ => Err(Problem::unknown_credential()),
    }
}

/// The subscriber of the feed that asks, by its secret; not more often than one may.
pub async fn subscriber(state: &ApiState, headers: &HeaderMap) -> Result<Subscriber, Problem> {
    let known = state.subscribers.as_ref().zip(bearer(headers));
    let (subscribers, secret) = known.ok_or_else(Problem::unknown_credential)?;
    let asker = subscribers.registry.authenticate(secret).await;
    let asker = asker
        .map_err(Problem::of_registry)?
        .ok_or_else(Problem::unknown_credential)?;
    if state.limits.is_some() {
        let checked = subscribers.limit.check(asker.name.as_str());
        checked.map_err(Problem::too_many_attempts)?;
    }
    Ok(asker)
}

/// Lets the request's span and log lines say which registration they are about.
pub fn note_registration(id: RegistrationId) {
    tracing::Span::current().record("registration.id", tracing::field::display(id));
}

fn token<'a>(call: &'a Call, site: &Site, cookie: Cookie) -> Option<&'a str> {
    bearer(&call.headers).or_else(|| {
        let counts = call.method.is_safe() || is_our_own(&call.headers, site);
        if counts {
            cookie.read(&call.headers, site)
        } else {
            None
        }
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn headers(given: &[(&'static str, &str)]) -> HeaderMap {
        given
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_bearer_token_is_read_whatever_the_case_of_its_scheme() {
        assert_eq!(bearer(&headers(&[("authorization", "bearer abc")])), Some("abc"));
        assert_eq!(bearer(&headers(&[("authorization", "Basic abc")])), None);
        assert_eq!(bearer(&headers(&[("authorization", "Bearer")])), None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
