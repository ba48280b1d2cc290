//! Today's rules over yesterday's facts: what would be decided otherwise.
//!
//! Events of one command were recorded at one moment. From them and from the registration's state before them the
//! command is put together again, with the facts that the events themselves carry, and [`decide`] judges it anew. What
//! it answers is compared with what was recorded, member by member.
//!
//! Facts that stand in no event are taken as they were found: that an address was a contact's, that a number was the
//! establishment's, that a register had answered so. Where a rule rests on a setting that the event does not carry
//! (how long a registration rested before its reminder), the command is counted as not judged.

mod report;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::registration::command::{
    ChooseTopics, CompleteRegisterCheck, ContactLookup, DeclareEstablishment, Erase, EstablishmentStanding,
    Expire, GiveIdcc, GiveMemberNumber, IdccStanding, IdentityChange, MailRequest, RectifyIdentity,
    RequestErasure, SetPassword, SubmitIdentity, VerifyEmail, WarnInactive,
};
use domain::registration::event::{
    EstablishmentLinked, LinkPurpose, LinkedBy, Notice, VerificationRequested,
};
use domain::registration::{decide, evolve, limits};
use domain::values::{RegistrationId, RequestId, Siret};
use domain::{Command, Event, Registration};
use store::Store;
use uuid::Uuid;

pub use report::{Otherwise, Rejudged};

use crate::error::AuditError;

/// How many events are in memory at once.
const PAGE: u32 = 1_000;
/// So many differences are listed; all are counted.
const LISTED_MAX: usize = 1_000;

/// Judges every command of the log, or of these registrations, by today's rules.
///
/// # Errors
/// A hole in the log, or what kept it from being read.
pub async fn rejudge(
    store: &Store,
    only: &[RegistrationId],
    progress: impl Fn(u64, u64),
) -> Result<Rejudged, AuditError> {
    let last = store.log_head().await?.position();
    let mut judge = Judge::default();
    let mut due = 1;
    while due <= last {
        let page = store.read_log(due, PAGE).await?;
        if page.is_empty() {
            return Err(AuditError::Gap { position: due });
        }
        for entry in page {
            if entry.position != due {
                return Err(AuditError::Gap { position: due });
            }
            due += 1;
            if only.is_empty() || only.contains(&entry.registration_id) {
                let event = Event::read(&entry.event_type, &entry.event_version, &entry.payload).ok();
                let place = (entry.position, entry.sequence, entry.recorded_at);
                judge.take(entry.registration_id, place, event);
            }
        }
        progress(due - 1, last);
    }
    Ok(judge.end())
}

/// Registrations on their way, each with the events of its last command.
#[derive(Default)]
struct Judge {
    open: BTreeMap<RegistrationId, Path>,
    report: Rejudged,
}

#[derive(Default)]
struct Path {
    state: Registration,
    /// When the person last did something.
    idle_since: DateTime<Utc>,
    group: Vec<Event>,
    /// Position, sequence and moment of the group's first event.
    place: (u64, u64, DateTime<Utc>),
    unknown: bool,
}

impl Judge {
    fn take(&mut self, id: RegistrationId, place: (u64, u64, DateTime<Utc>), event: Option<Event>) {
        let path = self.open.entry(id).or_default();
        if !path.group.is_empty() && path.place.2 != place.2 {
            path.judge(id, &mut self.report);
        }
        let Some(event) = event else {
            path.unknown = true;
            return;
        };
        if path.group.is_empty() {
            path.place = place;
        }
        path.group.push(event);
    }

    fn end(mut self) -> Rejudged {
        for (id, mut path) in std::mem::take(&mut self.open) {
            path.judge(id, &mut self.report);
        }
        self.report.listed.sort_by_key(|it| it.position);
        self.report
    }
}

impl Path {
    fn judge(&mut self, id: RegistrationId, report: &mut Rejudged) {
        let group = std::mem::take(&mut self.group);
        let (position, sequence, at) = self.place;
        let command = match self.unknown {
            true => Err("an event before it is of a later release"),
            false => self.command(&group, at),
        };
        match command {
            Err(why) => *report.not_judged.entry(why).or_default() += 1,
            Ok(command) => {
                report.commands += 1;
                match otherwise(&group, decide(&self.state, command)) {
                    None => report.same += 1,
                    Some((today, refused, members)) => {
                        report.otherwise += 1;
                        if report.listed.len() < LISTED_MAX {
                            report.listed.push(Otherwise {
                                registration: id,
                                sequence,
                                position,
                                recorded: group.iter().map(Event::name).collect(),
                                today,
                                refused,
                                members,
                            });
                        }
                    }
                }
            }
        }
        // What was recorded is what the next command found, whatever would be decided today.
        for event in &group {
            evolve(&mut self.state, event);
            if event.is_by_person() {
                self.idle_since = at;
            }
        }
    }

