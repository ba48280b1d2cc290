//! The pages: the same steps as the API's, for people. Rendered here, in French and English, and whole without scripts.
//!
//! A route reads a form into values (every bad field at once), calls one use case, and either sends the browser on
//! (303) or shows the same page again with what was typed and what is wrong (422). Nothing is decided here.
//!
//! - `web`: what every request goes through: language, cookies, origin, protective headers, forms;
//! - `routes`: one file a subject, what its addresses do;
//! - `views`: one file a page, what it looks like; pure, so that [`gallery`] can show every one without a server;
//! - `journey`: which page belongs to which stage of a registration.
//!
//! The router answers every address that it does not know with a page, so it stands behind all others:
//! `api::router(…).fallback_service(portal::router(…))`.

mod complaints;
pub mod gallery;
mod journey;
mod resend;
mod routes;
mod scene;
mod state;
mod views;
mod web;

pub use routes::router;
pub use state::PortalState;
pub use views::dev_mail::LetterPreview;
