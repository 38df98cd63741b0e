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
    let outcomes = run_targets(workspace, &targets, &mut io::stdout())?;
    let failed = outcomes.iter().filter(|(_, passed)| !passed).count();
    writeln!(io::stdout(), "{} passed, {failed} failed", outcomes.len() - failed)?;
    Ok(Outcome::Done { failed: failed > 0 })
}

/// Everything, and what the README says of it.
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
    let mut ways: Vec<(Way, Vec<&'static Target>)> = Vec::new();
    for &target in targets {
        if let Err(why) = target.qemu {
            writeln!(out, "{}: not run: {why}", target.triple)?;
            continue;
        }
        let way = Way::of(target)?;
        match ways.iter_mut().find(|(known, _)| *known == way) {
            Some((_, targets)) => targets.push(target),
            None => ways.push((way, vec![target])),
        }
    }
    let mut outcomes = Vec::new();
    for (way, targets) in ways {
        let toolchain = Toolchain::for_targets(workspace, way, &targets)?;
        let (programs, done) = toolchain.build_all(workspace, PACKAGE, "release")?;
        for target in targets {
            let built = |program: &&PathBuf| way == Way::Host || program.iter().any(|part| part == target.triple);
            let outcome = match programs.iter().find(built) {
                Some(program) => cases(target, program),
                None => Err(done.error("not built")),
            };
            outcomes.push((target, outcome.as_ref().is_ok_and(|counts| counts.wrong.is_empty())));
            tell(target, outcome, out)?;
        }
    }
    Ok(outcomes)
}

fn tell(target: &Target, outcome: Result<Counts>, out: &mut impl Write) -> io::Result<()> {
    match outcome {
        Ok(Counts { passed, wrong, not_applicable, marked }) => {
            write!(out, "{}: {passed} passed, {} failed", target.triple, wrong.len())?;
            writeln!(out, ", {marked} marked, {not_applicable} not applicable")?;
            for line in wrong {
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
    /// The lines of the cases that failed, did not apply without a mark, or passed in spite of one.
    wrong: Vec<String>,
    not_applicable: usize,
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
        let marked = is_marked(name, big);
        match outcome {
            "ok" if same_version && marked => counts.wrong.push(format!("{name}: passed, but is marked")),
            "ok" => counts.passed += 1,
            "FAILED" | "n/a" if marked => counts.marked += 1,
            // Nothing is left out without a mark, in the version for which there are marks.
            "n/a" if !same_version => counts.not_applicable += 1,
            "FAILED" | "n/a" => counts.wrong.push(rest.to_owned()),
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
