//! What cargo knows about this workspace.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

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
        let mut metadata = Command::new(cargo_program());
        // Not where it was called: it also runs the programs of other workspaces.
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
        metadata.args(["metadata", "--no-deps", "--format-version=1", "--manifest-path", manifest]);
        let metadata: Value = serde_json::from_str(&process::succeed(&mut metadata)?.stdout)?;

        let root = metadata["workspace_root"].as_str().context("no workspace_root in cargo's metadata")?;
        let target = metadata["target_directory"].as_str().context("no target_directory in cargo's metadata")?;
        let packages = metadata["packages"].as_array().context("no packages in cargo's metadata")?;
        let (main, others): (Vec<_>, Vec<_>) = packages.iter().partition(|package| package["name"] == CRATE);
        let main = main.first().with_context(|| format!("no package {CRATE} in cargo's metadata"))?;
        let mut features: Vec<_> =
            main["features"].as_object().into_iter().flat_map(|map| map.keys()).cloned().collect();
        features.retain(|feature| feature != "default");
        features.sort();
        Ok(Self {
            root: root.into(),
            target: target.into(),
            features,
            others: others.iter().filter_map(|package| package["name"].as_str()).map(str::to_owned).collect(),
            rust_version: main["rust_version"].as_str().context("no rust-version in Cargo.toml")?.to_owned(),
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
}

fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
