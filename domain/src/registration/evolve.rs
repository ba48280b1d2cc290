//! What is remembered when something happened. Accepts every event that was ever stored, and never fails.

use super::event::{
    Event, IdentitySubmitted, LinkPurpose, LinkRefusal, LinkedBy, RegisterCheckCompleted, RegisterStatus,
    VerificationRequested,
};
use super::limits;
use super::state::{Closing, Establishment, Inactivity, Link, MailState, Registration, Request};
use crate::values::RequestId;

/// Remembers `event`.
pub fn evolve(state: &mut Registration, event: &Event) {
    match event {
        Event::IdentitySubmitted(it) => identity_submitted(state, it),
        Event::ContactMatched(_) => state.contact_matched = true,
        Event::ContactNotMatched(_) => state.contact_matched = false,
        Event::TopicsChosen(it) => state.topics = Some(it.topics.clone()),
        Event::EstablishmentDeclared(it) => {
            drop_declared_link(state);
            state.establishment = Some(Establishment {
                siret: it.siret.clone(),
                known: it.known,
                register_check: it.register_check.clone(),
                suggested_idcc: it.suggested_idcc.clone(),
                linked_by: None,
                idcc: None,
            });
        }
        Event::RegisterCheckCompleted(it) => register_check_completed(state, it),
        Event::EstablishmentRefused(it) => state.register_refusal = Some(it.clone()),
        Event::MemberNumberRefused(it) => {
            remember_latest(&mut state.number_refusals, it.at, limits::NUMBER_REFUSALS_MAX)
        }
        Event::EstablishmentLinked(it) => {
            if !state.is_linked_to(&it.siret) {
                state.links.push(Link {
                    siret: it.siret.clone(),
                    by: it.by,
                });
            }
            if let Some(declared) = state
                .establishment
                .as_mut()
                .filter(|declared| declared.siret == it.siret)
            {
                declared.linked_by = Some(it.by);
                declared.idcc.clone_from(&it.idcc);
            }
        }
        Event::VerificationRequested(it) => verification_requested(state, it),
        Event::VerificationMailSent(it) => mail_recorded(state, it.request_id, MailState::Sent),
        Event::VerificationMailFailed(it) => mail_recorded(state, it.request_id, MailState::Failed),
        Event::LinkRefused(it) => {
            state.links_refused.insert((it.request_id, it.reason));
        }
        Event::EmailVerified(_) => state.email_verified = true,
        Event::PasswordSet(_) => {
            state.password_set = true;
            retire_request(state, LinkRefusal::Used);
        }
        Event::NoticeMailSent(it) => {
            state.notices_recorded.insert((it.notice, it.about));
            state.notices_sent.insert(it.about);
        }
        Event::NoticeMailFailed(it) => {
            state.notices_recorded.insert((it.notice, it.about));
            state.notices_sent.remove(&it.about);
        }
        Event::InactivityMailSent(it) => {
            state.inactivity_mails.insert(it.about);
            state.notices_sent.insert(it.about);
        }
        Event::InactivityMailFailed(it) => {
            state.inactivity_mails.insert(it.about);
            state.notices_sent.remove(&it.about);
        }
        Event::RegistrationExpired(_) => {
            state.expired = true;
            retire_request(state, LinkRefusal::Expired);
        }
        Event::IdentityRectified(_) => {}
        Event::InactivityWarned(it) => {
            state.inactivity = Some(Inactivity {
                last_seen: it.last_seen,
                erase_from: it.erase_from,
            });
        }
        Event::ErasureRequested(it) => {
            state.closing = Some(Closing {
                by: it.by,
                reason: it.reason.clone(),
                due_at: it.due_at,
            });
            retire_request(state, LinkRefusal::Replaced);
        }
        Event::ErasureCancelled(_) => state.closing = None,
        Event::PersonErased(_) => {
            state.closing = None;
            state.erased = true;
            retire_request(state, LinkRefusal::Replaced);
        }
    }
}

fn identity_submitted(state: &mut Registration, it: &IdentitySubmitted) {
    state.started = true;
    state.flow = it.flow;
    state.locale = it.locale;
    if it.new_address {
        retire_request(state, LinkRefusal::Replaced);
        state.mail = None;
    }
}

fn register_check_completed(state: &mut Registration, it: &RegisterCheckCompleted) {
    let gone = matches!(
        it.register_check.status,
        RegisterStatus::Closed | RegisterStatus::NotFound
    );
    let Some(declared) = state
        .establishment
        .as_mut()
        .filter(|declared| declared.siret == it.siret)
    else {
        return;
    };
    declared.register_check = Some(it.register_check.clone());
    if gone {
        drop_declared_link(state);
        state.establishment = None;
    }
}

/// A person is attached to the establishment they declare, and to those that have them as a contact. A new
/// declaration takes the place of the first kind only.
fn drop_declared_link(state: &mut Registration) {
    if let Some(declared) = &state.establishment
        && let Some(by) = declared.linked_by
        && by != LinkedBy::Contact
    {
        state
            .links
            .retain(|link| link.siret != declared.siret || link.by != by);
    }
}

fn verification_requested(state: &mut Registration, it: &VerificationRequested) {
    retire_request(state, LinkRefusal::Replaced);
    state.request = Some(Request {
        id: it.request_id,
        purpose: it.purpose,
        requested_at: it.requested_at,
        expires_at: it.expires_at,
    });
    remember_latest(
        &mut state.mails_requested,
        it.requested_at,
        limits::MAIL_REQUESTS_MAX,
    );
    match it.purpose {
        LinkPurpose::Resume => {
            state.reminded = true;
            state.reminder_mail = Some(MailState::Requested);
        }
        _ => state.mail = Some(MailState::Requested),
    }
}

fn mail_recorded(state: &mut Registration, request_id: RequestId, outcome: MailState) {
    state.mails_recorded.insert(request_id);
    match &state.request {
        Some(request) if request.id != request_id => {}
        Some(request) if request.purpose == LinkPurpose::Resume => state.reminder_mail = Some(outcome),
        Some(_) => state.mail = Some(outcome),
        None => {}
    }
}

fn retire_request(state: &mut Registration, why: LinkRefusal) {
    if let Some(request) = state.request.take() {
        state.past_requests.insert(request.id, why);
    }
}

/// Only the latest few instants can matter to a limit, so no more are kept.
fn remember_latest<T>(instants: &mut Vec<T>, instant: T, kept: usize) {
    instants.push(instant);
    if instants.len() > kept {
        instants.remove(0);
    }
}
