//! Checks that a step runs each command of the README, so that no command becomes out of date.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::process;
use crate::workspace::Workspace;

/// Commands of the README that are run elsewhere, and where.
const ELSEWHERE: [(&str, &str); 13] = [
    ("cargo test", ".ci/run"),
    ("cargo xtask ci", ".ci/run"),
    ("cargo xtask qemu riscv32gc-unknown-linux-gnu", "the step `qemu`"),
    ("cargo xtask headers riscv32", "the step `headers`"),
    ("cargo xtask bench insns", "the step `bench`"),
    ("cargo xtask boot s390x", "the step `boot`"),
    ("cargo run --release -p heartbeat", "the step `heartbeat`"),
    ("cargo build --release -p init", "the step `init`"),
    (
        "cargo run --manifest-path examples/hosted/Cargo.toml --bin metronome -- --period 250ms --ticks 8",
        "the step `hosted`, with other arguments",
    ),
    (
        "cargo run --manifest-path examples/hosted/Cargo.toml --bin deadline -- 06:30",
        "the step `hosted`, with other arguments",
    ),
    (
        "cargo run --manifest-path examples/hosted/Cargo.toml --bin debounce -- --quiet 200ms --at-most 2s",
        "the step `hosted`, with other arguments",
    ),
    (
        "cargo run --release --manifest-path examples/hosted/Cargo.toml --bin latency -- --period 1ms --samples 1000",
        "the step `hosted`, with other arguments",
    ),
    (
        "cargo run --manifest-path examples/hosted/Cargo.toml --bin supervise -- 'sleep 1' 'sleep 2'",
        "the step `hosted`, with other arguments",
    ),
];
/// Commands of the README that are run here, without the variables set before them.
const HERE: [&str; 2] = [
    "cargo build --profile tuned -p minimal --target x86_64-unknown-linux-gnu",
    "cargo xtask qemu riscv32gc-unknown-linux-gnu eventfd timerfd::a_timer_is_never_early",
];

pub fn check(workspace: &Workspace) -> Result<String> {
    let text = fs::read_to_string(workspace.root.join("README.md"))?;
    let commands = commands(&text);
    ensure!(!commands.is_empty(), "README.md has no cargo command");
    let mut ran = 0;
    for (line, command) in &commands {
        if HERE.contains(command) {
            process::succeed(Command::new("sh").args(["-c", line]).current_dir(&workspace.root))?;
            ran += 1;
        } else if !ELSEWHERE.iter().any(|(elsewhere, _)| elsewhere == command) {
            bail!("README.md: no step runs `{command}`");
        }
    }
    Ok(format!("{} commands, {ran} run here", commands.len()))
}

/// The lines in fenced blocks that run cargo, without comments. Each comes with its command, without the variables
/// before it.
fn commands(text: &str) -> Vec<(&str, &str)> {
    let mut fenced = false;
    let mut commands = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            let line = line.split(" #").next().unwrap_or(line).trim_end();
            if line.starts_with("cargo ") {
                commands.push((line, line));
            } else if let Some(at) = line.find(" cargo ") {
                commands.push((line, &line[at + 1..]));
            }
        }
    }
    commands
}
