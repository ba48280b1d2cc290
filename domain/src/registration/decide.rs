//! The rule: given what is remembered and what is asked, what happens, or why not.
//!
//! Each function reads top to bottom as refusals, then facts. An empty list means "already so": browsers retry,
//! people double-click, and asking twice is no fault.

use chrono::TimeDelta;

use super::command::{
    ChooseTopics, Command, CompleteRegisterCheck, ContactLookup, DeclareEstablishment, EstablishmentStanding,
    Expire, GiveIdcc, GiveMemberNumber, IdccStanding, IdentityChange, MailRequest, Remind, SetPassword,
    SubmitIdentity, VerifyEmail,
};
use super::event::{
    ContactMatched, ContactNotMatched, Delivery, DeliveryFailure, EmailVerified, EstablishmentDeclared,
    EstablishmentLinked, EstablishmentRefused, Event, IdentitySubmitted, InactivityMailFailed,
    InactivityMailSent, LinkPurpose, LinkRefusal, LinkRefused, LinkedBy, MemberNumberRefused, Notice,
    NoticeMailFailed, NoticeMailSent, PasswordSet, RegisterCheck, RegisterCheckCompleted, RegisterStatus,
    RegistrationExpired, TopicsChosen, VerificationMailFailed, VerificationMailSent, VerificationRequested,
};
use super::evolve::evolve;
use super::refusal::Refusal;
use super::registers::Effect;
use super::state::{MailState, Registration, Stage};
use super::{limits, rights, throttle};
use crate::values::{RequestId, Siret};

/// What a command makes happen, or why it does not.
pub type Decision = Result<Vec<Event>, Refusal>;

/// Decides.
pub fn decide(state: &Registration, command: Command) -> Decision {
    if state.erased {
        return after_erasure(&command);
    }
    if !state.started && !matches!(command, Command::SubmitIdentity(_)) {
        return before_the_first_step(&command);
    }
    if let Some(closing) = &state.closing {
        match command {
            Command::Erase(_) | Command::CancelErasure(_) => {}
            // Whoever may erase at once may also shorten the wait, though a hold still stands against the end.
            Command::RequestErasure(it) if it.due_at < closing.due_at => return rights::request_erasure(it),
            other => return after_erasure(&other),
        }
    }
    match command {
        Command::SubmitIdentity(it) => submit_identity(state, it),
        Command::ChooseTopics(it) => choose_topics(state, it),
        Command::DeclareEstablishment(it) => declare_establishment(state, it),
        Command::GiveMemberNumber(it) => give_member_number(state, &it),
        Command::GiveIdcc(it) => give_idcc(state, it),
        Command::RequestVerificationMail(it) => request_verification_mail(state, &it),
        Command::RequestPasswordReset(it) => request_password_reset(state, &it),
        Command::RecordMailSent(request_id, delivery) => record_mail_sent(state, request_id, delivery),
        Command::RecordMailFailed(request_id, failure) => record_mail_failed(state, request_id, failure),
        Command::RecordMailReturned(request_id, failure) => record_mail_returned(state, request_id, failure),
        Command::RecordNoticeSent(notice, about, delivery) => {
            record_notice_sent(state, notice, about, delivery)
        }
        Command::RecordNoticeFailed(notice, about, failure) => {
            record_notice_failed(state, notice, about, failure)
        }
        Command::RecordNoticeReturned(notice, about, failure) => {
            record_notice_returned(state, notice, about, failure)
        }
        Command::VerifyEmail(it) => verify_email(state, &it),
        Command::SetPassword(it) => set_password(state, it),
        Command::CompleteRegisterCheck(it) => complete_register_check(state, it),
        Command::AttachContact(sirets) => attach_contact(state, &sirets),
        Command::Remind(it) => remind(state, &it),
        Command::Expire(it) => expire(state, &it),
        Command::Erase(it) => rights::erase(it),
        Command::RectifyIdentity(it) => rights::rectify_identity(state, it),
        Command::WarnInactive(it) => rights::warn_inactive(state, &it),
        Command::RequestErasure(it) => rights::request_erasure(it),
        Command::CancelErasure(reason) => rights::cancel_erasure(state, reason),
    }
}

