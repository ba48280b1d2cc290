//! Fields into values: one function a form.

use catalogue::Catalogue;
use domain::values::{
    Civility, EmailAddress, EstablishmentNumber, Fault, Idcc, Identity, Locale, PersonName, ProfileCode,
    Siret, TopicCode,
};
use usecases::{Correction, FieldFault, Form, IdentityForm, PasswordForm};

use crate::fields::Fields;

/// Step 1. `locale` is the language of mails where the form does not say.
pub fn identity(mut fields: Fields, catalogue: &Catalogue, locale: Locale) -> Form<IdentityForm> {
    let civility = fields.text("civility", Civility::parse);
    let last_name = fields.text("last_name", PersonName::parse);
    let first_name = fields.text("first_name", PersonName::parse);
    let email = fields.text("email", EmailAddress::parse);
    let profile = fields.text("profile", |text| known_profile(text, catalogue));
    // A language that is not spoken here is no fault: the request's own holds.
    let preferred = fields.optional_text("locale", Locale::preferred).flatten();
    let locale = preferred.unwrap_or(locale);
    let form = || {
        let identity = Identity {
            civility: civility?,
            last_name: last_name?,
            first_name: first_name?,
            email: email?,
        };
        Some(IdentityForm {
            identity,
            profile: profile?,
            locale,
        })
    };
    let form = form();
    fields.finish(form)
}

/// What the person of an account corrects.
pub fn correction(mut fields: Fields) -> Form<Correction> {
    let civility = fields.text("civility", Civility::parse);
    let last_name = fields.text("last_name", PersonName::parse);
    let first_name = fields.text("first_name", PersonName::parse);
    let form = || {
        Some(Correction {
            civility: civility?,
            last_name: last_name?,
            first_name: first_name?,
        })
    };
    let form = form();
    fields.finish(form)
}

/// Topics, in the catalogue's order and each once.
pub fn topics(mut fields: Fields, catalogue: &Catalogue) -> Form<Vec<TopicCode>> {
    let known = |text: &str| {
        catalogue
            .topic(text)
            .map(|it| it.code.clone())
            .ok_or(Fault("unknown-value"))
    };
    let chosen = fields.list("topics", known);
    let in_order = chosen.map(|chosen| {
        catalogue
            .topics
            .iter()
            .map(|topic| &topic.code)
            .filter(|code| chosen.contains(code))
            .cloned()
            .collect()
    });
    fields.finish(in_order)
}

/// The establishment's SIRET.
pub fn siret(mut fields: Fields) -> Form<Siret> {
    let siret = fields.text("siret", Siret::parse);
    fields.finish(siret)
}

/// The establishment's member or training-organisation number.
pub fn number(mut fields: Fields) -> Form<EstablishmentNumber> {
    let number = fields.text("number", EstablishmentNumber::parse);
    fields.finish(number)
}

/// The establishment's collective agreement.
pub fn idcc(mut fields: Fields) -> Form<Idcc> {
    let idcc = fields.text("idcc", Idcc::parse);
    fields.finish(idcc)
}

/// An address alone.
pub fn email(mut fields: Fields) -> Form<EmailAddress> {
    let email = fields.text("email", EmailAddress::parse);
    fields.finish(email)
}

/// The token of a link. Whether it is one is the use case's business.
pub fn token(mut fields: Fields) -> Form<String> {
    let token = fields.text("token", as_typed);
    fields.finish(token)
}

/// A password alone.
pub fn password(mut fields: Fields) -> Form<String> {
    let password = fields.text("password", as_typed);
    fields.finish(password)
}

/// The token of a link and the password to set by it. What the password must be is the policy's business.
pub fn new_password(mut fields: Fields) -> Form<PasswordForm> {
    let token = fields.text("token", as_typed);
    let password = fields.text("password", as_typed);
    let form = token
        .zip(password)
        .map(|(token, password)| PasswordForm { token, password });
    fields.finish(form)
}

/// An address and a password to sign in with. An address that cannot be one is no fault of the form: whoever mistypes
/// it is told what anybody is told who cannot sign in.
pub fn sign_in(mut fields: Fields) -> Form<(Form<EmailAddress>, String)> {
    let email = fields.text("email", |text| {
        Ok(EmailAddress::parse(text).map_err(|fault| vec![FieldFault::new("email", fault.code())]))
    });
    let password = fields.text("password", as_typed);
    let form = email.zip(password);
    fields.finish(form)
}

