//! A store on each database with a clock that stands still, for the tests of the queue.

use lamp_core::clock::{Clock, ManualClock, UnixMs};
use lamp_core::id::PluginId;
use lamp_store::Store;
use lamp_store::testing::{Backend, TestDatabase};
use std::sync::Arc;

/// 2026-01-01T00:00:00Z.
pub const START: UnixMs = UnixMs(1_767_225_600_000);

/// One store with its clock.
pub struct World {
    pub store: Store,
    pub clock: Arc<ManualClock>,
    pub database: TestDatabase,
}

/// One world per database to test on.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for backend in Backend::all() {
        let clock = Arc::new(ManualClock::at(START));
        let database = TestDatabase::new(backend).await;
        let store = database.open(Arc::clone(&clock) as Arc<dyn Clock>).await;
        worlds.push(World { store, clock, database });
    }
    worlds
}

/// The plugin of these tests.
pub fn plugin() -> PluginId {
    PluginId::parse("hello").unwrap()
}
