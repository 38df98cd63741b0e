//! The system calls, one function each: no retry, no fallback, no default.
//!
//! [`EventFd`](crate::EventFd), [`TimerFd`](crate::TimerFd), [`SignalFd`](crate::SignalFd), [`Clock`](crate::Clock),
//! [`SigSet`] and [`poll`](crate::poll()) are these with a policy. Here `EINTR` comes back as it is, buffers have any
//! size, and a 32-bit ABI shows both forms of the calls that take a time: `*_time64` and `*64` with 64-bit seconds
//! (Linux 5.1), and those of before with 32-bit ones.
//!
//! Every call can also fail with `ENOSYS`, where the kernel was built without it, and with whatever a seccomp filter
//! answers.

use core::mem::MaybeUninit;

use crate::abi;
use crate::fd::{AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use crate::trap::{self, nr};
use crate::{Errno, EventFdFlags, PollFd, Result, SetTimeFlags, SigSet, SignalFdFlags, TimerFdFlags};

pub use crate::abi::{Itimerspec, SignalfdSiginfo, Timespec};
#[cfg(all(nr = "timerfd_settime64", nr = "timerfd_settime"))]
pub use crate::abi::{OldItimerspec32, OldTimespec32};

/// The two calls whose result the types look at before it becomes a [`Result`].
pub(crate) mod raw {
    use super::{BorrowedFd, argument, nr, trap};

    #[inline]
    pub(crate) fn read(fd: BorrowedFd<'_>, buf: &mut [u8]) -> isize {
        // SAFETY: the kernel writes into `buf`, at most its length.
        unsafe { trap::syscall3(nr::READ, argument(fd), buf.as_mut_ptr() as usize, buf.len()) }
    }

    #[inline]
    pub(crate) fn write(fd: BorrowedFd<'_>, buf: &[u8]) -> isize {
        // SAFETY: the kernel reads from `buf`, at most its length.
        unsafe { trap::syscall3(nr::WRITE, argument(fd), buf.as_ptr() as usize, buf.len()) }
    }
}

#[inline]
fn argument(fd: BorrowedFd<'_>) -> usize {
    fd.as_raw_fd() as usize
}

#[inline]
fn unit(ret: isize) -> Result<()> {
    Errno::from_ret(ret).map(drop)
}

/// # Safety
///
/// A success must be a new descriptor.
#[inline]
unsafe fn owned(ret: isize) -> Result<OwnedFd> {
    // SAFETY: the kernel has just opened it, for nobody else.
    Errno::from_ret(ret).map(|fd| unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// [`read(2)`](https://man7.org/linux/man-pages/man2/read.2.html): fills `buf` from the start and returns the number of
/// bytes.
///
/// An event counter or a timer gives 8, a native-endian `u64`; a timer can give 0 ([`TimerFd::read`](crate::TimerFd::read)).
/// A signal descriptor gives as many [`SignalfdSiginfo`] as there are signals and `buf` holds whole, at least one.
///
/// # Errors
///
/// - `EAGAIN`: it would block, and the descriptor is non-blocking
/// - `EBADF`: not open for reading
/// - `ECANCELED`: a timer armed with [`CANCEL_ON_SET`](SetTimeFlags::CANCEL_ON_SET), and its clock was stepped
/// - `EINTR`: a signal handler ran before anything was read
/// - `EINVAL`: `buf` is shorter than 8 bytes; on a signal descriptor, than 128
/// - what another kind of file may say: `EIO`, `EISDIR`…
#[inline]
#[doc(alias("eventfd_read", "os.eventfd_read"))]
pub fn read(fd: BorrowedFd<'_>, buf: &mut [u8]) -> Result<usize> {
    Errno::from_ret(raw::read(fd, buf))
}

/// [`write(2)`](https://man7.org/linux/man-pages/man2/write.2.html): writes from the start of `buf` and returns the number
/// of bytes.
///
/// An event counter takes 8, a native-endian `u64` to add.
///
/// # Errors
///
/// - `EAGAIN`: the counter would exceed 2^64 - 2, and the descriptor is non-blocking
/// - `EBADF`: not open for writing
/// - `EINTR`: a signal handler ran before anything was written
/// - `EINVAL`: the value is `u64::MAX`; `buf` is shorter than 8 bytes, or longer on newer kernels; the descriptor is a
///   timer or one of signals
/// - what another kind of file may say: `EPIPE`, `ENOSPC`…
#[inline]
#[doc(alias("eventfd_write", "os.eventfd_write"))]
pub fn write(fd: BorrowedFd<'_>, buf: &[u8]) -> Result<usize> {
    Errno::from_ret(raw::write(fd, buf))
}

/// [`close(2)`](https://man7.org/linux/man-pages/man2/close.2.html). The descriptor is closed whatever comes back: there is
/// nothing to retry.
///
/// # Errors
///
/// None from event counters and timers; from other files `EINTR`, `EIO`, `ENOSPC` or `EDQUOT`.
#[inline]
pub fn close(fd: OwnedFd) -> Result<()> {
    // SAFETY: the caller gave the descriptor away.
    unit(unsafe { trap::syscall1(nr::CLOSE, fd.into_raw_fd() as usize) })
}

/// [`eventfd2(2)`](https://man7.org/linux/man-pages/man2/eventfd.2.html): a new event counter (Linux 2.6.27).
///
/// # Errors
///
/// - `EINVAL`: a flag that the kernel does not know
/// - `EMFILE`, `ENFILE`: too many open files in the process, in the system
/// - `ENODEV`, `ENOMEM`: no inode, no memory
/// - `ENOSYS`: a kernel without `CONFIG_EVENTFD`
#[inline]
#[doc(alias("eventfd", "os.eventfd"))]
pub fn eventfd2(initval: u32, flags: EventFdFlags) -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { owned(trap::syscall2(nr::EVENTFD2, initval as usize, flags.bits() as usize)) }
}

/// [`timerfd_create(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): a new timer, disarmed (Linux 2.6.25,
/// with flags 2.6.27).
///
/// `clockid` is a kernel clock id, such as [`Clock::id`](crate::Clock::id).
///
/// # Errors
///
/// - `EINVAL`: a flag that the kernel does not know, or a clock that has no timer descriptors (Linux 2.6.25 has them for
///   0 `CLOCK_REALTIME` and 1 `CLOCK_MONOTONIC`, 3.11 for 8 `CLOCK_REALTIME_ALARM` and 9 `CLOCK_BOOTTIME_ALARM`, 3.15 for
///   7 `CLOCK_BOOTTIME`)
/// - `EPERM`: an alarm clock, without `CAP_WAKE_ALARM`
/// - `EMFILE`, `ENFILE`: too many open files in the process, in the system
/// - `ENODEV`, `ENOMEM`: no inode, no memory
#[inline]
#[doc(alias = "os.timerfd_create")]
pub fn timerfd_create(clockid: i32, flags: TimerFdFlags) -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { owned(trap::syscall2(nr::TIMERFD_CREATE, clockid as usize, flags.bits() as usize)) }
}

/// # Safety
///
/// `nr` must be a `timerfd_settime` whose times are `T`.
#[inline]
unsafe fn settime<T>(nr: usize, fd: BorrowedFd<'_>, flags: SetTimeFlags, new: &T, old: Option<&mut T>) -> Result<()> {
    let (fd, flags, new) = (argument(fd), flags.bits() as usize, new as *const T as usize);
    // SAFETY: the kernel reads a `T` from `new`, and writes one to `old` where that is given; it does not block.
    unit(unsafe {
        match old {
            None => trap::syscall4_readonly(nr, fd, flags, new, 0),
            Some(old) => trap::syscall4(nr, fd, flags, new, old as *mut T as usize),
        }
    })
}

/// # Safety
///
/// `nr` must be a `timerfd_gettime` whose times are `T`.
#[inline]
unsafe fn gettime<T>(nr: usize, fd: BorrowedFd<'_>) -> Result<T> {
    let mut current = MaybeUninit::<T>::uninit();
    // SAFETY: the kernel writes a `T` to `current`.
    unit(unsafe { trap::syscall2(nr, argument(fd), current.as_mut_ptr() as usize) })?;
    // SAFETY: it succeeded, and so has written all of it. Unlike `read` and `ioctl`, the call reaches no other driver's
    // code: a descriptor that is not a timer is EINVAL.
    Ok(unsafe { current.assume_init() })
}

/// # Safety
///
/// `nr` must be a `clock_gettime` whose time is `T`.
#[inline]
unsafe fn clock<T>(nr: usize, clockid: i32) -> Result<T> {
    let mut now = MaybeUninit::<T>::uninit();
    // SAFETY: the kernel writes a `T` to `now`.
    unit(unsafe { trap::syscall2(nr, clockid as usize, now.as_mut_ptr() as usize) })?;
    // SAFETY: it succeeded, and so has written all of it.
    Ok(unsafe { now.assume_init() })
}

/// # Safety
///
/// `nr` must be a `ppoll` whose timeout is `T`.
#[inline]
unsafe fn poll<T>(
    nr: usize,
    fds: &mut [PollFd<'_>],
    timeout: Option<&mut T>,
    sigmask: Option<&SigSet>,
) -> Result<usize> {
    // The kernel would look at the low 32 bits of the number alone.
    if fds.len() > u32::MAX as usize {
        return Err(Errno::INVAL);
    }
    let timeout = timeout.map_or(0, |timeout| timeout as *mut T as usize);
    let sigmask = sigmask.map_or(0, |sigmask| sigmask as *const SigSet as usize);
    // SAFETY: the kernel reads and writes the entries, of which it changes `revents` alone, reads and writes the timeout,
    // and reads the mask.
    Errno::from_ret(unsafe {
        trap::syscall5(nr, fds.as_mut_ptr() as usize, fds.len(), timeout, sigmask, size_of::<SigSet>())
    })
}

// One set of calls a layout of time: a 64-bit ABI has one, riscv32 has the *64 calls alone, other 32-bit ABIs have two.
macro_rules! time_calls {
    (
        $since:literal, $Itimerspec:ident, $Timespec:ident,
        $settime:ident = $SETTIME:ident, $gettime:ident = $GETTIME:ident,
        $ppoll:ident = $PPOLL:ident, $clock_gettime:ident = $CLOCK_GETTIME:ident
    ) => {
        #[doc = concat!(
            "[`", stringify!($settime), "(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): arms the timer \
             with `new`, or disarms it if `it_value` is zero (", $since, ")."
        )]
        ///
        /// The timer's unread expirations are gone, also when it answers `ECANCELED`. Asking for `old` makes the call about
        /// 15 % slower.
        ///
        /// # Errors
        ///
        /// - `EBADF`: not open
        /// - `ECANCELED`: a step of its clock had canceled the timer, and nobody had read that yet. **The timer is armed
        ///   with `new` all the same**; `old` is not written
        /// - `EINVAL`: not a timer; unknown flags; nanoseconds outside 0 to 999,999,999 or negative seconds in any field
        /// - `EPERM`: an alarm clock, without `CAP_WAKE_ALARM`
        #[inline]
        pub fn $settime(
            fd: BorrowedFd<'_>,
            flags: SetTimeFlags,
            new: &$Itimerspec,
            old: Option<&mut $Itimerspec>,
        ) -> Result<()> {
            // SAFETY: that number's struct.
            unsafe { settime(nr::$SETTIME, fd, flags, new, old) }
        }

        #[doc = concat!(
            "[`", stringify!($gettime), "(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): the time until \
             the next expiration, and the interval (", $since, ")."
        )]
        ///
        /// The time is relative to now, whatever the timer was armed with.
        ///
        /// # Errors
        ///
        /// - `EBADF`: not open
        /// - `EINVAL`: not a timer
        #[inline]
        pub fn $gettime(fd: BorrowedFd<'_>) -> Result<$Itimerspec> {
            // SAFETY: that number's struct.
            unsafe { gettime(nr::$GETTIME, fd) }
        }

        #[doc = concat!(
            "[`", stringify!($ppoll), "(2)`](https://man7.org/linux/man-pages/man2/poll.2.html): waits until an entry has \
             events and returns the number of entries that have (", $since, ")."
        )]
        ///
        /// `None` for the timeout waits for ever; the kernel writes the time that is left back to it. While it waits, the
        /// thread's signal mask is `sigmask`, if one is given.
        ///
        /// # Errors
        ///
        /// - `EINTR`: a signal handler ran
        /// - `EINVAL`: a timeout with nanoseconds outside 0 to 999,999,999 or negative seconds; more entries than
        ///   `RLIMIT_NOFILE`
        /// - `ENOMEM`: no memory
        #[inline]
        pub fn $ppoll(
            fds: &mut [PollFd<'_>],
            timeout: Option<&mut $Timespec>,
            sigmask: Option<&SigSet>,
        ) -> Result<usize> {
            // SAFETY: that number's struct.
            unsafe { poll(nr::$PPOLL, fds, timeout, sigmask) }
        }

        #[doc = concat!(
            "[`", stringify!($clock_gettime), "(2)`](https://man7.org/linux/man-pages/man2/clock_gettime.2.html): the time on \
             a clock of the kernel's, such as [`Clock::id`](crate::Clock::id) (", $since, ")."
        )]
        ///
        /// This traps: the vDSO is not used.
        ///
        /// # Errors
        ///
        /// - `EINVAL`: no such clock; an alarm clock on a system without a real-time clock device
        #[inline]
        pub fn $clock_gettime(clockid: i32) -> Result<$Timespec> {
            // SAFETY: that number's struct.
            unsafe { clock(nr::$CLOCK_GETTIME, clockid) }
        }
    };
}

