//! Compilers: the host's own, one for another target, the oldest one that the crate promises.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::slice;

use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::Message;

use crate::debian::{self, Suite};
use crate::process::{self, Done};
use crate::step;
use crate::targets::Target;
use crate::workspace::Workspace;

/// Debian's compiler, and the packages that a build for another target needs.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];

/// A way to build: what cargo is given beyond the package and the profile.
#[derive(Default)]
pub struct Toolchain {
    /// Variables of the environment; those without a value are removed.
    env: Vec<(String, Option<OsString>)>,
    args: Vec<String>,
}

impl Toolchain {
    /// What `cargo build` takes by itself.
    pub fn host() -> Self {
        Self::default()
    }

    /// Builds freestanding programs for `targets`, all of which are built in this way.
    pub fn for_targets(workspace: &Workspace, way: Way, targets: &[&Target]) -> Result<Self> {
        let mut toolchain = Self::default();
        if way == Way::Host {
            return Ok(toolchain);
        }
        if let Way::Debian { .. } = way {
            debian_compiler()?;
            toolchain.compiler(workspace, DEBIAN_RUSTC, "debian");
            // Unlocks -Zbuild-std. Code without `#![feature]` cannot use it for anything else.
            toolchain.set("RUSTC_BOOTSTRAP", "1");
            toolchain.args.push("-Zbuild-std=core".into());
        }
        if let Way::Installed { nightly: true } | Way::Debian { nightly: true } = way {
            toolchain.args.push("--features=nightly".into());
        }
        // These would take the place of the targets' own flags.
        toolchain.env.extend(["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"].map(|variable| (variable.into(), None)));
        for target in targets {
            toolchain.args.push(format!("--target={}", target.triple));
            let variable = variable(target.triple);
            let (linker, flavor) = match target.linker {
                None => (rust_lld()?, "ld.lld"),
                Some((linker, package)) => (debian::program(linker, package)?, "ld"),
            };
            toolchain.set(&format!("{variable}_LINKER"), linker);
            let flags = format!("-Clinker-flavor={flavor} -Crelocation-model=static {}", target.flags);
            toolchain.set(&format!("{variable}_RUSTFLAGS"), flags.trim_end());
        }
        Ok(toolchain)
    }

    /// The oldest compiler that the crate promises: rustup's if it is installed, otherwise Debian's, unpacked aside.
    pub fn msrv(workspace: &Workspace) -> Result<Self> {
        let version = &workspace.rust_version;
        let rustc = match rustup_rustc(version) {
            Some(rustc) => rustc,
            None => unpacked_rustc(workspace, version)
                .with_context(|| format!("no Rust {version} (`rustup toolchain install {version}` gives one)"))?,
        };
        let found = process::succeed(Command::new(&rustc).arg("--version"))?;
        ensure!(
            found.stdout.starts_with(&format!("rustc {version}.")),
            found.error(&format!("expected Rust {version}"))
        );
        let mut toolchain = Self::default();
        toolchain.compiler(workspace, rustc, "msrv");
        Ok(toolchain)
    }

    /// Debian's compiler of the oldest version that the crate promises. `core` is the one that Debian compiled for
    /// another architecture.
    pub fn prebuilt(workspace: &Workspace, triple: &str, arch: &str) -> Result<Self> {
        let version = &workspace.rust_version;
        let cache = workspace.target.join("cache");
        let unpacked = cache.join(format!("core-{arch}-{version}"));
        if !unpacked.exists() {
            let package = format!("libstd-rust-web-dev={}", debian::version("rustc-web", &format!("{version}."))?);
            Suite::first(&["bookworm"], arch, &cache, |suite| suite.unpack(slice::from_ref(&package), &unpacked))?;
        }
        let mut toolchain = Self::default();
        toolchain.compiler(workspace, unpacked_rustc(workspace, version)?, "programs");
        toolchain.set(&format!("{}_LINKER", variable(triple)), rust_lld()?);
        let flags = format!("--sysroot={} -Clinker-flavor=ld.lld", unpacked.join("usr").display());
        Ok(toolchain.for_target(triple).with_flags(triple, &flags))
    }

    /// Debian's compiler. It compiles `core` and `alloc` for the target from their sources.
    pub fn from_sources(workspace: &Workspace, triple: &str) -> Result<Self> {
        debian_compiler()?;
        let mut toolchain = Self::default();
        toolchain.compiler(workspace, DEBIAN_RUSTC, "programs");
        toolchain.set("RUSTC_BOOTSTRAP", "1");
        toolchain.args.push("-Zbuild-std=core,alloc".into());
        toolchain.set(&format!("{}_LINKER", variable(triple)), rust_lld()?);
        Ok(toolchain.for_target(triple).with_flags(triple, "-Clinker-flavor=ld.lld"))
    }

