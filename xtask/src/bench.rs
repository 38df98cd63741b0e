//! `cargo xtask bench`: figures of barefd beside those of other crates, and the limits that CI holds.

mod build;
mod insns;
mod marks;
mod nolibc;
mod picture;
mod scale;
mod shape;
mod size;
mod wall;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;
use crate::{Outcome, named, process, total};
use marks::Marks;

/// The package with the other crates, a workspace of its own.
const PACKAGE: &str = "benches";
const OPS: &str = "ops";
const PICTURE: &str = "docs/instructions.svg";
/// barefd itself, as `ops` calls it. CI measures only these.
const OURS: [&str; 2] = ["types", "sys"];

struct Part {
    name: &'static str,
    about: &'static str,
    /// Measures and writes a table. Returns the figures that can have a mark.
    run: fn(&Workspace, &Scope, &mut dyn Write) -> Result<Vec<Figure>>,
    /// Whether CI runs it.
    in_ci: bool,
}

/// What is measured: everything, or only what has a mark.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    All,
    Marked,
}

/// `types.wr`, and what was measured.
struct Figure {
    what: String,
    value: f64,
}

const PARTS: [Part; 6] = [
    Part { name: "insns", about: "user instructions an operation, by callgrind", run: insns::run, in_ci: true },
    Part { name: "wall", about: "time an operation, as a ratio to assembly", run: wall::run, in_ci: false },
    Part { name: "scale", about: "many timers in one loop, and how late a tick is", run: scale::run, in_ci: true },
    Part { name: "shape", about: "the code of the hot functions, by target", run: shape::run, in_ci: true },
    Part { name: "size", about: "the file of one small program, by the README's command", run: size::run, in_ci: true },
    Part { name: "build", about: "CPU seconds of a cold build, beside rustix", run: build::run, in_ci: true },
];

pub fn list(_: &Workspace) -> Vec<String> {
    PARTS.iter().map(|part| format!("{:<8} {}", part.name, part.about)).collect()
}

pub fn run(workspace: &Workspace, names: &[String]) -> Result<Outcome> {
    let parts = match named(&PARTS, names, |part| part.name) {
        Ok(parts) => parts,
        Err(unknown) => return Ok(unknown),
    };
    let marks = Marks::load(workspace)?;
    let mut passed = Vec::new();
    for part in parts {
        let mut out = std::io::stdout();
        let figures = (part.run)(workspace, &Scope::All, &mut out)?;
        let above = marks.above(part.name, &figures)?;
        passed.push(above.is_empty());
        for line in &above {
            writeln!(out, "    {line}")?;
        }
        writeln!(out, "{}: {}", part.name, if above.is_empty() { "within its marks" } else { "FAILED" })?;
    }
    total(&passed)
}

/// Counts instructions again, and draws the README's picture of them.
pub fn picture(workspace: &Workspace, words: &[String]) -> Result<Outcome> {
    if let Some(word) = words.first() {
        return Ok(Outcome::Wrong(format!("`bench --picture` takes no `{word}`")));
    }
    let mut out = std::io::stdout();
    let rows = insns::counts(workspace, "release", &Scope::All)?;
    table(&mut out, "instructions", &rows)?;
    std::fs::write(workspace.root.join(PICTURE), picture::draw(&rows)?)?;
    writeln!(out, "{PICTURE}")?;
    Ok(Outcome::Done { failed: false })
}

/// What has a mark, as a step of `cargo xtask ci`.
pub fn step(workspace: &Workspace) -> Result<String> {
    if cfg!(not(target_arch = "x86_64")) {
        return Ok("not measured: the operations and their marks are for x86_64".to_owned());
    }
    let marks = Marks::load(workspace)?;
    let (mut above, mut held) = (Vec::new(), 0);
    for part in PARTS.iter().filter(|part| part.in_ci) {
        let figures = (part.run)(workspace, &Scope::Marked, &mut std::io::sink())?;
        above.extend(marks.above(part.name, &figures)?);
        held += marks.of(part.name).count();
    }
    ensure!(above.is_empty(), "\n    {}", above.join("\n    "));
    Ok(format!("{held} marks{}", marks.note()))
}

/// A program of the package, in a profile.
fn program(workspace: &Workspace, name: &str, profile: &str) -> Result<PathBuf> {
    let directory = workspace.root.join(PACKAGE);
    let target = workspace.target.join(PACKAGE);
    let mut cargo = workspace.cargo("build");
    cargo.args(["--locked", "--profile", profile, "--target-dir"]).arg(&target).current_dir(&directory);
    process::succeed(&mut cargo)?;
    Ok(target.join(profile).join(name))
}

/// Each peer, and its operations, in the order of the program.
fn operations(program: &Path, scope: &Scope) -> Result<Vec<(String, Vec<String>)>> {
    let mut peers: Vec<(String, Vec<String>)> = Vec::new();
    for line in process::succeed(Command::new(program).arg("--list"))?.stdout.lines() {
        let (peer, operation) = line.split_once(' ').with_context(|| line.to_owned())?;
        if *scope == Scope::Marked && !OURS.contains(&peer) {
            continue;
        }
        match peers.last_mut() {
            Some((last, operations)) if last == peer => operations.push(operation.to_owned()),
            _ => peers.push((peer.to_owned(), vec![operation.to_owned()])),
        }
    }
    ensure!(!peers.is_empty(), "{} lists no operation", program.display());
    Ok(peers)
}

/// A peer, and its cells: the operation and the figure.
type Row = (String, Vec<(String, String)>);

/// Writes a table: a row for each peer, a column for each operation.
fn table(out: &mut dyn Write, title: &str, rows: &[Row]) -> Result<()> {
    let mut columns: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(|(_, cells)| cells) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    write!(out, "{title:<16}")?;
    for column in &columns {
        write!(out, "{column:>9}")?;
    }
    writeln!(out)?;
    for (peer, cells) in rows {
        write!(out, "{peer:<16}")?;
        for column in &columns {
            let cell = cells.iter().find(|(name, _)| name == column).map_or("–", |(_, cell)| cell);
            write!(out, "{cell:>9}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
