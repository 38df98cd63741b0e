//! `cargo xtask cross`: the hosted tests on other architectures, in a container or, where there is no engine, without.

use std::env::{self, consts};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result, bail, ensure};

use crate::debian;
use crate::process::{self, Done};
use crate::summary::Summary;
use crate::targets::Target;
use crate::workspace::{CRATE, Workspace};
use crate::{Outcome, named};

const VERSION: &str = "0.2.5";
/// The images that this command makes. The tag says which architectures an image has.
const IMAGE: &str = "barefd-cross";
/// Debian's engine, and the library that it may lack where it is not installed.
const ENGINE: [&str; 4] = ["docker.io", "containerd", "runc", "libdevmapper1.02.1"];
/// How long the engine may take to start or to stop.
const LIMIT: Duration = Duration::from_secs(60);

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
/// How many of these ports run if no name is given, counted from the first.
const DEFAULT: usize = 2;
/// The one whose programs the host's kernel runs.
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
    let mut failed = 0;
    for port in &ports {
        let outcome = way.test(workspace, port);
        let way = match way {
            Way::Made(_) => "cross, in an image made here",
            Way::Bare => "without a container",
        };
        match outcome.and_then(|done| Ok((Summary::of(&done)?, done))) {
            Ok((Summary { passed, failed: failures, ignored, report }, done)) => {
                failed += usize::from(failures > 0);
                // Those that say so of themselves, among the passed.
                let not_applicable = done.stderr.lines().filter(|line| line.starts_with("n/a ")).count();
                let notes = format!("{way}; {not_applicable} not applicable, {ignored} ignored");
                writeln!(out, "{}: {passed} passed, {failures} failed ({notes}){report}", port.triple)?;
            }
            Err(error) => {
                failed += 1;
                writeln!(out, "{}: FAILED ({way}): {error:#}", port.triple)?;
            }
        }
    }
    drop(way);
    writeln!(out, "{} passed, {failed} failed", ports.len() - failed)?;
    Ok(Outcome::Done { failed: failed > 0 })
}

/// How the tests are run.
enum Way {
    /// By cross, with our own engine and image. With its own settings, cross 0.2.5 misreads rustup's list, and makes
    /// rustup install or update toolchains.
    Made(Engine),
    /// By cargo.
    Bare,
}

impl Way {
    fn find(workspace: &Workspace, ports: &[&Port]) -> Result<Self> {
        Ok(match Engine::start(workspace, ports) {
            Ok(engine) => Self::Made(engine),
            Err(error) => {
                writeln!(io::stdout(), "without a container: {error:#}")?;
                Self::Bare
            }
        })
    }

    fn test(&self, workspace: &Workspace, port: &Port) -> Result<Done> {
        let mut command = match self {
            Self::Made(_) => {
                let mut command = Command::new(cross(workspace)?);
                command.current_dir(&workspace.root).env("CARGO_TERM_COLOR", "never").arg("test");
                command
            }
            Self::Bare => workspace.cargo("test"),
        };
        command.args(["--package", CRATE, "--target", port.triple, "--no-fail-fast"]);
        command.env("CARGO_TARGET_DIR", workspace.target.join("cross"));
        match self {
            Self::Made(engine) => engine.prepare(workspace, port, &mut command)?,
            Self::Bare => {
                let packages = packages(&[port]);
                debian::need(&packages.iter().map(String::as_str).collect::<Vec<_>>())?;
                command.env("RUSTC", "/usr/bin/rustc").env("RUSTDOC", "/usr/bin/rustdoc");
                command.env_remove("LD_LIBRARY_PATH").env_remove("RUSTUP_TOOLCHAIN");
            }
        }
        // Debian has the sources of the standard library, for every target; the compiler is a stable one.
        command.arg("-Zbuild-std=std,panic_unwind,test").env("RUSTC_BOOTSTRAP", "1");
        // With `abort`, which tests never take, cargo builds the standard library twice and mixes the two.
        command.env("CARGO_PROFILE_DEV_PANIC", "unwind");
        let variable = format!("CARGO_TARGET_{}", port.variable());
        command.env(format!("{variable}_LINKER"), format!("{}-gcc", port.gnu));
        let mut runner = process::runner().map(str::to_owned).to_vec();
        if port.triple != I686 {
            runner.extend([port.qemu()?, "-L".to_owned(), format!("/usr/{}", port.gnu)]);
        }
        command.env(format!("{variable}_RUNNER"), runner.join(" "));
        process::run(&mut command)
    }
}

