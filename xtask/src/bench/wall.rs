//! Time an operation, as a ratio to assembly. Each run of a peer is paired with one of `asm` beside it, so that a change
//! of the machine's speed meets both.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Figure, OPS, Scope, operations, program, table};
use crate::workspace::Workspace;
use crate::{process, step};

const BASE: &str = "asm";
/// Pairs of runs, and operations in a run.
const PAIRS: usize = 15;
const TIMES: &str = "200000";

pub fn run(workspace: &Workspace, scope: &Scope, out: &mut dyn Write) -> Result<Vec<Figure>> {
    let ops = program(workspace, OPS, "fat")?;
    let peers = operations(&ops, scope)?;
    let (mut figures, mut rows) = (Vec::new(), Vec::new());
    for (peer, operations) in peers.iter().filter(|(peer, _)| peer != BASE) {
        step::at_work(format_args!("timing {peer}"));
        let mut cells = Vec::new();
        for operation in operations {
            let mut ratios = (0..PAIRS).map(|pair| ratio(&ops, peer, operation, pair)).collect::<Result<Vec<_>>>()?;
            ratios.sort_by(f64::total_cmp);
            let [low, median, high] = [PAIRS / 4, PAIRS / 2, PAIRS * 3 / 4].map(|index| ratios[index]);
            cells.push((operation.clone(), format!("{median:.2}")));
            cells.push((format!("{operation}±"), format!("{low:.2}–{high:.2}")));
            figures.push(Figure { what: format!("{peer}.{operation}"), value: median });
        }
        rows.push((peer.clone(), cells));
    }
    table(out, "ratio to asm", &rows)?;
    Ok(figures)
}

/// One pair. The order alternates.
fn ratio(program: &Path, peer: &str, operation: &str, pair: usize) -> Result<f64> {
    let (peer, base) = if pair % 2 == 0 {
        let peer = time(program, peer, operation)?;
        (peer, time(program, BASE, operation)?)
    } else {
        let base = time(program, BASE, operation)?;
        (time(program, peer, operation)?, base)
    };
    Ok(peer / base)
}

/// Nanoseconds of the operations, without the start of the program.
fn time(program: &Path, peer: &str, operation: &str) -> Result<f64> {
    let done = process::succeed(Command::new(program).args(["time", peer, operation, TIMES]))?;
    done.stdout.trim().parse().ok().with_context(|| done.error("no time").to_string())
}
