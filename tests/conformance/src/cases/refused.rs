//! Cases under a filter that answers `EPERM` to the calls with 64-bit times. The types return this error, like any
//! error except `ENOSYS`. If the old calls come first, the types return it only for a value that does not fit into the
//! old calls. These cases run separately from the others.

use core::num::NonZeroU64;
use core::time::Duration;

use barefd::fd::AsFd;
use barefd::sys::{self, OldItimerspec32, OldTimespec32, Timespec};
use barefd::{
    Armed, Clock, Epoll, EpollEvent, EpollFlags, Errno, EventFd, PollFd, PollFlags, SetTimeFlags, Tick, TimerFd,
    TimerSpec,
};

use super::{DAY, arming_is, spec};
use crate::Outcome;

const NONE: SetTimeFlags = SetTimeFlags::empty();

pub fn the_calls_with_64_bit_times_are_perm() -> Outcome {
    let timer = TimerFd::new(Clock::Monotonic)?;
    check_eq!(sys::timerfd_settime64(timer.as_fd(), NONE, &spec((0, 0), (1, 0)), None), Err(Errno::PERM));
    check_eq!(sys::timerfd_gettime64(timer.as_fd()), Err(Errno::PERM));
    check_eq!(sys::ppoll_time64(&mut [], Some(&mut Timespec::default()), None), Err(Errno::PERM));
    check_eq!(sys::clock_gettime64(0), Err(Errno::PERM));
    let (epoll, mut events) = (Epoll::new()?, [EpollEvent::default()]);
    check_eq!(sys::epoll_pwait2(epoll.as_fd(), &mut events, None, None), Err(Errno::PERM));
    Ok(())
}

pub fn a_timer_hands_perm_on_and_tries_nothing_else() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let value = OldTimespec32 { tv_sec: DAY.as_secs() as i32, tv_nsec: 0 };
    let kept = OldItimerspec32 { it_interval: value, it_value: value };
    sys::timerfd_settime(timer.as_fd(), NONE, &kept, None)?;

    arming_is(&timer, Errno::PERM)?;
    check_eq!(timer.get(), Err(Errno::PERM));

    let left = sys::timerfd_gettime(timer.as_fd())?;
    check_eq!(left.it_interval, value);
    check_in!(left.it_value.tv_sec, 1..=value.tv_sec);
    Ok(())
}

pub fn a_poll_hands_perm_on() -> Outcome {
    let event = EventFd::new(1)?;
    for timeout in [Duration::ZERO, DAY] {
        check_eq!(barefd::poll(&mut [PollFd::new(&event, PollFlags::IN)], Some(timeout)), Err(Errno::PERM));
    }
    // `poll` takes no time.
    let for_ever = if cfg!(nr = "poll") { Ok(1) } else { Err(Errno::PERM) };
    for timeout in [Some(Duration::MAX), None] {
        check_eq!(barefd::poll(&mut [PollFd::new(&event, PollFlags::IN)], timeout), for_ever);
    }
    Ok(())
}

pub fn a_wait_hands_perm_on_if_it_has_to_poll() -> Outcome {
    let event = EventFd::nonblocking(1)?;
    check_eq!(event.wait(), Ok(1));
    let (timer, deadline) = (TimerFd::nonblocking(Clock::Monotonic)?, OldTimespec32 { tv_sec: 0, tv_nsec: 1_000_000 });
    let soon = OldItimerspec32 { it_value: deadline, ..Default::default() };
    sys::timerfd_settime(timer.as_fd(), NONE, &soon, None)?;
    check_eq!(timer.wait().is_ok(), cfg!(nr = "poll"));
    if !cfg!(nr = "poll") {
        check_eq!(event.wait(), Err(Errno::PERM));
    }
    Ok(())
}

pub fn a_wait_on_a_set_hands_perm_on_if_it_has_a_timeout() -> Outcome {
    let (epoll, event) = (Epoll::new()?, EventFd::new(1)?);
    epoll.add(&event, EpollFlags::IN, 7)?;
    let mut events = [EpollEvent::default()];
    for timeout in [Duration::from_nanos(1), DAY] {
        check_eq!(epoll.wait(&mut events, Some(timeout)), Err(Errno::PERM));
    }
    for timeout in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
        check_eq!(epoll.wait(&mut events, timeout).map(<[_]>::len), Ok(1));
    }
    Ok(())
}

