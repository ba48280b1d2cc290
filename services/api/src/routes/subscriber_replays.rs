//! A subscriber asks for events of the past again, and how far that is. It sees its own replays alone.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::values::{Fault, RegistrationId};
use serde_json::Value;
use subscribers::{
    Lanes, NewReplay, REPLAY_RATE, REPLAY_RATE_MAX, REPLAY_REGISTRATIONS_MAX, ReplayKey, ReplayRange,
    Subscriber,
};
use usecases::{FieldFault, Form};

use super::marked;
use crate::answers::{ReplayAnswer, ReplaysAnswer};
use crate::body::Body;
use crate::call::{Call, IdInPath};
use crate::credentials;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::requests::ReplayRequest;
use crate::state::ApiState;

/// The largest body, in bytes: as many registrations as may be named, with room to spare.
const BODY_SIZE_MAX: usize = 64 * 1024;
/// So many replays are listed.
const LISTED_MAX: u32 = 100;

/// Asks for events of the past again. They come as new ones do, marked by the header `Onboarding-Replay`, beside what is
/// new, and in order within each registration.
#[utoipa::path(
    post, path = "/subscriber/replays", tag = "replays", operation_id = "askReplay",
    request_body = ReplayRequest,
    responses(
        (status = 202, description = "It begins when those before it have been taken up.", body = ReplayAnswer),
        (status = 409, description = "`replays-waiting`: ten of your replays wait or are under way."),
        (status = 413, description = "`body-too-large`: over 64 KiB."),
        (status = 422, description = "`invalid`: `errors` lists every bad field."),
    ),
    security(("subscriber" = [])),
)]
pub async fn ask(State(state): State<ApiState>, call: Call, request: Request) -> Result<Response, Problem> {
    let (subscriber, lanes) = asker(&state, &call.headers).await?;
    let body = Body::read_up_to(request, BODY_SIZE_MAX).await?;
    let principal = format!("subscriber {}", subscriber.name);
    let ask = call.ask(&state, &principal, &body.content())?;
    let asked = read(body.into_fields()).map_err(Problem::invalid)?;
    let range = asked.range(&lanes).await?;
    let wanted = NewReplay {
        range,
        registrations: asked.registrations,
        rate: asked.rate,
        requested_by: "subscriber",
    };
    let key = ask.idempotency.map(|key| ReplayKey {
        id: key.command_id,
        request_hash: key.request_hash,
    });
    let (replay, replayed) = lanes
        .replay_once(&subscriber, &wanted, key)
        .await
        .map_err(Problem::of_registry)?;
    let location = format!("/v1/subscriber/replays/{}", replay.id);
    let answer = Json(ReplayAnswer::from(replay));
    let response = (StatusCode::ACCEPTED, [(LOCATION, location)], answer).into_response();
    Ok(marked(response, replayed))
}

/// Lists the subscriber's replays, those that an operator asked for among them.
#[utoipa::path(
    get, path = "/subscriber/replays", tag = "replays", operation_id = "listReplays",
    responses((status = 200, description = "The latest first.", body = ReplaysAnswer)),
    security(("subscriber" = [])),
)]
pub async fn list(State(state): State<ApiState>, headers: HeaderMap) -> Result<Json<ReplaysAnswer>, Problem> {
    let (subscriber, lanes) = asker(&state, &headers).await?;
    let replays = lanes
        .replays(&subscriber, LISTED_MAX)
        .await
        .map_err(Problem::of_registry)?;
    let replays = replays.into_iter().map(Into::into).collect();
    Ok(Json(ReplaysAnswer { replays }))
}

/// Tells how far a replay is.
#[utoipa::path(
    get, path = "/subscriber/replays/{id}", tag = "replays", operation_id = "getReplay",
    params(("id" = String, Path, description = "The replay.", example = "0198f1a0-0000-7000-8000-000000000001")),
    responses(
        (status = 200, description = "The replay.", body = ReplayAnswer),
        (status = 404, description = "`not-found`: no such replay, or not the asker's."),
    ),
    security(("subscriber" = [])),
)]
pub async fn show(
    State(state): State<ApiState>,
    headers: HeaderMap,
    id: IdInPath,
) -> Result<Json<ReplayAnswer>, Problem> {
    let (subscriber, lanes) = asker(&state, &headers).await?;
    let id = id.0.parse().map_err(|_| Problem::not_found())?;
    let found = lanes.replay_of(&subscriber, id).await;
    let replay = found
        .map_err(Problem::of_registry)?
        .ok_or_else(Problem::not_found)?;
    Ok(Json(replay.into()))
}

