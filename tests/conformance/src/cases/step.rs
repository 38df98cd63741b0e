//! Steps of `CLOCK_REALTIME`: `fs/timerfd.c`, `timerfd_clock_was_set` and `timerfd_canceled`.

use core::time::Duration;

use barefd::fd::AsFd;
#[cfg(time32)]
use barefd::sys::{OldItimerspec32, OldTimespec32};
use barefd::{Armed, Clock, Errno, PollFlags, SetTimeFlags, TIME32_FIRST, Tick, TimerFd, TimerFdFlags, TimerSpec, sys};

use super::{DAY, HOUR, becomes_readable, events, set_ticks, spec};
use crate::kernel::{SteppedClock, set_tai_offset, time, time64_refused};
use crate::{Outcome, Unpassed};

/// 2023-11-14, the start time of the cases. It is later than any time since boot, and early enough for 32 bits.
const START: Duration = Duration::from_secs(1_700_000_000);

const MINUTE: Duration = Duration::from_secs(60);

const CANCELABLE: SetTimeFlags = SetTimeFlags::ABSTIME.union(SetTimeFlags::CANCEL_ON_SET);

const REALTIMES: [Clock; 2] = [Clock::Realtime, Clock::RealtimeAlarm];

/// A non-blocking timer and the clock. The timer is armed for a day after [`START`]. After that, the clock was stepped
/// to an hour after [`START`].
fn canceled(clock: Clock) -> Outcome<(TimerFd, SteppedClock)> {
    let stepped = SteppedClock::at(START)?;
    let timer = TimerFd::nonblocking(clock)?;
    check_eq!(timer.arm_at_cancel_on_set(START + DAY), Ok(Armed::Fresh));
    check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::empty()));
    stepped.set(START + HOUR)?;
    check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::IN));
    Ok((timer, stepped))
}

/// Fails the case if the timer is not armed for `deadline`. The clock must have just been set to `now`.
#[track_caller]
fn is_armed_for(timer: &TimerFd, deadline: Duration, now: Duration) -> Outcome {
    let TimerSpec { initial, interval } = timer.get()?;
    if interval.is_zero() && (deadline - now - MINUTE..=deadline - now).contains(&initial) {
        return Ok(());
    }
    Err(Unpassed::failed(format_args!("the timer is at {initial:?}, {interval:?}")))
}

/// Fails the case if the timer has an event to report.
#[track_caller]
fn tells_nothing(timer: &TimerFd) -> Outcome {
    let (events, tick) = (events(timer, PollFlags::IN)?, timer.take()?);
    if events.is_empty() && tick.is_none() {
        return Ok(());
    }
    Err(Unpassed::failed(format_args!("the timer has {events:?} and {tick:?}")))
}

pub fn a_step_is_told_once_and_the_timer_stays_armed() -> Outcome {
    for clock in REALTIMES {
        let (timer, stepped) = canceled(clock)?;
        check_eq!(timer.read(), Err(Errno::CANCELED));
        check_eq!(timer.read(), Err(Errno::AGAIN));
        tells_nothing(&timer)?;
        is_armed_for(&timer, START + DAY, START + HOUR)?;

        stepped.set(START)?;
        check_eq!(timer.take(), Ok(Some(Tick::ClockChanged)));
        tells_nothing(&timer)?;
        is_armed_for(&timer, START + DAY, START)?;

        for nonblocking in [true, false] {
            timer.set_nonblocking(nonblocking)?;
            stepped.set(START + HOUR)?;
            check_eq!(timer.wait(), Ok(Tick::ClockChanged));
        }
    }
    Ok(())
}

pub fn a_deadline_follows_the_step_that_it_was_told_of() -> Outcome {
    let second = Duration::from_secs(1);
    for clock in REALTIMES {
        let (timer, stepped) = canceled(clock)?;
        stepped.set(START + DAY - second)?;
        check_eq!(timer.take(), Ok(Some(Tick::ClockChanged)));
        becomes_readable(&timer)?;
        check_in!(clock.now()?, START + DAY..);
        check_eq!(timer.read(), Ok(1));
    }
    Ok(())
}

