//! The clocks that timers run on, and conversions of times.

use core::time::Duration;

use crate::abi::{self, Timespec};
use crate::errno::{Errno, Result};
use crate::time64;

/// A clock that a [`TimerFd`](crate::TimerFd) can run on.
///
/// | clock | steps when the time of day is set | counts while suspended | wakes the system | since |
/// |---|---|---|---|---|
/// | `Realtime` | yes | yes | no | Linux 2.6.25 |
/// | `Monotonic` | no | no | no | Linux 2.6.25 |
/// | `Boottime` | no | yes | no | Linux 3.15 |
/// | `RealtimeAlarm` | yes | yes | yes | Linux 3.11 |
/// | `BoottimeAlarm` | no | yes | yes | Linux 3.11 |
///
/// Use `Monotonic` for a delay or a period, `Boottime` if the time spent in suspend should count, and `Realtime` for a
/// time of day. In a time namespace (Linux 5.6), `Monotonic` and `Boottime` are the clocks of the namespace, also for
/// absolute deadlines. See [clock_getres(2)](https://man7.org/linux/man-pages/man2/clock_getres.2.html) and
/// [time_namespaces(7)](https://man7.org/linux/man-pages/man7/time_namespaces.7.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Clock {
    /// Time since 1970-01-01 00:00 UTC. The time of day can be set.
    #[doc(alias("CLOCK_REALTIME", "time.CLOCK_REALTIME"))]
    Realtime,
    /// Time since some point at boot. Time spent in suspend does not count.
    #[doc(alias("CLOCK_MONOTONIC", "time.CLOCK_MONOTONIC"))]
    Monotonic,
    /// Time since boot. Time spent in suspend counts.
    #[doc(alias("CLOCK_BOOTTIME", "time.CLOCK_BOOTTIME"))]
    Boottime,
    /// `Realtime`, for a timer that wakes the system from suspend. Creating and arming such a timer needs
    /// `CAP_WAKE_ALARM` in the initial user namespace; without it, both fail with `EPERM`. Waking the system needs a
    /// real-time clock device, creating the timer does not.
    #[doc(alias("CLOCK_REALTIME_ALARM"))]
    RealtimeAlarm,
    /// `Boottime`, for a timer that wakes the system from suspend. It has the same needs as
    /// [`RealtimeAlarm`](Self::RealtimeAlarm).
    #[doc(alias("CLOCK_BOOTTIME_ALARM"))]
    BoottimeAlarm,
}

impl Clock {
    /// The kernel's number of the clock, for [`sys`](crate::sys).
    #[inline]
    #[must_use]
    pub const fn id(self) -> i32 {
        match self {
            Self::Realtime => abi::CLOCK_REALTIME as i32,
            Self::Monotonic => abi::CLOCK_MONOTONIC as i32,
            Self::Boottime => abi::CLOCK_BOOTTIME as i32,
            Self::RealtimeAlarm => abi::CLOCK_REALTIME_ALARM as i32,
            Self::BoottimeAlarm => abi::CLOCK_BOOTTIME_ALARM as i32,
        }
    }

    /// The clock with this number of the kernel's. `None` for every other number: timers run on no other clock.
    #[inline]
    #[must_use]
    pub const fn from_id(id: i32) -> Option<Self> {
        let mut all =
            [Self::Realtime, Self::Monotonic, Self::Boottime, Self::RealtimeAlarm, Self::BoottimeAlarm].as_slice();
        while let [clock, rest @ ..] = all {
            if clock.id() == id {
                return Some(*clock);
            }
            all = rest;
        }
        None
    }

    /// The time on the clock, to the nanosecond. The kernel compares absolute deadlines with this time.
    ///
    /// For an alarm clock this is the time of its base clock, `Realtime` or `Boottime`. Reading the alarm clock itself
    /// would fail on a system without a real-time clock device.
    ///
    /// System calls: `clock_gettime` (32-bit ABIs: `clock_gettime64`, and `clock_gettime` if that is `ENOSYS`; the
    /// latter wraps in 2038; the feature `time32-first` [changes the order](crate#times-on-32-bit-abis)). This is a
    /// real system call. The standard library reads the time through the vDSO, which is faster. If a hosted program
    /// reads the time very often, use the standard library.
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): the kernel does not have the clock (`Boottime`: Linux 2.6.39)
    /// - [`OVERFLOW`](Errno::OVERFLOW): the time of day is before 1970; or it is from 2038 to 2106, and the 32-bit call
    ///   was used
    #[inline]
    #[doc(alias("clock_gettime", "time.clock_gettime_ns"))]
    pub fn now(self) -> Result<Duration> {
        let base = match self {
            Self::RealtimeAlarm => Self::Realtime,
            Self::BoottimeAlarm => Self::Boottime,
            base => base,
        };
        let now = time64::clock_gettime(base.id())?;
        if now.tv_sec < 0 {
            return Err(Errno::OVERFLOW);
        }
        Ok(duration(now))
    }
}

/// Fails with [`OVERFLOW`](Errno::OVERFLOW) for more than `i64::MAX` seconds.
impl TryFrom<Duration> for Timespec {
    type Error = Errno;

    #[inline]
    fn try_from(time: Duration) -> Result<Self> {
        match i64::try_from(time.as_secs()) {
            Ok(tv_sec) => Ok(Self { tv_sec, tv_nsec: time.subsec_nanos().into() }),
            Err(_) => Err(Errno::OVERFLOW),
        }
    }
}

/// Fails with [`INVAL`](Errno::INVAL) for negative seconds, and for nanoseconds outside 0 to 999,999,999.
impl TryFrom<Timespec> for Duration {
    type Error = Errno;