    pub fn for_target(mut self, triple: &str) -> Self {
        self.args.push(format!("--target={triple}"));
        self
    }

    /// Adds flags for rustc. Build scripts are compiled without them.
    pub fn with_flags(mut self, triple: &str, flags: &str) -> Self {
        let variable = format!("{}_RUSTFLAGS", variable(triple));
        let known = self.env.iter_mut().find(|(name, _)| *name == variable);
        match known.and_then(|(_, value)| value.as_mut()) {
            Some(value) => value.push(format!(" {flags}")),
            None => self.set(&variable, flags),
        }
        self
    }

    /// Builds with a feature of the package.
    pub fn with_feature(mut self, feature: &str) -> Self {
        self.args.push(format!("--features={feature}"));
        self
    }

    fn set(&mut self, variable: &str, value: impl Into<OsString>) {
        self.env.push((variable.into(), Some(value.into())));
    }

    /// Uses another compiler than cargo's. It gets a separate build directory.
    fn compiler(&mut self, workspace: &Workspace, rustc: impl Into<OsString>, directory: &str) {
        self.set("RUSTC", rustc);
        self.set("CARGO_TARGET_DIR", workspace.target.join(directory));
        // What cargo and rustup left there for their own compiler.
        self.env.extend(["LD_LIBRARY_PATH", "RUSTUP_TOOLCHAIN"].map(|variable| (variable.into(), None)));
    }

    pub fn cargo(&self, workspace: &Workspace, subcommand: &str) -> Command {
        let mut command = workspace.cargo(subcommand);
        for (variable, value) in &self.env {
            match value {
                Some(value) => command.env(variable, value),
                None => command.env_remove(variable),
            };
        }
        command.args(&self.args);
        command
    }

    /// Builds a package's program of the same name; `profile` is cargo's (`dev`, `release`).
    pub fn build(&self, workspace: &Workspace, package: &str, profile: &str) -> Result<PathBuf> {
        let (programs, done) = self.build_all(workspace, package, profile)?;
        let done = done.exits(0)?;
        programs.into_iter().next().ok_or_else(|| done.error("built no program"))
    }

    /// The same for each of the targets: the programs that could be built, and cargo's outcome.
    pub fn build_all(&self, workspace: &Workspace, package: &str, profile: &str) -> Result<(Vec<PathBuf>, Done)> {
        let mut command = self.cargo(workspace, "build");
        command.args(["--package", package, "--bin", package, "--profile", profile, "--keep-going"]);
        let mut done = process::run(command.arg("--message-format=json-render-diagnostics"))?;
        let programs = Message::parse_stream(done.stdout.as_bytes())
            .filter_map(|message| match message {
                Ok(Message::CompilerArtifact(artifact)) if artifact.target.name == package => artifact.executable,
                _ => None,
            })
            .map(PathBuf::from)
            .collect();
        // Messages for programs are no use to the reader of a failure.
        done.stdout.clear();
        Ok((programs, done))
    }
}

