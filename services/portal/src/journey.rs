//! Which page belongs to which stage of a registration.

use domain::{Refusal, Registration, Stage};
use usecases::Denied;

/// Sign-in.
pub const SIGN_IN: &str = "/";
/// Step 1: who the person is.
pub const IDENTITY: &str = "/inscription";
/// Step 2: topics.
pub const TOPICS: &str = "/inscription/thematiques";
/// Step 3: the establishment.
pub const ESTABLISHMENT: &str = "/inscription/etablissement";
/// Step 4 for an establishment that is known: its number.
pub const NUMBER: &str = "/inscription/numero";
/// Step 4 for one that is not: its collective agreement.
pub const AGREEMENT: &str = "/inscription/idcc";
/// Every answer to look over before the last one is sent.
pub const REVIEW: &str = "/inscription/recapitulatif";
/// Leaving the form.
pub const LEAVE: &str = "/inscription/quitter";
/// The thank-you page.
pub const THANKS: &str = "/inscription/merci";
/// What has become of the thank-you page's mail, in a word.
pub const MAIL_STATE: &str = "/inscription/merci/etat";
/// Sends on to the page of the open step.
pub const ONWARDS: &str = "/inscription/suite";
/// Asks for a mail to choose another password.
pub const FORGOTTEN: &str = "/mot-de-passe-oublie";
/// What a signed-in person sees.
pub const SPACE: &str = "/espace";
/// Everything held on a signed-in person, as a file.
pub const EXPORT: &str = "/espace/donnees";
/// The same, to be read.
pub const DATA: &str = "/espace/mes-donnees";
/// Correcting one's names.
pub const CORRECTION: &str = "/espace/identite";
/// Closing the account.
pub const CLOSING: &str = "/espace/fermeture";
/// What is said once it is closed.
pub const CLOSED: &str = "/compte-ferme";
/// What becomes of personal data.
pub const PRIVACY: &str = "/donnees-personnelles";
/// Who publishes and who hosts the pages.
pub const NOTICES: &str = "/mentions-legales";
/// How accessible the pages are.
pub const ACCESSIBILITY: &str = "/accessibilite";
/// Signing out.
pub const SIGN_OUT: &str = "/deconnexion";

/// Whether this path shows a page when it is opened, and not only takes forms.
pub fn is_page(path: &str) -> bool {
    const PAGES: [&str; 18] = [
        SIGN_IN,
        IDENTITY,
        TOPICS,
        ESTABLISHMENT,
        NUMBER,
        AGREEMENT,
        REVIEW,
        LEAVE,
        THANKS,
        FORGOTTEN,
        SPACE,
        CLOSING,
        DATA,
        CORRECTION,
        CLOSED,
        PRIVACY,
        NOTICES,
        ACCESSIBILITY,
    ];
    PAGES.contains(&path)
        || path
            .strip_prefix("/verify/")
            .is_some_and(|token| !token.contains('/'))
}

/// The page of a registration's first unanswered question.
pub fn page_of(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingTopics => TOPICS,
        Stage::AwaitingEstablishment => ESTABLISHMENT,
        Stage::AwaitingMemberNumber => NUMBER,
        Stage::AwaitingIdcc => AGREEMENT,
        Stage::AwaitingEmailVerification | Stage::AwaitingPassword => THANKS,
        Stage::Active => "/?notice=account-ready",
        Stage::Blank | Stage::Expired | Stage::Erased | Stage::Closed => IDENTITY,
    }
}

/// Whether a page of the form may be shown at this stage: its own question is open, or was answered and may be redone.
pub fn is_open(page: &str, stage: Stage) -> bool {
    match page {
        TOPICS => stage.is_form_open(),
        ESTABLISHMENT => stage.is_form_open() && stage != Stage::AwaitingTopics,
        REVIEW => matches!(stage, Stage::AwaitingMemberNumber | Stage::AwaitingIdcc),
        _ => page_of(stage) == page,
    }
}

/// Whether step 1 may be redone, as "Précédent" and "corriger mon adresse" do.
pub fn identity_may_be_redone(state: &Registration) -> bool {
    state.started && !state.email_verified && !state.stage().is_final()
}

/// The stage to which proving the address leads: the password, or the form where the address is proven first.
pub fn once_proven(state: &Registration) -> Stage {
    Registration {
        email_verified: true,
        ..state.clone()
    }
    .stage()
}

/// Where to send somebody who asked for a step that is not open, or whose registration is gone; nothing for what the
/// page itself must say.
pub fn elsewhere(denied: &Denied) -> Option<&'static str> {
    match denied {
        Denied::Refused(Refusal::StepOutOfOrder) | Denied::PreconditionFailed => {
            Some("/inscription/suite?notice=moved-on")
        }
        Denied::NotFound => Some("/inscription?notice=start-here"),
        Denied::Unauthorized => Some("/?notice=sign-in-first"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_steps_may_be_redone_and_later_ones_must_wait() {
        assert!(is_open(TOPICS, Stage::AwaitingIdcc) && is_open(ESTABLISHMENT, Stage::AwaitingIdcc));
        assert!(!is_open(ESTABLISHMENT, Stage::AwaitingTopics) && !is_open(NUMBER, Stage::AwaitingIdcc));
        assert!(
            !is_open(TOPICS, Stage::AwaitingEmailVerification) && is_open(THANKS, Stage::AwaitingPassword)
        );
    }
}
