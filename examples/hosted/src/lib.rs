//! What the examples share.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
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

/// The value of an option such as `250ms`, `1.5s` or `2m 30s`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text.parse().map_err(|_| "write it as 250ms, 1.5s or 2m 30s".to_owned())?;
    match Duration::try_from(duration) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("it must be more than zero".to_owned()),
    }
}
