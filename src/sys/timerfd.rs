//! The timer.

use core::mem::MaybeUninit;

#[cfg(time32)]
use crate::abi::OldItimerspec32;
use crate::abi::{self, Itimerspec};
use crate::errno::Result;
use crate::fd::{BorrowedFd, OwnedFd};
use crate::flags::{SetTimeFlags, TimerFdFlags};
use crate::trap::{self, nr};

use super::{argument, owned, unit};

/// [`timerfd_create(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): a new timer, disarmed (Linux
/// 2.6.25, with flags 2.6.27).
///
/// `clockid` is a kernel clock id, such as [`Clock::id`](crate::Clock::id).
///
/// # Errors
///
/// - `EINVAL`: a flag that the kernel does not know, or a clock that has no timer descriptors (Linux 2.6.25 has them
///   for 0 `CLOCK_REALTIME` and 1 `CLOCK_MONOTONIC`, 3.11 for 8 `CLOCK_REALTIME_ALARM` and 9 `CLOCK_BOOTTIME_ALARM`,
///   3.15 for 7 `CLOCK_BOOTTIME`)
/// - `EPERM`: an alarm clock, without `CAP_WAKE_ALARM`
/// - `EMFILE`, `ENFILE`: too many open files in the process, in the system
/// - `ENODEV`, `ENOMEM`: no inode, no memory
#[inline]
#[doc(alias = "os.timerfd_create")]
pub fn timerfd_create(clockid: i32, flags: TimerFdFlags) -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { owned(trap::syscall2(nr::TIMERFD_CREATE, clockid as usize, flags.bits() as usize)) }
}

/// [`timerfd_settime(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): arms the timer with `new`, or
/// disarms it if `it_value` is zero (Linux 2.6.25).
///
/// It discards the timer's unread expirations, even if it answers `ECANCELED`. Asking for `old` makes the call about
/// 15 percent slower.
///
/// # Errors
///
/// - `EBADF`: not open
/// - `ECANCELED`: a clock step had canceled the timer, and no read has reported it yet. **The timer is armed with `new`
///   nevertheless**; `old` is not written
/// - `EINVAL`: not a timer; unknown flags; nanoseconds outside 0 to 999,999,999 or negative seconds in any field
/// - `EPERM`: an alarm clock, without `CAP_WAKE_ALARM`
#[cfg(not(time64))]
#[inline]
pub fn timerfd_settime(
    fd: BorrowedFd<'_>,
    flags: SetTimeFlags,
    new: &Itimerspec,
    old: Option<&mut Itimerspec>,
) -> Result<()> {
    // SAFETY: that number's struct.
    unsafe { settime(nr::TIMERFD_SETTIME, fd, flags, new, old) }
}

/// [`timerfd_settime64(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): arms the timer with `new`, or
/// disarms it if `it_value` is zero (Linux 5.1; times of 64 bits).
///
/// It discards the timer's unread expirations, even if it answers `ECANCELED`. Asking for `old` makes the call about
/// 15 percent slower.
///
/// # Errors
///
/// - `EBADF`: not open
/// - `ECANCELED`: a clock step had canceled the timer, and no read has reported it yet. **The timer is armed with `new`
///   nevertheless**; `old` is not written
/// - `EINVAL`: not a timer; unknown flags; nanoseconds outside 0 to 999,999,999 or negative seconds in any field
/// - `EPERM`: an alarm clock, without `CAP_WAKE_ALARM`
#[cfg(time64)]
#[inline]
pub fn timerfd_settime64(
    fd: BorrowedFd<'_>,
    flags: SetTimeFlags,
    new: &Itimerspec,
    old: Option<&mut Itimerspec>,
) -> Result<()> {
    // SAFETY: that number's struct.
    unsafe { settime(nr::TIMERFD_SETTIME64, fd, flags, new, old) }
}

/// [`timerfd_settime64`] with times of 32 bits, until January 2038 (Linux 2.6.25; `ENOSYS` without
/// `CONFIG_COMPAT_32BIT_TIME`).
///
/// # Errors
///
/// Those of [`timerfd_settime64`].
#[cfg(time32)]
#[inline]
pub fn timerfd_settime(
    fd: BorrowedFd<'_>,
    flags: SetTimeFlags,
    new: &OldItimerspec32,
    old: Option<&mut OldItimerspec32>,
) -> Result<()> {
    // SAFETY: that number's struct.
    unsafe { settime(nr::TIMERFD_SETTIME, fd, flags, new, old) }
}

