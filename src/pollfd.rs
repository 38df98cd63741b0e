//! One entry of a `poll` set.

use core::fmt;
use core::marker::PhantomData;

use static_assertions::const_assert_eq;

use crate::abi::layouts;
use crate::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use crate::flags::PollFlags;

/// A descriptor to wait for, the events to wait for, and the events that occurred. In memory it is `struct pollfd`
/// (`include/uapi/asm-generic/poll.h`).
///
/// It is `Copy`, so it can be moved about in a set, and an array can be filled with it. An entry without a descriptor
/// is ignored:
///
/// ```
/// use barefd::{EventFd, PollFd, PollFlags, poll};
/// use core::time::Duration;
///
/// let event = EventFd::new(1)?;
/// let mut fds = [PollFd::IGNORED; 8];
/// fds[5] = PollFd::new(&event, PollFlags::IN);
/// assert_eq!(poll(&mut fds, Some(Duration::ZERO))?, 1);
/// fds[5].set_fd(None);
/// assert_eq!(poll(&mut fds, Some(Duration::ZERO))?, 0);
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// It borrows the descriptor, so the descriptor stays open during the wait:
///
/// ```
/// use barefd::{EventFd, PollFd, PollFlags};
///
/// let event = EventFd::new(0)?;
/// let entry = PollFd::new(&event, PollFlags::IN);
/// # entry.revents();
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
/// # entry.revents();
/// # Ok::<(), barefd::Errno>(())
/// ```
#[repr(C)]
#[derive(Clone, Copy)]
#[doc(alias("pollfd", "select.poll.register"))]
pub struct PollFd<'fd> {
    /// -1 if there is none.
    fd: RawFd,
    events: PollFlags,
    revents: PollFlags,
    borrow: PhantomData<BorrowedFd<'fd>>,
}

layouts! {
    PollFd<'_> = "pollfd", 8 bytes: fd 0, events 4, revents 6;
}

const_assert_eq!(align_of::<PollFd<'_>>(), align_of::<i32>());

/// What C programs write for an entry without a descriptor. The kernel ignores every negative number.
const NONE: RawFd = -1;

impl<'fd> PollFd<'fd> {
    /// An entry without a descriptor and without events to wait for, to fill a set with. [`poll`](crate::poll())
    /// ignores it.
    pub const IGNORED: Self =
        Self { fd: NONE, events: PollFlags::empty(), revents: PollFlags::empty(), borrow: PhantomData };

    /// An entry that waits for `events` on `fd`. No system call.
    #[inline]
    #[must_use]
    pub fn new(fd: &'fd (impl AsFd + ?Sized), events: PollFlags) -> Self {
        Self::from_borrowed_fd(fd.as_fd(), events)
    }

    /// An entry that waits for `events` on a descriptor that is borrowed already. No system call.
    #[inline]
    #[must_use]
    pub fn from_borrowed_fd(fd: BorrowedFd<'fd>, events: PollFlags) -> Self {
        Self { fd: fd.as_raw_fd(), events, ..Self::IGNORED }
    }

    /// The descriptor; `None` in an entry that [`poll`](crate::poll()) ignores.
    #[inline]
    #[must_use]
    pub fn fd(&self) -> Option<BorrowedFd<'fd>> {
        // SAFETY: it is not -1, and the borrow that the entry was made from lasts for 'fd.
        (self.fd != NONE).then(|| unsafe { BorrowedFd::borrow_raw(self.fd) })
    }

    /// Sets the descriptor, from the next [`poll`](crate::poll()) on, and makes [`revents`](Self::revents) empty. The
    /// events to wait for stay. `None` makes the entry one that is ignored, so the other entries keep their places.
    ///
    /// The type of a set has one lifetime for all its entries. So the compiler lets no descriptor be closed while the
    /// set is used, also if its entry was set to `None`. A loop that closes descriptors makes its entries anew, or uses
    /// an [`Epoll`](crate::Epoll).
    #[inline]
    pub fn set_fd(&mut self, fd: Option<BorrowedFd<'fd>>) {
        self.fd = fd.map_or(NONE, |fd| fd.as_raw_fd());
        self.revents = PollFlags::empty();
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

    /// Whether [`IN`](PollFlags::IN) occurred: a read will not block. A pipe or a socket whose other end is
    /// closed may have [`HUP`](PollFlags::HUP) alone; a read then gives the end of the file.
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

    /// Whether [`ERR`](PollFlags::ERR), [`HUP`](PollFlags::HUP) or [`NVAL`](PollFlags::NVAL) occurred. Waiting
    /// longer does not change this.
    #[inline]
    #[must_use]
    pub const fn is_failed(&self) -> bool {
        self.revents.intersects(PollFlags::ERR.union(PollFlags::HUP).union(PollFlags::NVAL))
    }
}

impl fmt::Debug for PollFd<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollFd")
            .field("fd", &self.fd)
            .field("events", &self.events)
            .field("revents", &self.revents)
            .finish()
    }
}
