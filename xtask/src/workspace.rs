//! What cargo knows about this workspace.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use cargo_metadata::MetadataCommand;

use crate::process;

/// The published package; the others are tools, tests and examples.
pub const CRATE: &str = "barefd";

#[derive(Clone)]
pub struct Workspace {
    pub root: PathBuf,
    /// cargo's target directory.
    pub target: PathBuf,
    /// The crate's features without `default`, sorted.
    pub features: Vec<String>,
    /// The other packages.
    pub others: Vec<String>,
    /// `major.minor` of the oldest compiler that the crate promises.
    pub rust_version: String,
}

impl Workspace {
    pub fn load() -> Result<Self> {
        // Not from the current directory: this program also runs the programs of other workspaces.
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
        let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec()?;
        let (main, others): (Vec<_>, Vec<_>) = metadata.packages.iter().partition(|package| package.name == CRATE);
        let main = main.first().with_context(|| format!("no package {CRATE} in cargo's metadata"))?;
        let rust = main.rust_version.as_ref().context("no rust-version in Cargo.toml")?;
        Ok(Self {
            features: main.features.keys().filter(|feature| *feature != "default").cloned().collect(),
            others: others.iter().map(|package| package.name.clone()).collect(),
            rust_version: format!("{}.{}", rust.major, rust.minor),
            root: metadata.workspace_root.into(),
            target: metadata.target_directory.into(),
        })
    }

    /// The cargo that runs this program, for a subcommand at the root.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new(cargo_program());
        command.current_dir(&self.root).env("CARGO_TERM_COLOR", "never").arg(subcommand);
        command
    }

    /// The same for `run` and `test`, with programs ended when they hang.
    pub fn cargo_limited(&self, subcommand: &str) -> Command {
        let runner = process::runner().map(|word| format!("'{word}'")).join(",");
        let mut command = self.cargo(subcommand);
        command.arg("--config").arg(format!("target.'cfg(all())'.runner=[{runner}]"));
        command
    }

    /// A directory in the cache. If it is missing, it is made.
    pub fn cached(&self, name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let cache = self.target.join("cache");
        let home = cache.join(name);
        if !home.exists() {
            fs::create_dir_all(&cache)?;
            // Made in another directory first. So nobody uses an incomplete directory, or one that another process makes
            // at the same time.
            let aside = cache.join(format!("{name}.{}", std::process::id()));
            fs::create_dir_all(&aside)?;
            let made = make(&aside).and_then(|()| Ok(fs::rename(&aside, &home)?));
            if aside.exists() {
                fs::remove_dir_all(aside)?;
            }
            ensure!(home.exists(), "{}: {made:?}", home.display());
        }
        Ok(home)
    }
}

fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