    #[inline]
    fn try_from(time: Timespec) -> Result<Self> {
        match time {
            Timespec { tv_sec: 0.., tv_nsec: 0..NANOS } => Ok(duration(time)),
            _ => Err(Errno::INVAL),
        }
    }
}

/// Converts a time that the kernel wrote. The seconds must not be negative.
#[inline]
pub(crate) fn duration(time: Timespec) -> Duration {
    // The kernel writes 0 to 999,999,999. With this bound the compiler removes the panic from `Duration::new`.
    Duration::new(time.tv_sec as u64, (time.tv_nsec as u32).min(999_999_999))
}

const NANOS: i64 = 1_000_000_000;

/// The time `delay` after `time`, or the last second that a `Timespec` holds.
///
/// `Duration` has functions like this one and the next one. But if they were used, the compiler would leave a panic in
/// the code.
pub(crate) fn later(time: Timespec, delay: Timespec) -> Timespec {
    let tv_sec = time.tv_sec.saturating_add(delay.tv_sec);
    match time.tv_nsec.wrapping_add(delay.tv_nsec) {
        tv_nsec @ ..NANOS => Timespec { tv_sec, tv_nsec },
        tv_nsec => Timespec { tv_sec: tv_sec.saturating_add(1), tv_nsec: tv_nsec - NANOS },
    }
}

/// The time in whole milliseconds, rounded up, or as many as an `i32` holds. The seconds must not be negative.
pub(crate) fn millis(time: Timespec) -> i32 {
    let rest = time.tv_nsec.wrapping_add(999_999) / 1_000_000;
    i32::try_from(time.tv_sec.saturating_mul(1000).saturating_add(rest)).unwrap_or(i32::MAX)
}

/// The time from `now` until `deadline`, or zero if that has passed.
pub(crate) fn until(deadline: Timespec, now: Timespec) -> Timespec {
    let tv_sec = deadline.tv_sec.wrapping_sub(now.tv_sec);
    let (tv_sec, tv_nsec) = match deadline.tv_nsec.wrapping_sub(now.tv_nsec) {
        tv_nsec @ 0.. => (tv_sec, tv_nsec),
        tv_nsec => (tv_sec.wrapping_sub(1), tv_nsec + NANOS),
    };
    if tv_sec < 0 { Timespec::default() } else { Timespec { tv_sec, tv_nsec } }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn a_duration_survives_the_way_to_a_timespec_and_back() {
        for time in [
            Duration::ZERO,
            Duration::from_nanos(1),
            Duration::new(1, 999_999_999),
            Duration::new(i32::MAX as u64 + 1, 5),
            Duration::new(i64::MAX as u64, 999_999_999),
        ] {
            assert_eq!(Timespec::try_from(time).and_then(Duration::try_from), Ok(time));
        }
    }

    const fn time(tv_sec: i64, tv_nsec: i64) -> Timespec {
        Timespec { tv_sec, tv_nsec }
    }

    #[test]
    fn a_time_later_by_a_delay_is_that_delay_away() {
        for now in [time(0, 0), time(5, 1), time(5, 999_999_999)] {
            for delay in [time(0, 0), time(0, 1), time(0, 999_999_999), time(1, 0), time(7, 500_000_000)] {
                let then = later(now, delay);
                assert_eq!(duration(then), duration(now) + duration(delay));
                assert_eq!(until(then, now), delay);
                assert_eq!(until(now, then), time(0, 0));
            }
        }
    }

    #[test]
    fn a_time_ends_at_the_last_second() {
        let last = time(i64::MAX, 999_999_999);
        assert_eq!(later(time(0, 0), last), last);
        assert_eq!(later(time(5, 1), last).tv_sec, i64::MAX);
        assert_eq!(until(last, time(5, 0)), time(i64::MAX - 5, 999_999_999));
        assert_eq!(until(time(5, 1), last), time(0, 0));
    }

    #[test]
    fn more_seconds_than_an_i64_holds_are_overflow() {
        assert_eq!(Timespec::try_from(Duration::new(i64::MAX as u64 + 1, 0)), Err(Errno::OVERFLOW));
        assert_eq!(Timespec::try_from(Duration::MAX), Err(Errno::OVERFLOW));
    }

    #[test]
    fn a_timespec_that_the_kernel_refuses_is_no_duration() {
        for refused in [time(-1, 0), time(i64::MIN, 5), time(0, -1), time(0, NANOS), time(0, 1 << 32)] {
            assert_eq!(Duration::try_from(refused), Err(Errno::INVAL));
        }
    }

    #[test]
    fn milliseconds_are_rounded_up_and_end_at_the_largest_i32() {
        for (time, expected) in [
            (time(0, 0), 0),
            (time(0, 1), 1),
            (time(0, 1_000_000), 1),
            (time(0, 1_000_001), 2),
            (time(7, 999_999_999), 8000),
            (time(2_147_483, 647_000_000), i32::MAX),
            (time(2_147_483, 646_000_000), i32::MAX - 1),
            (time(2_147_484, 0), i32::MAX),
            (time(i64::MAX, 999_999_999), i32::MAX),
        ] {
            assert_eq!(millis(time), expected);
        }
    }

    #[test]
    fn a_clock_has_its_own_number() {
        let clocks: std::vec::Vec<_> = (-20..20).filter_map(Clock::from_id).collect();
        assert_eq!(clocks.len(), 5);
        for clock in clocks {
            assert_eq!(Clock::from_id(clock.id()), Some(clock));
        }
    }
}
