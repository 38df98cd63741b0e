//! The system calls, one function each: no retry, no fallback, no default.
//!
//! [`EventFd`](crate::EventFd), [`TimerFd`](crate::TimerFd), [`SignalFd`](crate::SignalFd), [`PidFd`](crate::PidFd),
//! [`Epoll`](crate::Epoll), [`Clock`](crate::Clock), [`SigSet`] and [`poll`](crate::poll()) add a policy to these. Here
//! the caller gets `EINTR`, buffers have any size, and a 32-bit ABI has both forms of the calls that take a time:
//! `*_time64` and `*64` with 64-bit seconds (Linux 5.1), and the older calls with 32-bit seconds.
//!
//! Every call can also fail with `ENOSYS`, if the kernel was built without it, and with any error from a seccomp
//! filter.

mod clock;
mod epoll;
mod eventfd;
mod file;
mod pidfd;
mod poll;
mod process;
mod signal;
mod signalfd;
mod timerfd;

use crate::errno::{Errno, Result};
use crate::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
#[cfg(doc)]
use crate::signal::SigSet;

pub use crate::abi::{Itimerspec, Siginfo, SignalfdSiginfo, Timespec};
#[cfg(time32)]
pub use crate::abi::{OldItimerspec32, OldTimespec32};

pub use clock::*;
pub use epoll::*;
pub use eventfd::*;
pub use file::*;
pub use pidfd::*;
pub use poll::*;
pub use process::*;
pub use signal::*;
pub use signalfd::*;
pub use timerfd::*;

/// Calls with the kernel's result. The types check it in their own order before it becomes a [`Result`]: that is less
/// code.
pub(crate) mod raw {
    pub(crate) use super::epoll::raw::*;
    pub(crate) use super::file::raw::*;
    #[cfg(nr = "poll")]
    pub(crate) use super::poll::raw::*;
}

#[inline]
fn argument(fd: BorrowedFd<'_>) -> usize {
    fd.as_raw_fd() as usize
}

#[inline]
fn unit(ret: isize) -> Result<()> {
    Errno::from_ret(ret).map(drop)
}

/// # Safety
///
/// A success must be a new descriptor.
#[inline]
unsafe fn owned(ret: isize) -> Result<OwnedFd> {
    // SAFETY: the kernel has just opened it, and it has no other owner.
    Errno::from_ret(ret).map(|fd| unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}
