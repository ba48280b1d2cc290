//! Asking for a mail to choose another password. What is answered does not tell whether there is an account.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::values::EmailAddress;

use crate::complaints::{Complaints, Objection};
use crate::views::forgotten;
use crate::web::answer::{refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// Shows the question.
pub async fn show(visit: Visit) -> Response {
    (
        StatusCode::OK,
        forgotten::page(&visit.scene(), "", &Complaints::default()),
    )
        .into_response()
}

/// Asks for the mail.
pub async fn ask(visit: Visit, posted: Posted) -> Response {
    let email = posted.only("email", EmailAddress::parse);
    match visit
        .state
        .onboarding
        .request_password_reset(&visit.ask(), email)
        .await
    {
        Ok(()) => see_other("/mot-de-passe-oublie/envoi"),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            refused(
                &objection,
                forgotten::page(&visit.scene(), posted.text("email"), &objection.complaints),
            )
        }
    }
}

/// Says that a mail is under way if there is an account.
pub async fn sent(visit: Visit) -> Response {
    (StatusCode::OK, forgotten::sent(&visit.scene())).into_response()
}
