//! The flags of the system calls, as types.
//!
//! Each type keeps bits that have no name (`from_bits_retain`) and passes them to the kernel. Most calls answer
//! `EINVAL`; poll and epoll ignore them.

use crate::abi;
use crate::bits::flags;

/// Flags of `eventfd2`, for [`EventFd::with_flags`](crate::EventFd::with_flags).
///
/// The default is [`CLOEXEC`](Self::CLOEXEC).
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventFdFlags(u32);

/// Flags of `timerfd_create`, for [`TimerFd::with_flags`](crate::TimerFd::with_flags).
///
/// The default is [`CLOEXEC`](Self::CLOEXEC).
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimerFdFlags(u32);

/// Flags of `timerfd_settime`, for [`TimerFd::set`](crate::TimerFd::set) and
/// [`TimerFd::replace`](crate::TimerFd::replace).
///
/// The default is none: the initial expiration is relative to now.
#[repr(transparent)]
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SetTimeFlags(u32);

/// Flags of `signalfd4`, for [`SignalFd::with_flags`](crate::SignalFd::with_flags).
///
/// The default is [`CLOEXEC`](Self::CLOEXEC).
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignalFdFlags(u32);

/// Events of `poll`: those to wait for, and those that occurred, in a [`PollFd`](crate::PollFd).
///
/// The kernel reports [`ERR`](Self::ERR), [`HUP`](Self::HUP) and [`NVAL`](Self::NVAL) even if nobody asked for them.
#[repr(transparent)]
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PollFlags(u16);

/// Flags of `epoll_create1`, for [`Epoll::with_flags`](crate::Epoll::with_flags).
///
/// The default is [`CLOEXEC`](Self::CLOEXEC).
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EpollCreateFlags(u32);

/// Events of an [`Epoll`](crate::Epoll): those to wait for, and those that occurred. Four of them say how to wait, and
/// never occur: [`ET`](Self::ET), [`ONESHOT`](Self::ONESHOT), [`EXCLUSIVE`](Self::EXCLUSIVE) and
/// [`WAKEUP`](Self::WAKEUP).
///
/// The kernel reports [`ERR`](Self::ERR) and [`HUP`](Self::HUP) even if nobody asked for them.
#[repr(transparent)]
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct EpollFlags(u32);

/// Flags of `pidfd_open`, for [`PidFd::with_flags`](crate::PidFd::with_flags).
///
/// The default is none. The descriptor is always close-on-exec.
#[repr(transparent)]
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PidFdFlags(u32);

/// Options of [`sys::waitid`](crate::sys::waitid): what to wait for, and how.
#[repr(transparent)]
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct WaitFlags(u32);

