//! `cargo xtask …`: what has to be built, run or checked beyond `cargo test`.

mod ci;
mod debian;
mod elf;
mod process;
mod readme;
mod step;
mod toolchain;
mod workspace;

use std::io::{self, Write};
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};

use crate::workspace::Workspace;

const HELP: &str = "\
cargo xtask COMMAND

  ci [STEP…]    all that must hold before a change lands, or only the steps named;
                `clippy` names all steps that begin with `clippy:`
  ci --list     the steps
  --help        this text

Each step prints a line; the last line is `N passed, N failed`. The exit status is
0 if nothing failed, 1 if something did, 2 if the arguments are wrong.";

enum Task {
    Help,
    Ci { list: bool, wanted: Vec<String> },
}

fn main() -> ExitCode {
    let (list, wanted) = match arguments(Parser::from_env()) {
        Ok(Task::Help) => return tell(HELP),
        Ok(Task::Ci { list, wanted }) => (list, wanted),
        Err(error) => return usage(&error.to_string()),
    };
    let workspace = match Workspace::load() {
        Ok(workspace) => workspace,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let steps = ci::steps(&workspace);
    if list {
        let lines: Vec<_> = steps.iter().map(|step| format!("{:<18} {}", step.name, step.about)).collect();
        return tell(&lines.join("\n"));
    }
    match step::select(steps, &wanted) {
        Ok(steps) => step::run(&steps, &workspace).unwrap_or(ExitCode::FAILURE),
        Err(unknown) => usage(&format!("no step is called `{unknown}`: `cargo xtask ci --list` shows them")),
    }
}

fn arguments(mut parser: Parser) -> Result<Task, lexopt::Error> {
    match parser.next()? {
        None => return Err("no command given: `cargo xtask --help` shows them".into()),
        Some(Arg::Long("help") | Arg::Short('h')) => return Ok(Task::Help),
        Some(Arg::Value(command)) if command == "ci" => {}
        Some(Arg::Value(command)) => {
            return Err(format!("unknown command {command:?}: `cargo xtask --help` shows them").into());
        }
        Some(option) => return Err(option.unexpected()),
    }
    let mut list = false;
    let mut wanted = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(Task::Help),
            Arg::Long("list") => list = true,
            Arg::Value(step) => wanted.push(step.string()?),
            option => return Err(option.unexpected()),
        }
    }
    if list && !wanted.is_empty() {
        return Err("`--list` takes no step".into());
    }
    Ok(Task::Ci { list, wanted })
}

fn tell(text: &str) -> ExitCode {
    match writeln!(io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn usage(what: &str) -> ExitCode {
    eprintln!("xtask: {what}");
    ExitCode::from(2)
}
