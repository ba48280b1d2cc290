//! What the console's pages stand on.

use std::sync::Arc;

use catalogue::{Catalogue, Words};
use keyring::{Keyring, ServiceToken};
use runtime::edge::site::Site;
use sqlx::PgPool;
use store::Store;
use usecases::Onboarding;

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
}

impl ConsoleState {
    /// `public_url` is where the pages are reached; `operator_token` lets a program in, as an operator.
    /// `log_origin` is the name under which the log is signed.
    pub fn new(
        store: &Store,
        onboarding: Onboarding,
        keyring: &Keyring,
        words: Arc<Words>,
        catalogue: Arc<Catalogue>,
        public_url: &str,
        operator_token: ServiceToken,
        log_origin: &str,
    ) -> Self {
        Self {
            pool: store.pool().clone(),
            staff: Staff::new(store.pool().clone()),
            store: store.clone(),
            onboarding,
            keyring: keyring.clone(),
            words,
            catalogue,
            site: Arc::new(Site::of(public_url)),
            operator_token: Arc::new(operator_token),
            log_origin: Arc::from(log_origin),
        }
    }
}
