//! The assembly that the compiler makes of a library of this workspace.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::targets::Target;
use crate::toolchain::{Toolchain, Way};
use crate::workspace::Workspace;

/// Compiles a package for a target. `extension` is one of the processor's, for the package and the crate.
pub fn compile(workspace: &Workspace, package: &str, triple: &str, extension: Option<&str>) -> Result<String> {
    let target = Target::find(triple).with_context(|| triple.to_owned())?;
    let toolchain = Toolchain::for_targets(workspace, Way::of(target)?, &[target])?;
    let output = workspace.target.join(format!("{package}-{triple}.s"));
    let mut command = toolchain.cargo(workspace, "rustc");
    command.args(["--package", package, "--release"]);
    if let Some(feature) = extension {
        // Only for these two packages, so that `core` is not compiled again.
        command.arg("-Zprofile-rustflags").env("RUSTC_BOOTSTRAP", "1");
        for package in [package, "barefd"] {
            command
                .arg(format!("--config=profile.release.package.{package}.rustflags=['-Ctarget-feature=+{feature}']"));
        }
    }
    process::succeed(command.arg("--").arg(format!("--emit=asm={}", output.display())))?;
    fs::read_to_string(&output).with_context(|| output.display().to_string())
}

/// The instructions of a function.
pub fn function<'a>(assembly: &'a str, name: &str) -> Result<Vec<&'a str>> {
    let label = format!("{name}:");
    // Some targets write a comment after the label.
    let is_label =
        |line: &str| line.strip_prefix(&label).is_some_and(|rest| rest.trim_start().is_empty() || rest.contains('#'));
    let mut lines = assembly.lines().skip_while(|line| !is_label(line)).skip(1);
    let code: Vec<_> = lines
        .by_ref()
        .take_while(|line| !line.starts_with(".Lfunc_end"))
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with(['.', '#', '/', '@']))
        .collect();
    ensure!(!code.is_empty(), "{name} is not in the assembly");
    Ok(code)
}
