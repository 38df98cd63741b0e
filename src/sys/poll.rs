//! Waiting for descriptors.

#[cfg(time32)]
use crate::abi::OldTimespec32;
use crate::abi::Timespec;
use crate::errno::{Errno, Result};
use crate::pollfd::PollFd;
use crate::signal::SigSet;
use crate::trap::{self, nr};

/// [`poll(2)`](https://man7.org/linux/man-pages/man2/poll.2.html): waits until an entry has events and returns the
/// number of entries that have (Linux 2.2). The ABIs with the numbers of asm-generic lack it.
///
/// `timeout` is in milliseconds; -1 and every other negative number wait for ever.
///
/// # Errors
///
/// - `EINTR`: a signal handler ran
/// - `EINVAL`: more entries than `RLIMIT_NOFILE`
/// - `ENOMEM`: no memory
#[cfg(nr = "poll")]
#[inline]
#[doc(alias = "select.poll")]
pub fn poll(fds: &mut [PollFd<'_>], timeout: i32) -> Result<usize> {
    Errno::from_ret(raw::poll(fds, timeout))
}

pub(crate) mod raw {
    #[cfg(nr = "poll")]
    #[inline]
    pub(crate) fn poll(fds: &mut [super::PollFd<'_>], timeout: i32) -> isize {
        use super::{Errno, nr, trap};

        // The kernel would use only the low 32 bits of the number.
        if fds.len() > u32::MAX as usize {
            return Errno::INVAL.to_ret();
        }
        // SAFETY: the kernel reads the entries, and writes only their `revents`.
        unsafe { trap::syscall3(nr::POLL, fds.as_mut_ptr() as usize, fds.len(), timeout as usize) }
    }
}

/// [`ppoll(2)`](https://man7.org/linux/man-pages/man2/poll.2.html): waits until an entry has events and returns the
/// number of entries that have (Linux 2.6.16).
///
/// `None` for the timeout waits for ever. The kernel writes the time that is left back to the timeout, except under the
/// personality `STICKY_TIMEOUTS`. During the wait, the thread's signal mask is `sigmask`, if one is given.
///
/// # Errors
///
/// - `EINTR`: a signal handler ran
/// - `EINVAL`: a timeout with nanoseconds outside 0 to 999,999,999 or negative seconds; more entries than
///   `RLIMIT_NOFILE`
/// - `ENOMEM`: no memory
#[cfg(not(time64))]
#[inline]
pub fn ppoll(fds: &mut [PollFd<'_>], timeout: Option<&mut Timespec>, sigmask: Option<&SigSet>) -> Result<usize> {
    // SAFETY: that number's struct.
    unsafe { wait(nr::PPOLL, fds, timeout, sigmask) }
}

/// [`ppoll_time64(2)`](https://man7.org/linux/man-pages/man2/poll.2.html): waits until an entry has events and returns
/// the number of entries that have (Linux 5.1; times of 64 bits).
///
/// `None` for the timeout waits for ever. The kernel writes the time that is left back to the timeout, except under the
/// personality `STICKY_TIMEOUTS`. During the wait, the thread's signal mask is `sigmask`, if one is given.
///
/// # Errors
///
/// - `EINTR`: a signal handler ran
/// - `EINVAL`: a timeout with nanoseconds outside 0 to 999,999,999 or negative seconds; more entries than
///   `RLIMIT_NOFILE`
/// - `ENOMEM`: no memory
#[cfg(time64)]
#[inline]
pub fn ppoll_time64(fds: &mut [PollFd<'_>], timeout: Option<&mut Timespec>, sigmask: Option<&SigSet>) -> Result<usize> {
    // SAFETY: that number's struct.
    unsafe { wait(nr::PPOLL_TIME64, fds, timeout, sigmask) }
}

/// [`ppoll_time64`] with times of 32 bits, until January 2038 (Linux 2.6.16; `ENOSYS` without
/// `CONFIG_COMPAT_32BIT_TIME`).
///
/// # Errors
///
/// Those of [`ppoll_time64`].
#[cfg(time32)]
#[inline]
pub fn ppoll(fds: &mut [PollFd<'_>], timeout: Option<&mut OldTimespec32>, sigmask: Option<&SigSet>) -> Result<usize> {
    // SAFETY: that number's struct.
    unsafe { wait(nr::PPOLL, fds, timeout, sigmask) }
}

/// # Safety
///
/// `nr` must be a `ppoll` whose timeout is `T`.
#[inline]
unsafe fn wait<T>(
    nr: usize,
    fds: &mut [PollFd<'_>],
    timeout: Option<&mut T>,
    sigmask: Option<&SigSet>,
) -> Result<usize> {
    // The kernel would use only the low 32 bits of the number.
    if fds.len() > u32::MAX as usize {
        return Err(Errno::INVAL);
    }
    let timeout = timeout.map_or(0, |timeout| timeout as *mut T as usize);
    let sigmask = sigmask.map_or(0, |sigmask| sigmask as *const SigSet as usize);
    // SAFETY: the kernel reads the entries, and writes only their `revents`. It reads and writes the timeout, and reads
    // the mask.
    Errno::from_ret(unsafe {
        trap::syscall5(nr, fds.as_mut_ptr() as usize, fds.len(), timeout, sigmask, size_of::<SigSet>())
    })
}
