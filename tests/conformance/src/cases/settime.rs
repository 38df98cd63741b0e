//! `timerfd_settime` and `timerfd_gettime` as the kernel defines them.

use core::time::Duration;

use barefd::fd::AsFd;
use barefd::{Clock, Errno, EventFd, PollFlags, SetTimeFlags, TIME32_FIRST, TimerFd, TimerSpec};

use super::{ARMED, DAY, HOUR, armed, becomes_readable, events, expired, is_still_armed, spec};
use crate::kernel::{time, time64_kills, time64_refused};
use crate::{Outcome, Unpassed, kernel};

const UNKNOWN: SetTimeFlags = SetTimeFlags::from_bits_retain(4);

pub fn an_unknown_flag_is_inval_and_changes_nothing() -> Outcome {
    let timer = armed()?;
    for flags in [UNKNOWN, UNKNOWN | SetTimeFlags::all(), SetTimeFlags::from_bits_retain(1 << 31)] {
        check_eq!(timer.set(flags, TimerSpec::once(DAY)), Err(Errno::INVAL));
        check_eq!(timer.replace(flags, TimerSpec::once(DAY)), Err(Errno::INVAL));
    }
    is_still_armed(&timer)
}

pub fn a_field_out_of_range_is_inval_and_changes_nothing() -> Outcome {
    let timer = armed()?;
    for bad in [(0, 1_000_000_000), (0, -1), (-1, 0), (-1, 999_999_999), (0, i64::from(i32::MIN))] {
        for (interval, value) in [(bad, (1, 0)), (bad, (0, 0)), ((1, 0), bad), ((0, 0), bad), (bad, bad)] {
            for flags in [SetTimeFlags::empty(), SetTimeFlags::ABSTIME] {
                check_eq!(time::timerfd_settime(timer.as_fd(), flags, &spec(interval, value), None), Err(Errno::INVAL));
            }
        }
    }
    is_still_armed(&timer)
}

/// For programs of these ABIs the kernel clears the upper half of the field, because they may leave any value in it.
pub fn a_32_bit_abi_looks_at_the_low_half_of_the_nanoseconds() -> Outcome {
    let timer = armed()?;
    let new = spec((0, (1 << 32) + 5), (HOUR.as_secs() as i64, 0));
    let result = time::timerfd_settime(timer.as_fd(), SetTimeFlags::empty(), &new, None);
    if cfg!(target_pointer_width = "32") {
        check_eq!(result, Ok(()));
        check_eq!(timer.get()?.interval, Duration::from_nanos(5));
        Ok(())
    } else {
        check_eq!(result, Err(Errno::INVAL));
        is_still_armed(&timer)
    }
}

/// The kernel checks the address first, then the flags and the times, then the descriptor.
pub fn errors_come_in_this_order() -> Outcome {
    let (timer, event, nobody) = (armed()?, EventFd::new(0)?, kernel::not_open());
    let set = |fd, flags, value| time::timerfd_settime(fd, flags, &spec((0, 0), value), None);
    let (none, good, bad) = (SetTimeFlags::empty(), (1, 0), (0, -1));

    check_eq!(kernel::settime_from_nowhere(timer.as_fd(), 0), Err(Errno::FAULT));
    check_eq!(kernel::settime_from_nowhere(nobody, UNKNOWN.bits()), Err(Errno::FAULT));
    check_eq!(set(nobody, UNKNOWN, good), Err(Errno::INVAL));
    check_eq!(set(nobody, none, bad), Err(Errno::INVAL));
    check_eq!(set(nobody, none, good), Err(Errno::BADF));
    check_eq!(set(event.as_fd(), none, bad), Err(Errno::INVAL));
    check_eq!(set(event.as_fd(), none, good), Err(Errno::INVAL));
    is_still_armed(&timer)
}

/// The kernel writes the old value last, and does not undo the arming.
pub fn a_bad_address_for_the_old_value_is_fault_and_arms_all_the_same() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let new = spec((DAY.as_secs() as i64, 0), (HOUR.as_secs() as i64, 0));
    check_eq!(kernel::settime_old_nowhere(&timer, 0, new), Err(Errno::FAULT));
    is_still_armed(&timer)
}

pub fn a_bad_address_for_the_current_value_is_fault() -> Outcome {
    let timer = armed()?;
    check_eq!(kernel::gettime_nowhere(&timer), Err(Errno::FAULT));
    is_still_armed(&timer)
}

pub fn gettime_of_what_is_no_timer_is_inval() -> Outcome {
    check_eq!(time::timerfd_gettime(EventFd::new(0)?.as_fd()), Err(Errno::INVAL));
    check_eq!(time::timerfd_gettime(kernel::pipe()?.0.as_fd()), Err(Errno::INVAL));
    Ok(())
}

pub fn a_new_timer_is_disarmed() -> Outcome {
    for clock in [Clock::Realtime, Clock::Monotonic, Clock::Boottime] {
        let timer = TimerFd::nonblocking(clock)?;
        check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
        check_eq!(timer.read(), Err(Errno::AGAIN));
        check_eq!(timer.take(), Ok(None));
        check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::empty()));
    }
    Ok(())
}

