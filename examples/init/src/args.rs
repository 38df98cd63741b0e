//! The arguments of init: the words that the kernel passes to it.

use core::ffi::CStr;
use core::time::Duration;

use barefd_start::{Args, Strings};

use crate::console::{Word, say};

const UNKNOWN: &str = "unknown, ignored";
const LONGEST_PERIOD: u32 = 86_400;
const PERIOD: &str = "the seconds must be 1 to 86400";

#[derive(Default)]
pub struct Options {
    /// The time between two heartbeat lines.
    pub heartbeat: Option<Duration>,
    /// The child's path and its arguments.
    pub child: Option<Strings>,
}

/// Reports a wrong word with a line on the console.
pub fn parse(args: Args) -> Options {
    let mut options = Options::default();
    let mut words = args.iter();
    words.next();
    loop {
        let rest = words;
        let Some(word) = words.next() else { break };
        if word.to_bytes().starts_with(b"/") {
            options.child = Some(rest);
            break;
        }
        match heartbeat(word) {
            Ok(period) => options.heartbeat = Some(period),
            Err(what) => say(format_args!("{}: {what}", Word(word))),
        }
    }
    options
}

fn heartbeat(word: &CStr) -> Result<Duration, &'static str> {
    let word = word.to_str().unwrap_or_default();
    match word.strip_prefix("--heartbeat") {
        Some("") => Ok(Duration::from_secs(1)),
        Some(rest) => {
            let seconds = rest.strip_prefix('=').ok_or(UNKNOWN)?.parse().map_err(|_| PERIOD)?;
            if !(1..=LONGEST_PERIOD).contains(&seconds) {
                return Err(PERIOD);
            }
            Ok(Duration::from_secs(seconds.into()))
        }
        None => Err(UNKNOWN),
    }
}
