//! The constants and the structs of the kernel's ABI.
//!
//! The constants are generated from the target's table in `arch/`, and so are three cfgs of the crate: `time32` where
//! the ABI has the calls that take a time with 32-bit seconds; `time64` where it has those of Linux 5.1 with 64-bit
//! seconds, beside or in place of the others; and `offset` for a field that is not at the same place on all ABIs. An
//! ABI with neither of the first two has one set of calls, with 64-bit seconds.
//!
//! Three types have the kernel's layout themselves and stand with their methods: [`EpollEvent`](crate::EpollEvent),
//! [`PollFd`](crate::PollFd) and [`SigSet`](crate::SigSet).

use core::mem::{offset_of, transmute};

use static_assertions::const_assert;

include!(concat!(env!("OUT_DIR"), "/abi.rs"));

/// Structs by the kernel's names: the size, then the offset of each field.
pub type Layouts = &'static [(&'static str, usize, &'static [(&'static str, usize)])];

/// Asserts the layouts of structs, and lists them in `LAYOUTS` for the check against the kernel's headers.
macro_rules! layouts {
    ($($Struct:ty = $kernel:literal, $size:literal bytes: $($field:ident $offset:literal),*;)*) => {
        $(
            ::static_assertions::const_assert!(
                size_of::<$Struct>() == $size $(&& ::core::mem::offset_of!($Struct, $field) == $offset)*
            );
        )*

        pub const LAYOUTS: $crate::abi::Layouts = &[
            $(($kernel, size_of::<$Struct>(), &[$((stringify!($field), ::core::mem::offset_of!($Struct, $field))),*])),*
        ];
    };
}
pub(crate) use layouts;

layouts! {
    Timespec = "__kernel_timespec", 16 bytes: tv_sec 0, tv_nsec 8;
    Itimerspec = "__kernel_itimerspec", 32 bytes: it_interval 0, it_value 16;
    OldTimespec32 = "timespec", 8 bytes: tv_sec 0, tv_nsec 4;
    OldItimerspec32 = "itimerspec", 16 bytes: it_interval 0, it_value 8;
    SignalfdSiginfo = "signalfd_siginfo", 128 bytes:
        ssi_signo 0, ssi_errno 4, ssi_code 8, ssi_pid 12, ssi_uid 16, ssi_fd 20, ssi_tid 24, ssi_band 28,
        ssi_overrun 32, ssi_trapno 36, ssi_status 40, ssi_int 44, ssi_ptr 48, ssi_utime 56, ssi_stime 64,
        ssi_addr 72, ssi_addr_lsb 80, ssi_syscall 84, ssi_call_addr 88, ssi_arch 96;
}

/// `struct __kernel_timespec`: two 64-bit fields on every ABI (`include/uapi/linux/time_types.h`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias("timespec", "__kernel_timespec", "timespec64"))]
pub struct Timespec {
    /// Seconds; the kernel refuses a negative value.
    pub tv_sec: i64,
    /// Nanoseconds, 0 to 999,999,999; the kernel refuses any other value. On a 32-bit ABI it checks only the low 32
    /// bits.
    pub tv_nsec: i64,
}

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

/// `struct old_timespec32`, of the calls that 32-bit ABIs had before Linux 5.1 (`include/vdso/time32.h`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OldTimespec32 {
    /// Seconds, until January 2038.
    pub tv_sec: i32,
    /// Nanoseconds, 0 to 999,999,999.
    pub tv_nsec: i32,
}

/// `struct old_itimerspec32`: two [`OldTimespec32`], the interval first (`include/linux/time32.h`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OldItimerspec32 {
    /// The period after the first expiration; zero for a timer that expires once.
    pub it_interval: OldTimespec32,
    /// The first expiration; zero for a disarmed timer.
    pub it_value: OldTimespec32,
}

