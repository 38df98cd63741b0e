//! The set of descriptors.

use crate::abi::{self, Timespec};
use crate::epollevent::EpollEvent;
use crate::errno::{Errno, Result};
use crate::fd::{BorrowedFd, OwnedFd};
use crate::flags::EpollCreateFlags;
use crate::signal::SigSet;
use crate::trap::{self, nr};

use super::{argument, owned, unit};

/// What [`epoll_ctl`] does with a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EpollOp {
    /// Adds it to the set.
    #[doc(alias = "EPOLL_CTL_ADD")]
    Add,
    /// Gives it other events and another token.
    #[doc(alias = "EPOLL_CTL_MOD")]
    Modify,
    /// Takes it out of the set.
    #[doc(alias = "EPOLL_CTL_DEL")]
    Delete,
}

/// [`epoll_create1(2)`](https://man7.org/linux/man-pages/man2/epoll_create.2.html): a new set, empty (Linux 2.6.27).
///
/// # Errors
///
/// - `EINVAL`: a flag that the kernel does not know
/// - `EMFILE`, `ENFILE`: too many open files in the process, in the system
/// - `ENOMEM`: no memory
/// - `ENOSYS`: a kernel without `CONFIG_EPOLL`
#[inline]
#[doc(alias = "epoll_create")]
pub fn epoll_create1(flags: EpollCreateFlags) -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { owned(trap::syscall1(nr::EPOLL_CREATE1, flags.bits() as usize)) }
}

/// [`epoll_ctl(2)`](https://man7.org/linux/man-pages/man2/epoll_ctl.2.html): changes the set by one descriptor
/// (Linux 2.6).
///
/// The kernel does not look at `event` if the descriptor is to be deleted.
///
/// # Errors
///
/// - `EBADF`: `epoll` or `fd` is not open
/// - `EEXIST`: `Add`, and the descriptor is in the set
/// - `EFAULT`: `Add` or `Modify` without an event
/// - `EINVAL`: `epoll` is not a set, or `fd` is the same set; [`EXCLUSIVE`](crate::EpollFlags::EXCLUSIVE) with
///   `Modify`, with an event that it does not permit, or for a set; `Modify` of a descriptor that was added with it; an
///   event would have too many ways through nested sets
/// - `ELOOP`: `fd` is a set, and a set would contain itself, or more than 5 sets would be nested
/// - `ENOENT`: `Modify` or `Delete`, and the descriptor is not in the set
/// - `ENOMEM`: no memory
/// - `ENOSPC`: the user has more descriptors in sets than `/proc/sys/fs/epoll/max_user_watches`
/// - `EPERM`: the descriptor cannot be waited for: a regular file, a directory
#[inline]
pub fn epoll_ctl(epoll: BorrowedFd<'_>, op: EpollOp, fd: BorrowedFd<'_>, event: Option<&EpollEvent>) -> Result<()> {
    let op = match op {
        EpollOp::Add => abi::EPOLL_CTL_ADD,
        EpollOp::Modify => abi::EPOLL_CTL_MOD,
        EpollOp::Delete => abi::EPOLL_CTL_DEL,
    };
    let event = event.map_or(0, |event| event as *const EpollEvent as usize);
    // SAFETY: the kernel reads `event`, if one is given.
    unit(unsafe { trap::syscall4(nr::EPOLL_CTL, argument(epoll), op as usize, argument(fd), event) })
}

/// [`epoll_pwait(2)`](https://man7.org/linux/man-pages/man2/epoll_wait.2.html): waits until a descriptor of the set has
/// events, writes entries to `events`, and returns their number (Linux 2.6.19).
///
/// `timeout` is in milliseconds; -1 and every other negative number wait for ever. During the wait, the thread's signal
/// mask is `sigmask`, if one is given.
///
/// # Errors
///
/// - `EBADF`: not open
/// - `EINTR`: a signal handler ran, with and without `SA_RESTART`; the process was stopped and went on
/// - `EINVAL`: not a set; `events` is empty, or has more bytes than an `i32` holds
#[inline]
#[doc(alias = "epoll_wait")]
pub fn epoll_pwait(
    epoll: BorrowedFd<'_>,
    events: &mut [EpollEvent],
    timeout: i32,
    sigmask: Option<&SigSet>,
) -> Result<usize> {
    Errno::from_ret(raw::epoll_pwait(epoll, events, timeout, sigmask))
}

pub(crate) mod raw {
    use super::{BorrowedFd, EpollEvent, SigSet, nr, wait};

    #[inline]
    pub(crate) fn epoll_pwait(
        epoll: BorrowedFd<'_>,
        events: &mut [EpollEvent],
        timeout: i32,
        sigmask: Option<&SigSet>,
    ) -> isize {
        // SAFETY: the call takes milliseconds, and no pointer.
        unsafe { wait(nr::EPOLL_PWAIT, epoll, events, timeout as usize, sigmask) }
    }
}

/// [`epoll_pwait2(2)`](https://man7.org/linux/man-pages/man2/epoll_wait.2.html): [`epoll_pwait`] with a timeout in
/// nanoseconds (Linux 5.11). The time has 64 bits on every ABI.
///
/// `None` waits for ever. The kernel does not write the time that is left.
///
/// # Errors
///
/// Those of [`epoll_pwait`], and:
///
/// - `EINVAL`: a timeout with nanoseconds outside 0 to 999,999,999 or negative seconds
/// - `ENOSYS`: a kernel before 5.11
#[inline]
pub fn epoll_pwait2(
    epoll: BorrowedFd<'_>,
    events: &mut [EpollEvent],
    timeout: Option<&Timespec>,
    sigmask: Option<&SigSet>,
) -> Result<usize> {
    let timeout = timeout.map_or(0, |timeout| timeout as *const Timespec as usize);
    // SAFETY: the kernel reads the timeout, if one is given.
    Errno::from_ret(unsafe { wait(nr::EPOLL_PWAIT2, epoll, events, timeout, sigmask) })
}

/// # Safety
///
/// `timeout` must be what the call `nr` takes: milliseconds, or the address of a `Timespec` or null.
#[inline]
unsafe fn wait(
    nr: usize,
    epoll: BorrowedFd<'_>,
    events: &mut [EpollEvent],
    timeout: usize,
    sigmask: Option<&SigSet>,
) -> isize {
    // The kernel would use only the low 32 bits of the number.
    if events.len() > i32::MAX as usize {
        return Errno::INVAL.to_ret();
    }
    let sigmask = sigmask.map_or(0, |sigmask| sigmask as *const SigSet as usize);
    // SAFETY: the kernel writes at most so many entries to `events`, and reads the mask.
    unsafe {
        let (to, count) = (events.as_mut_ptr() as usize, events.len());
        trap::syscall6(nr, argument(epoll), to, count, timeout, sigmask, size_of::<SigSet>())
    }
}
