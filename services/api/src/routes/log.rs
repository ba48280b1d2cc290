//! The logs as anybody may read them (C2SP tlog-tiles): checkpoint, hashes, key; and where witnesses bring their lines.
//!
//! Hashes and signatures tell nothing of anyone, so no credential is asked for. Entries do: they carry SIRETs and topics
//! in clear beside what is sealed, so `tile/entries/…` is not served; auditors get them in an export.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use store::{SignedLog, Store};
use tlog::{Checkpoint, Tile, Verifier};
use usecases::Denied;

use crate::problem::Problem;
use crate::state::ApiState;

/// What the routes need to serve the logs.
#[derive(Clone, Debug)]
pub struct PublicLog {
    /// Has checkpoints, hashes and cosignatures.
    pub store: Store,
    /// The name of the events' log.
    pub origin: String,
    /// What checks the events' log's checkpoints, and the access log's.
    pub keys: [Verifier; 2],
    /// Whose cosignatures are taken.
    pub witnesses: Vec<Verifier>,
}

type Answer = Result<Response, Problem>;

/// `/log` for the events, `/log/access` for who looked.
pub fn router() -> Router<ApiState> {
    Router::new()
        .nest("/log/access", routes().layer(Extension(SignedLog::Accesses)))
        .nest("/log", routes().layer(Extension(SignedLog::Events)))
}

fn routes() -> Router<ApiState> {
    Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/key", get(key))
        .route("/tile/{*path}", get(tile))
        .route("/cosignatures", post(cosign))
}

async fn checkpoint(State(state): State<ApiState>, Extension(log): Extension<SignedLog>) -> Answer {
    let public = of(&state)?;
    let origin = log.origin(&public.origin);
    let Some(latest) = public.store.latest_checkpoint(&origin).await.map_err(fault)? else {
        return Err(Problem::not_found());
    };
    let lines = public
        .store
        .cosignatures(&origin, latest.size)
        .await
        .map_err(fault)?;
    Ok(text(format!("{}{}", latest.note, lines.concat())))
}

async fn key(State(state): State<ApiState>, Extension(log): Extension<SignedLog>) -> Answer {
    Ok(text(format!("{}\n", of(&state)?.keys[log as usize])))
}

async fn tile(
    State(state): State<ApiState>,
    Extension(log): Extension<SignedLog>,
    Path(path): Path<String>,
) -> Answer {
    let public = of(&state)?;
    let tile = Tile::parse(&path).ok_or_else(Problem::not_found)?;
    let bytes = public.store.tile(log, tile).await.map_err(fault)?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes.ok_or_else(Problem::not_found)?).into_response())
}

/// Takes a checkpoint with a witness's line under it. Only lines of configured witnesses under checkpoints of this log
/// are kept, so it matters not who brings them.
async fn cosign(State(state): State<ApiState>, Extension(log): Extension<SignedLog>, note: String) -> Answer {
    let public = of(&state)?;
    let origin = log.origin(&public.origin);
    let Ok((checkpoint, note)) = Checkpoint::open(&note, &public.keys[log as usize]) else {
        return Ok(StatusCode::FORBIDDEN.into_response());
    };
    let mut taken = 0;
    for witness in &public.witnesses {
        let Ok(line) = witness.verify(&note) else { continue };
        let (size, root, line) = (checkpoint.size, &checkpoint.root, line.line());
        let known = public
            .store
            .record_cosignature(&origin, size, root, witness.name(), &line);
        if !known.await.map_err(fault)? {
            return Ok(StatusCode::NOT_FOUND.into_response());
        }
        taken += 1;
    }
    Ok(match taken {
        0 => StatusCode::FORBIDDEN,
        _ => StatusCode::NO_CONTENT,
    }
    .into_response())
}

fn of(state: &ApiState) -> Result<&Arc<PublicLog>, Problem> {
    state.log.as_ref().ok_or_else(Problem::not_found)
}

fn fault(fault: store::StoreError) -> Problem {
    Denied::from(fault).into()
}

fn text(text: String) -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
