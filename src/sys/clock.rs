//! The clocks.

use core::mem::MaybeUninit;

#[cfg(time32)]
use crate::abi::OldTimespec32;
use crate::abi::Timespec;
use crate::errno::Result;
use crate::trap::{self, nr};

use super::unit;

/// [`clock_gettime(2)`](https://man7.org/linux/man-pages/man2/clock_gettime.2.html): the time on a clock of the
/// kernel's, such as [`Clock::id`](crate::Clock::id) (Linux 2.6).
///
/// This traps: the vDSO is not used.
///
/// # Errors
///
/// - `EINVAL`: no such clock; an alarm clock on a system without a real-time clock device
#[cfg(not(time64))]
#[inline]
pub fn clock_gettime(clockid: i32) -> Result<Timespec> {
    // SAFETY: that number's struct.
    unsafe { clock(nr::CLOCK_GETTIME, clockid) }
}

/// [`clock_gettime64(2)`](https://man7.org/linux/man-pages/man2/clock_gettime.2.html): the time on a clock of the
/// kernel's, such as [`Clock::id`](crate::Clock::id) (Linux 5.1; times of 64 bits).
///
/// This traps: the vDSO is not used.
///
/// # Errors
///
/// - `EINVAL`: no such clock; an alarm clock on a system without a real-time clock device
#[cfg(time64)]
#[inline]
pub fn clock_gettime64(clockid: i32) -> Result<Timespec> {
    // SAFETY: that number's struct.
    unsafe { clock(nr::CLOCK_GETTIME64, clockid) }
}

/// [`clock_gettime64`] with times of 32 bits, until January 2038 (Linux 2.6; `ENOSYS` without
/// `CONFIG_COMPAT_32BIT_TIME`).
///
/// # Errors
///
/// Those of [`clock_gettime64`].
#[cfg(time32)]
#[inline]
pub fn clock_gettime(clockid: i32) -> Result<OldTimespec32> {
    // SAFETY: that number's struct.
    unsafe { clock(nr::CLOCK_GETTIME, clockid) }
}

/// # Safety
///
/// `nr` must be a `clock_gettime` whose time is `T`.
#[inline]
unsafe fn clock<T>(nr: usize, clockid: i32) -> Result<T> {
    let mut now = MaybeUninit::<T>::uninit();
    // SAFETY: the kernel writes a `T` to `now`.
    unit(unsafe { trap::syscall2(nr, clockid as usize, now.as_mut_ptr() as usize) })?;
    // SAFETY: the call succeeded, so the kernel has written all of it.
    Ok(unsafe { now.assume_init() })
}
