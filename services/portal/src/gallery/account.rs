//! The pages behind a mail's link, "Mon espace", and those that say that something cannot be done.

use chrono::{DateTime, TimeDelta, Utc};
use domain::registration::event::{ContactNotMatched, LinkedBy, TopicsChosen};
use domain::values::{Civility, PasswordPolicy, PasswordRule, PolicyName, RegistrationId, Siret};
use domain::{Event, Registration};
use serde_json::json;
use usecases::{
    Attachment, AttachmentStanding, Denied, Export, ExportedEvent, Held, Looker, Me, Person,
    RegistrationView, Retention,
};
use uuid::Uuid;

use super::{EMAIL, Sketch, TOKEN, idcc, wrong};
use crate::complaints::{Complaints, Objection};
use crate::scene::{Member, Scene};
use crate::views::link::{Act, DeadEnd};
use crate::views::trouble::Trouble;
use crate::views::{closing, correction, dev_mail, forgotten, held, legal, link, password, space, trouble};

/// Every page after the form.
pub fn pages(scene: &Scene<'_>) -> Vec<Sketch> {
    let mut sketches = links(scene);
    sketches.extend(accounts(scene));
    sketches.extend(troubles(scene));
    sketches.extend(mails(scene));
    sketches.extend(legal_pages(scene));
    sketches
}

fn links(scene: &Scene<'_>) -> Vec<Sketch> {
    let none = Complaints::default();
    let unmet = [PasswordRule::Digit, PasswordRule::NotPersonal];
    let refused = Objection::of(scene, Denied::PasswordRefused(unmet.to_vec())).complaints;
    let password = |policy, unmet: &[PasswordRule], change, complaints: &Complaints| {
        let values = password::Values {
            email: EMAIL,
            token: TOKEN,
            policy: PasswordPolicy::of(policy),
            unmet,
            change,
        };
        password::page(scene, &values, complaints)
    };
    let dead_end = |why| link::dead_end(scene, TOKEN, why, &none);
    vec![
        ("mot-de-passe", password(PolicyName::Guide, &[], false, &none)),
        ("mot-de-passe-cnil", password(PolicyName::Cnil, &[], false, &none)),
        (
            "mot-de-passe-refuse",
            password(PolicyName::Guide, &unmet, true, &refused),
        ),
        (
            "lien-confirmation",
            link::to_act(scene, TOKEN, &Act::Confirm { email: EMAIL }, &none),
        ),
        (
            "lien-reprise",
            link::to_act(scene, TOKEN, &Act::Resume { email: EMAIL }, &none),
        ),
        ("lien-inconnu", dead_end(DeadEnd::Unknown)),
        ("lien-expire", dead_end(DeadEnd::ExpiredProof)),
        ("lien-expire-changement", dead_end(DeadEnd::ExpiredReset)),
        ("lien-expire-reprise", dead_end(DeadEnd::ExpiredResumption)),
        ("lien-utilise", dead_end(DeadEnd::Used)),
        ("lien-remplace", dead_end(DeadEnd::Replaced)),
        ("lien-compte-existant", dead_end(DeadEnd::AccountExists)),
        ("lien-inscription-close", dead_end(DeadEnd::Ended)),
        ("mot-de-passe-oublie", forgotten::page(scene, "", &none)),
        (
            "mot-de-passe-oublie-faute",
            forgotten::page(scene, "clare", &wrong(scene, "email", "email-format")),
        ),
        ("mot-de-passe-oublie-envoi", forgotten::sent(scene)),
    ]
}

fn accounts(scene: &Scene<'_>) -> Vec<Sketch> {
    let none = Complaints::default();
    let member = Member {
        name: "Clare DUPONT".to_owned(),
        email: EMAIL.to_owned(),
        since: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000),
    };
    let scene = &Scene {
        member: Some(&member),
        ..*scene
    };
    let sample = |establishments, query: &str| space::Values {
        name: "Clare DUPONT".to_owned(),
        topics: vec!["reminders".to_owned()],
        establishments,
        query: query.to_owned(),
    };
    vec![
        (
            "espace",
            space::page(scene, &sample(establishments(0), ""), &none),
        ),
        ("espace-vide", space::page(scene, &sample(vec![], ""), &none)),
        (
            "espace-nombreux",
            space::page(scene, &sample(establishments(38), ""), &none),
        ),
        (
            "espace-recherche",
            space::page(scene, &sample(establishments(38), "société"), &none),
        ),
        ("mes-donnees", held::page(scene, &everything_held())),
        ("identite", correction::page(scene, &names("DUPONT"), &none)),
        (
            "identite-faute",
            correction::page(scene, &names(""), &wrong(scene, "last_name", "required")),
        ),
        ("fermeture", closing::page(scene, EMAIL, &none)),
        (
            "fermeture-faute",
            closing::page(scene, EMAIL, &wrong(scene, "password", "required")),
        ),
        (
            "compte-ferme",
            closing::closed(scene, Some(RegistrationId(Uuid::nil())), false),
        ),
        ("compte-ferme-attente", closing::closed(scene, None, true)),
    ]
}

