//! The calls that take a time, with 64-bit seconds on every ABI.
//!
//! On a 32-bit ABI these functions try the time64 call first. They use the old call only after `ENOSYS`, and only for a
//! value that fits. They remember nothing between calls: a filter or a checkpoint may change the kernel's answer.

#[cfg(not(time64))]
pub(crate) use crate::sys::{clock_gettime, ppoll, timerfd_gettime, timerfd_settime};

#[cfg(all(time64, not(time32)))]
pub(crate) use crate::sys::{
    clock_gettime64 as clock_gettime, ppoll_time64 as ppoll, timerfd_gettime64 as timerfd_gettime,
    timerfd_settime64 as timerfd_settime,
};

#[cfg(time32)]
pub(crate) use fallback::{clock_gettime, ppoll, timerfd_gettime, timerfd_settime};

#[cfg(time32)]
mod fallback {
    use crate::abi::{Itimerspec, OldItimerspec32, OldTimespec32, Timespec};
    use crate::errno::{Errno, Result};
    use crate::fd::BorrowedFd;
    use crate::flags::SetTimeFlags;
    use crate::pollfd::PollFd;
    use crate::signal::SigSet;
    use crate::sys;

    fn narrow(time: Timespec) -> Result<OldTimespec32> {
        match (i32::try_from(time.tv_sec), i32::try_from(time.tv_nsec)) {
            (Ok(tv_sec), Ok(tv_nsec)) => Ok(OldTimespec32 { tv_sec, tv_nsec }),
            _ => Err(Errno::OVERFLOW),
        }
    }

    fn widen(time: OldTimespec32) -> Timespec {
        Timespec { tv_sec: time.tv_sec.into(), tv_nsec: time.tv_nsec.into() }
    }

    fn widen_both(spec: OldItimerspec32) -> Itimerspec {
        Itimerspec { it_interval: widen(spec.it_interval), it_value: widen(spec.it_value) }
    }

    pub(crate) fn timerfd_settime(
        fd: BorrowedFd<'_>,
        flags: SetTimeFlags,
        new: &Itimerspec,
        mut old: Option<&mut Itimerspec>,
    ) -> Result<()> {
        match sys::timerfd_settime64(fd, flags, new, old.as_deref_mut()) {
            Err(Errno::NOSYS) => {}
            result => return result,
        }
        let new = OldItimerspec32 { it_interval: narrow(new.it_interval)?, it_value: narrow(new.it_value)? };
        match old {
            None => sys::timerfd_settime(fd, flags, &new, None),
            Some(old) => {
                let mut old32 = OldItimerspec32::default();
                sys::timerfd_settime(fd, flags, &new, Some(&mut old32))?;
                *old = widen_both(old32);
                Ok(())
            }
        }
    }

    pub(crate) fn timerfd_gettime(fd: BorrowedFd<'_>) -> Result<Itimerspec> {
        match sys::timerfd_gettime64(fd) {
            Err(Errno::NOSYS) => sys::timerfd_gettime(fd).map(widen_both),
            result => result,
        }
    }

    pub(crate) fn ppoll(
        fds: &mut [PollFd<'_>],
        mut timeout: Option<&mut Timespec>,
        sigmask: Option<&SigSet>,
    ) -> Result<usize> {
        match sys::ppoll_time64(fds, timeout.as_deref_mut(), sigmask) {
            Err(Errno::NOSYS) => {}
            result => return result,
        }
        // A timeout of more than 68 years means for ever, like a timeout beyond the range of the 64-bit call.
        match timeout.map(|timeout| (narrow(*timeout), timeout)) {
            None | Some((Err(_), _)) => sys::ppoll(fds, None, sigmask),
            Some((Ok(mut timeout32), timeout)) => {
                let result = sys::ppoll(fds, Some(&mut timeout32), sigmask);
                *timeout = widen(timeout32);
                result
            }
        }
    }

    pub(crate) fn clock_gettime(clockid: i32) -> Result<Timespec> {
        match sys::clock_gettime64(clockid) {
            Err(Errno::NOSYS) => sys::clock_gettime(clockid).map(widen),
            result => result,
        }
    }
}
