//! Ticks without drift: each deadline is the first one plus a multiple of the period, however late a tick is.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use barefd::{Clock, Tick, TimerFd};
use clap::Parser;

/// Ticks without drift, and shows how late each tick is.
#[derive(Parser)]
#[command(name = "metronome", version)]
struct Args {
    /// The time from tick to tick
    #[arg(long, default_value = "500ms", value_parser = hosted::duration)]
    period: Duration,
    /// The number of ticks; without it, for ever
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    ticks: Option<u32>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    hosted::run(|| metronome(&args))
}

fn metronome(args: &Args) -> Result<ExitCode> {
    let timer = TimerFd::new(Clock::Monotonic).context("a timer")?;
    let mut deadline = Clock::Monotonic.now()?;
    timer.arm_every_at(deadline.saturating_add(args.period), args.period).context("the period")?;
    let mut ticks = 0;
    while args.ticks.is_none_or(|last| ticks < last) {
        // A monotonic clock never reports that it was set.
        let Tick::Expired(count) = timer.wait()? else { continue };
        let now = Clock::Monotonic.now()?;
        // A program that was stopped for a while reads several expirations at once.
        deadline = hosted::later(deadline, args.period, count.get());
        ticks += 1;
        let late = now.saturating_sub(deadline).as_secs_f64() * 1e3;
        let missed = count.get() - 1;
        let line = if missed == 0 { String::new() } else { format!(", {missed} missed") };
        hosted::say(format_args!("tick {ticks}: late by {late:.3} ms{line}\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
