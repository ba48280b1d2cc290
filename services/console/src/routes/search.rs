//! `/console/registrations`: finding one, and looking at one. Each search and each look is recorded first.

use auditor::Reader;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::values::{EmailAddress, RegistrationId, Siret, trim_edges};
use serde::Deserialize;
use store::{SignedLog, StoreError};

use super::Page;
use crate::read::search;
use crate::staff::{Member, Role};
use crate::views;
use crate::views::layout::Fault;
use crate::views::registration::{Acts, Inclusion, Proof, Shown};
use crate::views::search::Sought;
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// Those that moved last.
pub async fn latest(visit: Visit) -> Response {
    let page = async {
        let member = visit.as_any_of(Page::Search.roles())?;
        visit.record(member, "registrations", None).await?;
        let found = search::latest(&visit.state.pool).await?;
        Ok::<_, Denied>(views::search::page(&visit.scene(), &Sought::Nothing, &found).into_response())
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
        let found = if let Ok(siret) = Siret::parse(sought) {
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

/// One registration.
pub async fn one(visit: Visit, Path(id): Path<String>) -> Response {
    let page = async {
        let member = visit.as_any_of(Page::Search.roles())?;
        let id = id.parse::<RegistrationId>().map_err(|_| Denied::NotFound)?;
        shown(&visit, member, id, &[]).await
    };
    visit.answer(page.await)
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
    let mut proofs = Vec::with_capacity(story.chapters.len());
    for position in story.chapters.iter().map(|it| it.position) {
        let entry = state.store.read_log(position, 1).await?.into_iter().next();
        let Some(entry) = entry.filter(|it| it.position == position) else {
            continue;
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
        proofs.push(Proof {
            position,
            leaf_hash: entry.leaf_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            as_written: entry.recomputed_leaf_hash() == entry.leaf_hash,
            inclusion,
        });
    }
    let accesses = match member.role {
        Role::Operator => None,
        Role::Auditor | Role::PrivacyOfficer => Some(state.store.accesses_of(id).await?),
    };
    let acts = match member.role {
        Role::PrivacyOfficer => Some(Acts {
            is_held: state.store.is_held(id).await?,
            faults,
        }),
        Role::Auditor | Role::Operator => None,
    };
    let page = Shown {
        story: &story,
        proofs: &proofs,
        accesses: accesses.as_deref(),
        acts,
    };
    let page = views::registration::page(&visit.scene(), &page);
    let status = match faults {
        [] => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, page).into_response())
}
