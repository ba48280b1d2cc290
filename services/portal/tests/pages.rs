//! Every page in both languages: whole, escaped, and with nothing that the pages' own policy would stop.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a failure is a panic; only test functions are exempt by themselves"
)]

use catalogue::{Catalogue, Words};
use domain::values::Locale;

fn each(check: impl Fn(Locale, &str, &str)) {
    let (words, catalogue) = (Words::load().unwrap(), Catalogue::load(None).unwrap());
    for locale in [Locale::Fr, Locale::En] {
        for (name, html) in portal::gallery::pages(&words, &catalogue, locale) {
            check(locale, name, &html);
        }
    }
}

/// The values of an attribute, in order.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    html.split(&format!(" {attribute}=\""))
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn every_sentence_has_words() {
    each(|_, name, html| {
        let shown = html.replace("/portal.css", "");
        assert!(
            !shown.contains("portal-") && !shown.contains("fault-"),
            "{name} shows a key: {html}"
        );
    });
}

#[test]
fn nothing_inline_and_nothing_from_elsewhere_is_loaded() {
    each(|_, name, html| {
        assert!(
            !html.contains("<script") && !html.contains("<style") && !html.contains(" style="),
            "{name}"
        );
        for event in ["onclick", "onload", "onsubmit", "javascript:"] {
            assert!(!html.contains(event), "{name}: {event}");
        }
        for address in values(html, "src") {
            assert!(address.starts_with('/'), "{name}: {address}");
        }
    });
}

#[test]
fn what_people_type_is_escaped() {
    each(|_, name, html| {
        if name == "inscription-fautes" {
            assert!(
                html.contains("value=\"&lt;script&gt;alert(1)&lt;/script&gt;\"")
                    && html.contains("value=\"&quot;&gt;&lt;b&gt;\"")
            );
        }
    });
}

#[test]
fn every_page_says_its_language_and_has_one_heading_and_one_title() {
    each(|locale, name, html| {
        assert!(
            html.contains(&format!("<html lang=\"{}\">", locale.code())),
            "{name}"
        );
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<title>").count(), 1, "{name}");
        let prefix = if locale == Locale::Fr {
            "<title>Erreur"
        } else {
            "<title>Error"
        };
        assert_eq!(
            html.contains(prefix),
            html.contains("aria-labelledby=\"wrong\""),
            "{name}"
        );
    });
}

#[test]
fn every_field_has_a_label_and_every_link_inside_the_page_an_end() {
    each(|_, name, html| {
        let ids = values(html, "id");
        for (place, id) in ids.iter().enumerate() {
            assert!(!ids[..place].contains(id), "{name}: {id} twice");
        }
        for target in values(html, "href")
            .into_iter()
            .filter_map(|it| it.strip_prefix('#'))
        {
            assert!(ids.contains(&target), "{name}: #{target}");
        }
        for ids_named in values(html, "aria-describedby") {
            assert!(
                ids_named.split(' ').all(|id| ids.contains(&id)),
                "{name}: {ids_named}"
            );
        }
        let labelled = values(html, "for");
        for input in html.split("<input").skip(1).filter_map(|it| it.split('>').next()) {
            if input.contains("type=\"hidden\"") || input.contains("aria-hidden") {
                continue;
            }
            let id = values(input, "id");
            assert!(id.len() == 1 && labelled.contains(&id[0]), "{name}: {input}");
        }
    });
}

#[test]
fn the_sign_in_page_offers_an_account_and_the_form_counts_its_steps() {
    each(|locale, name, html| match (locale, name) {
        (Locale::Fr, "connexion") => {
            assert!(html.contains("Créer mon compte") && html.contains("Mot de passe oublié"));
            assert!(html.contains("l’ancien espace AKTO"));
        }
        (Locale::Fr, "thematiques") => assert!(html.contains("Étape 2 sur 4") && html.contains("Précédent")),
        (Locale::En, "thematiques") => assert!(html.contains("Step 2 of 4")),
        (Locale::Fr, "numero") => assert!(html.contains("https://www.akto.fr/contact/")),
        (Locale::Fr, "idcc-recherche") => assert!(html.contains("idcc=1486#idcc")),
        _ => {}
    });
}
