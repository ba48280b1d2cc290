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
        assert!(!html.contains("<style") && !html.contains(" style="), "{name}");
        for script in html.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=\"/") && script.contains(" defer></script>"),
                "{name}: a script is a file of ours, and empty here"
            );
        }
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
            html.contains("aria-labelledby=\"wrong-title\""),
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
        for ids_named in [values(html, "aria-labelledby"), values(html, "aria-controls")].concat() {
            assert!(ids.contains(&ids_named), "{name}: {ids_named}");
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

#[test]
fn every_form_that_acts_carries_its_token_and_no_field_a_placeholder() {
    each(|_, name, html| {
        assert!(!html.contains(" placeholder="), "{name}");
        for form in html
            .split("<form")
            .skip(1)
            .filter_map(|it| it.split("</form>").next())
        {
            let acts = form.starts_with(" method=\"post\"") || form.contains(" method=\"post\" ");
            assert!(
                !acts || form.contains("name=\"form_token\" value=\"sample-form-token\""),
                "{name}: {form}"
            );
        }
    });
}

#[test]
fn no_page_weighs_more_than_thirty_kilobytes_with_all_that_it_loads() {
    const WEIGHT_MAX: usize = 30_000;
    let loaded = portal::gallery::loaded(&Catalogue::load(None).unwrap());
    each(|_, name, html| {
        let used = loaded
            .iter()
            .filter(|(address, _)| html.contains(address.as_str()));
        let weight = html.len() + used.map(|(_, body)| body.len()).sum::<usize>();
        assert!(weight < WEIGHT_MAX, "{name}: {weight} bytes");
    });
}

#[test]
fn what_is_wrong_names_its_field_and_is_said_beside_it_and_on_top() {
    each(|locale, name, html| {
        if name == "inscription-fautes" && locale == Locale::Fr {
            let told = "Choisissez votre civilité\u{a0}: Madame ou Monsieur.";
            assert_eq!(html.matches(told).count(), 2);
            assert!(html.contains("Adresse e-mail\u{a0}: Saisissez une adresse"));
            assert!(html.contains("tabindex=\"-1\" autofocus"));
        }
    });
}

#[test]
fn the_review_leads_to_every_answer_and_says_what_follows() {
    each(|locale, name, html| match (locale, name) {
        (Locale::Fr, "recapitulatif") => {
            for path in ["", "/thematiques", "/etablissement", "/numero"] {
                assert!(html.contains(&format!("href=\"/inscription{path}\"")), "{path}");
            }
            assert!(html.contains("Envoyer mes réponses") && html.contains("1000001"));
        }
        (Locale::Fr, "recapitulatif-idcc") => {
            assert!(!html.contains("href=\"/inscription\""), "a proven address stays");
        }
        (Locale::Fr, "merci-renvoye") => {
            assert!(html.contains("dans 28 secondes") && html.contains("data-wait=\"28\""));
        }
        (Locale::Fr, "idcc") => assert!(html.contains("Pourquoi ce numéro est-il obligatoire")),
        (Locale::Fr, "quitter") => assert!(html.contains("30\u{a0}jours") || html.contains("30 jours")),
        _ => {}
    });
}
