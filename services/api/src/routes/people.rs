//! Subscribers of the feed: the person behind a registration, and the word that an erasure was followed.
//!
//! Who asks is a subscriber by its own credential, the one that it fetches events with. Why it asks stands in a header
//! and goes to the access log with the answer.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::values::{RegistrationId, StatedReason};
use usecases::{FieldFault, ShortAnswer};

use super::marked;
use crate::answers::KnownPersonAnswer;
use crate::call::{Call, IdInPath};
use crate::credentials::{note_registration, subscriber};
use crate::problem::Problem;
use crate::state::ApiState;

/// The header that says what a person is read for.
pub const PURPOSE: &str = "Onboarding-Purpose";

/// Tells a subscriber who the person of a registration is: what the feed holds sealed. Each read is recorded with its
/// purpose before it is answered, and whoever has read a person is expected to acknowledge an erasure.
#[utoipa::path(
    get, path = "/people/{registration}", tag = "people", operation_id = "getPerson",
    params(
        ("registration" = String, Path, description = "The registration: `subject` of its events.", example = "0198f1a0-0000-7000-8000-000000000001"),
        ("Onboarding-Purpose" = String, Header, min_length = 3, max_length = 600, pattern = "^[ -~]*$", description = "What the person is read for: 3 to 200 printable characters, percent-encoded where not ASCII; no e-mail address. Goes to the access log.", example = "open the file of a new account"),
    ),
    responses(
        (status = 200, description = "The person.", body = KnownPersonAnswer),
        (status = 404, description = "`not-found`: no such registration."),
        (status = 409, description = "`erasure-pending`: the account is closed, to be erased; nobody reads it meanwhile. Should the erasure be called off, `ErasureCancelled` says so."),
        (status = 410, description = "`erased`: the person is forgotten. Erase what you hold of them, then acknowledge it."),
        (status = 422, description = "`invalid`: the header `Onboarding-Purpose` is missing or not as described."),
    ),
    security(("subscriber" = [])),
)]
pub async fn show(
    State(state): State<ApiState>,
    call: Call,
    id: IdInPath,
) -> Result<Json<KnownPersonAnswer>, Problem> {
    let subscriber = subscriber(&state, &call.headers).await?;
    let purpose = purpose(&call.headers).map_err(|fault| Problem::invalid(vec![fault]))?;
    let registration = registration(&id)?;
    let person = state
        .onboarding
        .person_for(registration, subscriber.name.as_str(), (PURPOSE, &purpose))
        .await?;
    Ok(Json(person.into()))
}

/// Takes the word of a subscriber that it has erased the person too. Asking twice is fine, and so is a word from one
/// that never read the person.
#[utoipa::path(
    put, path = "/people/{registration}/erasure-acknowledgement", tag = "people", operation_id = "acknowledgeErasure",
    params(("registration" = String, Path, description = "The registration: `subject` of its `PersonErased`.", example = "0198f1a0-0000-7000-8000-000000000001")),
    responses(
        (status = 204, description = "Noted."),
        (status = 404, description = "`not-found`: no such registration."),
        (status = 409, description = "`not-erased`: the person is not erased."),
    ),
    security(("subscriber" = [])),
)]
pub async fn acknowledge_erasure(
    State(state): State<ApiState>,
    call: Call,
    id: IdInPath,
) -> Result<Response, Problem> {
    let subscriber = subscriber(&state, &call.headers).await?;
    let registration = registration(&id)?;
    let name = subscriber.name.as_str();
    let ask = call.ask(&state, &format!("subscriber {name} {registration}"), &[])?;
    let noted = state.onboarding.once(&ask, async {
        state.onboarding.acknowledge_erasure(registration, name).await?;
        Ok(ShortAnswer::new(204))
    });
    let replayed = noted.await?.replayed;
    Ok(marked(StatusCode::NO_CONTENT.into_response(), replayed))
}

fn registration(id: &IdInPath) -> Result<RegistrationId, Problem> {
    let id = id.0.parse().map_err(|_| Problem::not_found())?;
    note_registration(id);
    Ok(id)
}

/// The stated purpose. It is kept for long and read by auditors, so that an address may not slip in.
fn purpose(headers: &HeaderMap) -> Result<String, FieldFault> {
    let fault = |code| FieldFault::new(PURPOSE, code);
    let mut given = headers.get_all(PURPOSE).iter();
    let first = given.next().ok_or_else(|| fault("required"))?;
    let text = std::str::from_utf8(first.as_bytes())
        .ok()
        .and_then(decoded)
        .ok_or_else(|| fault("purpose"))?;
    match StatedReason::parse(&text) {
        Ok(purpose) if given.next().is_none() => Ok(purpose.as_str().to_owned()),
        _ => Err(fault("purpose")),
    }
}

/// Undoes percent-encoding; none where what it stands for is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hexadecimal = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match hexadecimal.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if *first == b'%' && after[0] != b'+' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn read(values: &[&str]) -> Result<String, &'static str> {
        let name: HeaderName = PURPOSE.parse().unwrap();
        let values = values
            .iter()
            .map(|it| (name.clone(), HeaderValue::from_bytes(it.as_bytes()).unwrap()));
        purpose(&HeaderMap::from_iter(values)).map_err(|fault| fault.code)
    }

    #[test]
    fn a_purpose_is_words_of_bounded_length_without_an_address() {
        assert_eq!(read(&["open the file"]), Ok("open the file".to_owned()));
        assert_eq!(read(&["cr%C3%A9er la fiche"]), Ok("créer la fiche".to_owned()));
        assert_eq!(read(&["créer la fiche"]), Ok("créer la fiche".to_owned()));
        assert_eq!(read(&["100 % des dossiers"]), Ok("100 % des dossiers".to_owned()));
        assert_eq!(read(&[]), Err("required"));
        for bad in [
            "",
            "  a ",
            "for jean@example.org",
            "for jean%40example.org",
            "two%0Alines",
            "turned%E2%80%AEround",
            "un%E2%80%8Bseen",
            "%FF%FE%FD",
            &"x".repeat(201),
        ] {
            assert_eq!(read(&[bad]), Err("purpose"), "{bad}");
        }
    }
}
