//! Compares what a component imports and exports with what its manifest requests and what this host offers.

use crate::error::PackageError;
use crate::package::Package;
use lamp_core::manifest::interfaces::{self, Interface, Linking};
use serde::Serialize;
use std::fmt;

/// The name of one imported or exported interface, `package/interface@version`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct InterfaceName {
    /// `namespace:name`, for example `lamphouse:sql`; empty for a plain name.
    pub package: String,
    /// Interface of the package, or the plain name.
    pub interface: String,
    /// Version, if the name has one.
    pub version: Option<semver::Version>,
}

impl InterfaceName {
    /// Takes a component's import or export name apart. A name that is no interface has an empty `package`.
    pub fn parse(name: &str) -> Self {
        let (path, version) = match name.split_once('@') {
            Some((path, version)) => (path, semver::Version::parse(version).ok()),
            None => (name, None),
        };
        let (package, interface) = path.split_once('/').unwrap_or(("", path));
        Self { package: package.to_owned(), interface: interface.to_owned(), version }
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.package.is_empty() {
            write!(formatter, "{}/", self.package)?;
        }
        formatter.write_str(&self.interface)?;
        match &self.version {
            Some(version) => write!(formatter, "@{version}"),
            None => Ok(()),
        }
    }
}

/// Something odd that does not stop an install.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// In words, with what to change.
    pub message: String,
}

/// Whether this host can run the package with what its manifest requests. Shape: warnings, any number.
/// Errors: an import that is not requested, not known or of another version; a promised handler that is not exported.
pub fn check_requirements(package: &Package) -> Result<Vec<Warning>, PackageError> {
    for import in &package.imports {
        check_import(package, import)?;
    }
    for export in package.exports.iter().filter(|export| export.package.starts_with("lamphouse:")) {
        if let Some(row) = interfaces::interface(&export.package) {
            check_version(row, export)?;
        }
    }
    check_promises(package)?;
    Ok(unused_requests(package))
}

fn check_import(package: &Package, import: &InterfaceName) -> Result<(), PackageError> {
    if import.package.starts_with("wasi:") {
        return Err(PackageError::Wasi { import: import.to_string() });
    }
    let Some(row) = interfaces::interface(&import.package) else {
        let known = interfaces::INTERFACES.iter().map(|row| row.package).collect::<Vec<_>>().join(", ");
        return Err(PackageError::UnknownImport { import: import.to_string(), known });
    };
    check_version(row, import)?;
    if row.is_granted() && package.manifest.capability(row.package).is_none() {
        return Err(PackageError::UndeclaredImport { interface: row.package.to_owned() });
    }
    Ok(())
}

/// An older or equal version on the same compatible track is fine: `0.1.x` for `0.1.y` with x <= y, `1.a` for `1.b`.
fn check_version(row: &Interface, name: &InterfaceName) -> Result<(), PackageError> {
    let refuse = |needed: String, advice| PackageError::UnsupportedVersion {
        interface: row.package.to_owned(),
        needed,
        offered: row.version.to_owned(),
        advice,
    };
    let Ok(offered) = semver::Version::parse(row.version) else {
        return Err(refuse(name.to_string(), "update Lamphouse"));
    };
    let Some(needed) = &name.version else {
        return Err(refuse("without a version".to_owned(), "build against the versioned WIT package"));
    };
    let track = |version: &semver::Version| match (version.major, version.minor) {
        (0, 0) => (0, 0, version.patch),
        (0, minor) => (0, minor, 0),
        (major, _) => (major, 0, 0),
    };
    let newer = (needed.major, needed.minor, needed.patch) > (offered.major, offered.minor, offered.patch);
    if newer {
        return Err(refuse(needed.to_string(), "update Lamphouse, or take an older version of the plugin"));
    }
    if track(needed) != track(&offered) {
        return Err(refuse(needed.to_string(), "take a newer version of the plugin"));
    }
    Ok(())
}

fn exports(package: &Package, interface: &str) -> bool {
    package.exports.iter().any(|export| export.package == interface)
}

fn check_promises(package: &Package) -> Result<(), PackageError> {
    let promises = [
        ("routes", "lamphouse:http", !package.manifest.routes.is_empty()),
        ("jobs", "lamphouse:jobs", !package.manifest.jobs.is_empty()),
    ];
    for (field, interface, promised) in promises {
        if promised && !exports(package, interface) {
            return Err(PackageError::MissingExport { field, interface });
        }
    }
    Ok(())
}

/// Requests that neither an import nor an export uses. An admin would grant them for nothing.
fn unused_requests(package: &Package) -> Vec<Warning> {
    let unused = package.manifest.capabilities.iter().filter(|request| {
        let imported = package.imports.iter().any(|import| import.package == request.interface);
        let exported = exports(package, &request.interface);
        match interfaces::interface(&request.interface).map(|row| row.linking) {
            Some(Linking::Imported) => !imported,
            Some(Linking::Exported) => !exported,
            Some(Linking::Both) => !imported && !exported,
            Some(Linking::Leave) => package.manifest.ui.is_none(),
            Some(Linking::Always) | None => false,
        }
    });
    unused
        .map(|request| Warning {
            message: format!(
                "plugin.toml requests {} and the component does not use it: remove the request",
                request.interface
            ),
        })
        .collect()
}
