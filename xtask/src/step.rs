//! A step: its name, its action, and the report of its outcome.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{Outcome, total};

/// What a step does; the text goes into its line.
type Action = Box<dyn Fn(&Workspace) -> Result<String>>;

/// `RUNS`: a step runs. `OPEN`: nothing was printed after the name of the step.
static RUNS: AtomicBool = AtomicBool::new(false);
static OPEN: AtomicBool = AtomicBool::new(false);

/// Prints on standard error what the command does now. It is for work that takes long.
pub fn at_work(what: impl Display) {
    let end = if OPEN.swap(false, Relaxed) { "\n" } else { "" };
    // A failed write does not stop the work.
    let _ = writeln!(io::stderr(), "{end}    {what}");
}

/// Prints a line on standard error if a step runs. A command prints the line on standard output at once. A step keeps
/// it until it fails.
pub fn kept(line: impl Display) {
    if RUNS.load(Relaxed) {
        at_work(line);
    }
}

pub struct Step {
    pub name: String,
    pub about: &'static str,
    action: Action,
}

impl Step {
    pub fn new(name: &str, about: &'static str, action: impl Fn(&Workspace) -> Result<String> + 'static) -> Self {
        Self { name: name.to_owned(), about, action: Box::new(action) }
    }
}

/// The steps with these names, in the order of the list. All steps if there is no name. The error is a name that no
/// step has.
pub fn select(steps: Vec<Step>, wanted: &[String]) -> Result<Vec<Step>, String> {
    let named = |step: &Step, want: &str| {
        step.name == want || step.name.strip_prefix(want).is_some_and(|rest| rest.starts_with(':'))
    };
    if let Some(unknown) = wanted.iter().find(|want| !steps.iter().any(|step| named(step, want))) {
        return Err(unknown.clone());
    }
    Ok(steps.into_iter().filter(|step| wanted.is_empty() || wanted.iter().any(|want| named(step, want))).collect())
}

/// Runs every step, also after a step that failed.
pub fn run(steps: &[Step], workspace: &Workspace) -> Result<Outcome> {
    let mut out = io::stdout();
    let mut passed = Vec::new();
    for step in steps {
        // Flushed before the step begins. If the step hangs, its name is on the screen.
        write!(out, "{:<18} ", step.name)?;
        out.flush()?;
        let start = Instant::now();
        RUNS.store(true, Relaxed);
        OPEN.store(true, Relaxed);
        let outcome = (step.action)(workspace);
        let seconds = start.elapsed().as_secs_f32();
        if !OPEN.swap(false, Relaxed) {
            let _ = write!(io::stderr(), "{:<18} ", step.name);
        }
        passed.push(outcome.is_ok());
        match outcome {
            Ok(note) => writeln!(out, "{}", format!("passed {seconds:6.1} s  {note}").trim_end())?,
            Err(error) => writeln!(out, "FAILED {seconds:6.1} s  {error:#}")?,
        }
    }
    total(&passed)
}
