//! One entry of the buffer that an epoll wait fills.

use core::fmt;

use static_assertions::const_assert;

use crate::abi;
use crate::flags::EpollFlags;

/// Events, and the token that the descriptor was added with. In memory it is `struct epoll_event`
/// (`include/uapi/linux/eventpoll.h`).
///
/// A program makes a buffer of them for [`Epoll::wait`](crate::Epoll::wait), and looks at those that the wait filled:
///
/// ```
/// use barefd::EpollEvent;
///
/// let mut events = [EpollEvent::default(); 64];
/// ```
// On some ABIs the token follows the events without a gap.
#[cfg_attr(offset = "epoll_event.data 4", repr(C, packed(4)))]
#[cfg_attr(not(offset = "epoll_event.data 4"), repr(C))]
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[doc(alias("epoll_event", "epoll_data"))]
pub struct EpollEvent {
    events: EpollFlags,
    data: u64,
}

const_assert!(core::mem::offset_of!(EpollEvent, events) == 0);
const_assert!(core::mem::offset_of!(EpollEvent, data) == abi::EPOLL_EVENT_DATA);
const_assert!(size_of::<EpollEvent>() == abi::EPOLL_EVENT_DATA + 8);

impl EpollEvent {
    /// Events to wait for, and the token to report them with, for [`sys::epoll_ctl`](crate::sys::epoll_ctl).
    #[inline]
    #[must_use]
    pub const fn new(flags: EpollFlags, token: u64) -> Self {
        Self { events: flags, data: token }
    }

    /// The token of the descriptor, all 64 bits as they were given to [`Epoll::add`](crate::Epoll::add).
    #[inline]
    #[must_use]
    pub const fn token(&self) -> u64 {
        self.data
    }

    /// The events that occurred.
    #[inline]
    #[must_use]
    pub const fn flags(&self) -> EpollFlags {
        self.events
    }

    /// Whether [`IN`](EpollFlags::IN) occurred: a read will not block. A pipe or a socket whose other end is
    /// closed may have [`HUP`](EpollFlags::HUP) alone; a read then gives the end of the file.
    #[inline]
    #[must_use]
    pub const fn is_readable(&self) -> bool {
        self.flags().contains(EpollFlags::IN)
    }

    /// Whether [`OUT`](EpollFlags::OUT) occurred: a write will not block.
    #[inline]
    #[must_use]
    pub const fn is_writable(&self) -> bool {
        self.flags().contains(EpollFlags::OUT)
    }

    /// Whether [`ERR`](EpollFlags::ERR) or [`HUP`](EpollFlags::HUP) occurred. Waiting longer does not change this.
    #[inline]
    #[must_use]
    pub const fn is_failed(&self) -> bool {
        self.flags().intersects(EpollFlags::ERR.union(EpollFlags::HUP))
    }
}

impl fmt::Debug for EpollEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EpollEvent").field("flags", &self.flags()).field("token", &self.token()).finish()
    }
}
