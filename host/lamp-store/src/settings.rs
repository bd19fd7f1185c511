//! Host settings: named JSON values.

use crate::audit::{Origin, record_change};
use crate::database::query;
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use serde_json::{Value, json};

impl Store {
    /// The value of a setting.
    pub async fn setting(&self, key: &str) -> StoreResult<Option<Value>> {
        let row = self.fetch_optional(query("select value from setting where key = $1").bind(key)).await?;
        let Some(row) = row else { return Ok(None) };
        let value: String = row.get("value")?;
        serde_json::from_str(&value).map(Some).map_err(|error| StoreError::damaged("setting.value", error))
    }

    /// Sets a setting; null removes it. The audit row names the key, not the value.
    pub async fn set_setting(&self, origin: &Origin, key: &str, value: &Value) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        if value.is_null() {
            tx.execute(query("delete from setting where key = $1").bind(key)).await?;
        } else {
            let upsert = query(
                "insert into setting (key, value) values ($1, $2)
                 on conflict (key) do update set value = excluded.value",
            );
            tx.execute(upsert.bind(key).bind(value.to_string())).await?;
        }
        record_change(&mut tx, self.now(), origin, "setting.set", key, json!({ "removed": value.is_null() })).await?;
        tx.commit().await
    }
}
