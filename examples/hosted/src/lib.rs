//! What the examples share.

use std::env;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::SignedDuration;

/// Runs a program. An error is one line on standard error, and the exit status 1.
pub fn run(main: impl FnOnce() -> Result<ExitCode>) -> ExitCode {
    main().unwrap_or_else(|error| {
        let path = env::args_os().next().unwrap_or_default();
        let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        // If this fails too, the exit status still reports the error.
        let _ = writeln!(io::stderr(), "{name}: {error:#}");
        ExitCode::FAILURE
    })
}

/// Writes to standard output.
pub fn say(line: fmt::Arguments<'_>) -> Result<()> {
    io::stdout().write_fmt(line).context("standard output")
}

/// `count` periods after `time`, or the longest time.
pub fn later(time: Duration, period: Duration, count: u64) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    let nanos = period.as_nanos().saturating_mul(count.into());
    let seconds = u64::try_from(nanos / SECOND).unwrap_or(u64::MAX);
    time.saturating_add(Duration::new(seconds, (nanos % SECOND) as u32))
}

/// The value of an option such as `250ms`, `1.5s` or `2m 30s`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text.parse().map_err(|_| "write it as 250ms, 1.5s or 2m 30s".to_owned())?;
    match Duration::try_from(duration) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("it must be more than zero".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_added_without_a_limit_of_their_number() {
        let period = Duration::new(1, 500_000_000);
        assert_eq!(later(period, period, 0), period);
        assert_eq!(later(period, period, 3), Duration::from_secs(6));
        assert_eq!(later(period, period, 1 << 40), period * 2 + Duration::from_secs(3 << 39) - period);
        assert_eq!(later(period, Duration::MAX, u64::MAX).as_secs(), u64::MAX);
    }
}