/// A registration begins with step 1, and a link to one that never began was never good.
fn before_the_first_step(command: &Command) -> Decision {
    match command {
        Command::VerifyEmail(_) | Command::SetPassword(_) => Err(Refusal::LinkInvalid),
        _ => Err(Refusal::StepOutOfOrder),
    }
}

/// Nothing happens to a person who is forgotten, or whose account is closed to be forgotten. A mail that was under way
/// leaves no trace either.
fn after_erasure(command: &Command) -> Decision {
    match command {
        Command::Erase(_)
        | Command::RequestErasure(_)
        | Command::CancelErasure(_)
        | Command::WarnInactive(_)
        | Command::Expire(_)
        | Command::Remind(_)
        | Command::AttachContact(_)
        | Command::CompleteRegisterCheck(_)
        | Command::RecordMailSent(..)
        | Command::RecordMailFailed(..)
        | Command::RecordMailReturned(..)
        | Command::RecordNoticeSent(..)
        | Command::RecordNoticeFailed(..)
        | Command::RecordNoticeReturned(..) => Ok(vec![]),
        Command::VerifyEmail(_) | Command::SetPassword(_) => Err(Refusal::LinkInvalid),
        _ => Err(Refusal::StepOutOfOrder),
    }
}

fn submit_identity(state: &Registration, it: SubmitIdentity) -> Decision {
    if state.started && it.change == IdentityChange::Same {
        return Ok(vec![]);
    }
    if state.email_verified || state.stage().is_final() {
        return Err(Refusal::StepOutOfOrder);
    }
    let new_address = !state.started || it.change == IdentityChange::NewAddress;
    if state.started && new_address {
        throttle::mails(state, it.mail.now)?;
    }
    let flow = if state.started { state.flow } else { it.flow };
    let mut story = Story::of(state);
    story.tell(Event::IdentitySubmitted(IdentitySubmitted {
        profile: it.profile,
        locale: it.locale,
        flow,
        new_address,
        sealed: it.sealed,
    }));
    if new_address {
        story.tell(match it.contact {
            ContactLookup::Matched {
                establishments,
                sealed,
            } => Event::ContactMatched(ContactMatched {
                establishments,
                sealed,
            }),
            ContactLookup::NotMatched => Event::ContactNotMatched(ContactNotMatched {}),
        });
        story.ask_for_mail_when_due(&it.mail);
    }
    Ok(story.events)
}

fn choose_topics(state: &Registration, it: ChooseTopics) -> Decision {
    if state.topics.as_ref() == Some(&it.topics) {
        return Ok(vec![]);
    }
    match state.stage() {
        Stage::Active => {}
        stage if stage.is_form_open() => {}
        _ => return Err(Refusal::StepOutOfOrder),
    }
    let mut story = Story::of(state);
    story.tell(Event::TopicsChosen(TopicsChosen { topics: it.topics }));
    Ok(story.events)
}

