//! `cargo xtask cross`: the hosted tests on other architectures. They run in a container, or without one if there is no
//! engine.

mod engine;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::Command;

use anyhow::{Context, Result};

use crate::debian;
use crate::process::{self, Done};
use crate::qemu;
use crate::step;
use crate::summary::Summary;
use crate::targets::Target;
use crate::toolchain;
use crate::workspace::{CRATE, Workspace};
use crate::{Outcome, named, total};
use engine::Engine;

/// A target that Debian has a C library for.
struct Port {
    triple: &'static str,
    /// The architecture, by the name of GNU's tools and of Debian's packages.
    gnu: &'static str,
    debian: &'static str,
}

const PORTS: [Port; 6] = [
    Port { triple: "aarch64-unknown-linux-gnu", gnu: "aarch64-linux-gnu", debian: "arm64" },
    Port { triple: "s390x-unknown-linux-gnu", gnu: "s390x-linux-gnu", debian: "s390x" },
    Port { triple: "armv7-unknown-linux-gnueabihf", gnu: "arm-linux-gnueabihf", debian: "armhf" },
    Port { triple: I686, gnu: "i686-linux-gnu", debian: "i386" },
    Port { triple: "powerpc64le-unknown-linux-gnu", gnu: "powerpc64le-linux-gnu", debian: "ppc64el" },
    Port { triple: "riscv64gc-unknown-linux-gnu", gnu: "riscv64-linux-gnu", debian: "riscv64" },
];
/// If no name is given, only the first ports run: this many.
const DEFAULT: usize = 2;
/// The host's kernel runs the programs of this target.
const I686: &str = "i686-unknown-linux-gnu";

pub fn list(_: &Workspace) -> Vec<String> {
    let line = |(index, port): (usize, &Port)| {
        let when = if index < DEFAULT { "by default" } else { "on request" };
        format!("{:<30} {when}", port.triple)
    };
    PORTS.iter().enumerate().map(line).collect()
}

pub fn run(workspace: &Workspace, names: &[String]) -> Result<Outcome> {
    let all = if names.is_empty() { &PORTS[..DEFAULT] } else { &PORTS };
    let ports = match named(all, names, |port| port.triple) {
        Ok(ports) => ports,
        Err(unknown) => return Ok(unknown),
    };
    let mut out = io::stdout();
    let way = Way::find(workspace, &ports)?;
    let mut passed = Vec::new();
    for port in &ports {
        step::at_work(format_args!("testing {}", port.triple));
        let outcome = way.test(workspace, port).and_then(|done| Ok((Summary::of(&done)?, done)));
        passed.push(outcome.as_ref().is_ok_and(|(summary, _)| summary.failed == 0));
        match outcome {
            Ok((Summary { passed, failed, ignored, report }, done)) => {
                // These tests passed, and printed a line that begins with `n/a `.
                let not_applicable = done.stderr.lines().filter(|line| line.starts_with("n/a ")).count();
                let notes = format!("{}; {not_applicable} not applicable, {ignored} ignored", way.name());
                writeln!(out, "{}: {passed} passed, {failed} failed ({notes}){report}", port.triple)?;
            }
            Err(error) => writeln!(out, "{}: FAILED ({}): {error:#}", port.triple, way.name())?,
        }
    }
    drop(way);
    total(&passed)
}

/// How the tests are run.
enum Way {
    /// By cross, with an image of cross. The value is the client of the engine that runs already.
    Running(OsString),
    /// By cross, with an engine that was started here and an image that was made here.
    Made(Engine),
    /// By cargo.
    Bare,
}

impl Way {
    fn find(workspace: &Workspace, ports: &[&Port]) -> Result<Self> {
        let found = match engine::running() {
            Some(client) => engine::cross(workspace).map(|_| Self::Running(client)),
            None => Engine::start(workspace, ports).map(Self::Made),
        };
        found.or_else(|error| {
            writeln!(io::stdout(), "without a container: {error:#}")?;
            Ok(Self::Bare)
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Running(_) => "cross, in its own image",
            Self::Made(_) => "cross, in an image made here",
            Self::Bare => "without a container",
        }
    }

    fn test(&self, workspace: &Workspace, port: &Port) -> Result<Done> {
        let mut command = match self {
            Self::Running(_) | Self::Made(_) => {
                let mut command = Command::new(engine::cross(workspace)?);
                command.current_dir(&workspace.root).env("CARGO_TERM_COLOR", "never").arg("test");
                command
            }
            Self::Bare => workspace.cargo("test"),
        };
        command.args(["--package", CRATE, "--target", port.triple, "--no-fail-fast"]);
        command.env("CARGO_TARGET_DIR", workspace.target.join("cross"));
        match self {
            Self::Running(client) => {
                engine::shim(workspace, &toolchain::sysroot()?, &mut command)?;
                command.env("CROSS_CONTAINER_ENGINE", client);
            }
            Self::Made(engine) => engine.prepare(workspace, port, &mut command)?,
            Self::Bare => {
                let packages = packages(&[port]);
                debian::need(&packages.iter().map(String::as_str).collect::<Vec<_>>())?;
                command.env("RUSTC", "/usr/bin/rustc").env("RUSTDOC", "/usr/bin/rustdoc");
                command.env_remove("LD_LIBRARY_PATH").env_remove("RUSTUP_TOOLCHAIN");
            }
        }
        let own_image = matches!(self, Self::Running(_));
        if !own_image || !toolchain::has_core(port.triple)? {
            // The sources are the same for every target. Debian has them, and rustup has them in `rust-src`. The
            // variable lets a stable compiler use the option.
            command.arg("-Zbuild-std=std,panic_unwind,test").env("RUSTC_BOOTSTRAP", "1");
            // Tests always unwind. With `abort` in the profile, cargo builds the standard library twice and mixes the
            // two.
            command.env("CARGO_PROFILE_DEV_PANIC", "unwind");
        }
        if !own_image {
            let variable = format!("CARGO_TARGET_{}", port.variable());
            command.env(format!("{variable}_LINKER"), format!("{}-gcc", port.gnu));
            let mut runner = process::runner().map(str::to_owned).to_vec();
            if port.triple != I686 {
                runner.extend([port.qemu()?, "-L".to_owned(), format!("/usr/{}", port.gnu)]);
            }
            command.env(format!("{variable}_RUNNER"), runner.join(" "));
        }
        process::run(&mut command)
    }
}

impl Port {
    /// The target in the names of the variables of cargo and of cross.
    fn variable(&self) -> String {
        self.triple.to_uppercase().replace('-', "_")
    }

    fn qemu(&self) -> Result<String> {
        qemu::qemu(Target::find(self.triple).context("not among the targets")?)
    }
}

/// The packages that build and run programs for the targets.
fn packages(ports: &[&Port]) -> Vec<String> {
    let mut packages: Vec<String> = ["rustc-web", "rust-web-src", "qemu-user-static"].map(str::to_owned).into();
    for port in ports {
        packages.extend([format!("gcc-{}", port.gnu), format!("libc6-dev-{}-cross", port.debian)]);
        if port.triple == I686 {
            packages.extend(["libc6-i386", "lib32gcc-s1"].map(str::to_owned));
        }
    }
    packages
}
