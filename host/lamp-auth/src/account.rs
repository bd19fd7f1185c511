//! Users: making, changing and removing them. Both the HTTP API and the command line come here.

use crate::error::{AuthError, AuthResult};
use crate::{Auth, password, roles};
use lamp_core::id::{SessionId, UserId};
use lamp_core::permission::{ROLES, Role};
use lamp_store::audit::Origin;
use lamp_store::users::{NAME_TAKEN, NewUser, User, UserChange};

/// Longest sign-in name, in characters.
const MAX_NAME: usize = 64;

/// What to change of a user; none leaves it.
#[derive(Debug, Clone, Default)]
pub struct UserEdit {
    /// New role; ends the user's sessions.
    pub role: Option<Role>,
    /// New password; ends the user's other sessions.
    pub password: Option<String>,
    /// Switch on or off.
    pub disabled: Option<bool>,
}

impl Auth {
    /// Makes a user. Errors: `Field`, `NameTaken`.
    pub async fn create_user(&self, origin: &Origin, name: &str, password: &str, role: &str) -> AuthResult<User> {
        check_name(name)?;
        check_role(role)?;
        password::check(password, name)?;
        let password_hash = self.passwords.hash(password).await?;
        let new = NewUser { name: name.to_owned(), password_hash, role: role.to_owned() };
        match self.store.create_user(origin, new).await {
            Err(error) if error.is_conflict(NAME_TAKEN) => Err(AuthError::NameTaken(name.to_owned())),
            other => Ok(other?),
        }
    }

    /// All users by name.
    pub async fn list_users(&self) -> AuthResult<Vec<User>> {
        Ok(self.store.list_users().await?)
    }

    /// The user of that id. Errors: `NotFound`.
    pub async fn find_user(&self, id: &UserId) -> AuthResult<User> {
        let user = self.store.find_user(id).await?;
        user.ok_or_else(|| AuthError::NotFound { what: "user", id: id.to_string() })
    }

    /// Changes a user. `acting` is the user who does it and `keep` their session, which survives a change of their own
    /// password. Errors: `NotFound`, `Field`, `LastAdmin`, `OwnAccount` (nobody disables themselves).
    pub async fn change_user(
        &self,
        origin: &Origin,
        id: &UserId,
        edit: UserEdit,
        acting: Option<(&UserId, Option<&SessionId>)>,
    ) -> AuthResult<User> {
        let user = self.find_user(id).await?;
        if let Some(role) = &edit.role {
            check_role(role)?;
        }
        let own = acting.filter(|(acting, _)| *acting == id);
        if own.is_some() && edit.disabled == Some(true) {
            return Err(AuthError::OwnAccount);
        }
        let password_hash = match &edit.password {
            None => None,
            Some(password) => {
                password::check(password, &user.name)?;
                Some(self.passwords.hash(password).await?)
            }
        };
        let change = UserChange { role: edit.role, password_hash, disabled: edit.disabled };
        let changed = self.store.change_user(origin, id, change, own.and_then(|(_, session)| session)).await;
        self.cache.clear();
        Ok(changed?)
    }

    /// Removes a user with their sessions. Errors: `NotFound`, `LastAdmin`, `OwnAccount`.
    pub async fn delete_user(&self, origin: &Origin, id: &UserId, acting: Option<&UserId>) -> AuthResult<()> {
        if acting == Some(id) {
            return Err(AuthError::OwnAccount);
        }
        let deleted = self.store.delete_user(origin, id).await;
        self.cache.clear();
        Ok(deleted?)
    }
}

/// Letters, digits and `. _ - @ +`, 1 to 64 of them.
pub(crate) fn check_name(name: &str) -> AuthResult<()> {
    let allowed = |c: char| c.is_alphanumeric() || "._-@+".contains(c);
    if name.is_empty() || name.chars().count() > MAX_NAME || !name.chars().all(allowed) {
        return Err(AuthError::field("username", "use 1 to 64 letters, digits or any of . _ - @ +"));
    }
    Ok(())
}

pub(crate) fn check_role(role: &str) -> AuthResult<()> {
    if roles::is_role(role) {
        return Ok(());
    }
    Err(AuthError::field("role", format!("there is no role `{}`; use one of {}", shown_name(role), ROLES.join(", "))))
}

/// A name that someone typed, safe for logs: control characters replaced, cut to 64 characters.
pub(crate) fn shown_name(name: &str) -> String {
    name.chars().take(MAX_NAME).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
