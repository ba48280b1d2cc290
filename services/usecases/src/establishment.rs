//! Steps 3 and 4: the establishment's SIRET, then its number (known here) or its collective agreement (not known).

use directory::idcc::agreements;
use directory::{EstablishmentState, Urgency};
use domain::registration::command::{
    Command, DeclareEstablishment, EstablishmentStanding, GiveIdcc, GiveMemberNumber,
};
use domain::registration::event::RegisterStatus;
use domain::values::{EstablishmentNumber, Idcc, RegistrationId, Siret};
use domain::{Refusal, Stage};

use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::limits::{Purpose, within_limit};
use crate::{Ask, Denied, Form, Ground, Onboarding, Outcome, mails};

impl Onboarding {
    /// Declares the person's establishment.
    ///
    /// # Errors
    /// `step-out-of-order`; `establishment-closed` and `establishment-not-found`, kept as an event where a register says so.
    pub async fn declare_establishment(
        &self,
        id: RegistrationId,
        ask: &Ask,
        siret: Form<Siret>,
    ) -> Result<Outcome, Denied> {
        execute(&self.ground, id, ask, &Declare(siret)).await
    }

    /// Gives the number of the declared establishment.
    ///
    /// # Errors
    /// `step-out-of-order`, `member-number-mismatch` (kept as an event), `too-many-attempts` (of this registration, or of
    /// all registrations at this establishment).
    pub async fn give_member_number(
        &self,
        id: RegistrationId,
        ask: &Ask,
        number: Form<EstablishmentNumber>,
    ) -> Result<Outcome, Denied> {
        execute(&self.ground, id, ask, &Number(number)).await
    }

    /// Judges a number before it is given, as giving it would: a wrong one is written down and counted, a right one does
    /// nothing yet.
    ///
    /// # Errors
    /// As for [`Self::give_member_number`].
    pub async fn judge_member_number(
        &self,
        id: RegistrationId,
        ask: &Ask,
        number: EstablishmentNumber,
    ) -> Result<Outcome, Denied> {
        execute(&self.ground, id, ask, &Judged(Number(Ok(number)))).await
    }

    /// Gives the collective agreement of the declared establishment.
    ///
    /// # Errors
    /// `step-out-of-order`, `idcc-unknown`, `idcc-replaced`.
    pub async fn give_idcc(
        &self,
        id: RegistrationId,
        ask: &Ask,
        idcc: Form<Idcc>,
    ) -> Result<Outcome, Denied> {
        execute(&self.ground, id, ask, &Agreement(idcc)).await
    }
}

struct Declare(Form<Siret>);

impl Step for Declare {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let open = !matches!(before.state.open_step(), None | Some(Stage::AwaitingTopics));
        let siret = in_order(&self.0, open, |siret| {
            before
                .state
                .establishment
                .as_ref()
                .is_some_and(|declared| declared.siret == *siret)
        })?;
        if !open {
            return Ok(Prepared::nothing());
        }
        let (standing, suggested_idcc) = standing(ground, before, siret).await?;
        Ok(Prepared::new(Command::DeclareEstablishment(
            DeclareEstablishment {
                siret: siret.clone(),
                standing,
                suggested_idcc,
            },
        )))
    }
}

async fn standing(
    ground: &Ground,
    before: &Before,
    siret: &Siret,
) -> Result<(EstablishmentStanding, Vec<Idcc>), Denied> {
    if let Some(known) = ground.directory.establishment(siret).await? {
        let standing = match known.state {
            EstablishmentState::Active => EstablishmentStanding::Known,
            EstablishmentState::Closed { closed_on } => EstablishmentStanding::KnownClosed { closed_on },
        };
        let suggested = agreements().suggestions(known.idcc.as_ref().map(Idcc::as_str));
        return Ok((standing, suggested));
    }
    // Asked again, an establishment that was found active is not asked of the registers again.
    if let Some(declared) = before
        .state
        .establishment
        .as_ref()
        .filter(|declared| declared.siret == *siret)
        && let Some(check) = declared
            .register_check
            .clone()
            .filter(|check| check.status == RegisterStatus::Active)
    {
        return Ok((
            EstablishmentStanding::Unknown(check),
            declared.suggested_idcc.clone(),
        ));
    }
    let answer = ground.registers.check(siret, before.now, Urgency::Person).await;
    Ok((
        EstablishmentStanding::Unknown(answer.check),
        answer.suggested_idcc,
    ))
}

struct Number(Form<EstablishmentNumber>);

impl Step for Number {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let open = before.state.open_step() == Some(Stage::AwaitingMemberNumber);
        let declared = before
            .state
            .establishment
            .as_ref()
            .filter(|declared| declared.known);
        let number = in_order(&self.0, open, |_| {
            declared.is_some_and(|it| it.linked_by.is_some())
        })?;
        let siret = &declared.ok_or(Refusal::StepOutOfOrder)?.siret;
        let establishment = ground.keyring.establishment_index(siret);
        if open {
            // Before the comparison, so that the right number is refused too: else the limit would tell it.
            within_limit(ground, establishment, Purpose::WrongNumber, before.now).await?;
        }
        let matches = ground.directory.number_matches(siret, number).await?;
        let index = ground.keyring.blind_index(&before.identity()?.email);
        let address = mails::address_facts(ground, before, index).await?;
        let mail = mails::request_to(before, &address);
        let mut prepared = Prepared::new(Command::GiveMemberNumber(GiveMemberNumber { matches, mail }));
        prepared.unit.address_use = matches.is_none().then(|| Purpose::WrongNumber.of(establishment));
        Ok(prepared)
    }
}

struct Judged(Number);

impl Step for Judged {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let prepared = self.0.gather(ground, before).await?;
        match prepared.command {
            Some(Command::GiveMemberNumber(given)) if given.matches.is_some() => {
                domain::decide(&before.state, Command::GiveMemberNumber(given))?;
                Ok(Prepared::nothing())
            }
            _ => Ok(prepared),
        }
    }
}

struct Agreement(Form<Idcc>);

impl Step for Agreement {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let open = before.state.open_step() == Some(Stage::AwaitingIdcc);
        let declared = before.state.establishment.as_ref();
        let idcc = in_order(&self.0, open, |idcc| {
            declared.is_some_and(|it| it.idcc.as_ref() == Some(idcc))
        })?;
        let index = ground.keyring.blind_index(&before.identity()?.email);
        let address = mails::address_facts(ground, before, index).await?;
        let mail = mails::request_to(before, &address);
        let standing = agreements().standing(idcc);
        Ok(Prepared::new(Command::GiveIdcc(GiveIdcc {
            idcc: idcc.clone(),
            standing,
            mail,
        })))
    }
}

/// The order of steps is judged before a form's faults; what is already so is fine at any time.
fn in_order<T>(form: &Form<T>, open: bool, already_so: impl Fn(&T) -> bool) -> Result<&T, Denied> {
    match form {
        Ok(value) if open || already_so(value) => Ok(value),
        Err(faults) if open => Err(Denied::Invalid(faults.clone())),
        _ => Err(Refusal::StepOutOfOrder.into()),
    }
}
