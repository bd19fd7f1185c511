//! A store on either database with a clock that stands still, a body that is a closure, and bounded waits.

use async_trait::async_trait;
use lamp_core::clock::{Clock, ManualClock, UnixMs};
use lamp_core::entry::{JobBody, JobControl};
use lamp_core::id::PluginId;
use lamp_core::job::{JobOutcome, JobRun, NewJob};
use lamp_jobs::Owner;
use lamp_jobs::runner::RunnableKind;
use lamp_store::Store;
use lamp_store::testing::{Backend, TestDatabase};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// 2026-01-01T00:00:00Z.
pub const START: UnixMs = UnixMs(1_767_225_600_000);

/// One store with its clock.
pub struct World {
    pub store: Store,
    pub clock: Arc<ManualClock>,
    _database: TestDatabase,
}

/// A world on a new database, or none where PostgreSQL is left out on request.
pub async fn world(backend: Backend) -> Option<World> {
    if !Backend::all().contains(&backend) {
        return None;
    }
    let clock = Arc::new(ManualClock::at(START));
    let database = TestDatabase::new(backend).await;
    let store = database.open(Arc::clone(&clock) as Arc<dyn Clock>).await;
    Some(World { store, clock, _database: database })
}

/// Makes a test for each database out of one body.
macro_rules! both {
    ($name:ident, |$world:ident| $body:block) => {
        mod $name {
            use super::*;

            async fn check($world: World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                if let Some(world) = crate::support::world(lamp_store::testing::Backend::Sqlite).await {
                    check(world).await;
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(world) = crate::support::world(lamp_store::testing::Backend::Postgres).await {
                    check(world).await;
                }
            }
        }
    };
}
pub(crate) use both;

type Run = dyn Fn(JobRun, Arc<dyn JobControl>) -> Pin<Box<dyn Future<Output = JobOutcome> + Send>> + Send + Sync;

/// A body made of a closure.
pub struct Body(Box<Run>);

impl Body {
    pub fn new<F, Fut>(run: F) -> Arc<Self>
    where
        F: Fn(JobRun, Arc<dyn JobControl>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = JobOutcome> + Send + 'static,
    {
        Arc::new(Self(Box::new(move |job, control| Box::pin(run(job, control)))))
    }
}

#[async_trait]
impl JobBody for Body {
    async fn run(&self, run: JobRun, control: Arc<dyn JobControl>) -> JobOutcome {
        (self.0)(run, control).await
    }
}

pub fn plugin() -> PluginId {
    PluginId::parse("hello").unwrap()
}

pub fn owner(life: &str) -> Owner {
    Owner::new("host", life)
}

/// A job of the test plugin in the lane of its kind.
pub fn job(kind: &str) -> NewJob {
    NewJob {
        plugin: plugin(),
        kind: kind.to_owned(),
        payload: "{\"n\":1}".to_owned(),
        lane: kind.to_owned(),
        priority: 5,
        run_at: START,
        unique_key: None,
        max_attempts: 5,
    }
}

/// A kind in a lane of its own.
pub fn kind(kind: &str, concurrency: u32) -> RunnableKind {
    RunnableKind {
        plugin: plugin(),
        kind: kind.to_owned(),
        lane: kind.to_owned(),
        concurrency,
        backoff_ms: vec![1_000],
        wall_limit_ms: 60_000,
    }
}

/// Waits until `holds`, at most 20 seconds.
pub async fn until<F, Fut>(what: &str, holds: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = bool>,
{
    let end = Instant::now() + Duration::from_secs(20);
    while !holds().await {
        assert!(Instant::now() < end, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
