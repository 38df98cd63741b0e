//! The set of descriptors that one call waits for.

use core::time::Duration;

use crate::abi::Timespec;
use crate::clock::{self, Clock};
use crate::descriptor::descriptor;
use crate::epollevent::EpollEvent;
use crate::errno::{Errno, Result};
use crate::fd::{AsFd, OwnedFd};
use crate::flags::{EpollCreateFlags, EpollFlags};
use crate::sys::{self, EpollOp};
use crate::time64;

/// A set of descriptors that the kernel keeps. One call waits for all of them:
/// [epoll(7)](https://man7.org/linux/man-pages/man7/epoll.7.html), `fs/eventpoll.c`, Linux 2.6.27.
///
/// The cost of a wait depends on how many descriptors are ready, and not on how many are in the set.
/// [`poll`](crate::poll()) looks at each of its entries each time. Use `Epoll` for many descriptors, for a set that
/// changes, or for a loop that owns its descriptors.
///
/// Each descriptor has a *token*, a number of the program's choice. The kernel keeps all 64 bits of it, and gives it
/// back with each event:
///
/// ```
/// use barefd::{Clock, Epoll, EpollEvent, EpollFlags, EventFd, TimerFd};
/// use core::time::Duration;
///
/// const TIMER: u64 = 0;
/// const WAKE_UP: u64 = 1;
///
/// let timer = TimerFd::nonblocking(Clock::Monotonic)?;
/// let event = EventFd::nonblocking(0)?;
/// let epoll = Epoll::new()?;
/// epoll.add(&timer, EpollFlags::IN, TIMER)?;
/// epoll.add(&event, EpollFlags::IN, WAKE_UP)?;
/// timer.arm_after(Duration::from_millis(1))?;
///
/// let mut events = [EpollEvent::default(); 16];
/// 'running: loop {
///     for event_of in epoll.wait(&mut events, None)? {
///         match event_of.token() {
///             TIMER => {
///                 if timer.take()?.is_some() {
///                     event.notify()?;
///                 }
///             }
///             WAKE_UP => {
///                 if event.take()?.is_some() {
///                     break 'running;
///                 }
///             }
///             _ => {}
///         }
///     }
/// }
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// The methods take `&self`: threads can wait on a set, and change it, at the same time. A set is a descriptor too. It
/// is readable while one of its descriptors has an event, so it can be in a [`poll`](crate::poll()), in another loop,
/// or in another set (up to 5 deep).
///
/// # Level and edge
///
/// Without [`ET`](EpollFlags::ET), each wait reports a descriptor for as long as it is ready. A descriptor that is not
/// read is reported again at once. With `ET`, a wait reports it once after each event that makes it ready. Then the
/// program must read until the read would block, or it hears nothing of the rest. The descriptor must be non-blocking.
/// Otherwise the last read waits for ever. What that means for the types here:
///
/// - [`EventFd`](crate::EventFd): each write is an edge, also to a count that nobody has read. One
///   [`take`](crate::EventFd::take) takes the whole count. A semaphore must be taken until that is `None`.
/// - [`TimerFd`](crate::TimerFd): one edge for any number of expirations. The next edge comes after the timer was read,
///   asked with [`get`](crate::TimerFd::get), or armed. One [`take`](crate::TimerFd::take) takes all expirations.
/// - [`SignalFd`](crate::SignalFd): each signal that the process gets is an edge while one of the set is pending. Each
///   [`take`](crate::SignalFd::take) takes one. Take until that is `None`.
/// - [`PidFd`](crate::PidFd): an edge when the process ends. It stays readable. On newer kernels there is another edge,
///   with [`HUP`](EpollFlags::HUP), when it is reaped. So delete or close the descriptor once it gave the status.
///
/// # A descriptor that is closed or duplicated
///
/// The set holds the *open file description* under the number that was added. It does not keep it open.
///
/// - The last descriptor of a description is closed: the kernel takes it out of the set. Nothing else is needed.
/// - A duplicate is left (`try_clone`, `fork`, a socket that sent it): **the set goes on to report it**, with the old
///   token. It can no longer be deleted: [`delete`](Self::delete) of the closed number is `EBADF`, or concerns the
///   descriptor that has got this number since. So delete a descriptor before you close it, if it may have a duplicate.
/// - A duplicate can be in the set too, with its own token.
/// - A program that handles the events of a wait may close a descriptor. A later event in the buffer may still be of
///   this descriptor. So do not use a token as an index or an address without a check.
///
/// # `fork`
///
/// A child shares the set with its parent: what one of them adds or deletes, it does for both. A
/// [`SignalFd`](crate::SignalFd#whose-signals) in the set is the worst case. The signals that wake the set are those of
/// the process that added it, and the signals that a wait looks for are those of the process that waits. So after a
/// `fork`, the child makes its own set, and its own descriptors for it.
///
/// # Several threads
///
/// If several threads wait on one set, an event wakes one of them. With level-triggered events the next thread may see
/// the same event before the first has read it; use `ET` or [`ONESHOT`](EpollFlags::ONESHOT), and
/// [`modify`](Self::modify) when the descriptor has been handled.
///
/// If each thread has a set of its own and all have the same descriptor, an event wakes all of them. With
/// [`EXCLUSIVE`](EpollFlags::EXCLUSIVE) it wakes at least one, and mostly only one. The others that wake find nothing
/// to read. `EXCLUSIVE` can be combined with `IN`, `OUT`, `ERR`, `HUP`, `WAKEUP` and `ET` only, and `modify` refuses
/// such a descriptor: delete and add it.
///
/// # More ready than the buffer holds
///
/// A wait fills the buffer. The next wait begins with those that did not fit, so each descriptor has its turn.
///
/// # A deadline to the nanosecond
///
/// Put a [`TimerFd`](crate::TimerFd) into the set, and wait without a timeout. A timeout of [`wait`](Self::wait) has
/// the same unit, but the kernel may end it later. It adds the larger of two times:
///
/// - the *timer slack* of the thread, 50 µs unless the program changed it
///   ([PR_SET_TIMERSLACK(2const)](https://man7.org/linux/man-pages/man2/PR_SET_TIMERSLACK.2const.html))
/// - a thousandth of the timeout, or a two-hundredth for a thread with a positive nice value, at most 100 ms
///   (`select_estimate_accuracy` in `fs/select.c`)
///
/// A thread with a real-time policy has neither. A timer descriptor has no slack, and the wait has fewer system calls.
#[repr(transparent)]
#[derive(Debug)]
#[doc(alias("epoll", "epoll_create1", "select.epoll"))]
pub struct Epoll {
    fd: OwnedFd,
}

