//! Plugin migrations: the order of their names, and what may become of one that was applied. Pure.

use super::Migration;
use crate::error::{StoreError, StoreResult};
use sha2::{Digest, Sha256};

/// Sorted by name. `Refused` when two have the same name.
pub(super) fn in_order(mut migrations: Vec<Migration>) -> StoreResult<Vec<Migration>> {
    migrations.sort_by(|a, b| a.name.cmp(&b.name));
    match migrations.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => Err(StoreError::Refused(format!("two migrations are named `{}`", pair[0].name))),
        None => Ok(migrations),
    }
}

/// A migration made or mentions what is the host's.
pub(super) fn host_names() -> StoreError {
    StoreError::Refused("tables beginning with `lamp_` are the host's".to_owned())
}

/// SHA-256 of the text, hex.
pub(super) fn content_hash(sql: &str) -> String {
    hex::encode(Sha256::digest(sql.as_bytes()))
}

/// Those still to apply, given name and hash of the applied ones in order of name.
/// `Refused` when an applied one is changed or unknown, or a new one sorts before an applied one.
pub(super) fn pending(migrations: Vec<Migration>, applied: &[(String, String)]) -> StoreResult<Vec<Migration>> {
    for (name, hash) in applied {
        match migrations.iter().find(|migration| migration.name == *name) {
            None => {
                let text = format!(
                    "the database has migration `{name}`, this version of the plugin does not; install a newer one"
                );
                return Err(StoreError::Refused(text));
            }
            Some(migration) if content_hash(&migration.sql) != *hash => {
                let text = format!("migration `{name}` was applied with another content; restore it and add a new one");
                return Err(StoreError::Refused(text));
            }
            Some(_) => {}
        }
    }
    let last = applied.last().map_or("", |(name, _)| name);
    let new = |migration: &Migration| !applied.iter().any(|(name, _)| *name == migration.name);
    if let Some(early) = migrations.iter().find(|migration| new(migration) && migration.name.as_str() < last) {
        let text = format!("migration `{}` sorts before `{last}`, which is applied; give it a later name", early.name);
        return Err(StoreError::Refused(text));
    }
    Ok(migrations.into_iter().filter(|migration| new(migration)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migration(name: &str, sql: &str) -> Migration {
        Migration { name: name.to_owned(), sql: sql.to_owned() }
    }

    fn applied(names: &[(&str, &str)]) -> Vec<(String, String)> {
        names.iter().map(|(name, sql)| ((*name).to_owned(), content_hash(sql))).collect()
    }

    #[test]
    fn only_new_ones_are_pending() {
        let all = in_order(vec![migration("0002", "b"), migration("0001", "a")]).unwrap();
        assert_eq!(pending(all.clone(), &[]).unwrap(), all);
        assert_eq!(pending(all.clone(), &applied(&[("0001", "a")])).unwrap(), vec![migration("0002", "b")]);
        assert!(pending(all.clone(), &applied(&[("0001", "a"), ("0002", "b")])).unwrap().is_empty());
    }

    #[test]
    fn a_rewritten_history_is_refused() {
        let all = vec![migration("0001", "a"), migration("0002", "b")];
        assert!(pending(all.clone(), &applied(&[("0001", "other")])).is_err(), "changed");
        assert!(pending(all.clone(), &applied(&[("0003", "c")])).is_err(), "unknown");
        assert!(pending(all, &applied(&[("0002", "b")])).is_err(), "inserted before an applied one");
        assert!(in_order(vec![migration("a", ""), migration("a", "")]).is_err(), "same name");
    }
}
