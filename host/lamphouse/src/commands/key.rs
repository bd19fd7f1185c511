//! `lamphouse key`.

use crate::cli::Key;
use crate::open;
use lamp_auth::{Auth, NewKey, PasswordCost};
use lamp_core::id::ApiKeyId;
use std::path::Path;

pub async fn run(data: &Path, command: Key) -> anyhow::Result<()> {
    let auth = Auth::new(open::store(data).await?, PasswordCost::default());
    match command {
        Key::Create { role, name } => {
            let (_, key) = auth.create_key(&open::origin(), NewKey { name, role, expires_at: None }).await?;
            println!("{key}");
        }
        Key::List => {
            for key in auth.list_keys().await? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "active" };
                println!("{}\t{}\t{}\t{}\t{state}", key.id, key.prefix, key.role, key.name);
            }
        }
        Key::Revoke { id } => {
            auth.revoke_key(&open::origin(), &ApiKeyId(id.clone())).await?;
            println!("revoked {id}");
        }
    }
    Ok(())
}
