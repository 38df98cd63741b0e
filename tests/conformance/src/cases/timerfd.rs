//! The timer.

use core::time::Duration;

use barefd::fd::AsFd;
use barefd::sys::Itimerspec;
use barefd::{Armed, Clock, Errno, PollFlags, SetTimeFlags, Tick, TimerFd, TimerFdFlags, TimerSpec, sys};

use super::{ARMED, DAY, HOUR, SOON, armed, arming_is, beats, becomes_readable, events, expired, is_still_armed, spec};
use crate::kernel::{WithoutWakeAlarm, has_wake_alarm, time};
use crate::{Outcome, Unpassed, kernel};

const PLAIN: [Clock; 3] = [Clock::Realtime, Clock::Monotonic, Clock::Boottime];
const ALARMS: [Clock; 2] = [Clock::RealtimeAlarm, Clock::BoottimeAlarm];

const NONE: SetTimeFlags = SetTimeFlags::empty();

const DROPS_FLAGS: Unpassed = Unpassed::NotApplicable("an emulator that drops the flags it does not know");

const TOO_LONG: [Duration; 2] = [Duration::from_secs(1 << 63), Duration::MAX];

pub fn timers_run_on_five_clocks_and_no_other() -> Outcome {
    for id in -1..=15 {
        let made = sys::timerfd_create(id, TimerFdFlags::CLOEXEC).map(drop);
        match id {
            0 | 1 | 7 => check_eq!(made, Ok(())),
            8 | 9 => check!(matches!(made, Ok(()) | Err(Errno::PERM))),
            _ => check_eq!(made, Err(Errno::INVAL)),
        }
    }
    check_eq!(PLAIN.map(Clock::id), [0, 1, 7]);
    check_eq!(ALARMS.map(Clock::id), [8, 9]);
    Ok(())
}

pub fn an_unknown_flag_is_inval() -> Outcome {
    for unknown in [0x1, 0x2, 0x8, 1 << 30, 1 << 31] {
        let flags = TimerFdFlags::from_bits_retain(unknown);
        match TimerFd::with_flags(Clock::Monotonic, flags) {
            Ok(_) if kernel::is_emulated() => {
                return Err(DROPS_FLAGS);
            }
            result => check_eq!(result.err(), Some(Errno::INVAL)),
        }
        check_eq!(TimerFd::with_flags(Clock::Monotonic, flags | TimerFdFlags::all()).err(), Some(Errno::INVAL));
    }
    Ok(())
}

pub fn a_timer_has_exactly_the_flags_it_is_given() -> Outcome {
    check_eq!(TimerFdFlags::default(), TimerFdFlags::CLOEXEC);
    for flags in [TimerFdFlags::empty(), TimerFdFlags::CLOEXEC, TimerFdFlags::NONBLOCK, TimerFdFlags::all()] {
        let timer = TimerFd::with_flags(Clock::Monotonic, flags)?;
        check_eq!(kernel::is_cloexec(&timer), Ok(flags.contains(TimerFdFlags::CLOEXEC)));
        check_eq!(timer.is_nonblocking(), Ok(flags.contains(TimerFdFlags::NONBLOCK)));
    }
    for (timer, nonblocking) in
        [(TimerFd::new(Clock::Monotonic)?, false), (TimerFd::nonblocking(Clock::Monotonic)?, true)]
    {
        check_eq!(kernel::is_cloexec(&timer), Ok(true));
        check_eq!(timer.is_nonblocking(), Ok(nonblocking));
    }
    Ok(())
}

/// The kernel checks the capability when a timer is made and when it is armed. A look at a timer and a read need none.
pub fn an_alarm_clock_without_the_capability_is_perm() -> Outcome {
    let timers = ALARMS.map(TimerFd::nonblocking);
    for timer in timers.iter().flatten() {
        timer.set(NONE, ARMED)?;
    }
    let _without = WithoutWakeAlarm::new()?;
    for clock in ALARMS {
        check_eq!(TimerFd::new(clock).err(), Some(Errno::PERM));
        check_eq!(TimerFd::nonblocking(clock).err(), Some(Errno::PERM));
        check_eq!(TimerFd::with_flags(clock, TimerFdFlags::empty()).err(), Some(Errno::PERM));
        clock.now()?;
    }
    for timer in timers.iter().flatten() {
        arming_is(timer, Errno::PERM)?;
        check_eq!(timer.set(SetTimeFlags::from_bits_retain(4), ARMED), Err(Errno::INVAL));
        is_still_armed(timer)?;
        check_eq!(timer.take(), Ok(None));
    }
    Ok(())
}

