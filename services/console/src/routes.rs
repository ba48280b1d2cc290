//! The console's addresses, and which role may open which page.

mod accesses;
mod erasures;
mod funnel;
mod mails;
mod overview;
mod person;
mod search;
mod settings;
pub mod sign_in;
mod subscribers;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use catalogue::Words;
use chrono::{Days, NaiveDate, Utc};
use runtime::edge::protect;
use serde::Deserialize;

use crate::HOME;
use crate::staff::Role;
use crate::state::ConsoleState;
use crate::web::asset;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// A page that the way to the others leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Whether all is well.
    Overview,
    /// How far people come.
    Funnel,
    /// What became of the mails.
    Mails,
    /// Finding a registration; below it, one registration.
    Search,
    /// Who receives the feed, and how they are doing; below it, one of them.
    Subscribers,
    /// Erasures that wait, holds, acknowledgements that are missing.
    Erasures,
    /// Who looked.
    Accesses,
    /// What is set.
    Settings,
}

impl Page {
    /// Every page, in the order of the way.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Funnel,
        Self::Mails,
        Self::Search,
        Self::Subscribers,
        Self::Erasures,
        Self::Accesses,
        Self::Settings,
    ];

    /// Where it is.
    pub fn path(self) -> &'static str {
        match self {
            Self::Overview => HOME,
            Self::Funnel => "/console/funnel",
            Self::Mails => "/console/mails",
            Self::Search => "/console/registrations",
            Self::Subscribers => "/console/subscribers",
            Self::Erasures => "/console/erasures",
            Self::Accesses => "/console/accesses",
            Self::Settings => "/console/settings",
        }
    }

    /// The key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Funnel => "funnel",
            Self::Mails => "mails",
            Self::Search => "search-title",
            Self::Subscribers => "subscribers",
            Self::Erasures => "erasures",
            Self::Accesses => "accesses",
            Self::Settings => "settings",
        }
    }

    /// Who may see it. Nothing on the first three is about one person; who looked is for those who answer for it.
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Overview
            | Self::Funnel
            | Self::Mails
            | Self::Search
            | Self::Subscribers
            | Self::Erasures
            | Self::Settings => &Role::ALL,
            Self::Accesses => &[Role::Auditor, Role::PrivacyOfficer],
        }
    }
}

/// The console, with its own protective headers and metrics.
pub fn router(state: ConsoleState) -> Router {
    let site = state.site.clone();
    Router::new()
        .route(Page::Overview.path(), get(overview::show))
        .route(Page::Funnel.path(), get(funnel::show))
        .route(Page::Mails.path(), get(mails::show))
        .route(Page::Search.path(), get(search::list).post(search::find))
        .route("/console/registrations.csv", get(search::file))
        .route("/console/registrations/{id}", get(search::one))
        .route("/console/registrations/{id}/hold", post(erasures::hold))
        .route(
            "/console/registrations/{id}/cancel-erasure",
            post(erasures::cancel),
        )
        .route("/console/registrations/{id}/person", post(person::open))
        .route("/console/registrations/{id}/resend", post(search::resend))
        .route(Page::Subscribers.path(), get(subscribers::show))
        .route("/console/subscribers/{name}", get(subscribers::one))
        .route("/console/subscribers/{name}/retry", post(subscribers::retry))
        .route(
            "/console/subscribers/{name}/retry-all",
            post(subscribers::retry_all),
        )
        .route("/console/subscribers/{name}/skip", post(subscribers::skip))
        .route(Page::Erasures.path(), get(erasures::show))
        .route(Page::Accesses.path(), get(accesses::show))
        .route(Page::Settings.path(), get(settings::show))
        .route(sign_in::PATH, get(sign_in::show).post(sign_in::enter))
        .route(sign_in::LEAVE, post(sign_in::leave))
        .route(asset::STYLES_PATH, get(asset::styles))
        .route("/console/{*unknown}", get(not_found))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .layer(from_fn_with_state(site, protect::protect))
        .layer(from_fn(count))
        .with_state(state)
}

async fn not_found(visit: Visit) -> Response {
    visit.answer(Err(Denied::NotFound))
}

/// One metric a request, by route.
async fn count(request: axum::extract::Request, next: Next) -> Response {
    let matched = request.extensions().get::<axum::extract::MatchedPath>();
    let route = matched.map_or("unmatched", |it| it.as_str()).to_owned();
    let begun = std::time::Instant::now();
    let response = next.run(request).await;
    let labels = [
        ("route", route.clone()),
        ("status", response.status().as_u16().to_string()),
    ];
    metrics::counter!("onboarding_http_requests_total", &labels).increment(1);
    metrics::histogram!("onboarding_http_request_seconds", "route" => route)
        .record(begun.elapsed().as_secs_f64());
    response
}

/// The days that a page is about.
#[derive(Deserialize)]
pub struct DaysQuery {
    from: Option<String>,
    to: Option<String>,
}

impl DaysQuery {
    /// The days asked for, in Paris, else the last four weeks. At most a year, and never the last before the first.
    pub fn days(&self) -> (NaiveDate, NaiveDate) {
        let read = |text: &Option<String>| text.as_deref().and_then(|it| it.parse::<NaiveDate>().ok());
        let last = read(&self.to).unwrap_or_else(|| Words::day(Utc::now()));
        let first = read(&self.from)
            .filter(|first| *first <= last)
            .unwrap_or_else(|| last - Days::new(27));
        (first.max(last - Days::new(365)), last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_bounded_and_in_order() {
        let of = |from: &str, to: &str| {
            DaysQuery {
                from: Some(from.to_owned()),
                to: Some(to.to_owned()),
            }
            .days()
        };
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(
            of("2026-11-01", "2026-11-26"),
            (day("2026-11-01"), day("2026-11-26"))
        );
        assert_eq!(
            of("2026-11-27", "2026-11-26"),
            (day("2026-10-30"), day("2026-11-26"))
        );
        assert_eq!(of("1990-01-01", "2026-11-26").0, day("2025-11-26"));
        assert_eq!(of("nonsense", "2026-11-26").0, day("2026-10-30"));
    }
}
