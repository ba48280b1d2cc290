//! What a member says of a person, what it is measured in, and who says it: three marks on every member of the contract.
//!
//! They stand here in one table rather than beside each field, so that a data protection officer can read them as one
//! page. A member without a line fails the contract's test; whoever adds a field decides here what it tells of a person.

use serde_json::Value;

/// `x-personal-data`: says nothing of a person.
const NONE: &str = "none";
/// `x-personal-data`: stands for a person, whom only the service can name.
const PSEUDONYM: &str = "pseudonym";
/// `x-personal-data`: says something of the person behind the pseudonym.
const ABOUT: &str = "about";
/// `x-personal-data`: names the person; sealed under their own key.
const SEALED: &str = "sealed";

/// `x-source`: what the person answered or did.
const PERSON: &str = "person";
/// `x-source`: what the organisation's directory holds.
const ORGANISATION: &str = "organisation";
/// `x-source`: what an official register answered.
const REGISTER: &str = "register";
/// `x-source`: what a mail server answered.
const MAIL_SERVER: &str = "mail server";
/// `x-source`: the HTTP client, or the service where the client sent nothing.
const CLIENT: &str = "client";
/// `x-source`: the service itself.
const SERVICE: &str = "service";
/// `x-source`: whoever asked for it: the person, or an operator.
const ASKER: &str = "person or operator";

