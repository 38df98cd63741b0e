//! Child processes. Their output is kept for a check, and is shown only if something is wrong.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitStatus};

use anyhow::{Context, Error, Result, ensure};

/// How much of each stream a failure shows.
const TAIL: usize = 60;
/// The time that a program may take. Then it is ended.
const SECONDS: &str = "300";

pub struct Done {
    pub stdout: String,
    pub stderr: String,
    status: ExitStatus,
    line: String,
}

/// Runs a command to its end. Any exit status is a success.
pub fn run(command: &mut Command) -> Result<Done> {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let line = words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
    let output = command.output().with_context(|| line.clone())?;
    Ok(Done {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status,
        line,
    })
}

/// Runs a command that must succeed.
pub fn succeed(command: &mut Command) -> Result<Done> {
    run(command)?.exits(0)
}

impl Done {
    pub fn exits(self, code: i32) -> Result<Self> {
        ensure!(self.status.code() == Some(code), self.error(&format!("{}, expected {code}", self.status)));
        Ok(self)
    }

    pub fn success(&self) -> bool {
        self.status.success()
    }

    /// What was wrong, the command and the end of its output.
    pub fn error(&self, what: &str) -> Error {
        let mut text = format!("{what}: {}", self.line);
        for stream in [&self.stdout, &self.stderr] {
            let lines: Vec<_> = stream.lines().collect();
            for line in &lines[lines.len().saturating_sub(TAIL)..] {
                text.push_str("\n    ");
                text.push_str(line);
            }
        }
        Error::msg(text)
    }
}

/// A program that this workspace built, with a time limit.
pub fn program(path: &Path) -> Command {
    let [first, rest @ ..] = runner();
    let mut command = Command::new(first);
    command.args(rest).arg(path);
    command
}

/// The words before a program. In the foreground, so that an interrupt from the terminal reaches the program.
pub const fn runner() -> [&'static str; 4] {
    ["timeout", "--foreground", "--kill-after=5", SECONDS]
}
