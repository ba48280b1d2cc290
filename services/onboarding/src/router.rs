//! Everything that is answered over HTTP: the API, the console, the pages.

use std::sync::Arc;

use api::ApiState;
use console::ConsoleState;
use keyring::ServiceToken;
use portal::PortalState;
use runtime::{Config, Limits, edge};
use subscribers::Registry;
use usecases::Onboarding;

use crate::commands::doctor;
use crate::ground::Ground;
use crate::letters;
use crate::shown_settings;

/// The API and the pages over one set of use cases.
pub fn router(ground: &Ground, config: &Config, onboarding: Onboarding) -> anyhow::Result<axum::Router> {
    let counts = (config.limits == Limits::On).then(|| Arc::new(edge::limits::Limits::default()));
    let dev_mail = (config.smtp_url.is_none() && config.listen.ip().is_loopback()).then(|| config.mail_dir());
    let api = ApiState::new(
        onboarding.clone(),
        Arc::clone(&ground.words),
        &config.public_url,
        counts.clone(),
    )
    .with_subscribers(Registry::new(ground.pool.clone()))
    .with_directory_token(ServiceToken::open(&config.directory_token_file)?)
    .with_allowed_origins(&config.allowed_origins)
    .with_log(ground.public_log()?);
    let letters = match dev_mail {
        Some(_) => letters::previews(ground, &config.public_url),
        None => Vec::new(),
    };
    let portal = PortalState::new(
        onboarding.clone(),
        Arc::clone(&ground.words),
        &config.public_url,
        counts,
        dev_mail,
    )
    .with_letters(letters);
    let examined = Arc::new(ground.shared(config));
    let console = ConsoleState::new(console::Ground {
        store: &ground.store,
        onboarding,
        keyring: &ground.keyring,
        words: Arc::clone(&ground.words),
        catalogue: Arc::clone(&ground.catalogue),
        public_url: &config.public_url,
        operator_token: ServiceToken::open(&config.operator_token_file)?,
        log_origin: &ground.log_origin()?,
        examine: Arc::new(move || {
            let ground = Arc::clone(&examined);
            Box::pin(async move { doctor::examine(&ground).await })
        }),
        settings: shown_settings::of(config),
    });
    let pages = console::router(console).fallback_service(portal::router(portal));
    Ok(api::router(api).fallback_service(pages))
}
