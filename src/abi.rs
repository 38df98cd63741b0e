//! What the kernel's ABI says: the constants and structs that cross it.
//!
//! What differs between ABIs comes from the target's table in `arch/`; what is the same everywhere stands here.

use core::mem::{offset_of, transmute};
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

pub(crate) const SI_USER: i32 = 0;
pub(crate) const SI_KERNEL: i32 = 128;
pub(crate) const SI_QUEUE: i32 = -1;
pub(crate) const SI_TKILL: i32 = -6;
pub(crate) const CLD_EXITED: i32 = 1;
pub(crate) const CLD_KILLED: i32 = 2;
pub(crate) const CLD_DUMPED: i32 = 3;
pub(crate) const CLD_TRAPPED: i32 = 4;
pub(crate) const CLD_STOPPED: i32 = 5;
pub(crate) const CLD_CONTINUED: i32 = 6;

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

/// `struct signalfd_siginfo`: what a read of a signal descriptor gives for each signal
/// (`include/uapi/linux/signalfd.h`).
///
/// The kernel fills in the number, the error number and the code, and of the other fields those that belong to the
/// signal and the code; the rest is zero.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "signalfd_siginfo")]
pub struct SignalfdSiginfo {
    /// The signal.
    pub ssi_signo: u32,
    /// An error number; with `SIGSYS` the data of the seccomp filter.
    pub ssi_errno: i32,
    /// Where the signal came from: [`SignalInfo::code`](crate::SignalInfo::code).
    pub ssi_code: i32,
    /// The sender, or the child: [`SignalInfo::pid`](crate::SignalInfo::pid).
    pub ssi_pid: u32,
    /// The real user of the sender or the child: [`SignalInfo::uid`](crate::SignalInfo::uid).
    pub ssi_uid: u32,
    /// `SIGIO`: the descriptor.
    pub ssi_fd: i32,
    /// A POSIX timer: the kernel's number of it.
    pub ssi_tid: u32,
    /// `SIGIO`: the events, as `poll` has them.
    pub ssi_band: u32,
    /// A POSIX timer: the expirations that this signal stands for, but the first.
    pub ssi_overrun: u32,
    /// A fault: the number of the trap, on Alpha and SPARC.
    pub ssi_trapno: u32,
    /// `SIGCHLD`: the child's [status](crate::SignalInfo::status).
    pub ssi_status: i32,
    /// The value that came with the signal, as an `int`: [`SignalInfo::int`](crate::SignalInfo::int).
    pub ssi_int: i32,
    /// The value that came with the signal, as a pointer: [`SignalInfo::ptr`](crate::SignalInfo::ptr).
    pub ssi_ptr: u64,
    /// `SIGCHLD`: the processor time that the child spent itself, in clock ticks (100 a second).
    pub ssi_utime: u64,
    /// `SIGCHLD`: the processor time that the kernel spent for the child, in the same ticks.
    pub ssi_stime: u64,
    /// A fault: the address.
    pub ssi_addr: u64,
    /// `SIGBUS` from broken memory: the lowest bit of the address that counts (Linux 2.6.37).
    pub ssi_addr_lsb: u16,
    pad2: u16,
    /// `SIGSYS`: the number of the system call (Linux 4.18).
    pub ssi_syscall: i32,
    /// `SIGSYS`: the address of the system call (Linux 4.18).
    pub ssi_call_addr: u64,
    /// `SIGSYS`: the architecture of the system call, an `AUDIT_ARCH_…` (Linux 4.18).
    pub ssi_arch: u32,
    pad: [u8; 28],
}

const_assert_eq!(size_of::<SignalfdSiginfo>(), 128);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_signo), 0);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_errno), 4);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_code), 8);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_pid), 12);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_uid), 16);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_fd), 20);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_tid), 24);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_band), 28);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_overrun), 32);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_trapno), 36);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_status), 40);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_int), 44);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_ptr), 48);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_utime), 56);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_stime), 64);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_addr), 72);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_addr_lsb), 80);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_syscall), 84);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_call_addr), 88);
const_assert_eq!(offset_of!(SignalfdSiginfo, ssi_arch), 96);

impl SignalfdSiginfo {
    /// The record that these bytes of a read are.
    #[inline]
    #[must_use]
    pub const fn from_ne_bytes(bytes: [u8; size_of::<Self>()]) -> Self {
        // SAFETY: the fields are integers that leave no gap, so that all bytes make a value.
        unsafe { transmute(bytes) }
    }
}
