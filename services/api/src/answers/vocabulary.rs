//! Closed sets of words, for OpenAPI: taken from the values themselves, so that the description cannot lag behind.

use domain::Stage;
use domain::registration::event::{LinkedBy, RegisterStatus};
use domain::registration::state::MailState;
use serde::Serialize;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

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

/// States of a registration.
pub fn stages() -> Object {
    one_of(&STAGES)
}

/// What a register says.
pub fn register_statuses() -> Object {
    one_of(&[
        RegisterStatus::Active,
        RegisterStatus::Pending,
        RegisterStatus::Closed,
        RegisterStatus::NotFound,
    ])
}

/// What an attachment rests on.
pub fn attachments() -> Object {
    one_of(&[
        LinkedBy::Contact,
        LinkedBy::MemberNumber,
        LinkedBy::TrainingOrganisationNumber,
        LinkedBy::Idcc,
    ])
}

/// What becomes of a mail.
pub fn mail_states() -> Object {
    one_of(&[MailState::Requested, MailState::Sent, MailState::Failed])
}

fn one_of<T: Serialize>(values: &[T]) -> Object {
    let values = values.iter().filter_map(|it| serde_json::to_value(it).ok());
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(values))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_spelt_as_in_events_and_read_models() {
        let schema = serde_json::to_value(stages()).unwrap();
        let names: Vec<&str> = STAGES.iter().map(|stage| stage.name()).collect();
        assert_eq!(schema["enum"], serde_json::json!(names));
    }
}
