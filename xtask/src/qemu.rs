//! `cargo xtask qemu`: the freestanding conformance program on each architecture, under QEMU's user mode.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Error, Result, anyhow, ensure};

use crate::cases::{self, Counts, Rule};
use crate::debian;
use crate::process;
use crate::step;
use crate::targets::{TARGETS, Target};
use crate::toolchain::{self, Way};
use crate::workspace::Workspace;
use crate::{Outcome, named, total};

const PACKAGE: &str = "conformance";
/// The directory that has a file for each subject of the cases.
const SUBJECTS: &str = "tests/conformance/src/cases";

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

/// Runs the targets named, or all targets, or the cases named on one target. A target that cannot run gets a line, but
/// is not counted.
pub fn run(workspace: &Workspace, names: &[String]) -> Result<Outcome> {
    let subjects = workspace.root.join(SUBJECTS);
    let is_case = |name: &String| name.contains("::") || subjects.join(name).with_extension("rs").exists();
    let (cases, triples): (Vec<_>, Vec<_>) = names.iter().cloned().partition(is_case);
    let targets = match named(&TARGETS, &triples, |target| target.triple) {
        Ok(targets) => targets,
        Err(unknown) => return Ok(unknown),
    };
    if !cases.is_empty() && triples.len() != 1 {
        return Ok(Outcome::Wrong(format!("cases run on exactly one target, and {} are named", triples.len())));
    }
    let mut out = io::stdout();
    let programs = build(workspace, &targets, &mut out)?;
    for (target, program) in programs.iter().filter(|_| !cases.is_empty()) {
        // Only the program has the list of its cases: some cases exist only on some ABIs.
        let Ok(program) = program else { continue };
        if let Ok(complaint) = process::run(emulated(target, program)?.arg("--list").args(&cases))?.exits(2) {
            return Ok(Outcome::Wrong(complaint.stderr.trim_end().to_owned()));
        }
    }
    let outcomes = run_programs(programs, &cases, &mut out)?;
    total(&outcomes.into_iter().map(|(_, passed)| passed).collect::<Vec<_>>())
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
    run_programs(build(workspace, targets, out)?, &[], out)
}

type Programs = Vec<(&'static Target, Result<PathBuf>)>;

fn build(workspace: &Workspace, targets: &[&'static Target], out: &mut impl Write) -> Result<Programs> {
    let mut runnable = Vec::new();
    for &target in targets {
        match target.qemu {
            Ok(_) => runnable.push(target),
            Err(why) => writeln!(out, "{}: not run: {why}", target.triple)?,
        }
    }
    toolchain::build_for(workspace, PACKAGE, &runnable)
}

fn run_programs(programs: Programs, cases: &[String], out: &mut impl Write) -> Result<Vec<(&'static Target, bool)>> {
    let mut outcomes = Vec::new();
    for (target, program) in programs {
        let counts = match &program {
            Ok(program) => run_cases(target, program, cases),
            Err(error) => Err(anyhow!("{error:#}")),
        };
        let passed = counts.as_ref().is_ok_and(Counts::passed);
        let line = format!("{}: {}", target.triple, cases::tell(&counts));
        writeln!(out, "{line}")?;
        step::kept(line);
        match program {
            Ok(program) if !passed || !cases.is_empty() => write!(out, "{}", by_hand(target, &program, cases)?)?,
            _ => {}
        }
        outcomes.push((target, passed));
    }
    Ok(outcomes)
}

/// The commands that run the program without `cargo xtask`.
fn by_hand(target: &Target, program: &Path, cases: &[String]) -> Result<String> {
    let program = program.display();
    let run = [vec![program.to_string()], cases.to_vec()].concat().join(" ");
    let (plain, gdb, strace) = if Way::of(target)? == Way::Host {
        (run.clone(), format!("gdb --args {run}"), format!("strace {run}"))
    } else {
        let qemu = qemu(target)?;
        let gdb = format!("{qemu} -g 1234 {run} & gdb-multiarch -ex 'target remote :1234' {program}");
        (format!("{qemu} {run}"), gdb, format!("{qemu} -strace {run}"))
    };
    Ok(format!("    by hand: {plain}\n    gdb: {gdb}\n    strace: {strace}\n"))
}

/// QEMU's program for a target.
pub fn qemu(target: &Target) -> Result<String> {
    Ok(format!("qemu-{}-static", target.qemu.map_err(Error::msg)?))
}

fn emulated(target: &Target, program: &Path) -> Result<Command> {
    let qemu = debian::program(&qemu(target)?, "qemu-user-static")?;
    let mut command = process::program(Path::new(&qemu));
    command.arg(program);
    Ok(command)
}

fn run_cases(target: &Target, program: &Path, cases: &[String]) -> Result<Counts> {
    let done = process::run(emulated(target, program)?.args(cases))?;
    let version = process::succeed(Command::new(qemu(target)?).arg("--version"))?;
    let same_version = version.stdout.contains(&format!("version {MARKED_IN}."));
    let big = is_big_endian(program)?;
    let rule = |name: &str| match (is_marked(name, target.triple, big), same_version) {
        (true, true) => Rule::MustNotPass,
        (true, false) => Rule::MayNotPass,
        // In the version of QEMU that the marks are for, every case without a mark must pass.
        (false, true) => Rule::MustPass,
        (false, false) => Rule::MustNotFail,
    };
    Counts::of(&done.stdout, rule).with_context(|| done.error("the conformance program"))
}

fn is_marked(name: &str, triple: &str, big_endian: bool) -> bool {
    MARKS.lines().filter(|line| !line.starts_with('#')).any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some(name)
            && match words.next().unwrap_or_default() {
                "any" => true,
                "big" => big_endian,
                architectures => architectures.split(',').any(|name| triple.starts_with(name)),
            }
    })
}

fn is_big_endian(program: &Path) -> Result<bool> {
    const EI_DATA: usize = 5;
    let data = fs::read(program).with_context(|| program.display().to_string())?;
    Ok(data.get(EI_DATA) == Some(&object::elf::ELFDATA2MSB.0))
}