flags! {
    impl EventFdFlags: u32 {
        /// `EFD_SEMAPHORE` (Linux 2.6.30): a read takes one from the counter, not the whole count.
        #[doc(alias = "EFD_SEMAPHORE")]
        const SEMAPHORE = abi::EFD_SEMAPHORE;
        /// `EFD_CLOEXEC` (Linux 2.6.27): `execve` closes the descriptor.
        #[doc(alias = "EFD_CLOEXEC")]
        const CLOEXEC = abi::O_CLOEXEC;
        /// `EFD_NONBLOCK` (Linux 2.6.27): a call that would block fails with `EAGAIN`.
        #[doc(alias = "EFD_NONBLOCK")]
        const NONBLOCK = abi::O_NONBLOCK;
    }

    impl TimerFdFlags: u32 {
        /// `TFD_CLOEXEC` (Linux 2.6.27): `execve` closes the descriptor.
        #[doc(alias = "TFD_CLOEXEC")]
        const CLOEXEC = abi::O_CLOEXEC;
        /// `TFD_NONBLOCK` (Linux 2.6.27): a call that would block fails with `EAGAIN`.
        #[doc(alias = "TFD_NONBLOCK")]
        const NONBLOCK = abi::O_NONBLOCK;
    }

    impl SetTimeFlags: u32 {
        /// `TFD_TIMER_ABSTIME`: the initial expiration is a time on the timer's clock.
        #[doc(alias = "TFD_TIMER_ABSTIME")]
        const ABSTIME = abi::TFD_TIMER_ABSTIME;
        /// `TFD_TIMER_CANCEL_ON_SET` (Linux 3.0): with `ABSTIME`, and on a `REALTIME` clock, a clock step makes the
        /// timer readable with `ECANCELED`. In all other cases the kernel accepts the flag and ignores it.
        #[doc(alias = "TFD_TIMER_CANCEL_ON_SET")]
        const CANCEL_ON_SET = abi::TFD_TIMER_CANCEL_ON_SET;
    }

    impl SignalFdFlags: u32 {
        /// `SFD_CLOEXEC` (Linux 2.6.27): `execve` closes the descriptor.
        #[doc(alias = "SFD_CLOEXEC")]
        const CLOEXEC = abi::O_CLOEXEC;
        /// `SFD_NONBLOCK` (Linux 2.6.27): a call that would block fails with `EAGAIN`.
        #[doc(alias = "SFD_NONBLOCK")]
        const NONBLOCK = abi::O_NONBLOCK;
    }

    impl PollFlags: u16 {
        /// `POLLIN`: a read will not block.
        #[doc(alias = "POLLIN")]
        const IN = abi::POLLIN as u16;
        /// `POLLPRI`: an exceptional condition, such as out-of-band data.
        #[doc(alias = "POLLPRI")]
        const PRI = abi::POLLPRI as u16;
        /// `POLLOUT`: a write will not block.
        #[doc(alias = "POLLOUT")]
        const OUT = abi::POLLOUT as u16;
        /// `POLLERR`: an error. On an event counter it means that the kernel itself filled the counter to 2^64 - 1.
        #[doc(alias = "POLLERR")]
        const ERR = abi::POLLERR as u16;
        /// `POLLHUP`: the other end is closed; on newer kernels, also: the process was reaped.
        #[doc(alias = "POLLHUP")]
        const HUP = abi::POLLHUP as u16;
        /// `POLLNVAL`: the descriptor is not open.
        #[doc(alias = "POLLNVAL")]
        const NVAL = abi::POLLNVAL as u16;
        /// `POLLRDNORM`: normal data can be read.
        #[doc(alias = "POLLRDNORM")]
        const RDNORM = abi::POLLRDNORM as u16;
        /// `POLLRDBAND`: priority data can be read.
        #[doc(alias = "POLLRDBAND")]
        const RDBAND = abi::POLLRDBAND as u16;
        /// `POLLWRNORM`: normal data can be written.
        #[doc(alias = "POLLWRNORM")]
        const WRNORM = abi::POLLWRNORM as u16;
        /// `POLLWRBAND`: priority data can be written.
        #[doc(alias = "POLLWRBAND")]
        const WRBAND = abi::POLLWRBAND as u16;
        /// `POLLRDHUP` (Linux 2.6.17): the other end of a stream socket stopped writing.
        #[doc(alias = "POLLRDHUP")]
        const RDHUP = abi::POLLRDHUP as u16;
    }

    impl EpollCreateFlags: u32 {
        /// `EPOLL_CLOEXEC` (Linux 2.6.27): `execve` closes the descriptor.
        #[doc(alias = "EPOLL_CLOEXEC")]
        const CLOEXEC = abi::O_CLOEXEC;
    }

    impl EpollFlags: u32 {
        /// `EPOLLIN`: a read will not block.
        #[doc(alias = "EPOLLIN")]
        const IN = abi::EPOLLIN;
        /// `EPOLLPRI`: an exceptional condition, such as out-of-band data.
        #[doc(alias = "EPOLLPRI")]
        const PRI = abi::EPOLLPRI;
        /// `EPOLLOUT`: a write will not block.
        #[doc(alias = "EPOLLOUT")]
        const OUT = abi::EPOLLOUT;
        /// `EPOLLERR`: an error. On an event counter it means that the kernel itself filled the counter to 2^64 - 1.
        #[doc(alias = "EPOLLERR")]
        const ERR = abi::EPOLLERR;
        /// `EPOLLHUP`: the other end is closed; on newer kernels, also: the process was reaped.
        #[doc(alias = "EPOLLHUP")]
        const HUP = abi::EPOLLHUP;
        /// `EPOLLRDNORM`: normal data can be read.
        #[doc(alias = "EPOLLRDNORM")]
        const RDNORM = abi::EPOLLRDNORM;
        /// `EPOLLRDBAND`: priority data can be read.
        #[doc(alias = "EPOLLRDBAND")]
        const RDBAND = abi::EPOLLRDBAND;
        /// `EPOLLWRNORM`: normal data can be written.
        #[doc(alias = "EPOLLWRNORM")]
        const WRNORM = abi::EPOLLWRNORM;
        /// `EPOLLWRBAND`: priority data can be written.
        #[doc(alias = "EPOLLWRBAND")]
        const WRBAND = abi::EPOLLWRBAND;
        /// `EPOLLRDHUP` (Linux 2.6.17): the other end of a stream socket stopped writing.
        #[doc(alias = "EPOLLRDHUP")]
        const RDHUP = abi::EPOLLRDHUP;
        /// `EPOLLEXCLUSIVE` (Linux 4.5): if several sets wait for the descriptor, an event [wakes at least
        /// one](crate::Epoll#several-threads) of them and not all.
        #[doc(alias = "EPOLLEXCLUSIVE")]
        const EXCLUSIVE = abi::EPOLLEXCLUSIVE;
        /// `EPOLLWAKEUP` (Linux 3.5): the system is not suspended while the event is pending or processed, which is
        /// until the next wait on the set. It needs `CAP_BLOCK_SUSPEND`; without that, and on a kernel without
        /// `CONFIG_PM_SLEEP`, the kernel ignores it.
        #[doc(alias = "EPOLLWAKEUP")]
        const WAKEUP = abi::EPOLLWAKEUP;
        /// `EPOLLONESHOT` (Linux 2.6.2): after one event the descriptor reports nothing until
        /// [`modify`](crate::Epoll::modify).
        #[doc(alias = "EPOLLONESHOT")]
        const ONESHOT = abi::EPOLLONESHOT;
        /// `EPOLLET`: [edges](crate::Epoll#level-and-edge) instead of states.
        #[doc(alias = "EPOLLET")]
        const ET = abi::EPOLLET;
    }

    impl PidFdFlags: u32 {
        /// `PIDFD_NONBLOCK` (Linux 5.10; `EINVAL` before): [`sys::waitid`](crate::sys::waitid) fails with `EAGAIN`
        /// instead of waiting.
        #[doc(alias = "PIDFD_NONBLOCK")]
        const NONBLOCK = abi::O_NONBLOCK;
        /// `PIDFD_THREAD` (Linux 6.9; `EINVAL` before): a descriptor of a thread, which can be any thread of its
        /// process. It is readable once the thread has ended, and a signal goes to the thread. A thread has no exit
        /// status: [`take`](crate::PidFd::take) and [`wait`](crate::PidFd::wait) are `ECHILD` unless it leads its
        /// process.
        #[doc(alias = "PIDFD_THREAD")]
        const THREAD = abi::PIDFD_THREAD;
    }

    impl WaitFlags: u32 {
        /// `WNOHANG`: does not wait.
        #[doc(alias = "WNOHANG")]
        const NOHANG = abi::WNOHANG;
        /// `WSTOPPED`: for a child that a signal stopped.
        #[doc(alias("WSTOPPED", "WUNTRACED"))]
        const STOPPED = abi::WSTOPPED;
        /// `WEXITED`: for a child that ended.
        #[doc(alias = "WEXITED")]
        const EXITED = abi::WEXITED;
        /// `WCONTINUED`: for a child that went on after `SIGCONT`.
        #[doc(alias = "WCONTINUED")]
        const CONTINUED = abi::WCONTINUED;
        /// `WNOWAIT`: leaves the child as it is, for another wait.
        #[doc(alias = "WNOWAIT")]
        const NOWAIT = abi::WNOWAIT;
    }
}