/// Whose member and its name (`*`: any owner's), then `x-personal-data`, `x-unit`, `x-source`.
const MARKS: [(&str, &str, &str, &str, &str); 88] = [
    ("message", "specversion", NONE, "code", SERVICE),
    ("message", "id", NONE, "identifier", SERVICE),
    ("message", "source", NONE, "code", SERVICE),
    ("message", "type", NONE, "code", SERVICE),
    ("message", "subject", PSEUDONYM, "identifier", SERVICE),
    ("message", "time", ABOUT, "instant, UTC", SERVICE),
    ("message", "datacontenttype", NONE, "code", SERVICE),
    ("message", "dataschema", NONE, "identifier", SERVICE),
    ("message", "sequence", NONE, "count from 1", SERVICE),
    ("message", "position", NONE, "count from 1", SERVICE),
    ("message", "traceparent", NONE, "identifier", CLIENT),
    ("message", "data", ABOUT, "object", SERVICE),
    ("*", "type", NONE, "code", SERVICE),
    ("*", "request_id", PSEUDONYM, "identifier", SERVICE),
    ("*", "attempts", NONE, "count", SERVICE),
    ("*", "possibly_twice", NONE, "yes or no", SERVICE),
    ("*", "server_code", NONE, "SMTP reply code", MAIL_SERVER),
    ("*", "enhanced_code", NONE, "enhanced status code", MAIL_SERVER),
    ("*", "notice", NONE, "code", SERVICE),
    ("*", "about", NONE, "sequence", SERVICE),
    ("SealedPersonalData", "ciphertext", SEALED, "Base64", SERVICE),
    ("SealedPersonalData", "key", PSEUDONYM, "identifier", SERVICE),
    ("SealedPersonalData", "nonce", NONE, "Base64", SERVICE),
    ("SealedPersonalData", "v", NONE, "count", SERVICE),
    ("IdentitySubmitted", "profile", ABOUT, "code", PERSON),
    ("IdentitySubmitted", "locale", ABOUT, "code", PERSON),
    ("IdentitySubmitted", "flow", NONE, "code", SERVICE),
    ("IdentitySubmitted", "new_address", ABOUT, "yes or no", SERVICE),
    ("IdentitySubmitted", "sealed", SEALED, "object", PERSON),
    ("ContactMatched", "establishments", ABOUT, "count", ORGANISATION),
    ("ContactMatched", "sealed", SEALED, "object", ORGANISATION),
    ("TopicsChosen", "topics", ABOUT, "codes", PERSON),
    ("EstablishmentDeclared", "siret", ABOUT, "SIRET", PERSON),
    ("EstablishmentDeclared", "known", NONE, "yes or no", ORGANISATION),
    (
        "EstablishmentDeclared",
        "register_check",
        NONE,
        "object",
        REGISTER,
    ),
    ("EstablishmentDeclared", "suggested_idcc", NONE, "IDCC", REGISTER),
    ("RegisterCheck", "status", NONE, "code", REGISTER),
    ("RegisterCheck", "source", NONE, "code", SERVICE),
    ("RegisterCheck", "checked_at", NONE, "instant, UTC", SERVICE),
    ("RegisterCheck", "age_seconds", NONE, "seconds", REGISTER),
    ("RegisterCheck", "closed_on", NONE, "day", REGISTER),
    ("RegisterCheck", "successor", NONE, "SIRET", REGISTER),
    ("RegisterCheck", "hint", NONE, "object", REGISTER),
    ("RegisterHint", "status", NONE, "code", REGISTER),
    ("RegisterHint", "source", NONE, "code", SERVICE),
    ("RegisterHint", "age_seconds", NONE, "seconds", REGISTER),
    ("RegisterHint", "closed_on", NONE, "day", REGISTER),
    ("EstablishmentRefused", "siret", ABOUT, "SIRET", PERSON),
    ("EstablishmentRefused", "register_check", NONE, "object", REGISTER),
    ("RegisterCheckCompleted", "siret", ABOUT, "SIRET", PERSON),
    (
        "RegisterCheckCompleted",
        "register_check",
        NONE,
        "object",
        REGISTER,
    ),
    ("MemberNumberRefused", "siret", ABOUT, "SIRET", PERSON),
    ("MemberNumberRefused", "at", ABOUT, "instant, UTC", SERVICE),
    // Who is attached, and by what: the person's answer, or the organisation's contact.
    (
        "EstablishmentLinked",
        "siret",
        ABOUT,
        "SIRET",
        "person or organisation",
    ),
    ("EstablishmentLinked", "by", ABOUT, "code", SERVICE),
    ("EstablishmentLinked", "idcc", NONE, "IDCC", PERSON),
    ("EstablishmentLinked", "register_check", NONE, "object", REGISTER),
    ("VerificationRequested", "purpose", NONE, "code", SERVICE),
    (
        "VerificationRequested",
        "requested_at",
        ABOUT,
        "instant, UTC",
        SERVICE,
    ),
    (
        "VerificationRequested",
        "expires_at",
        NONE,
        "instant, UTC",
        SERVICE,
    ),
    ("VerificationMailFailed", "reason", ABOUT, "code", MAIL_SERVER),
    ("NoticeMailFailed", "reason", ABOUT, "code", MAIL_SERVER),
    ("LinkRefused", "reason", NONE, "code", SERVICE),
    ("PasswordSet", "policy", NONE, "code", SERVICE),
    ("PasswordSet", "algorithm", NONE, "code", SERVICE),
    ("IdentityRectified", "sealed", SEALED, "object", PERSON),
    ("InactivityWarned", "last_seen", ABOUT, "day", SERVICE),
    ("InactivityWarned", "erase_from", ABOUT, "day", SERVICE),
    ("InactivityMailFailed", "reason", ABOUT, "code", MAIL_SERVER),
    ("ErasureRequested", "by", ABOUT, "code", SERVICE),
    ("ErasureRequested", "reason", ABOUT, "text", ASKER),
    ("ErasureRequested", "due_at", NONE, "instant, UTC", SERVICE),
    ("ErasureCancelled", "reason", ABOUT, "text", ASKER),
    ("PersonErased", "by", NONE, "code", ASKER),
    ("PersonErased", "reason", NONE, "text", ASKER),
    ("Establishment", "siret", NONE, "SIRET", ORGANISATION),
    ("Establishment", "name", NONE, "text", ORGANISATION),
    ("Establishment", "idcc", NONE, "IDCC", ORGANISATION),
    ("Establishment", "member_number", NONE, "number", ORGANISATION),
    (
        "Establishment",
        "training_declaration_number",
        NONE,
        "number",
        ORGANISATION,
    ),
    ("Establishment", "state", NONE, "code", ORGANISATION),
    ("Establishment", "closed_on", NONE, "day", ORGANISATION),
    ("Establishment", "deleted", NONE, "yes or no", ORGANISATION),
    ("headers", "Content-Type", NONE, "code", SERVICE),
    ("headers", "Nats-Msg-Id", NONE, "identifier", SERVICE),
    ("headers", "Onboarding-Position", NONE, "count from 1", SERVICE),
    ("headers", "Onboarding-Sequence", NONE, "count from 1", SERVICE),
    ("headers", "Onboarding-Replay", NONE, "identifier", SERVICE),
];

/// Marks every member of an owner that has a line in the table.
pub fn put(owner: &str, members: &mut Value) {
    for (name, member) in members.as_object_mut().into_iter().flatten() {
        let of = |whose: &str| MARKS.iter().find(|mark| mark.0 == whose && mark.1 == name);
        if let Some((_, _, personal_data, unit, source)) = of(owner).or_else(|| of("*")) {
            member["x-personal-data"] = (*personal_data).into();
            member["x-unit"] = (*unit).into();
            member["x-source"] = (*source).into();
        }
    }
}
