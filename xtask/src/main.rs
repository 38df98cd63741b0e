//! `cargo xtask …`: what has to be built, run or checked beyond `cargo test`.

mod assembly;
mod bench;
mod boot;
mod cases;
mod ci;
mod clobbers;
mod cross;
mod debian;
mod elf;
mod headers;
mod kernels;
mod process;
mod programs;
mod qemu;
mod readme;
mod refused;
mod step;
mod summary;
mod targets;
mod toolchain;
mod workspace;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use lexopt::{Arg, Parser, ValueExt};

use crate::workspace::Workspace;

const HELP: &str = "\
cargo xtask COMMAND [--list] [NAME…]

  bench [PART…]   figures beside those of other crates, and the limits that CI holds
  bench --picture the README's picture, from new counts
  boot [ARCH…]    the conformance program as PID 1 on real kernels, under QEMU's system mode
  boot --init [ARCH…]
                  the example `init` instead, with a child that it has to restart and with none
  boot --run ARCH PROGRAM [ARGUMENT…]
                  any static program so, as cargo's runner: its output and its exit status;
                  ended after five minutes
  ci [STEP…]      all that must hold before a change lands, or only the steps named;
                  `clippy` names all steps that begin with `clippy:`
  cross [TARGET…] the hosted tests on other architectures, by `cross`; on two, if none
                  is named
  headers [ABI…]  the tables and constants of each ABI beside the kernel's headers
  qemu [TARGET…]  the conformance program on each architecture under QEMU user mode
  qemu TARGET CASE…
                  only these cases of it, and how to run them by hand; CASE is `SUBJECT::NAME`,
                  or `SUBJECT` for all of its cases

  --list          the names that the command takes
  --help          this text

Each step, ABI or target prints a line; the last line is `N passed, N failed`. Standard error
shows what takes long. The exit status is 0 if nothing failed, 1 if something did, 2 if the
arguments are wrong.";

/// A command: it runs what is named, or everything.
struct Command {
    name: &'static str,
    list: fn(&Workspace) -> Vec<String>,
    run: Run,
    /// Other actions, by option. They take the words after the option unchanged.
    others: &'static [(&'static str, Run)],
}

type Run = fn(&Workspace, &[String]) -> Result<Outcome>;

/// How a command ended.
pub enum Outcome {
    Done {
        failed: bool,
    },
    /// The exit status of a program that was run.
    Exit(u8),
    /// No such step, target or architecture.
    Unknown(String),
    /// The arguments are wrong in another way.
    Wrong(String),
}

/// Those of `all` that have these names; all if there is no name.
pub fn named<'a, T>(all: &'a [T], names: &[String], name: fn(&T) -> &str) -> Result<Vec<&'a T>, Outcome> {
    if names.is_empty() {
        return Ok(all.iter().collect());
    }
    let find = |wanted: &String| all.iter().find(|one| name(one) == wanted);
    names.iter().map(|wanted| find(wanted).ok_or_else(|| Outcome::Unknown(wanted.clone()))).collect()
}

/// Prints the last line: how many of these passed.
pub fn total(passed: &[bool]) -> Result<Outcome> {
    let failed = passed.iter().filter(|passed| !**passed).count();
    writeln!(io::stdout(), "{} passed, {failed} failed", passed.len() - failed)?;
    Ok(Outcome::Done { failed: failed > 0 })
}

const COMMANDS: [Command; 6] = [
    Command { name: "bench", list: bench::list, run: bench::run, others: &[("picture", bench::picture)] },
    Command { name: "boot", list: boot::list, run: boot::run, others: &[("init", boot::init), ("run", boot::runner)] },
    Command { name: "ci", list: ci::list, run: ci::run, others: &[] },
    Command { name: "cross", list: cross::list, run: cross::run, others: &[] },
    Command { name: "headers", list: headers::list, run: headers::run, others: &[] },
    Command { name: "qemu", list: qemu::list, run: qemu::run, others: &[] },
];

enum Task {
    Help,
    List(&'static Command),
    Run(&'static Command, Run, Vec<String>),
}

fn main() -> ExitCode {
    let task = match arguments(Parser::from_env()) {
        Ok(task) => task,
        Err(error) => return usage(&error.to_string()),
    };
    match perform(task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<ExitCode> {
    match task {
        Task::Help => writeln!(io::stdout(), "{HELP}")?,
        Task::List(command) => {
            for line in (command.list)(&Workspace::load()?) {
                writeln!(io::stdout(), "{line}")?;
            }
        }
        Task::Run(command, run, names) => match run(&Workspace::load()?, &names)? {
            Outcome::Done { failed } => return Ok(ExitCode::from(u8::from(failed))),
            Outcome::Exit(status) => return Ok(ExitCode::from(status)),
            Outcome::Unknown(name) => {
                let command = command.name;
                return Ok(usage(&format!(
                    "{command} knows no `{name}`: `cargo xtask {command} --list` shows the names"
                )));
            }
            Outcome::Wrong(how) => return Ok(usage(&how)),
        },
    }
    Ok(ExitCode::SUCCESS)
}

fn arguments(mut parser: Parser) -> Result<Task, lexopt::Error> {
    let command = match parser.next()? {
        None => return Err("no command given: `cargo xtask --help` shows them".into()),
        Some(Arg::Long("help") | Arg::Short('h')) => return Ok(Task::Help),
        Some(Arg::Value(name)) => match COMMANDS.iter().find(|command| name == command.name) {
            Some(command) => command,
            None => return Err(format!("unknown command {name:?}: `cargo xtask --help` shows them").into()),
        },
        Some(option) => return Err(option.unexpected()),
    };
    let mut list = false;
    let mut names = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => return Ok(Task::Help),
            Arg::Long("list") => list = true,
            Arg::Value(name) => names.push(name.string()?),
            option => {
                let other = command.others.iter().find(|(other, _)| option == Arg::Long(other));
                // Words before the option would not belong to it.
                let (Some((_, run)), false, true) = (other, list, names.is_empty()) else {
                    return Err(option.unexpected());
                };
                let words = parser.raw_args()?.map(ValueExt::string).collect::<Result<_, _>>()?;
                return Ok(Task::Run(command, *run, words));
            }
        }
    }
    match (list, names.is_empty()) {
        (true, true) => Ok(Task::List(command)),
        (true, false) => Err("`--list` takes no name".into()),
        (false, _) => Ok(Task::Run(command, command.run, names)),
    }
}

fn usage(what: &str) -> ExitCode {
    eprintln!("xtask: {what}");
    ExitCode::from(2)
}
