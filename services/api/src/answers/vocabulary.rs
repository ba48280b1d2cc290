//! Closed sets of words, each a component of OpenAPI: taken from the values themselves, so that the description cannot lag behind.

use domain::Stage;
use domain::registration::event::{LinkedBy, RegisterStatus};
use domain::registration::state::MailState;
use domain::values::{Civility, PolicyName, RegistrationId};
use serde::Serialize;
use usecases::NextStep;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

const STAGES: [Stage; 10] = [
    Stage::AwaitingTopics,
    Stage::AwaitingEstablishment,
    Stage::AwaitingMemberNumber,
    Stage::AwaitingIdcc,
    Stage::AwaitingEmailVerification,
    Stage::AwaitingPassword,
    Stage::Active,
    Stage::Expired,
    Stage::Erased,
    Stage::Closed,
];

macro_rules! closed_sets {
    ($(#[doc = $doc:literal] $name:ident: $words:expr,)*) => {$(
        #[doc = $doc]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                one_of($doc.trim(), $words)
            }
        }

        impl ToSchema for $name {}
    )*};
}

closed_sets! {
    /// Where a registration stands: the first unanswered step.
    RegistrationState: STAGES,
    /// The step to take next.
    StepName: STAGES.into_iter().filter_map(|it| NextStep::after(NOBODY, it)).map(|it| it.step),
    /// The HTTP method of a step.
    StepMethod: ["PUT", "POST"],
    /// What a register said of an establishment.
    RegisterCheck: [
        RegisterStatus::Active,
        RegisterStatus::Pending,
        RegisterStatus::Closed,
        RegisterStatus::NotFound,
    ],
    /// What an attachment rests on.
    AttachmentBasis: [
        LinkedBy::Contact,
        LinkedBy::MemberNumber,
        LinkedBy::TrainingOrganisationNumber,
        LinkedBy::Idcc,
    ],
    /// What became of a mail.
    MailOutcome: [MailState::Requested, MailState::Sent, MailState::Failed],
    /// How a person is addressed.
    CivilityCode: [Civility::Mme, Civility::M],
    /// A password policy's name.
    PasswordPolicyName: [PolicyName::Guide, PolicyName::Cnil],
    /// Whether an agreement is in force; `replaced`: give a successor; `ended`: nothing is known to apply instead.
    AgreementStatus: ["current", "replaced", "ended"],
    /// What became of a contact.
    ContactOutcome: ["new", "changed", "unchanged"],
    /// Who asked for a replay.
    ReplayRequester: ["subscriber", "operator"],
}

const NOBODY: RegistrationId = RegistrationId(Uuid::nil());

fn one_of<T: Serialize>(doc: &str, words: impl IntoIterator<Item = T>) -> RefOr<Schema> {
    let mut distinct = Vec::new();
    for word in words.into_iter().filter_map(|it| serde_json::to_value(it).ok()) {
        if !distinct.contains(&word) {
            distinct.push(word);
        }
    }
    let set = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(doc))
        .enum_values(Some(distinct));
    RefOr::T(Schema::Object(set.build()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words<T: ToSchema>() -> serde_json::Value {
        serde_json::to_value(T::schema()).unwrap()["enum"].clone()
    }

    #[test]
    fn states_are_spelt_as_in_events_and_read_models() {
        let names: Vec<&str> = STAGES.iter().map(|stage| stage.name()).collect();
        assert_eq!(words::<RegistrationState>(), serde_json::json!(names));
    }

    #[test]
    fn steps_are_those_that_answers_name() {
        let steps = "topics establishment member-number idcc email-verification password sign-in";
        let steps: Vec<&str> = steps.split(' ').collect();
        assert_eq!(words::<StepName>(), serde_json::json!(steps));
    }
}
