//! Debian's kernels, and the machines that QEMU's system mode boots them on.

use std::env::{self, consts};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::debian::{self, Suite};
use crate::process;
use crate::step;
use crate::workspace::Workspace;

/// A kernel and what it runs on.
pub struct Machine {
    /// By Debian's name, but `x86_64` for `amd64`.
    pub arch: &'static str,
    /// The suites that have the kernel. The first one that is available is used.
    suites: &'static [&'static str],
    package: &'static str,
    /// The program, and Debian's package of it.
    qemu: (&'static str, &'static str),
    options: &'static str,
    pub console: &'static str,
    /// The targets whose programs it runs, its own first.
    pub targets: &'static [&'static str],
}

/// A machine whose kernel is in both of these suites.
const fn machine(arch: &'static str, package: &'static str, qemu: (&'static str, &'static str)) -> Machine {
    Machine { arch, suites: &["bookworm", "trixie"], package, qemu, options: "", console: "", targets: &[] }
}

pub const MACHINES: [Machine; 10] = [
    machine("x86_64", "linux-image-cloud-amd64", ("qemu-system-x86_64", "qemu-system-x86"))
        .with("-M pc -m 256", "ttyS0")
        .runs(&["x86_64-unknown-linux-gnu", "i686-unknown-linux-gnu"]),
    machine("i386", "linux-image-686", ("qemu-system-x86_64", "qemu-system-x86"))
        .with("-M pc -m 256", "ttyS0")
        .of(&["bookworm"])
        .runs(&["i686-unknown-linux-gnu", "i586-unknown-linux-gnu"]),
    machine("arm64", "linux-image-cloud-arm64", ("qemu-system-aarch64", "qemu-system-arm"))
        .with("-M virt -cpu cortex-a57 -m 256", "ttyAMA0")
        .runs(&["aarch64-unknown-linux-gnu", "armv7-unknown-linux-gnueabihf"]),
    machine("armhf", "linux-image-armmp", ("qemu-system-arm", "qemu-system-arm"))
        .with("-M virt -m 256", "ttyAMA0")
        .runs(&[
            "armv7-unknown-linux-gnueabihf",
            "thumbv7neon-unknown-linux-gnueabihf",
            "arm-unknown-linux-gnueabi",
            "armv5te-unknown-linux-gnueabi",
            "armv4t-unknown-linux-gnueabi",
        ]),
    machine("ppc64el", "linux-image-powerpc64le", ("qemu-system-ppc64", "qemu-system-ppc"))
        .with("-M pseries,x-vof=on -vga none -m 512", "hvc0")
        .runs(&["powerpc64le-unknown-linux-gnu"]),
    machine("s390x", "linux-image-s390x", ("qemu-system-s390x", "qemu-system-misc"))
        .with("-M s390-ccw-virtio -m 256", "ttysclp0")
        .runs(&["s390x-unknown-linux-gnu"]),
    machine("riscv64", "linux-image-riscv64", ("qemu-system-riscv64", "qemu-system-misc"))
        .with("-M virt -m 256", "ttyS0")
        .of(&["trixie", "sid"])
        .runs(&["riscv64gc-unknown-linux-gnu"]),
    machine("mipsel", "linux-image-4kc-malta", ("qemu-system-mipsel", "qemu-system-mips"))
        .with("-M malta -vga none -m 256", "ttyS0")
        .of(&["bookworm"])
        .runs(&["mipsel-unknown-linux-gnu"]),
    machine("mips64el", "linux-image-5kc-malta", ("qemu-system-mips64el", "qemu-system-mips"))
        .with("-M malta -vga none -cpu MIPS64R2-generic -m 256", "ttyS0")
        .of(&["bookworm"])
        .runs(&["mips64el-unknown-linux-gnuabi64", "mipsel-unknown-linux-gnu"]),
    machine("loong64", "linux-image-loong64", (LOONGARCH, "qemu-system-misc"))
        .with("-M virt -m 1G", "ttyS0")
        .of(&["sid"])
        .runs(&["loongarch64-unknown-linux-gnu"]),
];

