//! A heartbeat without libc. A timer expires on absolute deadlines, each expiration adds to an event counter, and one
//! poll waits for both.
//!
//! `heartbeat [PERIOD_MS [BEATS]]`; `--help` says what these are.

#![no_std]
#![no_main]

use core::ffi::CStr;
use core::fmt;
use core::time::Duration;

use barefd::{Clock, EventFd, PollFd, PollFlags, Result, Tick, TimerFd, poll};
use barefd_start::{Args, open_standard_streams, print, stderr, stdout, write_all};

barefd_start::entry!(main);

const HELP: &str = "\
usage: heartbeat [PERIOD_MS [BEATS]]

Prints a line for each beat, and at the end how late the beats were.

  PERIOD_MS   milliseconds from beat to beat, 1 to 3600000; 100 if not given
  BEATS       the number of beats, 1 to 1000000; 10 if not given
  -h, --help  print this text
";

fn main(args: Args) -> i32 {
    open_standard_streams();
    if args.iter().skip(1).any(|arg| arg == c"-h" || arg == c"--help") {
        return i32::from(write_all(stdout(), HELP.as_bytes()).is_err());
    }
    // If the write to standard error fails, the exit status still reports the error.
    let (period_ms, beats) = match parse(args) {
        Ok(parsed) => parsed,
        Err(what) => {
            let _ = print(stderr(), format_args!("heartbeat: {what}; usage: heartbeat [PERIOD_MS [BEATS]]\n"));
            return 2;
        }
    };
    match run(period_ms, beats) {
        Ok(()) => 0,
        Err(errno) => {
            let _ = print(stderr(), format_args!("heartbeat: {errno}\n"));
            1
        }
    }
}

fn parse(args: Args) -> core::result::Result<(u64, u32), &'static str> {
    let mut args = args.iter().skip(1);
    let period_ms = match args.next() {
        Some(arg) => number(arg, 3_600_000).ok_or("PERIOD_MS must be 1 to 3600000, an hour")?,
        None => 100,
    };
    let beats = match args.next() {
        Some(arg) => number(arg, 1_000_000).ok_or("BEATS must be 1 to 1000000")?,
        None => 10,
    };
    match args.next() {
        Some(_) => Err("too many arguments"),
        None => Ok((period_ms.into(), beats)),
    }
}

fn number(arg: &CStr, most: u32) -> Option<u32> {
    let number = arg.to_str().ok()?.parse().ok()?;
    (1..=most).contains(&number).then_some(number)
}

fn run(period_ms: u64, beats: u32) -> Result<()> {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let event = EventFd::nonblocking(0)?;
    let start = Clock::Monotonic.now()?;
    let period = Duration::from_millis(period_ms);
    timer.arm_every_at(start.saturating_add(period), period)?;

    let mut fds = [PollFd::new(&timer, PollFlags::IN), PollFd::new(&event, PollFlags::IN)];
    let mut expirations = 0;
    let mut beat = 0;
    let (mut least, mut sum, mut most) = (u64::MAX, 0, 0);
    while beat < beats {
        poll(&mut fds, None)?;
        let since = micros(Clock::Monotonic.now()?.saturating_sub(start));
        if fds[0].is_readable() {
            if let Some(Tick::Expired(ticks)) = timer.take()? {
                // The time from the first of these expirations to its read.
                let late = since.saturating_sub(1000 * period_ms * (expirations + 1));
                (least, sum, most) = (late.min(least), sum + late, late.max(most));
                expirations += ticks.get();
                event.write(ticks.get())?;
            }
        }
        if fds[1].is_readable() {
            if let Some(count) = event.take()? {
                beat += 1;
                let since = Milliseconds(since);
                print(stdout(), format_args!("beat {beat}: {since} ms, expirations {expirations}, counter {count}\n"))?;
            }
        }
    }
    let mean = sum.checked_div(beat.into()).unwrap_or_default();
    let (least, mean, most) = (Milliseconds(least), Milliseconds(mean), Milliseconds(most));
    print(stdout(), format_args!("late by {least} ms at least, {mean} ms on average, {most} ms at most\n"))
}

fn micros(time: Duration) -> u64 {
    time.as_secs() * 1_000_000 + u64::from(time.subsec_micros())
}

/// Microseconds, shown as milliseconds.
struct Milliseconds(u64);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}
