//! The story in English.

use chrono::NaiveDate;
use domain::Stage;
use domain::registration::event::{
    Delivery, DeliveryFailure, ErasedBy, Event, FailureReason, LinkPurpose, LinkRefusal, LinkedBy, Notice,
    RegisterCheck, RegisterSource, RegisterStatus,
};
use domain::values::Flow;

use super::{DAY_SECONDS, Frame, list, moment};

pub(super) const FRAME: Frame = Frame {
    registration: "Registration",
    not_begun: "It had not begun then.",
    position: "position",
    sealed: "personal data, sealed",
    person_key: "under the person's own key",
    stage: "Where it stands:",
    conforms: "postgres-es, as published, reads the same events",
    differs: "READ DIFFERENTLY BY POSTGRES-ES:",
};

/// Where the registration stands.
pub(super) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Blank => "nothing has happened yet",
        Stage::AwaitingTopics => "the topics are asked for",
        Stage::AwaitingEstablishment => "the establishment’s SIRET is asked for",
        Stage::AwaitingMemberNumber => "the establishment’s number is asked for",
        Stage::AwaitingIdcc => "the establishment’s collective agreement is asked for",
        Stage::AwaitingEmailVerification => "the address is to be proven by the link in the mail",
        Stage::AwaitingPassword => "the address is proven, a password is asked for",
        Stage::Active => "an account",
        Stage::Expired => "left unfinished for too long",
        Stage::Erased => "the person is forgotten",
        Stage::Closed => "the account is closed and will be forgotten",
    }
}

/// What the event says.
pub(super) fn sentence(event: &Event) -> String {
    match event {
        Event::IdentitySubmitted(it) => format!(
            "The person gave their identity{}. Profile {}, language {}; the address is proven {}.",
            if it.new_address {
                ", with a new address"
            } else {
                ""
            },
            it.profile.as_str(),
            it.locale.code(),
            match it.flow {
                Flow::Guide => "last",
                Flow::Private => "first",
            }
        ),
        Event::ContactMatched(it) => {
            format!(
                "The address is a contact's, of {} establishment(s).",
                it.establishments
            )
        }
        Event::ContactNotMatched(_) => "The address is no contact's.".to_owned(),
        Event::TopicsChosen(it) if it.topics.is_empty() => "The person chose no topic.".to_owned(),
        Event::TopicsChosen(it) => {
            format!(
                "The person chose topics: {}.",
                list(it.topics.iter().map(|topic| topic.as_str()))
            )
        }
        Event::EstablishmentDeclared(it) => format!(
            "The person named establishment {}, {} to the organisation{}{}.",
            it.siret.as_str(),
            if it.known { "known" } else { "unknown" },
            it.register_check
                .as_ref()
                .map_or_else(String::new, |check| format!("; {}", register(check))),
            match it.suggested_idcc.is_empty() {
                true => String::new(),
                false => format!(
                    "; suggested IDCC {}",
                    list(it.suggested_idcc.iter().map(|idcc| idcc.as_str()))
                ),
            }
        ),
        Event::RegisterCheckCompleted(it) => {
            format!(
                "About establishment {}: {}.",
                it.siret.as_str(),
                register(&it.register_check)
            )
        }
        Event::EstablishmentRefused(it) => {
            format!(
                "Establishment {} is refused: {}.",
                it.siret.as_str(),
                register(&it.register_check)
            )
        }
        Event::MemberNumberRefused(it) => {
            format!(
                "The number given is not that of establishment {}.",
                it.siret.as_str()
            )
        }
        Event::EstablishmentLinked(it) => format!(
            "The person is attached to establishment {}, {}{}.",
            it.siret.as_str(),
            match it.by {
                LinkedBy::Contact => "as its contact",
                LinkedBy::MemberNumber => "by its member number",
                LinkedBy::TrainingOrganisationNumber => "by its training-organisation number",
                LinkedBy::Idcc => "by its collective agreement",
            },
            it.idcc
                .as_ref()
                .map_or_else(String::new, |idcc| format!(" (IDCC {})", idcc.as_str()))
        ),
        Event::VerificationRequested(it) => format!(
            "A mail was asked for, {}; its link is good until {} (request {}).",
            match it.purpose {
                LinkPurpose::VerifyEmail => "to prove the address",
                LinkPurpose::AlreadyRegistered => "to say that the address already has an account",
                LinkPurpose::ResetPassword => "to choose another password",
                LinkPurpose::Resume => "to take the registration up again",
            },
            moment(it.expires_at),
            it.request_id
        ),
        Event::VerificationMailSent(it) => {
            format!(
                "The mail of request {} was sent{}.",
                it.request_id,
                delivery(&it.delivery)
            )
        }
        Event::VerificationMailFailed(it) => {
            format!(
                "The mail of request {} was given up{}.",
                it.request_id,
                failure(&it.failure)
            )
        }
        Event::LinkRefused(it) => format!(
            "The link of request {} was refused: {}.",
            it.request_id,
            match it.reason {
                LinkRefusal::Expired => "its time was over",
                LinkRefusal::Replaced => "a later one had replaced it",
                LinkRefusal::Used => "it had served",
            }
        ),
        Event::EmailVerified(it) => {
            format!("The address is proven, by the link of request {}.", it.request_id)
        }
        Event::PasswordSet(it) => format!(
            "A password was chosen under the policy {}, kept as {}, by the link of request {}.",
            it.policy.code(),
            it.algorithm,
            it.request_id
        ),
        Event::NoticeMailSent(it) => {
            format!(
                "The mail {} was sent{}.",
                notice(it.notice),
                delivery(&it.delivery)
            )
        }
        Event::NoticeMailFailed(it) => {
            format!(
                "The mail {} was given up{}.",
                notice(it.notice),
                failure(&it.failure)
            )
        }
        Event::InactivityMailSent(it) => {
            format!(
                "The mail {} was sent{}.",
                notice(Notice::InactivityWarned),
                delivery(&it.delivery)
            )
        }
        Event::InactivityMailFailed(it) => {
            format!(
                "The mail {} was given up{}.",
                notice(Notice::InactivityWarned),
                failure(&it.failure)
            )
        }
        Event::RegistrationExpired(_) => {
            "Left unfinished for too long, the registration was closed.".to_owned()
        }
        Event::PersonErased(it) => format!(
            "The person was forgotten: their key is destroyed. Asked for by {} ({}).",
            erased_by(it.by),
            it.reason
        ),
        Event::IdentityRectified(_) => "The person corrected their civility or names.".to_owned(),
        Event::InactivityWarned(it) => format!(
            "The person was told that the account, last used in {}, will be forgotten from {} on.",
            it.last_seen.format("%Y-%m"),
            it.erase_from
        ),
        Event::ErasureRequested(it) => format!(
            "The account was closed and is to be forgotten from {} on. Asked for by {} ({}).",
            moment(it.due_at),
            erased_by(it.by),
            it.reason
        ),
        Event::ErasureCancelled(it) => {
            format!(
                "The erasure was called off: the account is open again ({}).",
                it.reason
            )
        }
    }
}