impl Default for EventFdFlags {
    fn default() -> Self {
        Self::CLOEXEC
    }
}

impl Default for TimerFdFlags {
    fn default() -> Self {
        Self::CLOEXEC
    }
}

impl Default for SignalFdFlags {
    fn default() -> Self {
        Self::CLOEXEC
    }
}

impl Default for EpollCreateFlags {
    fn default() -> Self {
        Self::CLOEXEC
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::format;

    use super::*;

    #[test]
    fn flags_show_their_names_and_the_bits_that_have_none() {
        let both = EventFdFlags::CLOEXEC | EventFdFlags::SEMAPHORE;
        assert_eq!(format!("{both:?}"), "EventFdFlags(SEMAPHORE | CLOEXEC)");
        let unknown = PollFlags::from_bits_retain(0x4000) | PollFlags::IN;
        assert_eq!(format!("{unknown:?}"), "PollFlags(IN | 0x4000)");
        assert_eq!(format!("{:?}", SetTimeFlags::empty()), "SetTimeFlags(0x0)");
        assert_eq!(format!("{:?}", EpollFlags::ET), "EpollFlags(ET)");
        assert_eq!(format!("{:?}", PollFlags::from_bits_retain(0x4000)), "PollFlags(0x4000)");
    }

    #[test]
    fn flags_are_sets() {
        const BOTH: PollFlags = PollFlags::IN.union(PollFlags::OUT);
        let mut flags = PollFlags::IN;
        flags |= PollFlags::OUT;
        assert_eq!((flags, BOTH.bits()), (BOTH, 5));
        assert!(flags.contains(PollFlags::IN) && flags.contains(BOTH) && flags.contains(PollFlags::empty()));
        assert!(!flags.contains(BOTH | PollFlags::ERR) && flags.intersects(PollFlags::OUT | PollFlags::ERR));
        assert!(!flags.intersects(PollFlags::ERR) && !flags.is_empty() && PollFlags::empty().is_empty());
        assert_eq!(flags & PollFlags::IN, PollFlags::IN);
        assert_eq!(flags - PollFlags::IN, PollFlags::OUT);
        flags.remove(PollFlags::IN);
        assert_eq!(flags, PollFlags::OUT);
        flags.set(PollFlags::IN, true);
        flags.set(PollFlags::OUT, false);
        assert_eq!(flags, PollFlags::IN);
    }

    #[test]
    fn bits_without_a_name_are_kept_dropped_or_refused() {
        let bits = 0x4000 | PollFlags::IN.bits();
        assert_eq!(PollFlags::from_bits_retain(bits).bits(), bits);
        assert_eq!(PollFlags::from_bits_truncate(bits), PollFlags::IN);
        assert_eq!((PollFlags::from_bits(bits), PollFlags::from_bits(1)), (None, Some(PollFlags::IN)));
        assert_eq!(EventFdFlags::all().bits(), abi::EFD_SEMAPHORE | abi::O_CLOEXEC | abi::O_NONBLOCK);
    }
}
