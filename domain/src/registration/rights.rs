//! A person's rights over their account: correcting it, and being forgotten now or after a waiting time.

use super::command::{Erase, RectifyIdentity, RequestErasure, WarnInactive};
use super::decide::Decision;
use super::event::{
    ErasureCancelled, ErasureRequested, Event, IdentityRectified, InactivityWarned, PersonErased,
};
use super::refusal::Refusal;
use super::state::{Registration, Stage};

/// Before there is an account, step 1 is simply filled in again.
pub(super) fn rectify_identity(state: &Registration, it: RectifyIdentity) -> Decision {
    if state.stage() != Stage::Active {
        return Err(Refusal::StepOutOfOrder);
    }
    if !it.changed {
        return Ok(vec![]);
    }
    Ok(vec![Event::IdentityRectified(IdentityRectified {
        sealed: it.sealed,
    })])
}

/// One warning for each absence: whoever signed in since the last one has ended that absence.
pub(super) fn warn_inactive(state: &Registration, it: &WarnInactive) -> Decision {
    let warned_already = state
        .inactivity
        .as_ref()
        .is_some_and(|warned| warned.last_seen >= it.last_seen);
    if state.stage() != Stage::Active || warned_already {
        return Ok(vec![]);
    }
    Ok(vec![Event::InactivityWarned(InactivityWarned {
        last_seen: it.last_seen,
        erase_from: it.erase_from,
    })])
}

pub(super) fn request_erasure(it: RequestErasure) -> Decision {
    Ok(vec![Event::ErasureRequested(ErasureRequested {
        by: it.by,
        reason: it.reason,
        due_at: it.due_at,
    })])
}

pub(super) fn cancel_erasure(state: &Registration, reason: String) -> Decision {
    if state.closing.is_none() {
        return Ok(vec![]);
    }
    Ok(vec![Event::ErasureCancelled(ErasureCancelled { reason })])
}

pub(super) fn erase(it: Erase) -> Decision {
    Ok(vec![Event::PersonErased(PersonErased {
        by: it.by,
        reason: it.reason,
    })])
}