fn erased_by(by: ErasedBy) -> &'static str {
    match by {
        ErasedBy::Person => "themselves",
        ErasedBy::Operator => "an operator",
        ErasedBy::Retention => "the retention policy",
    }
}

fn register(check: &RegisterCheck) -> String {
    if check.status == RegisterStatus::Pending {
        let none = "no register answered in time";
        return check.hint.as_ref().map_or_else(
            || none.to_owned(),
            |it| {
                let said = said(it.status, it.closed_on, it.source, it.age_seconds);
                format!("to be checked, as INSEE did not answer ({said})")
            },
        );
    }
    let successor = check
        .successor
        .as_ref()
        .map_or_else(String::new, |siret| format!(", taken over by {}", siret.as_str()));
    let said = said(check.status, check.closed_on, check.source, check.age_seconds);
    format!("{said}{successor}")
}

fn said(
    status: RegisterStatus,
    closed_on: Option<NaiveDate>,
    source: RegisterSource,
    age_seconds: u64,
) -> String {
    let answer = match status {
        RegisterStatus::Active => "active",
        RegisterStatus::Pending => "without an answer",
        RegisterStatus::Closed => "closed",
        RegisterStatus::NotFound => "not found",
    };
    let source = match source {
        RegisterSource::Insee => "INSEE",
        RegisterSource::RechercheEntreprises => "Recherche d'entreprises",
        RegisterSource::LocalCopy => "the copy of INSEE's stock file",
        RegisterSource::Demonstration => "the invented register",
        RegisterSource::None => "nobody",
    };
    let closed = closed_on.map_or_else(String::new, |day| format!(" since {day}"));
    let age = match age_seconds / DAY_SECONDS {
        0 => String::new(),
        1 => ", a day old".to_owned(),
        days => format!(", {days} days old"),
    };
    format!("{answer}{closed} according to {source}{age}")
}

fn delivery(delivery: &Delivery) -> String {
    let answer = match delivery.server_code {
        0 if delivery.possibly_twice => ", no server's answer is known".to_owned(),
        0 => " as a file".to_owned(),
        code => format!(", the server answered {code}"),
    };
    let twice = if delivery.possibly_twice {
        "; the person may have it twice"
    } else {
        ""
    };
    format!("{answer}, at try {}{twice}", delivery.attempts)
}

fn failure(failure: &DeliveryFailure) -> String {
    let reason = match failure.reason {
        FailureReason::Refused => "refused for good",
        FailureReason::Expired => "nobody took it in time",
        FailureReason::Unsendable => "it cannot be written as a mail",
    };
    let code = match (failure.server_code, failure.enhanced_code) {
        (None, _) => String::new(),
        (Some(code), None) => format!(" ({code})"),
        (Some(code), Some(enhanced)) => format!(" ({code} {enhanced})"),
    };
    format!(": {reason}{code}, after {} tries", failure.attempts)
}

fn notice(notice: Notice) -> &'static str {
    match notice {
        Notice::PasswordSet => "“your password was set”",
        Notice::InactivityWarned => "“your account has not been used for long”",
        Notice::EstablishmentClosed => "“the establishment you named is closed”",
    }
}
