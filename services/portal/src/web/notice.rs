//! What has just been done, told on top of the page that follows. The address carries a name of this list, never a text.

/// What has just been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice(&'static str);

const ALL: [&str; 18] = [
    "account-exists",
    "account-ready",
    "already-sent",
    "answer-missing",
    "form-left",
    "form-left-here",
    "identity-corrected",
    "mail-sent",
    "moved-on",
    "password-set",
    "reminder-sent",
    "resumed",
    "session-ended",
    "sign-in-first",
    "signed-out",
    "start-here",
    "topics-saved",
    "topics-unsaved",
];

impl Notice {
    /// The notice of this name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|it| *it == name).map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// The key of its words.
    pub fn key(self) -> String {
        format!("notice-{}", self.0)
    }
}