/// # Safety
///
/// `nr` must be a `timerfd_settime` whose times are `T`.
#[inline]
unsafe fn settime<T>(nr: usize, fd: BorrowedFd<'_>, flags: SetTimeFlags, new: &T, old: Option<&mut T>) -> Result<()> {
    let (fd, flags, new) = (argument(fd), flags.bits() as usize, new as *const T as usize);
    // SAFETY: the kernel reads a `T` from `new`, and writes a `T` to `old` if `old` is given. It does not block.
    unit(unsafe {
        match old {
            None => trap::syscall4_readonly(nr, fd, flags, new, 0),
            Some(old) => trap::syscall4(nr, fd, flags, new, old as *mut T as usize),
        }
    })
}

/// [`timerfd_gettime(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): the time until the next
/// expiration, and the interval (Linux 2.6.25).
///
/// The time is relative to now, whatever the timer was armed with.
///
/// # Errors
///
/// - `EBADF`: not open
/// - `EINVAL`: not a timer
#[cfg(not(time64))]
#[inline]
pub fn timerfd_gettime(fd: BorrowedFd<'_>) -> Result<Itimerspec> {
    // SAFETY: that number's struct.
    unsafe { gettime(nr::TIMERFD_GETTIME, fd) }
}

/// [`timerfd_gettime64(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): the time until the next
/// expiration, and the interval (Linux 5.1; times of 64 bits).
///
/// The time is relative to now, whatever the timer was armed with.
///
/// # Errors
///
/// - `EBADF`: not open
/// - `EINVAL`: not a timer
#[cfg(time64)]
#[inline]
pub fn timerfd_gettime64(fd: BorrowedFd<'_>) -> Result<Itimerspec> {
    // SAFETY: that number's struct.
    unsafe { gettime(nr::TIMERFD_GETTIME64, fd) }
}

/// [`timerfd_gettime64`] with times of 32 bits, until January 2038 (Linux 2.6.25; `ENOSYS` without
/// `CONFIG_COMPAT_32BIT_TIME`).
///
/// # Errors
///
/// Those of [`timerfd_gettime64`].
#[cfg(time32)]
#[inline]
pub fn timerfd_gettime(fd: BorrowedFd<'_>) -> Result<OldItimerspec32> {
    // SAFETY: that number's struct.
    unsafe { gettime(nr::TIMERFD_GETTIME, fd) }
}

/// # Safety
///
/// `nr` must be a `timerfd_gettime` whose times are `T`.
#[inline]
unsafe fn gettime<T>(nr: usize, fd: BorrowedFd<'_>) -> Result<T> {
    let mut current = MaybeUninit::<T>::uninit();
    // SAFETY: the kernel writes a `T` to `current`.
    unit(unsafe { trap::syscall2(nr, argument(fd), current.as_mut_ptr() as usize) })?;
    // SAFETY: the call succeeded, so the kernel has written all of it. Unlike `read` and `ioctl`, this call never
    // reaches another driver's code: for a descriptor that is not a timer, the kernel answers EINVAL.
    Ok(unsafe { current.assume_init() })
}

/// [`ioctl_timerfd(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): makes `ticks` the timer's number
/// of unread expirations (Linux 3.17).
///
/// # Errors
///
/// - `EBADF`: not open
/// - `ECANCELED`: a clock step had canceled the timer, and no read has reported it yet
/// - `EINVAL`: `ticks` is 0
/// - `ENOTTY`: not a timer; a kernel without `CONFIG_CHECKPOINT_RESTORE`; a 32-bit program on a 64-bit kernel
#[inline]
#[doc(alias("ioctl", "TFD_IOC_SET_TICKS"))]
pub fn timerfd_set_ticks(fd: BorrowedFd<'_>, ticks: u64) -> Result<()> {
    // A copy, because another kind of file may have an ioctl with the same number that writes to its argument.
    let mut ticks = ticks;
    // SAFETY: the kernel reads 8 bytes from `ticks`. Another driver may write 8 bytes, the size that the number
    // encodes.
    unit(unsafe { trap::syscall3(nr::IOCTL, argument(fd), abi::TFD_IOC_SET_TICKS as usize, (&raw mut ticks) as usize) })
}