pub fn a_clock_hands_perm_on() -> Outcome {
    for clock in [Clock::Realtime, Clock::Monotonic, Clock::Boottime, Clock::RealtimeAlarm, Clock::BoottimeAlarm] {
        check_eq!(clock.now(), Err(Errno::PERM));
    }
    Ok(())
}

pub fn what_takes_no_time_is_not_touched() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    event.notify()?;
    check_eq!(event.take(), Ok(Some(1)));
    check_eq!(TimerFd::nonblocking(Clock::Boottime)?.take(), Ok(None));
    Ok(())
}

/// Each of these calls would fail if it made a system call with 64-bit times.
pub fn what_fits_takes_the_old_calls() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let last = TimerSpec::every(Duration::new(i32::MAX as u64, 999_999_999));
    timer.set(NONE, last)?;
    check_eq!(timer.get()?.interval, last.interval);
    check_eq!(timer.replace(NONE, TimerSpec::DISARMED)?.interval, last.interval);
    timer.arm_after(DAY)?;
    timer.arm_every(DAY)?;
    timer.arm_every_at(DAY, DAY)?;
    check_eq!(timer.arm_at_cancel_on_set(DAY), Ok(Armed::Fresh));
    timer.disarm()?;
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));

    timer.arm_at(Duration::ZERO)?;
    check_eq!(timer.wait(), Ok(Tick::Expired(NonZeroU64::MIN)));
    for timeout in [Some(Duration::ZERO), Some(Duration::from_nanos(1))] {
        check_eq!(barefd::poll(&mut [PollFd::new(&timer, PollFlags::IN)], timeout), Ok(0));
    }
    // A timeout that does not fit means for ever. So the old call can express it.
    let event = EventFd::new(1)?;
    for timeout in [Some(Duration::from_secs(1 << 31)), Some(Duration::MAX), None] {
        check_eq!(barefd::poll(&mut [PollFd::new(&event, PollFlags::IN)], timeout), Ok(1));
    }
    for clock in [Clock::Realtime, Clock::Monotonic, Clock::Boottime, Clock::RealtimeAlarm, Clock::BoottimeAlarm] {
        clock.now()?;
    }

    let epoll = Epoll::new()?;
    let mut events = [EpollEvent::default()];
    for nanos in [1, 1_000_001] {
        let (timeout, before) = (Duration::from_nanos(nanos), Clock::Monotonic.now()?);
        check_eq!(epoll.wait(&mut events, Some(timeout)).map(<[_]>::len), Ok(0));
        check_in!(Clock::Monotonic.now()? - before, timeout..);
    }
    epoll.add(&event, EpollFlags::IN, 7)?;
    for timeout in [Some(Duration::from_secs(1 << 31)), Some(Duration::MAX), None] {
        check_eq!(epoll.wait(&mut events, timeout).map(<[_]>::len), Ok(1));
    }
    Ok(())
}

pub fn what_does_not_fit_hands_perm_on() -> Outcome {
    const TOO_LONG: Duration = Duration::from_secs(1 << 31);

    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    timer.arm_every(DAY)?;
    check_eq!(timer.arm_after(TOO_LONG), Err(Errno::PERM));
    check_eq!(timer.arm_every(TOO_LONG), Err(Errno::PERM));
    check_eq!(timer.arm_at(TOO_LONG), Err(Errno::PERM));
    check_eq!(timer.arm_every_at(DAY, TOO_LONG), Err(Errno::PERM));
    check_eq!(timer.arm_every_at(TOO_LONG, DAY), Err(Errno::PERM));
    check_eq!(timer.arm_at_cancel_on_set(TOO_LONG), Err(Errno::PERM));
    check_eq!(timer.set(NONE, TimerSpec::once(TOO_LONG)), Err(Errno::PERM));
    check_eq!(timer.replace(NONE, TimerSpec::once(TOO_LONG)), Err(Errno::PERM));
    check_eq!(timer.get()?.interval, DAY);
    Ok(())
}
