//! The steps of `cargo xtask ci`, cheap ones first.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::Outcome;
use crate::bench;
use crate::boot;
use crate::clobbers;
use crate::elf;
use crate::headers;
use crate::process::{self, Done};
use crate::programs;
use crate::qemu;
use crate::readme;
use crate::refused;
use crate::step::{self, Step};
use crate::summary::Summary;
use crate::targets::Target;
use crate::toolchain::{Toolchain, Way};
use crate::workspace::{CRATE, Workspace};

const START: &str = "barefd-start";
const MEM: &str = "barefd-mem";
const CONFORMANCE: &str = "conformance";
const HEARTBEAT: &str = "heartbeat";
const INIT: &str = "init";
const INIT_CHILD: &str = "init-child";
const MINIMAL: &str = "minimal";
/// A workspace of its own, without a Cargo.lock: it shall fail when another crate has changed.
const INTEROP: &str = "tests/interop/Cargo.toml";
/// A workspace of its own too.
const HOSTED: &str = "examples/hosted/Cargo.toml";
const I686: &str = "i686-unknown-linux-gnu";
/// The functions of `barefd-mem`, and the most bytes that their assembly may have.
const MEMORY_FUNCTIONS: [&str; 6] = ["memcpy", "memmove", "memset", "memcmp", "bcmp", "strlen"];
const MEMORY_BYTES: u64 = 400;
/// Features that need a newer compiler than the one promised.
const NEWER_THAN_MSRV: [&str; 2] = ["syscalls", "nightly"];

pub fn list(workspace: &Workspace) -> Vec<String> {
    steps(workspace).iter().map(|step| format!("{:<18} {}", step.name, step.about)).collect()
}

pub fn run(workspace: &Workspace, names: &[String]) -> Result<Outcome> {
    match step::select(steps(workspace), names) {
        Ok(steps) => step::run(&steps, workspace),
        Err(unknown) => Ok(Outcome::Unknown(unknown)),
    }
}

fn steps(workspace: &Workspace) -> Vec<Step> {
    let mut sets: Vec<_> = workspace.features.iter().map(|feature| (feature.clone(), feature.clone())).collect();
    sets.push(("all".into(), workspace.features.join(",")));
    let tests = sets.clone();
    let clippy = |(name, features): (String, String)| {
        let name = format!("clippy:{name}");
        Step::new(&name, "no warning, with these features", move |w| clippy_crate(w, &features))
    };
    let test = |(name, features): (String, String)| {
        Step::new(&format!("test:{name}"), "the tests, with these features", move |w| test(w, &features))
    };

    let mut steps = vec![
        Step::new("fmt", "the formatting", fmt),
        Step::new("clippy:none", "no warning, without features", |w| clippy_crate(w, "")),
    ];
    steps.extend(sets.into_iter().map(clippy));
    steps.push(Step::new("clippy:others", "no warning in the other packages", clippy_others));
    // Without features the tests are `cargo test`'s own.
    steps.extend(tests.into_iter().map(test));
    steps.extend([
        Step::new(
            "interop",
            "docs/loops.md, and wake-ups in the loops of other crates, with their newest releases",
            interop,
        ),
        Step::new("hosted", "the examples with the standard library, as a user runs them", hosted),
        Step::new("doc", "the documentation, without warnings", doc),
        Step::new("msrv", "the oldest compiler that is promised", msrv),
        Step::new("heartbeat", "the example, and what it says to bad arguments", heartbeat),
        Step::new("elf", "the example's file: static, and without panics", inspect),
        Step::new("minimal", "the README's program, and its file", minimal),
        Step::new("init", "the init and its file, and what it says where it is not process 1", init),
        Step::new(
            "conformance",
            "the freestanding conformance program, and the size of its functions on memory",
            conformance,
        ),
        Step::new("i686", "conformance and the example in 32 bits, with the old calls too", i686),
        Step::new("qemu", "conformance on the other architectures, and the README's table of them", qemu::step),
        Step::new("programs", "users' programs outside the workspace, and what wrong settings say", programs::step),
        Step::new("refused", "32-bit ABIs with the old time calls alone", refused::step),
        Step::new("boot", "conformance and init as PID 1 on real kernels, and the README's list of them", boot::step),
        Step::new("clobbers", "no register carried across a trap that the kernel does not keep", clobbers::step),
        Step::new(
            "bench",
            "instructions, sizes, the code of hot functions, and a cold build, beside what is expected",
            bench::step,
        ),
        Step::new("headers", "the tables and constants beside the kernel's headers", headers::step),
        Step::new("package", "what is published: no more, no less", package),
        Step::new("readme", "every cargo command of the README is run by a step", readme::check),
    ]);
    steps
}

