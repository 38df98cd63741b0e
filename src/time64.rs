//! The calls that take a time, with 64-bit seconds on every ABI.
//!
//! If a 32-bit ABI has both kinds of calls, these functions try the time64 call first. They use the old call only after
//! `ENOSYS`, and only for a value that fits. With the feature `time32-first` they try the old call first, if the value
//! fits. That is for filters that kill the process at a time64 call. The functions store nothing between calls, because
//! a filter or a checkpoint may change the answer of the kernel.

/// Whether the old calls come first.
pub const TIME32_FIRST: bool = cfg!(all(time32, feature = "time32-first"));

#[cfg(not(time64))]
pub(crate) use crate::sys::{clock_gettime, ppoll, timerfd_gettime, timerfd_settime};

#[cfg(all(time64, not(time32)))]
pub(crate) use crate::sys::{
    clock_gettime64 as clock_gettime, ppoll_time64 as ppoll, timerfd_gettime64 as timerfd_gettime,
    timerfd_settime64 as timerfd_settime,
};

#[cfg(time32)]
pub(crate) use both::{clock_gettime, ppoll, timerfd_gettime, timerfd_settime};

#[cfg(time32)]
mod both {
    use crate::abi::{Itimerspec, OldItimerspec32, OldTimespec32, Timespec};
    use crate::errno::{Errno, Result};
    use crate::fd::BorrowedFd;
    use crate::flags::SetTimeFlags;
    use crate::pollfd::PollFd;
    use crate::signal::SigSet;
    use crate::sys;

    #[derive(Clone, Copy)]
    enum Kind {
        Time32,
        Time64,
    }

    const ORDER: [Kind; 2] =
        if super::TIME32_FIRST { [Kind::Time32, Kind::Time64] } else { [Kind::Time64, Kind::Time32] };

    /// Makes the call of the first kind. `call` returns `None` if the value does not fit into that kind. Then, or if
    /// the kernel does not have the call, it makes the call of the second kind. A value that fits into neither is
    /// `EOVERFLOW`.
    #[inline]
    fn in_order<T>(mut call: impl FnMut(Kind) -> Option<Result<T>>) -> Result<T> {
        let [first, second] = ORDER;
        match call(first) {
            Some(Err(Errno::NOSYS)) => call(second).unwrap_or(Err(Errno::OVERFLOW)),
            Some(result) => result,
            None => match call(second) {
                Some(Err(Errno::NOSYS)) | None => Err(Errno::OVERFLOW),
                Some(result) => result,
            },
        }
    }

    fn narrow(time: Timespec) -> Option<OldTimespec32> {
        match (i32::try_from(time.tv_sec), i32::try_from(time.tv_nsec)) {
            (Ok(tv_sec), Ok(tv_nsec)) => Some(OldTimespec32 { tv_sec, tv_nsec }),
            _ => None,
        }
    }

    fn widen(time: OldTimespec32) -> Timespec {
        Timespec { tv_sec: time.tv_sec.into(), tv_nsec: time.tv_nsec.into() }
    }

    /// A timer's seconds are never negative. So the 32 bits that the kernel keeps are the whole number up to 136 years.
    fn widen_timer(time: OldTimespec32) -> Timespec {
        Timespec { tv_sec: (time.tv_sec as u32).into(), tv_nsec: time.tv_nsec.into() }
    }

    fn widen_both(spec: OldItimerspec32) -> Itimerspec {
        Itimerspec { it_interval: widen_timer(spec.it_interval), it_value: widen_timer(spec.it_value) }
    }

    #[inline]
    pub(crate) fn timerfd_settime(
        fd: BorrowedFd<'_>,
        flags: SetTimeFlags,
        new: &Itimerspec,
        mut old: Option<&mut Itimerspec>,
    ) -> Result<()> {
        in_order(|kind| match kind {
            Kind::Time64 => Some(sys::timerfd_settime64(fd, flags, new, old.as_deref_mut())),
            Kind::Time32 => time32::settime(fd, flags, new, old.as_deref_mut()),
        })
    }

    #[inline]
    pub(crate) fn timerfd_gettime(fd: BorrowedFd<'_>) -> Result<Itimerspec> {
        in_order(|kind| {
            Some(match kind {
                Kind::Time64 => sys::timerfd_gettime64(fd),
                Kind::Time32 => time32::gettime(fd),
            })
        })
    }

    #[inline]
    pub(crate) fn ppoll(
        fds: &mut [PollFd<'_>],
        mut timeout: Option<&mut Timespec>,
        sigmask: Option<&SigSet>,
    ) -> Result<usize> {
        in_order(|kind| {
            Some(match kind {
                Kind::Time64 => sys::ppoll_time64(fds, timeout.as_deref_mut(), sigmask),
                Kind::Time32 => time32::ppoll(fds, timeout.as_deref_mut(), sigmask),
            })
        })
    }

    #[inline]
    pub(crate) fn clock_gettime(clockid: i32) -> Result<Timespec> {
        in_order(|kind| {
            Some(match kind {
                Kind::Time64 => sys::clock_gettime64(clockid),
                Kind::Time32 => time32::clock_gettime(clockid),
            })
        })
    }

    /// The old calls, with the times of the others. They are out of line, so that the code of a caller has only the
    /// call that comes first.
    mod time32 {
        use super::*;

        #[cold]
        #[inline(never)]
        pub(super) fn settime(
            fd: BorrowedFd<'_>,
            flags: SetTimeFlags,
            new: &Itimerspec,
            old: Option<&mut Itimerspec>,
        ) -> Option<Result<()>> {
            let new = OldItimerspec32 { it_interval: narrow(new.it_interval)?, it_value: narrow(new.it_value)? };
            Some(match old {
                None => sys::timerfd_settime(fd, flags, &new, None),
                Some(old) => {
                    let mut old32 = OldItimerspec32::default();
                    sys::timerfd_settime(fd, flags, &new, Some(&mut old32)).map(|()| *old = widen_both(old32))
                }
            })
        }

        #[cold]
        #[inline(never)]
        pub(super) fn gettime(fd: BorrowedFd<'_>) -> Result<Itimerspec> {
            sys::timerfd_gettime(fd).map(widen_both)
        }

        #[cold]
        #[inline(never)]
        pub(super) fn ppoll(
            fds: &mut [PollFd<'_>],
            timeout: Option<&mut Timespec>,
            sigmask: Option<&SigSet>,
        ) -> Result<usize> {
            let Some(timeout) = timeout else { return sys::ppoll(fds, None, sigmask) };
            // A timeout of more than 68 years means for ever, like one beyond the range of the 64-bit call.
            let Some(mut timeout32) = narrow(*timeout) else { return sys::ppoll(fds, None, sigmask) };
            let result = sys::ppoll(fds, Some(&mut timeout32), sigmask);
            *timeout = widen(timeout32);
            result
        }

        #[cold]
        #[inline(never)]
        pub(super) fn clock_gettime(clockid: i32) -> Result<Timespec> {
            sys::clock_gettime(clockid).map(widen)
        }
    }
}
