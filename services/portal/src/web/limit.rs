//! Refuses what a network does too often. The counts are the API's own, so that the pages are no way around them.

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use runtime::edge::limits::Doing;
use runtime::edge::network::Network;
use usecases::Denied;

use super::answer::refused;
use super::visit::Visit;
use crate::complaints::Objection;
use crate::journey;
use crate::state::PortalState;
use crate::views::trouble;

/// Counts the request, and answers with a page once it is one too many.
pub async fn limit(State(state): State<PortalState>, request: Request, next: Next) -> Response {
    let Some(limits) = state.limits.clone() else {
        return next.run(request).await;
    };
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let doing = doing(request.method(), route);
    match limits.check(doing, Network::of_visitor(request.extensions())) {
        Ok(()) => next.run(request).await,
        Err(retry_after_seconds) => {
            let (mut parts, _) = request.into_parts();
            let Ok(visit) = Visit::from_request_parts(&mut parts, &state).await;
            let objection = Objection::of(&visit.scene(), Denied::TooManyAttempts { retry_after_seconds });
            refused(
                &objection,
                trouble::denied(&visit.scene(), &objection, visit.request_id()),
            )
        }
    }
}

fn doing(method: &Method, route: &str) -> Doing {
    if method != Method::POST {
        return Doing::Anything;
    }
    match route {
        journey::IDENTITY => Doing::Starting,
        journey::SIGN_IN | journey::CLOSING => Doing::SigningIn,
        journey::FORGOTTEN | "/verify/{token}" | "/verify/{token}/nouveau-lien" => Doing::FollowingLinks,
        _ => Doing::Anything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_counted_by_what_they_do() {
        assert_eq!(doing(&Method::POST, "/inscription"), Doing::Starting);
        assert_eq!(doing(&Method::GET, "/inscription"), Doing::Anything);
        assert_eq!(doing(&Method::POST, "/"), Doing::SigningIn);
        assert_eq!(doing(&Method::POST, "/verify/{token}"), Doing::FollowingLinks);
    }
}
