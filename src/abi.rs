//! What the kernel's ABI says: the constants and structs that cross it.
//!
//! What differs between ABIs comes from the target's table in `arch/`; what is the same everywhere stands here.

use core::mem::offset_of;
use static_assertions::const_assert_eq;

include!(concat!(env!("OUT_DIR"), "/abi.rs"));

pub(crate) const CLOCK_REALTIME: i32 = 0;
pub(crate) const CLOCK_MONOTONIC: i32 = 1;
pub(crate) const CLOCK_BOOTTIME: i32 = 7;
pub(crate) const CLOCK_REALTIME_ALARM: i32 = 8;
pub(crate) const CLOCK_BOOTTIME_ALARM: i32 = 9;

pub(crate) const F_GETFL: usize = 3;
pub(crate) const F_SETFL: usize = 4;
pub(crate) const F_DUPFD_CLOEXEC: usize = 1030;

/// `struct __kernel_timespec`: two 64-bit fields on every ABI (`include/uapi/linux/time_types.h`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias("timespec", "__kernel_timespec", "timespec64"))]
pub struct Timespec {
    /// Seconds; the kernel refuses a negative value.
    pub tv_sec: i64,
    /// Nanoseconds, 0 to 999,999,999; the kernel refuses any other value, but on a 32-bit ABI it looks at the low 32
    /// bits alone.
    pub tv_nsec: i64,
}

const_assert_eq!(size_of::<Timespec>(), 16);
const_assert_eq!(offset_of!(Timespec, tv_sec), 0);
const_assert_eq!(offset_of!(Timespec, tv_nsec), 8);

/// `struct __kernel_itimerspec`: two [`Timespec`], the interval first (`include/uapi/linux/time_types.h`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias("itimerspec", "__kernel_itimerspec", "itimerspec64"))]
pub struct Itimerspec {
    /// The period after the first expiration; zero for a timer that expires once.
    pub it_interval: Timespec,
    /// The first expiration; zero for a disarmed timer.
    pub it_value: Timespec,
}

const_assert_eq!(size_of::<Itimerspec>(), 32);
const_assert_eq!(offset_of!(Itimerspec, it_interval), 0);
const_assert_eq!(offset_of!(Itimerspec, it_value), 16);

/// `struct old_timespec32`, of the calls that 32-bit ABIs had before Linux 5.1 (`include/vdso/time32.h`).
#[cfg(all(nr = "timerfd_settime64", nr = "timerfd_settime"))]
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OldTimespec32 {
    /// Seconds, until January 2038.
    pub tv_sec: i32,
    /// Nanoseconds, 0 to 999,999,999.
    pub tv_nsec: i32,
}

/// `struct old_itimerspec32`: two [`OldTimespec32`], the interval first (`include/linux/time32.h`).
#[cfg(all(nr = "timerfd_settime64", nr = "timerfd_settime"))]
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OldItimerspec32 {
    /// The period after the first expiration; zero for a timer that expires once.
    pub it_interval: OldTimespec32,
    /// The first expiration; zero for a disarmed timer.
    pub it_value: OldTimespec32,
}

#[cfg(all(nr = "timerfd_settime64", nr = "timerfd_settime"))]
const _: () = {
    const_assert_eq!(size_of::<OldTimespec32>(), 8);
    const_assert_eq!(offset_of!(OldTimespec32, tv_nsec), 4);
    const_assert_eq!(size_of::<OldItimerspec32>(), 16);
    const_assert_eq!(offset_of!(OldItimerspec32, it_value), 8);
};
