//! A request as the routes see it: who asks, in which language, and the words to answer in.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, ORIGIN};
use axum::http::request::Parts;
use axum::response::Response;
use catalogue::{Argument, Catalogue, Words};
use chrono::{DateTime, Utc};
use domain::values::{Locale, RegistrationId};
use runtime::edge::cookies::Cookie;
use runtime::edge::origin::{MadeBy, made_by};
use serde::Deserialize;
use store::AccessEntry;

use crate::staff::{Member, Role};
use crate::state::ConsoleState;
use crate::web::denied::Denied;

/// What a program with the operator's token is called in the access log.
const TOKEN_HOLDER: &str = "operator-token";

/// A request, without its form.
pub struct Visit {
    /// What the pages stand on.
    pub state: ConsoleState,
    /// The language to answer in.
    pub locale: Locale,
    /// Who asks; none when nobody is signed in.
    pub member: Option<Member>,
    path: String,
    here: String,
    headers: HeaderMap,
}

/// What a page is rendered with.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// Every sentence.
    pub words: &'a Words,
    /// What the organisation calls things.
    pub catalogue: &'a Catalogue,
    /// The reader's language.
    pub locale: Locale,
    /// Who is signed in.
    pub member: Option<&'a Member>,
    /// The page's own path.
    pub path: &'a str,
    /// Its path and query, ready for one more parameter.
    pub here: &'a str,
}

#[derive(Deserialize)]
struct LanguageQuery {
    lang: Option<String>,
}

impl FromRequestParts<ConsoleState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &ConsoleState) -> Result<Self, Infallible> {
        let kept = |it: &&str| !it.is_empty() && !it.starts_with("lang=");
        let query = parts.uri.query().unwrap_or_default().split('&').filter(kept);
        let query: String = query.map(|it| format!("{it}&")).collect();
        Ok(Self {
            member: member(&parts.headers, state).await,
            locale: locale(parts, state),
            path: parts.uri.path().to_owned(),
            here: format!("{}?{query}", parts.uri.path()),
            headers: parts.headers.clone(),
            state: state.clone(),
        })
    }
}

impl Visit {
    /// What the answering page is rendered with.
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            words: &self.state.words,
            catalogue: &self.state.catalogue,
            locale: self.locale,
            member: self.member.as_ref(),
            path: &self.path,
            here: &self.here,
        }
    }

    /// Whoever is signed in, if their role may see this page.
    ///
    /// # Errors
    /// [`Denied::SignIn`], [`Denied::OtherRole`].
    pub fn as_any_of(&self, roles: &[Role]) -> Result<&Member, Denied> {
        let member = self.member.as_ref().ok_or(Denied::SignIn)?;
        match roles.contains(&member.role) {
            true => Ok(member),
            false => Err(Denied::OtherRole),
        }
    }

    /// Refuses a form that another site sent. What does not say where it comes from is taken only without a session:
    /// then nobody's rights can be used against their will.
    ///
    /// # Errors
    /// [`Denied::OtherSite`].
    pub fn sent_by_our_page(&self) -> Result<(), Denied> {
        match made_by(&self.headers, &self.state.site) {
            MadeBy::Us => Ok(()),
            MadeBy::Untold if self.session().is_none() && !self.headers.contains_key(ORIGIN) => Ok(()),
            MadeBy::Untold | MadeBy::Others => Err(Denied::OtherSite),
        }
    }

    /// The token of the session that this browser shows.
    pub fn session(&self) -> Option<&str> {
        Cookie::Console
            .read(&self.headers, &self.state.site)
            .filter(|it| !it.is_empty())
    }

    /// Records what is about to be shown or done, before it is.
    ///
    /// # Errors
    /// When it cannot be recorded; then nothing may be shown.
    pub async fn record(
        &self,
        member: &Member,
        what: &str,
        registration: Option<RegistrationId>,
    ) -> Result<(), Denied> {
        let entry = AccessEntry {
            actor: member.actor().name,
            role: member.role.name().to_owned(),
            purpose: member.purpose.clone(),
            registration,
            what: format!("console.{what}"),
            grant: None,
        };
        self.state.store.record_access(&entry).await?;
        Ok(())
    }

    /// A page, or what is answered in its place.
    pub fn answer(&self, page: Result<Response, Denied>) -> Response {
        page.unwrap_or_else(|denied| denied.answer(&self.scene()))
    }
}

