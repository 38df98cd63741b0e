//! The clocks.

use core::time::Duration;

use barefd::{Clock, Errno, TimerFd};

use super::{HOUR, becomes_readable};
use crate::Outcome;
use crate::kernel::time;

const BASES: [Clock; 3] = [Clock::Realtime, Clock::Monotonic, Clock::Boottime];

pub fn monotonic_time_never_goes_back() -> Outcome {
    for clock in [Clock::Monotonic, Clock::Boottime, Clock::BoottimeAlarm] {
        let mut last = clock.now()?;
        for _ in 0..100 {
            let now = clock.now()?;
            check_in!(now, last..);
            last = now;
        }
    }
    Ok(())
}

pub fn now_is_the_kernels_time_to_the_nanosecond() -> Outcome {
    for clock in BASES {
        let before = time::clock_gettime(clock.id())?;
        let now = clock.now()?;
        let after = time::clock_gettime(clock.id())?;
        let now = (now.as_secs() as i64, i64::from(now.subsec_nanos()));
        check_in!(now, (before.tv_sec, before.tv_nsec)..=(after.tv_sec, after.tv_nsec));
    }
    Ok(())
}

pub fn an_alarm_clock_reads_as_the_clock_it_is_based_on() -> Outcome {
    for (alarm, base) in [(Clock::RealtimeAlarm, Clock::Realtime), (Clock::BoottimeAlarm, Clock::Boottime)] {
        let before = base.now()?;
        let now = alarm.now()?;
        check_in!(now, before..=base.now()?);
    }
    Ok(())
}

pub fn an_unknown_clock_is_inval() -> Outcome {
    for id in [10, 12, -1, i32::MAX] {
        check_eq!(time::clock_gettime(id), Err(Errno::INVAL));
    }
    Ok(())
}

pub fn a_deadline_is_a_time_on_the_timers_own_clock() -> Outcome {
    for clock in BASES {
        let timer = TimerFd::nonblocking(clock)?;
        let before = clock.now()?;
        timer.arm_at(before + HOUR)?;
        let left = timer.get()?.initial;
        let passed = clock.now()?.saturating_sub(before);
        check_in!(left, HOUR.saturating_sub(passed)..=HOUR);

        let deadline = clock.now()? + Duration::from_millis(5);
        timer.arm_at(deadline)?;
        becomes_readable(&timer)?;
        check_in!(clock.now()?, deadline..);
        check_eq!(timer.read(), Ok(1));
    }
    Ok(())
}
