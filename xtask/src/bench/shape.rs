//! The shape of the hot functions: how many instructions their code has, how many of these touch memory, and what it
//! calls. `benches/shape.txt` has what is expected. Another shape fails, also a smaller one: a reviewer shall see it.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use rustc_demangle::demangle;

use super::{Figure, PACKAGE, Scope};
use crate::assembly;
use crate::process;
use crate::step;
use crate::targets::Target;
use crate::toolchain::Way;
use crate::workspace::Workspace;

/// The library with the functions.
const LIBRARY: &str = "shape";

const TARGETS: [&str; 10] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "riscv64gc-unknown-linux-gnu",
    "s390x-unknown-linux-gnu",
    "i686-unknown-linux-gnu",
    "armv7-unknown-linux-gnueabihf",
    "riscv32gc-unknown-linux-gnu",
    "loongarch64-unknown-linux-gnu",
    "powerpc-unknown-linux-gnu",
    "powerpc64le-unknown-linux-gnu",
];

const FUNCTIONS: [&str; 14] = [
    "event_take",
    "event_read",
    "event_write",
    "event_notify",
    "timer_take",
    "timer_arm_after",
    "timer_arm_at",
    "timer_get",
    "signal_take",
    "poll_for_ever",
    "poll_for",
    "epoll_for_ever",
    "clock_now",
    "sys_read",
];

/// How the mnemonics of calls begin, on one of the targets. Branches begin with other letters, or are in `BRANCHES`.
const CALLS: [&str; 8] = ["bl", "call", "brasl", "jal", "pcaddu18i", "tail", "jirl", "b.w"];
const BRANCHES: [&str; 12] =
    ["blt", "bltu", "bltz", "ble", "bleu", "blez", "bls", "blr", "bltlr", "blelr", "bltctr", "blge"];

pub fn run(workspace: &Workspace, _: &Scope, out: &mut dyn Write) -> Result<Vec<Figure>> {
    let file = workspace.root.join(PACKAGE).join("shape.txt");
    let expected = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let mut differences = Vec::new();
    for triple in TARGETS {
        step::at_work(format_args!("compiling the hot functions for {triple}"));
        let shape = of_target(workspace, triple)?;
        write!(out, "{shape}")?;
        let head = shape.lines().next().unwrap_or_default();
        // With another compiler the code may be another, and nothing is wrong.
        let Some(at) = expected.lines().position(|line| line == head) else {
            writeln!(out, "# {}: no shape for this compiler in {}", triple, file.display())?;
            continue;
        };
        for line in shape.lines().skip(1) {
            let name = line.split_whitespace().next().unwrap_or_default();
            let held = expected.lines().skip(at + 1).take_while(|line| line.starts_with(' '));
            let held = held.map(str::trim).find(|held| held.split_whitespace().next() == Some(name));
            if held != Some(line.trim()) {
                differences.push(format!(
                    "{triple}: expected `{}`, found `{}`",
                    held.unwrap_or("nothing"),
                    line.trim()
                ));
            }
        }
    }
    ensure!(differences.is_empty(), "the code has another shape:\n    {}", differences.join("\n    "));
    Ok(Vec::new())
}

/// A line for the target and the compiler, then one for each function: `NAME INSTRUCTIONS MEMORY CALLS`.
fn of_target(workspace: &Workspace, triple: &str) -> Result<String> {
    let code = assembly::compile(workspace, LIBRARY, triple, None)?;
    let mut shape = format!("{triple}, rustc {}\n", compiler(triple)?);
    for name in FUNCTIONS {
        let code = assembly::function(&code, name).with_context(|| triple.to_owned())?;
        let code: Vec<_> = code.into_iter().filter(|line| !line.ends_with(':')).collect();
        let memory = code.iter().filter(|line| touches_memory(line)).count();
        let mut calls: Vec<_> = code.iter().filter_map(|line| callee(line)).collect();
        calls.sort();
        let calls = if calls.is_empty() { "-".to_owned() } else { calls.join(" ") };
        writeln!(shape, "    {name:<16} {:>3} {memory:>3} {calls}", code.len())?;
    }
    Ok(shape)
}

/// The version of the compiler for a target.
fn compiler(triple: &str) -> Result<String> {
    let target = Target::find(triple).with_context(|| triple.to_owned())?;
    let rustc = if matches!(Way::of(target)?, Way::Debian { .. }) { "/usr/bin/rustc" } else { "rustc" };
    let version = process::succeed(Command::new(rustc).arg("--version"))?.stdout;
    Ok(version.split_whitespace().nth(1).unwrap_or_default().to_owned())
}

/// Whether an instruction has an operand in memory. Addresses are in brackets, but on LoongArch, where the mnemonic says
/// it; so do those that move several registers.
fn touches_memory(line: &str) -> bool {
    let mnemonic = line.split_whitespace().next().unwrap_or_default();
    let by_name = ["push", "pop", "ldm", "stm", "ld.", "st.", "ldptr", "stptr", "vld", "vst"];
    let is_address = mnemonic.starts_with("lea") || mnemonic.starts_with("la");
    by_name.iter().any(|name| mnemonic.starts_with(name)) || !is_address && line.contains(['(', '['])
}

/// What an instruction calls, without the parts of the name that change from build to build.
fn callee(line: &str) -> Option<String> {
    let (mnemonic, operands) = line.split_once(char::is_whitespace)?;
    if BRANCHES.contains(&mnemonic) || !CALLS.iter().any(|call| mnemonic.starts_with(call)) {
        return None;
    }
    let name = operands.rsplit([',', ' ', '\t']).next()?;
    let name = name
        .trim_start_matches("%call36(")
        .trim_start_matches(['*', '%'])
        .split(['@', '(', ')'])
        .find(|part| part.len() > 2)?;
    Some(format!("{:#}", demangle(name)))
}
