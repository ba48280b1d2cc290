//! The organisation's contacts, written by its own system: one by one, or many in one body.
//!
//! Each request says how contacts are to be, so that asking twice is harmless. An `Idempotency-Key` keeps an old request that
//! comes again from undoing a newer one; many contacts in one body are written as they are read, and take none.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use directory::ContactChange;
use directory::contacts::parse_reference;
use directory::import::BAD_LINES_MAX;
use usecases::{FieldFault, ShortAnswer};

use super::marked;
use crate::answers::{BadLineAnswer, ContactAnswer, ContactsReportAnswer};
use crate::body::{Body, read_object};
use crate::call::{Call, IdInPath};
use crate::contact_forms;
use crate::credentials::directory_bearer;
use crate::fields::Fields;
use crate::ndjson::Lines;
use crate::problem::Problem;
use crate::requests::{ContactLineRequest, ContactRequest};
use crate::state::ApiState;

/// The largest body of one contact, in bytes: one of as many establishments as one may have.
const CONTACT_SIZE_MAX: usize = 128 * 1024;
/// Contacts written in one transaction.
const BATCH: usize = 500;

/// Keeps a contact as given, whether or not it was there. Accounts with its address are attached within seconds.
#[utoipa::path(
    put, path = "/directory/contacts/{id}", tag = "directory", operation_id = "putContact",
    params(("id" = String, Path, description = "The organisation's own reference, at most 200 characters.", example = "C-0001")),
    request_body = ContactRequest,
    responses(
        (status = 201, description = "The contact is new.", body = ContactAnswer),
        (status = 200, description = "The contact is changed, or stood so already.", body = ContactAnswer),
        (status = 413, description = "`body-too-large`: over 128 KiB."),
    ),
    security(("directory" = [])),
)]
pub async fn keep(
    State(state): State<ApiState>,
    id: IdInPath,
    call: Call,
    request: Request,
) -> Result<Response, Problem> {
    directory_bearer(&state, request.headers())?;
    let body = Body::read_up_to(request, CONTACT_SIZE_MAX).await?;
    let ask = call.ask(&state, &format!("directory {}", id.0), &body.content())?;
    let contact = contact_forms::contact(body.into_fields(), &id.0).map_err(Problem::invalid)?;
    let kept = state.onboarding.once(&ask, async {
        let change = [ContactChange::Keep(contact)];
        let written = state.onboarding.change_contacts(&change).await?;
        Ok(match (written.new, written.changed) {
            (1.., _) => ShortAnswer::with_word(201, "new"),
            (_, 1..) => ShortAnswer::with_word(200, "changed"),
            _ => ShortAnswer::with_word(200, "unchanged"),
        })
    });
    let ShortAnswer {
        status,
        word,
        replayed,
    } = kept.await?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let answer = Json(ContactAnswer {
        contact: word.unwrap_or_default(),
    });
    Ok(marked((status, answer).into_response(), replayed))
}

/// Forgets a contact. Establishments that a person was attached to by it stay attached.
#[utoipa::path(
    delete, path = "/directory/contacts/{id}", tag = "directory", operation_id = "deleteContact",
    params(("id" = String, Path, description = "The organisation's own reference, at most 200 characters.", example = "C-0001")),
    responses(
        (status = 204, description = "There is no such contact, or no longer."),
        (status = 422, description = "`invalid`: the reference is none."),
    ),
    security(("directory" = [])),
)]
pub async fn remove(
    State(state): State<ApiState>,
    id: IdInPath,
    request: Request,
) -> Result<StatusCode, Problem> {
    directory_bearer(&state, request.headers())?;
    let reference = parse_reference(&id.0)
        .map_err(|fault| Problem::invalid(vec![FieldFault::new("id", fault.code())]))?;
    state
        .onboarding
        .change_contacts(&[ContactChange::Remove(reference)])
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps and removes many contacts, one JSON object a line.
///
/// Good lines are kept whatever the others hold; of several lines
/// for one contact the last holds. What was read before a problem (503, 413, a broken connection) stands: send it again. An
/// `Idempotency-Key` has nothing to do here: lines are written as they are read, and say how contacts are to be.
#[utoipa::path(
    post, path = "/directory/contacts", tag = "directory", operation_id = "postContacts",
    request_body(content = ContactLineRequest, content_type = "application/x-ndjson",
        description = "One object a line, each at most 128 KiB; 256 MiB in all."),
    responses(
        (status = 200, description = "Read to the end. Lines with faults are listed and were not kept.", body = ContactsReportAnswer),
        (status = 400, description = "`malformed-body`: the body broke off."),
        (status = 413, description = "`body-too-large`: over 256 MiB."),
        (status = 415, description = "`unsupported-media-type`: not `application/x-ndjson`."),
    ),
    security(("directory" = [])),
)]
pub async fn change_many(
    State(state): State<ApiState>,
    request: Request,
) -> Result<Json<ContactsReportAnswer>, Problem> {
    directory_bearer(&state, request.headers())?;
    let mut lines = Lines::of(request)?;
    let mut report = ContactsReportAnswer::default();
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(line) = lines.next().await? {
        report.read += 1;
        match read(line.text) {
            Ok(change) => batch.push(change),
            Err(faults) => refuse(&mut report, line.number, faults),
        }
        if batch.len() == BATCH {
            write(&state, &mut batch, &mut report).await?;
        }
    }
    write(&state, &mut batch, &mut report).await?;
    Ok(Json(report))
}

fn read(line: Option<&[u8]>) -> Result<ContactChange, Vec<FieldFault>> {
    let whole = |code| vec![FieldFault::new("line", code)];
    let text = line.ok_or_else(|| whole("too-long"))?;
    let entries = read_object(text).ok_or_else(|| whole("malformed-json"))?;
    contact_forms::change(Fields::new(entries))
}

fn refuse(report: &mut ContactsReportAnswer, line: u64, faults: Vec<FieldFault>) {
    report.refused += 1;
    let room = BAD_LINES_MAX.saturating_sub(report.bad.len());
    report
        .bad
        .extend(faults.into_iter().take(room).map(|fault| BadLineAnswer {
            line,
            field: fault.field,
            reason: fault.code,
        }));
}

async fn write(
    state: &ApiState,
    batch: &mut Vec<ContactChange>,
    report: &mut ContactsReportAnswer,
) -> Result<(), Problem> {
    if batch.is_empty() {
        return Ok(());
    }
    let written = state.onboarding.change_contacts(batch).await?;
    let kept = |it: &&ContactChange| matches!(it, ContactChange::Keep(_));
    let kept = batch.iter().filter(kept).count();
    report.kept += kept as u64;
    report.unchanged += written.unchanged;
    report.removed += (batch.len() - kept) as u64;
    batch.clear();
    Ok(())
}
