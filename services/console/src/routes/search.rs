//! `/console/registrations`: the list and its file, finding one, looking at one. Each is recorded before it is shown.

use auditor::Reader;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::Stage;
use domain::values::{EmailAddress, RegistrationId, Siret, trim_edges};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use store::{Grant, SignedLog, Store, StoreError};
use usecases::{Actor, Ask, Denied as UseCaseDenied};

use super::Page;
use crate::read::search::{self, FILE_MAX, FOUND_MAX, Filters};
use crate::staff::{Member, Role};
use crate::state::ConsoleState;
use crate::views;
use crate::views::layout::Fault;
use crate::views::registration::{Acts, Inclusion, Proof, Shown};
use crate::views::search::{JOURNEYS, STAGES, Sought};
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// What the list is to show, as the address says it.
#[derive(Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    stage: String,
    #[serde(default)]
    journey: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    mail: String,
    #[serde(default)]
    before: String,
}

impl ListQuery {
    /// What is not known leaves everything.
    fn filters(&self) -> Filters {
        let given = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
        Filters {
            stage: given(&self.stage).filter(|it| STAGES.contains(&it.as_str())),
            journey: given(&self.journey).filter(|it| JOURNEYS.contains(&it.as_str())),
            day: self.day.parse().ok(),
            mail_failed: self.mail == "failed",
            before: self.before.parse().ok(),
        }
    }
}

/// Those that moved last, page by page.
pub async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let page = async {
        let member = visit.as_any_of(Page::Search.roles())?;
        visit.record(member, "registrations", None).await?;
        let filters = query.filters();
        let mut found = search::listed(&visit.state.pool, &filters, FOUND_MAX + 1).await?;
        let goes_on = i64::try_from(found.len()).is_ok_and(|it| it > FOUND_MAX);
        found.truncate(usize::try_from(FOUND_MAX).unwrap_or(usize::MAX));
        let next = found.last().filter(|_| goes_on).map(|it| it.position);
        let sought = Sought::Listed {
            filters: &filters,
            next,
        };
        Ok::<_, Denied>(views::search::page(&visit.scene(), &sought, &found).into_response())
    };
    visit.answer(page.await)
}

/// The same as a file, without pages. Nothing of a person is in it.
pub async fn file(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let page = async {
        let member = visit.as_any_of(Page::Search.roles())?;
        visit.record(member, "registrations.csv", None).await?;
        let found = search::listed(&visit.state.pool, &query.filters(), FILE_MAX).await?;
        let mut text = "registration_id,stage,journey,mail,started_at,last_event_at\n".to_owned();
        for it in &found {
            let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
            let (journey, mail) = (it.journey.as_deref(), it.mail.as_deref());
            text += &format!(
                "{},{},{},{},{},{}\n",
                it.registration_id,
                it.stage,
                journey.unwrap_or_default(),
                mail.unwrap_or_default(),
                moment(it.started_at),
                moment(it.last_event_at)
            );
        }
        let headers = [
            (CONTENT_TYPE, "text/csv; charset=utf-8"),
            (CONTENT_DISPOSITION, "attachment; filename=\"registrations.csv\""),
        ];
        Ok::<_, Denied>((headers, text).into_response())
    };
    visit.answer(page.await)
}

/// What is looked for. It comes by POST: an address must not stand in a URL.
#[derive(Deserialize)]
pub struct SearchForm {
    sought: String,
}

/// Finds by address, SIRET, or number.
pub async fn find(visit: Visit, Form(form): Form<SearchForm>) -> Response {
    let page = async {
        let member = visit.as_any_of(Page::Search.roles())?;
        visit.sent_by_our_page()?;
        let sought = trim_edges(&form.sought);
        let state = &visit.state;
        if let Ok(id) = sought.parse::<RegistrationId>() {
            return Ok(Redirect::to(&format!("{}/{id}", Page::Search.path())).into_response());
        }
        let is_handle = sought.len() == 8 && sought.bytes().all(|it| it.is_ascii_hexdigit());
        let found = if is_handle {
            visit.record(member, "search.handle", None).await?;
            search::by_handle(&state.pool, &sought.to_lowercase()).await?
        } else if let Ok(siret) = Siret::parse(sought) {
            visit.record(member, "search.siret", None).await?;
            search::by_siret(&state.pool, siret.as_str()).await?
        } else if let Ok(email) = EmailAddress::parse(sought) {
            visit.record(member, "search.address", None).await?;
            search::by_address(&state.pool, state.keyring.blind_index(&email).as_bytes()).await?
        } else {
            let page = views::search::page(&visit.scene(), &Sought::Unreadable, &[]);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        };
        Ok::<_, Denied>(views::search::page(&visit.scene(), &Sought::Found, &found).into_response())
    };
    visit.answer(page.await)
}

