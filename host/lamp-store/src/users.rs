//! Accounts and the one-time setup token that allows making the first one.

use crate::audit::{Origin, record_change};
use crate::database::{Row, Turn, Tx, query};
use crate::error::{StoreError, StoreResult};
use crate::store::Store;
use lamp_core::clock::UnixMs;
use lamp_core::id::UserId;
use lamp_core::permission::Role;
use serde_json::json;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Sign-in name, unique whatever its case.
    pub name: String,
    /// PHC text of the password's hash.
    pub password_hash: String,
    /// Role.
    pub role: Role,
    /// When it was made.
    pub created_at: UnixMs,
    /// Last sign-in.
    pub last_sign_in_at: Option<UnixMs>,
    /// May not sign in.
    pub disabled: bool,
}

/// An account to make.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Sign-in name.
    pub name: String,
    /// PHC text of the password's hash.
    pub password_hash: String,
    /// Role.
    pub role: Role,
}

/// What to change of an account; none leaves it.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// New role; ends the account's sessions.
    pub role: Option<Role>,
    /// New PHC text; ends the account's sessions but the one to keep.
    pub password_hash: Option<String>,
    /// Switch on or off; switching off ends its sessions.
    pub disabled: Option<bool>,
}

/// The unique constraint on names, as in `StoreError::Conflict`.
pub const NAME_TAKEN: &str = "account_name_key";

/// Conflict of [`Store::change_user`] and [`Store::delete_user`]: no enabled admin would be left.
pub const LAST_ADMIN: &str = "account_last_admin";

fn read(row: &Row) -> StoreResult<User> {
    Ok(User {
        id: row.get("id")?,
        name: row.get("name")?,
        password_hash: row.get("password_hash")?,
        role: row.get("role")?,
        created_at: row.get("created_at")?,
        last_sign_in_at: row.get("last_sign_in_at")?,
        disabled: row.get("disabled")?,
    })
}

async fn insert(tx: &mut Tx, at: UnixMs, new: NewUser) -> StoreResult<User> {
    let user = User {
        id: UserId::generate(),
        name: new.name,
        password_hash: new.password_hash,
        role: new.role,
        created_at: at,
        last_sign_in_at: None,
        disabled: false,
    };
    let insert = query(
        "insert into account (id, name, name_key, password_hash, role, created_at) values ($1, $2, $3, $4, $5, $6)",
    );
    let insert = insert.bind(&user.id).bind(&user.name).bind(user.name.to_lowercase());
    tx.execute(insert.bind(&user.password_hash).bind(&user.role).bind(at)).await?;
    Ok(user)
}

/// Reads an account for change, or `NotFound`.
async fn lock(tx: &mut Tx, id: &UserId) -> StoreResult<User> {
    let select = tx.pick("select * from account where id = $1", "select * from account where id = $1 for update");
    let row = tx.fetch_optional(query(select).bind(id)).await?;
    read(&row.ok_or_else(|| StoreError::not_found("user", id))?)
}

/// Refuses a change that left accounts, but no enabled admin among them.
async fn require_admin(tx: &mut Tx) -> StoreResult<()> {
    let count = query("select count(*) as n from account where role = 'admin' and disabled = 0");
    let admins: i64 = tx.fetch_one(count).await?.get("n")?;
    if admins > 0 { Ok(()) } else { Err(StoreError::Conflict { constraint: LAST_ADMIN.to_owned() }) }
}

impl Store {
    /// Makes an account. `Conflict(account_name_key)` when the name is taken.
    pub async fn create_user(&self, origin: &Origin, new: NewUser) -> StoreResult<User> {
        let mut tx = self.begin_write().await?;
        let user = insert(&mut tx, self.now(), new).await?;
        let detail = json!({ "id": user.id, "role": user.role });
        record_change(&mut tx, self.now(), origin, "user.create", &user.name, detail).await?;
        tx.commit().await?;
        Ok(user)
    }

    /// All accounts by name.
    pub async fn list_users(&self) -> StoreResult<Vec<User>> {
        self.fetch_all(query("select * from account order by name_key")).await?.iter().map(read).collect()
    }

    /// How many accounts there are.
    pub async fn count_users(&self) -> StoreResult<u64> {
        let row = self.fetch_optional(query("select count(*) as n from account")).await?;
        row.map_or(Ok(0), |row| row.get("n"))
    }

    /// The account of that id.
    pub async fn find_user(&self, id: &UserId) -> StoreResult<Option<User>> {
        let row = self.fetch_optional(query("select * from account where id = $1").bind(id)).await?;
        row.as_ref().map(read).transpose()
    }

    /// The account of that name, whatever the case.
    pub async fn find_user_by_name(&self, name: &str) -> StoreResult<Option<User>> {
        let select = query("select * from account where name_key = $1").bind(name.to_lowercase());
        self.fetch_optional(select).await?.as_ref().map(read).transpose()
    }

