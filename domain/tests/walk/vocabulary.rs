//! The commands that the walk tries: each kind, with the facts that lead to different decisions.

use chrono::{DateTime, TimeDelta, Utc};
use domain::registration::command::*;
use domain::registration::event::*;
use domain::values::{
    EnhancedCode, Flow, Idcc, Locale, PolicyName, ProfileCode, RequestId, SealedPersonalData, Siret,
    TopicCode,
};
use domain::{Command, Registration};
use uuid::Uuid;

const HERE: &str = "00000002600013";
const THERE: &str = "00000004200010";

/// Names and commands, as the service would give them to this registration: a request's id is always fresh, and a
/// link has the purpose of its request.
pub fn commands(state: &Registration) -> Vec<(&'static str, Command)> {
    let asked = state.past_requests.len() + usize::from(state.request.is_some());
    let fresh = request(asked as u128 + 1);
    let mut all = identities(fresh);
    all.extend(form(fresh));
    all.extend(mails(state, fresh));
    all.extend(links(state));
    all.extend(others());
    all
}

fn identities(fresh: RequestId) -> Vec<(&'static str, Command)> {
    use IdentityChange::{Details, NewAddress, Same};
    vec![
        (
            "a contact's address",
            submit(Flow::Guide, NewAddress, true, fresh),
        ),
        ("nobody's address", submit(Flow::Guide, NewAddress, false, fresh)),
        (
            "a contact's address, private",
            submit(Flow::Private, NewAddress, true, fresh),
        ),
        (
            "nobody's address, private",
            submit(Flow::Private, NewAddress, false, fresh),
        ),
        ("another name", submit(Flow::Guide, Details, true, fresh)),
        ("the same identity", submit(Flow::Guide, Same, true, fresh)),
    ]
}

fn form(fresh: RequestId) -> Vec<(&'static str, Command)> {
    let number = |matches| {
        Command::GiveMemberNumber(GiveMemberNumber {
            matches,
            mail: mail(fresh, 0),
        })
    };
    let agreement = |standing| {
        Command::GiveIdcc(GiveIdcc {
            idcc: idcc(),
            standing,
            mail: mail(fresh, 0),
        })
    };
    let unknown = |status| declare(THERE, EstablishmentStanding::Unknown(check(status)));
    vec![
        (
            "topics",
            Command::ChooseTopics(ChooseTopics {
                topics: vec![TopicCode::parse("payments").unwrap()],
            }),
        ),
        (
            "no topics",
            Command::ChooseTopics(ChooseTopics { topics: vec![] }),
        ),
        (
            "a known establishment",
            declare(HERE, EstablishmentStanding::Known),
        ),
        ("an active one", unknown(RegisterStatus::Active)),
        ("one under a silent register", unknown(RegisterStatus::Pending)),
        ("a closed one", unknown(RegisterStatus::Closed)),
        ("the right number", number(Some(LinkedBy::MemberNumber))),
        ("a wrong number", number(None)),
        ("an agreement", agreement(IdccStanding::Current)),
        ("an unknown agreement", agreement(IdccStanding::Unknown)),
    ]
}

fn mails(state: &Registration, fresh: RequestId) -> Vec<(&'static str, Command)> {
    let delivery = Delivery {
        server_code: 250,
        attempts: 1,
        possibly_twice: false,
    };
    let failure = DeliveryFailure {
        reason: FailureReason::Refused,
        server_code: Some(550),
        enhanced_code: EnhancedCode::parse("5.1.1").ok(),
        attempts: 1,
    };
    let remind = Remind {
        idle_since: morning(),
        rest: TimeDelta::days(7),
        mail: mail(fresh, 60 * 24 * 8),
    };
    let to_an_owner = MailRequest {
        address_has_account: true,
        ..mail(fresh, 0)
    };
    vec![
        ("another mail", Command::RequestVerificationMail(mail(fresh, 0))),
        (
            "a mail that says: you have an account",
            Command::RequestVerificationMail(to_an_owner),
        ),
        ("a reset", Command::RequestPasswordReset(mail(fresh, 0))),
        ("a reminder", Command::Remind(remind)),
        (
            "the mail is sent",
            Command::RecordMailSent(good(state).request_id, delivery),
        ),
        (
            "the first mail is given up",
            Command::RecordMailFailed(request(1), failure.clone()),
        ),
        (
            "the mail comes back",
            Command::RecordMailReturned(good(state).request_id, failure),
        ),
    ]
}