pub fn a_zero_initial_disarms_and_its_interval_is_kept() -> Outcome {
    let timer = armed()?;
    let kept = TimerSpec { initial: Duration::ZERO, interval: Duration::new(7, 5) };
    timer.set(SetTimeFlags::empty(), kept)?;
    check_eq!(timer.get(), Ok(kept));
    check!(kept.is_armed());
    check_eq!(timer.replace(SetTimeFlags::ABSTIME, kept), Ok(kept));
    check_eq!(timer.replace(SetTimeFlags::empty(), TimerSpec::DISARMED), Ok(kept));
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    check_eq!(timer.take(), Ok(None));
    Ok(())
}

pub fn disarm_makes_both_zero() -> Outcome {
    check!(!TimerSpec::DISARMED.is_armed());
    check_eq!(TimerSpec::default(), TimerSpec::DISARMED);

    let timer = armed()?;
    timer.disarm()?;
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));

    let timer = armed()?;
    timer.set(SetTimeFlags::empty(), TimerSpec::DISARMED)?;
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    Ok(())
}

pub fn every_settime_discards_what_nobody_read() -> Outcome {
    const NONE: SetTimeFlags = SetTimeFlags::empty();
    let arming: [fn(&TimerFd) -> barefd::Result<()>; 6] = [
        TimerFd::disarm,
        |timer| timer.arm_after(HOUR),
        |timer| timer.arm_every(HOUR),
        |timer| timer.set(NONE, TimerSpec::DISARMED),
        |timer| timer.set(NONE, TimerSpec { initial: Duration::ZERO, interval: HOUR }),
        |timer| timer.replace(NONE, TimerSpec::once(HOUR)).map(drop),
    ];
    for arm in arming {
        let timer = expired()?;
        arm(&timer)?;
        check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::empty()));
        check_eq!(timer.take(), Ok(None));
    }
    Ok(())
}

pub fn replace_gives_what_get_would_have() -> Outcome {
    let timer = armed()?;
    let before = timer.get()?;
    let old = timer.replace(SetTimeFlags::empty(), TimerSpec::once(DAY))?;
    check_eq!(old.interval, ARMED.interval);
    check_in!(old.initial, HOUR / 2..=before.initial);
    let now = timer.get()?;
    check_eq!(now.interval, Duration::ZERO);
    check_in!(now.initial, DAY - HOUR..=DAY);
    Ok(())
}

pub fn the_time_left_is_relative_whatever_the_timer_was_armed_with() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let start = Clock::Monotonic.now()?;
    timer.set(SetTimeFlags::ABSTIME, TimerSpec { initial: start + HOUR, interval: DAY })?;
    let left = timer.get()?;
    let old = timer.replace(SetTimeFlags::empty(), TimerSpec::DISARMED)?;
    let passed = Clock::Monotonic.now()? - start;
    for spec in [left, old] {
        check_in!(spec.initial, HOUR.saturating_sub(passed)..=HOUR);
        check_eq!(spec.interval, DAY);
    }
    check_in!(old.initial, ..=left.initial);
    Ok(())
}

pub fn get_does_not_tell_of_expirations_and_takes_none() -> Outcome {
    let timer = expired()?;
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::IN));
    check_eq!(timer.read(), Ok(1));
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    Ok(())
}

pub fn a_periodic_timer_that_expired_shows_the_time_to_the_next() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let (first, period) = (Clock::Monotonic.now()?, HOUR);
    timer.set(SetTimeFlags::ABSTIME, TimerSpec { initial: first, interval: period })?;
    becomes_readable(&timer)?;

    let before = Clock::Monotonic.now()?;
    let left = timer.get()?;
    check_eq!(left.interval, period);
    check_in!(first + period - left.initial, before..=Clock::Monotonic.now()?);
    check_eq!(timer.read(), Ok(1));
    Ok(())
}

pub fn the_old_value_of_a_periodic_timer_that_expired_is_the_time_to_the_next() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let first = Clock::Monotonic.now()?;
    timer.set(SetTimeFlags::ABSTIME, TimerSpec { initial: first, interval: HOUR })?;
    becomes_readable(&timer)?;
    let before = Clock::Monotonic.now()?;
    let old = timer.replace(SetTimeFlags::empty(), TimerSpec::DISARMED)?;
    check_eq!(old.interval, HOUR);
    check_in!(first + HOUR - old.initial, before..=Clock::Monotonic.now()?);
    check_eq!(timer.take(), Ok(None));
    Ok(())
}