pub fn a_bad_clock_or_flag_is_inval_before_the_capability_is_looked_at() -> Outcome {
    let _without = WithoutWakeAlarm::new()?;
    for clock in [-1, 2, 3, 4, 5, 6, 10, 11, 12, i32::MAX, i32::MIN] {
        check_eq!(sys::timerfd_create(clock, TimerFdFlags::empty()).err(), Some(Errno::INVAL));
    }
    for clock in ALARMS {
        match TimerFd::with_flags(clock, TimerFdFlags::from_bits_retain(1 << 30)).err() {
            Some(Errno::PERM) if kernel::is_emulated() => return Err(DROPS_FLAGS),
            result => check_eq!(result, Some(Errno::INVAL)),
        }
    }
    Ok(())
}

pub fn an_alarm_clock_with_the_capability_is_a_clock_like_another() -> Outcome {
    for clock in ALARMS {
        let timer = match TimerFd::nonblocking(clock) {
            Err(Errno::PERM) if has_wake_alarm()? => {
                return Err(Unpassed::NotApplicable("not in the initial user namespace, where CAP_WAKE_ALARM counts"));
            }
            Err(Errno::PERM) => return Err(Unpassed::NotApplicable("no CAP_WAKE_ALARM")),
            timer => timer?,
        };
        timer.set(NONE, ARMED)?;
        is_still_armed(&timer)?;
        for deadline in [Duration::ZERO, clock.now()?] {
            timer.arm_at(deadline)?;
            check!(matches!(timer.wait()?, Tick::Expired(n) if n.get() == 1));
        }
    }
    Ok(())
}

/// For the kernel, a zero disarms.
pub fn a_zero_delay_or_deadline_is_due_at_once() -> Outcome {
    let arming: [fn(&TimerFd) -> barefd::Result<()>; 4] = [
        |timer| timer.arm_after(Duration::ZERO),
        |timer| timer.arm_at(Duration::ZERO),
        |timer| timer.arm_every_at(Duration::ZERO, HOUR),
        |timer| timer.arm_at_cancel_on_set(Duration::ZERO).map(drop),
    ];
    for clock in PLAIN {
        for arm in arming {
            let timer = TimerFd::nonblocking(clock)?;
            arm(&timer)?;
            becomes_readable(&timer)?;
            check_in!(timer.read()?, 1..);
        }
    }
    Ok(())
}

pub fn a_zero_period_is_inval_and_changes_nothing() -> Outcome {
    let timer = expired()?;
    check_eq!(timer.arm_every(Duration::ZERO), Err(Errno::INVAL));
    check_eq!(timer.arm_every_at(HOUR, Duration::ZERO), Err(Errno::INVAL));
    check_eq!(timer.arm_every_at(Duration::ZERO, Duration::ZERO), Err(Errno::INVAL));
    check_eq!(timer.read(), Ok(1));
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    Ok(())
}

pub fn more_than_i64_seconds_are_overflow_and_change_nothing() -> Outcome {
    for long in TOO_LONG {
        for timer in [expired()?, armed()?] {
            let (before, events_before) = (timer.get()?, events(&timer, PollFlags::IN)?);
            check_eq!(timer.arm_after(long), Err(Errno::OVERFLOW));
            check_eq!(timer.arm_every(long), Err(Errno::OVERFLOW));
            check_eq!(timer.arm_at(long), Err(Errno::OVERFLOW));
            check_eq!(timer.arm_every_at(HOUR, long), Err(Errno::OVERFLOW));
            check_eq!(timer.arm_every_at(long, HOUR), Err(Errno::OVERFLOW));
            check_eq!(timer.arm_at_cancel_on_set(long), Err(Errno::OVERFLOW));
            for spec in [TimerSpec::once(long), TimerSpec { initial: Duration::ZERO, interval: long }] {
                check_eq!(timer.set(SetTimeFlags::empty(), spec), Err(Errno::OVERFLOW));
                check_eq!(timer.replace(SetTimeFlags::empty(), spec), Err(Errno::OVERFLOW));
            }
            check_in!(timer.get()?.initial, ..=before.initial);
            check_eq!(timer.get()?.interval, before.interval);
            check_eq!(events(&timer, PollFlags::IN), Ok(events_before));
        }
    }
    Ok(())
}

pub fn a_timer_is_never_early() -> Outcome {
    for clock in PLAIN {
        let timer = TimerFd::nonblocking(clock)?;
        let delay = Duration::from_millis(5);

        // This uses a delay, because a step of the time of day does not move it.
        let start = Clock::Monotonic.now()?;
        timer.arm_after(delay)?;
        becomes_readable(&timer)?;
        check_in!(Clock::Monotonic.now()? - start, delay..);
        check_eq!(timer.read(), Ok(1));

        let start = Clock::Monotonic.now()?;
        timer.arm_every(delay)?;
        let mut periods = 0;
        while periods < 3 {
            becomes_readable(&timer)?;
            periods += timer.read()?;
            check_in!(Clock::Monotonic.now()? - start, delay * periods as u32..);
        }
    }
    Ok(())
}

