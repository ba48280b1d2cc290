//! The services that several tests share, started by the first that asks.

use tests::world::{Plan, World, tell};
use tokio::sync::OnceCell;

static GUIDE: OnceCell<World> = OnceCell::const_new();
static PRIVATE: OnceCell<World> = OnceCell::const_new();

/// The flow of the guide, everything at its default.
pub async fn guide() -> &'static World {
    let world = GUIDE.get_or_init(|| World::start(Plan::default())).await;
    tell(&world.folder);
    world
}

/// The private flow.
pub async fn private() -> &'static World {
    let plan = || Plan {
        settings: vec![("ONBOARDING_FLOW", "private".to_owned())],
        ..Plan::default()
    };
    let world = PRIVATE.get_or_init(|| World::start(plan())).await;
    tell(&world.folder);
    world
}
