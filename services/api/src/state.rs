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

/// The use cases, the words, and how the service is reached. Cheap to clone: each layer and each route takes one a request.
#[derive(Clone)]
pub struct ApiState(Arc<Parts>);

/// What an [`ApiState`] is made of.
#[derive(Clone)]
pub struct Parts {
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

impl std::ops::Deref for ApiState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl ApiState {
    /// `public_url` is where people reach the service; `limits` are the counts by network, none while they stand aside.
    pub fn new(
        onboarding: Onboarding,
        words: Arc<Words>,
        public_url: &str,
        limits: Option<Arc<Limits>>,
    ) -> Self {
        Self(Arc::new(Parts {
            onboarding,
            words,
            site: Arc::new(Site::of(public_url)),
            limits,
            directory_token: None,
            subscribers: None,
            allowed_origins: Arc::default(),
            log: None,
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Serves the logs' checkpoints and hashes.
    #[must_use]
    pub fn with_log(self, log: PublicLog) -> Self {
        self.with(|it| it.log = Some(Arc::new(log)))
    }

    /// Lets the subscribers of this registry ask by their own credentials.
    #[must_use]
    pub fn with_subscribers(self, registry: Registry) -> Self {
        let limit = SubscriberLimit::default();
        self.with(|it| it.subscribers = Some(Arc::new(Subscribers { registry, limit })))
    }

    /// Lets browser applications of these origins ask. The configuration has checked that they are origins.
    #[must_use]
    pub fn with_allowed_origins(self, origins: &[String]) -> Self {
        let origins = origins.iter().filter_map(|it| HeaderValue::try_from(it).ok());
        self.with(|it| it.allowed_origins = origins.collect())
    }

    /// Lets the bearer of this token write contacts.
    #[must_use]
    pub fn with_directory_token(self, token: ServiceToken) -> Self {
        self.with(|it| it.directory_token = Some(token))
    }
}