    /// The command that made these events, with the facts that they carry.
    fn command(&self, group: &[Event], at: DateTime<Utc>) -> Result<Command, &'static str> {
        let Some(first) = group.first() else {
            return Err("it recorded nothing");
        };
        let mail = mail_of(group, at);
        Ok(match first {
            Event::IdentitySubmitted(it) => Command::SubmitIdentity(SubmitIdentity {
                profile: it.profile.clone(),
                locale: it.locale,
                flow: it.flow,
                change: match it.new_address {
                    true => IdentityChange::NewAddress,
                    false => IdentityChange::Details,
                },
                sealed: it.sealed.clone(),
                contact: match group.get(1) {
                    Some(Event::ContactMatched(matched)) => ContactLookup::Matched {
                        establishments: matched.establishments,
                        sealed: matched.sealed.clone(),
                    },
                    _ => ContactLookup::NotMatched,
                },
                mail,
            }),
            Event::TopicsChosen(it) => Command::ChooseTopics(ChooseTopics {
                topics: it.topics.clone(),
            }),
            Event::EstablishmentDeclared(it) => Command::DeclareEstablishment(DeclareEstablishment {
                siret: it.siret.clone(),
                standing: match (&it.register_check, it.known) {
                    (Some(check), false) => EstablishmentStanding::Unknown(check.clone()),
                    (None, true) => EstablishmentStanding::Known,
                    _ => return Err("the event does not say what the register said"),
                },
                suggested_idcc: it.suggested_idcc.clone(),
            }),
            Event::EstablishmentRefused(it) => Command::DeclareEstablishment(DeclareEstablishment {
                siret: it.siret.clone(),
                standing: EstablishmentStanding::Unknown(it.register_check.clone()),
                suggested_idcc: Vec::new(),
            }),
            Event::MemberNumberRefused(it) => Command::GiveMemberNumber(GiveMemberNumber {
                matches: None,
                mail: MailRequest { now: it.at, ..mail },
            }),
            // Whoever became a contact since the proof is attached with the password.
            Event::EstablishmentLinked(_) if matches!(group.last(), Some(Event::PasswordSet(_))) => {
                return self.password(group, at);
            }
            Event::EstablishmentLinked(it) => linked(it, group, mail)?,
            Event::VerificationRequested(it) => match it.purpose {
                LinkPurpose::VerifyEmail | LinkPurpose::AlreadyRegistered => {
                    Command::RequestVerificationMail(mail)
                }
                LinkPurpose::ResetPassword => Command::RequestPasswordReset(mail),
                LinkPurpose::Resume => {
                    return Err("how long a registration rests before a reminder is a setting");
                }
            },
            Event::VerificationMailSent(it) => Command::RecordMailSent(it.request_id, it.delivery.clone()),
            Event::VerificationMailFailed(it) if self.state.mails_recorded.contains(&it.request_id) => {
                Command::RecordMailReturned(it.request_id, it.failure.clone())
            }
            Event::VerificationMailFailed(it) => Command::RecordMailFailed(it.request_id, it.failure.clone()),
            Event::NoticeMailSent(it) => Command::RecordNoticeSent(it.notice, it.about, it.delivery.clone()),
            Event::NoticeMailFailed(it) if self.state.notices_sent.contains(&it.about) => {
                Command::RecordNoticeReturned(it.notice, it.about, it.failure.clone())
            }
            Event::NoticeMailFailed(it) => {
                Command::RecordNoticeFailed(it.notice, it.about, it.failure.clone())
            }
            Event::InactivityMailSent(it) => {
                Command::RecordNoticeSent(Notice::InactivityWarned, it.about, it.delivery.clone())
            }
            Event::InactivityMailFailed(it) if self.state.notices_sent.contains(&it.about) => {
                Command::RecordNoticeReturned(Notice::InactivityWarned, it.about, it.failure.clone())
            }
            Event::InactivityMailFailed(it) => {
                Command::RecordNoticeFailed(Notice::InactivityWarned, it.about, it.failure.clone())
            }
            Event::LinkRefused(it) => {
                let current = self
                    .state
                    .request
                    .as_ref()
                    .filter(|request| request.id == it.request_id);
                let purpose = current.map_or(LinkPurpose::VerifyEmail, |request| request.purpose);
                Command::VerifyEmail(self.proof(it.request_id, purpose, group, at))
            }
            Event::EmailVerified(it) => match group.last() {
                Some(Event::PasswordSet(_)) => return self.password(group, at),
                _ => Command::VerifyEmail(self.proof(it.request_id, LinkPurpose::VerifyEmail, group, at)),
            },
            Event::PasswordSet(_) => return self.password(group, at),
            Event::RegisterCheckCompleted(it) => Command::CompleteRegisterCheck(CompleteRegisterCheck {
                siret: it.siret.clone(),
                check: it.register_check.clone(),
            }),
            Event::RegistrationExpired(_) => Command::Expire(Expire {
                idle_since: self.idle_since,
                now: at,
                lifetime: limits::UNFINISHED_LIFETIME,
            }),
            Event::PersonErased(it) => Command::Erase(Erase {
                by: it.by,
                reason: it.reason.clone(),
            }),
            Event::IdentityRectified(it) => Command::RectifyIdentity(RectifyIdentity {
                changed: true,
                sealed: it.sealed.clone(),
            }),
            Event::InactivityWarned(it) => Command::WarnInactive(WarnInactive {
                last_seen: it.last_seen,
                erase_from: it.erase_from,
            }),
            Event::ErasureRequested(it) => Command::RequestErasure(RequestErasure {
                by: it.by,
                reason: it.reason.clone(),
                due_at: it.due_at,
            }),
            Event::ErasureCancelled(it) => Command::CancelErasure(it.reason.clone()),
            Event::ContactMatched(_) | Event::ContactNotMatched(_) => {
                return Err("the identity that it belongs to was recorded at another moment");
            }
        })
    }

    fn password(&self, group: &[Event], at: DateTime<Utc>) -> Result<Command, &'static str> {
        let Some(Event::PasswordSet(it)) = group.iter().rev().find(|it| matches!(it, Event::PasswordSet(_)))
        else {
            return Err("it recorded no password");
        };
        let purpose = match self.state.password_set {
            true => LinkPurpose::ResetPassword,
            false => LinkPurpose::VerifyEmail,
        };
        Ok(Command::SetPassword(SetPassword {
            proof: self.proof(it.request_id, purpose, group, at),
            policy: it.policy,
            algorithm: it.algorithm.clone(),
        }))
    }

    fn proof(
        &self,
        request_id: RequestId,
        purpose: LinkPurpose,
        group: &[Event],
        at: DateTime<Utc>,
    ) -> VerifyEmail {
        VerifyEmail {
            request_id,
            purpose,
            now: at,
            address_has_account: false,
            contact_of: contact_of(group),
        }
    }
}