fn fmt(workspace: &Workspace) -> Result<String> {
    for manifest in ["Cargo.toml", "benches/Cargo.toml", "benches/size/Cargo.toml", INTEROP, HOSTED] {
        let mut command = workspace.cargo("fmt");
        command.args(["--all", "--manifest-path", manifest, "--check", "--", "--color=never"]);
        process::succeed(&mut command)?;
    }
    Ok(String::new())
}

fn clippy_crate(workspace: &Workspace, features: &str) -> Result<String> {
    let mut command = workspace.cargo("clippy");
    command.args(["--package", CRATE, "--features", features, "--all-targets", "--", "-Dwarnings"]);
    process::succeed(&mut command)?;
    Ok(String::new())
}

fn clippy_others(workspace: &Workspace) -> Result<String> {
    let mut command = workspace.cargo("clippy");
    for package in &workspace.others {
        command.args(["--package", package]);
    }
    process::succeed(command.args(["--all-targets", "--", "-Dwarnings"]))?;
    Ok(workspace.others.join(", "))
}

fn test(workspace: &Workspace, features: &str) -> Result<String> {
    let done = process::succeed(workspace.cargo_limited("test").args(["--package", CRATE, "--features", features]))?;
    let Summary { passed, ignored, .. } = Summary::of(&done)?;
    Ok(format!("{passed} tests, {ignored} ignored"))
}

fn interop(workspace: &Workspace) -> Result<String> {
    let passed = lint_and_test(workspace, INTEROP, &[])?;
    let mut tree = workspace.cargo("tree");
    tree.args(["--manifest-path", INTEROP, "--depth=1", "--prefix=none", "--edges=dev", "--format={p}"]);
    let tree = process::succeed(&mut tree)?;
    let used = tree.stdout.lines().skip(1).collect::<Vec<_>>();
    Ok(format!("{passed} tests; {}", used.join(", ")))
}

fn hosted(workspace: &Workspace) -> Result<String> {
    Ok(format!("{} tests", lint_and_test(workspace, HOSTED, &["--locked"])?))
}

/// Lints and tests a workspace of its own. Returns how many tests passed.
fn lint_and_test(workspace: &Workspace, manifest: &str, arguments: &[&str]) -> Result<usize> {
    let cargo = |mut command: Command| {
        command.env("CARGO_TARGET_DIR", workspace.target.join("hosted")).args(["--manifest-path", manifest]);
        command.args(arguments);
        command
    };
    let mut clippy = cargo(workspace.cargo("clippy"));
    process::succeed(clippy.args(["--all-targets", "--", "-Dwarnings"]))?;
    let done = process::succeed(&mut cargo(workspace.cargo_limited("test")))?;
    Ok(Summary::of(&done)?.passed)
}

fn doc(workspace: &Workspace) -> Result<String> {
    let mut command = workspace.cargo("doc");
    command.args([
        "--no-deps",
        "--package",
        CRATE,
        "--package",
        START,
        "--package",
        MEM,
        "--features",
        "barefd/std,barefd/syscalls",
    ]);
    process::succeed(command.env("RUSTDOCFLAGS", "-Dwarnings"))?;
    Ok(String::new())
}

