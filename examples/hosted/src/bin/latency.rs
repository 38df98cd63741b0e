//! How late timers are on this machine, for a period, a clock and a scheduling policy.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use barefd::{Clock, Tick, TimerFd};
use clap::{Parser, ValueEnum};
use hdrhistogram::Histogram;
use serde_json::json;

/// Measures how late timers are.
#[derive(Parser)]
#[command(name = "latency", version)]
struct Args {
    /// The time from tick to tick
    #[arg(long, default_value = "1ms", value_parser = hosted::duration)]
    period: Duration,
    /// How many ticks are measured
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    samples: u64,
    #[arg(long, default_value = "monotonic")]
    clock: ClockName,
    /// How the kernel schedules this program; fifo and rr need a privilege
    #[arg(long, default_value = "other")]
    policy: Policy,
    /// The priority of fifo and rr
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i32).range(1..=99))]
    priority: i32,
    /// Print one JSON object, without the histogram
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum ClockName {
    Monotonic,
    Boottime,
    Realtime,
}

#[derive(Clone, Copy, ValueEnum)]
enum Policy {
    Other,
    Fifo,
    Rr,
}

const PERCENTILES: [(&str, f64); 6] =
    [("min", 0.0), ("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("p99.9", 99.9), ("max", 100.0)];
/// What a line of the histogram has beside its bar.
const LABELS: usize = 30;
const PROGRESS: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let args = Args::parse();
    hosted::run(|| latency(&args))
}

fn latency(args: &Args) -> Result<ExitCode> {
    schedule(args)?;
    let clock = match args.clock {
        ClockName::Monotonic => Clock::Monotonic,
        ClockName::Boottime => Clock::Boottime,
        ClockName::Realtime => Clock::Realtime,
    };
    let mut lateness = Histogram::<u64>::new(3)?;
    let missed = measure(args, clock, &mut lateness)?;
    let of = |percentile| lateness.value_at_percentile(percentile);

    if args.json {
        let values: serde_json::Map<_, _> =
            PERCENTILES.map(|(name, percentile)| (name.to_owned(), of(percentile).into())).into_iter().collect();
        let object = json!({ "samples": args.samples, "missed": missed, "lateness_ns": values });
        hosted::say(format_args!("{object}\n"))?;
    } else {
        let lines =
            PERCENTILES.map(|(name, percentile)| format!("{name:>6} {:>12.1} us\n", of(percentile) as f64 / 1e3));
        let summary = format!("{} ticks, {missed} missed\n", args.samples);
        hosted::say(format_args!("{}{}{summary}", histogram(&lateness), lines.concat()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn schedule(args: &Args) -> Result<()> {
    let policy = match args.policy {
        Policy::Other => return Ok(()),
        Policy::Fifo => libc::SCHED_FIFO,
        Policy::Rr => libc::SCHED_RR,
    };
    // SAFETY: all zeroes are a valid value.
    let mut parameters: libc::sched_param = unsafe { std::mem::zeroed() };
    parameters.sched_priority = args.priority;
    // SAFETY: the kernel reads the parameters.
    match unsafe { libc::sched_setscheduler(0, policy, &parameters) } {
        -1 => Err(io::Error::last_os_error()).context("the scheduling policy"),
        _ => Ok(()),
    }
}

/// Returns how many ticks were missed: the timer expired again before the program read it.
fn measure(args: &Args, clock: Clock, lateness: &mut Histogram<u64>) -> Result<u64> {
    let timer = TimerFd::new(clock).context("a timer")?;
    let mut deadline = clock.now()?;
    timer.arm_every_at(deadline.saturating_add(args.period), args.period).context("the period")?;
    let shows = io::stderr().is_terminal();
    let (mut missed, mut shown) = (0, Instant::now());
    for sample in 1..=args.samples {
        let count = loop {
            if let Tick::Expired(count) = timer.wait()? {
                break count.get();
            }
        };
        let now = clock.now()?;
        // The last expiration is the one that this read is late for.
        deadline = hosted::later(deadline, args.period, count);
        missed += count - 1;
        lateness.record(now.saturating_sub(deadline).as_nanos().try_into()?)?;
        if shows && shown.elapsed() > PROGRESS {
            shown = Instant::now();
            let _ = write!(io::stderr(), "\r{sample} of {} ticks ", args.samples);
        }
    }
    if shows {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    Ok(missed)
}

/// A bar for each doubling of the lateness.
fn histogram(lateness: &Histogram<u64>) -> String {
    let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
    let Some(room) = width.checked_sub(LABELS).filter(|&room| room > 0) else {
        return format!("The terminal is too narrow for the histogram: it needs more than {LABELS} columns.\n");
    };
    let steps: Vec<_> = lateness
        .iter_log(1000, 2.0)
        .map(|step| (step.value_iterated_to(), step.count_since_last_iteration()))
        .collect();
    let most = steps.iter().map(|&(_, count)| count).max().unwrap_or(0).max(1);
    let first = steps.iter().position(|&(_, count)| count > 0).unwrap_or(0);
    let line = |&(to, count): &(u64, u64)| {
        let bar = "#".repeat((count as u128 * room as u128).div_ceil(most.into()) as usize);
        format!("{:>12.1} us {count:>10}  {bar}\n", (to + 1) as f64 / 1e3)
    };
    steps[first..].iter().map(line).collect()
}
