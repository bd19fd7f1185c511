//! `./x check`: rules that no compiler checks. Every fault is listed before the end; nothing stops at the first.

use crate::workspace::{Workspace, run};
use anyhow::Result;
use std::process::{Command, ExitCode};

mod capabilities;
pub mod documents;
mod layers;
mod sources;
mod wit;
mod words;

/// What one rule found. Shape: one line a fault, with the place and what to do.
type Faults = Result<Vec<String>>;

/// One rule.
type Rule = fn(&Workspace) -> Faults;

/// Runs every check, or only the rules of our own, which need no build.
pub fn all(workspace: &Workspace, with_tools: bool) -> Result<ExitCode> {
    let mut failed = rules(workspace, with_tools)?;
    for warning in sources::long_files(workspace)? {
        println!("warning: {warning}");
    }
    for (name, mut tool) in if with_tools { tools(workspace) } else { Vec::new() } {
        if let Err(error) = run(&mut tool) {
            println!("{name}: {error:#}");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        println!("check: all good");
        return Ok(ExitCode::SUCCESS);
    }
    println!("check failed: {}", failed.join(", "));
    Ok(ExitCode::FAILURE)
}

/// Runs our own rules, with those that build first when asked. Shape: the names of those that found faults.
fn rules(workspace: &Workspace, with_builds: bool) -> Result<Vec<&'static str>> {
    let mut rules: Vec<(&str, Rule)> = vec![
        ("layers", layers::check),
        ("words", words::check),
        ("headers", sources::check_headers),
        ("capabilities", capabilities::check),
        ("documents", documents::check),
        ("unfinished", sources::check_unfinished),
    ];
    if with_builds {
        rules.push(("api document", documents::check_api));
    }
    let mut failed = Vec::new();
    for (name, rule) in rules {
        let faults = rule(workspace)?;
        for fault in &faults {
            println!("{name}: {fault}");
        }
        if !faults.is_empty() {
            failed.push(name);
        }
    }
    Ok(failed)
}

fn tools(workspace: &Workspace) -> Vec<(&'static str, Command)> {
    let clippy = ["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"];
    let mut tools = vec![("fmt", workspace.cargo(&["fmt", "--all", "--check"])), ("clippy", workspace.cargo(&clippy))];
    if workspace.has_npm_script("check") {
        tools.push(("web", workspace.npm(&["run", "check"])));
    }
    tools
}
