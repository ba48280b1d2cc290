//! What holds after every command, whatever came before it.

use domain::registration::decide::Decision;
use domain::registration::event::{LinkRefusal, LinkedBy, RegisterStatus};
use domain::{Command, Event, Registration, Stage, decide, evolve};

/// One command and what came of it.
pub struct Step<'a> {
    pub before: &'a Registration,
    pub command: &'a Command,
    pub decision: Decision,
    pub after: Registration,
}

impl<'a> Step<'a> {
    pub fn new(before: &'a Registration, command: &'a Command, decision: Decision) -> Self {
        let mut after = before.clone();
        for event in decision.iter().flatten() {
            evolve(&mut after, event);
        }
        Self {
            before,
            command,
            decision,
            after,
        }
    }

    /// The first promise that is broken, if any.
    pub fn check(&self) -> Result<(), String> {
        self.a_password_follows_a_proof()?;
        self.nothing_follows_an_erasure()?;
        self.asking_twice_makes_no_second_event()?;
        self.events_survive_storage()?;
        self.the_stage_moves_as_drawn()?;
        self.requests_are_kept_apart()?;
        self.links_only_grow()?;
        self.a_registration_begins_with_an_identity()
    }

    fn events(&self) -> &[Event] {
        self.decision.as_deref().unwrap_or_default()
    }

    fn tells(&self, kind: fn(&Event) -> bool) -> bool {
        self.events().iter().any(kind)
    }

    fn a_password_follows_a_proof(&self) -> Result<(), String> {
        hold(
            !self.after.password_set || self.after.email_verified,
            "an account whose address was never proven",
        )?;
        let mut state = self.before.clone();
        for event in self.events() {
            let is_password = matches!(event, Event::PasswordSet(_));
            hold(
                !is_password || state.email_verified,
                "a password before the proof",
            )?;
            evolve(&mut state, event);
        }
        Ok(())
    }

    fn nothing_follows_an_erasure(&self) -> Result<(), String> {
        hold(
            !self.before.erased || self.events().is_empty(),
            "something happened to a person who is forgotten",
        )
    }

    /// Justified exceptions: each mail asked for is a mail, each wrong number a try, and each password a choice.
    fn asking_twice_makes_no_second_event(&self) -> Result<(), String> {
        let counted = match self.command {
            Command::RequestVerificationMail(_) | Command::RequestPasswordReset(_) => true,
            Command::SubmitIdentity(_) => true, // Whether it is the same is a fact that the command brings.
            _ => self.tells(|it| matches!(it, Event::MemberNumberRefused(_))),
        };
        if counted {
            return Ok(());
        }
        let again = decide(&self.after, self.command.clone());
        let passwords = |events: &[Event]| events.iter().any(|it| matches!(it, Event::PasswordSet(_)));
        match again {
            // The link that chose a password has served, and its second use is worth writing down, once.
            Ok(events) if passwords(self.events()) => hold(
                matches!(&events[..], [Event::LinkRefused(it)] if it.reason == LinkRefusal::Used),
                "a link served twice",
            ),
            Ok(events) => hold(events.is_empty(), "asking twice happened twice"),
            Err(_) => hold(
                self.decision.is_err() || self.tells(|it| it.refusal().is_some()),
                "asking twice was scolded",
            ),
        }
    }

    fn events_survive_storage(&self) -> Result<(), String> {
        for event in self.events() {
            let stored = serde_json::to_string(event).map_err(|fault| fault.to_string())?;
            let read: Event = serde_json::from_str(&stored).map_err(|fault| fault.to_string())?;
            hold(read == *event, "an event comes back changed")?;
            hold(
                stored.starts_with(&format!("{{\"type\":\"{}\"", event.name())),
                "a payload does not name its event",
            )?;
        }
        Ok(())
    }

    fn the_stage_moves_as_drawn(&self) -> Result<(), String> {
        let (from, to) = (self.before.stage(), self.after.stage());
        hold(
            from == to || self.is_drawn(from, to),
            &format!("the stage went from {from:?} to {to:?}"),
        )
    }

