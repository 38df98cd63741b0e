//! Many timers in one loop: user instructions and nanoseconds a tick. And how late a tick at 1 kHz is.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::{Figure, Scope, insns, program, table};
use crate::process;
use crate::step;
use crate::workspace::Workspace;

const COUNTS: [usize; 4] = [10, 100, 1000, 10_000];
/// The count that has a mark.
const MARKED: usize = 10_000;
const ROUNDS: usize = 9;
const TICKS: &str = "2000";
const LATE: &str = "late ";

pub fn run(workspace: &Workspace, scope: &Scope, out: &mut dyn Write) -> Result<Vec<Figure>> {
    let scale = program(workspace, "scale", "release")?;
    let list = process::succeed(Command::new(&scale).arg("--list"))?.stdout;
    let (mut figures, mut rows, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for peer in list.lines().filter(|line| !line.starts_with(LATE)) {
        step::at_work(format_args!("many timers, {peer}"));
        let (mut counts, mut nanos) = (Vec::new(), Vec::new());
        for count in COUNTS {
            if *scope == Scope::Marked && count != MARKED {
                continue;
            }
            let value = instructions(&scale, peer, count)?;
            counts.push((count.to_string(), format!("{value:.1}")));
            if count == MARKED {
                figures.push(Figure { what: format!("{peer}.{count}"), value });
            }
            if *scope == Scope::All {
                let done =
                    process::succeed(Command::new(&scale).args([peer, &count.to_string(), &ROUNDS.to_string()]))?;
                nanos.push((count.to_string(), done.stdout.trim().to_owned()));
            }
        }
        rows.push((peer.to_owned(), counts));
        times.push((peer.to_owned(), nanos));
    }
    table(out, "insns a tick", &rows)?;
    if *scope == Scope::All {
        table(out, "ns a tick", &times)?;
        let mut rows = Vec::new();
        for way in list.lines().filter_map(|line| line.strip_prefix(LATE)) {
            let done = process::succeed(Command::new(&scale).args([LATE.trim(), way, TICKS]))?;
            let figures = done.stdout.split_whitespace().zip(["median", "99 %", "most"]);
            rows.push((way.to_owned(), figures.map(|(value, name)| (name.to_owned(), value.to_owned())).collect()));
        }
        table(out, "ns late, 1 kHz", &rows)?;
    }
    Ok(figures)
}

/// User instructions a tick, of the function that waits and reads.
fn instructions(scale: &Path, peer: &str, count: usize) -> Result<f64> {
    let toggle = format!("--toggle-collect=drain_{peer}");
    let total = insns::collected(&[&toggle], scale, &[peer, &count.to_string(), "1"])?;
    Ok(total as f64 / count as f64)
}
