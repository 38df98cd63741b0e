//! Checks which values the compiler keeps in registers across a trap, in the assembly of `tests/clobbers`. QEMU's user
//! mode cannot show this, because it preserves every register.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail, ensure};

use crate::process;
use crate::targets::Target;
use crate::toolchain::{Toolchain, Way};
use crate::workspace::Workspace;

const PACKAGE: &str = "clobbers";

/// How the mnemonics of instructions begin that store vector registers.
const STORES: [&str; 9] = ["st", "vse8", "vse16", "vse32", "vse64", "vs1r", "vs2r", "vs4r", "vs8r"];

/// A target, an extension of its processor that has such registers, a function, and the check of its code.
type Probe = (&'static str, Option<&'static str>, &'static str, fn(&[&str]) -> Result<()>);

const PROBES: [Probe; 6] = [
    ("powerpc-unknown-linux-gnu", None, "counted_loop", no_count_register),
    ("powerpc64le-unknown-linux-gnu", None, "counted_loop", no_count_register),
    ("loongarch64-unknown-linux-gnu", None, LANES, |code| carries_nothing(code, "syscall", &["t"])),
    ("riscv64gc-unknown-linux-gnu", Some("v"), LANES, |code| carries_nothing(code, "ecall", &["v"])),
    ("aarch64-unknown-linux-gnu", Some("sve"), LANES, |code| carries_nothing(code, "svc", &["z", "p"])),
    ("aarch64-unknown-linux-gnu", Some("sve"), LOOPS, |code| carries_nothing(code, "svc", &["z", "p"])),
];
const LANES: &str = "lanes_around_a_trap";
const LOOPS: &str = "loop_around_a_trap_and_a_loop";

pub fn step(workspace: &Workspace) -> Result<String> {
    for (triple, extension, name, check) in PROBES {
        let what = format!("{name} on {triple}");
        let assembly = compile(workspace, triple, extension)?;
        let code = function(&assembly, name).with_context(|| what.clone())?;
        check(&code).with_context(|| format!("{what}:\n{}\n", code.join("\n")))?;
    }
    Ok(format!("{} functions", PROBES.len()))
}

fn compile(workspace: &Workspace, triple: &str, extension: Option<&str>) -> Result<String> {
    let target = Target::find(triple).with_context(|| triple.to_owned())?;
    let toolchain = Toolchain::for_targets(workspace, Way::of(target)?, &[target])?;
    let output = workspace.target.join(format!("clobbers-{triple}.s"));
    let mut command = toolchain.cargo(workspace, "rustc");
    command.args(["--package", PACKAGE, "--release"]);
    if let Some(feature) = extension {
        // Only for these two packages, so that `core` is not compiled again.
        command.arg("-Zprofile-rustflags").env("RUSTC_BOOTSTRAP", "1");
        for package in [PACKAGE, "barefd"] {
            command
                .arg(format!("--config=profile.release.package.{package}.rustflags=['-Ctarget-feature=+{feature}']"));
        }
    }
    process::succeed(command.arg("--").arg(format!("--emit=asm={}", output.display())))?;
    fs::read_to_string(&output).with_context(|| output.display().to_string())
}

/// The instructions of a function.
fn function<'a>(assembly: &'a str, name: &str) -> Result<Vec<&'a str>> {
    let label = format!("{name}:");
    let mut lines = assembly.lines().skip_while(|line| *line != label).skip(1);
    let code: Vec<_> = lines
        .by_ref()
        .take_while(|line| !line.starts_with(".Lfunc_end"))
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with(['.', '#', '/']))
        .collect();
    ensure!(!code.is_empty(), "not in the assembly");
    Ok(code)
}

/// The kernel returns with a zero in ctr.
fn no_count_register(code: &[&str]) -> Result<()> {
    ensure!(code.contains(&"sc"), "no trap");
    match code.iter().find(|line| line.starts_with("bdnz") || line.starts_with("mtctr")) {
        Some(line) => bail!("counts in ctr: {line}"),
        None => Ok(()),
    }
}

/// Below the trap every register of these kinds is written before it is read.
fn carries_nothing(code: &[&str], trap: &str, kinds: &[&str]) -> Result<()> {
    let trap = code.iter().position(|line| line.starts_with(trap)).context("no trap")?;
    let mut written = BTreeSet::new();
    for line in &code[trap + 1..] {
        let (mnemonic, operands) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let mut registers = operands.split(|c: char| !c.is_alphanumeric()).filter(|word| is_register(word, kinds));
        // An instruction writes its first operand, except a store.
        let is_store = STORES.iter().any(|store| mnemonic.starts_with(store));
        let destination = if is_store { None } else { registers.next() };
        if let Some(register) = registers.find(|register| !written.contains(register)) {
            bail!("{register} is carried across the trap: {line}");
        }
        written.extend(destination);
    }
    Ok(())
}

/// `z0`, and not `zero`.
fn is_register(word: &str, kinds: &[&str]) -> bool {
    kinds.iter().any(|kind| {
        word.strip_prefix(kind).is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    })
}