pub fn arming_after_a_step_says_so_and_arms() -> Outcome {
    for clock in REALTIMES {
        let (timer, _stepped) = canceled(clock)?;
        check_eq!(timer.arm_at_cancel_on_set(START + 2 * DAY), Ok(Armed::AfterClockChange));
        tells_nothing(&timer)?;
        is_armed_for(&timer, START + 2 * DAY, START + HOUR)?;
        check_eq!(timer.arm_at_cancel_on_set(START + DAY), Ok(Armed::Fresh));
        tells_nothing(&timer)?;

        let (timer, _stepped) = canceled(clock)?;
        check_eq!(timer.arm_at_cancel_on_set(START), Ok(Armed::AfterClockChange));
        becomes_readable(&timer)?;
        check_eq!(timer.read(), Ok(1));
    }
    Ok(())
}

pub fn an_old_value_is_not_written_after_a_step() -> Outcome {
    let new = TimerSpec::once(START + 2 * DAY);
    let (timer, _stepped) = canceled(Clock::Realtime)?;
    check_eq!(timer.replace(CANCELABLE, new), Err(Errno::CANCELED));
    tells_nothing(&timer)?;
    is_armed_for(&timer, new.initial, START + HOUR)?;
    check_in!(timer.replace(CANCELABLE, new)?.initial, DAY..2 * DAY);

    let (timer, _stepped) = canceled(Clock::Realtime)?;
    let (new, untouched) = (spec((0, 0), (new.initial.as_secs() as i64, 0)), spec((1, 2), (3, 4)));
    let mut old = untouched;
    check_eq!(time::timerfd_settime(timer.as_fd(), CANCELABLE, &new, Some(&mut old)), Err(Errno::CANCELED));
    check_eq!(old, untouched);
    Ok(())
}

/// After that, no read reports the step. The next call that arms with the flag reports it.
pub fn arming_without_the_flag_after_a_step_puts_the_telling_off() -> Outcome {
    for clock in REALTIMES {
        let (timer, stepped) = canceled(clock)?;
        check_eq!(timer.arm_at(START + 2 * DAY), Ok(()));
        tells_nothing(&timer)?;
        is_armed_for(&timer, START + 2 * DAY, START + HOUR)?;
        stepped.set(START)?;
        tells_nothing(&timer)?;
        is_armed_for(&timer, START + 2 * DAY, START)?;
        check_eq!(timer.arm_at_cancel_on_set(START + DAY), Ok(Armed::AfterClockChange));
        check_eq!(timer.arm_at_cancel_on_set(START + DAY), Ok(Armed::Fresh));
    }
    Ok(())
}

pub fn disarming_with_the_flag_leaves_the_step_to_be_told() -> Outcome {
    let (timer, _stepped) = canceled(Clock::Realtime)?;
    check_eq!(timer.set(CANCELABLE, TimerSpec::DISARMED), Ok(()));
    check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::empty()));
    check_eq!(timer.read(), Err(Errno::CANCELED));
    tells_nothing(&timer)?;
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    Ok(())
}

pub fn disarming_without_the_flag_puts_the_telling_off() -> Outcome {
    let (timer, _stepped) = canceled(Clock::Realtime)?;
    check_eq!(timer.disarm(), Ok(()));
    tells_nothing(&timer)?;
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    check_eq!(timer.arm_at_cancel_on_set(START + DAY), Ok(Armed::AfterClockChange));
    tells_nothing(&timer)
}

pub fn ticks_after_a_step_are_canceled_and_one_expiration_is_left() -> Outcome {
    let has_ticks = set_ticks(&TimerFd::nonblocking(Clock::Realtime)?, 5)?;
    let (timer, _stepped) = canceled(Clock::Realtime)?;
    let result = sys::timerfd_set_ticks(timer.as_fd(), 5);
    if !has_ticks {
        check_eq!(result, Err(Errno::NOTTY));
        check_eq!(timer.read(), Err(Errno::CANCELED));
        return Ok(());
    }
    check_eq!(result, Err(Errno::CANCELED));
    check_eq!(timer.read(), Ok(1));
    tells_nothing(&timer)?;
    is_armed_for(&timer, START + DAY, START + HOUR)
}

