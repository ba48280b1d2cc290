//! What the console's pages stand on.

use std::sync::Arc;

use catalogue::{Catalogue, Words};
use keyring::{Keyring, ServiceToken};
use runtime::edge::site::Site;
use sqlx::PgPool;
use store::Store;
use usecases::Onboarding;

use crate::health::{Examine, Health};
use crate::staff::Staff;

/// Everything a page reads from. Cheap to clone.
#[derive(Clone)]
pub struct ConsoleState {
    pub(crate) pool: PgPool,
    pub(crate) store: Store,
    pub(crate) onboarding: Onboarding,
    pub(crate) keyring: Keyring,
    pub(crate) staff: Staff,
    pub(crate) words: Arc<Words>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) site: Arc<Site>,
    pub(crate) operator_token: Arc<ServiceToken>,
    pub(crate) log_origin: Arc<str>,
    pub(crate) health: Health,
    pub(crate) settings: Arc<[Setting]>,
}

/// A setting as it may be shown.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its key in the configuration.
    pub key: &'static str,
    /// Its value; of a secret only whether it is set.
    pub value: SettingValue,
}

/// What may be shown of a setting.
#[derive(Clone, Debug)]
pub enum SettingValue {
    /// As it is.
    Shown(String),
    /// It is set, and nobody's to read.
    Secret,
    /// It is not set.
    Unset,
}

/// What the console is given.
pub struct Ground<'a> {
    /// The log, and the tables beside it.
    pub store: &'a Store,
    /// What a privacy officer does goes through the use cases.
    pub onboarding: Onboarding,
    /// Makes the blind index of an address that is looked for.
    pub keyring: &'a Keyring,
    /// Every sentence.
    pub words: Arc<Words>,
    /// What the organisation calls things.
    pub catalogue: Arc<Catalogue>,
    /// Where the pages are reached.
    pub public_url: &'a str,
    /// Lets a program in, as an operator.
    pub operator_token: ServiceToken,
    /// The name under which the log is signed.
    pub log_origin: &'a str,
    /// Looks at everything, as `onboarding doctor` does.
    pub examine: Examine,
    /// What is set.
    pub settings: Vec<Setting>,
}

impl ConsoleState {
    /// The pages on their ground.
    pub fn new(ground: Ground<'_>) -> Self {
        let pool = ground.store.pool().clone();
        Self {
            staff: Staff::new(pool.clone()),
            pool,
            store: ground.store.clone(),
            onboarding: ground.onboarding,
            keyring: ground.keyring.clone(),
            words: ground.words,
            catalogue: ground.catalogue,
            site: Arc::new(Site::of(ground.public_url)),
            operator_token: Arc::new(ground.operator_token),
            log_origin: Arc::from(ground.log_origin),
            health: Health::new(ground.examine),
            settings: ground.settings.into(),
        }
    }
}