pub fn cancel_on_set_is_accepted_where_it_does_nothing() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    timer.set(SetTimeFlags::all(), TimerSpec { initial: Clock::Monotonic.now()? + HOUR, interval: DAY })?;
    is_still_armed(&timer)?;
    check_eq!(timer.take(), Ok(None));

    for clock in [Clock::Realtime, Clock::Monotonic, Clock::Boottime] {
        let timer = TimerFd::nonblocking(clock)?;
        timer.set(SetTimeFlags::CANCEL_ON_SET, ARMED)?;
        is_still_armed(&timer)?;
        check_eq!(timer.take(), Ok(None));
    }
    Ok(())
}

pub fn a_timer_that_a_step_would_cancel_is_disarmed_like_another() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Realtime)?;
    timer.set(SetTimeFlags::all(), TimerSpec { initial: Clock::Realtime.now()? + HOUR, interval: DAY })?;
    check!(timer.get()?.is_armed());
    timer.set(SetTimeFlags::all(), TimerSpec::DISARMED)?;
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::empty()));
    check_eq!(timer.take(), Ok(None));
    Ok(())
}

/// The setting as the kernel has it. If the old calls come first, [`TimerFd::get`] has only 32 bits of the seconds.
fn setting(timer: &TimerFd) -> barefd::Result<TimerSpec> {
    if !TIME32_FIRST {
        return timer.get();
    }
    let spec = time::timerfd_gettime(timer.as_fd())?;
    let [initial, interval] =
        [spec.it_value, spec.it_interval].map(|time| Duration::new(time.tv_sec as u64, time.tv_nsec as u32));
    Ok(TimerSpec { initial, interval })
}

const KILLS: Unpassed = Unpassed::NotApplicable("a filter kills at the only call that has such times");

/// The kernel's last nanosecond is 2^63 - 1. With only a 32-bit call, a program cannot ask for it.
pub fn huge_times_end_at_the_kernels_last_nanosecond() -> Outcome {
    let last = Duration::from_nanos(i64::MAX as u64);
    let huge = TimerSpec::every(Duration::new(i64::MAX as u64, 999_999_999));
    let timer = armed()?;
    if time64_kills() {
        return Err(KILLS);
    }
    if time64_refused() {
        check_eq!(timer.set(SetTimeFlags::empty(), huge), Err(Errno::OVERFLOW));
        check_eq!(timer.arm_at(huge.initial), Err(Errno::OVERFLOW));
        return is_still_armed(&timer);
    }
    // In the second entry, neither now nor the delay is beyond the last nanosecond, but their sum is.
    for (flags, initial) in [
        (SetTimeFlags::empty(), huge.initial),
        (SetTimeFlags::empty(), last - Duration::from_nanos(1)),
        (SetTimeFlags::ABSTIME, huge.initial),
    ] {
        timer.set(flags, TimerSpec { initial, interval: huge.interval })?;
        let left = setting(&timer)?;
        check_eq!(left.interval, last);
        // The time ends at the last nanosecond of the clock that runs since boot. In a time namespace, the program sees
        // another clock.
        check_in!(left.initial, last / 2..last);
        check_eq!(timer.take(), Ok(None));
    }
    Ok(())
}

/// 2^31 seconds end in January 2038, 2^32 seconds in February 2106. A clock that starts at boot never reaches them.
pub fn deadlines_past_2038_and_2106_are_exact() -> Outcome {
    if time64_kills() {
        return Err(KILLS);
    }
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    for seconds in [1 << 31, (1 << 31) + 1, 1 << 32, (1 << 32) + 5] {
        let spec = TimerSpec { initial: Duration::new(seconds, 123_456_789), interval: Duration::new(seconds, 7) };
        if time64_refused() {
            timer.set(SetTimeFlags::ABSTIME, ARMED)?;
            check_eq!(timer.set(SetTimeFlags::ABSTIME, spec), Err(Errno::OVERFLOW));
            check_eq!(timer.arm_at(spec.initial), Err(Errno::OVERFLOW));
            check_eq!(timer.arm_every_at(HOUR, spec.interval), Err(Errno::OVERFLOW));
            check_eq!(timer.arm_at_cancel_on_set(spec.initial), Err(Errno::OVERFLOW));
            check_eq!(timer.get()?.interval, ARMED.interval);
            continue;
        }
        timer.set(SetTimeFlags::ABSTIME, spec)?;
        let before = Clock::Monotonic.now()?;
        let left = setting(&timer)?;
        let after = Clock::Monotonic.now()?;
        check_eq!(left.interval, spec.interval);
        check_in!(spec.initial - left.initial, before..=after);
    }
    Ok(())
}

/// The times end in the last second that 32 bits can hold.
pub fn times_up_to_2038_need_no_64_bits() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let last = Duration::new(i32::MAX as u64, 999_999_999);
    timer.set(SetTimeFlags::ABSTIME, TimerSpec::every(last))?;
    let before = Clock::Monotonic.now()?;
    let left = timer.get()?;
    check_eq!(left.interval, last);
    check_in!(last - left.initial, before..=Clock::Monotonic.now()?);
    check_eq!(timer.replace(SetTimeFlags::empty(), TimerSpec::DISARMED)?.interval, last);
    Ok(())
}
