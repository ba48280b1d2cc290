//! Mails that no server takes, shown to this machine alone: whoever reads them can open the accounts that they lead to.

use std::net::SocketAddr;
use std::path::Path as FilePath;

use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, X_FRAME_OPTIONS};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use mail_parser::MessageParser;

use super::not_found;
use crate::state::PortalState;
use crate::views::dev_mail::{self, Mail};
use crate::web::visit::Visit;

/// The most mails that are listed.
const LISTED_MAX: usize = 100;

/// What a page with a mail in a frame may do.
const FRAMING: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; \
                       form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What a mail may do.
const SHELTER: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'; \
                       sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

/// A visit from this machine, under a name of its own: a page of another site that points its name here sees nothing.
pub struct FromHere(Visit);

impl FromRequestParts<PortalState> for FromHere {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &PortalState) -> Result<Self, Response> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let near = peer.is_none_or(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
        let host = parts
            .headers
            .get(HOST)
            .and_then(|it| it.to_str().ok())
            .or(parts.uri.host());
        let named = host.is_none_or(|host| state.site.is_host(host));
        let Ok(visit) = Visit::from_request_parts(parts, state).await;
        if near && named {
            Ok(Self(visit))
        } else {
            Err(not_found(visit).await)
        }
    }
}

/// Lists the latest mails.
pub async fn list(FromHere(visit): FromHere) -> Response {
    let mails = names(&visit).await.into_iter().take(LISTED_MAX);
    let mut read_back = Vec::new();
    for name in mails {
        read_back.extend(bytes_of(&visit, &name).await.and_then(|bytes| read(name, &bytes)));
    }
    (StatusCode::OK, dev_mail::list(&visit.scene(), &read_back)).into_response()
}

/// Shows one mail.
pub async fn one(FromHere(visit): FromHere, Path(file): Path<String>) -> Response {
    match listed(&visit, &file).await.and_then(|bytes| read(file, &bytes)) {
        Some(mail) => framing(dev_mail::one(&visit.scene(), &mail)),
        None => not_found(visit).await,
    }
}

/// Shows the HTML part of one mail by itself.
pub async fn html(FromHere(visit): FromHere, Path(file): Path<String>) -> Response {
    let part = listed(&visit, &file).await.and_then(|bytes| {
        let mail = MessageParser::default().parse(&bytes)?;
        mail.body_html(0).map(|it| it.into_owned())
    });
    match part {
        Some(part) => sheltered(part),
        None => not_found(visit).await,
    }
}

/// Lists every letter with invented content.
pub async fn previews(FromHere(visit): FromHere) -> Response {
    (
        StatusCode::OK,
        dev_mail::previews(&visit.scene(), &visit.state.letters),
    )
        .into_response()
}

/// Shows one letter.
pub async fn preview(FromHere(visit): FromHere, Path(name): Path<String>) -> Response {
    match visit.state.letters.iter().find(|it| it.name == name) {
        Some(letter) => framing(dev_mail::preview(&visit.scene(), letter)),
        None => not_found(visit).await,
    }
}

/// Shows the HTML of one letter by itself.
pub async fn preview_html(FromHere(visit): FromHere, Path(name): Path<String>) -> Response {
    match visit.state.letters.iter().find(|it| it.name == name) {
        Some(letter) => sheltered(letter.html.clone()),
        None => not_found(visit).await,
    }
}

/// A page with a mail in a frame.
fn framing(page: maud::Markup) -> Response {
    ([(CONTENT_SECURITY_POLICY, FRAMING)], page).into_response()
}

/// A mail as its reader would show it: its own styles, nothing loaded, nothing run, in a frame of ours only.
fn sheltered(html: String) -> Response {
    let headers = [
        (CONTENT_SECURITY_POLICY, SHELTER),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
        (CONTENT_TYPE, "text/html; charset=utf-8"),
    ];
    (headers, html).into_response()
}

/// Hands out the file itself, for a mail program.
pub async fn source(FromHere(visit): FromHere, Path(file): Path<String>) -> Response {
    match listed(&visit, &file).await {
        Some(bytes) => ([(CONTENT_TYPE, "message/rfc822")], bytes).into_response(),
        None => not_found(visit).await,
    }
}

/// The content of a file that is in the list, and of no other: the name in the address is compared, never followed.
async fn listed(visit: &Visit, file: &str) -> Option<Vec<u8>> {
    let name = names(visit).await.into_iter().find(|it| it == file)?;
    bytes_of(visit, &name).await
}

async fn bytes_of(visit: &Visit, name: &str) -> Option<Vec<u8>> {
    let folder = visit.state.dev_mail_dir.as_ref()?;
    tokio::fs::read(folder.join(name)).await.ok()
}

/// The names of mails, newest first: they begin with the mail's time. A missing folder is an empty one.
async fn names(visit: &Visit) -> Vec<String> {
    let mut names = Vec::new();
    let Some(folder) = &visit.state.dev_mail_dir else {
        return names;
    };
    let Ok(mut entries) = tokio::fs::read_dir(folder.as_path()).await else {
        return names;
    };
    while let Ok(Some(entry)) = entries.next_entry().await {
        names.extend(entry.file_name().into_string().ok().filter(|name| is_mail(name)));
    }
    names.sort_unstable_by(|a, b| b.cmp(a));
    names
}

fn is_mail(name: &str) -> bool {
    !name.starts_with('.') && FilePath::new(name).extension().is_some_and(|it| it == "eml")
}

fn read(file: String, bytes: &[u8]) -> Option<Mail> {
    let mail = MessageParser::default().parse(bytes)?;
    Some(Mail {
        file,
        subject: mail.subject().unwrap_or_default().to_owned(),
        to: mail
            .to()
            .and_then(|to| to.first())
            .and_then(|to| to.address())
            .unwrap_or_default()
            .to_owned(),
        date: mail
            .date()
            .map(mail_parser::DateTime::to_rfc822)
            .unwrap_or_default(),
        text: mail.body_text(0).unwrap_or_default().into_owned(),
        has_html: mail.html_body_count() > 0,
    })
}