    /// The arrows of the drawing in `registration.rs`.
    fn is_drawn(&self, from: Stage, to: Stage) -> bool {
        use Stage::*;
        let form = [
            AwaitingTopics,
            AwaitingEstablishment,
            AwaitingMemberNumber,
            AwaitingIdcc,
        ];
        let by = |kind: fn(&Event) -> bool| self.tells(kind);
        match (from, to) {
            (_, Erased) => by(|it| matches!(it, Event::PersonErased(_))),
            (_, Closed) => by(|it| matches!(it, Event::ErasureRequested(_))),
            (Closed, _) => by(|it| matches!(it, Event::ErasureCancelled(_))),
            (Blank, _) => [AwaitingTopics, AwaitingEmailVerification].contains(&to),
            (Active | Expired | Erased, _) => false,
            (_, Expired) => by(|it| matches!(it, Event::RegistrationExpired(_))),
            (_, Active) => by(|it| matches!(it, Event::PasswordSet(_))),
            // Forward through the form, and from one kind of establishment to the other.
            (AwaitingTopics, AwaitingEstablishment) => by(|it| matches!(it, Event::TopicsChosen(_))),
            (
                AwaitingEstablishment | AwaitingMemberNumber | AwaitingIdcc,
                AwaitingMemberNumber | AwaitingIdcc,
            ) => by(|it| matches!(it, Event::EstablishmentDeclared(_))),
            (AwaitingMemberNumber | AwaitingIdcc, AwaitingEmailVerification | AwaitingPassword)
                if by(|it| matches!(it, Event::EstablishmentLinked(_))) =>
            {
                true
            }
            // The proof; in the flow `private` it opens the form, or what is left of it.
            (AwaitingEmailVerification, AwaitingPassword) => by(|it| matches!(it, Event::EmailVerified(_))),
            (AwaitingEmailVerification, _) if by(|it| matches!(it, Event::EmailVerified(_))) => {
                form.contains(&to)
            }
            // Another address is another start, with the answers that were given.
            _ if by(|it| matches!(it, Event::IdentitySubmitted(_))) => {
                !self.before.email_verified && (form.contains(&to) || to == AwaitingEmailVerification)
            }
            // A register's no takes the establishment away.
            (_, AwaitingEstablishment) => by(is_a_registers_no),
            _ => false,
        }
    }

    fn requests_are_kept_apart(&self) -> Result<(), String> {
        let Some(request) = &self.after.request else {
            return Ok(());
        };
        hold(
            !self.after.past_requests.contains_key(&request.id),
            "a request is both good and past",
        )?;
        hold(
            !self.after.stage().is_final() || self.after.stage() == Stage::Active,
            "a link is good after the end",
        )
    }

    fn links_only_grow(&self) -> Result<(), String> {
        let kept = self
            .before
            .links
            .iter()
            .all(|link| self.after.links.contains(link));
        let declared_again = self.tells(|it| matches!(it, Event::EstablishmentDeclared(_)));
        hold(
            kept || declared_again || self.tells(is_a_registers_no),
            "an attachment was lost",
        )?;
        let contact_kept = self
            .before
            .links
            .iter()
            .filter(|link| link.by == LinkedBy::Contact);
        hold(
            contact_kept
                .into_iter()
                .all(|link| self.after.links.contains(link)),
            "a contact was detached",
        )?;
        let sirets: std::collections::BTreeSet<_> = self.after.links.iter().map(|link| &link.siret).collect();
        hold(
            sirets.len() == self.after.links.len(),
            "an establishment is attached twice",
        )
    }

    fn a_registration_begins_with_an_identity(&self) -> Result<(), String> {
        let begins = matches!(self.events().first(), None | Some(Event::IdentitySubmitted(_)));
        hold(
            self.before.started || begins,
            "a registration began with something else",
        )
    }
}

fn is_a_registers_no(event: &Event) -> bool {
    matches!(event, Event::RegisterCheckCompleted(it)
        if matches!(it.register_check.status, RegisterStatus::Closed | RegisterStatus::NotFound))
}

fn hold(promise: bool, broken: &str) -> Result<(), String> {
    if promise { Ok(()) } else { Err(broken.to_owned()) }
}
