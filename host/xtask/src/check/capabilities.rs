//! Every interface of the table has its WIT file with documented functions, its file in `lamp-caps` where plugins call it,
//! and a place in the probe plugin that exercises it.

use super::{Faults, wit};
use crate::files;
use crate::workspace::Workspace;
use lamp_core::manifest::interfaces::{INTERFACES, Interface, Linking};

/// The interface of types only: nothing to call.
const TYPES: &str = "types";

pub fn check(workspace: &Workspace) -> Faults {
    let mut probe = String::new();
    for path in files::below(&workspace.path("examples/probe/src"))? {
        probe.push_str(&files::read_text(&path)?);
    }
    let mut faults = Vec::new();
    for row in INTERFACES {
        if row.linking == Linking::Leave {
            continue;
        }
        faults.extend(check_wit(workspace, row)?);
        let name = row.short_name();
        let implementation = format!("host/lamp-caps/src/{name}.rs");
        if is_called(row) && !workspace.path(&implementation).is_file() {
            faults.push(format!("{} has no {implementation}", row.package));
        }
        // Entries are implemented by their module, functions are called by their interface's name.
        let marks = [format!("{name}::"), format!("::{name}"), format!("(\"{name}\", ")];
        if name != TYPES && !marks.iter().any(|mark| probe.contains(mark)) {
            faults.push(format!("{} is not exercised by examples/probe", row.package));
        }
    }
    Ok(faults)
}

/// Whether plugins call functions of it.
fn is_called(row: &Interface) -> bool {
    row.linking != Linking::Exported && row.short_name() != TYPES
}

fn check_wit(workspace: &Workspace, row: &Interface) -> Faults {
    let relative = format!("wit/{}.wit", row.short_name());
    let path = workspace.path(&relative);
    if !path.is_file() {
        return Ok(vec![format!("{} has no {relative}", row.package)]);
    }
    let text = files::read_text(&path)?;
    let mut faults = Vec::new();
    let head = format!("package {}@{};", row.package, row.version);
    if !text.contains(&head) {
        faults.push(format!("{relative} does not hold `{head}`, as the table of interfaces says"));
    }
    let bare = wit::functions(&text).into_iter().filter(|function| function.documentation.is_empty());
    faults.extend(bare.map(|function| format!("{relative}: {} has no documentation", function.name)));
    Ok(faults)
}
