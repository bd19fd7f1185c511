//! All tests, one after the other, with one count at the end.

use crate::build;
use crate::counts::{Counts, parse};
use crate::run;
use crate::workspace::{Workspace, describe};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};

/// Builds, then runs every kind of test.
pub fn all(workspace: &Workspace) -> ExitCode {
    finish(prepare(workspace).map(|()| {
        let cargo = workspace.cargo(&["test", "--release", "--workspace", "--no-fail-fast"]);
        let mut steps = vec![cargo];
        steps.extend(script(workspace, "test"));
        steps.extend(script(workspace, "e2e"));
        steps
    }))
}

/// Runs one kind: `unit` needs no build, the others do.
pub fn one(workspace: &Workspace, kind: &str) -> Result<ExitCode> {
    let cargo = |rest: &[&str]| {
        let mut command = workspace.cargo(&["test", "--release", "--workspace", "--no-fail-fast"]);
        command.args(rest);
        command
    };
    let steps = match kind {
        "unit" => Ok(std::iter::once(cargo(&["--lib", "--bins"])).chain(script(workspace, "test")).collect()),
        "integration" => build::all(workspace).map(|()| vec![cargo(&["--test", "*"])]),
        "e2e" => prepare(workspace).map(|()| script(workspace, "e2e").into_iter().collect()),
        _ => bail!("`{kind}` is no kind of test: unit, integration or e2e"),
    };
    Ok(finish(steps))
}

/// Builds everything, and what the browser tests of the plugins fill their folders with.
fn prepare(workspace: &Workspace) -> Result<()> {
    build::all(workspace)?;
    run::generators(workspace)
}

/// A script of `web/package.json`, where there is one.
fn script(workspace: &Workspace, name: &str) -> Option<Command> {
    workspace.has_npm_script(name).then(|| workspace.npm(&["run", name]))
}

/// Runs the steps and closes with the counts; a step that cannot run counts as one failure.
fn finish(steps: Result<Vec<Command>>) -> ExitCode {
    let mut total = Counts::default();
    let mut faults = Vec::new();
    match steps {
        Ok(steps) => {
            for mut step in steps {
                let line = describe(&step);
                match count(&mut step) {
                    Ok((counts, ended_well)) => {
                        total += counts;
                        if !ended_well && counts.failed == 0 {
                            total.failed += 1;
                        }
                        if !ended_well || counts.failed > 0 {
                            faults.push(format!("{line}: failed"));
                        }
                    }
                    Err(error) => {
                        total.failed += 1;
                        faults.push(format!("{error:#}"));
                    }
                }
            }
        }
        Err(error) => {
            total.failed += 1;
            faults.push(format!("{error:#}"));
        }
    }
    for fault in &faults {
        eprintln!("x: {fault}");
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one step, shows its output as it comes and adds up what it says. Shape: counts, and whether it ended well.
fn count(step: &mut Command) -> Result<(Counts, bool)> {
    let line = describe(step);
    eprintln!("$ {line}");
    let mut child = step.stdout(Stdio::piped()).spawn().with_context(|| format!("start {line}"))?;
    let mut counts = Counts::default();
    if let Some(output) = child.stdout.take() {
        for text in BufReader::new(output).split(b'\n') {
            let text = text.with_context(|| format!("read the output of {line}"))?;
            let text = String::from_utf8_lossy(&text);
            println!("{text}");
            counts += parse(&text);
        }
    }
    let status = child.wait().with_context(|| format!("wait for {line}"))?;
    Ok((counts, status.success()))
}
