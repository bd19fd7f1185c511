//! Jobs by the clock: when a schedule fires (pure), what manifests declare, and the loop that fires what is due.

use crate::error::JobsError;
use crate::tasks;
use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use lamp_core::clock::UnixMs;
use lamp_core::id::PluginId;
use lamp_core::manifest::Manifest;
use lamp_store::schedules::Schedule;
use lamp_store::{Store, StoreResult};
use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

/// Longest wait between two looks at the schedules; those of other processes show at the next look.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// When a schedule fires.
#[derive(Debug, Clone)]
pub enum Rhythm {
    /// Five fields, in UTC.
    Cron(Box<Cron>),
    /// Every so many milliseconds, counted from the first firing.
    EveryMs(i64),
}

impl Rhythm {
    /// Reads what a manifest or a row holds: exactly one of the two. The error says what to write.
    pub fn parse(cron: Option<&str>, every_secs: Option<u64>) -> Result<Self, String> {
        match (cron, every_secs) {
            (Some(text), None) => {
                let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
                let cron = parser.parse(text).map_err(|error| {
                    format!("`{text}` is no cron expression with five fields (minute hour day month weekday): {error}")
                })?;
                Ok(Self::Cron(Box::new(cron)))
            }
            (None, Some(secs @ 1..)) => {
                Ok(Self::EveryMs(i64::try_from(secs.saturating_mul(1_000)).unwrap_or(i64::MAX)))
            }
            _ => Err("give either `cron` or `every_secs`, at least 1".to_owned()),
        }
    }

    /// The first firing strictly after `after`; for an interval, on the beat of `anchor`. None when there is none, as
    /// for 30 February.
    pub fn next_after(&self, anchor: UnixMs, after: UnixMs) -> Option<UnixMs> {
        match self {
            Self::Cron(cron) => {
                let start: DateTime<Utc> = DateTime::from_timestamp_millis(after.0)?;
                let next = cron.find_next_occurrence(&start, false).ok()?;
                Some(UnixMs(next.timestamp_millis()))
            }
            Self::EveryMs(every) => {
                let every = (*every).max(1);
                let beats = after.0.saturating_sub(anchor.0).div_euclid(every).saturating_add(1);
                Some(anchor.plus_ms(beats.saturating_mul(every)))
            }
        }
    }

    /// When a schedule that has never fired fires first: an interval at once, cron at its next time.
    pub fn first(&self, now: UnixMs) -> Option<UnixMs> {
        match self {
            Self::Cron(_) => self.next_after(now, now),
            Self::EveryMs(_) => Some(now),
        }
    }
}

/// Whether a schedule that is to fire at `next_at` fires now, and when it fires next. Times that were missed while the
/// host was down make one firing together; then the regular times go on.
pub fn due(rhythm: &Rhythm, next_at: UnixMs, now: UnixMs) -> Option<UnixMs> {
    if next_at > now {
        return None;
    }
    Some(rhythm.next_after(next_at, now).unwrap_or(UnixMs(i64::MAX)))
}

/// Fires schedules of the plugins it is told are running. Dropping it stops it.
pub struct Scheduler {
    store: Store,
    running: Arc<Mutex<HashSet<PluginId>>>,
    changed: Arc<Notify>,
    _driver: AbortOnDropHandle<()>,
}

impl Scheduler {
    /// Starts with no plugin running.
    pub fn start(store: Store) -> Self {
        let running: Arc<Mutex<HashSet<PluginId>>> = Arc::default();
        let changed = Arc::new(Notify::new());
        let driver = tasks::spawn("scheduler", drive(store.clone(), Arc::clone(&running), Arc::clone(&changed)));
        Self { store, running, changed, _driver: driver }
    }

    /// Makes a plugin's schedules those of its manifest; what has not changed keeps its next time.
    /// Errors: `Schedule` for a rhythm that cannot be read; nothing is changed then.
    pub async fn sync(&self, manifest: &Manifest) -> Result<(), JobsError> {
        let now = self.store.now();
        let mut rows = Vec::new();
        for declared in &manifest.schedules {
            rows.push(row(manifest, declared, now).map_err(|message| JobsError::Schedule {
                plugin: manifest.id.to_string(),
                name: declared.name.clone(),
                message,
            })?);
        }
        self.store.sync_schedules(&manifest.id, &rows).await?;
        self.changed.notify_one();
        Ok(())
    }

    /// Sets whose schedules fire. A plugin that comes back fires what it missed once.
    pub fn set_running(&self, plugins: impl IntoIterator<Item = PluginId>) {
        *self.running.lock() = plugins.into_iter().collect();
        self.changed.notify_one();
    }
}

fn row(manifest: &Manifest, declared: &lamp_core::manifest::Schedule, now: UnixMs) -> Result<Schedule, String> {
    let rhythm = Rhythm::parse(declared.cron.as_deref(), declared.every_secs)?;
    let kind = manifest.job_kind(&declared.kind).ok_or_else(|| {
        format!("no job kind `{}` is declared; add it under [[jobs]] or name one that is there", declared.kind)
    })?;
    Ok(Schedule {
        plugin: manifest.id.clone(),
        name: declared.name.clone(),
        kind: declared.kind.clone(),
        payload: declared.payload.to_string(),
        lane: kind.lane().to_owned(),
        max_attempts: kind.max_attempts,
        cron: declared.cron.clone(),
        every_secs: declared.every_secs,
        next_at: rhythm.first(now).ok_or("it never fires")?,
        last_at: None,
        last_job: None,
    })
}

async fn drive(store: Store, running: Arc<Mutex<HashSet<PluginId>>>, changed: Arc<Notify>) {
    loop {
        if let Err(error) = fire_due(&store, &running).await {
            tracing::warn!(%error, "fire schedules");
        }
        tokio::select! {
            () = changed.notified() => {}
            () = tokio::time::sleep(LONGEST_WAIT) => {}
        }
    }
}

/// Fires everything that is due, each schedule at most once.
async fn fire_due(store: &Store, running: &Mutex<HashSet<PluginId>>) -> StoreResult<()> {
    let now = store.now();
    for schedule in store.due_schedules(now).await? {
        if !running.lock().contains(&schedule.plugin) {
            continue;
        }
        let rhythm = match Rhythm::parse(schedule.cron.as_deref(), schedule.every_secs) {
            Ok(rhythm) => rhythm,
            Err(message) => {
                tracing::error!(plugin = %schedule.plugin, schedule = schedule.name, message, "stored schedule");
                continue;
            }
        };
        if let Some(next_at) = due(&rhythm, schedule.next_at, now) {
            store.fire_schedule(&schedule, next_at).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
