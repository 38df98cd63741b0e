//! The descriptor of a process.

use crate::abi::Siginfo;
use crate::errno::Result;
use crate::fd::{BorrowedFd, OwnedFd};
use crate::flags::PidFdFlags;
use crate::trap::{self, nr};

use super::{argument, owned, unit};

/// [`pidfd_open(2)`](https://man7.org/linux/man-pages/man2/pidfd_open.2.html): a new descriptor of the process with
/// this id, close-on-exec (Linux 5.3).
///
/// # Errors
///
/// - `EINVAL`: `pid` is 0 or more than `i32::MAX`; a flag that the kernel does not know
/// - `ENOENT` (seen on Linux 6.18), on older kernels `EINVAL`: the id of a thread that does not lead its process,
///   without [`THREAD`](PidFdFlags::THREAD)
/// - `ESRCH`: there is no process with this id, or it was reaped (`EINVAL` on older kernels, while a process group or a
///   session still has the id)
/// - `EMFILE`, `ENFILE`: too many open files in the process, in the system
/// - `ENODEV`, `ENOMEM`: no inode, no memory
/// - `ENOSYS`: a kernel before 5.3
#[inline]
#[doc(alias = "os.pidfd_open")]
pub fn pidfd_open(pid: u32, flags: PidFdFlags) -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { owned(trap::syscall2(nr::PIDFD_OPEN, pid as usize, flags.bits() as usize)) }
}

/// [`pidfd_send_signal(2)`](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html): sends a signal to the
/// process (Linux 5.1).
///
/// The signal 0 is not sent: the call only checks whether it could be. Without `info` the receiver sees what `kill`
/// sends. From Linux 6.9 on, a flag says who gets the signal: 1 (`PIDFD_SIGNAL_THREAD`), 2
/// (`PIDFD_SIGNAL_THREAD_GROUP`) or 4 (`PIDFD_SIGNAL_PROCESS_GROUP`). Before, the flags are 0.
///
/// # Errors
///
/// - `EBADF`: not open, or not the descriptor of a process (the kernel also takes one of a directory `/proc/PID`)
/// - `EAGAIN`: a real-time signal with `info` of `SI_QUEUE`, and `RLIMIT_SIGPENDING` is reached
/// - `EINVAL`: no such signal; an unknown flag, or two of them; `info` has another signal; the process is in a pid
///   namespace that this one cannot see
/// - `EPERM`: the process belongs to another user; `info` has a code that only the kernel uses, or `SI_TKILL`, and the
///   process is another one
/// - `ESRCH`: the process was reaped
/// - `ENOSYS`: a kernel before 5.1
#[inline]
#[doc(alias = "signal.pidfd_send_signal")]
pub fn pidfd_send_signal(pidfd: BorrowedFd<'_>, signal: u32, info: Option<&Siginfo>, flags: u32) -> Result<()> {
    let info = info.map_or(0, |info| info as *const Siginfo as usize);
    // SAFETY: the kernel reads `info`, if it is given.
    unit(unsafe { trap::syscall4(nr::PIDFD_SEND_SIGNAL, argument(pidfd), signal as usize, info, flags as usize) })
}
