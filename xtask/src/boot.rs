//! `cargo xtask boot`: programs as PID 1 on real kernels, under QEMU's system mode.

mod init;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use cpio::newc;

use crate::cases::{self, Counts, Rule};
use crate::kernels::{MACHINES, Machine};
use crate::process::{self, Done};
use crate::step;
use crate::targets::{TARGETS, Target};
use crate::toolchain;
use crate::workspace::Workspace;
use crate::{Outcome, named, total};

const CONFORMANCE: &str = "conformance";
const HEARTBEAT: &str = "heartbeat";
/// The kernels that a step of `cargo xtask ci` boots. They cover both byte orders, both word sizes, and the
/// architectures that clobber most.
const STEP: [&str; 5] = ["x86_64", "arm64", "s390x", "riscv64", "mipsel"];
/// The kernel prints this when it cannot continue.
const PANIC: &str = "Kernel panic - ";
/// The same line has this when PID 1 ended. The status of wait(2) follows, in hexadecimal.
const EXIT: &str = "Attempted to kill init! exitcode=0x";
const CLEAR: &str = "\x1b[2J";
/// The kernel passes the words after this on its command line to PID 1.
const ARGUMENTS: &str = " -- ";

pub fn list(_: &Workspace) -> Vec<String> {
    MACHINES.iter().map(|machine| format!("{:<10} {}", machine.arch, machine.targets.join(", "))).collect()
}

/// The conformance program on the kernels named, or all.
pub fn run(workspace: &Workspace, names: &[String]) -> Result<Outcome> {
    on(workspace, names, conformance)
}

/// The example `init` on the kernels named, or all.
pub fn init(workspace: &Workspace, names: &[String]) -> Result<Outcome> {
    on(workspace, names, init::run)
}

/// Writes a line for each boot, and returns whether each passed.
type Suite = fn(&Workspace, &[&Machine], &mut dyn Write) -> Result<Vec<bool>>;

fn on(workspace: &Workspace, names: &[String], suite: Suite) -> Result<Outcome> {
    let machines = match named(&MACHINES, names, |machine| machine.arch) {
        Ok(machines) => machines,
        Err(unknown) => return Ok(unknown),
    };
    total(&suite(workspace, &machines, &mut io::stdout())?)
}

/// Boots both programs on some kernels, and checks what the README says about all of them.
pub fn step(workspace: &Workspace) -> Result<String> {
    let machines = STEP.iter().map(|arch| Machine::find(arch).context(*arch)).collect::<Result<Vec<_>>>()?;
    let mut lines = Vec::new();
    let mut passed = conformance(workspace, &machines, &mut lines)?;
    passed.extend(init::run(workspace, &machines, &mut lines)?);
    ensure!(!passed.contains(&false), "\n{}", String::from_utf8_lossy(&lines));
    runs(workspace, machines[0])?;
    let readme = fs::read_to_string(workspace.root.join("README.md"))?;
    for target in &TARGETS {
        let kernels = MACHINES.iter().filter(|machine| machine.targets.contains(&target.triple));
        let kernels = kernels.map(|machine| machine.arch).collect::<Vec<_>>().join(", ");
        let said = if kernels.is_empty() { "not run".to_owned() } else { format!("ran: {kernels}") };
        let row = |line: &str| {
            line.starts_with(&format!("| `{}` |", target.triple)) && line.ends_with(&format!("| {said} |"))
        };
        ensure!(readme.lines().any(row), "README.md does not say of `{}`: {said}", target.triple);
    }
    Ok(format!("{} boots", passed.len()))
}

/// Checks that the runner returns the exit status of a program, and fails for a file that the kernel cannot execute.
fn runs(workspace: &Workspace, machine: &Machine) -> Result<()> {
    let triple = machine.targets.first().context("a machine without a target")?;
    let programs = programs(workspace, HEARTBEAT, [triple].into_iter())?;
    let mut said = Vec::new();
    for (argument, expected) in [("x", 2), ("1", 0)] {
        let status = exit_status(workspace, machine, program(&programs, triple)?, &[argument], &mut said)?;
        ensure!(status == expected, "status {status} of `heartbeat {argument}`: {}", String::from_utf8_lossy(&said));
    }
    let text = workspace.root.join("README.md");
    ensure!(exit_status(workspace, machine, &text, &[], &mut said).is_err(), "README.md is no program");
    Ok(())
}