const LOONGARCH: &str = "qemu-system-loongarch64";
/// An address in its memory that the firmware leaves alone.
const FREE: &str = "0xa0000000";
/// The first version of QEMU that boots a kernel of LoongArch. Then the suite and the packages that have it, and the
/// package of its firmware.
const LOONGARCH_QEMU: u32 = 10;
const LOONGARCH_SUITE: &str = "bookworm-backports";
const MISC: &str = "qemu-system-misc";
const LOONGARCH_PACKAGES: [&str; 3] = [MISC, "qemu-system-common", "qemu-system-data"];
const LOONGARCH_FIRMWARE: &str = "qemu-efi-loongarch64";

impl Machine {
    const fn of(self, suites: &'static [&'static str]) -> Self {
        Self { suites, ..self }
    }

    const fn with(self, options: &'static str, console: &'static str) -> Self {
        Self { options, console, ..self }
    }

    const fn runs(self, targets: &'static [&'static str]) -> Self {
        Self { targets, ..self }
    }

    pub fn find(arch: &str) -> Option<&'static Self> {
        MACHINES.iter().find(|machine| machine.arch == arch)
    }

    /// The kernel's file and its release. It is fetched if it is not in the cache.
    fn kernel(&self, workspace: &Workspace) -> Result<(PathBuf, String)> {
        let home = workspace.cached(self.arch, |home| {
            let unpacked = home.join("unpacked");
            let packages = self.fetch(workspace, &unpacked)?;
            fs::rename(image(&unpacked)?, home.join("kernel"))?;
            fs::write(home.join("release"), release(&packages)?)?;
            Ok(fs::remove_dir_all(unpacked)?)
        })?;
        Ok((home.join("kernel"), fs::read_to_string(home.join("release"))?))
    }

    fn fetch(&self, workspace: &Workspace, directory: &Path) -> Result<Vec<String>> {
        step::at_work(format_args!("fetching {}", self.package));
        Suite::first(
            self.suites,
            if self.arch == "x86_64" { "amd64" } else { self.arch },
            &workspace.target.join("cache"),
            |suite| {
                // This package is empty. It depends on the package of the newest version, which may depend on another
                // package with the image.
                let mut package = self.package.to_owned();
                while let Some(next) = suite.depends(&package)?.into_iter().find(|next| is_kernel(next)) {
                    package = next;
                }
                suite.unpack(&[package], directory)
            },
        )
    }

    /// The command that boots the kernel in QEMU with this initramfs and this command line, and the kernel's release.
    pub fn qemu(&self, workspace: &Workspace, initramfs: &Path, line: &str) -> Result<(Command, String)> {
        let (kernel, release) = self.kernel(workspace)?;
        let (program, package) = self.qemu;
        let mut command = if program == LOONGARCH {
            let mut command = loongarch(workspace)?;
            // With `-initrd`, the firmware would add its own word after the program's arguments.
            let size = fs::metadata(initramfs)?.len();
            command.arg("-device").arg(format!("loader,addr={FREE},force-raw=on,file={}", initramfs.display()));
            command.arg("-append").arg(format!("initrdmem={FREE},{size} {line}"));
            command
        } else {
            let mut command = emulator(workspace, program, package)?;
            command.arg("-initrd").arg(initramfs).arg("-append").arg(line);
            command
        };
        command.args(["-accel", "tcg", "-nographic", "-no-reboot", "-net", "none"]);
        command.args(self.options.split(' ')).arg("-kernel").arg(kernel);
        Ok((command, release))
    }
}

fn is_kernel(package: &str) -> bool {
    ["linux-image-", "linux-binary-"].iter().any(|prefix| package.starts_with(prefix))
}

