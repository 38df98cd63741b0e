//! `cargo xtask qemu`: the freestanding conformance program on each architecture, under QEMU's user mode.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Error, Result, ensure};

use crate::Outcome;
use crate::debian;
use crate::process;
use crate::targets::{TARGETS, Target};
use crate::toolchain::{Toolchain, Way};
use crate::workspace::Workspace;

const PACKAGE: &str = "conformance";

/// The version of QEMU in which the marked cases were seen to go wrong, and the cases.
const MARKED_IN: &str = "7.2";
const MARKS: &str = include_str!("../qemu-7.2.txt");

pub fn list(_: &Workspace) -> Vec<String> {
    let line = |target: &Target| match target.qemu {
        Ok(qemu) => format!("{:<36} qemu-{qemu}", target.triple),
        Err(why) => format!("{:<36} not run: {why}", target.triple),
    };
    TARGETS.iter().map(line).collect()
}

/// Runs the targets named, or all; those that cannot run are told of and not counted.
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
    let (passed, failed) = run_targets(workspace, &targets)?;
    writeln!(io::stdout(), "{passed} passed, {failed} failed")?;
    Ok(Outcome::Done { failed: failed > 0 })
}

/// Builds the program for each target that can run and runs it; prints a line for each, and returns how many passed and
/// failed.
fn run_targets(workspace: &Workspace, targets: &[&'static Target]) -> Result<(usize, usize)> {
    let mut ways: Vec<(Way, Vec<&'static Target>)> = Vec::new();
    for &target in targets {
        if let Err(why) = target.qemu {
            writeln!(io::stdout(), "{}: not run: {why}", target.triple)?;
            continue;
        }
        let way = Way::of(target)?;
        match ways.iter_mut().find(|(known, _)| *known == way) {
            Some((_, targets)) => targets.push(target),
            None => ways.push((way, vec![target])),
        }
    }
    let (mut passed, mut failed) = (0, 0);
    for (way, targets) in ways {
        let toolchain = Toolchain::for_targets(workspace, way, &targets)?;
        let (programs, done) = toolchain.build_all(workspace, PACKAGE, "release")?;
        for target in targets {
            let built = |program: &&PathBuf| way == Way::Host || program.iter().any(|part| part == target.triple);
            let outcome = match programs.iter().find(built) {
                Some(program) => cases(target, program),
                None => Err(done.error("not built")),
            };
            match outcome {
                Ok(ref counts) if counts.failed.is_empty() => passed += 1,
                _ => failed += 1,
            }
            tell(target, outcome)?;
        }
    }
    Ok((passed, failed))
}

fn tell(target: &Target, outcome: Result<Counts>) -> io::Result<()> {
    let mut out = io::stdout();
    match outcome {
        Ok(Counts { passed, failed, not_applicable, marked }) => {
            write!(out, "{}: {passed} passed, {} failed", target.triple, failed.len())?;
            writeln!(out, " ({not_applicable} not applicable, {marked} that QEMU {MARKED_IN} gets wrong)")?;
            for line in failed {
                writeln!(out, "    {line}")?;
            }
            Ok(())
        }
        Err(error) => writeln!(out, "{}: FAILED: {error:#}", target.triple),
    }
}

/// How the cases of one target ended.
#[derive(Default)]
struct Counts {
    passed: usize,
    /// The lines of the cases that failed.
    failed: Vec<String>,
    not_applicable: usize,
    /// Cases that QEMU gets wrong.
    marked: usize,
}

fn cases(target: &Target, program: &Path) -> Result<Counts> {
    let qemu = format!("qemu-{}-static", target.qemu.map_err(Error::msg)?);
    debian::program(&qemu, "qemu-user-static")?;
    let version = process::succeed(Command::new(&qemu).arg("--version"))?;
    let same_version = version.stdout.contains(&format!("version {MARKED_IN}."));
    let big = is_big_endian(program)?;

    let done = process::run(process::program(Path::new(&qemu)).arg(program))?;
    let mut counts = Counts::default();
    for line in done.stdout.lines() {
        let (outcome, rest) = line.split_once(' ').unwrap_or_default();
        // `FAILED eventfd::zero_is_nothing: what went wrong`
        let name = rest.split_once(": ").map_or(rest, |(name, _)| name);
        match outcome {
            "ok" if same_version && is_marked(name, big) => {
                counts.failed.push(format!("{name}: passed, but is marked as wrong in QEMU {MARKED_IN}"));
            }
            "ok" => counts.passed += 1,
            "FAILED" if is_marked(name, big) => counts.marked += 1,
            "FAILED" => counts.failed.push(rest.to_owned()),
            "n/a" => counts.not_applicable += 1,
            _ => {}
        }
    }
    // What the program counted, which it does not come to if it is killed.
    let last = done.stdout.lines().last().unwrap_or_default();
    let ok = done.stdout.lines().filter(|line| line.starts_with("ok ")).count();
    ensure!(ok > 0 && last.starts_with(&format!("{ok} passed, ")), done.error("it did not come to its end"));
    Ok(counts)
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
