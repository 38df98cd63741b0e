//! Packages of Debian, from wherever apt is set up to take them.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Error, Result, ensure};

use crate::process;

/// Installs packages; without apt or without the right to, the error says what to install.
pub fn install(packages: &[&str]) -> Result<()> {
    let by_hand = || format!("on Debian, as root: apt-get install --no-install-recommends {}", packages.join(" "));
    ensure!(is_root()?, by_hand());
    update().with_context(by_hand)?;
    let mut command = apt_get("install");
    command.args(["--yes", "--no-install-recommends", "--no-remove"]);
    process::succeed(command.args(packages)).with_context(by_hand)?;
    Ok(())
}

/// Installs packages if one of them is missing.
pub fn need(packages: &[&str]) -> Result<()> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status}\n"]).args(packages);
    match process::run(&mut query) {
        Ok(done) if done.success() && done.stdout.lines().all(|status| status == "installed") => Ok(()),
        _ => install(packages),
    }
}

/// A program, from its package where it is missing.
pub fn program(name: &str, package: &str) -> Result<OsString> {
    if Command::new(name).arg("--version").output().is_err() {
        install(&[package])?;
    }
    Ok(name.into())
}

/// The newest version of a package that begins with `prefix`.
pub fn version(package: &str, prefix: &str) -> Result<String> {
    if is_root()? {
        update()?;
    }
    let output = process::succeed(Command::new("apt-cache").args(["madison", package]))?;
    let mut versions = output.stdout.lines().filter_map(|line| line.split('|').nth(1)).map(str::trim);
    let found = versions.find(|version| version.starts_with(prefix));
    found.map(str::to_owned).with_context(|| format!("apt has no {package} {prefix}*"))
}

/// The packages that `package`, a name or `name=version`, depends on.
pub fn depends(package: &str) -> Result<Vec<String>> {
    depends_with(&[], package)
}

/// Unpacks packages, names or `name=version`, below `directory` without installing them. Needs no root.
pub fn unpack(packages: &[String], directory: &Path) -> Result<()> {
    unpack_with(&[], packages, directory)?;
    Ok(())
}

/// Packages and all that they depend on, as if nothing were installed.
pub fn with_dependencies(packages: &[String]) -> Result<Vec<String>> {
    to_install(apt_get("install").args(["-o", "Dir::State::Status=/dev/null"]).args(packages))
}

/// A package and those that it depends on, without those that are installed.
pub fn missing(package: &str) -> Result<Vec<String>> {
    update()?;
    to_install(apt_get("install").arg(package))
}

fn to_install(install: &mut Command) -> Result<Vec<String>> {
    let output = process::succeed(install.args(["--simulate", "--no-install-recommends"]))?;
    let names = output.stdout.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    Ok(names.map(str::to_owned).collect())
}

/// A suite and an architecture, with separate package lists. The system may be configured for others. Needs no root.
pub struct Suite {
    options: Vec<String>,
}

impl Suite {
    /// The result of `take` for the first suite where it succeeds. `arch` is Debian's name of the architecture. A suite
    /// may be unavailable for a while: while a mirror changes, its lists may not match its Release file.
    pub fn first<T>(names: &[&str], arch: &str, cache: &Path, take: impl Fn(&Self) -> Result<T>) -> Result<T> {
        let mut taken = Err(Error::msg("no suite"));
        for name in names {
            taken = Self::fetch(name, arch, cache).and_then(|suite| take(&suite)).with_context(|| name.to_string());
            if taken.is_ok() {
                break;
            }
        }
        taken
    }

    /// Fetches the lists to below `cache`.
    fn fetch(name: &str, arch: &str, cache: &Path) -> Result<Self> {
        let home = cache.join(format!("apt-{name}-{arch}"));
        let (list, lists) = (home.join("sources.list"), home.join("lists"));
        fs::create_dir_all(lists.join("partial"))?;
        fs::write(&list, format!("deb {} {name} main\n", archive()?))?;
        let options = [
            format!("Dir::Etc::SourceList={}", list.display()),
            "Dir::Etc::SourceParts=/dev/null".to_owned(),
            format!("Dir::State::Lists={}", lists.display()),
            format!("Dir::Cache={}", home.display()),
            "Dir::State::Status=/dev/null".to_owned(),
            format!("APT::Architecture={arch}"),
            format!("APT::Architectures={arch}"),
            // Nobody reads descriptions.
            "Acquire::Languages=none".to_owned(),
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".to_owned(),
        ];
        let options = options.into_iter().flat_map(|option| ["-o".to_owned(), option]).collect();
        process::succeed(apt_get("update").arg("--error-on=any").args(&options))?;
        Ok(Self { options })
    }

    /// The packages that one depends on.
    pub fn depends(&self, package: &str) -> Result<Vec<String>> {
        depends_with(&self.options, package)
    }

    /// Unpacks packages of the suite as [`unpack`] does, and returns the name and version of each.
    pub fn unpack(&self, packages: &[String], directory: &Path) -> Result<Vec<String>> {
        unpack_with(&self.options, packages, directory)
    }
}

/// Where the system takes Debian itself from.
fn archive() -> Result<String> {
    if is_root()? {
        update()?;
    }
    let mut command = Command::new("apt-get");
    command.args([
        "indextargets",
        "--format",
        "$(REPO_URI)",
        "Created-By: Packages",
        "Origin: Debian",
        "Label: Debian",
    ]);
    let output = process::succeed(&mut command)?;
    output.stdout.lines().next().map(str::to_owned).context("apt has no lists of Debian: as root, apt-get update")
}

fn depends_with(options: &[String], package: &str) -> Result<Vec<String>> {
    let output = process::succeed(Command::new("apt-cache").args(options).args(["depends", package]))?;
    Ok(output.stdout.lines().filter_map(|line| line.trim().strip_prefix("Depends: ")).map(str::to_owned).collect())
}

fn unpack_with(options: &[String], packages: &[String], directory: &Path) -> Result<Vec<String>> {
    let downloads = directory.join("downloads");
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    fs::create_dir_all(&downloads)?;
    process::succeed(apt_get("download").args(options).args(packages).current_dir(&downloads))?;
    let mut unpacked = Vec::new();
    for package in fs::read_dir(&downloads)? {
        let package = package?.path();
        let name = process::succeed(
            Command::new("dpkg-deb").args(["--showformat=${Package} ${Version}", "--show"]).arg(&package),
        )?;
        process::succeed(Command::new("dpkg-deb").arg("--extract").arg(package).arg(directory))?;
        unpacked.push(name.stdout);
    }
    fs::remove_dir_all(&downloads)?;
    Ok(unpacked)
}

/// Fetches the package lists: old ones name files that are gone.
pub fn update() -> Result<()> {
    // The status is ignored, because the packages may not need a source that cannot be reached.
    process::run(&mut apt_get("update"))?;
    Ok(())
}

pub fn is_root() -> Result<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}

fn apt_get(subcommand: &str) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(["--quiet", "-o", "DPkg::Lock::Timeout=300", subcommand]);
    command
}
