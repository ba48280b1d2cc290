//! Commands as they stand in a story, with facts that do not matter already filled in.

use super::*;
use domain::Command;
use domain::registration::command::*;
use domain::registration::event::{ErasedBy, LinkedBy};
use domain::values::{Flow, Locale, PolicyName, ProfileCode};

pub fn a_mail(number: u128, at: i64) -> MailRequest {
    MailRequest {
        request_id: request(number),
        now: minute(at),
        address_has_account: false,
    }
}

pub fn a_mail_to_an_account_owner(number: u128, at: i64) -> MailRequest {
    MailRequest {
        address_has_account: true,
        ..a_mail(number, at)
    }
}

pub fn of_a_contact() -> ContactLookup {
    ContactLookup::Matched {
        establishments: 2,
        sealed: sealed(2),
    }
}

/// Step 1, in the flow of the guide.
pub fn submit(change: IdentityChange, contact: ContactLookup, mail: MailRequest) -> Command {
    submit_in(Flow::Guide, change, contact, mail)
}

pub fn submit_in(flow: Flow, change: IdentityChange, contact: ContactLookup, mail: MailRequest) -> Command {
    Command::SubmitIdentity(SubmitIdentity {
        profile: ProfileCode::parse("membre").unwrap(),
        locale: Locale::Fr,
        flow,
        change,
        sealed: sealed(1),
        contact,
        mail,
    })
}

pub fn choose(codes: &[&str]) -> Command {
    Command::ChooseTopics(ChooseTopics {
        topics: topics(codes),
    })
}

pub fn declare(establishment: &str, standing: EstablishmentStanding) -> Command {
    let suggested_idcc = if matches!(standing, EstablishmentStanding::Unknown(_)) {
        vec![idcc("1979")]
    } else {
        vec![]
    };
    Command::DeclareEstablishment(DeclareEstablishment {
        siret: siret(establishment),
        standing,
        suggested_idcc,
    })
}

pub fn declare_unknown(establishment: &str, status: RegisterStatus) -> Command {
    declare(establishment, EstablishmentStanding::Unknown(check(status)))
}

pub fn give_member_number(mail: MailRequest) -> Command {
    Command::GiveMemberNumber(GiveMemberNumber {
        matches: Some(LinkedBy::MemberNumber),
        mail,
    })
}

pub fn give_a_wrong_number(at: i64) -> Command {
    Command::GiveMemberNumber(GiveMemberNumber {
        matches: None,
        mail: a_mail(9, at),
    })
}

pub fn give_idcc(code: &str, standing: IdccStanding) -> Command {
    Command::GiveIdcc(GiveIdcc {
        idcc: idcc(code),
        standing,
        mail: a_mail(1, 0),
    })
}

pub fn open_link(number: u128, at: i64) -> VerifyEmail {
    VerifyEmail {
        request_id: request(number),
        purpose: LinkPurpose::VerifyEmail,
        now: minute(at),
        address_has_account: false,
        contact_of: vec![],
    }
}

pub fn open_link_as_contact(number: u128, at: i64) -> VerifyEmail {
    VerifyEmail {
        contact_of: MINE.map(siret).to_vec(),
        ..open_link(number, at)
    }
}

pub fn open_link_for(purpose: LinkPurpose, number: u128, at: i64) -> VerifyEmail {
    VerifyEmail {
        purpose,
        ..open_link(number, at)
    }
}

pub fn choose_password(proof: VerifyEmail) -> Command {
    Command::SetPassword(SetPassword {
        proof,
        policy: PolicyName::Guide,
        algorithm: "argon2id".to_owned(),
    })
}

pub fn complete_check(establishment: &str, status: RegisterStatus) -> Command {
    complete_check_as(establishment, check(status))
}

pub fn complete_check_as(establishment: &str, check: RegisterCheck) -> Command {
    Command::CompleteRegisterCheck(CompleteRegisterCheck {
        siret: siret(establishment),
        check,
    })
}

pub fn attach(establishments: &[&str]) -> Command {
    Command::AttachContact(establishments.iter().map(|it| siret(it)).collect())
}

/// The worker comes by so many minutes after the person's last act at minute 0.
pub fn expire(at: i64) -> Command {
    Command::Expire(Expire {
        idle_since: minute(0),
        now: minute(at),
        lifetime: TimeDelta::days(30),
    })
}

pub fn remind(mail: MailRequest) -> Command {
    Command::Remind(Remind {
        idle_since: minute(0),
        rest: TimeDelta::days(7),
        mail,
    })
}

pub fn erase() -> Command {
    Command::Erase(Erase {
        by: ErasedBy::Person,
        reason: "requested".to_owned(),
    })
}
