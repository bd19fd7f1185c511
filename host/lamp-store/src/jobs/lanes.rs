//! Lanes: how many jobs of a plugin's lane may run at the same time, and whether it is paused.

use super::lane_name;
use crate::database::query;
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::id::PluginId;

/// A lane as a manifest declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Owner.
    pub plugin: PluginId,
    /// Name without the plugin's prefix.
    pub lane: String,
    /// Jobs that run at the same time, on all hosts together.
    pub max_leased: u32,
}

/// A lane as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneStatus {
    /// Full name, `<plugin>/<lane>`.
    pub name: String,
    /// Jobs that run at the same time.
    pub max_leased: u32,
    /// No job of it is begun.
    pub paused: bool,
    /// Jobs that run now.
    pub leased: u64,
    /// Jobs that wait for their time or a free slot.
    pub available: u64,
}

impl Store {
    /// Declares lanes with their limits; a lane that is paused stays so. A lower limit ends no run.
    pub async fn set_lanes(&self, lanes: &[Lane]) -> StoreResult<()> {
        let mut named: Vec<(String, u32)> =
            lanes.iter().map(|lane| (lane_name(&lane.plugin, &lane.lane), lane.max_leased)).collect();
        // Always in one order, so that two hosts that declare the same lanes do not lock each other out.
        named.sort_unstable();
        let mut tx = self.begin_write().await?;
        for (name, max_leased) in named {
            let upsert = "insert into lane (name, max_leased) values ($1, $2)
                on conflict (name) do update set max_leased = excluded.max_leased";
            tx.execute(query(upsert).bind(name).bind(max_leased)).await?;
        }
        tx.commit().await
    }

    /// Pauses a lane or lets it go on. Runs that have begun go on. Errors: `NotFound`.
    pub async fn set_lane_paused(&self, name: &str, paused: bool) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let changed = tx.execute(query("update lane set paused = $1 where name = $2").bind(paused).bind(name)).await?;
        if changed == 0 {
            return Err(StoreError::not_found("lane", name));
        }
        tx.commit().await
    }

    /// All lanes by name.
    pub async fn list_lanes(&self) -> StoreResult<Vec<LaneStatus>> {
        let statement = query(
            "select name, max_leased, paused,
             (select count(*) from job where job.lane = lane.name and state = 'leased') as leased,
             (select count(*) from job where job.lane = lane.name and state = 'available') as available
             from lane order by name",
        );
        let rows = self.fetch_all(statement).await?;
        rows.iter()
            .map(|row| {
                Ok(LaneStatus {
                    name: row.get("name")?,
                    max_leased: row.get("max_leased")?,
                    paused: row.get("paused")?,
                    leased: row.get("leased")?,
                    available: row.get("available")?,
                })
            })
            .collect()
    }
}
