//! Runs `cross` with a container engine: one that runs already, or one that is started here.
//!
//! cross 0.2.5 reads the output of rustup wrongly, and then lets rustup install or update toolchains. So cross always
//! finds a shim instead of rustup. The shim prints the name of the toolchain in use, and does nothing else.
//!
//! Without an engine, there is often no registry that has cross's images. So the engine comes from Debian's packages.
//! It is started without a network, and its image is made of Debian's packages.

use std::env::{self, consts};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::{Port, packages};
use crate::debian;
use crate::process;
use crate::step;
use crate::toolchain;
use crate::workspace::Workspace;

const VERSION: &str = "0.2.5";
/// The name of the images that are made here. The tag of an image lists its architectures.
const IMAGE: &str = "barefd-cross";
/// The packages of Debian's engine. The last one is a library, which may be missing because the engine is not
/// installed.
const ENGINE: [&str; 4] = ["docker.io", "containerd", "runc", "libdevmapper1.02.1"];
/// How long the engine may take to start or to stop.
const LIMIT: Duration = Duration::from_secs(60);

/// The client of the engine that runs for this user.
pub fn running() -> Option<OsString> {
    let clients = match env::var_os("CROSS_CONTAINER_ENGINE") {
        Some(client) => vec![client],
        None => ["docker", "podman"].map(OsString::from).into(),
    };
    clients.into_iter().find(|client| process::run(Command::new(client).arg("info")).is_ok_and(|done| done.success()))
}

fn home(workspace: &Workspace) -> PathBuf {
    workspace.target.join("cache/cross")
}

/// The program `cross`. If it is missing, it is installed below the target directory.
pub fn cross(workspace: &Workspace) -> Result<PathBuf> {
    let home = home(workspace);
    let program = home.join("bin/cross");
    if !program.exists() {
        let building = home.join("building");
        let mut command = workspace.cargo("install");
        command.args(["cross", "--version", VERSION, "--locked", "--root"]).arg(&home);
        step::at_work(format_args!("installing cross {VERSION}"));
        process::succeed(command.arg("--target-dir").arg(&building))?;
        fs::remove_dir_all(building)?;
    }
    Ok(program)
}

/// Makes cross find the shim instead of rustup, and the compiler in `sysroot`.
pub fn shim(workspace: &Workspace, sysroot: &Path, command: &mut Command) -> Result<()> {
    let directory = home(workspace).join("shim");
    fs::create_dir_all(&directory)?;
    // cross asks the compiler for its directory, and uses that directory in the container. It asks rustup for a
    // toolchain of the same name.
    let name = sysroot.file_name().context("a sysroot without a name")?.to_string_lossy();
    let rustc = toolchain::sysroot()?.join("bin/rustc");
    let compiler =
        format!("[ \"$*\" = '--print sysroot' ] && echo '{}' || exec '{}' \"$@\"", sysroot.display(), rustc.display());
    for (file, script) in [("compiler", compiler), ("rustup", format!("echo '{name}'"))] {
        let file = directory.join(file);
        fs::write(&file, format!("#!/bin/sh\n{script}\n"))?;
        fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
    }
    command.env("RUSTC", directory.join("compiler")).env("PATH", path(&[directory])?);
    // cross must not add the target to the toolchain. cargo and rustc may be proxies of rustup. They must not install a
    // toolchain.
    command.env("CROSS_CUSTOM_TOOLCHAIN", "1").env("RUSTUP_AUTO_INSTALL", "0");
    // cross makes this directory. The default is in the user's home.
    command.env("XARGO_HOME", home(workspace).join("xargo"));
    Ok(())
}

/// A container engine that is started here. It is Debian's, but not installed. It has no network, and writes only to
/// its own directories.
pub struct Engine {
    /// Where its packages are unpacked.
    programs: PathBuf,
    /// Its files while it runs. The path is short, because the path of a socket must be short.
    directory: PathBuf,
    daemon: Child,
    image: String,
}

impl Engine {
    pub fn start(workspace: &Workspace, ports: &[&Port]) -> Result<Self> {
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
        // By default, the engine writes this file to /etc.
        fs::write(&config, format!("{{\"deprecated-key-path\": \"{}/key.json\"}}", directory.display()))?;
        let output = fs::File::create(&log)?;
        let libraries = ["lib", "usr/lib"].map(|lib| programs.join(lib).join(format!("{}-linux-gnu", consts::ARCH)));
        let mut command = Command::new("setpriv");
        // The engine ends also if this program is killed.
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

    /// Makes a client use this engine, and ignore the user's settings.
    fn choose(&self, command: &mut Command) {
        command.env("DOCKER_HOST", format!("unix://{}/socket", self.directory.display()));
        command.env("DOCKER_CONFIG", &self.directory);
    }

    /// Makes one image for all the targets and removes the other images. If an image has all the targets already, it
    /// uses that one.
    fn make_image(&mut self, workspace: &Workspace, ports: &[&Port]) -> Result<()> {
        let tags = process::succeed(self.docker("images").args(["--format={{.Tag}}", IMAGE]))?.stdout;
        let serves = |tag: &&str| ports.iter().all(|port| tag.split('.').any(|part| part == port.debian));
        if let Some(tag) = tags.lines().find(serves) {
            self.image = format!("{IMAGE}:{tag}");
            return Ok(());
        }
        process::succeed(self.docker("system").args(["prune", "--all", "--force"]))?;
        step::at_work("making an image");
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
        // An alternative of Debian's. Only an installation makes this link.
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

    /// Makes cross use the image, and the compiler in the image.
    pub fn prepare(&self, workspace: &Workspace, port: &Port, command: &mut Command) -> Result<()> {
        // The container has no network.
        process::succeed(workspace.cargo("fetch").args(["--locked", "--target", port.triple]))?;
        command.env("CARGO_NET_OFFLINE", "true");

        let toolchain = home(workspace).join("toolchain");
        fs::create_dir_all(&toolchain)?;
        shim(workspace, &toolchain, command)?;
        command.env(format!("CROSS_TARGET_{}_IMAGE", port.variable()), &self.image);
        command.env("CROSS_CONTAINER_ENGINE", self.programs.join("usr/bin/docker"));
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
                // Not `Child::kill`: that would leave the processes and the mounts of the engine.
                asked = Command::new("kill").arg(self.daemon.id().to_string()).status().is_ok();
            } else if Instant::now() > deadline {
                let _ = self.daemon.kill();
            }
            thread::sleep(Duration::from_millis(50));
        }
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The search path, with these directories first.
fn path(first: &[PathBuf]) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(first.iter().cloned().chain(env::split_paths(&path)))?)
}
