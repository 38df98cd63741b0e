//! Users' programs: packages outside the workspace, with the files that README.md shows. The step builds and runs them.
//! It also checks the error message for each setting that is missing.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Error, Result, ensure};
use object::{Object, ObjectKind};

use crate::debian;
use crate::process;
use crate::step;
use crate::toolchain::Toolchain;
use crate::workspace::Workspace;

/// The program of README.md itself.
const MINIMAL: &str = "minimal";
/// The packages that a program's package may depend on, and where they are.
const PACKAGES: [(&str, &str); 3] = [("barefd", ""), ("barefd-start", "start"), ("barefd-mem", "start/mem")];
const FAT: &[&str] = &["--release", "--config=profile.release.lto='fat'", ASSERTIONS];
const THIN: &[&str] = &["--release", "--config=profile.release.lto='thin'", ASSERTIONS];
const ASSERTIONS: &str = "--config=profile.release.debug-assertions=true";

const DEV_LTO: (&str, &[&str]) = ("dev with LTO", &["--config=profile.dev.lto='fat'"]);

/// The arguments of `cargo build`, by the name that a failure shows.
const BUILDS: [(&str, &[&str]); 6] = [
    ("dev", &[]),
    ("release", &["--release"]),
    ("tuned", &["--profile=tuned"]),
    ("fat LTO with assertions", FAT),
    ("thin LTO with assertions", THIN),
    DEV_LTO,
];

/// A run of a program: the words before it, and its arguments.
struct Run {
    program: &'static str,
    before: &'static [&'static str],
    arguments: &'static [&'static str],
    status: i32,
    /// The last line of standard output, and a part of the last line of standard error. They are the same in all
    /// builds.
    last: [&'static str; 2],
}

const fn run(program: &'static str, last: &'static str) -> Run {
    Run { program, before: &[], arguments: &[], status: 0, last: [last, ""] }
}