#[cfg(not(nr = "timerfd_settime64"))]
time_calls! {
    "Linux 2.6.25", Itimerspec, Timespec,
    timerfd_settime = TIMERFD_SETTIME, timerfd_gettime = TIMERFD_GETTIME,
    ppoll = PPOLL, clock_gettime = CLOCK_GETTIME
}

#[cfg(nr = "timerfd_settime64")]
time_calls! {
    "Linux 5.1; times of 64 bits", Itimerspec, Timespec,
    timerfd_settime64 = TIMERFD_SETTIME64, timerfd_gettime64 = TIMERFD_GETTIME64,
    ppoll_time64 = PPOLL_TIME64, clock_gettime64 = CLOCK_GETTIME64
}

#[cfg(all(nr = "timerfd_settime64", nr = "timerfd_settime"))]
time_calls! {
    "Linux 2.6.25; times of 32 bits, `ENOSYS` without `CONFIG_COMPAT_32BIT_TIME`", OldItimerspec32, OldTimespec32,
    timerfd_settime = TIMERFD_SETTIME, timerfd_gettime = TIMERFD_GETTIME,
    ppoll = PPOLL, clock_gettime = CLOCK_GETTIME
}

/// [`ioctl_timerfd(2)`](https://man7.org/linux/man-pages/man2/timerfd_create.2.html): makes `ticks` the timer's number of
/// unread expirations (Linux 3.17).
///
/// # Errors
///
/// - `EBADF`: not open
/// - `ECANCELED`: a step of its clock had canceled the timer
/// - `EINVAL`: `ticks` is 0
/// - `ENOTTY`: not a timer; a kernel without `CONFIG_CHECKPOINT_RESTORE`; a 32-bit program on a 64-bit kernel
#[inline]
#[doc(alias("ioctl", "TFD_IOC_SET_TICKS"))]
pub fn timerfd_set_ticks(fd: BorrowedFd<'_>, ticks: u64) -> Result<()> {
    // Ours to lose: another kind of file may know the same number as an ioctl that writes.
    let mut ticks = ticks;
    // SAFETY: the kernel reads 8 bytes from `ticks`, or a foreign driver writes 8, the size that the number encodes.
    unit(unsafe { trap::syscall3(nr::IOCTL, argument(fd), abi::TFD_IOC_SET_TICKS as usize, (&raw mut ticks) as usize) })
}

