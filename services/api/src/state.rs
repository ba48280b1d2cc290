//! What every route stands on.

use std::sync::Arc;

use axum::http::HeaderValue;
use catalogue::Words;
use keyring::ServiceToken;
use subscribers::Registry;
use usecases::Onboarding;

use crate::routes::log::PublicLog;
use crate::subscriber_limit::SubscriberLimit;
use runtime::edge::limits::Limits;
use runtime::edge::site::Site;

/// The use cases, the words, and how the service is reached. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    pub(crate) onboarding: Onboarding,
    pub(crate) words: Arc<Words>,
    pub(crate) site: Arc<Site>,
    /// Limits by network; nothing while they stand aside.
    pub(crate) limits: Option<Arc<Limits>>,
    /// By which the organisation's system writes contacts; nobody does while there is none.
    pub(crate) directory_token: Option<ServiceToken>,
    /// Those who receive the feed; nobody is known while there is none.
    pub(crate) subscribers: Option<Arc<Subscribers>>,
    /// Origins of browser applications elsewhere.
    pub(crate) allowed_origins: Arc<[HeaderValue]>,
    /// The logs, for anybody to read; not served while there are none.
    pub(crate) log: Option<Arc<PublicLog>>,
}

/// Who receives the feed, and how often each has asked.
pub(crate) struct Subscribers {
    pub(crate) registry: Registry,
    pub(crate) limit: SubscriberLimit,
}

impl ApiState {
    /// `public_url` is where people reach the service; `limits` are the counts by network, none while they stand aside.
    pub fn new(
        onboarding: Onboarding,
        words: Arc<Words>,
        public_url: &str,
        limits: Option<Arc<Limits>>,
    ) -> Self {
        Self {
            onboarding,
            words,
            site: Arc::new(Site::of(public_url)),
            limits,
            directory_token: None,
            subscribers: None,
            allowed_origins: Arc::default(),
            log: None,
        }
    }

    /// Serves the logs' checkpoints and hashes.
    #[must_use]
    pub fn with_log(mut self, log: PublicLog) -> Self {
        self.log = Some(Arc::new(log));
        self
    }

    /// Lets the subscribers of this registry ask by their own credentials.
    #[must_use]
    pub fn with_subscribers(mut self, registry: Registry) -> Self {
        self.subscribers = Some(Arc::new(Subscribers {
            registry,
            limit: SubscriberLimit::default(),
        }));
        self
    }

    /// Lets browser applications of these origins ask. The configuration has checked that they are origins.
    #[must_use]
    pub fn with_allowed_origins(mut self, origins: &[String]) -> Self {
        let origins = origins.iter().filter_map(|it| HeaderValue::try_from(it).ok());
        self.allowed_origins = origins.collect();
        self
    }

    /// Lets the bearer of this token write contacts.
    #[must_use]
    pub fn with_directory_token(mut self, token: ServiceToken) -> Self {
        self.directory_token = Some(token);
        self
    }
}