const RUNS: [Run; 16] = [
    run(MINIMAL, ""),
    run("atomics", "40 41 Ok(0) 1"),
    run("allocates", r#"1 385 {4: ["poll"], 5: ["event", "timer"], 6: ["signal"]}"#),
    run("memory", "42000 true Greater"),
    run("lines", "a line"),
    Run { arguments: &["a\tb", ""], ..run("debug", r#"["a\tb", ""] 2"#) },
    run("countdown", "zero"),
    Run {
        before: &["timeout", "--preserve-status", "--signal=TERM", "1"],
        arguments: &["1000"],
        ..run("countdown", "ended by SIGTERM")
    },
    Run { before: &["sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh"], ..run("streams", "") },
    run("error", ""),
    Run { arguments: &["2"], status: 2, last: ["", "error: ENOENT (2)"], ..run("error", "") },
    Run { arguments: &["512"], status: 255, last: ["", "error: errno 512"], ..run("error", "") },
    run("outcome", ""),
    Run { arguments: &["word"], status: 9, last: ["", "one word too many"], ..run("outcome", "") },
    Run { arguments: &["two", "words"], status: 22, last: ["", "error: EINVAL (22)"], ..run("outcome", "") },
    Run { arguments: &["nested"], status: 101, ..run("panics", "") },
];

/// A mistake in a package, and the text that must be in the first error.
struct Mistake {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    subcommand: &'static str,
    message: &'static str,
}

const MISTAKES: [Mistake; 6] = [
    Mistake {
        file: "Cargo.toml",
        from: "[profile.dev]\npanic = \"abort\"\n",
        to: "",
        subcommand: "build",
        message: "must abort on a panic",
    },
    Mistake { file: "Cargo.toml", from: "test = false\n", to: "", subcommand: "test", message: "has no test harness" },
    Mistake {
        file: "Cargo.toml",
        from: "bench = false\n",
        to: "",
        subcommand: "bench",
        message: "has no test harness",
    },
    Mistake {
        file: "src/main.rs",
        from: "fn main",
        to: "unsafe fn main",
        subcommand: "build",
        message: "call to unsafe function",
    },
    Mistake {
        file: "build.rs",
        from: ", \"-static\", \"-no-pie\"",
        to: "",
        subcommand: "build",
        message: "link_with_no_pie_or_compile_with_crt_static",
    },
    Mistake {
        file: "build.rs",
        from: "\"-nostdlib\", \"-static\", \"-no-pie\"",
        to: "\"-static\", \"-no-pie\"",
        subcommand: "build",
        message: "_start",
    },
];

/// The package has no mistake, but the flag for musl is missing.
const NO_MUSL_FLAG: Mistake =
    Mistake { file: "Cargo.toml", from: "", to: "", subcommand: "build", message: NOT_SELF_CONTAINED };

/// Where a program is built for, by which toolchain, and what runs it.
struct Place {
    name: String,
    toolchain: Toolchain,
    /// The directory of the target below the target directory.
    triple: &'static str,
    runner: &'static [&'static str],
    /// The linker's arguments for a static PIE, if it is one.
    pie: Option<&'static str>,
}

const HOST: &str = "x86_64-unknown-linux-gnu";
/// Other targets, with the architecture's name in Debian and the emulator. Debian has a compiled `core` for each.
const OTHERS: [(&str, &str, &[&str]); 2] =
    [("i686-unknown-linux-gnu", "i386", &[]), ("aarch64-unknown-linux-gnu", "arm64", &["qemu-aarch64-static"])];
const MUSL: &str = "x86_64-unknown-linux-musl";
const NOT_SELF_CONTAINED: &str = "-Clink-self-contained=no";
/// The linker's arguments in `build.rs`, and those with which LLVM's linker makes a static PIE.
const ARGUMENTS: &str = "\"-nostdlib\", \"-static\", \"-no-pie\"";
const LLD_PIE: &str = "\"-nostdlib\", \"-static\", \"-pie\"";
const STATIC_PIE: &str = "-Ctarget-feature=+crt-static";

pub fn step(workspace: &Workspace) -> Result<String> {
    let home = Home::new(workspace)?;
    let place =
        |name: &str, toolchain, triple| Place { name: name.to_owned(), toolchain, triple, runner: &[], pie: None };
    let host = place("the host", Toolchain::host(), "");
    let mut ran = 0;
    for (name, arguments) in BUILDS {
        ran += home.run_all(&host, name, arguments)?;
    }
    let pie = Toolchain::host().for_target(HOST).with_flags(HOST, STATIC_PIE);
    ran += home.run_all(&Place { pie: Some("\"-nostdlib\""), ..place("static PIE", pie, HOST) }, "dev", &[])?;
    for (triple, arch, runner) in OTHERS {
        if let [program, ..] = runner {
            debian::program(program, "qemu-user-static")?;
        }
        let prebuilt = || Toolchain::prebuilt(workspace, triple, arch);
        let other = Place { runner, ..place(triple, prebuilt()?, triple) };
        for (name, arguments) in [BUILDS[0], BUILDS[1], DEV_LTO] {
            ran += home.run_all(&other, name, arguments)?;
        }
        let toolchain = prebuilt()?.with_flags(triple, STATIC_PIE);
        let pie = Place { runner, pie: Some(LLD_PIE), ..place(&format!("{triple}, static PIE"), toolchain, triple) };
        ran += home.run_all(&pie, "release", &["--release"])?;
    }
    let musl =
        |flags| Ok::<_, Error>(place(MUSL, Toolchain::from_sources(workspace, MUSL)?.with_flags(MUSL, flags), MUSL));
    ran += home.run_all(&musl(NOT_SELF_CONTAINED)?, "dev", &[])?;

    home.is_clean(&host)?;
    for mistake in &MISTAKES {
        home.has_message(&host, mistake)?;
    }
    home.has_message(&musl("")?, &NO_MUSL_FLAG)?;
    Ok(format!("{ran} runs, {} messages", MISTAKES.len() + 1))
}

/// The directory of the packages, removed on drop.
struct Home<'a> {
    workspace: &'a Workspace,
    directory: PathBuf,
    /// The files of the package that README.md shows.
    files: Vec<(&'static str, String)>,
}

impl<'a> Home<'a> {
    fn new(workspace: &'a Workspace) -> Result<Self> {
        let readme = fs::read_to_string(workspace.root.join("README.md"))?;
        let files = [("Cargo.toml", "[package]"), ("build.rs", "fn main() {\n    for "), ("src/main.rs", "#![no_std]")];
        let shown = files.map(|(file, start)| Ok((file, block(&readme, start).with_context(|| file.to_owned())?)));
        let files = shown.into_iter().collect::<Result<_>>()?;
        let directory = env::temp_dir().join(format!("barefd-programs.{}", std::process::id()));
        Ok(Self { workspace, directory, files })
    }

    /// Makes the package of a program, with a change in one of its files.
    fn make(&self, program: &str, change: Option<(&str, &str, &str)>) -> Result<PathBuf> {
        let package = self.directory.join(program);
        fs::create_dir_all(package.join("src"))?;
        for (file, shown) in &self.files {
            let mut text = shown.replace("\"program\"", &format!("\"{program}\""));
            if *file == "src/main.rs" && program != MINIMAL {
                text = fs::read_to_string(self.workspace.root.join(format!("tests/programs/{program}.rs")))?;
            }
            if let Some((_, from, to)) = change.filter(|(changed, ..)| changed == file) {
                ensure!(text.contains(from), "{file} has no {from:?}");
                text = text.replacen(from, to, 1);
            }
            fs::write(package.join(file), text)?;
        }
        Ok(package)
    }

    fn cargo(&self, place: &Place, package: &Path, subcommand: &str) -> Command {
        let mut command = place.toolchain.cargo(self.workspace, subcommand);
        command.current_dir(package).env("CARGO_TARGET_DIR", self.workspace.target.join("programs"));
        for (name, directory) in PACKAGES {
            let path = self.workspace.root.join(directory);
            command.arg(format!("--config=patch.crates-io.{name}.path='{}'", path.display()));
        }
        command
    }

    /// Builds every program, runs it in every way, and returns the number of runs.
    fn run_all(&self, place: &Place, build: &str, arguments: &[&str]) -> Result<usize> {
        step::at_work(format_args!("{}, {build}", place.name));
        let profile = match arguments.first() {
            Some(&"--release") => "release",
            Some(&"--profile=tuned") => "tuned",
            _ => "debug",
        };
        let directory = self.workspace.target.join("programs").join(place.triple).join(profile);
        let change = place.pie.map(|arguments| ("build.rs", ARGUMENTS, arguments));
        for (index, run) in RUNS.iter().enumerate() {
            let what = || format!("{} {:?}, {}, {build}", run.program, run.arguments, place.name);
            if index == 0 || RUNS[index - 1].program != run.program {
                let package = self.make(run.program, change)?;
                process::succeed(self.cargo(place, &package, "build").args(arguments)).with_context(what)?;
            }
            let program = directory.join(run.program);
            let is_pie = object::File::parse(&*fs::read(&program)?)?.kind() == ObjectKind::Dynamic;
            ensure!(is_pie == place.pie.is_some(), "{}: a PIE: {is_pie}", what());
            let words = run.before.iter().chain(place.runner).map(OsStr::new).chain([program.as_os_str()]);
            let mut command = timed(words);
            let done = process::run(command.args(run.arguments))?.exits(run.status).with_context(what)?;
            let last = [&done.stdout, &done.stderr].map(|text| text.lines().last().unwrap_or_default());
            ensure!(last[0] == run.last[0], done.error(&format!("{}: expected {:?}", what(), run.last[0])));
            ensure!(last[1].contains(run.last[1]), done.error(&format!("{}: expected {:?}", what(), run.last[1])));
        }
        Ok(RUNS.len())
    }

    /// Runs the commands that a user runs in the package of README.md. None of them may print a warning.
    fn is_clean(&self, place: &Place) -> Result<()> {
        let package = self.make(MINIMAL, None)?;
        for words in [&["check", "--all-targets"][..], &["clippy", "--all-targets"], &["run"], &["test"]] {
            let done = process::succeed(self.cargo(place, &package, words[0]).args(&words[1..]))?;
            ensure!(!done.stderr.contains("warning"), done.error("a warning"));
        }
        Ok(())
    }

    fn has_message(&self, place: &Place, mistake: &Mistake) -> Result<()> {
        let Mistake { file, from, to, subcommand, message } = *mistake;
        let package = self.make(MINIMAL, Some((file, from, to)))?;
        let done = process::run(&mut self.cargo(place, &package, subcommand))?;
        // A linker's error has its text below the line, so all lines up to the next error belong to it.
        let is_error = |line: &&str| line.starts_with("error");
        let mut lines = done.stderr.lines().skip_while(|line| !is_error(line));
        let first: Vec<_> = lines.next().into_iter().chain(lines.take_while(|line| !is_error(line))).collect();
        ensure!(
            !done.success() && first.iter().any(|line| line.contains(message)),
            done.error(&format!("{file} without {from:?}: expected {message:?}"))
        );
        Ok(())
    }
}

impl Drop for Home<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The fenced block of a page that begins with `start`.
fn block(page: &str, start: &str) -> Option<String> {
    let begin = page.find(&format!("\n{start}"))? + 1;
    Some(page[begin..].split("```").next()?.to_owned())
}

/// A command with a time limit.
fn timed<'a>(words: impl Iterator<Item = &'a OsStr>) -> Command {
    let [first, rest @ ..] = process::runner();
    let mut command = Command::new(first);
    command.args(rest).args(words);
    command
}