fn msrv(workspace: &Workspace) -> Result<String> {
    let toolchain = Toolchain::msrv(workspace)?;
    let check = |arguments: &[&str]| process::succeed(toolchain.cargo(workspace, "check").args(arguments));
    check(&["--package", CRATE])?;
    for feature in workspace.features.iter().filter(|feature| !NEWER_THAN_MSRV.contains(&feature.as_str())) {
        check(&["--package", CRATE, "--features", feature])?;
    }
    let others = [START, MEM, CONFORMANCE, MINIMAL, INIT, INIT_CHILD];
    check(&others.map(|package| ["--package", package]).concat())?;
    let program = toolchain.build(workspace, HEARTBEAT, "release")?;
    beats(process::run(process::program(&program).args(["1", "3"]))?, 3)?;
    Ok(format!("Rust {}", workspace.rust_version))
}

fn heartbeat(workspace: &Workspace) -> Result<String> {
    let run = |arguments: &[&str]| {
        process::run(workspace.cargo_limited("run").args(["--release", "--package", HEARTBEAT]).args(arguments))
    };
    beats(run(&["--", "5", "10"])?, 10)?;
    let program = Toolchain::host().build(workspace, HEARTBEAT, "release")?;
    let bad: [&[&str]; 5] = [&["x"], &["0"], &["3600001"], &["1", "1000001"], &["1", "2", "3"]];
    for arguments in bad {
        let done = process::run(process::program(&program).args(arguments))?.exits(2)?;
        ensure!(done.stdout.is_empty(), done.error("printed on standard output"));
        ensure!(done.stderr.lines().count() == 1, done.error("not one line on standard error"));
    }
    for arguments in [&["--help"][..], &["-h"], &["1", "--help"]] {
        let done = process::run(process::program(&program).args(arguments))?.exits(0)?;
        ensure!(done.stdout.starts_with("usage: heartbeat "), done.error("no usage on standard output"));
        ensure!(done.stderr.is_empty(), done.error("printed on standard error"));
    }
    // With closed streams, its lines must not go to the descriptors that it makes: each write would fail.
    let mut closed = process::program("sh".as_ref());
    closed.args(["-c", "exec \"$0\" 1 3 <&- >&- 2>&-"]).arg(&program);
    process::run(&mut closed)?.exits(0)?;
    beats(run(&[])?, 10)
}

/// Checks the output of heartbeat: a line for each beat, then a line that says how late they were. Returns the last
/// line.
fn beats(done: Done, want: usize) -> Result<String> {
    let done = done.exits(0)?;
    let lines: Vec<_> = done.stdout.lines().collect();
    match lines.split_last() {
        Some((last, beats))
            if beats.len() == want
                && beats.iter().all(|line| line.starts_with("beat "))
                && last.starts_with("late by ") =>
        {
            Ok((*last).to_owned())
        }
        _ => Err(done.error(&format!("not {want} beats and then how late they were"))),
    }
}

fn inspect(workspace: &Workspace) -> Result<String> {
    let program = Toolchain::host().build(workspace, HEARTBEAT, "release")?;
    Ok(format!("{} bytes", elf::freestanding(&program)?))
}

fn minimal(workspace: &Workspace) -> Result<String> {
    let program = Toolchain::host().build(workspace, MINIMAL, "release")?;
    process::succeed(&mut process::program(&program))?;
    Ok(format!("{} bytes", elf::freestanding(&program)?))
}

fn init(workspace: &Workspace) -> Result<String> {
    let program = Toolchain::host().build(workspace, INIT, "release")?;
    let done = process::run(&mut process::program(&program))?.exits(2)?;
    ensure!(done.stdout.is_empty(), done.error("printed on standard output"));
    ensure!(done.stderr.lines().count() == 1, done.error("not one line on standard error"));
    Ok(format!("{} bytes", elf::freestanding(&program)?))
}

fn conformance(workspace: &Workspace) -> Result<String> {
    let program = Toolchain::host().build(workspace, CONFORMANCE, "release")?;
    let counts = cases(&program, &[])?;
    let bytes = elf::functions(&program, &MEMORY_FUNCTIONS)?;
    ensure!(cfg!(not(target_arch = "x86_64")) || bytes <= MEMORY_BYTES, "the functions on memory have {bytes} bytes");
    Ok(format!("{counts}; the functions on memory have {bytes} bytes"))
}