/// The one image that a package of a kernel has.
fn image(unpacked: &Path) -> Result<PathBuf> {
    let mut directories = vec![unpacked.join("boot")];
    if let Ok(versions) = fs::read_dir(unpacked.join("usr/lib/modules")) {
        directories.extend(versions.flatten().map(|version| version.path()));
    }
    let files = directories.iter().filter_map(|directory| fs::read_dir(directory).ok()).flatten().flatten();
    let mut images = files.filter(|file| file.file_name().as_encoded_bytes().starts_with(b"vmlinu"));
    let image = images.next().context("no kernel in the package")?;
    ensure!(images.next().is_none(), "two kernels in the package");
    Ok(image.path())
}

/// The version of a package without Debian's revision.
fn release(packages: &[String]) -> Result<String> {
    let version = packages.first().and_then(|package| package.split(' ').nth(1)).context("no package")?;
    Ok(format!("Linux {}", version.rsplit_once('-').map_or(version, |(upstream, _)| upstream)))
}

/// The system's QEMU, or Debian's if the system has none. Debian's is unpacked and not installed, because the
/// installation can require that other packages are removed, such as a newer `qemu-utils`.
fn emulator(workspace: &Workspace, program: &str, package: &str) -> Result<Command> {
    if process::run(Command::new(program).arg("--version")).is_ok() {
        return Ok(timed(program.into()));
    }
    let home = workspace.cached(package, |home| debian::unpack(&debian::missing(package)?, home))?;
    unpacked(&home, &home, program)
}

/// A program of QEMU that was unpacked below `home`. Its libraries were unpacked below `libraries`.
fn unpacked(home: &Path, libraries: &Path, program: &str) -> Result<Command> {
    let multiarch = format!("{}-linux-gnu", consts::ARCH);
    let mut command = timed(home.join("usr/bin").join(program).into());
    let libraries = ["usr/lib", "lib"].map(|lib| libraries.join(lib).join(&multiarch));
    command.env("LD_LIBRARY_PATH", env::join_paths(libraries)?);
    command.env("QEMU_MODULE_DIR", home.join("usr/lib").join(multiarch).join("qemu"));
    for firmware in ["qemu", "seabios"] {
        command.arg("-L").arg(home.join("usr/share").join(firmware));
    }
    Ok(command)
}

/// Debian 12's QEMU does not boot this architecture, so a newer one is unpacked.
fn loongarch(workspace: &Workspace) -> Result<Command> {
    let host = process::succeed(Command::new("dpkg").arg("--print-architecture"))?.stdout;
    let fetched = |name: &str, suites: &[&str], packages: &[&str]| {
        workspace.cached(name, |home| {
            let packages: Vec<_> = packages.iter().map(|package| package.to_string()).collect();
            let cache = workspace.target.join("cache");
            Suite::first(suites, host.trim_end(), &cache, |suite| suite.unpack(&packages, home)).map(drop)
        })
    };
    let mut command = match process::run(Command::new(LOONGARCH).arg("--version")) {
        Ok(done) if major(&done.stdout).is_some_and(|major| major >= LOONGARCH_QEMU) => timed(LOONGARCH.into()),
        _ => {
            // Debian 12's package depends on the libraries that the newer one needs.
            let libraries = workspace.cached(MISC, |home| debian::unpack(&debian::missing(MISC)?, home))?;
            let home = fetched("qemu", &[LOONGARCH_SUITE], &LOONGARCH_PACKAGES)?;
            unpacked(&home, &libraries, LOONGARCH)?
        }
    };
    let firmware = fetched("firmware", &["trixie", "sid"], &[LOONGARCH_FIRMWARE])?;
    command.arg("-bios").arg(firmware.join("usr/share").join(LOONGARCH_FIRMWARE).join("QEMU_EFI.fd"));
    Ok(command)
}

/// The first number of `QEMU emulator version 7.2.22 (…)`.
fn major(version: &str) -> Option<u32> {
    version.split_once("version ")?.1.split('.').next()?.parse().ok()
}

/// A command with a time limit. The program also ends when this one ends.
fn timed(program: OsString) -> Command {
    let timed = process::program(Path::new(&program));
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=TERM").arg(timed.get_program()).args(timed.get_args());
    command
}
