//! What stands behind a link: a password to choose, an address to confirm, a form to go on with, or nothing any more.

use domain::Stage;
use domain::registration::event::LinkPurpose;
use usecases::{LinkShown, LinkStanding};

use crate::journey;
use crate::views::link::DeadEnd;

/// What stands behind a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// A password to choose.
    Password,
    /// An address to confirm before the form goes on.
    Confirmation,
    /// An unfinished form to go on with.
    Resumption,
    /// Nothing any more, and why.
    DeadEnd(DeadEnd),
}

/// What stands behind this link now.
pub fn behind(shown: &LinkShown) -> Behind {
    let stage = shown.state.stage();
    match (shown.standing, shown.purpose) {
        (_, LinkPurpose::AlreadyRegistered) | (LinkStanding::AccountExists, _) => {
            Behind::DeadEnd(DeadEnd::AccountExists)
        }
        (LinkStanding::Good, LinkPurpose::ResetPassword) => Behind::Password,
        (LinkStanding::Good, LinkPurpose::Resume) => Behind::Resumption,
        (LinkStanding::Good, LinkPurpose::VerifyEmail) => match journey::once_proven(&shown.state) {
            Stage::AwaitingPassword => Behind::Password,
            _ => Behind::Confirmation,
        },
        (LinkStanding::Used, _) => Behind::DeadEnd(DeadEnd::Used),
        (LinkStanding::Replaced, LinkPurpose::VerifyEmail) if stage == Stage::Active => {
            Behind::DeadEnd(DeadEnd::Used)
        }
        (LinkStanding::Replaced, _) => Behind::DeadEnd(DeadEnd::Replaced),
        (LinkStanding::Expired, _) if stage == Stage::Expired => Behind::DeadEnd(DeadEnd::Ended),
        (LinkStanding::Expired, LinkPurpose::Resume) => Behind::DeadEnd(DeadEnd::ExpiredResumption),
        (LinkStanding::Expired, LinkPurpose::ResetPassword) => Behind::DeadEnd(DeadEnd::ExpiredReset),
        (LinkStanding::Expired, LinkPurpose::VerifyEmail)
            if matches!(stage, Stage::AwaitingEmailVerification | Stage::AwaitingPassword) =>
        {
            Behind::DeadEnd(DeadEnd::ExpiredProof)
        }
        (LinkStanding::Expired, _) => Behind::DeadEnd(DeadEnd::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Registration;
    use domain::values::{Flow, RegistrationId};
    use uuid::Uuid;

    fn of(purpose: LinkPurpose, standing: LinkStanding, state: Registration) -> Behind {
        behind(&LinkShown {
            id: RegistrationId(Uuid::nil()),
            purpose,
            standing,
            email: None,
            state,
        })
    }

    #[test]
    fn a_good_link_leads_where_its_registration_stands() {
        let known = Registration {
            started: true,
            contact_matched: true,
            ..Registration::default()
        };
        assert_eq!(
            of(LinkPurpose::VerifyEmail, LinkStanding::Good, known),
            Behind::Password
        );
        let private = Registration {
            started: true,
            flow: Flow::Private,
            ..Registration::default()
        };
        assert_eq!(
            of(LinkPurpose::VerifyEmail, LinkStanding::Good, private),
            Behind::Confirmation
        );
        let active = Registration {
            started: true,
            password_set: true,
            ..Registration::default()
        };
        assert_eq!(
            of(LinkPurpose::ResetPassword, LinkStanding::Good, active.clone()),
            Behind::Password
        );
        assert_eq!(
            of(LinkPurpose::VerifyEmail, LinkStanding::Used, active),
            Behind::DeadEnd(DeadEnd::Used)
        );
    }

    #[test]
    fn a_new_link_is_offered_only_where_one_can_be_asked_for() {
        let waiting = Registration {
            started: true,
            contact_matched: true,
            ..Registration::default()
        };
        let expired = |state| of(LinkPurpose::VerifyEmail, LinkStanding::Expired, state);
        assert_eq!(expired(waiting.clone()), Behind::DeadEnd(DeadEnd::ExpiredProof));
        assert_eq!(
            expired(Registration {
                expired: true,
                ..waiting
            }),
            Behind::DeadEnd(DeadEnd::Ended)
        );
    }
}
