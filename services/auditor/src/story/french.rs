//! The story in French.

use chrono::NaiveDate;
use domain::Stage;
use domain::registration::event::{
    Delivery, DeliveryFailure, ErasedBy, Event, FailureReason, LinkPurpose, LinkRefusal, LinkedBy, Notice,
    RegisterCheck, RegisterSource, RegisterStatus,
};
use domain::values::Flow;

use super::{DAY_SECONDS, Frame, list, moment};

pub(super) const FRAME: Frame = Frame {
    registration: "Inscription",
    not_begun: "Elle n’avait pas commencé à cette date.",
    position: "position",
    sealed: "données personnelles, scellées",
    person_key: "sous la clé propre à la personne",
    stage: "Où elle en est\u{a0}:",
    conforms: "postgres-es, tel que publié, lit les mêmes événements",
    differs: "LU DIFFÉREMMENT PAR POSTGRES-ES\u{a0}:",
};

/// Where the registration stands.
pub(super) fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Blank => "rien ne s’est encore passé",
        Stage::AwaitingTopics => "les thématiques sont demandées",
        Stage::AwaitingEstablishment => "le SIRET de l’établissement est demandé",
        Stage::AwaitingMemberNumber => "le numéro de l’établissement est demandé",
        Stage::AwaitingIdcc => "la convention collective de l’établissement est demandée",
        Stage::AwaitingEmailVerification => "l’adresse reste à prouver par le lien de l’e-mail",
        Stage::AwaitingPassword => "l’adresse est prouvée, un mot de passe est demandé",
        Stage::Active => "un compte",
        Stage::Expired => "laissée inachevée trop longtemps",
        Stage::Erased => "la personne est oubliée",
        Stage::Closed => "le compte est fermé et sera oublié",
    }
}

/// What the event says.
pub(super) fn sentence(event: &Event) -> String {
    match event {
        Event::IdentitySubmitted(it) => format!(
            "La personne a donné son identité{}. Profil {}, langue {}\u{202f}; l’adresse est prouvée {}.",
            if it.new_address {
                ", avec une nouvelle adresse"
            } else {
                ""
            },
            it.profile.as_str(),
            it.locale.code(),
            match it.flow {
                Flow::Guide => "en dernier",
                Flow::Private => "en premier",
            }
        ),
        Event::ContactMatched(it) => {
            format!(
                "L’adresse est celle d’un contact de {} établissement(s).",
                it.establishments
            )
        }
        Event::ContactNotMatched(_) => "L’adresse n’est celle d’aucun contact.".to_owned(),
        Event::TopicsChosen(it) if it.topics.is_empty() => {
            "La personne n’a choisi aucune thématique.".to_owned()
        }
        Event::TopicsChosen(it) => {
            format!(
                "La personne a choisi les thématiques\u{a0}: {}.",
                list(it.topics.iter().map(|topic| topic.as_str()))
            )
        }
        Event::EstablishmentDeclared(it) => format!(
            "La personne a désigné l’établissement {}, {} de l’organisme{}{}.",
            it.siret.as_str(),
            if it.known { "connu" } else { "inconnu" },
            it.register_check
                .as_ref()
                .map_or_else(String::new, |check| format!("\u{202f}; {}", register(check))),
            match it.suggested_idcc.is_empty() {
                true => String::new(),
                false => format!(
                    "\u{202f}; IDCC proposé {}",
                    list(it.suggested_idcc.iter().map(|idcc| idcc.as_str()))
                ),
            }
        ),
        Event::RegisterCheckCompleted(it) => {
            format!(
                "Pour l’établissement {}\u{a0}: {}.",
                it.siret.as_str(),
                register(&it.register_check)
            )
        }
        Event::EstablishmentRefused(it) => {
            format!(
                "L’établissement {} est refusé\u{a0}: {}.",
                it.siret.as_str(),
                register(&it.register_check)
            )
        }
        Event::MemberNumberRefused(it) => {
            format!(
                "Le numéro donné n’est pas celui de l’établissement {}.",
                it.siret.as_str()
            )
        }
        Event::EstablishmentLinked(it) => format!(
            "La personne est rattachée à l’établissement {}, {}{}.",
            it.siret.as_str(),
            match it.by {
                LinkedBy::Contact => "dont elle est le contact",
                LinkedBy::MemberNumber => "par son numéro d’adhérent",
                LinkedBy::TrainingOrganisationNumber => "par son numéro d’organisme de formation",
                LinkedBy::Idcc => "par sa convention collective",
            },
            it.idcc
                .as_ref()
                .map_or_else(String::new, |idcc| format!(" (IDCC {})", idcc.as_str()))
        ),
        Event::VerificationRequested(it) => format!(
            "Un e-mail a été demandé, {}\u{202f}; son lien vaut jusqu’au {} (demande {}).",
            match it.purpose {
                LinkPurpose::VerifyEmail => "pour prouver l’adresse",
                LinkPurpose::AlreadyRegistered => "pour dire que l’adresse a déjà un compte",
                LinkPurpose::ResetPassword => "pour choisir un autre mot de passe",
                LinkPurpose::Resume => "pour reprendre l’inscription",
            },
            moment(it.expires_at),
            it.request_id
        ),
        Event::VerificationMailSent(it) => {
            format!(
                "L’e-mail de la demande {} a été envoyé{}.",
                it.request_id,
                delivery(&it.delivery)
            )
        }
        Event::VerificationMailFailed(it) => {
            format!(
                "L’e-mail de la demande {} a été abandonné{}.",
                it.request_id,
                failure(&it.failure)
            )
        }
        Event::LinkRefused(it) => format!(
            "Le lien de la demande {} a été refusé\u{a0}: {}.",
            it.request_id,
            match it.reason {
                LinkRefusal::Expired => "son délai était passé",
                LinkRefusal::Replaced => "un autre l’avait remplacé",
                LinkRefusal::Used => "il avait servi",
            }
        ),
        Event::EmailVerified(it) => {
            format!(
                "L’adresse est prouvée, par le lien de la demande {}.",
                it.request_id
            )
        }
        Event::PasswordSet(it) => format!(
            "Un mot de passe a été choisi selon la règle {}, gardé en {}, par le lien de la demande {}.",
            it.policy.code(),
            it.algorithm,
            it.request_id
        ),
        Event::NoticeMailSent(it) => {
            format!(
                "L’e-mail {} a été envoyé{}.",
                notice(it.notice),
                delivery(&it.delivery)
            )
        }
        Event::NoticeMailFailed(it) => {
            format!(
                "L’e-mail {} a été abandonné{}.",
                notice(it.notice),
                failure(&it.failure)
            )
        }
        Event::InactivityMailSent(it) => {
            format!(
                "L’e-mail {} a été envoyé{}.",
                notice(Notice::InactivityWarned),
                delivery(&it.delivery)
            )
        }
        Event::InactivityMailFailed(it) => {
            format!(
                "L’e-mail {} a été abandonné{}.",
                notice(Notice::InactivityWarned),
                failure(&it.failure)
            )
        }
        Event::RegistrationExpired(_) => {
            "Restée trop longtemps inachevée, l’inscription a été close.".to_owned()
        }
        Event::PersonErased(it) => format!(
            "La personne est oubliée\u{a0}: sa clé est détruite. À la demande {} ({}).",
            erased_by(it.by),
            it.reason
        ),
        Event::IdentityRectified(_) => "La personne a rectifié sa civilité ou ses noms.".to_owned(),
        Event::InactivityWarned(it) => format!(
            "La personne est avertie que le compte, utilisé pour la dernière fois en {}, sera oublié à partir du {}.",
            it.last_seen.format("%Y-%m"),
            it.erase_from
        ),
        Event::ErasureRequested(it) => format!(
            "Le compte est clos et sera oublié à partir du {}. À la demande {} ({}).",
            moment(it.due_at),
            erased_by(it.by),
            it.reason
        ),
        Event::ErasureCancelled(it) => {
            format!(
                "L’effacement est annulé\u{a0}: le compte est de nouveau ouvert ({}).",
                it.reason
            )
        }
    }
}