fn conformance(workspace: &Workspace, machines: &[&Machine], out: &mut dyn Write) -> Result<Vec<bool>> {
    let programs = programs(workspace, CONFORMANCE, machines.iter().flat_map(|machine| machine.targets))?;
    let mut passed = Vec::new();
    for machine in machines {
        for &triple in machine.targets {
            let own = machine.targets.first() == Some(&triple);
            let name = if own { machine.arch.to_owned() } else { format!("{} {triple}", machine.arch) };
            step::at_work(format_args!("booting {name}"));
            let booted = program(&programs, triple)
                .and_then(|program| boot(workspace, machine, &[File::program("init", program)?], &["--init"]));
            let (counts, note) = match booted {
                Ok((console, note)) => (counts(machine, &console), note),
                Err(error) => (Err(error), String::new()),
            };
            let told = cases::tell(&counts);
            // The failures come below the line.
            let (first, rest) = told.split_at(told.find('\n').unwrap_or(told.len()));
            writeln!(out, "{name}: {first}{note}{rest}")?;
            passed.push(counts.is_ok_and(|counts| counts.passed()));
        }
    }
    Ok(passed)
}

fn counts(machine: &Machine, console: &Done) -> Result<Counts> {
    let counts = Counts::of(&console.stdout, |_| Rule::MustPass).with_context(|| console.error(machine.arch))?;
    let status = status(&console.stdout).with_context(|| console.error("PID 1 did not end"))?;
    ensure!(counts.passed() == (status == 0), console.error(&format!("PID 1 ended with status {status}")));
    Ok(counts)
}

type Programs = Vec<(&'static Target, Result<PathBuf>)>;

/// A package's program for each of the targets.
fn programs<'a>(
    workspace: &Workspace,
    package: &str,
    triples: impl Iterator<Item = &'a &'static str>,
) -> Result<Programs> {
    let triples: BTreeSet<_> = triples.collect();
    let targets = triples.iter().map(|triple| Target::find(triple).with_context(|| triple.to_string()));
    toolchain::build_for(workspace, package, &targets.collect::<Result<Vec<_>>>()?)
}

/// The program for a target.
fn program<'a>(programs: &'a Programs, triple: &str) -> Result<&'a Path> {
    let (_, program) =
        programs.iter().find(|(target, _)| target.triple == triple).with_context(|| triple.to_owned())?;
    program.as_deref().map_err(|error| anyhow!("{error:#}"))
}

const S_IFREG: u32 = 0o100_000;
const S_IFSOCK: u32 = 0o140_000;

/// A file of the initramfs.
struct File<'a> {
    name: &'a str,
    /// As in `struct stat`.
    mode: u32,
    contents: Vec<u8>,
}

impl<'a> File<'a> {
    fn program(name: &'a str, path: &Path) -> Result<Self> {
        let contents = fs::read(path).with_context(|| path.display().to_string())?;
        Ok(Self { name, mode: S_IFREG | 0o755, contents })
    }
}

/// Boots a machine with these files. `init` becomes PID 1. Returns the console and a note for its line.
fn boot(workspace: &Workspace, machine: &Machine, files: &[File], arguments: &[&str]) -> Result<(Done, String)> {
    let initramfs = Initramfs::of(workspace, files)?;
    let (mut qemu, release) = prepare(workspace, machine, &initramfs, arguments)?;
    let start = Instant::now();
    let mut console = process::run(qemu.stdin(Stdio::null()))?;
    console.stdout = lines(&console.stdout);
    ensure!(console.success(), console.error("QEMU was ended"));
    Ok((console, format!(" ({release}, {:.1} s)", start.elapsed().as_secs_f32())))
}

/// The console as text. Firmware clears the screen and leaves what comes next in the same line.
fn lines(console: &str) -> String {
    console.replace('\r', "").replace(CLEAR, "\n")
}