/// [`signalfd4(2)`](https://man7.org/linux/man-pages/man2/signalfd.2.html): a new descriptor that reads the signals of `mask`
/// (Linux 2.6.27).
///
/// The kernel leaves `SIGKILL` and `SIGSTOP` out of the mask.
///
/// # Errors
///
/// - `EINVAL`: a flag that the kernel does not know
/// - `EMFILE`, `ENFILE`: too many open files in the process, in the system
/// - `ENODEV`, `ENOMEM`: no inode, no memory
/// - `ENOSYS`: a kernel without `CONFIG_SIGNALFD`
#[inline]
#[doc(alias = "signalfd")]
pub fn signalfd4(mask: &SigSet, flags: SignalFdFlags) -> Result<OwnedFd> {
    // SAFETY: the kernel reads the mask; from -1 it makes a new descriptor.
    unsafe { owned(signalfd(usize::MAX, mask, flags)) }
}

/// [`signalfd4(2)`](https://man7.org/linux/man-pages/man2/signalfd.2.html) of a descriptor that is there: makes it read the
/// signals of `mask`, and no other (Linux 2.6.27).
///
/// # Errors
///
/// - `EBADF`: not open
/// - `EINVAL`: not a signal descriptor
#[inline]
#[doc(alias = "signalfd")]
pub fn signalfd4_set_mask(fd: BorrowedFd<'_>, mask: &SigSet) -> Result<()> {
    unit(signalfd(argument(fd), mask, SignalFdFlags::empty()))
}

