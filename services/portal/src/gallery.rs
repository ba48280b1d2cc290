//! Every page with sample values, for looking at them and for tests. No server is needed.

mod account;
mod form;

use catalogue::{Catalogue, Words};
use domain::values::{Idcc, Locale, Siret};
use maud::Markup;

use crate::complaints::{Complaint, Complaints};
use crate::scene::Scene;
use crate::web::asset::{Asset, Assets};
use crate::web::notice::Notice;

const EMAIL: &str = "clare.dupont@exemple.com";
const TOKEN: &str = "AZk3-sample-token";

/// A page of the gallery: its name and its HTML.
pub type Picture = (&'static str, String);

/// A page before it is written out.
type Sketch = (&'static str, Markup);

/// Every page, with and without something wrong.
pub fn pages(words: &Words, catalogue: &Catalogue, locale: Locale) -> Vec<Picture> {
    let assets = Assets::of(catalogue);
    let scene = Scene {
        words,
        catalogue,
        locale,
        notice: None,
        member: None,
        assets: &assets,
        form_token: "sample-form-token",
        here: "/?",
    };
    let mut sketches = form::pages(&scene);
    sketches.extend(account::pages(&scene));
    sketches
        .into_iter()
        .map(|(name, markup)| (name, markup.into_string()))
        .collect()
}

/// What pages load, by address: styles and scripts.
pub fn loaded(catalogue: &Catalogue) -> Vec<(String, String)> {
    let Assets {
        styles,
        icon,
        form,
        password,
        agreement,
    } = Assets::of(catalogue);
    [styles, icon, form, password, agreement]
        .into_iter()
        .map(|Asset { address, body, .. }| (address, body))
        .collect()
}

/// A field with a fault.
fn wrong(scene: &Scene<'_>, field: &str, code: &str) -> Complaints {
    Complaints(vec![Complaint::of_fault(scene, field, code)])
}

/// The same scene after something was done.
fn after<'a>(scene: &Scene<'a>, notice: &str) -> Scene<'a> {
    Scene {
        notice: Notice::named(notice),
        ..*scene
    }
}

fn siret() -> Option<Siret> {
    Siret::parse("13002526500013").ok()
}

fn idcc(code: &str) -> Option<Idcc> {
    Idcc::parse(code).ok()
}
