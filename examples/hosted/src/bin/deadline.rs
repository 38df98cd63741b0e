//! An alarm of the wall clock. If somebody sets the clock while it waits, it computes the moment anew.

use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use barefd::{Armed, Clock, Tick, TimerFd};
use clap::Parser;
use jiff::{ZonedDateTime, civil};

/// Waits until the wall clock shows a time, also if the clock is set while it waits.
#[derive(Parser)]
#[command(name = "deadline", version)]
struct Args {
    /// A time of the day (06:30, 06:30:15), or a date and a time (2030-01-31T06:30)
    when: When,
}

#[derive(Clone, Copy)]
enum When {
    /// The next time that the clock shows it.
    Time(civil::Time),
    Date(civil::DateTime),
}

impl FromStr for When {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The date first: a time is also read from a text that has a date too.
        if let Ok(date) = text.parse() {
            return Ok(Self::Date(date));
        }
        text.parse().map(Self::Time).map_err(|_| "write it as 06:30, 06:30:15 or 2030-01-31T06:30")
    }
}

impl When {
    fn after(self, now: &ZonedDateTime) -> Result<ZonedDateTime, jiff::Error> {
        match self {
            Self::Date(date) => date.to_zoned_datetime(now.time_zone().clone()),
            Self::Time(time) => {
                let today = now.with().time(time).build()?;
                if today > *now { Ok(today) } else { now.tomorrow()?.with().time(time).build() }
            }
        }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    hosted::run(|| wait(args.when))
}

fn wait(when: When) -> Result<ExitCode> {
    let alarm = TimerFd::new(Clock::Realtime).context("a timer")?;
    ensure!(when.after(&ZonedDateTime::now())? > ZonedDateTime::now(), "this moment is over");
    loop {
        let moment = when.after(&ZonedDateTime::now())?;
        let deadline = Duration::try_from(moment.timestamp().as_duration()).context("a moment before 1970")?;
        if alarm.arm_at_cancel_on_set(deadline).context("the moment")? == Armed::AfterClockChange {
            continue;
        }
        hosted::say(format_args!("waiting until {moment}\n"))?;
        match alarm.wait()? {
            Tick::ClockChanged => hosted::say(format_args!("the clock was set\n"))?,
            Tick::Expired(_) => {
                let late = Clock::Realtime.now()?.saturating_sub(deadline).as_secs_f64() * 1e3;
                hosted::say(format_args!("late by {late:.3} ms\n"))?;
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_day_is_the_next_one() {
        let now: ZonedDateTime = "2030-01-31T12:00:00+00:00[UTC]".parse().unwrap();
        let after = |text: &str| text.parse::<When>().unwrap().after(&now).unwrap().datetime().to_string();
        assert_eq!(after("12:00:01"), "2030-01-31T12:00:01");
        assert_eq!(after("12:00"), "2030-02-01T12:00:00");
        assert_eq!(after("06:30"), "2030-02-01T06:30:00");
        assert_eq!(after("2029-01-01T06:30"), "2029-01-01T06:30:00");
    }
}
