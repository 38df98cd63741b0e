//! Lets the last line of a burst through. One timer starts anew with each line, the other one with the first line.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use barefd::{Clock, PollFd, PollFlags, TimerFd, poll};
use clap::Parser;

/// Reads lines, and prints the last one of each burst: `inotifywait -m . | debounce | while read line; do make; done`
#[derive(Parser)]
#[command(name = "debounce", version)]
struct Args {
    /// A burst is over after so long without a line
    #[arg(long, default_value = "200ms", value_parser = hosted::duration)]
    quiet: Duration,
    /// A burst is over after so long in any case
    #[arg(long, default_value = "2s", value_parser = hosted::duration)]
    at_most: Duration,
}

/// A longer line is an error, so that memory stays bounded.
const LONGEST: usize = 1 << 20;

fn main() -> ExitCode {
    let args = Args::parse();
    hosted::run(|| debounce(&args))
}

fn debounce(args: &Args) -> Result<ExitCode> {
    // Not `stdin()`: lines in its buffer would not make the descriptor readable.
    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned().context("standard input")?);
    let quiet = TimerFd::nonblocking(Clock::Monotonic).context("a timer")?;
    let at_most = TimerFd::nonblocking(Clock::Monotonic).context("a timer")?;
    let mut last: Option<Vec<u8>> = None;
    let mut begun = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let mut fds = [
            PollFd::new(&input, PollFlags::IN),
            PollFd::new(&quiet, PollFlags::IN),
            PollFd::new(&at_most, PollFlags::IN),
        ];
        poll(&mut fds, None)?;
        let [read, over @ ..] = fds.map(|fd| !fd.revents().is_empty());
        if read {
            let count = input.read(&mut piece).context("standard input")?;
            if count == 0 {
                // A last line need not have an end.
                if !begun.is_empty() {
                    last = Some(begun);
                }
                print(&mut last)?;
                return Ok(ExitCode::SUCCESS);
            }
            let first = last.is_none();
            for &byte in &piece[..count] {
                if byte == b'\n' {
                    last = Some(std::mem::take(&mut begun));
                } else {
                    ensure!(begun.len() < LONGEST, "a line of more than {LONGEST} bytes");
                    begun.push(byte);
                }
            }
            if last.is_some() {
                quiet.arm_after(args.quiet)?;
                if first {
                    at_most.arm_after(args.at_most)?;
                }
            }
        }
        if over != [false; 2] {
            quiet.disarm()?;
            at_most.disarm()?;
            print(&mut last)?;
        }
    }
}

fn print(last: &mut Option<Vec<u8>>) -> Result<()> {
    let Some(mut line) = last.take() else { return Ok(()) };
    line.push(b'\n');
    io::stdout().write_all(&line).context("standard output")
}