/// No read has reported the step when the next event comes. The event need not be a change of this clock.
pub fn steps_count_from_the_making_of_a_timer() -> Outcome {
    let stepped = SteppedClock::at(START)?;
    let before = TimerFd::nonblocking(Clock::Realtime)?;
    stepped.set(START + HOUR)?;
    let after = TimerFd::nonblocking(Clock::Realtime)?;
    for timer in [&before, &after] {
        check_eq!(timer.arm_at_cancel_on_set(START + DAY), Ok(Armed::Fresh));
        tells_nothing(timer)?;
    }
    set_tai_offset(10)?;
    set_tai_offset(0)?;
    check_eq!(before.take(), Ok(Some(Tick::ClockChanged)));
    tells_nothing(&after)
}

/// A read of a blocking descriptor gives 0 bytes, which is not an end of file: `timerfd_read` counts only periods that
/// have passed.
pub fn a_step_back_takes_periodic_expirations_away() -> Outcome {
    for clock in REALTIMES {
        for flags in [TimerFdFlags::empty(), TimerFdFlags::NONBLOCK] {
            let nothing = if flags.is_empty() { Ok(0) } else { Err(Errno::AGAIN) };
            let stepped = SteppedClock::at(START)?;
            let timer = TimerFd::with_flags(clock, flags)?;
            let expire_and_step_back = |to| {
                stepped.set(START)?;
                timer.arm_every_at(START, HOUR)?;
                becomes_readable(&timer)?;
                stepped.set(to)?;
                check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::IN));
                Ok::<(), Unpassed>(())
            };

            expire_and_step_back(START - DAY)?;
            check_eq!(sys::read(timer.as_fd(), &mut [0; 8]), nothing);
            check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::empty()));
            check_in!(timer.get()?.initial, DAY - MINUTE..=DAY);

            expire_and_step_back(START - DAY)?;
            check_eq!(timer.read(), Err(Errno::AGAIN));
            expire_and_step_back(START - DAY)?;
            check_eq!(timer.take(), Ok(None));

            expire_and_step_back(START - Duration::from_millis(300))?;
            check!(matches!(timer.wait()?, Tick::Expired(n) if n.get() == 1));
            check_in!(clock.now()?, START..);
        }
    }
    Ok(())
}

pub fn a_step_back_does_not_take_a_single_expiration_away() -> Outcome {
    for clock in REALTIMES {
        let stepped = SteppedClock::at(START)?;
        let timer = TimerFd::nonblocking(clock)?;
        timer.arm_at(START)?;
        becomes_readable(&timer)?;
        stepped.set(START - DAY)?;
        check_eq!(timer.read(), Ok(1));
        // The timer has expired for the last time, but it shows the time until its deadline.
        is_armed_for(&timer, START, START - DAY)?;
        stepped.set(START)?;
        tells_nothing(&timer)?;
    }
    Ok(())
}

pub fn a_delay_is_not_moved_and_a_deadline_is() -> Outcome {
    let stepped = SteppedClock::at(START)?;
    let timer = || TimerFd::nonblocking(Clock::Realtime);
    let (after, every, at) = (timer()?, timer()?, timer()?);
    after.arm_after(DAY)?;
    every.arm_every(DAY)?;
    at.arm_at(START + DAY)?;
    for to in [START + HOUR, START - HOUR] {
        stepped.set(to)?;
        is_armed_for(&after, DAY, Duration::ZERO)?;
        check_in!(every.get()?.initial, DAY - MINUTE..=DAY);
        is_armed_for(&at, START + DAY, to)?;
    }
    stepped.set(START + 2 * DAY)?;
    becomes_readable(&at)?;
    check_eq!(at.read(), Ok(1));
    tells_nothing(&after)?;
    tells_nothing(&every)
}

/// `kernel/time/alarmtimer.c`, `alarm_start_relative`: the delay becomes a time on the clock at once.
pub fn a_delay_on_an_alarm_clock_is_moved_too() -> Outcome {
    let stepped = SteppedClock::at(START)?;
    let timer = TimerFd::nonblocking(Clock::RealtimeAlarm)?;
    timer.arm_after(DAY)?;
    for to in [START + HOUR, START - HOUR] {
        stepped.set(to)?;
        check_in!(timer.get()?.initial, START + DAY - MINUTE - to..START + DAY + MINUTE - to);
    }
    stepped.set(START + 2 * DAY)?;
    becomes_readable(&timer)?;
    check_eq!(timer.read(), Ok(1));
    Ok(())
}

