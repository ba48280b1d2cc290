//! Forms: fields as browsers send them, each to be taken by name, with every fault found at once.
//!
//! Fields that we do not know are passed over: browsers' extensions add some.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::values::Fault;
use usecases::{FieldFault, Form as Parsed};

use super::visit::Visit;
use crate::state::PortalState;
use crate::views::trouble::{self, Trouble};

/// The largest form read, in bytes. The longest fits several times over.
pub const FORM_SIZE_MAX: usize = 16 * 1024;

const MEDIA_TYPE: &[u8] = b"application/x-www-form-urlencoded";

/// A form as posted. It holds names, addresses and passwords, and so is never shown by Debug.
pub struct Posted(Vec<(String, String)>);

impl FromRequest<PortalState> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &PortalState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, state).await;
        let no = |status: StatusCode, why| (status, trouble::page(&visit.scene(), why)).into_response();
        // A form of one button alone may come without any content, and so without saying of which kind.
        let kind = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        if kind.is_some_and(|it| !it.to_ascii_lowercase().starts_with(MEDIA_TYPE)) {
            return Err(no(StatusCode::UNSUPPORTED_MEDIA_TYPE, Trouble::Unreadable));
        }
        match to_bytes(body, FORM_SIZE_MAX).await {
            Ok(bytes) => Ok(Self(fields_of(&bytes))),
            Err(_) => Err(no(StatusCode::PAYLOAD_TOO_LARGE, Trouble::TooLarge)),
        }
    }
}

/// The fields of a form. What is no text in UTF-8 reads as the sign of replacement, which no field takes.
pub fn fields_of(form: &[u8]) -> Vec<(String, String)> {
    let pairs = url::form_urlencoded::parse(form);
    pairs
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
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
        let text = self.text(name);
        parse(text)
            .map_err(|fault| faults.push(FieldFault::of_text(name, fault.code(), text)))
            .ok()
    }

    /// The only field of a form, parsed.
    pub fn only<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Parsed<T> {
        let text = self.text(name);
        parse(text).map_err(|fault| vec![FieldFault::of_text(name, fault.code(), text)])
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