fn declare_establishment(state: &Registration, it: DeclareEstablishment) -> Decision {
    let declared = state
        .establishment
        .as_ref()
        .filter(|declared| declared.siret == it.siret);
    let stage = state.stage();
    if declared.is_some() && !stage.is_form_open() && stage != Stage::Expired {
        return Ok(vec![]);
    }
    if matches!(state.open_step(), None | Some(Stage::AwaitingTopics)) {
        return Err(Refusal::StepOutOfOrder);
    }
    let (known, register_check) = match it.standing {
        EstablishmentStanding::Known => (true, None),
        EstablishmentStanding::KnownClosed { closed_on } => {
            return Err(Refusal::EstablishmentClosed {
                said_by: None,
                closed_on,
                successor: None,
            });
        }
        EstablishmentStanding::Unknown(check) => {
            let register_check = check.counted();
            if register_check.effect() == Effect::Refuses {
                let siret = it.siret;
                return refuse_establishment(
                    state,
                    EstablishmentRefused {
                        siret,
                        register_check,
                    },
                );
            }
            (false, Some(register_check))
        }
    };
    // A register that has fallen silent takes back nothing that it said before.
    let no_news = declared.is_some_and(|declared| {
        declared.known == known
            && (!declared.is_pending() || status_of(&register_check) == Some(RegisterStatus::Pending))
    });
    if no_news {
        return Ok(vec![]);
    }
    Ok(vec![Event::EstablishmentDeclared(EstablishmentDeclared {
        siret: it.siret,
        known,
        register_check,
        suggested_idcc: it.suggested_idcc,
    })])
}

fn status_of(check: &Option<RegisterCheck>) -> Option<RegisterStatus> {
    check.as_ref().map(|check| check.status)
}

/// Who was refused by a register, by which and why is worth an auditor's eye: it is written down once, and refused each time.
fn refuse_establishment(state: &Registration, it: EstablishmentRefused) -> Decision {
    let same = |before: &EstablishmentRefused| {
        (&before.siret, before.refusal(), before.register_check.source)
            == (&it.siret, it.refusal(), it.register_check.source)
    };
    if state.register_refusal.as_ref().is_some_and(same) {
        return Err(it.refusal());
    }
    Ok(vec![Event::EstablishmentRefused(it)])
}

fn give_member_number(state: &Registration, it: &GiveMemberNumber) -> Decision {
    let declared = state
        .establishment
        .as_ref()
        .filter(|declared| declared.known)
        .ok_or(Refusal::StepOutOfOrder)?;
    if state.open_step() != Some(Stage::AwaitingMemberNumber) {
        let already_so = it.matches.is_some() && declared.linked_by == it.matches;
        return if already_so {
            Ok(vec![])
        } else {
            Err(Refusal::StepOutOfOrder)
        };
    }
    throttle::numbers(state, it.mail.now)?;
    let Some(by) = it.matches else {
        let siret = declared.siret.clone();
        return Ok(vec![Event::MemberNumberRefused(MemberNumberRefused {
            siret,
            at: it.mail.now,
        })]);
    };
    let mut story = Story::of(state);
    story.tell(Event::EstablishmentLinked(EstablishmentLinked {
        siret: declared.siret.clone(),
        by,
        idcc: None,
        register_check: None,
    }));
    story.ask_for_mail_when_due(&it.mail);
    Ok(story.events)
}

fn give_idcc(state: &Registration, it: GiveIdcc) -> Decision {
    let declared = state
        .establishment
        .as_ref()
        .filter(|declared| !declared.known)
        .ok_or(Refusal::StepOutOfOrder)?;
    if state.open_step() != Some(Stage::AwaitingIdcc) {
        let already_so = declared.idcc.as_ref() == Some(&it.idcc);
        return if already_so {
            Ok(vec![])
        } else {
            Err(Refusal::StepOutOfOrder)
        };
    }
    match it.standing {
        IdccStanding::Current => {}
        IdccStanding::Ended { title, successors } => {
            return Err(Refusal::IdccReplaced { title, successors });
        }
        IdccStanding::Unknown => return Err(Refusal::IdccUnknown),
    }
    let mut story = Story::of(state);
    story.tell(Event::EstablishmentLinked(EstablishmentLinked {
        siret: declared.siret.clone(),
        by: LinkedBy::Idcc,
        idcc: Some(it.idcc),
        register_check: declared.register_check.clone(),
    }));
    story.ask_for_mail_when_due(&it.mail);
    Ok(story.events)
}