#[inline]
fn signalfd(fd: usize, mask: &SigSet, flags: SignalFdFlags) -> isize {
    let (mask, flags) = (mask as *const SigSet as usize, flags.bits() as usize);
    // SAFETY: the kernel reads the mask.
    unsafe { trap::syscall4(nr::SIGNALFD4, fd, mask, size_of::<SigSet>(), flags) }
}

/// What [`rt_sigprocmask`] does with the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SigmaskHow {
    /// Blocks its signals too.
    #[doc(alias = "SIG_BLOCK")]
    Block,
    /// Unblocks its signals.
    #[doc(alias = "SIG_UNBLOCK")]
    Unblock,
    /// Blocks its signals and no other.
    #[doc(alias = "SIG_SETMASK")]
    SetMask,
}

/// [`rt_sigprocmask(2)`](https://man7.org/linux/man-pages/man2/sigprocmask.2.html): changes the signal mask of the
/// calling thread by `set`, if one is given, and writes the mask before to `old` (Linux 2.2).
///
/// The kernel never blocks `SIGKILL` and `SIGSTOP`. What a changed mask means for other threads, programs and for libc
/// [`SigSet`] says.
///
/// # Errors
///
/// None from the kernel.
#[inline]
#[doc(alias("sigprocmask", "pthread_sigmask"))]
pub fn rt_sigprocmask(how: SigmaskHow, set: Option<&SigSet>, old: Option<&mut SigSet>) -> Result<()> {
    let how = match how {
        SigmaskHow::Block => abi::SIG_BLOCK,
        SigmaskHow::Unblock => abi::SIG_UNBLOCK,
        SigmaskHow::SetMask => abi::SIG_SETMASK,
    };
    let set = set.map_or(0, |set| set as *const SigSet as usize);
    let old = old.map_or(0, |old| old as *mut SigSet as usize);
    // SAFETY: the kernel reads `set`, and writes a set to `old`, where they are given.
    unit(unsafe { trap::syscall4(nr::RT_SIGPROCMASK, how as usize, set, old, size_of::<SigSet>()) })
}

