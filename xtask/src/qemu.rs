//! `cargo xtask qemu`: the freestanding conformance program on each architecture, under QEMU's user mode.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Error, Result, ensure};

use crate::Outcome;
use crate::cases::{self, Counts, Rule};
use crate::debian;
use crate::process;
use crate::targets::{TARGETS, Target};
use crate::toolchain;
use crate::workspace::Workspace;

const PACKAGE: &str = "conformance";

/// The version of QEMU in which the marked cases were seen to fail or not to apply, and the cases.
const MARKED_IN: &str = "7.2";
const MARKS: &str = include_str!("../qemu-7.2.txt");

pub fn list(_: &Workspace) -> Vec<String> {
    let line = |target: &Target| match target.qemu {
        Ok(qemu) => format!("{:<36} qemu-{qemu}", target.triple),
        Err(why) => format!("{:<36} not run: {why}", target.triple),
    };
    TARGETS.iter().map(line).collect()
}

/// Runs the named targets, or all. Reports the targets that cannot run, and does not count them.
pub fn run(workspace: &Workspace, names: &[String]) -> Result<Outcome> {
    let mut targets = Vec::new();
    for name in names {
        match Target::find(name) {
            Some(target) => targets.push(target),
            None => return Ok(Outcome::Unknown(name.clone())),
        }
    }
    if names.is_empty() {
        targets.extend(&TARGETS);
    }
    let outcomes = run_targets(workspace, &targets, &mut io::stdout())?;
    let failed = outcomes.iter().filter(|(_, passed)| !passed).count();
    writeln!(io::stdout(), "{} passed, {failed} failed", outcomes.len() - failed)?;
    Ok(Outcome::Done { failed: failed > 0 })
}

/// Runs every target, and checks what the README says about them.
pub fn step(workspace: &Workspace) -> Result<String> {
    let mut lines = Vec::new();
    let outcomes = run_targets(workspace, &TARGETS.iter().collect::<Vec<_>>(), &mut lines)?;
    ensure!(outcomes.iter().all(|(_, passed)| *passed), "\n{}", String::from_utf8_lossy(&lines));
    let readme = fs::read_to_string(workspace.root.join("README.md"))?;
    for target in &TARGETS {
        let said = match target.qemu {
            Ok(_) => "ran".to_owned(),
            Err(why) => format!("not run: {why}"),
        };
        let row = format!("| `{}` | {said} |", target.triple);
        ensure!(readme.lines().any(|line| line.starts_with(&row)), "README.md has no row `{row}`");
    }
    let rows = readme.lines().filter(|line| line.starts_with("| `") && line.contains("-linux-")).count();
    ensure!(rows == TARGETS.len(), "README.md has {rows} rows of targets, of which there are {}", TARGETS.len());
    Ok(format!("{} targets", outcomes.len()))
}

/// Builds the program for each target that can run and runs it; writes a line for each, and returns whether it passed.
pub fn run_targets(
    workspace: &Workspace,
    targets: &[&'static Target],
    out: &mut impl Write,
) -> Result<Vec<(&'static Target, bool)>> {
    let (mut runnable, mut outcomes) = (Vec::new(), Vec::new());
    for &target in targets {
        match target.qemu {
            Ok(_) => runnable.push(target),
            Err(why) => writeln!(out, "{}: not run: {why}", target.triple)?,
        }
    }
    for (target, program) in toolchain::build_for(workspace, PACKAGE, &runnable)? {
        let counts = program.and_then(|program| cases(target, &program));
        outcomes.push((target, counts.as_ref().is_ok_and(Counts::passed)));
        writeln!(out, "{}: {}", target.triple, cases::tell(&counts))?;
    }
    Ok(outcomes)
}

fn cases(target: &Target, program: &Path) -> Result<Counts> {
    let qemu = format!("qemu-{}-static", target.qemu.map_err(Error::msg)?);
    debian::program(&qemu, "qemu-user-static")?;
    let version = process::succeed(Command::new(&qemu).arg("--version"))?;
    let same_version = version.stdout.contains(&format!("version {MARKED_IN}."));
    let big = is_big_endian(program)?;

    let done = process::run(process::program(Path::new(&qemu)).arg(program))?;
    let rule = |name: &str| match (is_marked(name, big), same_version) {
        (true, true) => Rule::MustNotPass,
        (true, false) => Rule::MayNotPass,
        // In the version of QEMU that the marks are for, every case without a mark must pass.
        (false, true) => Rule::MustPass,
        (false, false) => Rule::MustNotFail,
    };
    Counts::of(&done.stdout, rule).with_context(|| done.error("the conformance program"))
}

fn is_marked(name: &str, big_endian: bool) -> bool {
    MARKS.lines().filter(|line| !line.starts_with('#')).any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some(name) && (words.next() == Some("any") || big_endian)
    })
}

fn is_big_endian(program: &Path) -> Result<bool> {
    const EI_DATA: usize = 5;
    let data = fs::read(program).with_context(|| program.display().to_string())?;
    Ok(data.get(EI_DATA) == Some(&object::elf::ELFDATA2MSB.0))
}
