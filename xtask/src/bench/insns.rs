//! User instructions an operation: the difference of two runs, so that what is before and after does not count.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Figure, OPS, Row, Scope, operations, program, table};
use crate::workspace::Workspace;
use crate::{debian, process, step};

/// How often an operation is repeated, in the two runs.
const TIMES: [u64; 2] = [1000, 3000];

/// The compiler's usual build, and that with fat LTO.
const PROFILES: [&str; 2] = ["release", "fat"];

pub fn run(workspace: &Workspace, scope: &Scope, out: &mut dyn Write) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for profile in PROFILES {
        let rows = counts(workspace, profile, scope)?;
        table(out, profile, &rows)?;
        for (peer, cells) in rows {
            for (operation, count) in cells {
                figures.push(Figure { what: format!("{peer}.{operation}"), value: count.parse()? });
            }
        }
    }
    Ok(figures)
}

pub fn counts(workspace: &Workspace, profile: &str, scope: &Scope) -> Result<Vec<Row>> {
    step::at_work(format_args!("counting instructions, {profile}"));
    let ops = program(workspace, OPS, profile)?;
    let mut rows = Vec::new();
    for (peer, operations) in operations(&ops, scope)? {
        let mut cells = Vec::new();
        for operation in operations {
            let count = count(&ops, &peer, &operation)?;
            cells.push((operation, format!("{count}")));
        }
        rows.push((peer, cells));
    }
    Ok(rows)
}

fn count(program: &Path, peer: &str, operation: &str) -> Result<f64> {
    let [few, many] = TIMES;
    let difference = total(program, peer, operation, many)? - total(program, peer, operation, few)?;
    Ok(difference as f64 / (many - few) as f64)
}

fn total(program: &Path, peer: &str, operation: &str, times: u64) -> Result<u64> {
    collected(&[], program, &[peer, operation, &times.to_string()])
}

/// What callgrind counts in a run of a program.
pub fn collected(options: &[&str], program: &Path, arguments: &[&str]) -> Result<u64> {
    let mut valgrind = Command::new(debian::program("valgrind", "valgrind")?);
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).args(options);
    let done = process::succeed(valgrind.arg(program).args(arguments))?;
    let collected = done.stderr.lines().find_map(|line| line.split_once("Collected : "));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    count.with_context(|| done.error("no count of callgrind").to_string())
}
