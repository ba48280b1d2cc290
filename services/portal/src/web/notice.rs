//! What has just been done, told on top of the page that follows. The address carries a name of this list, never a text.

/// What has just been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice(&'static str);

const ALL: [&str; 7] = [
    "password-set",
    "account-ready",
    "signed-out",
    "sign-in-first",
    "topics-saved",
    "mail-sent",
    "start-here",
];

impl Notice {
    /// The notice of this name.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|it| *it == name).map(Self)
    }

    /// The key of its words.
    pub fn key(self) -> String {
        format!("notice-{}", self.0)
    }
}
