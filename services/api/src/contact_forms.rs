//! Contacts of the organisation's system: fields into what is kept of them.
//!
//! Names and civility are read only so far as to notice members that have slipped; they are not kept.

use directory::contacts::{SIRETS_MAX, parse_reference};
use directory::{Contact, ContactChange};
use domain::values::{EmailAddress, Fault, Siret, trim_edges};
use usecases::{FieldFault, Form};

use crate::fields::Fields;

/// The longest name that is one, in characters.
const NAME_LENGTH_MAX: usize = 200;

/// A contact whose reference stands in the path.
pub fn contact(mut fields: Fields, reference: &str) -> Form<Contact> {
    let reference = parse_reference(reference);
    let faults = reference
        .as_ref()
        .err()
        .map(|fault| FieldFault::new("id", fault.code()));
    let contact = content(&mut fields, reference.ok());
    match (fields.finish(contact), faults) {
        (form, None) => form,
        (Ok(_), Some(fault)) => Err(vec![fault]),
        (Err(others), Some(fault)) => Err([vec![fault], others].concat()),
    }
}

/// What one line of a bulk asks for: a contact with its reference, or `{"id": …, "deleted": true}`.
pub fn change(mut fields: Fields) -> Form<ContactChange> {
    let reference = fields.text("id", parse_reference);
    if fields.flag("deleted") == Some(true) {
        return fields.finish(reference.map(ContactChange::Remove));
    }
    let contact = content(&mut fields, reference);
    fields.finish(contact.map(ContactChange::Keep))
}

fn content(fields: &mut Fields, reference: Option<String>) -> Option<Contact> {
    // It is not kept: one that is not known is no reason to refuse somebody.
    fields.optional_text("civility", |_| Ok(()));
    fields.optional_text("last_name", check_name);
    fields.optional_text("first_name", check_name);
    let email = fields.text("email", EmailAddress::parse);
    let sirets = fields.list("sirets", Siret::parse_exported).map(each_once);
    if sirets.as_ref().is_some_and(|it| it.len() > SIRETS_MAX) {
        return fields.fault("sirets", "too-long");
    }
    Some(Contact {
        reference: reference?,
        email: email?,
        sirets: sirets?,
    })
}

/// An address or a number where a name should be tells that members have slipped.
fn check_name(text: &str) -> Result<(), Fault> {
    let text = trim_edges(text);
    if text.chars().count() > NAME_LENGTH_MAX {
        return Err(Fault("too-long"));
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if text.contains('@') || text.chars().any(char::is_control) || digits > 8 {
        return Err(Fault("invalid-character"));
    }
    Ok(())
}

fn each_once(sirets: Vec<Siret>) -> Vec<Siret> {
    let mut seen = std::collections::HashSet::new();
    sirets
        .into_iter()
        .filter(|siret| seen.insert(siret.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        Fields::new(crate::body::read_object(json.as_bytes()).unwrap())
    }

    fn faults<T>(form: Form<T>) -> Vec<(String, &'static str)> {
        let faults = form.err().unwrap_or_default();
        faults.into_iter().map(|it| (it.field, it.code)).collect()
    }

    #[test]
    fn every_bad_field_of_a_contact_is_named() {
        let json = r#"{"civility": "Dr", "last_name": "a@example.org", "first_name": 1, "email": "nobody",
                       "sirets": ["00000040600017", "1"], "phone": "1"}"#;
        let expected = [
            ("id", "required"),
            ("last_name", "invalid-character"),
            ("first_name", "wrong-type"),
            ("email", "email-format"),
            ("sirets[1]", "siret-length"),
            ("phone", "unknown-field"),
        ];
        let expected = expected.map(|(field, code)| (field.to_owned(), code));
        assert_eq!(faults(contact(fields(json), " ")), expected);
        assert_eq!(faults(change(fields(json))), expected);
    }

    #[test]
    fn establishments_are_kept_once_and_may_be_none() {
        let json = r#"{"email": "a@example.org", "sirets": ["00000040600017", "000 000 406 00017"]}"#;
        let kept = contact(fields(json), "C-1").unwrap();
        assert_eq!((kept.reference.as_str(), kept.sirets.len()), ("C-1", 1));
        let none = r#"{"civility": null, "email": "a@example.org", "sirets": []}"#;
        assert!(contact(fields(none), "C-1").unwrap().sirets.is_empty());
        assert_eq!(
            faults(contact(fields("{}"), "C-1")),
            [("email", "required"), ("sirets", "required")].map(|(field, code)| (field.to_owned(), code))
        );
    }

    #[test]
    fn what_programs_put_around_a_value_is_taken_off() {
        let json = r#"{"civility": "N/A", "last_name": "Durand\t", "email": "\ufeffa@example.org\u00a0",
                       "sirets": ["13002526500013.0", "40600017", "=\"00000040600025\""]}"#;
        let kept = contact(fields(json), "\u{a0}C-1\u{200b}").unwrap();
        let sirets: Vec<_> = kept.sirets.iter().map(Siret::as_str).collect();
        assert_eq!(
            (kept.reference.as_str(), kept.email.as_str()),
            ("C-1", "a@example.org")
        );
        assert_eq!(sirets, ["13002526500013", "00000040600017", "00000040600025"]);
        let wrong = r#"{"email": "a@example.org", "sirets": ["1,3E+13", "11122233344455"]}"#;
        assert_eq!(
            faults(contact(fields(wrong), "C-1")),
            [("sirets[0]", "number-exponent"), ("sirets[1]", "siret-checksum")]
                .map(|(field, code)| (field.to_owned(), code))
        );
    }

    #[test]
    fn a_line_may_ask_for_a_removal() {
        let removal = change(fields(r#"{"id": " C-1 ", "deleted": true}"#)).unwrap();
        assert!(matches!(removal, ContactChange::Remove(reference) if reference == "C-1"));
        let kept = r#"{"id": "C-1", "deleted": false, "email": "a@example.org", "sirets": []}"#;
        assert!(matches!(change(fields(kept)), Ok(ContactChange::Keep(_))));
        assert_eq!(
            faults(change(fields(
                r#"{"id": "C-1", "deleted": true, "email": "a@example.org"}"#
            ))),
            [("email".to_owned(), "unknown-field")]
        );
        assert_eq!(
            faults(change(fields(r#"{"id": "C-1", "deleted": "yes"}"#)))[0],
            ("deleted".to_owned(), "wrong-type")
        );
    }
}
