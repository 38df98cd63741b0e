//! One entry of a `poll` set.

use core::fmt;

use static_assertions::const_assert_eq;

use crate::abi::layouts;
use crate::fd::{AsFd, AsRawFd, BorrowedFd};
use crate::flags::PollFlags;

/// A descriptor to wait for, the events to wait for, and the events that occurred. In memory it is `struct pollfd`
/// (`include/uapi/asm-generic/poll.h`).
///
/// It borrows the descriptor, so the descriptor stays open during the wait:
///
/// ```
/// use barefd::{EventFd, PollFd, PollFlags};
///
/// let event = EventFd::new(0)?;
/// let entry = PollFd::new(&event, PollFlags::IN);
/// # drop(entry);
/// drop(event);
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// ```compile_fail,E0505
/// use barefd::{EventFd, PollFd, PollFlags};
///
/// let event = EventFd::new(0)?;
/// let entry = PollFd::new(&event, PollFlags::IN);
/// drop(event);
/// # drop(entry);
/// # Ok::<(), barefd::Errno>(())
/// ```
#[repr(C)]
#[derive(Clone)]
#[doc(alias("pollfd", "select.poll.register"))]
pub struct PollFd<'fd> {
    fd: BorrowedFd<'fd>,
    events: PollFlags,
    revents: PollFlags,
}

layouts! {
    PollFd<'_> = "pollfd", 8 bytes: fd 0, events 4, revents 6;
}

const_assert_eq!(align_of::<PollFd<'_>>(), align_of::<i32>());

impl<'fd> PollFd<'fd> {
    /// An entry that waits for `events` on `fd`. No system call.
    #[inline]
    #[must_use]
    pub fn new(fd: &'fd (impl AsFd + ?Sized), events: PollFlags) -> Self {
        Self::from_borrowed_fd(fd.as_fd(), events)
    }

    /// An entry that waits for `events` on a descriptor that is borrowed already. No system call.
    #[inline]
    #[must_use]
    pub const fn from_borrowed_fd(fd: BorrowedFd<'fd>, events: PollFlags) -> Self {
        Self { fd, events, revents: PollFlags::empty() }
    }

    /// The events to wait for.
    #[inline]
    #[must_use]
    pub const fn events(&self) -> PollFlags {
        self.events
    }

    /// Sets the events to wait for, from the next [`poll`](crate::poll()) on.
    #[inline]
    pub const fn set_events(&mut self, events: PollFlags) {
        self.events = events;
    }

    /// The events that occurred: those that the last successful [`poll`](crate::poll()) wrote. Empty before the first
    /// one.
    #[inline]
    #[must_use]
    pub const fn revents(&self) -> PollFlags {
        self.revents
    }

    /// Whether [`IN`](PollFlags::IN) occurred: a read will not block.
    #[inline]
    #[must_use]
    pub const fn is_readable(&self) -> bool {
        self.revents.contains(PollFlags::IN)
    }

    /// Whether [`OUT`](PollFlags::OUT) occurred: a write will not block.
    #[inline]
    #[must_use]
    pub const fn is_writable(&self) -> bool {
        self.revents.contains(PollFlags::OUT)
    }

    /// Whether [`ERR`](PollFlags::ERR), [`HUP`](PollFlags::HUP) or [`NVAL`](PollFlags::NVAL) occurred: the descriptor
    /// is in a state that does not change by waiting.
    #[inline]
    #[must_use]
    pub const fn is_failed(&self) -> bool {
        self.revents.intersects(PollFlags::ERR.union(PollFlags::HUP).union(PollFlags::NVAL))
    }
}

impl AsFd for PollFd<'_> {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd
    }
}

impl fmt::Debug for PollFd<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollFd")
            .field("fd", &self.fd.as_raw_fd())
            .field("events", &self.events)
            .field("revents", &self.revents)
            .finish()
    }
}
