//! The 32-bit ABIs on a kernel without the calls with 64-bit times.
//!
//! QEMU's user mode has no seccomp that could refuse them. So the conformance program is built from a copy of this
//! workspace. In the copy, the table gives these calls numbers that no kernel has. The program finds out that they are
//! missing, and runs the cases with the old calls.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::qemu;
use crate::targets::Target;
use crate::workspace::Workspace;

/// One target for each ABI that also has the old calls.
const TARGETS: [&str; 6] = [
    "armv7-unknown-linux-gnueabihf",
    "hexagon-unknown-linux-musl",
    "i686-unknown-linux-gnu",
    "mips-unknown-linux-gnu",
    "powerpc-unknown-linux-gnu",
    "sparc-unknown-linux-gnu",
];
/// The table that has the numbers of these calls.
const TABLE: &str = "arch/shared/all.tbl";

pub fn step(workspace: &Workspace) -> Result<String> {
    let copy = renumbered(workspace)?;
    let mut targets = Vec::new();
    for triple in TARGETS {
        targets.push(Target::find(triple).context(triple)?);
    }
    let mut lines = Vec::new();
    let outcomes = qemu::run_targets(&copy, &targets, &mut lines)?;
    ensure!(outcomes.iter().all(|(_, passed)| *passed), "\n{}", String::from_utf8_lossy(&lines));
    Ok(format!("{} targets", outcomes.len()))
}

/// A copy of the workspace, as git sees it, in which the 64-bit time calls have numbers that no kernel has.
fn renumbered(workspace: &Workspace) -> Result<Workspace> {
    let root = workspace.target.join("refused");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(&workspace.root);
    for file in process::succeed(&mut list)?.stdout.lines() {
        let (from, to) = (workspace.root.join(file), root.join(file));
        // A file that was deleted, but not yet in a commit.
        if !from.exists() {
            continue;
        }
        fs::create_dir_all(to.parent().context("a file without a directory")?)?;
        if file == TABLE {
            fs::write(&to, without_time64(&fs::read_to_string(&from)?)?)?;
        } else {
            fs::copy(&from, &to).with_context(|| file.to_owned())?;
        }
    }
    // Without this, cargo would confuse the builds of the copy with those of the workspace.
    let target = workspace.target.join("renumbered");
    Ok(Workspace { root, target, ..workspace.clone() })
}

fn without_time64(table: &str) -> Result<String> {
    let mut renumbered = String::new();
    for line in table.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["time64", name, number, old] => {
                let number = number.parse::<u32>().with_context(|| line.to_owned())? + 3000;
                renumbered.push_str(&format!("time64 {name} {number} {old}\n"));
            }
            _ => renumbered.push_str(&format!("{line}\n")),
        }
    }
    ensure!(renumbered.contains("\ntime64 "), "{TABLE} has no call with a 64-bit time");
    Ok(renumbered)
}
