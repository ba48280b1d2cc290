//! What stands in every export and is the same in all: the schemas, the second verifier, the words.

use store::Checkpoint;
use tlog::Verifier;

/// The verifier that was written apart.
pub(super) const VERIFIER: &str = include_str!("../../../../tests/verifier/verify.py");

/// What stands in each event, by its path below `schemas/`.
pub(super) const SCHEMAS: [(&str, &str); 26] = [
    ("README.md", include_str!("../../../../schemas/README.md")),
    (
        "events/ContactMatched.v1.json",
        include_str!("../../../../schemas/events/ContactMatched.v1.json"),
    ),
    (
        "events/ContactNotMatched.v1.json",
        include_str!("../../../../schemas/events/ContactNotMatched.v1.json"),
    ),
    (
        "events/EmailVerified.v1.json",
        include_str!("../../../../schemas/events/EmailVerified.v1.json"),
    ),
    (
        "events/ErasureCancelled.v1.json",
        include_str!("../../../../schemas/events/ErasureCancelled.v1.json"),
    ),
    (
        "events/ErasureRequested.v1.json",
        include_str!("../../../../schemas/events/ErasureRequested.v1.json"),
    ),
    (
        "events/EstablishmentDeclared.v1.json",
        include_str!("../../../../schemas/events/EstablishmentDeclared.v1.json"),
    ),
    (
        "events/EstablishmentLinked.v1.json",
        include_str!("../../../../schemas/events/EstablishmentLinked.v1.json"),
    ),
    (
        "events/EstablishmentRefused.v1.json",
        include_str!("../../../../schemas/events/EstablishmentRefused.v1.json"),
    ),
    (
        "events/IdentityRectified.v1.json",
        include_str!("../../../../schemas/events/IdentityRectified.v1.json"),
    ),
    (
        "events/IdentitySubmitted.v1.json",
        include_str!("../../../../schemas/events/IdentitySubmitted.v1.json"),
    ),
    (
        "events/InactivityMailFailed.v1.json",
        include_str!("../../../../schemas/events/InactivityMailFailed.v1.json"),
    ),
    (
        "events/InactivityMailSent.v1.json",
        include_str!("../../../../schemas/events/InactivityMailSent.v1.json"),
    ),
    (
        "events/InactivityWarned.v1.json",
        include_str!("../../../../schemas/events/InactivityWarned.v1.json"),
    ),
    (
        "events/LinkRefused.v1.json",
        include_str!("../../../../schemas/events/LinkRefused.v1.json"),
    ),
    (
        "events/MemberNumberRefused.v1.json",
        include_str!("../../../../schemas/events/MemberNumberRefused.v1.json"),
    ),
    (
        "events/NoticeMailFailed.v1.json",
        include_str!("../../../../schemas/events/NoticeMailFailed.v1.json"),
    ),
    (
        "events/NoticeMailSent.v1.json",
        include_str!("../../../../schemas/events/NoticeMailSent.v1.json"),
    ),
    (
        "events/PasswordSet.v1.json",
        include_str!("../../../../schemas/events/PasswordSet.v1.json"),
    ),
    (
        "events/PersonErased.v1.json",
        include_str!("../../../../schemas/events/PersonErased.v1.json"),
    ),
    (
        "events/RegisterCheckCompleted.v1.json",
        include_str!("../../../../schemas/events/RegisterCheckCompleted.v1.json"),
    ),
    (
        "events/RegistrationExpired.v1.json",
        include_str!("../../../../schemas/events/RegistrationExpired.v1.json"),
    ),
    (
        "events/TopicsChosen.v1.json",
        include_str!("../../../../schemas/events/TopicsChosen.v1.json"),
    ),
    (
        "events/VerificationMailFailed.v1.json",
        include_str!("../../../../schemas/events/VerificationMailFailed.v1.json"),
    ),
    (
        "events/VerificationMailSent.v1.json",
        include_str!("../../../../schemas/events/VerificationMailSent.v1.json"),
    ),
    (
        "events/VerificationRequested.v1.json",
        include_str!("../../../../schemas/events/VerificationRequested.v1.json"),
    ),
];

/// What the folder is and how to check it.
pub(super) fn readme(size: u64, key: &Verifier, latest: &Checkpoint) -> String {
    include_str!("readme.md")
        .replace("{size}", &size.to_string())
        .replace("{root}", &tlog::hash::hex(&latest.root))
        .replace(
            "{signed_at}",
            &latest.signed_at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        )
        .replace("{key}", &key.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_exported() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/events");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| format!("events/{}", entry.unwrap().file_name().to_string_lossy()))
            .collect();
        there.sort();
        let exported: Vec<&str> = SCHEMAS
            .iter()
            .map(|it| it.0)
            .filter(|it| it.starts_with("events/"))
            .collect();
        assert_eq!(exported, there, "name every schema in this file");
    }
}