/// `struct signalfd_siginfo`: the record that a read of a signal descriptor gives for each signal
/// (`include/uapi/linux/signalfd.h`).
///
/// The kernel always fills in the number, the error number and the code. It fills in only those other fields that
/// belong to the signal and the code. The rest is zero.
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
    /// A POSIX timer: the number of further expirations that this signal stands for, without the first.
    pub ssi_overrun: u32,
    /// A fault: the number of the trap, on Alpha and SPARC.
    pub ssi_trapno: u32,
    /// `SIGCHLD`: the child's [status](crate::SignalInfo::status).
    pub ssi_status: i32,
    /// The value that came with the signal, as an `int`: [`SignalInfo::int`](crate::SignalInfo::int).
    pub ssi_int: i32,
    /// The value that came with the signal, as a pointer. On an ABI with 32-bit pointers, its place in these 64 bits
    /// depends on the kernel. So [`SignalInfo::ptr`](crate::SignalInfo::ptr) does not use them there.
    pub ssi_ptr: u64,
    /// `SIGCHLD`: the processor time that the child itself used, in clock ticks (100 per second).
    pub ssi_utime: u64,
    /// `SIGCHLD`: the processor time that the kernel used for the child, in the same ticks.
    pub ssi_stime: u64,
    /// A fault: the address.
    pub ssi_addr: u64,
    /// `SIGBUS` from broken memory: the lowest significant bit of the address (Linux 2.6.37).
    pub ssi_addr_lsb: u16,
    /// No data. It is zero.
    pub __pad2: u16,
    /// `SIGSYS`: the number of the system call (Linux 4.18).
    pub ssi_syscall: i32,
    /// `SIGSYS`: the address of the system call (Linux 4.18).
    pub ssi_call_addr: u64,
    /// `SIGSYS`: the architecture of the system call, an `AUDIT_ARCH_…` (Linux 4.18).
    pub ssi_arch: u32,
    /// No data. It is zero.
    pub __pad: [u8; 28],
}

impl SignalfdSiginfo {
    /// Makes a record from the bytes of a read.
    #[inline]
    #[must_use]
    pub const fn from_ne_bytes(bytes: [u8; size_of::<Self>()]) -> Self {
        // SAFETY: the fields are integers without a gap between them, so any bytes are a valid value.
        unsafe { transmute(bytes) }
    }

    /// For a read into the record.
    #[inline]
    pub(crate) const fn as_mut_bytes(&mut self) -> &mut [u8; size_of::<Self>()] {
        // SAFETY: the fields are integers without a gap between them. So every byte has a value, and any bytes are a
        // valid value.
        unsafe { transmute(self) }
    }

    /// The bytes that a read would give.
    #[inline]
    #[must_use]
    pub const fn to_ne_bytes(self) -> [u8; size_of::<Self>()] {
        // SAFETY: the fields are integers without a gap between them, so every byte has a value.
        unsafe { transmute(self) }
    }
}

/// `siginfo_t`, with the fields of a signal that a process sends and of a child that ended, stopped or went on
/// (`include/uapi/asm-generic/siginfo.h`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "siginfo_t")]
pub struct Siginfo {
    /// The signal: `SIGCHLD` for a child, 0 if there is none.
    pub si_signo: i32,
    /// Where the signal came from, or what the child did: [`SignalInfo::code`](crate::SignalInfo::code).
    #[cfg(offset = "siginfo.si_code 4")]
    pub si_code: i32,
    /// An error number, mostly 0.
    pub si_errno: i32,
    /// Where the signal came from, or what the child did: [`SignalInfo::code`](crate::SignalInfo::code).
    #[cfg(not(offset = "siginfo.si_code 4"))]
    pub si_code: i32,
    /// No data. It is zero.
    #[cfg(target_pointer_width = "64")]
    pub __pad0: i32,
    /// The sender, or the child.
    pub si_pid: u32,
    /// The real user of the sender or the child.
    pub si_uid: u32,
    /// The value that is sent with the signal. For a child, the status is at its first byte:
    /// [`si_status`](Self::si_status).
    pub si_value: usize,
    /// No data. It is zero.
    pub __pad: [u32; Siginfo::REST],
}

const_assert!(size_of::<Siginfo>() == 128);
const_assert!(offset_of!(Siginfo, si_code) == SIGINFO_SI_CODE);
// A union follows the three numbers. Its alignment is that of a pointer.
const_assert!(offset_of!(Siginfo, si_pid) == 12_usize.next_multiple_of(align_of::<usize>()));

impl Siginfo {
    const REST: usize = if size_of::<usize>() == 8 { 24 } else { 26 };

    /// The child's exit status, or the signal that ended, stopped or continued it:
    /// [`SignalInfo::status`](crate::SignalInfo::status).
    #[inline]
    #[must_use]
    pub const fn si_status(&self) -> i32 {
        let bytes = self.si_value.to_ne_bytes();
        i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }
}
