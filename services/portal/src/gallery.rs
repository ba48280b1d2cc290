//! Every page with sample values, for looking at them and for tests. No server is needed.

use catalogue::{Catalogue, Words};
use domain::registration::event::LinkedBy;
use domain::values::{Idcc, Locale, PasswordPolicy, PasswordRule, PolicyName, Siret};
use maud::Markup;

use crate::complaints::{Complaint, Complaints};
use crate::scene::Scene;
use crate::views::link::{Act, DeadEnd};
use crate::views::thanks::Awaited;
use crate::views::trouble::Trouble;
use crate::views::{
    agreement, dev_mail, establishment, forgotten, identity, link, number, password, sign_in, space, thanks,
    topics, trouble,
};
use crate::web::notice::Notice;

const EMAIL: &str = "clare.dupont@exemple.com";
const TOKEN: &str = "AZk3-sample-token";

/// A page of the gallery: its name and its HTML.
pub type Picture = (&'static str, String);

/// Every page, with and without something wrong.
pub fn pages(words: &Words, catalogue: &Catalogue, locale: Locale) -> Vec<Picture> {
    let scene = Scene {
        words,
        catalogue,
        locale,
        notice: None,
    };
    let mut pictures = form(&scene);
    pictures.extend(after_the_form(&scene));
    pictures
        .into_iter()
        .map(|(name, markup)| (name, markup.into_string()))
        .collect()
}

fn form(scene: &Scene<'_>) -> Vec<(&'static str, Markup)> {
    let none = Complaints::default();
    let told = Scene {
        notice: Notice::named("password-set"),
        ..*scene
    };
    let wrong = |field: &str, code: &str| {
        let text = scene.words.fault(scene.locale, code);
        Complaints(vec![Complaint {
            field: Some(field.to_owned()),
            text,
        }])
    };
    let mut wrong_identity = wrong("civility", "required");
    wrong_identity.0.extend(wrong("email", "email-format").0);
    let answered = identity::Values {
        profile: "medecin".to_owned(),
        civility: "mme".to_owned(),
        last_name: "DUPONT".to_owned(),
        first_name: "Clare".to_owned(),
        email: EMAIL.to_owned(),
        again: true,
        once: "1".to_owned(),
    };
    let typed = identity::Values {
        last_name: "<script>alert(1)</script>".to_owned(),
        email: "\"><b>".to_owned(),
        ..identity::Values::default()
    };
    let mut pictures = vec![
        ("connexion", sign_in::page(scene, "", &none)),
        (
            "connexion-mot-de-passe-enregistre",
            sign_in::page(&told, "", &none),
        ),
        (
            "connexion-refusee",
            sign_in::page(scene, EMAIL, &wrong("password", "required")),
        ),
        (
            "inscription",
            identity::page(scene, &identity::Values::default(), &none),
        ),
        ("inscription-reprise", identity::page(scene, &answered, &none)),
        (
            "inscription-fautes",
            identity::page(scene, &typed, &wrong_identity),
        ),
        (
            "thematiques",
            topics::page(scene, &["payments".to_owned()], true, &none),
        ),
        ("etablissement", establishment::page(scene, "", &none)),
        (
            "etablissement-faute",
            establishment::page(scene, "130025265", &wrong("siret", "siret-siren-typed")),
        ),
    ];
    if let Ok(siret) = Siret::parse("13002526500013") {
        let suggested: Vec<Idcc> = ["1486", "2216"]
            .iter()
            .filter_map(|code| Idcc::parse(code).ok())
            .collect();
        let values = |idcc, query, pending| agreement::Values {
            siret: &siret,
            pending,
            suggested: &suggested,
            idcc,
            query,
        };
        pictures.extend([
            ("numero", number::page(scene, &siret, "", &none)),
            (
                "numero-faute",
                number::page(scene, &siret, "12é", &wrong("number", "invalid-character")),
            ),
            ("idcc", agreement::page(scene, &values("", None, false), &none)),
            (
                "idcc-choisi",
                agreement::page(scene, &values("1486", None, true), &none),
            ),
            (
                "idcc-recherche",
                agreement::page(scene, &values("", Some("bureaux"), false), &none),
            ),
            (
                "idcc-faute",
                agreement::page(
                    scene,
                    &values("12345", Some("zzz"), false),
                    &wrong("idcc", "idcc-format"),
                ),
            ),
        ]);
    }
    pictures
}

fn after_the_form(scene: &Scene<'_>) -> Vec<(&'static str, Markup)> {
    let none = Complaints::default();
    let policy = PasswordPolicy::of(PolicyName::Guide);
    let rule = |rule| Complaint {
        field: Some("password".to_owned()),
        text: scene.words.password_rule(scene.locale, rule),
    };
    let unmet = [PasswordRule::Digit, PasswordRule::NotPersonal];
    let refused = Complaints(unmet.into_iter().map(rule).collect());
    let thanks = |awaited, failed| {
        thanks::page(
            scene,
            &thanks::Values {
                email: EMAIL,
                awaited,
                failed,
                once: "1",
            },
            &none,
        )
    };
    let password = |unmet, change, complaints: &Complaints| {
        password::page(
            scene,
            &password::Values {
                email: EMAIL,
                token: TOKEN,
                policy,
                unmet,
                change,
            },
            complaints,
        )
    };
    let dead_end = |why| link::dead_end(scene, TOKEN, why, &none);
    let mail = || dev_mail::Mail {
        file: "1.eml".to_owned(),
        subject: "Confirmez votre adresse e-mail".to_owned(),
        to: EMAIL.to_owned(),
        date: "Mon, 24 Aug 2026 10:44:00 +0000".to_owned(),
        text: format!("Bonjour,\n\nhttps://espace.example.org/verify/{TOKEN}\n"),
    };
    let sample = space::Values {
        name: "Clare DUPONT".to_owned(),
        email: EMAIL.to_owned(),
        topics: vec!["reminders".to_owned()],
        establishments: establishments(),
    };
    vec![
        ("merci", thanks(Awaited::LastMail, false)),
        ("merci-non-remis", thanks(Awaited::LastMail, true)),
        ("merci-adresse-d-abord", thanks(Awaited::FirstMail, false)),
        ("merci-mot-de-passe", thanks(Awaited::Password, false)),
        ("mot-de-passe", password(&[], false, &none)),
        ("mot-de-passe-refuse", password(&unmet, true, &refused)),
        (
            "lien-confirmation",
            link::to_act(scene, TOKEN, &Act::Confirm { email: EMAIL }, &none),
        ),
        ("lien-reprise", link::to_act(scene, TOKEN, &Act::Resume, &none)),
        ("lien-inconnu", dead_end(DeadEnd::Unknown)),
        ("lien-expire", dead_end(DeadEnd::ExpiredProof)),
        ("lien-expire-changement", dead_end(DeadEnd::ExpiredReset)),
        ("lien-utilise", dead_end(DeadEnd::Used)),
        ("lien-remplace", dead_end(DeadEnd::Replaced)),
        ("lien-compte-existant", dead_end(DeadEnd::AccountExists)),
        ("lien-inscription-close", dead_end(DeadEnd::Ended)),
        ("mot-de-passe-oublie", forgotten::page(scene, "", &none)),
        ("mot-de-passe-oublie-envoi", forgotten::sent(scene)),
        ("espace", space::page(scene, &sample, &none)),
        ("introuvable", trouble::page(scene, Trouble::NotFound)),
        ("autre-site", trouble::page(scene, Trouble::OtherSite)),
        ("illisible", trouble::page(scene, Trouble::Unreadable)),
        ("messages", dev_mail::list(scene, &[mail()])),
        ("message", dev_mail::one(scene, &mail())),
    ]
}

fn establishments() -> Vec<space::Establishment> {
    let of = |siret: &str, name: Option<&str>, linked_by| {
        let siret = Siret::parse(siret).ok()?;
        Some(space::Establishment {
            siret,
            name: name.map(str::to_owned),
            linked_by,
        })
    };
    let samples = [
        of("13002526500013", Some("Société d’Exemple"), LinkedBy::Contact),
        of("35600000000048", None, LinkedBy::Idcc),
    ];
    samples.into_iter().flatten().collect()
}
