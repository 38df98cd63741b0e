//! Waiting for descriptors.

use core::time::Duration;

use crate::abi::Timespec;
use crate::clock::{self, Clock};
use crate::errno::{Errno, Result};
use crate::pollfd::PollFd;
#[cfg(nr = "poll")]
use crate::sys;
use crate::time64;

/// Waits until an entry has events or `timeout` has passed (`None` means for ever). Returns the number of entries that
/// have events: [ppoll(2)](https://man7.org/linux/man-pages/man2/poll.2.html), Linux 2.6.16.
///
/// It writes the events to each entry. It does not read the descriptors: a descriptor stays ready until it is read. A
/// zero `timeout` checks without waiting. The clock is `CLOCK_MONOTONIC`, to the nanosecond. The wait may end
/// [later](crate::Epoll#a-deadline-to-the-nanosecond), by the timer slack of the thread or by a thousandth of the
/// timeout. A timeout longer than the kernel can hold means for ever (292 billion years; 68 years for the 32-bit call).
/// Before Linux 7.2, `poll` sees a timer with a deadline in the past a moment later: use a short timeout for it instead
/// of zero.
///
/// A signal handler does not end the wait. The wait continues with the time that is left according to the kernel. Under
/// the personality `STICKY_TIMEOUTS` (`setarch --sticky-timeouts`), the kernel does not write that time. Under
/// emulators such as QEMU's user mode, it can be missing too. Then a new deadline counts from the first interruption.
/// So the wait never ends early, and takes at most twice the `timeout`.
///
/// A program that must react to its own handlers uses `poll` or `ppoll` of [`sys`](crate::sys), which return `EINTR`,
/// or reads its signals from a [`SignalFd`](crate::SignalFd).
///
/// ```
/// use core::time::Duration;
/// use barefd::{EventFd, PollFd, PollFlags, poll};
///
/// let event = EventFd::new(1)?;
/// let mut fds = [PollFd::new(&event, PollFlags::IN)];
/// assert_eq!(poll(&mut fds, Some(Duration::ZERO))?, 1);
/// assert!(fds[0].is_readable());
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// System calls:
///
/// - without a timeout: `poll` (Linux 2.2), which takes no time that could have two forms. The ABIs with the numbers of
///   asm-generic (aarch64, riscv64, riscv32, loongarch64, hexagon, csky) lack it, and issue `ppoll`
/// - with a timeout: `ppoll`. If an `EINTR` left a timeout unchanged that is not zero, also `clock_gettime` before the
///   next one (32-bit ABIs: as [`Clock::now`](crate::Clock::now))
/// - each again after `EINTR`
///
/// On 32-bit ABIs `ppoll` is `ppoll_time64`, and `ppoll` if that is `ENOSYS`. The feature `time32-first` [changes the
/// order](crate#times-on-32-bit-abis).
///
/// # Errors
///
/// - [`INVAL`](Errno::INVAL): more entries than `RLIMIT_NOFILE`
/// - [`NOMEM`](Errno::NOMEM): no memory
#[inline]
#[doc(alias("ppoll", "select.poll"))]
pub fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> Result<usize> {
    match timeout.map(Timespec::try_from) {
        Some(Ok(timeout)) => {
            let mut times = [timeout; 2];
            let [left, _] = &mut times;
            match time64::ppoll(fds, Some(left), None) {
                Err(Errno::INTR) => go_on(fds, &mut times),
                result => result,
            }
        }
        None | Some(Err(_)) => for_ever(fds),
    }
}

/// Waits until an entry has events.
#[inline]
pub(crate) fn for_ever(fds: &mut [PollFd<'_>]) -> Result<usize> {
    // This call takes no time, so there is one form of it.
    #[cfg(nr = "poll")]
    loop {
        let ret = sys::raw::poll(fds, -1);
        if ret != Errno::INTR.to_ret() {
            return Errno::from_ret(ret);
        }
    }
    #[cfg(not(nr = "poll"))]
    loop {
        match time64::ppoll(fds, None, None) {
            Ok(count) => return Ok(count),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// Continues a wait that a signal handler interrupted. The caller keeps both times in memory, so that [`poll`] keeps no
/// register for them.
///
/// Under `STICKY_TIMEOUTS` the kernel does not write the time that is left. Then nobody knows when the wait began, so
/// the deadline counts from now. The kernel can also write an unchanged time, if the wait had just begun. A deadline
/// that counts from now is right for that, too.
#[cold]
#[inline(never)]
fn go_on(fds: &mut [PollFd<'_>], [left, asked]: &mut [Timespec; 2]) -> Result<usize> {
    let mut deadline = None;
    loop {
        // A timeout of zero needs no deadline.
        if left == asked && *left != Timespec::default() {
            let now = time64::clock_gettime(Clock::Monotonic.id())?;
            let deadline = *deadline.get_or_insert(clock::later(now, *left));
            *left = clock::until(deadline, now);
        }
        *asked = *left;
        match time64::ppoll(fds, Some(left), None) {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}