fn links(state: &Registration) -> Vec<(&'static str, Command)> {
    let password = |proof| {
        Command::SetPassword(SetPassword {
            proof,
            policy: PolicyName::Guide,
            algorithm: "argon2id".to_owned(),
        })
    };
    let first = VerifyEmail {
        request_id: request(1),
        purpose: LinkPurpose::VerifyEmail,
        ..good(state)
    };
    vec![
        ("the link", Command::VerifyEmail(good(state))),
        (
            "the link, as a contact",
            Command::VerifyEmail(VerifyEmail {
                contact_of: vec![siret(HERE)],
                ..good(state)
            }),
        ),
        (
            "the link, too late",
            Command::VerifyEmail(VerifyEmail {
                now: at(60 * 48),
                ..good(state)
            }),
        ),
        (
            "the link, with an account",
            Command::VerifyEmail(VerifyEmail {
                address_has_account: true,
                ..good(state)
            }),
        ),
        ("the first link", Command::VerifyEmail(first.clone())),
        ("a password", password(good(state))),
        (
            "a password, as a contact",
            password(VerifyEmail {
                contact_of: vec![siret(HERE)],
                ..good(state)
            }),
        ),
        ("a password with the first link", password(first)),
    ]
}

/// The link that is good, if any; else one of nobody's.
fn good(state: &Registration) -> VerifyEmail {
    let (request_id, purpose) = state
        .request
        .as_ref()
        .map_or((request(99), LinkPurpose::VerifyEmail), |it| (it.id, it.purpose));
    VerifyEmail {
        request_id,
        purpose,
        now: at(5),
        address_has_account: false,
        contact_of: vec![],
    }
}

fn others() -> Vec<(&'static str, Command)> {
    let completed = |status| {
        Command::CompleteRegisterCheck(CompleteRegisterCheck {
            siret: siret(THERE),
            check: check(status),
        })
    };
    let expire = Expire {
        idle_since: morning(),
        now: at(60 * 24 * 31),
        lifetime: TimeDelta::days(30),
    };
    vec![
        ("the register says active", completed(RegisterStatus::Active)),
        ("the register says closed", completed(RegisterStatus::Closed)),
        ("became a contact", Command::AttachContact(vec![siret(HERE)])),
        ("a month passes", Command::Expire(expire)),
        (
            "erase",
            Command::Erase(Erase {
                by: ErasedBy::Person,
                reason: "requested".to_owned(),
            }),
        ),
        (
            "ask to be erased later",
            Command::RequestErasure(RequestErasure {
                by: ErasedBy::Person,
                reason: "requested".to_owned(),
                due_at: at(60 * 24),
            }),
        ),
        (
            "call the erasure off",
            Command::CancelErasure("withdrawn".to_owned()),
        ),
        (
            "correct the name",
            Command::RectifyIdentity(RectifyIdentity {
                changed: false,
                sealed: sealed(),
            }),
        ),
    ]
}

fn submit(flow: Flow, change: IdentityChange, is_contact: bool, fresh: RequestId) -> Command {
    let contact = if is_contact {
        ContactLookup::Matched {
            establishments: 1,
            sealed: sealed(),
        }
    } else {
        ContactLookup::NotMatched
    };
    let profile = ProfileCode::parse("membre").unwrap();
    let mail = mail(fresh, 0);
    Command::SubmitIdentity(SubmitIdentity {
        profile,
        locale: Locale::Fr,
        flow,
        change,
        sealed: sealed(),
        contact,
        mail,
    })
}

fn declare(text: &str, standing: EstablishmentStanding) -> Command {
    Command::DeclareEstablishment(DeclareEstablishment {
        siret: siret(text),
        standing,
        suggested_idcc: vec![],
    })
}

fn mail(request_id: RequestId, minutes: i64) -> MailRequest {
    MailRequest {
        request_id,
        now: at(minutes),
        address_has_account: false,
    }
}

fn check(status: RegisterStatus) -> RegisterCheck {
    let source = RegisterSource::Insee;
    RegisterCheck {
        status,
        source,
        checked_at: morning(),
        age_seconds: 0,
        closed_on: None,
        successor: None,
        hint: None,
    }
}

fn request(number: u128) -> RequestId {
    RequestId(Uuid::from_u128(number))
}

fn siret(text: &str) -> Siret {
    Siret::parse(text).unwrap()
}

fn idcc() -> Idcc {
    Idcc::parse("1979").unwrap()
}

fn sealed() -> SealedPersonalData {
    SealedPersonalData {
        v: 1,
        key: Uuid::nil(),
        nonce: String::new(),
        ciphertext: String::new(),
    }
}

fn morning() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_442_000, 0).unwrap()
}

fn at(minutes: i64) -> DateTime<Utc> {
    morning() + TimeDelta::minutes(minutes)
}
