//! Servers registered at this hub. A MAC address is a label: who a server is, its public key or its secret tells.

use crate::audit::{Origin, record_change};
use crate::database::{Row, Turn, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::events::append_events;
use crate::registration_keys::{RegistrationKey, lock_key};
use crate::site_messages::{drop_channel, queue_message};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::event::NewEvent;
use lamp_core::id::{RequestId, ServerId};
use serde_json::json;

/// A registered server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its id.
    pub id: ServerId,
    /// Its name.
    pub name: String,
    /// Where it stands, in words.
    pub location: String,
    /// Address of its own API; may be empty.
    pub api_url: String,
    /// `02:00:5e:10:00:01`
    pub mac_address: String,
    /// Ed25519, hex. None for an agent that only speaks the REST contract.
    pub public_key: Option<String>,
    /// SHA-256 of the agent's secret, hex.
    pub secret_hash: Option<String>,
    /// Whether an admin has let it in.
    pub is_authorized: bool,
    /// What its announce key is made with; another one whenever it is let in.
    pub announce_salt: Option<String>,
    /// Last heartbeat.
    pub last_seen: Option<UnixMs>,
    /// Size of its storage.
    pub capacity_bytes: Option<u64>,
    /// Free on it.
    pub free_bytes: Option<u64>,
    /// Its clock minus ours, in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// Version of its program.
    pub version: Option<String>,
    /// Its plugins as it reported them: JSON list.
    pub plugins: Option<String>,
    /// First registration.
    pub created_at: UnixMs,
    /// Last change of what people see, heartbeats left out.
    pub updated_at: UnixMs,
}

/// A server that registers.
#[derive(Debug, Clone)]
pub struct NewServer {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub location: String,
    /// Address of its own API; may be empty.
    pub api_url: String,
    /// Lower case, colons.
    pub mac_address: String,
    /// Ed25519, hex, once it has proved to hold it.
    pub public_key: Option<String>,
    /// SHA-256 of the secret that it will be given if it is new, hex; instead of a public key.
    pub secret_hash: Option<String>,
    /// Size of its storage.
    pub capacity_bytes: Option<u64>,
}

/// What a registration came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The server.
    pub id: ServerId,
    /// It was not there before.
    pub is_new: bool,
    /// Another server has the same MAC address.
    pub shares_mac: bool,
    /// An admin has let it in.
    pub is_authorized: bool,
}

/// What to change of a server; none leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerChange {
    /// New name.
    pub name: Option<String>,
    /// New location.
    pub location: Option<String>,
    /// New size of its storage.
    pub capacity_bytes: Option<u64>,
}

/// A sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SignOfLife {
    /// When it came, by this host's clock.
    pub at: UnixMs,
    /// Free space, if it was told.
    pub free_bytes: Option<u64>,
    /// Size of the storage, if it was told.
    pub capacity_bytes: Option<u64>,
    /// The server's clock minus ours, if its time was told.
    pub clock_skew_ms: Option<i64>,
}

/// Conflict of [`Store::register_server`]: no such registration key, or it was revoked or has ended.
pub const KEY_UNKNOWN: &str = "registration_key_unknown";
/// Conflict of [`Store::register_server`]: as many servers as the key allows have registered with it.
pub const KEY_USED_UP: &str = "registration_key_used";

/// Message kind by which a hub tells a site its name and location.
pub const SETTINGS_KIND: &str = "settings";