impl Port {
    /// The name within those of cargo's and cross's variables.
    fn variable(&self) -> String {
        self.triple.to_uppercase().replace('-', "_")
    }

    fn qemu(&self) -> Result<String> {
        let target = Target::find(self.triple).context("not among the targets")?;
        Ok(format!("qemu-{}-static", target.qemu.map_err(Error::msg)?))
    }
}

/// What building and running programs for the targets takes.
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

fn home(workspace: &Workspace) -> PathBuf {
    workspace.target.join("cache/cross")
}

/// The program, installed below the target directory where it is missing.
fn cross(workspace: &Workspace) -> Result<PathBuf> {
    let home = home(workspace);
    let program = home.join("bin/cross");
    if !program.exists() {
        let building = home.join("building");
        let mut command = workspace.cargo("install");
        command.args(["cross", "--version", VERSION, "--locked", "--root"]).arg(&home);
        process::succeed(command.arg("--target-dir").arg(&building))?;
        fs::remove_dir_all(building)?;
    }
    Ok(program)
}

/// A container engine of our own: Debian's, not installed, with no network and with nothing outside of its directories.
struct Engine {
    /// Where its packages are unpacked.
    programs: PathBuf,
    /// What it needs while it runs: short, because a socket's path must be.
    directory: PathBuf,
    daemon: Child,
    image: String,
}

