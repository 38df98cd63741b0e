//! Waiting for descriptors.

use core::time::Duration;

use crate::errno::{Errno, Result};
use crate::pollfd::PollFd;
use crate::{clock, time64};

/// Waits until an entry has events or `timeout` has passed (`None` means for ever). Returns the number of entries that
/// have events: [ppoll(2)](https://man7.org/linux/man-pages/man2/poll.2.html), Linux 2.6.16.
///
/// It writes the events to each entry. It does not read the descriptors: a descriptor stays ready until it is read. A
/// zero `timeout` checks without waiting. The clock is `CLOCK_MONOTONIC`, to the nanosecond. A timeout longer than the
/// kernel can hold means for ever (292 billion years; 68 years if the kernel has only the 32-bit call). Before Linux
/// 7.2, `poll` sees a timer with a deadline in the past a moment later: use a short timeout for it instead of zero.
///
/// A signal handler does not end the wait: it continues with the time that is left according to the kernel. A program
/// that must react to its own handlers uses [`sys::ppoll`](crate::sys), which returns `EINTR`, or reads its signals
/// from a [`SignalFd`](crate::SignalFd).
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
/// System call: `ppoll` (32-bit ABIs: `ppoll_time64`, and `ppoll` if that is `ENOSYS`), again after `EINTR`.
///
/// # Errors
///
/// - [`INVAL`](Errno::INVAL): more entries than `RLIMIT_NOFILE`
/// - [`NOMEM`](Errno::NOMEM): no memory
#[inline]
#[doc(alias("ppoll", "select.poll"))]
pub fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> Result<usize> {
    match timeout.map(clock::timespec) {
        Some(Ok(mut left)) => retry(|| time64::ppoll(fds, Some(&mut left), None)),
        None | Some(Err(_)) => retry(|| time64::ppoll(fds, None, None)),
    }
}

#[inline]
fn retry(mut call: impl FnMut() -> Result<usize>) -> Result<usize> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}