/// Asks once more for the mail that a registration waits for: its person gets a new link.
pub async fn resend(visit: Visit, Path(id): Path<String>) -> Response {
    let page = async {
        let member = visit.as_any_of(&[Role::Operator])?;
        visit.sent_by_our_page()?;
        let id = id.parse::<RegistrationId>().map_err(|_| Denied::NotFound)?;
        visit.record(member, "resend", Some(id)).await?;
        let ask = Ask::by(Actor::Operator, id.to_string(), None);
        match visit.state.onboarding.request_verification_mail(id, &ask).await {
            Ok(_) => Ok(Redirect::to(&format!("{}/{id}", Page::Search.path())).into_response()),
            Err(UseCaseDenied::Refused(_) | UseCaseDenied::TooManyAttempts { .. }) => {
                let told = visit.scene().say("resend-refused");
                shown(&visit, member, id, &[("resend", told)]).await
            }
            Err(UseCaseDenied::NotFound) => Err(Denied::NotFound),
            Err(fault) => Err(fault.into()),
        }
    };
    visit.answer(page.await)
}

/// One registration.
pub async fn one(visit: Visit, Path(id): Path<String>) -> Response {
    let page = async {
        let member = visit.as_any_of(Page::Search.roles())?;
        let id = id.parse::<RegistrationId>().map_err(|_| Denied::NotFound)?;
        shown(&visit, member, id, &[]).await
    };
    visit.answer(page.await)
}

/// Proofs made at once: each is several look-ups, and a page must not take every connection.
const PROOFS_AT_ONCE: usize = 6;

/// What proves the event at this position; nothing when there is none any more.
async fn proof_of(state: &ConsoleState, position: u64) -> Result<Option<Proof>, Denied> {
    let entry = state.store.read_log(position, 1).await?.into_iter().next();
    let Some(entry) = entry.filter(|it| it.position == position) else {
        return Ok(None);
    };
    let inclusion = match state
        .store
        .prove(SignedLog::Events, &state.log_origin, position)
        .await
    {
        Ok(Some(proof)) => Inclusion::Proven(proof.to_string()),
        Ok(None) => Inclusion::ToCome,
        // The page is for telling that something does not add up, so it must not fail of it.
        Err(StoreError::Corrupt(_)) => Inclusion::Broken,
        Err(fault) => return Err(fault.into()),
    };
    Ok(Some(Proof {
        position,
        leaf_hash: entry.leaf_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        as_written: entry.recomputed_leaf_hash() == entry.leaf_hash,
        inclusion,
    }))
}

/// The page of a registration, with what was wrong with a form on it.
pub(super) async fn shown(
    visit: &Visit,
    member: &Member,
    id: RegistrationId,
    faults: &[Fault],
) -> Result<Response, Denied> {
    let state = &visit.state;
    let reader = Reader::new(&state.store, &state.pool);
    let story = reader
        .show(id, None, visit.locale)
        .await?
        .ok_or(Denied::NotFound)?;
    visit.record(member, "registration", Some(id)).await?;
    let positions: Vec<u64> = story.chapters.iter().map(|it| it.position).collect();
    let proofs: Vec<Option<Proof>> = stream::iter(positions)
        .map(|position| proof_of(state, position))
        .buffered(PROOFS_AT_ONCE)
        .try_collect()
        .await?;
    let proofs: Vec<Proof> = proofs.into_iter().flatten().collect();
    let accesses = match member.role {
        Role::Operator => None,
        Role::Auditor | Role::PrivacyOfficer => Some(state.store.accesses_of(id).await?),
    };
    let acts = match member.role {
        Role::PrivacyOfficer => Acts::Officer {
            is_held: state.store.is_held(id).await?,
        },
        Role::Operator => Acts::Operator {
            may_resend: story.stage == Stage::AwaitingEmailVerification,
        },
        Role::Auditor => Acts::None,
    };
    let grants = match member.role {
        Role::PrivacyOfficer => own_grants(&state.store, member, id).await?,
        Role::Operator | Role::Auditor => Vec::new(),
    };
    let page = Shown {
        story: &story,
        proofs: &proofs,
        accesses: accesses.as_deref(),
        acts,
        grants: &grants,
        faults,
    };
    let page = views::registration::page(&visit.scene(), &page);
    let status = match faults {
        [] => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, page).into_response())
}

/// The grants in somebody's name that open a registration now.
async fn own_grants(store: &Store, member: &Member, id: RegistrationId) -> Result<Vec<Grant>, Denied> {
    let opens =
        |it: &Grant| it.granted_to == member.name && it.registration_id.is_none_or(|only| only == id.0);
    let good = store.grants(true).await?;
    Ok(good.into_iter().filter(opens).collect())
}