/// QEMU, ready to boot, and the kernel's release.
fn prepare(
    workspace: &Workspace,
    machine: &Machine,
    initramfs: &Initramfs,
    arguments: &[&str],
) -> Result<(Command, String)> {
    let mut line = format!("console={} quiet panic=-1", machine.console);
    for (index, argument) in arguments.iter().enumerate() {
        let fits = !argument.is_empty() && !argument.contains(['"', '\n']);
        ensure!(fits, "the kernel's command line cannot have {argument:?} in it");
        line.push_str(if index == 0 { ARGUMENTS } else { " " });
        line.push_str(&if argument.contains(' ') { format!("\"{argument}\"") } else { argument.to_string() });
    }
    machine.qemu(workspace, &initramfs.0, &line)
}

/// An initramfs: an archive that only this process uses, removed on drop.
struct Initramfs(PathBuf);

impl Initramfs {
    fn of(workspace: &Workspace, files: &[File]) -> Result<Self> {
        let directory = workspace.target.join("boot");
        fs::create_dir_all(&directory)?;
        let mut archive = Vec::new();
        for (inode, file) in (1..).zip(files) {
            let entry = newc::Builder::new(file.name).ino(inode).mode(file.mode);
            let mut entry = entry.write(archive, u32::try_from(file.contents.len())?);
            entry.write_all(&file.contents)?;
            archive = entry.finish()?;
        }
        let initramfs = Self(directory.join(format!("{}.cpio", std::process::id())));
        fs::write(&initramfs.0, newc::trailer(archive)?)?;
        Ok(initramfs)
    }
}

impl Drop for Initramfs {
    fn drop(&mut self) {
        // If the file stays, git ignores it, and the next process with this number makes it again.
        let _ = fs::remove_file(&self.0);
    }
}

/// The status that PID 1 exited with, 128 more than the signal that killed it, or None if it did neither.
fn status(console: &str) -> Option<u8> {
    let at = console.rfind(EXIT)? + EXIT.len();
    let status = u32::from_str_radix(console.get(at..at + 8)?, 16).ok()?;
    Some(match status & 0x7f {
        0 => (status >> 8) as u8,
        signal => 128 + signal as u8,
    })
}

/// cargo's runner: runs a program with its arguments as PID 1, prints the console, and returns the exit status.
pub fn runner(workspace: &Workspace, words: &[String]) -> Result<Outcome> {
    let Some((arch, [program, arguments @ ..])) = words.split_first() else {
        return Ok(Outcome::Wrong("`boot --run` takes an architecture, a program and its arguments".into()));
    };
    let Some(machine) = Machine::find(arch) else {
        return Ok(Outcome::Unknown(arch.clone()));
    };
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    Ok(Outcome::Exit(exit_status(workspace, machine, Path::new(program), &arguments, &mut io::stdout())?))
}

fn exit_status(
    workspace: &Workspace,
    machine: &Machine,
    program: &Path,
    arguments: &[&str],
    out: &mut dyn Write,
) -> Result<u8> {
    let initramfs = Initramfs::of(workspace, &[File::program("init", program)?])?;
    let (mut qemu, _) = prepare(workspace, machine, &initramfs, arguments)?;
    let mut child = qemu.stdout(Stdio::piped()).spawn()?;
    let mut panicked = None;
    for line in BufReader::new(child.stdout.take().context("no console")?).split(b'\n') {
        let line = lines(&String::from_utf8_lossy(&line?));
        match (&panicked, line.find(PANIC)) {
            (None, None) => writeln!(out, "{line}")?,
            // From here on the text is the kernel's message. It starts with the time in brackets.
            (None, Some(at)) => {
                let complaint = line[..at].rfind('[').unwrap_or(at);
                write!(out, "{}", &line[..complaint])?;
                panicked = Some(line);
            }
            (Some(_), _) => {}
        }
    }
    ensure!(child.wait()?.success(), "QEMU was ended");
    match panicked {
        // The program powered the machine off.
        None => Ok(0),
        Some(line) => status(&line).with_context(|| line),
    }
}