fn read(row: &Row) -> StoreResult<Server> {
    Ok(Server {
        id: row.get("id")?,
        name: row.get("name")?,
        location: row.get("location")?,
        api_url: row.get("api_url")?,
        mac_address: row.get("mac_address")?,
        public_key: row.get("public_key")?,
        secret_hash: row.get("secret_hash")?,
        is_authorized: row.get("is_authorized")?,
        announce_salt: row.get("announce_salt")?,
        last_seen: row.get("last_seen_at")?,
        capacity_bytes: row.get("capacity_bytes")?,
        free_bytes: row.get("free_bytes")?,
        clock_skew_ms: row.get("clock_skew_ms")?,
        version: row.get("version")?,
        plugins: row.get("plugins")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

async fn lock(tx: &mut Tx, id: &ServerId) -> StoreResult<Server> {
    let select = tx.pick("select * from server where id = $1", "select * from server where id = $1 for update");
    let row = tx.fetch_optional(query(select).bind(id)).await?;
    read(&row.ok_or_else(|| StoreError::not_found("server", id))?)
}

/// Tells those who watch that a server has come, changed or gone.
async fn announce(tx: &mut Tx, id: &ServerId, change: &str) -> StoreResult<()> {
    let event = NewEvent {
        topic: "servers.changed".to_owned(),
        source: None,
        target: None,
        payload: json!({ "id": id, "change": change }).to_string(),
        retain_key: None,
    };
    let now = tx.now();
    append_events(tx, now, vec![event]).await.map(drop)
}

/// The server that registers, if it is here: by its key, and without one by its MAC address.
async fn find_known(tx: &mut Tx, new: &NewServer) -> StoreResult<Option<Server>> {
    let select = match &new.public_key {
        Some(key) => query("select * from server where public_key = $1").bind(key),
        None => query("select * from server where mac_address = $1 order by id limit 1").bind(&new.mac_address),
    };
    tx.fetch_optional(select).await?.as_ref().map(read).transpose()
}

async fn insert(tx: &mut Tx, key: &RegistrationKey, new: &NewServer) -> StoreResult<ServerId> {
    let id = ServerId::generate();
    let used = query("update registration_key set used = used + 1 where id = $1 and used < max_servers");
    if tx.execute(used.bind(&key.id)).await? == 0 {
        return Err(StoreError::Conflict { constraint: KEY_USED_UP.to_owned() });
    }
    let insert = query(
        "insert into server (id, name, location, api_url, mac_address, public_key, secret_hash, registration_key,
                             capacity_bytes, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
    );
    let insert = insert.bind(&id).bind(&new.name).bind(&new.location).bind(&new.api_url).bind(&new.mac_address);
    let insert = insert.bind(new.public_key.as_ref()).bind(new.secret_hash.as_ref()).bind(&key.id);
    tx.execute(insert.bind(new.capacity_bytes).bind(tx.now())).await?;
    Ok(id)
}

/// Takes over what a server that proved its key says of itself. The name and location that an admin may have given stay.
async fn renew(tx: &mut Tx, known: &Server, new: &NewServer) -> StoreResult<()> {
    let update = query(
        "update server set api_url = $1, mac_address = $2, capacity_bytes = coalesce($3, capacity_bytes), updated_at = $4
         where id = $5",
    );
    let update = update.bind(&new.api_url).bind(&new.mac_address).bind(new.capacity_bytes);
    tx.execute(update.bind(tx.now()).bind(&known.id)).await.map(drop)
}

impl Store {
    /// Registers a server. One with a public key is known by it, and what it says is taken over. One without is known by
    /// its MAC address, which proves nothing: it gets its id again and changes nothing.
    /// `Conflict` with [`KEY_UNKNOWN`] or [`KEY_USED_UP`]; the audit log has those too.
    pub async fn register_server(&self, origin: &Origin, key_hash: &str, new: &NewServer) -> StoreResult<Registration> {
        let mut tx = self.begin_write().await?;
        tx.one_at_a_time(Turn::Servers).await?;
        let now = self.now();
        let key = lock_key(&mut tx, key_hash).await?.filter(|key| key.is_valid(now));
        let key = key.ok_or_else(|| StoreError::Conflict { constraint: KEY_UNKNOWN.to_owned() })?;
        let known = find_known(&mut tx, new).await?;
        let (id, is_new, is_authorized) = match &known {
            Some(known) => (known.id.clone(), false, known.is_authorized),
            None => (insert(&mut tx, &key, new).await?, true, false),
        };
        if let Some(known) = known.as_ref().filter(|_| new.public_key.is_some()) {
            renew(&mut tx, known, new).await?;
        }
        let others = query("select count(*) as n from server where mac_address = $1 and id <> $2");
        let others: i64 = tx.fetch_one(others.bind(&new.mac_address).bind(&id)).await?.get("n")?;
        let detail = json!({ "name": new.name, "mac_address": new.mac_address, "key": key.prefix, "new": is_new,
                             "public_key": new.public_key, "shares_mac": others > 0 });
        record_change(&mut tx, now, origin, "server.register", id.as_str(), detail).await?;
        if is_new {
            announce(&mut tx, &id, "registered").await?;
        }
        tx.commit().await?;
        Ok(Registration { id, is_new, shares_mac: others > 0, is_authorized })
    }

    /// All servers, oldest first.
    pub async fn list_servers(&self) -> StoreResult<Vec<Server>> {
        self.fetch_all(query("select * from server order by id")).await?.iter().map(read).collect()
    }

    /// The server of that id.
    pub async fn find_server(&self, id: &ServerId) -> StoreResult<Option<Server>> {
        self.fetch_optional(query("select * from server where id = $1").bind(id)).await?.as_ref().map(read).transpose()
    }

    /// The server whose secret has this hash.
    pub async fn find_server_by_secret(&self, secret_hash: &str) -> StoreResult<Option<Server>> {
        let select = query("select * from server where secret_hash = $1").bind(secret_hash);
        self.fetch_optional(select).await?.as_ref().map(read).transpose()
    }

    /// Lets a server in, or takes that back; whether it changed. `NotFound`.
    pub async fn authorize_server(&self, origin: &Origin, id: &ServerId, authorized: bool) -> StoreResult<bool> {
        let mut tx = self.begin_write().await?;
        let server = lock(&mut tx, id).await?;
        if server.is_authorized == authorized {
            return Ok(false);
        }
        let update = query(
            "update server set is_authorized = $1, announce_salt = coalesce($2, announce_salt), updated_at = $3
             where id = $4",
        );
        // Another key each time: what was known of the last one is worth nothing.
        let salt = authorized.then(|| RequestId::generate().0);
        tx.execute(update.bind(authorized).bind(salt).bind(self.now()).bind(id)).await?;
        let (action, change) =
            if authorized { ("server.authorize", "authorized") } else { ("server.deauthorize", "deauthorized") };
        record_change(&mut tx, self.now(), origin, action, id.as_str(), json!({ "name": server.name })).await?;
        announce(&mut tx, id, change).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Changes what an admin may; a site with a link is told its new name and location. `NotFound`.
    pub async fn change_server(&self, origin: &Origin, id: &ServerId, change: &ServerChange) -> StoreResult<Server> {
        let mut tx = self.begin_write().await?;
        let mut server = lock(&mut tx, id).await?;
        server.name = change.name.clone().unwrap_or(server.name);
        server.location = change.location.clone().unwrap_or(server.location);
        server.capacity_bytes = change.capacity_bytes.or(server.capacity_bytes);
        server.updated_at = self.now();
        let update =
            query("update server set name = $1, location = $2, capacity_bytes = $3, updated_at = $4 where id = $5");
        let update = update.bind(&server.name).bind(&server.location).bind(server.capacity_bytes);
        tx.execute(update.bind(server.updated_at).bind(id)).await?;
        if server.public_key.is_some() {
            let body = json!({ "name": server.name, "location": server.location }).to_string();
            queue_message(&mut tx, id, SETTINGS_KIND, &body).await?;
        }
        let detail =
            json!({ "name": change.name, "location": change.location, "capacity_bytes": change.capacity_bytes });
        record_change(&mut tx, self.now(), origin, "server.change", id.as_str(), detail).await?;
        announce(&mut tx, id, "changed").await?;
        tx.commit().await?;
        Ok(server)
    }

    /// Removes a server with the messages that wait for it. `NotFound`.
    pub async fn remove_server(&self, origin: &Origin, id: &ServerId) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let row = tx.fetch_optional(query("delete from server where id = $1 returning name").bind(id)).await?;
        let name: String = row.ok_or_else(|| StoreError::not_found("server", id))?.get("name")?;
        drop_channel(&mut tx, id).await?;
        record_change(&mut tx, self.now(), origin, "server.remove", id.as_str(), json!({ "name": name })).await?;
        announce(&mut tx, id, "removed").await?;
        tx.commit().await
    }

    /// Notes signs of life, many in one transaction. Callers collect and flush now and then.
    pub async fn touch_servers(&self, signs: &[(ServerId, SignOfLife)]) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        for (id, sign) in signs {
            let update = query(
                "update server set last_seen_at = $1, free_bytes = coalesce($2, free_bytes),
                                   capacity_bytes = coalesce($3, capacity_bytes),
                                   clock_skew_ms = coalesce($4, clock_skew_ms)
                 where id = $5 and coalesce(last_seen_at, 0) <= $1",
            );
            let update = update.bind(sign.at).bind(sign.free_bytes).bind(sign.capacity_bytes);
            tx.execute(update.bind(sign.clock_skew_ms).bind(id)).await?;
        }
        tx.commit().await
    }
}
