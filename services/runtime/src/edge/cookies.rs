//! Cookies: the session's and the unfinished registration's, which pages and API share, and some of the pages alone.
//!
//! Over https they carry the prefix `__Host-`, by which browsers vouch that no other host or path has set them.
//! Over plain http, which is for loopback only, browsers refuse that prefix, and the names go without.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use super::site::Site;

const PREFIX: &str = "__Host-";
/// How long the chosen language is kept, in seconds: a year.
const LANGUAGE_SECONDS: u32 = 31_536_000;
/// How long an answer waits for its confirmation, in seconds: two hours.
const ANSWER_SECONDS: u32 = 7_200;
/// How long the address of a new password stands in the sign-in form, in seconds.
const NEW_PASSWORD_SECONDS: u32 = 300;
/// How long a registration that waits for its mail is shown again, in seconds: a day, as long as the mail's link is good.
const AWAITED_SECONDS: u32 = 86_400;

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session of a signed-in person.
    Session,
    /// The token by which an unfinished registration goes on.
    Continuation,
    /// The token of the link that was confirmed, so that a form whose address was proven first can end with the
    /// password without the mail being looked for again.
    ConfirmedLink,
    /// The token of the registration whose password was just chosen, so that its address stands in the sign-in form.
    NewPassword,
    /// The form's last answer, sealed, until it is confirmed.
    HeldAnswer,
    /// The random mark that the tokens of this browser's forms are made from.
    FormMark,
    /// The language that was chosen on a page.
    Language,
    /// The session of a member of staff on the console.
    Console,
}

impl Cookie {
    fn plain_name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Continuation => "onboarding_continuation",
            Self::ConfirmedLink => "onboarding_link",
            Self::NewPassword => "onboarding_account",
            Self::HeldAnswer => "onboarding_answer",
            Self::FormMark => "onboarding_form",
            Self::Language => "onboarding_language",
            Self::Console => "onboarding_console",
        }
    }

    /// A link on another site may lead to a page of the portal that knows its visitor; to the console none does.
    fn same_site(self) -> &'static str {
        match self {
            Self::Console => "Strict",
            _ => "Lax",
        }
    }

    /// What the browser sent under this name. The plain name counts on a plain site only, where nothing better is to
    /// be had; elsewhere another host of the same domain could have set it.
    pub fn read<'a>(self, headers: &'a HeaderMap, site: &Site) -> Option<&'a str> {
        let prefixed = format!("{PREFIX}{}", self.plain_name());
        find(headers, &prefixed).or_else(|| {
            if site.secure {
                None
            } else {
                find(headers, self.plain_name())
            }
        })
    }

    /// The header that sets it: until the browser is closed; the language for longer, a held answer for less.
    pub fn set(self, site: &Site, value: &str) -> Option<HeaderValue> {
        match self {
            Self::Language => self.header(site, value, &format!("; Max-Age={LANGUAGE_SECONDS}")),
            Self::HeldAnswer => self.header(site, value, &format!("; Max-Age={ANSWER_SECONDS}")),
            Self::NewPassword => self.header(site, value, &format!("; Max-Age={NEW_PASSWORD_SECONDS}")),
            _ => self.header(site, value, ""),
        }
    }

    /// The header that sets it for a day, whether or not the browser is closed.
    pub fn set_for_a_day(self, site: &Site, value: &str) -> Option<HeaderValue> {
        self.header(site, value, &format!("; Max-Age={AWAITED_SECONDS}"))
    }

    /// The header that removes it.
    pub fn clear(self, site: &Site) -> Option<HeaderValue> {
        self.header(site, "", "; Max-Age=0")
    }

    fn header(self, site: &Site, value: &str, age: &str) -> Option<HeaderValue> {
        let (prefix, secure) = if site.secure {
            (PREFIX, "; Secure")
        } else {
            ("", "")
        };
        let (name, same_site) = (self.plain_name(), self.same_site());
        let text = format!("{prefix}{name}={value}; Path=/{age}; HttpOnly; SameSite={same_site}{secure}");
        let mut header = HeaderValue::try_from(text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'));
    cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(cookies: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, cookies.parse().unwrap())])
    }

    #[test]
    fn a_secure_site_believes_prefixed_cookies_only() {
        let (secure, plain) = (Site::of("https://example.org"), Site::of("http://127.0.0.1:8080"));
        assert_eq!(
            Cookie::Session.read(&sent("session=forged; __Host-session=ours"), &secure),
            Some("ours")
        );
        assert_eq!(Cookie::Session.read(&sent("session=forged"), &secure), None);
        assert_eq!(Cookie::Session.read(&sent("session=ours"), &plain), Some("ours"));
    }

    #[test]
    fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
        let header = Cookie::Continuation
            .set(&Site::of("https://example.org"), "t")
            .unwrap();
        assert_eq!(
            header,
            "__Host-onboarding_continuation=t; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        let console = Cookie::Console
            .set(&Site::of("https://example.org"), "t")
            .unwrap();
        assert!(console.to_str().unwrap().contains("SameSite=Strict"));
        let plain = Cookie::Session.clear(&Site::of("http://localhost:8080")).unwrap();
        assert_eq!(plain, "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }
}