fn erased_by(by: ErasedBy) -> &'static str {
    match by {
        ErasedBy::Person => "de la personne elle-même",
        ErasedBy::Operator => "d’un opérateur",
        ErasedBy::Retention => "de la règle de conservation",
    }
}

fn register(check: &RegisterCheck) -> String {
    if check.status == RegisterStatus::Pending {
        let none = "aucun registre n’a répondu à temps";
        return check.hint.as_ref().map_or_else(
            || none.to_owned(),
            |it| {
                let said = said(it.status, it.closed_on, it.source, it.age_seconds);
                format!("à vérifier, l’INSEE n’ayant pas répondu ({said})")
            },
        );
    }
    let successor = check
        .successor
        .as_ref()
        .map_or_else(String::new, |siret| format!(", repris par {}", siret.as_str()));
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
        RegisterStatus::Active => "actif",
        RegisterStatus::Pending => "sans réponse",
        RegisterStatus::Closed => "fermé",
        RegisterStatus::NotFound => "introuvable",
    };
    let source = match source {
        RegisterSource::Insee => "l’INSEE",
        RegisterSource::RechercheEntreprises => "Recherche d’entreprises",
        RegisterSource::LocalCopy => "la copie du fichier stock de l’INSEE",
        RegisterSource::Demonstration => "le registre inventé",
        RegisterSource::None => "personne",
    };
    let closed = closed_on.map_or_else(String::new, |day| format!(" depuis le {day}"));
    let age = match age_seconds / DAY_SECONDS {
        0 => String::new(),
        1 => ", vieille d’un jour".to_owned(),
        days => format!(", vieille de {days} jours"),
    };
    format!("{answer}{closed} selon {source}{age}")
}

fn delivery(delivery: &Delivery) -> String {
    let answer = match delivery.server_code {
        0 if delivery.possibly_twice => ", sans réponse connue d’un serveur".to_owned(),
        0 => " en fichier".to_owned(),
        code => format!(", le serveur a répondu {code}"),
    };
    let twice = if delivery.possibly_twice {
        "\u{202f}; la personne peut l’avoir reçu deux fois"
    } else {
        ""
    };
    format!("{answer}, à l’essai {}{twice}", delivery.attempts)
}

fn failure(failure: &DeliveryFailure) -> String {
    let reason = match failure.reason {
        FailureReason::Refused => "refusé définitivement",
        FailureReason::Expired => "personne ne l’a pris à temps",
        FailureReason::Unsendable => "il ne peut pas s’écrire comme un e-mail",
    };
    let code = match (failure.server_code, failure.enhanced_code) {
        (None, _) => String::new(),
        (Some(code), None) => format!(" ({code})"),
        (Some(code), Some(enhanced)) => format!(" ({code} {enhanced})"),
    };
    format!("\u{a0}: {reason}{code}, après {} essai(s)", failure.attempts)
}

fn notice(notice: Notice) -> &'static str {
    match notice {
        Notice::PasswordSet => "« votre mot de passe a été choisi »",
        Notice::InactivityWarned => "« votre compte n’a pas servi depuis longtemps »",
        Notice::EstablishmentClosed => "« l’établissement désigné est fermé »",
    }
}