pub fn other_clocks_and_delays_are_not_canceled() -> Outcome {
    let stepped = SteppedClock::at(START)?;
    for clock in [Clock::Monotonic, Clock::Boottime, Clock::BoottimeAlarm] {
        stepped.set(START)?;
        let timer = TimerFd::nonblocking(clock)?;
        let before = clock.now()?;
        check_eq!(timer.arm_at_cancel_on_set(before + DAY), Ok(Armed::Fresh));
        stepped.set(START + HOUR)?;
        tells_nothing(&timer)?;
        check_in!(clock.now()?, before..before + MINUTE);
        is_armed_for(&timer, DAY, Duration::ZERO)?;
        check_eq!(timer.arm_at_cancel_on_set(before + DAY), Ok(Armed::Fresh));
    }
    for clock in REALTIMES {
        stepped.set(START)?;
        let timer = TimerFd::nonblocking(clock)?;
        timer.set(SetTimeFlags::CANCEL_ON_SET, TimerSpec::once(DAY))?;
        stepped.set(START + HOUR)?;
        tells_nothing(&timer)?;
    }
    Ok(())
}

/// The first second that 31 bits cannot hold, and the first that 32 bits cannot hold.
const YEARS_2038_AND_2106: [Duration; 2] = [Duration::from_secs(1 << 31), Duration::from_secs(1 << 32)];

pub fn a_clock_past_2038_and_2106_is_exact() -> Outcome {
    if time64_refused() || TIME32_FIRST {
        return Err(Unpassed::NotApplicable("times of 32 bits end before"));
    }
    for year in YEARS_2038_AND_2106 {
        let start = year + Duration::from_nanos(123_456_789);
        let stepped = SteppedClock::at(start)?;
        for clock in REALTIMES {
            check_in!(clock.now()?, start..start + MINUTE);
            let timer = TimerFd::nonblocking(clock)?;
            timer.arm_at(start + DAY)?;
            is_armed_for(&timer, start + DAY, start)?;
            timer.arm_at(year)?;
            becomes_readable(&timer)?;
            check_eq!(timer.read(), Ok(1));
            timer.arm_every_at(start - DAY, HOUR)?;
            becomes_readable(&timer)?;
            check_in!(timer.read()?, 25..=26);

            let deadline = clock.now()? + Duration::from_millis(5);
            timer.arm_at(deadline)?;
            becomes_readable(&timer)?;
            check_in!(clock.now()?, deadline..);

            check_eq!(timer.arm_at_cancel_on_set(start + DAY), Ok(Armed::Fresh));
            stepped.set(start)?;
            check_eq!(timer.take(), Ok(Some(Tick::ClockChanged)));
        }
    }
    Ok(())
}

/// `kernel/time/time.c`, `put_old_timespec32`: no `EOVERFLOW`.
#[cfg(time32)]
pub fn the_old_calls_cut_a_clock_past_2038() -> Outcome {
    if sys::clock_gettime(Clock::Realtime.id()) == Err(Errno::NOSYS) {
        return Err(Unpassed::NotApplicable("a kernel without CONFIG_COMPAT_32BIT_TIME"));
    }
    for year in YEARS_2038_AND_2106 {
        let _stepped = SteppedClock::at(year)?;
        let cut = year.as_secs() as i32;
        check_in!(sys::clock_gettime(Clock::Realtime.id())?.tv_sec, cut..cut + 60);
        if time64_refused() || TIME32_FIRST {
            let now = Clock::Realtime.now();
            check!(if cut < 0 { now == Err(Errno::OVERFLOW) } else { now.is_ok_and(|now| now < MINUTE) });
        }

        // Every deadline that the old calls can express is in the past.
        let timer = TimerFd::nonblocking(Clock::Realtime)?;
        let last = OldTimespec32 { tv_sec: i32::MAX, tv_nsec: 0 };
        let new = OldItimerspec32 { it_value: last, ..Default::default() };
        sys::timerfd_settime(timer.as_fd(), SetTimeFlags::ABSTIME, &new, None)?;
        becomes_readable(&timer)?;
        check_eq!(timer.read(), Ok(1));
    }
    Ok(())
}