    /// Changes an account and ends its sessions as [`UserChange`] says; `keep` survives a password change.
    /// `NotFound`; `Conflict(account_last_admin)` when no enabled admin would be left.
    pub async fn change_user(
        &self,
        origin: &Origin,
        id: &UserId,
        change: UserChange,
        keep: Option<&lamp_core::id::SessionId>,
    ) -> StoreResult<User> {
        let mut tx = self.begin_write().await?;
        tx.one_at_a_time(Turn::Accounts).await?;
        let before = lock(&mut tx, id).await?;
        let mut after = before.clone();
        after.role = change.role.unwrap_or(after.role);
        after.password_hash = change.password_hash.unwrap_or(after.password_hash);
        after.disabled = change.disabled.unwrap_or(after.disabled);
        let update = query("update account set role = $1, password_hash = $2, disabled = $3 where id = $4");
        tx.execute(update.bind(&after.role).bind(&after.password_hash).bind(after.disabled).bind(id)).await?;
        if before.role == "admin" && !before.disabled {
            require_admin(&mut tx).await?;
        }
        let password_changed = before.password_hash != after.password_hash;
        let powers_changed = before.role != after.role || after.disabled;
        if password_changed || powers_changed {
            let keep = keep.filter(|_| !powers_changed).map_or("", |id| id.as_str());
            tx.execute(query("delete from session where account = $1 and id <> $2").bind(id).bind(keep)).await?;
        }
        let detail = json!({
            "id": id, "role": [before.role, after.role], "disabled": [before.disabled, after.disabled],
            "password_changed": password_changed,
        });
        record_change(&mut tx, self.now(), origin, "user.change", &after.name, detail).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Replaces the stored hash of an unchanged password (new parameters); no session ends.
    pub async fn rehash_password(&self, id: &UserId, old_hash: &str, new_hash: &str) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        let update = query("update account set password_hash = $1 where id = $2 and password_hash = $3");
        tx.execute(update.bind(new_hash).bind(id).bind(old_hash)).await?;
        tx.commit().await
    }

    /// Removes an account with its sessions. `NotFound`; `Conflict(account_last_admin)`.
    pub async fn delete_user(&self, origin: &Origin, id: &UserId) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        tx.one_at_a_time(Turn::Accounts).await?;
        let user = lock(&mut tx, id).await?;
        tx.execute(query("delete from account where id = $1").bind(id)).await?;
        if user.role == "admin" && !user.disabled {
            require_admin(&mut tx).await?;
        }
        record_change(&mut tx, self.now(), origin, "user.delete", &user.name, json!({ "id": id })).await?;
        tx.commit().await
    }

    /// Keeps the hash of a fresh setup token in place of an older one. `Conflict(account_exists)` once there is an account.
    pub async fn set_setup_token(&self, token_hash: &str) -> StoreResult<()> {
        let mut tx = self.begin_write().await?;
        tx.one_at_a_time(Turn::Accounts).await?;
        require_no_account(&mut tx).await?;
        tx.execute(query("delete from setup_token")).await?;
        let insert = query("insert into setup_token (id, hash, created_at) values (1, $1, $2)");
        tx.execute(insert.bind(token_hash).bind(self.now())).await?;
        tx.commit().await
    }

    /// The stored hash of the setup token and when it was made.
    pub async fn setup_token(&self) -> StoreResult<Option<(String, UnixMs)>> {
        let row = self.fetch_optional(query("select hash, created_at from setup_token")).await?;
        row.map(|row| Ok((row.get("hash")?, row.get("created_at")?))).transpose()
    }

    /// Makes the first account and uses the token up, in one transaction: of two racing setups one wins.
    /// `NotFound(setup token)` when the token is wrong or used, `Conflict(account_exists)` when there is an account.
    pub async fn complete_setup(&self, origin: &Origin, token_hash: &str, new: NewUser) -> StoreResult<User> {
        let mut tx = self.begin_write().await?;
        tx.one_at_a_time(Turn::Accounts).await?;
        require_no_account(&mut tx).await?;
        let used = tx.execute(query("delete from setup_token where hash = $1").bind(token_hash)).await?;
        if used != 1 {
            return Err(StoreError::not_found("setup token", "given"));
        }
        let user = insert(&mut tx, self.now(), new).await?;
        let detail = json!({ "id": user.id, "role": user.role });
        record_change(&mut tx, self.now(), origin, "setup.complete", &user.name, detail).await?;
        tx.commit().await?;
        Ok(user)
    }
}

async fn require_no_account(tx: &mut Tx) -> StoreResult<()> {
    let accounts: i64 = tx.fetch_one(query("select count(*) as n from account")).await?.get("n")?;
    if accounts == 0 { Ok(()) } else { Err(StoreError::Conflict { constraint: "account_exists".to_owned() }) }
}
