//! The event counter.

use crate::counter;
use crate::descriptor::{self, descriptor};
use crate::errno::{Errno, Result};
use crate::fd::{AsFd, OwnedFd};
use crate::flags::EventFdFlags;
use crate::sys;

/// A 64-bit counter behind a descriptor. The descriptor is readable while the counter is not zero:
/// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html), `fs/eventfd.c`, Linux 2.6.27.
///
/// Writers add to the count. A reader takes the whole count, or one with [`SEMAPHORE`](EventFdFlags::SEMAPHORE).
/// The methods take `&self`: threads, and processes that inherited or received the descriptor, share the counter. They
/// repeat a call that a signal handler interrupted. A program that must see `EINTR` uses [`sys::read`] and
/// [`sys::write`].
///
/// ```
/// use barefd::EventFd;
///
/// let event = EventFd::nonblocking(0)?;
/// assert_eq!(event.take()?, None);
/// event.notify()?;
/// event.write(2)?;
/// assert_eq!(event.take()?, Some(3));
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// # Ordering
///
/// The kernel adds and takes under a lock of the counter. So a read that saw a write happens after everything that the
/// writing thread did before the write. Every call here is also a barrier to the compiler. Data that threads hand over
/// this way needs no fence. Its type must still allow sharing between threads; `Relaxed` atomics are enough:
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
/// use barefd::EventFd;
///
/// let event = EventFd::new(0)?;
/// let data = AtomicU32::new(0);
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         data.store(42, Relaxed);
///         event.notify()
///     });
///     event.wait()?;
///     assert_eq!(data.load(Relaxed), 42);
///     Ok::<(), barefd::Errno>(())
/// })
/// # ?; Ok::<(), barefd::Errno>(())
/// ```
///
/// A flag that lets writers skip the call (`if !pending.swap(true)`) needs more. The reader must clear the flag after
/// the read and before it looks at the data. Flag and data need `SeqCst`. Otherwise a wake-up can be lost.
///
/// # In an event loop
///
/// A level-triggered loop must read the counter, or it spins. With `EPOLLET` each write is a separate edge, even if the
/// counter was not zero. With io_uring, poll the descriptor through the ring and then read it with these methods: reads
/// of event counters and timers through the ring hung on Linux 6.15.4.
///
/// # Misuse that does not compile
///
/// A counter has one owner. [`try_clone`](Self::try_clone) makes a second descriptor, and can fail:
///
/// ```
/// let event = barefd::EventFd::new(0)?;
/// let other = event.try_clone()?;
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// ```compile_fail,E0599
/// let event = barefd::EventFd::new(0)?;
/// let other = event.clone();
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// A counter does not take the flags of a timer:
///
/// ```
/// use barefd::{EventFd, EventFdFlags};
/// let event = EventFd::with_flags(0, EventFdFlags::CLOEXEC)?;
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// ```compile_fail,E0308
/// use barefd::{EventFd, TimerFdFlags};
/// let event = EventFd::with_flags(0, TimerFdFlags::CLOEXEC)?;
/// # Ok::<(), barefd::Errno>(())
/// ```
#[repr(transparent)]
#[derive(Debug)]
#[doc(alias("eventfd", "os.eventfd"))]
pub struct EventFd {
    fd: OwnedFd,
}

impl EventFd {
    /// The largest count that [`write`](Self::write) can reach: 2^64 - 2.
    ///
    /// The kernel itself can fill a counter to 2^64 - 1 (asynchronous I/O, vhost). `poll` then reports
    /// [`ERR`](crate::PollFlags::ERR), and a read gives that number.
    pub const MAX: u64 = u64::MAX - 1;

    /// A blocking counter, close-on-exec, that starts at `initial`.
    ///
    /// System call: `eventfd2`.
    ///
    /// # Errors
    ///
    /// Those of [`with_flags`](Self::with_flags).
    #[inline]
    pub fn new(initial: u32) -> Result<Self> {
        Self::with_flags(initial, EventFdFlags::CLOEXEC)
    }

    /// A non-blocking counter, close-on-exec, that starts at `initial`.
    ///
    /// System call: `eventfd2`.
    ///
    /// # Errors
    ///
    /// Those of [`with_flags`](Self::with_flags).
    #[inline]
    #[doc(alias = "EFD_NONBLOCK")]
    pub fn nonblocking(initial: u32) -> Result<Self> {
        Self::with_flags(initial, EventFdFlags::CLOEXEC | EventFdFlags::NONBLOCK)
    }

