//! The pages of the form, from sign-in to the thank-you page.

use chrono::DateTime;
use domain::Refusal;
use domain::registration::event::{RegisterCheck, RegisterSource, RegisterStatus};
use domain::values::{
    Civility, EmailAddress, EstablishmentNumber, Idcc, Identity, Locale, PersonName, ProfileCode, Siret,
    TopicCode,
};
use usecases::{Denied, IdentityForm, LastAnswer};

use super::{EMAIL, Sketch, after, idcc, siret, wrong};
use crate::complaints::{Complaints, Objection};
use crate::scene::Scene;
use crate::views::thanks::{self, Awaited, Seen, Wait};
use crate::views::{agreement, establishment, identity, leave, number, review, sign_in, topics};

/// Every page of the form.
pub fn pages(scene: &Scene<'_>) -> Vec<Sketch> {
    let mut sketches = first_pages(scene);
    if let Some(siret) = siret() {
        sketches.extend(last_questions(scene, &siret));
        sketches.extend(reviews(scene, &siret).unwrap_or_default());
    }
    sketches.extend(thanked(scene));
    sketches
}

fn first_pages(scene: &Scene<'_>) -> Vec<Sketch> {
    let none = Complaints::default();
    let mut wrong_identity = wrong(scene, "civility", "required");
    wrong_identity.0.extend(wrong(scene, "email", "email-format").0);
    let arriving = sign_in::Values::default();
    let typed = sign_in::Values {
        email: EMAIL,
        ..sign_in::Values::default()
    };
    let beside = |beside| sign_in::Values {
        beside,
        ..sign_in::Values::default()
    };
    let unfinished = beside(sign_in::Beside::Unfinished);
    let awaited = |mail| {
        beside(sign_in::Beside::Awaited(sign_in::Awaited {
            email: "c•••@exemple.com".to_owned(),
            is_proven: false,
            mail,
            wait: None,
            once: "1".to_owned(),
        }))
    };
    vec![
        ("connexion", sign_in::page(scene, &arriving, &none)),
        (
            "connexion-mot-de-passe-enregistre",
            sign_in::page(&after(scene, "password-set"), &arriving, &none),
        ),
        (
            "connexion-refusee",
            sign_in::page(scene, &typed, &wrong(scene, "password", "required")),
        ),
        (
            "connexion-inscription-en-cours",
            sign_in::page(&after(scene, "form-left-here"), &unfinished, &none),
        ),
        (
            "connexion-message-attendu",
            sign_in::page(scene, &awaited(Seen::Sent), &none),
        ),
        (
            "connexion-message-non-remis",
            sign_in::page(scene, &awaited(Seen::Failed), &none),
        ),
        (
            "inscription",
            identity::page(scene, &identity::Values::default(), &none),
        ),
        ("inscription-reprise", identity::page(scene, &answered(), &none)),
        (
            "inscription-fautes",
            identity::page(scene, &hostile(), &wrong_identity),
        ),
        (
            "thematiques",
            topics::page(scene, &["payments".to_owned()], true, &none),
        ),
        ("etablissement", establishment::page(scene, "", None, &none)),
        (
            "etablissement-faute",
            establishment::page(
                scene,
                "130025265",
                siret().as_ref(),
                &wrong(scene, "siret", "siret-siren-typed"),
            ),
        ),
        ("quitter", leave::page(scene, 30)),
    ]
}

fn answered() -> identity::Values {
    identity::Values {
        profile: "medecin".to_owned(),
        civility: "mme".to_owned(),
        last_name: "DUPONT".to_owned(),
        first_name: "Clare".to_owned(),
        email: EMAIL.to_owned(),
        again: true,
        once: "1".to_owned(),
    }
}

fn hostile() -> identity::Values {
    identity::Values {
        last_name: "<script>alert(1)</script>".to_owned(),
        email: "\"><b>".to_owned(),
        ..identity::Values::default()
    }
}