pub fn one_expiration_is_all_that_a_delay_gives() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    timer.arm_after(Duration::from_nanos(1))?;
    becomes_readable(&timer)?;
    check_eq!(timer.read(), Ok(1));
    check_eq!(timer.read(), Err(Errno::AGAIN));
    check_eq!(timer.take(), Ok(None));
    check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::empty()));
    Ok(())
}

pub fn a_deadline_in_the_past_is_one_expiration() -> Outcome {
    for clock in PLAIN {
        let timer = TimerFd::nonblocking(clock)?;
        timer.arm_at(clock.now()?)?;
        becomes_readable(&timer)?;
        check_eq!(timer.read(), Ok(1));
    }
    Ok(())
}

/// The period is longer than the coarsest clock tick of a kernel without high-resolution timers, which cannot keep a
/// shorter one.
pub fn a_period_from_the_past_on_gives_every_expiration_that_was_missed() -> Outcome {
    let period = Duration::from_millis(20);
    for clock in PLAIN {
        let timer = TimerFd::nonblocking(clock)?;
        let first = clock.now()?;
        barefd::poll(&mut [], Some(4 * period))?;
        let before = clock.now()?;
        timer.arm_every_at(first, period)?;
        becomes_readable(&timer)?;
        let count = timer.read()?;
        check_in!(count, beats(first, period, before)..=beats(first, period, clock.now()?));
    }
    Ok(())
}

pub fn a_metronome_loses_no_beat_and_keeps_its_phase() -> Outcome {
    let period = Duration::from_millis(20);
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let first = Clock::Monotonic.now()? + period;
    timer.arm_every_at(first, period)?;
    let mut total = 0;
    while total < 4 {
        becomes_readable(&timer)?;
        let before = Clock::Monotonic.now()?;
        total += timer.read()?;
        check_in!(total, beats(first, period, before)..=beats(first, period, Clock::Monotonic.now()?));
    }
    Ok(())
}

/// The kernel counts the later expirations when somebody reads.
pub fn expirations_add_up_until_they_are_read() -> Outcome {
    let period = Duration::from_millis(20);
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let first = Clock::Monotonic.now()? + period;
    timer.arm_every_at(first, period)?;
    becomes_readable(&timer)?;
    barefd::poll(&mut [], Some(3 * period))?;
    let before = Clock::Monotonic.now()?;
    let count = timer.read()?;
    check_in!(count, beats(first, period, before)..=beats(first, period, Clock::Monotonic.now()?));
    check_in!(count, 4..);
    check_in!(timer.get()?.initial, ..=period);
    Ok(())
}

pub fn wait_gives_the_expirations_blocking_or_not() -> Outcome {
    for flags in [TimerFdFlags::empty(), TimerFdFlags::NONBLOCK] {
        let timer = TimerFd::with_flags(Clock::Monotonic, flags)?;
        let start = Clock::Monotonic.now()?;
        timer.arm_after(Duration::from_millis(2))?;
        check!(matches!(timer.wait()?, Tick::Expired(n) if n.get() == 1));
        check_in!(Clock::Monotonic.now()? - start, Duration::from_millis(2)..);
    }
    Ok(())
}

pub fn poll_takes_nothing_from_a_timer() -> Outcome {
    let timer = expired()?;
    check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::IN));
    check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::IN));
    check!(matches!(timer.take()?, Some(Tick::Expired(n)) if n.get() == 1));
    check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::empty()));
    Ok(())
}

pub fn a_timer_cannot_be_written() -> Outcome {
    let (idle, timer) = (armed()?, expired()?);
    check_eq!(events(&idle, PollFlags::OUT), Ok(PollFlags::empty()));
    check_eq!(events(&timer, PollFlags::OUT), Ok(PollFlags::empty()));
    check_eq!(sys::write(timer.as_fd(), &1_u64.to_ne_bytes()), Err(Errno::INVAL));
    check_eq!(timer.read(), Ok(1));
    Ok(())
}

pub fn a_short_read_is_inval_even_where_it_would_block() -> Outcome {
    for timer in [armed()?, expired()?] {
        check_eq!(sys::read(timer.as_fd(), &mut [0; 1]), Err(Errno::INVAL));
        check_eq!(sys::read(timer.as_fd(), &mut [0; 7]), Err(Errno::INVAL));
    }
    Ok(())
}