/// Runs the conformance program and returns its last line.
fn cases(program: &Path, arguments: &[&str]) -> Result<String> {
    let done = process::run(process::program(program).args(arguments))?.exits(0)?;
    let last = done.stdout.lines().last().unwrap_or_default();
    // Cases that do not apply to this machine may be counted after that.
    let passed = last.split_once(" passed, 0 failed").and_then(|(count, _)| count.parse().ok()).unwrap_or(0u32);
    ensure!(passed > 0, done.error("no `N passed, 0 failed` at the end"));
    Ok(last.to_owned())
}

fn i686(workspace: &Workspace) -> Result<String> {
    let target = Target::find(I686).context(I686)?;
    let toolchain = Toolchain::for_targets(workspace, Way::of(target)?, &[target])?;
    let program = toolchain.build(workspace, CONFORMANCE, "release")?;
    let plain = cases(&program, &[])?;
    let old_calls = cases(&program, &["--refuse-time64"])?;
    let forbidden = cases(&program, &["--refuse-time64=EPERM"])?;
    let new_calls = cases(&program, &["--refuse-time32"])?;
    let unoptimized = cases(&toolchain.build(workspace, CONFORMANCE, "dev")?, &[])?;
    let program = toolchain.build(workspace, HEARTBEAT, "release")?;
    beats(process::run(process::program(&program).args(["5", "10"]))?, 10)?;
    let size = elf::freestanding(&program)?;
    let program = toolchain.with_feature("time32-first").build(workspace, CONFORMANCE, "release")?;
    let mut old_first = Vec::new();
    for filter in
        [&[][..], &["--refuse-time64"], &["--refuse-time64=EPERM"], &["--refuse-time64=KILL"], &["--refuse-time32"]]
    {
        old_first.push(cases(&program, filter)?);
    }
    Ok(format!(
        "{plain}; time64 ENOSYS: {old_calls}; time64 EPERM: {forbidden}; time32 ENOSYS: {new_calls}; \
         dev: {unoptimized}; time32 first: {}; heartbeat {size} bytes",
        old_first.join(", ")
    ))
}

fn package(workspace: &Workspace) -> Result<String> {
    let status = process::succeed(Command::new("git").args(["status", "--porcelain"]).current_dir(&workspace.root))?;
    let dirty: &[&str] = if status.stdout.is_empty() { &[] } else { &["--allow-dirty"] };
    let cargo = || {
        let mut command = workspace.cargo("package");
        // Without this, cargo would confuse the builds of the packaged sources with those of the workspace.
        command.env("CARGO_TARGET_DIR", workspace.target.join("packaged"));
        command.args(["--package", CRATE]).args(dirty);
        command
    };
    process::succeed(&mut cargo())?;

    let listed = process::succeed(cargo().arg("--list"))?;
    let ships: BTreeSet<_> = listed.stdout.lines().map(str::to_owned).collect();
    let mut must: BTreeSet<_> =
        ["Cargo.toml", "build.rs", "README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"]
            .map(str::to_owned)
            .into();
    for directory in ["arch", "build", "src", "docs"] {
        files(&workspace.root, directory, &mut must)?;
    }
    let added = ["Cargo.toml.orig", "Cargo.lock", ".cargo_vcs_info.json"];
    let missing: Vec<_> = must.difference(&ships).collect();
    let extra: Vec<_> = ships.difference(&must).filter(|name| !added.contains(&name.as_str())).collect();
    ensure!(missing.is_empty() && extra.is_empty(), "missing: {missing:?}, not to be shipped: {extra:?}");
    let note = if dirty.is_empty() { "" } else { ", from an uncommitted tree" };
    Ok(format!("{} files{note}", ships.len()))
}

/// The files below a directory, by their paths from the root.
fn files(root: &Path, directory: &str, found: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(root.join(directory)).with_context(|| directory.to_owned())? {
        let entry = entry?;
        let path = format!("{directory}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            files(root, &path, found)?;
        } else {
            found.insert(path);
        }
    }
    Ok(())
}
