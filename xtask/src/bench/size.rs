//! The same small program in the idiom of several crates, built by the README's command: the size of its file.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use object::{Object, ObjectSection, ObjectSegment, ObjectSymbol};
use rustc_demangle::demangle;

use super::{Figure, PACKAGE, Scope, nolibc, table};
use crate::process;
use crate::step;
use crate::workspace::Workspace;

const PROGRAMS: [&str; 6] = ["asm", NOLIBC, "syscalls", "rustix", "barefd-exit", "barefd"];
/// The one in C.
const NOLIBC: &str = "nolibc";
/// What each prints.
const LINE: &str = "five ticks\n";
/// The program that the README's command builds.
const EXAMPLE: &str = "minimal";
const PROFILE: &str = "tuned";
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// How many of the largest symbols are shown.
const LARGEST: usize = 6;

pub fn run(workspace: &Workspace, scope: &Scope, out: &mut dyn Write) -> Result<Vec<Figure>> {
    let flags = flags(workspace)?;
    let (mut figures, mut rows) = (Vec::new(), Vec::new());
    for program in PROGRAMS.into_iter().filter(|program| *scope == Scope::All || program.starts_with("barefd")) {
        step::at_work(format_args!("building the program of {program}"));
        let file = match program {
            NOLIBC => nolibc::build(workspace, TARGET, &flags)?,
            _ => build(workspace, program, &flags, "true")?,
        };
        let done = process::succeed(&mut process::program(&file))?;
        ensure!(done.stdout == LINE, done.error("printed something else"));
        let data = fs::read(&file)?;
        let sizes = [("file", data.len() as u64), ("loaded", loaded(&data)?), (".text", section(&data, ".text")?)];
        figures.extend(sizes.map(|(name, size)| Figure { what: format!("{program}.{name}"), value: size as f64 }));
        rows.push((program.to_owned(), sizes.map(|(name, size)| (name.to_owned(), size.to_string())).to_vec()));
    }
    table(out, "bytes", &rows)?;
    let example = fs::metadata(build(workspace, EXAMPLE, &flags, "true")?)?.len();
    writeln!(out, "{EXAMPLE}, as the README builds it: {example} bytes")?;
    figures.push(Figure { what: format!("{EXAMPLE}.file"), value: example as f64 });
    if *scope == Scope::All {
        for program in PROGRAMS.into_iter().filter(|program| program.starts_with("barefd")) {
            writeln!(out, "{program}:")?;
            for (size, name) in largest(&fs::read(build(workspace, program, &flags, "none")?)?)? {
                writeln!(out, "    {size:>5} {name}")?;
            }
        }
    }
    Ok(figures)
}

/// The flags of the README's command.
fn flags(workspace: &Workspace) -> Result<String> {
    let readme = fs::read_to_string(workspace.root.join("README.md"))?;
    let flags =
        readme.lines().find_map(|line| line.strip_prefix("RUSTFLAGS=\"")?.split_once("\" cargo build --profile tuned"));
    Ok(flags.context("README.md has no command with RUSTFLAGS for the profile tuned")?.0.to_owned())
}

fn build(workspace: &Workspace, program: &str, flags: &str, strip: &str) -> Result<PathBuf> {
    let target = workspace.target.join(PACKAGE).join(format!("size-{strip}"));
    let mut cargo = workspace.cargo("build");
    cargo.args(["--locked", "--profile", PROFILE, "--target", TARGET, "--target-dir"]).arg(&target);
    if program == EXAMPLE {
        cargo.args(["-p", program]).env("RUSTFLAGS", flags);
    } else {
        cargo.args(["--bin", program]).current_dir(workspace.root.join(PACKAGE).join("size"));
        // The path of the linker script is one from the root of the workspace.
        cargo.env("RUSTFLAGS", flags.replace("-T,", "-T,../../"));
    }
    cargo.env("CARGO_PROFILE_TUNED_STRIP", strip);
    process::succeed(&mut cargo)?;
    Ok(target.join(TARGET).join(PROFILE).join(program))
}

/// What is left of the file without its section headers and what only they name: the end of the last segment.
fn loaded(data: &[u8]) -> Result<u64> {
    let file = object::File::parse(data)?;
    let ends = file.segments().map(|segment| segment.file_range()).map(|(start, size)| start + size);
    ends.max().context("no segment")
}

fn section(data: &[u8], name: &str) -> Result<u64> {
    let file = object::File::parse(data)?;
    Ok(file.section_by_name(name).with_context(|| format!("no {name}"))?.size())
}

/// The largest symbols of a file that is not stripped.
fn largest(data: &[u8]) -> Result<Vec<(u64, String)>> {
    let file = object::File::parse(data)?;
    let mut symbols: Vec<_> = file
        .symbols()
        .filter(|symbol| symbol.size() > 0)
        .filter_map(|symbol| Some((symbol.size(), format!("{:#}", demangle(symbol.name().ok()?)))))
        .collect();
    symbols.sort_by(|one, other| other.cmp(one));
    symbols.truncate(LARGEST);
    Ok(symbols)
}