fn request_verification_mail(state: &Registration, it: &MailRequest) -> Decision {
    if !matches!(
        state.stage(),
        Stage::AwaitingEmailVerification | Stage::AwaitingPassword
    ) {
        return Err(Refusal::StepOutOfOrder);
    }
    throttle::mails(state, it.now)?;
    Ok(vec![mail_with_link(
        it,
        proof_purpose(it),
        limits::VERIFICATION_LINK_LIFETIME,
    )])
}

/// Whoever has no password yet gets the link that leads to it.
fn request_password_reset(state: &Registration, it: &MailRequest) -> Decision {
    let (purpose, lifetime) = match state.stage() {
        Stage::Active => (LinkPurpose::ResetPassword, limits::RESET_LINK_LIFETIME),
        Stage::AwaitingEmailVerification | Stage::AwaitingPassword => {
            (proof_purpose(it), limits::VERIFICATION_LINK_LIFETIME)
        }
        stage if stage.is_form_open() && !it.address_has_account => {
            (LinkPurpose::Resume, limits::RESUMPTION_LINK_LIFETIME)
        }
        _ => return Err(Refusal::StepOutOfOrder),
    };
    throttle::mails(state, it.now)?;
    Ok(vec![mail_with_link(it, purpose, lifetime)])
}

fn verify_email(state: &Registration, it: &VerifyEmail) -> Decision {
    if state.email_verified
        && it.purpose == LinkPurpose::VerifyEmail
        && opened_the_account(state, it.request_id)
    {
        return Ok(vec![]);
    }
    if let Some(refused) = refuse_link(state, it)? {
        return Ok(vec![refused]);
    }
    if it.purpose != LinkPurpose::VerifyEmail {
        return Err(Refusal::LinkInvalid);
    }
    if state.email_verified {
        return Ok(vec![]);
    }
    if it.address_has_account {
        return Err(Refusal::AccountExists);
    }
    let mut story = Story::of(state);
    story.prove_address(it);
    Ok(story.events)
}

/// Whether this link is the one whose password made the account: opening it again is no news.
fn opened_the_account(state: &Registration, request_id: RequestId) -> bool {
    state.past_requests.get(&request_id) == Some(&LinkRefusal::Used)
}

fn set_password(state: &Registration, it: SetPassword) -> Decision {
    if let Some(refused) = refuse_link(state, &it.proof)? {
        return Ok(vec![refused]);
    }
    let expected_stage = match it.proof.purpose {
        LinkPurpose::VerifyEmail => matches!(
            state.stage(),
            Stage::AwaitingEmailVerification | Stage::AwaitingPassword
        ),
        LinkPurpose::ResetPassword => state.stage() == Stage::Active,
        LinkPurpose::AlreadyRegistered | LinkPurpose::Resume => return Err(Refusal::LinkInvalid),
    };
    if !expected_stage {
        return Err(Refusal::StepOutOfOrder);
    }
    if it.proof.address_has_account {
        return Err(Refusal::AccountExists);
    }
    let mut story = Story::of(state);
    if !state.email_verified {
        story.prove_address(&it.proof);
        // In the flow `private` a proof may open the form instead: then it is too early for a password.
        if story.state.stage() != Stage::AwaitingPassword {
            return Err(Refusal::StepOutOfOrder);
        }
    }
    // Whoever became a contact since the proof has no account yet by which a later look could find them.
    story.link_contact(&it.proof.contact_of);
    story.tell(Event::PasswordSet(PasswordSet {
        policy: it.policy,
        algorithm: it.algorithm,
        request_id: it.proof.request_id,
    }));
    Ok(story.events)
}

/// A genuine link that is no longer good is worth an auditor's eye: it is written down once, and refused each time.
fn refuse_link(state: &Registration, it: &VerifyEmail) -> Result<Option<Event>, Refusal> {
    let current = state
        .request
        .as_ref()
        .filter(|request| request.id == it.request_id && request.purpose == it.purpose);
    let reason = match current {
        Some(request) if request.is_good(it.now) => return Ok(None),
        Some(_) => LinkRefusal::Expired,
        None => *state
            .past_requests
            .get(&it.request_id)
            .ok_or(Refusal::LinkInvalid)?,
    };
    if state.links_refused.contains(&(it.request_id, reason)) {
        return Err(reason.into());
    }
    Ok(Some(Event::LinkRefused(LinkRefused {
        request_id: it.request_id,
        reason,
    })))
}