async fn asker(state: &ApiState, headers: &HeaderMap) -> Result<(Subscriber, Lanes), Problem> {
    let subscriber = credentials::subscriber(state, headers).await?;
    let known = state
        .subscribers
        .as_ref()
        .ok_or_else(Problem::unknown_credential)?;
    Ok((subscriber, known.registry.lanes()))
}

/// What a body asks for, before the log was looked at.
#[derive(Debug)]
struct Asked {
    from: Place,
    to: Option<Place>,
    registrations: Option<Vec<RegistrationId>>,
    rate: u32,
}

/// A place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Position(u64),
    Time(DateTime<Utc>),
}

impl Asked {
    /// The positions, which the log has to have.
    async fn range(&self, lanes: &Lanes) -> Result<ReplayRange, Problem> {
        let first_at = async |at| lanes.position_at(at).await.map_err(Problem::of_registry);
        let from = match self.from {
            Place::Position(position) => position,
            Place::Time(at) => first_at(at).await?,
        };
        let to = match self.to {
            None => None,
            Some(Place::Position(position)) => Some(position),
            Some(Place::Time(at)) => Some(first_at(at).await? - 1),
        };
        // Read last: what was found by its time lies within.
        let end = lanes.log_end().await.map_err(Problem::of_registry)?;
        let mut faults = Vec::new();
        if from > end {
            faults.push(FieldFault::new("from", "beyond-the-log"));
        }
        match to {
            Some(to) if to > end => faults.push(FieldFault::new("to", "beyond-the-log")),
            Some(to) if to < from => faults.push(FieldFault::new("to", "before-from")),
            _ => {}
        }
        if faults.is_empty() {
            Ok(ReplayRange { from, to })
        } else {
            Err(Problem::invalid(faults))
        }
    }
}

fn read(mut fields: Fields) -> Form<Asked> {
    let from = fields.value("from", place);
    let to = fields.optional_value("to", place);
    let listed = fields.optional_list("registrations", |text| {
        text.parse().map_err(|_| Fault("invalid-format"))
    });
    let registrations = match listed {
        Some(them) if !(1..=REPLAY_REGISTRATIONS_MAX).contains(&them.len()) => {
            fields.fault("registrations", "replay-registrations")
        }
        listed => listed,
    };
    let rate = fields.optional_value("rate", |value| {
        let rate = value.as_u64().and_then(|rate| u32::try_from(rate).ok());
        rate.filter(|rate| (1..=REPLAY_RATE_MAX).contains(rate))
            .ok_or(Fault("replay-rate"))
    });
    let asked = from.map(|from| Asked {
        from,
        to,
        registrations,
        rate: rate.unwrap_or(REPLAY_RATE),
    });
    fields.finish(asked)
}

fn place(value: &Value) -> Result<Place, Fault> {
    let position = value.as_u64().filter(|it| (1..=i64::MAX as u64).contains(it));
    let time = value
        .as_str()
        .and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    position
        .map(Place::Position)
        .or(time.map(|it| Place::Time(it.to_utc())))
        .ok_or(Fault("position-or-date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(json: &str) -> Form<Asked> {
        read(Fields::new(crate::body::read_object(json.as_bytes()).unwrap()))
    }

    #[test]
    fn a_replay_begins_at_a_position_or_a_time() {
        let asked = form(r#"{"from": 12}"#).unwrap();
        assert_eq!((asked.from, asked.rate), (Place::Position(12), REPLAY_RATE));
        assert!(asked.to.is_none() && asked.registrations.is_none());
        let nulls = r#"{"from": 12, "to": null, "registrations": null, "rate": null}"#;
        assert!(form(nulls).unwrap().registrations.is_none());
        let asked = form(r#"{"from": "2026-01-31T01:00:00+01:00", "to": 9, "rate": 7}"#).unwrap();
        let midnight = "2026-01-31T00:00:00Z".parse().unwrap();
        assert_eq!((asked.from, asked.rate), (Place::Time(midnight), 7));
    }

    #[test]
    fn every_bad_field_is_named() {
        let faults = form(r#"{"from": 0, "to": "soon", "registrations": ["x"], "rate": 0, "more": 1}"#)
            .unwrap_err()
            .into_iter()
            .map(|it| (it.field, it.code))
            .collect::<Vec<_>>();
        let expected = [
            ("from", "position-or-date"),
            ("to", "position-or-date"),
            ("registrations[0]", "invalid-format"),
            ("rate", "replay-rate"),
            ("more", "unknown-field"),
        ];
        assert_eq!(faults, expected.map(|(field, code)| (field.to_owned(), code)));
        assert_eq!(form("{}").unwrap_err()[0].code, "required");
        assert_eq!(form(r#"{"from": null}"#).unwrap_err()[0].code, "required");
        let none = form(r#"{"from": 1, "registrations": []}"#).unwrap_err();
        assert_eq!(none[0].code, "replay-registrations");
    }
}
