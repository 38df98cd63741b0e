//! The calls with 32-bit times, on the 32-bit ABIs that have both kinds.

use barefd::fd::AsFd;
use barefd::sys::{self, OldItimerspec32, OldTimespec32};
use barefd::{Clock, Errno, EventFd, PollFd, PollFlags, SetTimeFlags, Signal, TIME32_FIRST, TimerFd, TimerSpec};

use super::{DAY, HOUR, armed, is_still_armed, spec};
use crate::kernel::{self, not_open, time64_kills, time64_refused};
use crate::{Outcome, Unpassed};

const NONE: SetTimeFlags = SetTimeFlags::empty();

/// A kernel without `CONFIG_COMPAT_32BIT_TIME` has none of these calls.
fn are_there() -> Outcome {
    if sys::timerfd_gettime(not_open()) != Err(Errno::NOSYS) {
        return Ok(());
    }
    check_eq!(sys::timerfd_settime(not_open(), NONE, &OldItimerspec32::default(), None), Err(Errno::NOSYS));
    check_eq!(sys::ppoll(&mut [], Some(&mut OldTimespec32::default()), None), Err(Errno::NOSYS));
    check_eq!(sys::clock_gettime(Clock::Monotonic.id()), Err(Errno::NOSYS));
    Err(Unpassed::NotApplicable("a kernel without CONFIG_COMPAT_32BIT_TIME"))
}

pub fn the_calls_with_64_bit_times_are_there_or_are_all_refused() -> Outcome {
    let set = |errno| {
        check_eq!(sys::timerfd_settime64(not_open(), NONE, &spec((0, 0), (0, 0)), None).err(), errno);
        Ok(())
    };
    if time64_kills() {
        let calls: [fn() -> bool; 4] = [
            || sys::timerfd_settime64(not_open(), NONE, &spec((0, 0), (0, 0)), None).is_ok(),
            || sys::timerfd_gettime64(not_open()).is_ok(),
            || sys::ppoll_time64(&mut [], Some(&mut sys::Timespec::default()), None).is_ok(),
            || sys::clock_gettime64(Clock::Monotonic.id()).is_ok(),
        ];
        for call in calls {
            // SAFETY: the new process makes only system calls, and ends here.
            let Some(process) = (unsafe { kernel::fork() })? else { sys::exit_group(call().into()) };
            check_eq!(kernel::wait(process), Ok(Signal::SYS.raw() as i32));
        }
    } else if time64_refused() {
        set(Some(Errno::NOSYS))?;
        check_eq!(sys::ppoll_time64(&mut [], Some(&mut sys::Timespec::default()), None), Err(Errno::NOSYS));
        check_eq!(sys::clock_gettime64(Clock::Monotonic.id()), Err(Errno::NOSYS));
    } else {
        set(Some(Errno::BADF))?;
        check_eq!(sys::ppoll_time64(&mut [], Some(&mut sys::Timespec::default()), None), Ok(0));
        check!(sys::clock_gettime64(Clock::Monotonic.id()).is_ok());
    }
    Ok(())
}

pub fn the_old_calls_arm_and_tell_the_same_timer() -> Outcome {
    are_there()?;
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let time = |seconds: u64| OldTimespec32 { tv_sec: seconds as i32, tv_nsec: 0 };
    let new = OldItimerspec32 { it_interval: time(DAY.as_secs()), it_value: time(HOUR.as_secs()) };
    sys::timerfd_settime(timer.as_fd(), NONE, &new, None)?;
    is_still_armed(&timer)?;

    let left = sys::timerfd_gettime(timer.as_fd())?;
    check_eq!(left.it_interval, time(DAY.as_secs()));
    check_in!(left.it_value.tv_sec, 1..=HOUR.as_secs() as i32);

    let mut old = OldItimerspec32::default();
    sys::timerfd_settime(timer.as_fd(), NONE, &OldItimerspec32::default(), Some(&mut old))?;
    check_eq!(old.it_interval, time(DAY.as_secs()));
    check_in!((old.it_value.tv_sec, old.it_value.tv_nsec), ..=(left.it_value.tv_sec, left.it_value.tv_nsec));
    check_eq!(timer.get(), Ok(TimerSpec::DISARMED));
    Ok(())
}