fn known_profile(text: &str, catalogue: &Catalogue) -> Result<ProfileCode, Fault> {
    let code = ProfileCode::parse(text)?;
    catalogue
        .profile(code.as_str())
        .map(|_| code)
        .ok_or(Fault("unknown-value"))
}

fn as_typed(text: &str) -> Result<String, Fault> {
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        Fields::new(crate::body::read_object(json.as_bytes()).unwrap())
    }

    fn catalogue() -> Catalogue {
        Catalogue::load(None).unwrap()
    }

    #[test]
    fn an_empty_step_one_lacks_every_field_but_the_language() {
        let faults = identity(fields("{}"), &catalogue(), Locale::En).unwrap_err();
        let missing: Vec<&str> = faults.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(
            missing,
            ["civility", "last_name", "first_name", "email", "profile"]
        );
        assert!(faults.iter().all(|it| it.code == "required"));
    }

    #[test]
    fn a_full_step_one_is_read_and_its_language_counts() {
        let json = r#"{"civility":"mme","last_name":"Œuvrard","first_name":"Ève","email":"eve@example.org",
                       "profile":"generaliste","locale":"fr"}"#;
        let form = identity(fields(json), &catalogue(), Locale::En).unwrap();
        assert_eq!(
            (form.locale, form.identity.email.as_str()),
            (Locale::Fr, "eve@example.org")
        );
    }

    #[test]
    fn a_language_is_taken_as_browsers_send_it() {
        let form = |locale: &str| {
            let json = format!(
                r#"{{"civility":"mme","last_name":"Œuvrard","first_name":"Ève","email":"eve@example.org\u00a0",
                    "profile":"generaliste","locale":"{locale}"}}"#
            );
            identity(fields(&json), &catalogue(), Locale::En).map(|it| it.locale)
        };
        for (locale, expected) in [
            ("fr-FR", Locale::Fr),
            ("fr_CA", Locale::Fr),
            ("en-US", Locale::En),
            ("de-DE", Locale::En),
        ] {
            assert_eq!(form(locale), Ok(expected), "{locale}");
        }
        assert_eq!(
            form("no language"),
            Err(vec![FieldFault::new("locale", "unknown-value")])
        );
    }

    #[test]
    fn a_character_that_is_not_taken_is_told() {
        let json = r#"{"civility":"mme","last_name":"Dupont2","first_name":"Ève","email":"a b@example.org","profile":"generaliste"}"#;
        let faults = identity(fields(json), &catalogue(), Locale::Fr).unwrap_err();
        let told: Vec<_> = faults
            .iter()
            .map(|it| (it.field.as_str(), it.character))
            .collect();
        assert_eq!(told, [("last_name", Some('2')), ("email", Some(' '))]);
    }

    #[test]
    fn topics_come_in_the_catalogues_order_each_once() {
        let chosen = topics(
            fields(r#"{"topics":["payments","reminders","payments"]}"#),
            &catalogue(),
        )
        .unwrap();
        assert_eq!(
            chosen.iter().map(TopicCode::as_str).collect::<Vec<_>>(),
            ["reminders", "payments"]
        );
        let faults = topics(fields(r#"{"topics":["payments","x",3]}"#), &catalogue()).unwrap_err();
        assert_eq!(
            faults,
            [
                FieldFault::new("topics[1]", "unknown-value"),
                FieldFault::new("topics[2]", "wrong-type")
            ]
        );
    }

    #[test]
    fn a_mistyped_address_is_no_fault_of_the_sign_in_form() {
        let (email, _) = sign_in(fields(r#"{"email":"x","password":"p"}"#)).unwrap();
        assert!(email.is_err());
        assert_eq!(sign_in(fields(r#"{"email":1}"#)).unwrap_err().len(), 2);
    }

    #[test]
    fn the_described_examples_are_accepted() {
        let description = serde_json::to_value(crate::openapi()).unwrap();
        let example = |name: &str| fields(&description["components"]["schemas"][name]["example"].to_string());
        let catalogue = catalogue();
        assert!(identity(example("IdentityRequest"), &catalogue, Locale::En).is_ok());
        assert!(topics(example("TopicsRequest"), &catalogue).is_ok());
        assert!(siret(example("EstablishmentRequest")).is_ok());
        assert!(number(example("MemberNumberRequest")).is_ok());
        assert!(idcc(example("IdccRequest")).is_ok());
        assert!(token(example("TokenRequest")).is_ok());
        assert!(new_password(example("NewPasswordRequest")).is_ok());
        assert!(email(example("AddressRequest")).is_ok());
        assert!(sign_in(example("SignInRequest")).is_ok());
        assert!(password(example("ErasureRequest")).is_ok());
    }
}