impl Engine {
    fn start(workspace: &Workspace, ports: &[&Port]) -> Result<Self> {
        ensure!(debian::is_root()?, "only root can start a container engine");
        cross(workspace)?;
        let home = home(workspace);
        let programs = home.join("engine");
        if !programs.exists() {
            let unfinished = home.join("engine.new");
            debian::update()?;
            debian::unpack(&ENGINE.map(str::to_owned), &unfinished)?;
            fs::rename(unfinished, &programs)?;
        }
        let made = process::succeed(Command::new("mktemp").args(["--directory", "--tmpdir", "barefd.XXXXXXXX"]))?;
        let directory = PathBuf::from(made.stdout.trim_end());
        let (log, config) = (directory.join("log"), directory.join("daemon.json"));
        // It would be written to /etc.
        fs::write(&config, format!("{{\"deprecated-key-path\": \"{}/key.json\"}}", directory.display()))?;
        let output = fs::File::create(&log)?;
        let libraries = ["lib", "usr/lib"].map(|lib| programs.join(lib).join(format!("{}-linux-gnu", consts::ARCH)));
        let mut command = Command::new("setpriv");
        // Stops it even where this program is killed.
        command.args(["--pdeathsig=TERM", "dockerd", "--bridge=none", "--iptables=false", "--ip-forward=false"]);
        command.arg("--config-file").arg(config).arg("--data-root").arg(home.join("data"));
        command.arg("--exec-root").arg(directory.join("run")).arg("--pidfile").arg(directory.join("pid"));
        command.args(["--containerd-namespace=barefd", "--containerd-plugins-namespace=barefd-plugins"]);
        command.arg("--host").arg(format!("unix://{}/socket", directory.display()));
        command.env("PATH", path(&[programs.join("usr/sbin"), programs.join("usr/bin")])?);
        command.env("LD_LIBRARY_PATH", env::join_paths(libraries)?);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let daemon = command.spawn().context("setpriv")?;

        let mut engine = Self { programs, directory, daemon, image: String::new() };
        let deadline = Instant::now() + LIMIT;
        while !process::run(&mut engine.docker("version"))?.success() {
            let ended = engine.daemon.try_wait()?.is_some();
            if ended || Instant::now() > deadline {
                let log = fs::read_to_string(log)?;
                bail!("dockerd does not start: {}", log.lines().last().unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(200));
        }
        engine.make_image(workspace, ports)?;
        Ok(engine)
    }

    fn docker(&self, subcommand: &str) -> Command {
        let mut command = Command::new(self.programs.join("usr/bin/docker"));
        self.choose(&mut command);
        command.arg(subcommand);
        command
    }

    /// Makes a client talk to this engine, whatever the user's settings are.
    fn choose(&self, command: &mut Command) {
        command.env("DOCKER_HOST", format!("unix://{}/socket", self.directory.display()));
        command.env("DOCKER_CONFIG", &self.directory);
    }

    /// Makes one image for all the targets, in place of others, unless there is one that has them.
    fn make_image(&mut self, workspace: &Workspace, ports: &[&Port]) -> Result<()> {
        let tags = process::succeed(self.docker("images").args(["--format={{.Tag}}", IMAGE]))?.stdout;
        let serves = |tag: &&str| ports.iter().all(|port| tag.split('.').any(|part| part == port.debian));
        if let Some(tag) = tags.lines().find(serves) {
            self.image = format!("{IMAGE}:{tag}");
            return Ok(());
        }
        process::succeed(self.docker("system").args(["prune", "--all", "--force"]))?;
        let root = home(workspace).join("root");
        let made = self.import(&root, ports);
        if root.exists() {
            fs::remove_dir_all(root)?;
        }
        made
    }

    fn import(&mut self, root: &Path, ports: &[&Port]) -> Result<()> {
        let mut packages = packages(ports);
        packages.extend(["base-files", "dash", "coreutils", "cargo-web", "gcc", "libc6-dev"].map(str::to_owned));
        debian::update()?;
        debian::unpack(&debian::with_dependencies(&packages)?, root)?;
        // One of Debian's alternatives, which only an installation sets.
        symlink("gcc", root.join("usr/bin/cc"))?;
        let emulators = ports.iter().map(|port| port.qemu()).collect::<Result<Vec<_>>>()?;
        for program in fs::read_dir(root.join("usr/bin"))? {
            let program = program?;
            let name = program.file_name().to_string_lossy().into_owned();
            if name.starts_with("qemu-") && !emulators.contains(&name) {
                fs::remove_file(program.path())?;
            }
        }
        let mut tar = Command::new("tar");
        tar.args([
            "--no-wildcards-match-slash",
            "--exclude=./usr/share",
            "--exclude=./usr/src/*/compiler",
            "--exclude=./usr/src/*/src",
        ]);
        let mut tar = tar.arg("-C").arg(root).args(["-c", "."]).stdout(Stdio::piped()).spawn().context("tar")?;
        let archive = tar.stdout.take().context("no output of tar")?;
        let imported = process::succeed(self.docker("import").arg("-").stdin(archive));
        let read = tar.wait()?;
        let imported = imported?;
        ensure!(read.success(), "tar: {read}");
        let tag = ports.iter().map(|port| port.debian).collect::<Vec<_>>().join(".");
        self.image = format!("{IMAGE}:{tag}");
        process::succeed(self.docker("tag").arg(imported.stdout.trim_end()).arg(&self.image))?;
        Ok(())
    }

    /// Makes cross take the image, and the compiler in it for the one in use.
    fn prepare(&self, workspace: &Workspace, port: &Port, command: &mut Command) -> Result<()> {
        // The container has no network.
        process::succeed(workspace.cargo("fetch").args(["--locked", "--target", port.triple]))?;
        command.env("CARGO_NET_OFFLINE", "true");

        // cross asks for the compiler's directory, to find it in the container, and for a toolchain of that name.
        let toolchain = home(workspace).join("toolchain");
        fs::create_dir_all(&toolchain)?;
        let sysroot = format!("[ \"$*\" = '--print sysroot' ] && echo '{}' || exec rustc \"$@\"", toolchain.display());
        for (name, script) in [("compiler", sysroot.as_str()), ("rustup", "echo toolchain")] {
            let file = toolchain.join(name);
            fs::write(&file, format!("#!/bin/sh\n{script}\n"))?;
            fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
        }
        command.env("RUSTC", toolchain.join("compiler")).env("PATH", path(&[toolchain])?);
        command.env("CROSS_CUSTOM_TOOLCHAIN", "1");
        command.env(format!("CROSS_TARGET_{}_IMAGE", port.variable()), &self.image);
        command.env("CROSS_CONTAINER_ENGINE", self.programs.join("usr/bin/docker"));
        // cross makes this directory; by default in the user's home.
        command.env("XARGO_HOME", home(workspace).join("xargo"));
        self.choose(command);
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let deadline = Instant::now() + LIMIT;
        let mut asked = false;
        while matches!(self.daemon.try_wait(), Ok(None)) {
            if !asked {
                // Not `Child::kill`, which leaves what it has started and mounted.
                asked = Command::new("kill").arg(self.daemon.id().to_string()).status().is_ok();
            } else if Instant::now() > deadline {
                let _ = self.daemon.kill();
            }
            thread::sleep(Duration::from_millis(50));
        }
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The search path with directories before it.
fn path(first: &[PathBuf]) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(first.iter().cloned().chain(env::split_paths(&path)))?)
}
