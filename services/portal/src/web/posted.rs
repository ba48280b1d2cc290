//! Forms: fields as browsers send them, each to be taken by name, with every fault found at once.
//!
//! Fields that we do not know are passed over: browsers' extensions add some.

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::values::Fault;
use usecases::{FieldFault, Form as Parsed};

use super::visit::Visit;
use crate::state::PortalState;
use crate::views::trouble;

/// The largest form read, in bytes. The longest fits several times over.
pub const FORM_SIZE_MAX: usize = 16 * 1024;

/// A form as posted. It holds names, addresses and passwords, and so is never shown by Debug.
pub struct Posted(Vec<(String, String)>);

impl FromRequest<PortalState> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &PortalState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, state).await;
        let request = Request::from_parts(parts, body);
        match Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(rejection) => {
                let status = match rejection.into_response().status() {
                    status @ (StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE) => status,
                    _ => StatusCode::BAD_REQUEST,
                };
                Err((
                    status,
                    trouble::page(&visit.scene(), trouble::Trouble::Unreadable),
                )
                    .into_response())
            }
        }
    }
}

impl Posted {
    /// The text of a field; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map_or("", |(_, value)| value)
    }

    /// Every text of a field that may be sent more than once, such as a box of several.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(given, _)| given == name)
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// A field parsed into a value; its fault is noted beside the others.
    pub fn parsed<T>(
        &self,
        name: &str,
        faults: &mut Vec<FieldFault>,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        parse(self.text(name))
            .map_err(|fault| faults.push(FieldFault::new(name, fault.code())))
            .ok()
    }

    /// The only field of a form, parsed.
    pub fn only<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Parsed<T> {
        parse(self.text(name)).map_err(|fault| vec![FieldFault::new(name, fault.code())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_and_unknown_fields_are_passed_over() {
        let fields = [("a", "1"), ("topics", "x"), ("topics", "y"), ("extension", "z")];
        let posted = Posted(
            fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        );
        let number = |text: &str| text.parse::<u8>().map_err(|_| Fault("required"));
        let mut faults = Vec::new();
        assert_eq!(posted.parsed("a", &mut faults, number), Some(1));
        assert!(
            posted.parsed("b", &mut faults, number).is_none()
                && posted.parsed("topics", &mut faults, number).is_none()
        );
        assert_eq!(
            faults.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(),
            ["b", "topics"]
        );
        assert_eq!(posted.all("topics"), ["x", "y"]);
    }
}
