//! Reading an event back, whatever version it was written in.
//!
//! What is stored is never rewritten, so that every version ever released must stay readable. An old version is taught
//! to look like the next one, and so on up to the newest, which alone the rest of the code knows. Everything that
//! reads a payload, from the store or from a message, comes through here.

use std::sync::LazyLock;

use cqrs_es::persist::{EventUpcaster, SerializedEvent};

use super::Event;

static UPCASTERS: LazyLock<Vec<Box<dyn EventUpcaster>>> = LazyLock::new(upcasters);

/// Teaches each old version to be read as the next, oldest first. Empty while there is one version of each event.
///
/// The second version of an event comes with a
/// `SemanticVersionEventUpcaster::new("EmailVerified", "2", …)` here, and with its number in [`Event::version`].
pub fn upcasters() -> Vec<Box<dyn EventUpcaster>> {
    vec![]
}

impl Event {
    /// Reads a payload that was stored under this name and version.
    ///
    /// # Errors
    /// When it is not an event that this release knows, such as one of a later release.
    pub fn read(name: &str, version: &str, payload: &str) -> Result<Self, serde_json::Error> {
        read_with(&UPCASTERS, name, version, payload)
    }
}

/// The same with upcasters of one's own.
///
/// # Errors
/// As for [`Event::read`].
pub fn read_with(
    upcasters: &[Box<dyn EventUpcaster>],
    name: &str,
    version: &str,
    payload: &str,
) -> Result<Event, serde_json::Error> {
    if !upcasters.iter().any(|it| it.can_upcast(name, version)) {
        return serde_json::from_str(payload);
    }
    let mut event = SerializedEvent::new(
        String::new(),
        0,
        String::new(),
        name.to_owned(),
        version.to_owned(),
        serde_json::from_str(payload)?,
        serde_json::Value::Null,
    );
    for upcaster in upcasters {
        if upcaster.can_upcast(&event.event_type, &event.event_version) {
            event = upcaster.upcast(event);
        }
    }
    serde_json::from_value(event.payload)
}

#[cfg(test)]
mod tests {
    use cqrs_es::persist::SemanticVersionEventUpcaster;
    use serde_json::{Value, json};

    use super::*;

    /// As if `EstablishmentLinked` had begun without saying what it rests on, then said it in words of its own.
    fn two_steps() -> Vec<Box<dyn EventUpcaster>> {
        let with = |member: &'static str, value: Value| {
            Box::new(move |mut payload: Value| {
                payload[member] = value.clone();
                payload
            })
        };
        let to_second = with("by", json!("number"));
        let to_third = Box::new(|mut payload: Value| {
            if payload["by"] == "number" {
                payload["by"] = json!("member_number");
            }
            payload
        });
        vec![
            Box::new(SemanticVersionEventUpcaster::new(
                "EstablishmentLinked",
                "2",
                to_second,
            )),
            Box::new(SemanticVersionEventUpcaster::new(
                "EstablishmentLinked",
                "3",
                to_third,
            )),
        ]
    }

    #[test]
    fn an_old_version_is_read_through_every_version_between() {
        let payload = r#"{"type":"EstablishmentLinked","siret":"00000004200010"}"#;
        assert!(Event::read("EstablishmentLinked", "1", payload).is_err());
        let read = read_with(&two_steps(), "EstablishmentLinked", "1", payload).unwrap();
        let again = serde_json::to_value(&read).unwrap();
        assert_eq!(again["by"], "member_number");
    }

    #[test]
    fn the_newest_version_and_other_events_are_left_as_they_are() {
        let linked = r#"{"type":"EstablishmentLinked","siret":"00000004200010","by":"contact"}"#;
        let read = read_with(&two_steps(), "EstablishmentLinked", "3", linked).unwrap();
        assert_eq!(read, serde_json::from_str(linked).unwrap());
        let other = r#"{"type":"ContactNotMatched"}"#;
        assert!(read_with(&two_steps(), "ContactNotMatched", "1", other).is_ok());
    }

    /// Every version below the newest must have somebody who can read it.
    #[test]
    fn no_version_is_left_behind() {
        for name in Event::NAMES {
            let newest = Event::newest_version(name);
            for version in 1..newest {
                let known = UPCASTERS
                    .iter()
                    .any(|it| it.can_upcast(name, &version.to_string()));
                assert!(known, "{name} v{version} has no upcaster: add one in {}", file!());
            }
        }
    }
}