pub fn a_long_read_gives_eight_bytes() -> Outcome {
    let mut buf = [0xee; 16];
    check_eq!(sys::read(expired()?.as_fd(), &mut buf), Ok(8));
    check_eq!(buf[..8], 1_u64.to_ne_bytes());
    check_eq!(buf[8..], [0xee; 8]);
    Ok(())
}

/// Kernels before about 6.10 treat each part as a separate read.
pub fn a_read_may_be_split_on_newer_kernels() -> Outcome {
    let timer = expired()?;
    let mut buf = [0; 8];
    match kernel::readv_halves(&timer, &mut buf) {
        Err(Errno::INVAL) => check_eq!(timer.read(), Ok(1)),
        result => {
            check_eq!(result, Ok(8));
            check_eq!(timer.take(), Ok(None));
        }
    }
    Ok(())
}

pub fn a_read_to_a_bad_address_is_fault_and_loses_the_expirations() -> Outcome {
    let timer = expired()?;
    check_eq!(kernel::read_nowhere(&timer, 8), Err(Errno::FAULT));
    match timer.read() {
        Ok(1) if kernel::is_emulated() => {
            Err(Unpassed::NotApplicable("an emulator refuses the address before the kernel is asked"))
        }
        result => {
            check_eq!(result, Err(Errno::AGAIN));
            Ok(())
        }
    }
}

pub fn a_deadline_that_no_step_canceled_is_a_fresh_one() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Realtime)?;
    check_eq!(timer.arm_at_cancel_on_set(Clock::Realtime.now()? + HOUR), Ok(Armed::Fresh));
    check_in!(timer.get()?.initial, HOUR / 2..=HOUR);
    check_eq!(timer.take(), Ok(None));
    check_eq!(timer.arm_at_cancel_on_set(Clock::Realtime.now()?), Ok(Armed::Fresh));
    becomes_readable(&timer)?;
    check!(matches!(timer.take()?, Some(Tick::Expired(n)) if n.get() == 1));
    Ok(())
}

pub fn a_new_deadline_takes_the_place_of_the_last() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    timer.arm_every(HOUR)?;
    check_in!(timer.get()?.initial, HOUR / 2..=HOUR);
    check_eq!(timer.get()?.interval, HOUR);
    timer.arm_after(DAY)?;
    check_in!(timer.get()?.initial, DAY - HOUR..=DAY);
    check_eq!(timer.get()?.interval, Duration::ZERO);
    timer.arm_every_at(Clock::Monotonic.now()? + HOUR, DAY)?;
    is_still_armed(&timer)?;
    timer.arm_at(Duration::ZERO)?;
    check_eq!(barefd::poll(&mut [barefd::PollFd::new(&timer, PollFlags::IN)], Some(SOON)), Ok(1));
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    Ok(())
}

pub fn a_spec_says_what_it_is_made_of() -> Outcome {
    check_eq!(TimerSpec::once(HOUR), TimerSpec { initial: HOUR, interval: Duration::ZERO });
    check_eq!(TimerSpec::every(HOUR), TimerSpec { initial: HOUR, interval: HOUR });
    check!(TimerSpec::once(Duration::from_nanos(1)).is_armed());
    check!(TimerSpec { initial: Duration::ZERO, interval: Duration::from_nanos(1) }.is_armed());
    check!(!TimerSpec::once(Duration::ZERO).is_armed());
    Ok(())
}

/// A setting survives the way to the kernel's struct, through `sys`, and back.
pub fn a_spec_is_the_kernels_struct_in_other_types() -> Outcome {
    for spec in [TimerSpec::DISARMED, ARMED, TimerSpec { initial: Duration::new(5, 999_999_999), interval: DAY }] {
        check_eq!(Itimerspec::try_from(spec).and_then(TimerSpec::try_from), Ok(spec));
    }
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    time::timerfd_settime(timer.as_fd(), NONE, &ARMED.try_into()?, None)?;
    is_still_armed(&timer)?;
    check_eq!(TimerSpec::try_from(time::timerfd_gettime(timer.as_fd())?)?.interval, ARMED.interval);

    let long = Duration::new(i64::MAX as u64 + 1, 0);
    check_eq!(Itimerspec::try_from(TimerSpec::once(long)), Err(Errno::OVERFLOW));
    check_eq!(Itimerspec::try_from(TimerSpec { initial: HOUR, interval: long }), Err(Errno::OVERFLOW));
    for (interval, value) in [((0, -1), (0, 0)), ((0, 0), (-1, 0)), ((0, 0), (0, 1_000_000_000))] {
        check_eq!(TimerSpec::try_from(spec(interval, value)), Err(Errno::INVAL));
    }
    Ok(())
}
