//! Roles and permissions. A permission is `area:verb`; plugins declare theirs, the host has its own.

use serde::{Deserialize, Serialize};

/// A role's name. The built-in ones are `admin`, `operator`, `engineer`, `colorist` and `viewer`.
pub type Role = String;

/// The built-in roles, most powerful first. `admin` holds every permission.
pub const ROLES: [&str; 5] = ["admin", "operator", "engineer", "colorist", "viewer"];

/// The role of a registered server that an admin has authorised; no account or key can have it.
pub const SITE_ROLE: &str = "site";

/// The role of a registered server that is not authorised, or not any more.
pub const PENDING_SITE_ROLE: &str = "site-pending";

/// One permission and the roles that hold it unless an admin says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PermissionDeclaration {
    /// `area:verb`, for example `jobs:cancel`.
    pub id: String,
    /// What it allows, in words.
    pub title: String,
    /// Roles that hold it by default; `admin` always does.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// The host's own permissions with their default roles.
pub fn host_permissions() -> Vec<PermissionDeclaration> {
    let declare = |id: &str, title: &str, roles: &[&str]| PermissionDeclaration {
        id: id.to_owned(),
        title: title.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    let everyone: &[&str] = &["operator", "engineer", "colorist", "viewer"];
    vec![
        declare("session:use", "Sign in and see one's own account", everyone),
        declare("plugins:read", "See plugins, their state and their grants", everyone),
        declare("plugins:manage", "Install, grant, configure and remove plugins", &[]),
        declare("jobs:read", "See jobs and their progress", everyone),
        declare("jobs:manage", "Cancel and retry jobs", &["operator", "engineer"]),
        declare("events:read", "Receive live events", everyone),
        declare("notices:read", "See notices", everyone),
        declare("notices:manage", "Dismiss notices", &["operator", "engineer"]),
        declare("mounts:read", "See mounts and free space", everyone),
        declare("mounts:manage", "Add and remove mounts", &[]),
        declare("servers:read", "See the servers of the network", everyone),
        declare("servers:manage", "Admit, change, authorise and remove servers", &[]),
        declare("servers:report", "Report for a server", &[SITE_ROLE, PENDING_SITE_ROLE]),
        declare("tracker:read", "See swarms and refused announces", &["operator", "engineer"]),
        declare("users:manage", "Create, change and remove users and API keys", &[]),
        declare("audit:read", "Read the audit log", &[]),
        declare("metrics:read", "Read metrics", &["operator", "engineer"]),
    ]
}