fn record_mail_sent(state: &Registration, request_id: RequestId, delivery: Delivery) -> Decision {
    if !is_mail_awaited(state, request_id) {
        return Ok(vec![]);
    }
    Ok(vec![Event::VerificationMailSent(VerificationMailSent {
        request_id,
        delivery,
    })])
}

fn record_mail_failed(state: &Registration, request_id: RequestId, failure: DeliveryFailure) -> Decision {
    if !is_mail_awaited(state, request_id) {
        return Ok(vec![]);
    }
    Ok(vec![Event::VerificationMailFailed(VerificationMailFailed {
        request_id,
        failure,
    })])
}

/// A bounce counts while its link is the one to follow. One that comes later, or twice, changes nothing.
fn record_mail_returned(state: &Registration, request_id: RequestId, failure: DeliveryFailure) -> Decision {
    let mail = match &state.request {
        Some(request) if request.id != request_id => None,
        Some(request) if request.purpose == LinkPurpose::Resume => state.reminder_mail,
        Some(_) => state.mail,
        None => None,
    };
    if mail != Some(MailState::Sent) {
        return Ok(vec![]);
    }
    Ok(vec![Event::VerificationMailFailed(VerificationMailFailed {
        request_id,
        failure,
    })])
}

/// Whether this mail was asked for and has no outcome yet.
fn is_mail_awaited(state: &Registration, request_id: RequestId) -> bool {
    let asked_for = state.past_requests.contains_key(&request_id)
        || state
            .request
            .as_ref()
            .is_some_and(|request| request.id == request_id);
    asked_for && !state.mails_recorded.contains(&request_id)
}

/// Whether what became of this notice is written down already.
fn is_notice_recorded(state: &Registration, notice: Notice, about: u64) -> bool {
    match notice {
        Notice::InactivityWarned => state.inactivity_mails.contains(&about),
        _ => state.notices_recorded.contains(&(notice, about)),
    }
}

fn record_notice_sent(state: &Registration, notice: Notice, about: u64, delivery: Delivery) -> Decision {
    if is_notice_recorded(state, notice, about) {
        return Ok(vec![]);
    }
    if notice == Notice::InactivityWarned {
        return Ok(vec![Event::InactivityMailSent(InactivityMailSent {
            about,
            delivery,
        })]);
    }
    Ok(vec![Event::NoticeMailSent(NoticeMailSent {
        notice,
        about,
        delivery,
    })])
}

fn record_notice_failed(
    state: &Registration,
    notice: Notice,
    about: u64,
    failure: DeliveryFailure,
) -> Decision {
    if is_notice_recorded(state, notice, about) {
        return Ok(vec![]);
    }
    Ok(vec![notice_failed(notice, about, failure)])
}

/// A bounce of a notice counts once, and only where a server had taken it.
fn record_notice_returned(
    state: &Registration,
    notice: Notice,
    about: u64,
    failure: DeliveryFailure,
) -> Decision {
    if !is_notice_recorded(state, notice, about) || !state.notices_sent.contains(&about) {
        return Ok(vec![]);
    }
    Ok(vec![notice_failed(notice, about, failure)])
}

fn notice_failed(notice: Notice, about: u64, failure: DeliveryFailure) -> Event {
    match notice {
        Notice::InactivityWarned => Event::InactivityMailFailed(InactivityMailFailed { about, failure }),
        _ => Event::NoticeMailFailed(NoticeMailFailed {
            notice,
            about,
            failure,
        }),
    }
}