    /// A blocking semaphore, close-on-exec, that starts at `initial`. A read takes one.
    ///
    /// System call: `eventfd2` (with `EFD_SEMAPHORE`, Linux 2.6.30).
    ///
    /// # Errors
    ///
    /// Those of [`with_flags`](Self::with_flags).
    #[inline]
    #[doc(alias = "EFD_SEMAPHORE")]
    pub fn semaphore(initial: u32) -> Result<Self> {
        Self::with_flags(initial, EventFdFlags::CLOEXEC | EventFdFlags::SEMAPHORE)
    }

    /// A counter that starts at `initial`, with exactly these flags. Without [`CLOEXEC`](EventFdFlags::CLOEXEC) it
    /// leaks into every program that the process executes.
    ///
    /// System call: `eventfd2`.
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): a flag that the kernel does not know
    /// - [`MFILE`](Errno::MFILE), [`NFILE`](Errno::NFILE): too many open files in the process, in the system
    /// - [`NODEV`](Errno::NODEV), [`NOMEM`](Errno::NOMEM): no inode, no memory
    /// - [`NOSYS`](Errno::NOSYS): a kernel without `CONFIG_EVENTFD`, or before 2.6.27
    #[inline]
    pub fn with_flags(initial: u32, flags: EventFdFlags) -> Result<Self> {
        sys::eventfd2(initial, flags).map(Self::from)
    }

    /// Takes the count and leaves zero; takes one from a semaphore. Blocks at zero, unless the descriptor is
    /// non-blocking.
    ///
    /// System call: `read`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// - [`AGAIN`](Errno::AGAIN): the count is zero, and the descriptor is non-blocking
    /// - [`INVAL`](Errno::INVAL): not an event counter
    /// - an error of another kind of file: `EBADF`, `EIO`, `EISDIR`…
    #[inline]
    #[doc(alias("eventfd_read", "os.eventfd_read"))]
    pub fn read(&self) -> Result<u64> {
        self.take()?.ok_or(Errno::AGAIN)
    }

    /// Takes the count, or returns `None` if it is zero. **On a blocking descriptor it waits** until the count is not
    /// zero.
    ///
    /// It leaves zero; from a semaphore it takes one.
    ///
    /// System call: `read`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), except `EAGAIN`, which is `None`.
    #[inline]
    #[doc(alias("eventfd_read", "os.eventfd_read"))]
    pub fn take(&self) -> Result<Option<u64>> {
        counter::read(self.as_fd()).map_err(counter::refused)
    }

    /// Waits until the count is not zero, and takes it as [`take`](Self::take) does. It waits on a blocking and on a
    /// non-blocking descriptor.
    ///
    /// System calls: `read`; as long as that would block on a non-blocking descriptor, that of a
    /// [`poll`](crate::poll()) without a timeout, and `read`. Each again after `EINTR`.
    ///
    /// # Errors
    ///
    /// Those of [`take`](Self::take) and of [`poll`](crate::poll()).
    #[inline]
    pub fn wait(&self) -> Result<u64> {
        loop {
            if let Some(count) = self.take()? {
                return Ok(count);
            }
            descriptor::wait(self.as_fd())?;
        }
    }

    /// Adds `add`, 0 to [`MAX`](Self::MAX), to the counter. Blocks while the sum would exceed `MAX`, unless the
    /// descriptor is non-blocking.
    ///
    /// Adding 0 does not change the counter. With `EPOLLET` it is still an edge if the counter is not zero.
    ///
    /// System call: `write`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// - [`AGAIN`](Errno::AGAIN): the sum would exceed `MAX`, and the descriptor is non-blocking; nothing was added
    /// - [`INVAL`](Errno::INVAL): `add` is `u64::MAX`; not an event counter
    /// - an error of another kind of file: `EBADF`, `EPIPE`, `ENOSPC`…
    #[inline]
    #[doc(alias("eventfd_write", "os.eventfd_write"))]
    pub fn write(&self, add: u64) -> Result<()> {
        counter::write(self.as_fd(), add)
    }

    /// Adds one, which makes the counter readable. If the counter is full and non-blocking, the call succeeds without
    /// adding: the counter is readable already. If it is full and blocking, the call waits.
    ///
    /// System call: `write`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write), except `EAGAIN`.
    #[inline]
    pub fn notify(&self) -> Result<()> {
        match self.write(1) {
            Err(Errno::AGAIN) => Ok(()),
            result => result,
        }
    }
}

descriptor!(EventFd);