impl Epoll {
    /// An empty set, close-on-exec.
    ///
    /// System call: `epoll_create1`.
    ///
    /// # Errors
    ///
    /// Those of [`with_flags`](Self::with_flags).
    #[inline]
    pub fn new() -> Result<Self> {
        Self::with_flags(EpollCreateFlags::CLOEXEC)
    }

    /// An empty set, with exactly these flags. Without [`CLOEXEC`](EpollCreateFlags::CLOEXEC) it leaks into every
    /// program that the process executes.
    ///
    /// System call: `epoll_create1`.
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): a flag that the kernel does not know
    /// - [`MFILE`](Errno::MFILE), [`NFILE`](Errno::NFILE): too many open files in the process, in the system
    /// - [`NOMEM`](Errno::NOMEM): no memory
    /// - [`NOSYS`](Errno::NOSYS): a kernel without `CONFIG_EPOLL`, or before 2.6.27
    #[inline]
    pub fn with_flags(flags: EpollCreateFlags) -> Result<Self> {
        sys::epoll_create1(flags).map(Self::from)
    }

    /// Adds a descriptor: from now on, a wait reports it with this token when one of these events occurs, and
    /// [`ERR`](EpollFlags::ERR) and [`HUP`](EpollFlags::HUP) in any case.
    ///
    /// The set [does not keep the descriptor open](Self#a-descriptor-that-is-closed-or-duplicated).
    ///
    /// System call: `epoll_ctl` (`EPOLL_CTL_ADD`).
    ///
    /// # Errors
    ///
    /// - [`EXIST`](Errno::EXIST): it is in the set
    /// - [`PERM`](Errno::PERM): it cannot be waited for: a regular file, a directory
    /// - [`INVAL`](Errno::INVAL): it is the set itself; [`EXCLUSIVE`](EpollFlags::EXCLUSIVE) with a flag that it does
    ///   not permit, or for a set; an event would have too many ways through nested sets (500 sets around one); this is
    ///   no set
    /// - [`LOOP`](Errno::LOOP): it is a set, and a set would contain itself, or more than 5 sets would be nested
    /// - [`NOSPC`](Errno::NOSPC): the user has more descriptors in sets than `/proc/sys/fs/epoll/max_user_watches`
    /// - [`NOMEM`](Errno::NOMEM): no memory
    /// - [`BADF`](Errno::BADF): somebody closed one of the two behind its owner's back
    #[inline]
    #[doc(alias("epoll_ctl", "EPOLL_CTL_ADD", "select.epoll.register"))]
    pub fn add(&self, fd: &(impl AsFd + ?Sized), interest: EpollFlags, token: u64) -> Result<()> {
        self.control(EpollOp::Add, fd, Some(&EpollEvent::new(interest, token)))
    }

    /// Gives a descriptor of the set other events and another token. This also rearms it after
    /// [`ONESHOT`](EpollFlags::ONESHOT), and is an edge if it is ready.
    ///
    /// System call: `epoll_ctl` (`EPOLL_CTL_MOD`).
    ///
    /// # Errors
    ///
    /// - [`NOENT`](Errno::NOENT): it is not in the set
    /// - [`INVAL`](Errno::INVAL): it was added with [`EXCLUSIVE`](EpollFlags::EXCLUSIVE), or `interest` has that flag;
    ///   it is the set itself; this is no set
    /// - [`PERM`](Errno::PERM): it cannot be waited for
    /// - [`BADF`](Errno::BADF): somebody closed one of the two behind its owner's back
    #[inline]
    #[doc(alias("epoll_ctl", "EPOLL_CTL_MOD", "select.epoll.modify"))]
    pub fn modify(&self, fd: &(impl AsFd + ?Sized), interest: EpollFlags, token: u64) -> Result<()> {
        self.control(EpollOp::Modify, fd, Some(&EpollEvent::new(interest, token)))
    }

    /// Takes a descriptor out of the set. No later wait reports it.
    ///
    /// System call: `epoll_ctl` (`EPOLL_CTL_DEL`).
    ///
    /// # Errors
    ///
    /// - [`NOENT`](Errno::NOENT): it is not in the set
    /// - [`INVAL`](Errno::INVAL): it is the set itself; this is no set
    /// - [`PERM`](Errno::PERM): it cannot be waited for
    /// - [`BADF`](Errno::BADF): somebody closed one of the two behind its owner's back
    #[inline]
    #[doc(alias("epoll_ctl", "EPOLL_CTL_DEL", "select.epoll.unregister"))]
    pub fn delete(&self, fd: &(impl AsFd + ?Sized)) -> Result<()> {
        self.control(EpollOp::Delete, fd, None)
    }

    #[inline]
    fn control(&self, op: EpollOp, fd: &(impl AsFd + ?Sized), event: Option<&EpollEvent>) -> Result<()> {
        sys::epoll_ctl(self.as_fd(), op, fd.as_fd(), event)
    }

    /// Waits until a descriptor of the set has events or `timeout` has passed (`None` means for ever). Returns the
    /// filled part of the buffer, which is empty after the timeout.
    ///
    /// It does not read the descriptors. A zero `timeout` checks without waiting. The clock is `CLOCK_MONOTONIC`. A
    /// wait never ends early. It may end [later](Self#a-deadline-to-the-nanosecond), by the timer slack of the thread
    /// (50 µs unless the program changed it) or by a thousandth of the timeout. A timeout longer than the kernel can
    /// hold means for ever (292 billion years). On a kernel before 5.11 the timeout is rounded up to whole
    /// milliseconds. `O_NONBLOCK` has no effect on a set.
    ///
    /// A signal handler does not end the wait. The wait continues with the time that is left. The kernel does not say
    /// how much that is, so a wait with a timeout other than zero first reads the clock. A program that must react to
    /// its own handlers uses [`sys::epoll_pwait`] or [`sys::epoll_pwait2`], which return `EINTR`, or reads its signals
    /// from a [`SignalFd`](crate::SignalFd).
    ///
    /// ```
    /// use barefd::{Epoll, EpollEvent, EpollFlags, EventFd};
    /// use core::time::Duration;
    ///
    /// let (epoll, event) = (Epoll::new()?, EventFd::new(1)?);
    /// epoll.add(&event, EpollFlags::IN, 7)?;
    /// let mut events = [EpollEvent::default(); 4];
    /// let events = epoll.wait(&mut events, Some(Duration::ZERO))?;
    /// assert!(events.len() == 1 && events[0].token() == 7 && events[0].is_readable());
    /// # Ok::<(), barefd::Errno>(())
    /// ```
    ///
    /// System calls:
    ///
    /// - no timeout, or zero: `epoll_pwait`, which every kernel has
    /// - another timeout: `clock_gettime` (32-bit ABIs: as [`Clock::now`]), `epoll_pwait2`; if that is `ENOSYS`,
    ///   `epoll_pwait`. The feature [`time32-first`](crate#times-on-32-bit-abis) leaves out `epoll_pwait2` on the ABIs
    ///   for which it is made
    /// - after `EINTR`, the wait again. With such a timeout, `clock_gettime` before it
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): `events` is empty, or has more bytes than an `i32` holds; this is no set
    /// - [`BADF`](Errno::BADF): somebody closed the set behind its owner's back
    #[inline]
    #[doc(alias("epoll_wait", "epoll_pwait", "epoll_pwait2", "select.epoll.poll"))]
    pub fn wait<'e>(&self, events: &'e mut [EpollEvent], timeout: Option<Duration>) -> Result<&'e [EpollEvent]> {
        let count = match timeout.map(Timespec::try_from) {
            Some(Ok(timeout)) if timeout == Timespec::default() => self.wait_millis(events, 0)?,
            Some(Ok(timeout)) => self.wait_until_after(events, timeout)?,
            None | Some(Err(_)) => self.wait_millis(events, -1)?,
        };
        // The kernel filled no more entries than there are.
        Ok(events.get(..count).unwrap_or_default())
    }

    /// Zero or for ever: such a wait can begin again as it was.
    #[inline]
    fn wait_millis(&self, events: &mut [EpollEvent], millis: i32) -> Result<usize> {
        loop {
            let ret = sys::raw::epoll_pwait(self.as_fd(), events, millis, None);
            if ret != Errno::INTR.to_ret() {
                return Errno::from_ret(ret);
            }
        }
    }

    /// Out of line, so that the other waits keep no register for it.
    #[inline(never)]
    fn wait_until_after(&self, events: &mut [EpollEvent], timeout: Timespec) -> Result<usize> {
        let deadline = clock::later(time64::clock_gettime(Clock::Monotonic.id())?, timeout);
        let mut left = timeout;
        let mut has_nanos = !time64::TIME32_FIRST;
        loop {
            let result = if has_nanos {
                sys::epoll_pwait2(self.as_fd(), events, Some(&left), None)
            } else {
                sys::epoll_pwait(self.as_fd(), events, clock::millis(left), None)
            };
            match result {
                Err(Errno::NOSYS) if has_nanos => {
                    has_nanos = false;
                    continue;
                }
                Err(Errno::INTR) => {}
                // Milliseconds end after 24 days.
                Ok(0) if !has_nanos && clock::millis(left) == i32::MAX => {}
                result => return result,
            }
            left = clock::until(deadline, time64::clock_gettime(Clock::Monotonic.id())?);
        }
    }
}

descriptor!(Epoll);