fn last_questions(scene: &Scene<'_>, siret: &Siret) -> Vec<Sketch> {
    let none = Complaints::default();
    let suggested: Vec<Idcc> = ["1486", "2216"].iter().filter_map(|code| idcc(code)).collect();
    let page = |idcc, query, check: Option<&RegisterCheck>, complaints: &Complaints| {
        let values = agreement::Values {
            siret,
            check,
            suggested: &suggested,
            idcc,
            query,
        };
        agreement::page(scene, &values, complaints)
    };
    let ended = |title: &str, successors| {
        let title = title.to_owned();
        Objection::of(
            scene,
            Denied::Refused(Refusal::IdccReplaced { title, successors }),
        )
    };
    let replaced = ended("Métallurgie", idcc("3248").into_iter().collect());
    let nothing_replaced = ended("Voies ferrées d’intérêt local", Vec::new());
    let said = |status, source, age_seconds| {
        let check = RegisterCheck {
            status,
            source,
            checked_at: DateTime::from_timestamp(1_790_000_000, 0)?,
            age_seconds,
            closed_on: None,
            successor: None,
            hint: None,
        };
        Some(check.counted())
    };
    let active = said(RegisterStatus::Active, RegisterSource::Insee, 0);
    let pending = said(RegisterStatus::Pending, RegisterSource::None, 0);
    let closed = said(RegisterStatus::Closed, RegisterSource::LocalCopy, 89 * 24 * 3600);
    let unknown = said(RegisterStatus::NotFound, RegisterSource::RechercheEntreprises, 0);
    let mismatch = Objection::of(scene, Denied::Refused(Refusal::MemberNumberMismatch));
    vec![
        ("numero", number::page(scene, siret, "", &none)),
        (
            "numero-faute",
            number::page(scene, siret, "12é", &wrong(scene, "number", "invalid-character")),
        ),
        (
            "numero-refuse",
            number::page(scene, siret, "999", &mismatch.complaints),
        ),
        ("idcc", page("", None, active.as_ref(), &none)),
        ("idcc-choisi", page("1486", None, pending.as_ref(), &none)),
        ("idcc-indice-ferme", page("", None, closed.as_ref(), &none)),
        ("idcc-indice-inconnu", page("", None, unknown.as_ref(), &none)),
        (
            "idcc-recherche",
            page("", Some("bureaux"), active.as_ref(), &none),
        ),
        (
            "idcc-recherche-vaine",
            page("", Some("zzz"), active.as_ref(), &none),
        ),
        (
            "idcc-faute",
            page(
                "12345",
                None,
                active.as_ref(),
                &wrong(scene, "idcc", "idcc-format"),
            ),
        ),
        (
            "idcc-remplace",
            page("0054", None, active.as_ref(), &replaced.complaints),
        ),
        (
            "idcc-fini",
            page("0779", None, active.as_ref(), &nothing_replaced.complaints),
        ),
    ]
}

fn reviews(scene: &Scene<'_>, siret: &Siret) -> Option<Vec<Sketch>> {
    let form = IdentityForm {
        identity: Identity {
            civility: Civility::Mme,
            last_name: PersonName::parse("DUPONT").ok()?,
            first_name: PersonName::parse("Clare").ok()?,
            email: EmailAddress::parse(EMAIL).ok()?,
        },
        profile: ProfileCode::parse("medecin").ok()?,
        locale: Locale::Fr,
    };
    let topics: Vec<TopicCode> = ["funding_requests", "payments"]
        .iter()
        .filter_map(|code| TopicCode::parse(code).ok())
        .collect();
    let page = |topics, last, mail_follows| {
        let values = review::Values {
            form: &form,
            identity_may_change: mail_follows,
            topics,
            siret: Some(siret),
            last,
            mail_follows,
            once: "1",
        };
        review::page(scene, &values)
    };
    let number = LastAnswer::Number(EstablishmentNumber::parse("1000001").ok()?);
    Some(vec![
        ("recapitulatif", page(&topics, &number, true)),
        (
            "recapitulatif-idcc",
            page(&[], &LastAnswer::Agreement(idcc("1486")?), false),
        ),
    ])
}

fn thanked(scene: &Scene<'_>) -> Vec<Sketch> {
    let page = |scene: &Scene<'_>, awaited, mail, seconds: Option<i64>| {
        let asked = DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default();
        let values = thanks::Values {
            email: EMAIL,
            awaited,
            is_contact: matches!(mail, Seen::Leaving),
            mail,
            asks_for: matches!(mail, Seen::Leaving).then_some(20),
            good_until: Some(asked + chrono::TimeDelta::hours(24)),
            wait: seconds.map(|seconds| Wait {
                seconds,
                until: asked + chrono::TimeDelta::seconds(seconds),
            }),
            once: "1",
        };
        thanks::page(scene, &values, &Complaints::default())
    };
    vec![
        ("merci", page(scene, Awaited::LastMail, Seen::Sent, None)),
        (
            "merci-en-route",
            page(scene, Awaited::LastMail, Seen::Leaving, None),
        ),
        (
            "merci-retarde",
            page(scene, Awaited::LastMail, Seen::PutOff, None),
        ),
        (
            "merci-renvoye",
            page(
                &after(scene, "mail-sent"),
                Awaited::LastMail,
                Seen::Sent,
                Some(28),
            ),
        ),
        (
            "merci-patience",
            page(scene, Awaited::LastMail, Seen::Sent, Some(1500)),
        ),
        (
            "merci-non-remis",
            page(scene, Awaited::LastMail, Seen::Failed, None),
        ),
        (
            "merci-adresse-d-abord",
            page(scene, Awaited::FirstMail, Seen::Sent, None),
        ),
        (
            "merci-mot-de-passe",
            page(scene, Awaited::Password, Seen::Sent, None),
        ),
    ]
}
