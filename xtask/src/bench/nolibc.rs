//! The program in C, with nolibc: a header in the kernel's source, which Debian has as a package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::PACKAGE;
use crate::workspace::Workspace;
use crate::{debian, process, toolchain};

/// It depends on the package of one release.
const SOURCE: &str = "linux-source";
const HEADER: &str = "tools/include/nolibc/nolibc.h";
/// What the other programs have by the README's profile.
const FLAGS: [&str; 9] = [
    "-Os",
    "-s",
    "-static",
    "-no-pie",
    "-nostdlib",
    "-fno-asynchronous-unwind-tables",
    "-fno-stack-protector",
    "-Wl,--gc-sections",
    "-fuse-ld=lld",
];

/// Builds it with the linker that comes with Rust, and with the linker's arguments among `flags`, which are rustc's.
pub fn build(workspace: &Workspace, target: &str, flags: &str) -> Result<PathBuf> {
    let home = workspace.cached("nolibc", fetch)?;
    let program = workspace.target.join(PACKAGE).join("size-nolibc");
    let mut compiler = Command::new("cc");
    compiler.arg("-B").arg(toolchain::sysroot()?.join("lib/rustlib").join(target).join("bin/gcc-ld"));
    compiler.args(FLAGS).args(flags.split(' ').filter_map(|flag| flag.strip_prefix("-Clink-arg=")));
    compiler.arg("-include").arg(home.join(HEADER)).arg(workspace.root.join(PACKAGE).join("size/src/nolibc.c"));
    process::succeed(compiler.arg("-o").arg(&program).current_dir(&workspace.root))?;
    Ok(program)
}

/// Leaves only the header and its parts in `home`.
fn fetch(home: &Path) -> Result<()> {
    debian::need(&["xz-utils"])?;
    let source = debian::depends(SOURCE)?.into_iter().find(|package| package.starts_with(SOURCE));
    debian::unpack(&[source.context("no source of the kernel")?], home)?;
    let mut archives = fs::read_dir(home.join("usr/src"))?.filter_map(|entry| Some(entry.ok()?.path()));
    let archive = archives.find(|path| path.extension().is_some_and(|end| end == "xz")).context("no source in it")?;
    let mut tar = Command::new("tar");
    tar.arg("--extract").arg("--file").arg(archive).arg("--directory").arg(home);
    process::succeed(tar.args(["--strip-components=1", "--wildcards", "*/tools/include/nolibc/*"]))?;
    Ok(fs::remove_dir_all(home.join("usr"))?)
}