fn linked(it: &EstablishmentLinked, group: &[Event], mail: MailRequest) -> Result<Command, &'static str> {
    Ok(match (it.by, &it.idcc) {
        (LinkedBy::Contact, _) => Command::AttachContact(contact_of(group)),
        (LinkedBy::Idcc, Some(idcc)) => Command::GiveIdcc(GiveIdcc {
            idcc: idcc.clone(),
            standing: IdccStanding::Current,
            mail,
        }),
        (LinkedBy::Idcc, None) => return Err("the event does not carry the agreement"),
        (by, _) => Command::GiveMemberNumber(GiveMemberNumber {
            matches: Some(by),
            mail,
        }),
    })
}

/// The establishments that the events attach because the address is a contact's.
fn contact_of(group: &[Event]) -> Vec<Siret> {
    let linked = group.iter().filter_map(|event| match event {
        Event::EstablishmentLinked(it) if it.by == LinkedBy::Contact => Some(it.siret.clone()),
        _ => None,
    });
    linked.collect()
}

/// The mail that the events ask for; where they ask for none, the request that was not made.
fn mail_of(group: &[Event], at: DateTime<Utc>) -> MailRequest {
    let asked = group.iter().find_map(|event| match event {
        Event::VerificationRequested(it) => Some(it),
        _ => None,
    });
    let asked: Option<&VerificationRequested> = asked;
    MailRequest {
        request_id: asked.map_or(RequestId(Uuid::nil()), |it| it.request_id),
        now: asked.map_or(at, |it| it.requested_at),
        address_has_account: asked.is_some_and(|it| it.purpose == LinkPurpose::AlreadyRegistered),
    }
}

type Verdict = (Vec<&'static str>, Option<&'static str>, Vec<String>);

/// How today's decision differs from what was recorded; none when it does not.
fn otherwise(recorded: &[Event], today: domain::registration::decide::Decision) -> Option<Verdict> {
    let today = match today {
        Err(refusal) => return Some((Vec::new(), Some(refusal.code()), Vec::new())),
        Ok(today) if today == recorded => return None,
        Ok(today) => today,
    };
    let members = recorded
        .iter()
        .zip(&today)
        .filter(|(then, now)| then.name() == now.name());
    let members = members.flat_map(|(then, now)| differing(then, now)).collect();
    Some((today.iter().map(Event::name).collect(), None, members))
}

/// The names of the members in which two events differ.
fn differing(then: &Event, now: &Event) -> Vec<String> {
    let (Ok(then), Ok(now)) = (serde_json::to_value(then), serde_json::to_value(now)) else {
        return Vec::new();
    };
    let (Some(then), Some(now)) = (then.as_object(), now.as_object()) else {
        return Vec::new();
    };
    let names = then
        .keys()
        .chain(now.keys().filter(|name| !then.contains_key(*name)));
    names
        .filter(|name| then.get(*name) != now.get(*name))
        .cloned()
        .collect()
}