fn names(last_name: &str) -> correction::Values {
    correction::Values {
        civility: "mme".to_owned(),
        last_name: last_name.to_owned(),
        first_name: "Clare".to_owned(),
        email: EMAIL.to_owned(),
    }
}

/// Everything held on an invented person.
fn everything_held() -> Export {
    let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
    let person = Person {
        civility: Civility::Mme,
        last_name: "DUPONT".to_owned(),
        first_name: "Clare".to_owned(),
        email: EMAIL.to_owned(),
    };
    let event = |sequence, event, opened| ExportedEvent {
        sequence,
        recorded_at: at,
        event,
        opened,
    };
    Export {
        me: Me {
            person,
            topics: vec![],
            establishments: vec![],
        },
        registration: RegistrationView::of(RegistrationId(Uuid::nil()), 2, &Registration::default()),
        events: vec![
            event(
                1,
                Event::ContactNotMatched(ContactNotMatched {}),
                Some(json!({"last_name": "DUPONT", "first_name": "Clare"})),
            ),
            event(2, Event::TopicsChosen(TopicsChosen { topics: vec![] }), None),
        ],
        kept: Held {
            account_since: Some(at),
            last_seen_month: Some(at.date_naive()),
            ..Held::default()
        },
        looked_at_by: vec![Looker {
            position: 1,
            at,
            actor: "subscriber:crm".to_owned(),
            role: "subscriber".to_owned(),
            purpose: "reminder".to_owned(),
            what: "person".to_owned(),
        }],
    }
}

fn legal_pages(scene: &Scene<'_>) -> Vec<Sketch> {
    vec![
        (
            "donnees-personnelles",
            legal::privacy(scene, &Retention::default()),
        ),
        ("mentions-legales", legal::notices(scene)),
        ("accessibilite", legal::accessibility(scene)),
    ]
}

fn troubles(scene: &Scene<'_>) -> Vec<Sketch> {
    let denied = |denied| {
        let objection = Objection::of(scene, denied);
        trouble::denied(scene, &objection, "0198f000-0000-7000-8000-000000000001")
    };
    let too_many = Denied::TooManyAttempts {
        retry_after_seconds: 180,
    };
    let busy = Denied::Busy {
        retry_after_seconds: 5,
    };
    vec![
        ("introuvable", trouble::page(scene, Trouble::NotFound)),
        ("pas-ainsi", trouble::page(scene, Trouble::NotThisWay)),
        ("autre-site", trouble::page(scene, Trouble::OtherSite)),
        ("trop-long", trouble::page(scene, Trouble::TooLarge)),
        ("illisible", trouble::page(scene, Trouble::Unreadable)),
        ("trop-d-essais", denied(too_many)),
        ("indisponible", denied(busy)),
        ("incident", denied(Denied::Fault("a sample".into()))),
    ]
}

fn mails(scene: &Scene<'_>) -> Vec<Sketch> {
    let mail = || dev_mail::Mail {
        file: "1.eml".to_owned(),
        subject: "Confirmez votre adresse e-mail".to_owned(),
        to: EMAIL.to_owned(),
        date: "Mon, 24 Aug 2026 10:44:00 +0000".to_owned(),
        text: format!("Bonjour,\n\nhttps://espace.example.org/verify/{TOKEN}\n"),
        has_html: false,
    };
    let letter = dev_mail::LetterPreview {
        name: "fr-verify_email".to_owned(),
        language: "fr",
        subject: "Confirmez votre adresse e-mail".to_owned(),
        text: "Bonjour,\n".to_owned(),
        html: String::new(),
    };
    vec![
        ("messages", dev_mail::list(scene, &[mail()])),
        ("message", dev_mail::one(scene, &mail())),
        ("courriels", dev_mail::previews(scene, &[letter])),
    ]
}

fn establishments(sites: usize) -> Vec<Attachment> {
    let of = |siret: &str, name: Option<&str>, standing, linked_by| {
        Some(Attachment {
            siret: Siret::parse(siret).ok()?,
            name: name.map(str::to_owned),
            idcc: idcc("1486"),
            standing,
            linked_by,
        })
    };
    let (good, pending) = (AttachmentStanding::Good, AttachmentStanding::ToBeVerified);
    let mut samples = vec![
        of(
            "13002526500013",
            Some("Société d’Exemple"),
            good,
            LinkedBy::Contact,
        ),
        of("35600000000048", None, pending, LinkedBy::Idcc),
    ];
    // Establishments of one invented company.
    let numbers = (0..99_999).map(|it| format!("000000001{it:05}"));
    let invented = numbers.filter(|it| Siret::parse(it).is_ok()).take(sites);
    samples.extend(invented.map(|siret| {
        of(
            &siret,
            Some("Exemple Services"),
            AttachmentStanding::Closed,
            LinkedBy::Contact,
        )
    }));
    samples.into_iter().flatten().collect()
}
