//! What all letters of an organisation share: its names, where its portal is, and the words.

use std::sync::Arc;

use catalogue::{Catalogue, Words};

/// Where the portal's page to ask for another password is, below the public URL.
pub const FORGOTTEN_PASSWORD_PATH: &str = "/password-reset";
/// What a link's token stands behind, below the public URL.
pub const LINK_PATH: &str = "/verify/";

/// What all letters share.
#[derive(Clone, Debug)]
pub struct Stationery {
    /// The organisation's names and addresses.
    pub catalogue: Arc<Catalogue>,
    /// Every sentence, in every language.
    pub words: Arc<Words>,
    /// The base of every link, without a slash at its end; from the configuration, never from a request.
    pub public_url: String,
}

impl Stationery {
    /// The sign-in page.
    pub fn sign_in(&self) -> String {
        format!("{}/", self.public_url)
    }

    /// The page to ask for another password.
    pub fn forgotten_password(&self) -> String {
        format!("{}{FORGOTTEN_PASSWORD_PATH}", self.public_url)
    }

    /// The sign-in page for somebody who began another registration in that browser.
    pub fn account_exists(&self) -> String {
        format!("{}/?notice=account-exists", self.public_url)
    }

    /// The link that carries a token.
    pub fn link(&self, token: &str) -> String {
        format!("{}{LINK_PATH}{token}", self.public_url)
    }
}