/// Builds a package's program of the same name for each of the targets, and returns what became of it, in no order.
pub fn build_for(
    workspace: &Workspace,
    package: &str,
    targets: &[&'static Target],
) -> Result<Vec<(&'static Target, Result<PathBuf>)>> {
    let mut ways: Vec<(Way, Vec<&'static Target>)> = Vec::new();
    for &target in targets {
        let way = Way::of(target)?;
        match ways.iter_mut().find(|(known, _)| *known == way) {
            Some((_, targets)) => targets.push(target),
            None => ways.push((way, vec![target])),
        }
    }
    let mut built = Vec::new();
    for (way, targets) in ways {
        let toolchain = Toolchain::for_targets(workspace, way, &targets)?;
        step::at_work(format_args!("building {package} for {} target(s)", targets.len()));
        let (programs, done) = toolchain.build_all(workspace, package, "release")?;
        for target in targets {
            let is_its = |program: &&PathBuf| way == Way::Host || program.iter().any(|part| part == target.triple);
            let program = programs.iter().find(is_its).cloned().ok_or_else(|| done.error("not built"));
            built.push((target, program));
        }
    }
    Ok(built)
}

/// How a target is built. One run of cargo builds all targets of a way, and so keeps every processor busy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By what `cargo build` takes by itself.
    Host,
    /// By the compiler in use, which has the target's `core`.
    Installed { nightly: bool },
    /// By Debian's, which compiles `core` from its sources.
    Debian { nightly: bool },
}

impl Way {
    pub fn of(target: &Target) -> Result<Self> {
        let nightly = target.is_nightly();
        Ok(if is_host(target.triple)? {
            Self::Host
        } else if has_core(target.triple)? {
            Self::Installed { nightly }
        } else {
            Self::Debian { nightly }
        })
    }
}

/// The beginning of the names of cargo's variables for a target.
fn variable(triple: &str) -> String {
    format!("CARGO_TARGET_{}", triple.to_uppercase().replace(['-', '.'], "_"))
}

/// The compiler that cargo takes by itself.
fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

fn is_host(target: &str) -> Result<bool> {
    let version = process::succeed(rustc().arg("-vV"))?;
    Ok(version.stdout.lines().any(|line| line.strip_prefix("host: ") == Some(target)))
}

/// The directory of the compiler in use.
pub fn sysroot() -> Result<PathBuf> {
    Ok(process::succeed(rustc().arg("--print=sysroot"))?.stdout.trim_end().into())
}

/// Whether the compiler in use has the target's standard library.
pub fn has_core(target: &str) -> Result<bool> {
    let libraries = process::run(rustc().args(["--print=target-libdir", "--target", target]))?;
    let Ok(entries) = fs::read_dir(libraries.stdout.trim_end()) else {
        return Ok(false);
    };
    Ok(libraries.success()
        && entries.flatten().any(|entry| entry.file_name().as_encoded_bytes().starts_with(b"libcore-")))
}

/// The linker that comes with the compiler, or the system's. Both link for every target.
fn rust_lld() -> Result<OsString> {
    let libraries = process::succeed(rustc().arg("--print=target-libdir"))?;
    let bundled = Path::new(libraries.stdout.trim_end()).with_file_name("bin").join("rust-lld");
    if bundled.exists() {
        return Ok(bundled.into());
    }
    debian::program("ld.lld", "lld")
}

fn debian_compiler() -> Result<()> {
    if Path::new(DEBIAN_RUSTC).exists() {
        let sysroot =
            process::succeed(Command::new(DEBIAN_RUSTC).arg("--print=sysroot").env_remove("LD_LIBRARY_PATH"))?;
        if Path::new(sysroot.stdout.trim_end()).join("lib/rustlib/src/rust/library/core").exists() {
            return Ok(());
        }
    }
    debian::install(&DEBIAN_PACKAGES)
        .context("no compiler for a target that is not installed (`rustup target add` installs some)")
}

fn rustup_rustc(version: &str) -> Option<PathBuf> {
    let list = process::run(Command::new("rustup").args(["toolchain", "list"])).ok()?;
    let name = list
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .find(|name| name.strip_prefix(version).is_some_and(|rest| rest.starts_with(['.', '-'])))?;
    let rustc = process::run(Command::new("rustup").args(["which", "--toolchain", name, "rustc"])).ok()?;
    rustc.success().then(|| rustc.stdout.trim_end().into())
}

/// Debian's packages of another version than the one installed, under the target directory.
fn unpacked_rustc(workspace: &Workspace, version: &str) -> Result<PathBuf> {
    let home = workspace.target.join("cache").join(format!("rust-{version}"));
    let rustc = home.join("rustc");
    if rustc.exists() {
        return Ok(rustc);
    }
    let library = format!("libstd-rust-web-{version}");
    let exact = debian::version("rustc-web", &format!("{version}."))?;
    let mut packages: Vec<_> =
        ["rustc-web", "libstd-rust-web-dev", &library].iter().map(|package| format!("{package}={exact}")).collect();
    let llvm =
        debian::depends(&format!("{library}={exact}"))?.into_iter().find(|package| package.starts_with("libllvm"));
    packages.push(llvm.with_context(|| format!("{library} depends on no libllvm"))?);
    debian::unpack(&packages, &home)?;

    let libraries = fs::read_dir(home.join("usr/lib"))?.flatten().map(|entry| entry.file_name());
    let Some(libraries) = libraries.filter_map(|name| name.into_string().ok()).find(|name| name.contains("-linux-gnu"))
    else {
        bail!("no libraries in {library}");
    };
    // Written last: where it exists, the unpacking was finished.
    let script = format!(
        "#!/bin/sh\nhere=${{0%/*}}\nLD_LIBRARY_PATH=\"$here/usr/lib/{libraries}\" exec \"$here/usr/bin/rustc\" \"$@\"\n"
    );
    let unfinished = home.join("rustc.new");
    fs::write(&unfinished, script)?;
    fs::set_permissions(&unfinished, fs::Permissions::from_mode(0o755))?;
    fs::rename(&unfinished, &rustc)?;
    Ok(rustc)
}
