//! Checks which values the compiler keeps in registers across a trap, in the assembly of `tests/clobbers`. QEMU's user
//! mode cannot show this, because it preserves every register.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};

use crate::assembly;
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
        let assembly = assembly::compile(workspace, PACKAGE, triple, extension)?;
        let code = assembly::function(&assembly, name).with_context(|| what.clone())?;
        check(&code).with_context(|| format!("{what}:\n{}\n", code.join("\n")))?;
    }
    Ok(format!("{} functions", PROBES.len()))
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
