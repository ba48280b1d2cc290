//! The service's router within the test program, on the database and the keys of a world: for tests that drop a request
//! where it stands, which nobody can do from outside.

use std::sync::Arc;

use api::ApiState;
use axum::Router;
use catalogue::{Catalogue, Words};
use console::ConsoleState;
use directory::{Directory, RegisterSettings, Registers};
use keyring::{Keyring, ServiceToken};
use portal::PortalState;
use sqlx::PgPool;
use store::Store;
use subscribers::Registry;
use usecases::{Ground, HashingGate, Nudge, Onboarding, Settings};

use crate::world::World;

/// API, pages and console over this pool, without the layer that runs requests to their end.
pub fn router(world: &World, pool: &PgPool) -> Router {
    let data = world.data_folder();
    let keyring = Keyring::open(&data.join("master.key")).expect("keys");
    let store = Store::new(pool.clone());
    let (words, catalogue) = (
        Arc::new(Words::load().expect("words")),
        Arc::new(Catalogue::load(None).expect("a catalogue")),
    );
    let onboarding = Onboarding::new(Ground {
        store: store.clone(),
        keyring: keyring.clone(),
        directory: Directory::new(pool.clone(), keyring.clone()),
        registers: Registers::new(&RegisterSettings::default(), pool, None).expect("registers"),
        catalogue: catalogue.clone(),
        hashing: HashingGate::new(2).expect("a gate"),
        settings: Settings::default(),
        nudge: Nudge::default(),
    });
    let token = |name: &str| ServiceToken::open(&data.join(name)).expect("a token");
    let api = ApiState::new(onboarding.clone(), words.clone(), world.base(), None)
        .with_subscribers(Registry::new(pool.clone()))
        .with_directory_token(token("directory.token"));
    let portal = PortalState::new(onboarding.clone(), words.clone(), world.base(), None, None);
    let console = ConsoleState::new(console::Ground {
        store: &store,
        onboarding,
        keyring: &keyring,
        words,
        catalogue,
        public_url: world.base(),
        operator_token: token("operator.token"),
        log_origin: &keyring.log_origin().expect("a name"),
        examine: std::sync::Arc::new(|| Box::pin(async { Vec::new() })),
        settings: Vec::new(),
    });
    let pages = console::router(console).fallback_service(portal::router(portal));
    api::router(api).fallback_service(pages)
}