pub fn the_old_calls_refuse_what_is_out_of_range() -> Outcome {
    are_there()?;
    let (timer, event) = (armed()?, EventFd::new(1)?);
    for (tv_sec, tv_nsec) in [(0, 1_000_000_000), (0, -1), (-1, 0)] {
        let bad = OldTimespec32 { tv_sec, tv_nsec };
        for new in [
            OldItimerspec32 { it_interval: bad, ..Default::default() },
            OldItimerspec32 { it_value: bad, ..Default::default() },
        ] {
            check_eq!(sys::timerfd_settime(timer.as_fd(), NONE, &new, None), Err(Errno::INVAL));
        }
        let mut timeout = bad;
        check_eq!(sys::ppoll(&mut [PollFd::new(&event, PollFlags::IN)], Some(&mut timeout), None), Err(Errno::INVAL));
    }
    is_still_armed(&timer)
}

pub fn the_old_gettime_cuts_the_seconds_to_32_bits() -> Outcome {
    are_there()?;
    if time64_kills() {
        return Err(Unpassed::NotApplicable("a filter kills at the only call that has longer times"));
    }
    let timer = armed()?;
    let new = spec(((1 << 32) + 5, 7), ((1 << 32) + 3600, 0));
    match sys::timerfd_settime64(timer.as_fd(), NONE, &new, None) {
        Err(Errno::NOSYS) => {
            check_eq!(timer.set(NONE, TimerSpec { initial: HOUR, interval: HOUR * (1 << 20) }), Err(Errno::OVERFLOW));
            return is_still_armed(&timer);
        }
        result => result?,
    }
    let left = sys::timerfd_gettime(timer.as_fd())?;
    check_eq!(left.it_interval, OldTimespec32 { tv_sec: 5, tv_nsec: 7 });
    check_in!(left.it_value.tv_sec, 1..=3600);
    // The types do not use the old call if the kernel has the new one, unless the old one comes first.
    check_eq!(timer.get()?.interval.as_secs(), if TIME32_FIRST { 5 } else { (1 << 32) + 5 });

    // The call loses no bit of these.
    let last = TimerSpec::every(core::time::Duration::new(u32::MAX.into(), 7));
    timer.set(NONE, last)?;
    check_eq!(timer.get()?.interval, last.interval);
    check_in!(timer.get()?.initial, last.initial - HOUR..=last.initial);
    check_eq!(timer.replace(NONE, TimerSpec::DISARMED)?.interval, last.interval);
    Ok(())
}

pub fn the_old_ppoll_writes_the_time_that_is_left() -> Outcome {
    are_there()?;
    let event = EventFd::new(1)?;
    let mut timeout = OldTimespec32 { tv_sec: HOUR.as_secs() as i32, tv_nsec: 0 };
    check_eq!(sys::ppoll(&mut [PollFd::new(&event, PollFlags::IN)], Some(&mut timeout), None), Ok(1));
    check_in!(timeout.tv_sec, 1..HOUR.as_secs() as i32);
    check_in!(timeout.tv_nsec, 0..1_000_000_000);

    event.read()?;
    let mut timeout = OldTimespec32 { tv_sec: 0, tv_nsec: 1_000_000 };
    check_eq!(sys::ppoll(&mut [PollFd::new(&event, PollFlags::IN)], Some(&mut timeout), None), Ok(0));
    check_eq!(timeout, OldTimespec32::default());
    Ok(())
}

pub fn the_old_clock_gettime_is_the_same_time() -> Outcome {
    are_there()?;
    for clock in [Clock::Monotonic, Clock::Boottime] {
        let before = clock.now()?;
        let now = sys::clock_gettime(clock.id())?;
        let after = clock.now()?;
        let now = core::time::Duration::new(now.tv_sec as u64, now.tv_nsec as u32);
        check_in!(now, before..=after);
    }
    check_eq!(sys::clock_gettime(10), Err(Errno::INVAL));
    Ok(())
}
