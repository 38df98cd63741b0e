//! A cold build of a package that depends on a crate, in CPU seconds.

use std::fs;
use std::io::Write;

use anyhow::{Context, Result, ensure};

use super::{Figure, PACKAGE, Scope, table};
use crate::workspace::Workspace;
use crate::{process, step};

/// Each is built so often, one after the other.
const ROUNDS: usize = 5;

/// The crate, its features, and whether CI builds it.
const CRATES: [(&str, &str, bool); 5] = [
    ("barefd", "", true),
    ("rustix", "event,time", true),
    ("nix", "event,poll,time", false),
    ("libc", "", false),
    ("syscalls", "", false),
];

pub fn run(workspace: &Workspace, scope: &Scope, out: &mut dyn Write) -> Result<Vec<Figure>> {
    let crates: Vec<_> = CRATES.iter().filter(|(.., in_ci)| *in_ci || *scope == Scope::All).collect();
    let mut times = vec![Vec::new(); crates.len()];
    for round in 0..ROUNDS {
        step::at_work(format_args!("cold builds, round {} of {ROUNDS}", round + 1));
        for ((name, features, _), times) in crates.iter().zip(&mut times) {
            times.push(build(workspace, name, features)?);
        }
    }
    let mut rows = Vec::new();
    let mut medians = Vec::new();
    for ((name, ..), times) in crates.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let median = times[ROUNDS / 2];
        let cells =
            [("median", median), ("least", times[0])].map(|(name, time)| (name.to_owned(), format!("{time:.2}")));
        rows.push(((*name).to_owned(), cells.to_vec()));
        medians.push(median);
    }
    table(out, "CPU seconds", &rows)?;
    let [barefd, rustix, ..] = medians[..] else { anyhow::bail!("barefd and rustix are not measured") };
    writeln!(out, "barefd / rustix: {:.3}", barefd / rustix)?;
    Ok(vec![Figure { what: "barefd/rustix".to_owned(), value: barefd / rustix }])
}

/// The CPU seconds of one build. What cargo downloads is there after the first one.
fn build(workspace: &Workspace, name: &str, features: &str) -> Result<f64> {
    let directory = workspace.target.join("cold").join(name);
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(directory.join("src"))?;
    fs::write(directory.join("src/lib.rs"), "")?;
    let source = if name == "barefd" {
        format!("path = {:?}", workspace.root)
    } else {
        format!("version = {:?}", locked(workspace, name)?)
    };
    let features = features.split(',').filter(|feature| !feature.is_empty()).collect::<Vec<_>>();
    let manifest = format!(
        "[package]\nname = \"cold\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{name} = {{ {source}, features = {features:?} }}\n\n[workspace]\n"
    );
    fs::write(directory.join("Cargo.toml"), manifest)?;
    let cargo = |subcommand: &str| {
        let mut cargo = workspace.cargo(subcommand);
        cargo.current_dir(&directory).env("CARGO_INCREMENTAL", "0").env_remove("RUSTFLAGS");
        cargo
    };
    process::succeed(&mut cargo("fetch"))?;
    let mut command = cargo("build");
    command.args(["--offline", "--target-dir"]).arg(directory.join("target"));
    let before = children()?;
    process::succeed(&mut command)?;
    Ok(children()? - before)
}

/// The version of a crate that the benches use.
fn locked(workspace: &Workspace, name: &str) -> Result<String> {
    let lock = fs::read_to_string(workspace.root.join(PACKAGE).join("Cargo.lock"))?;
    // The peers use older ones, which come first.
    let of_it = lock.split("\n\n").filter(|package| package.contains(&format!("\nname = {name:?}\n"))).last();
    let version = of_it.and_then(|package| package.split("\nversion = \"").nth(1)?.split('"').next());
    Ok(format!("={}", version.with_context(|| format!("no {name} in Cargo.lock of {PACKAGE}"))?))
}

/// The CPU seconds of all children of this process that have ended, and of theirs.
fn children() -> Result<f64> {
    // The numbers of the children's times among the words after the name, and the ticks of a second (proc(5)).
    const TIMES: [usize; 2] = [13, 14];
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, rest) = stat.rsplit_once(") ").context("/proc/self/stat")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    ensure!(fields.len() > TIMES[1], "/proc/self/stat");
    let ticks = TIMES.iter().map(|&index| fields[index].parse::<f64>()).sum::<Result<f64, _>>()?;
    Ok(ticks / TICKS)
}
