//! Which role holds which permission: the host's declarations and those of the running plugins.

use arc_swap::ArcSwap;
use lamp_core::permission::{PermissionDeclaration, ROLES, host_permissions};
use std::collections::{BTreeMap, BTreeSet};

/// Whether `role` is one that accounts and keys can have.
pub fn is_role(role: &str) -> bool {
    ROLES.contains(&role)
}

type Table = BTreeMap<String, BTreeSet<String>>;

/// The present table.
pub(crate) struct Roles(ArcSwap<Table>);

impl Default for Roles {
    fn default() -> Self {
        Self(ArcSwap::from_pointee(table(&[])))
    }
}

impl Roles {
    /// Takes over what plugins declare; returns whether anything changed.
    pub(crate) fn declare(&self, plugins: &[PermissionDeclaration]) -> bool {
        let next = table(plugins);
        let changed = **self.0.load() != next;
        if changed {
            self.0.store(std::sync::Arc::new(next));
        }
        changed
    }

    /// Permissions of a role; for `admin` all that are declared.
    pub(crate) fn permissions(&self, role: &str) -> BTreeSet<String> {
        self.0.load().get(role).cloned().unwrap_or_default()
    }
}

/// A permission has the roles of its first declaration: the host's own come first, so no plugin can hand one of them
/// (or another plugin's) to more roles.
fn table(plugins: &[PermissionDeclaration]) -> Table {
    let mut table = Table::new();
    let mut seen = BTreeSet::new();
    for declaration in host_permissions().iter().chain(plugins) {
        if !seen.insert(declaration.id.clone()) {
            continue;
        }
        let holders = declaration.roles.iter().map(String::as_str).chain(["admin"]);
        for role in holders {
            table.entry(role.to_owned()).or_default().insert(declaration.id.clone());
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_add_permissions_and_take_them_away_again() {
        let roles = Roles::default();
        let declared = PermissionDeclaration {
            id: "things:read".to_owned(),
            title: "See things".to_owned(),
            roles: vec!["viewer".to_owned()],
        };
        assert!(roles.declare(std::slice::from_ref(&declared)));
        assert!(!roles.declare(&[declared]), "the same again is no change");
        assert!(roles.permissions("viewer").contains("things:read"));
        assert!(roles.permissions("admin").contains("things:read"));
        assert!(!roles.permissions("engineer").contains("things:read"));
        assert!(roles.declare(&[]));
        assert!(!roles.permissions("viewer").contains("things:read"));
        assert!(roles.permissions("viewer").contains("session:use"));
    }

    #[test]
    fn no_plugin_hands_out_a_permission_that_is_declared_already() {
        let roles = Roles::default();
        let wider = |id: &str, role: &str| PermissionDeclaration {
            id: id.to_owned(),
            title: String::new(),
            roles: vec![role.to_owned()],
        };
        roles.declare(&[
            wider("users:manage", "viewer"),
            wider("things:delete", "operator"),
            wider("things:delete", "viewer"),
        ]);
        assert!(!roles.permissions("viewer").contains("users:manage"));
        assert!(roles.permissions("operator").contains("things:delete"));
        assert!(!roles.permissions("viewer").contains("things:delete"));
    }
}
