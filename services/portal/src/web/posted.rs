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
                Err((status, trouble::page(&visit.scene(), trouble::Trouble::Unreadable)).into_response())
            }
        }
    }
}

impl Posted {
    /// The text of a field; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value)
    }

    /// Every text of a field that may be sent more than once, such as a box of several.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.clone()).collect()
    }

    /// A field parsed into a value; its fault is noted beside the others.
    pub fn parsed<T>(
        &self,
        name: &str,
        faults: &mut Vec<FieldFault>,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        parse(self.text(name)).map_err(|fault| faults.push(FieldFault::new(name, fault.code()))).ok()
    }

    /// The only field of a form, parsed.
    pub fn only<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Parsed<T> {
        parse(self.text(name)).map_err(|fault| vec![FieldFault::new(name, fault.code())])
    }

    #[cfg(test)]
    pub fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }
}
