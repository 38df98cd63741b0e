//! Expirations that a program sets itself: `TFD_IOC_SET_TICKS`.

use core::num::NonZeroU64;

use barefd::fd::AsFd;
use barefd::{Clock, Errno, EventFd, PollFlags, Tick, TimerFd, TimerSpec, sys};

use super::{FdInfo, armed, becomes_readable, events, expired, is_still_armed, set_ticks};
use crate::{Outcome, kernel};

pub fn a_read_takes_the_ticks_that_were_set() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    for ticks in [1, 13, 1 << 32, u64::MAX] {
        if !set_ticks(&timer, ticks)? {
            check_eq!(timer.set_ticks(NonZeroU64::MIN), Err(Errno::NOTTY));
            check_eq!(timer.take(), Ok(None));
            continue;
        }
        check_eq!(events(&timer, PollFlags::IN), Ok(PollFlags::IN));
        check_eq!(timer.read(), Ok(ticks));
        check_eq!(timer.take(), Ok(None));
    }
    Ok(())
}

pub fn ticks_replace_those_that_nobody_read() -> Outcome {
    let timer = expired()?;
    if set_ticks(&timer, 5)? {
        check_eq!(timer.set_ticks(NonZeroU64::MIN.saturating_add(2)), Ok(()));
        check!(matches!(timer.take()?, Some(Tick::Expired(n)) if n.get() == 3));
    } else {
        check_eq!(timer.read(), Ok(1));
    }
    Ok(())
}

pub fn ticks_arm_and_disarm_nothing() -> Outcome {
    let (idle, timer) = (TimerFd::nonblocking(Clock::Monotonic)?, armed()?);
    set_ticks(&idle, 2)?;
    check_eq!(idle.get(), Ok(TimerSpec::DISARMED));
    set_ticks(&timer, 2)?;
    is_still_armed(&timer)
}

pub fn no_ticks_are_inval_and_keep_those_that_nobody_read() -> Outcome {
    let timer = expired()?;
    let none = sys::timerfd_set_ticks(timer.as_fd(), 0);
    if set_ticks(&timer, 4)? {
        check_eq!(none, Err(Errno::INVAL));
        check_eq!(sys::timerfd_set_ticks(timer.as_fd(), 0), Err(Errno::INVAL));
        check_eq!(timer.read(), Ok(4));
    } else {
        check_eq!(none, Err(Errno::NOTTY));
        check_eq!(timer.read(), Ok(1));
    }
    Ok(())
}

pub fn ticks_are_for_timers_alone() -> Outcome {
    set_ticks(&expired()?, 1)?;
    let (event, (read, write)) = (EventFd::nonblocking(0)?, kernel::pipe()?);
    for fd in [event.as_fd(), read.as_fd(), write.as_fd()] {
        check_eq!(sys::timerfd_set_ticks(fd, 1), Err(Errno::NOTTY));
    }
    check_eq!(event.take(), Ok(None));
    check_eq!(sys::timerfd_set_ticks(kernel::not_open(), 1), Err(Errno::BADF));
    Ok(())
}

pub fn ticks_end_a_wait() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    if set_ticks(&timer, 6)? {
        becomes_readable(&timer)?;
        check!(matches!(timer.wait()?, Tick::Expired(n) if n.get() == 6));
    }
    Ok(())
}

pub fn ticks_at_a_bad_address_are_fault() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let expected = if set_ticks(&timer, 1)? { Errno::FAULT } else { Errno::NOTTY };
    check_eq!(kernel::set_ticks_from_nowhere(&timer, 0), Err(expected));
    check_eq!(kernel::set_ticks_from_nowhere(&timer, 1), Err(Errno::NOTTY));
    Ok(())
}

pub fn proc_shows_a_timers_clock_ticks_and_times() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Boottime)?;
    timer.set(barefd::SetTimeFlags::CANCEL_ON_SET, super::ARMED)?;
    let info = FdInfo::of(&timer)?;
    check_eq!(info.field("clockid"), Some("7"));
    check_eq!(info.field("ticks"), Some("0"));
    check_eq!(info.field("settime flags"), Some("02"));
    check_eq!(info.field("it_interval"), Some("(86400, 0)"));
    check!(info.field("it_value").is_some_and(|value| value.starts_with("(35") || value == "(3600, 0)"));
    check_eq!(FdInfo::of(&expired()?)?.field("ticks"), Some("1"));
    Ok(())
}