impl Scene<'_> {
    /// Says a sentence of the console.
    pub fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// Says a sentence that takes something in.
    pub fn tell(&self, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        self.words.say(self.locale, &format!("console-{key}"), arguments)
    }

    /// What a code is called, or the code itself where it has no name.
    pub fn named(&self, kind: &str, code: &str) -> String {
        let key = format!(
            "console-{kind}-{}",
            code.replace(['_', '.', ' ', '\''], "-").to_lowercase()
        );
        match self.words.knows(self.locale, &key) {
            true => self.words.say(self.locale, &key, &[]),
            false => code.to_owned(),
        }
    }

    /// A moment by the clock of Paris, to the second, with its zone.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        Words::second(at)
    }

    /// A whole number with its thousands apart.
    pub fn number(&self, count: i64) -> String {
        let digits = count.unsigned_abs().to_string();
        let separator = match self.locale {
            Locale::Fr => '\u{202f}',
            Locale::En => ',',
        };
        let mut grouped = String::from(if count < 0 { "-" } else { "" });
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A share of a whole, in per cent.
    pub fn share(&self, part: i64, whole: i64) -> String {
        if whole == 0 {
            return "–".to_owned();
        }
        let tenths = (part * 1_000 + whole / 2) / whole;
        match self.locale {
            Locale::Fr => format!("{},{}\u{a0}%", tenths / 10, tenths % 10),
            Locale::En => format!("{}.{}%", tenths / 10, tenths % 10),
        }
    }

    /// A span of time as two of its units, such as "2 h 5 min".
    pub fn span(&self, seconds: i64) -> String {
        let day = match self.locale {
            Locale::Fr => "j",
            Locale::En => "d",
        };
        match seconds.max(0) {
            s if s < 60 => format!("{s} s"),
            s if s < 3_600 => format!("{} min {} s", s / 60, s % 60),
            s if s < 86_400 => format!("{} h {} min", s / 3_600, s % 3_600 / 60),
            s => format!("{} {day} {} h", s / 86_400, s % 86_400 / 3_600),
        }
    }
}

/// By session, else by the operator's token. A database that is away lets nobody in.
async fn member(headers: &HeaderMap, state: &ConsoleState) -> Option<Member> {
    let bearer = headers
        .get(AUTHORIZATION)
        .and_then(|it| it.to_str().ok())
        .and_then(|it| it.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return state.operator_token.is(token).then(|| Member {
            name: TOKEN_HOLDER.to_owned(),
            role: Role::Operator,
            purpose: "a program of the operator's".to_owned(),
        });
    }
    let token = Cookie::Console.read(headers, &state.site)?;
    match state.staff.member(token).await {
        Ok(member) => member,
        Err(fault) => {
            tracing::error!(
                error = &fault as &dyn std::error::Error,
                "sessions cannot be read"
            );
            None
        }
    }
}

/// The language asked for, else chosen before, else the browser's.
fn locale(parts: &Parts, state: &ConsoleState) -> Locale {
    let asked = Query::<LanguageQuery>::try_from_uri(&parts.uri).ok();
    let asked = asked.and_then(|it| Locale::parse(it.0.lang.as_deref()?).ok());
    let chosen = || {
        Cookie::Language
            .read(&parts.headers, &state.site)
            .and_then(|it| Locale::parse(it).ok())
    };
    let preferred = || {
        let wishes = parts.headers.get(ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
        catalogue::locale_from_accept_language(wishes.unwrap_or_default())
    };
    asked.or_else(chosen).unwrap_or_else(preferred)
}
