//! Waiting for descriptors.

use core::time::Duration;

use crate::errno::{Errno, Result};
use crate::pollfd::PollFd;
use crate::{clock, time64};

/// Waits until an entry has events, or `timeout` (`None`: for ever) has passed, and returns the number of entries that
/// have events: [ppoll(2)](https://man7.org/linux/man-pages/man2/poll.2.html), Linux 2.6.16.
///
/// It writes the events to each entry, and reads nothing: a descriptor stays ready until it is read. Zero looks without
/// waiting. The clock is `CLOCK_MONOTONIC`, to the nanosecond; a timeout beyond what the kernel holds (292 billion years, 68
/// years where it has the 32-bit call alone) means for ever. Before Linux 7.2 a timer that was armed in the past is seen
/// a moment later: wait a little for it, rather than zero.
///
/// A signal handler does not end it: it goes on with the time that the kernel says is left. A program that must react
/// to its own handlers takes [`sys::ppoll`](crate::sys), where `EINTR` comes back, or reads its signals from a
/// [`SignalFd`](crate::SignalFd).
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