#[cfg(nr = "fcntl")]
use nr::FCNTL;
#[cfg(nr = "fcntl64")]
use nr::FCNTL64 as FCNTL;

/// [`fcntl(2)`](https://man7.org/linux/man-pages/man2/fcntl.2.html), `F_GETFL`: the access mode and the status flags of the
/// open file description, `O_NONBLOCK` among them.
///
/// # Errors
///
/// - `EBADF`: not open
#[inline]
#[doc(alias("fcntl", "F_GETFL"))]
pub fn fcntl_getfl(fd: BorrowedFd<'_>) -> Result<u32> {
    // SAFETY: no pointer.
    Errno::from_ret(unsafe { trap::syscall2(FCNTL, argument(fd), abi::F_GETFL) }).map(|flags| flags as u32)
}

/// [`fcntl(2)`](https://man7.org/linux/man-pages/man2/fcntl.2.html), `F_SETFL`: sets the status flags of the open file
/// description; the kernel ignores the others.
///
/// # Errors
///
/// - `EBADF`: not open
/// - `EINVAL`, `EPERM`: a flag that this kind of file does not take, or no longer gives up
#[inline]
#[doc(alias("fcntl", "F_SETFL"))]
pub fn fcntl_setfl(fd: BorrowedFd<'_>, flags: u32) -> Result<()> {
    // SAFETY: no pointer. No flag changes what memory the kernel may touch on its own.
    unit(unsafe { trap::syscall3(FCNTL, argument(fd), abi::F_SETFL, flags as usize) })
}

/// [`fcntl(2)`](https://man7.org/linux/man-pages/man2/fcntl.2.html), `F_DUPFD_CLOEXEC` (Linux 2.6.24): another descriptor
/// of the same open file description, the lowest free one from `min` up, close-on-exec.
///
/// # Errors
///
/// - `EBADF`: not open
/// - `EINVAL`: `min` is negative, or not below `RLIMIT_NOFILE`
/// - `EMFILE`: too many open files in the process
#[inline]
#[doc(alias("fcntl", "dup", "F_DUPFD_CLOEXEC"))]
pub fn fcntl_dupfd_cloexec(fd: BorrowedFd<'_>, min: RawFd) -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { owned(trap::syscall3(FCNTL, argument(fd), abi::F_DUPFD_CLOEXEC, min as usize)) }
}

/// [`exit_group(2)`](https://man7.org/linux/man-pages/man2/exit_group.2.html): ends the process, all its threads, with
/// the low 8 bits of `status` (Linux 2.5.35).
///
/// Nothing runs before that: no destructor, no `atexit` handler.
#[inline]
#[doc(alias("exit", "_exit", "os._exit"))]
pub fn exit_group(status: i32) -> ! {
    loop {
        // SAFETY: no pointer, and nothing runs afterwards.
        let _ = unsafe { trap::syscall1(nr::EXIT_GROUP, status as usize) };
    }
}