fn complete_register_check(state: &Registration, it: CompleteRegisterCheck) -> Decision {
    let awaited = state
        .establishment
        .as_ref()
        .is_some_and(|declared| declared.siret == it.siret && declared.is_pending());
    let register_check = it.check.counted();
    if !awaited || register_check.status == RegisterStatus::Pending {
        return Ok(vec![]);
    }
    Ok(vec![Event::RegisterCheckCompleted(RegisterCheckCompleted {
        siret: it.siret,
        register_check,
    })])
}

fn attach_contact(state: &Registration, sirets: &[Siret]) -> Decision {
    // Before, they are attached when the address is proven; after an expiry there is no account to attach.
    if !state.email_verified || state.stage() == Stage::Expired {
        return Ok(vec![]);
    }
    let mut story = Story::of(state);
    story.link_contact(sirets);
    Ok(story.events)
}

/// One reminder, and none that would take a good link away or tell the owner of an account to make another.
fn remind(state: &Registration, it: &Remind) -> Decision {
    let rested = it.mail.now - it.idle_since >= it.rest;
    let holds_good_link = state
        .request
        .as_ref()
        .is_some_and(|request| request.is_good(it.mail.now));
    if state.stage().is_final() || state.reminded || !rested || holds_good_link || it.mail.address_has_account
    {
        return Ok(vec![]);
    }
    Ok(vec![mail_with_link(
        &it.mail,
        LinkPurpose::Resume,
        limits::RESUMPTION_LINK_LIFETIME,
    )])
}

fn expire(state: &Registration, it: &Expire) -> Decision {
    let rested = it.now - it.idle_since >= it.lifetime;
    if state.stage().is_final() || !rested {
        return Ok(vec![]);
    }
    Ok(vec![Event::RegistrationExpired(RegistrationExpired {})])
}

fn mail_with_link(it: &MailRequest, purpose: LinkPurpose, lifetime: TimeDelta) -> Event {
    Event::VerificationRequested(VerificationRequested {
        request_id: it.request_id,
        purpose,
        requested_at: it.now,
        expires_at: it.now + lifetime,
    })
}

/// Seen from outside nothing differs when the address already has an account: the mail alone says so.
fn proof_purpose(it: &MailRequest) -> LinkPurpose {
    if it.address_has_account {
        LinkPurpose::AlreadyRegistered
    } else {
        LinkPurpose::VerifyEmail
    }
}

/// A decision being told: its events so far, and the state that they leave.
struct Story {
    state: Registration,
    events: Vec<Event>,
}

impl Story {
    fn of(state: &Registration) -> Self {
        Self {
            state: state.clone(),
            events: vec![],
        }
    }

    fn tell(&mut self, event: Event) {
        evolve(&mut self.state, &event);
        self.events.push(event);
    }

    /// Asks for the mail when every question before it is answered and the person holds no link that still proves.
    fn ask_for_mail_when_due(&mut self, it: &MailRequest) {
        let holds_proof = self.state.request.as_ref().is_some_and(|request| {
            request.is_good(it.now)
                && matches!(
                    request.purpose,
                    LinkPurpose::VerifyEmail | LinkPurpose::AlreadyRegistered
                )
        });
        if self.state.stage() == Stage::AwaitingEmailVerification && !holds_proof {
            self.tell(mail_with_link(
                it,
                proof_purpose(it),
                limits::VERIFICATION_LINK_LIFETIME,
            ));
        }
    }

    /// The address is proven; whoever it is a contact of, the person is attached to.
    fn prove_address(&mut self, it: &VerifyEmail) {
        self.tell(Event::EmailVerified(EmailVerified {
            request_id: it.request_id,
        }));
        self.link_contact(&it.contact_of);
    }

    fn link_contact(&mut self, sirets: &[Siret]) {
        for siret in sirets {
            if !self.state.is_linked_to(siret) {
                self.tell(Event::EstablishmentLinked(EstablishmentLinked {
                    siret: siret.clone(),
                    by: LinkedBy::Contact,
                    idcc: None,
                    register_check: None,
                }));
            }
        }
    }
}
