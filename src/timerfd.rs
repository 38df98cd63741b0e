//! The timer.

use core::num::NonZeroU64;
use core::time::Duration;

use crate::abi::{Itimerspec, Timespec};
use crate::clock::{self, Clock};
use crate::counter;
use crate::descriptor::{self, descriptor};
use crate::errno::{Errno, Result};
use crate::fd::{AsFd, OwnedFd};
use crate::flags::{SetTimeFlags, TimerFdFlags};
use crate::{sys, time64};

/// When a timer expires first, and its period after that: `struct itimerspec`.
///
/// The kernel counts in nanoseconds, up to 2^63 - 1 of them (292 years). It uses this maximum in place of a longer
/// time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "itimerspec")]
pub struct TimerSpec {
    /// The first expiration; zero disarms.
    #[doc(alias = "it_value")]
    pub initial: Duration,
    /// The period after the first expiration; zero if the timer expires once.
    #[doc(alias = "it_interval")]
    pub interval: Duration,
}

impl TimerSpec {
    /// Both times are zero.
    pub const DISARMED: Self = Self { initial: Duration::ZERO, interval: Duration::ZERO };

    /// Expires once, after `initial`.
    #[must_use]
    pub const fn once(initial: Duration) -> Self {
        Self { initial, interval: Duration::ZERO }
    }

    /// Expires after `period`, and every `period` from then on.
    #[must_use]
    pub const fn every(period: Duration) -> Self {
        Self { initial: period, interval: period }
    }

    /// Whether at least one of the two times is not zero.
    ///
    /// A zero `initial` alone does not mean that a timer is disarmed: a periodic timer shows it for an instant at each
    /// expiration.
    #[must_use]
    pub const fn is_armed(&self) -> bool {
        !self.initial.is_zero() || !self.interval.is_zero()
    }

    /// Converts what the kernel wrote.
    #[inline]
    fn from_kernel(spec: Itimerspec) -> Self {
        Self { initial: clock::duration(spec.it_value), interval: clock::duration(spec.it_interval) }
    }
}

/// Fails with [`OVERFLOW`](Errno::OVERFLOW) for more than `i64::MAX` seconds.
impl TryFrom<TimerSpec> for Itimerspec {
    type Error = Errno;

    #[inline]
    fn try_from(spec: TimerSpec) -> Result<Self> {
        Ok(Self { it_interval: spec.interval.try_into()?, it_value: spec.initial.try_into()? })
    }
}

/// Fails with [`INVAL`](Errno::INVAL) for negative seconds, and for nanoseconds outside 0 to 999,999,999.
impl TryFrom<Itimerspec> for TimerSpec {
    type Error = Errno;

    #[inline]
    fn try_from(spec: Itimerspec) -> Result<Self> {
        Ok(Self { initial: spec.it_value.try_into()?, interval: spec.it_interval.try_into()? })
    }
}

/// An event of a timer. The kernel reports only these two, so two arms are enough for a `match`:
///
/// ```
/// use barefd::Tick;
///
/// fn expirations(tick: Tick) -> u64 {
///     match tick {
///         Tick::Expired(n) => n.get(),
///         Tick::ClockChanged => 0,
///     }
/// }
/// ```
///
/// ```compile_fail,E0004
/// use barefd::Tick;
///
/// fn expirations(tick: Tick) -> u64 {
///     match tick {
///         Tick::Expired(n) => n.get(),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tick {
    /// The timer expired this many times since it was last read or armed.
    Expired(NonZeroU64),
    /// The clock of the timer was stepped. The timer was armed with
    /// [`arm_at_cancel_on_set`](TimerFd::arm_at_cancel_on_set) (or [`CANCEL_ON_SET`](SetTimeFlags::CANCEL_ON_SET)). It
    /// is still armed, for the same time on the clock as before.
    #[doc(alias = "ECANCELED")]
    ClockChanged,
}

/// Whether [`arm_at_cancel_on_set`](TimerFd::arm_at_cancel_on_set) found an earlier clock step. The timer is armed in
/// both cases, so neither is an error. The caller must not ignore the result:
///
/// ```
/// #![deny(unused_must_use)]
/// use barefd::{Armed, Clock, TimerFd};
///
/// let timer = TimerFd::new(Clock::Realtime)?;
/// let deadline = Clock::Realtime.now()? + core::time::Duration::from_secs(60);
/// if timer.arm_at_cancel_on_set(deadline)? == Armed::AfterClockChange {
///     // The deadline may have been computed before the step.
/// }
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// use barefd::{Armed, Clock, TimerFd};
///
/// let timer = TimerFd::new(Clock::Realtime)?;
/// let deadline = Clock::Realtime.now()? + core::time::Duration::from_secs(60);
/// timer.arm_at_cancel_on_set(deadline)?;
/// # Ok::<(), barefd::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "if the clock changed, the deadline may have to be computed anew"]
pub enum Armed {
    /// The kernel has no unreported clock step for this timer.
    Fresh,
    /// The clock was stepped before, and no read has reported the step yet: the kernel answered `ECANCELED`. **The
    /// timer is armed with the new deadline nevertheless.**
    #[doc(alias = "ECANCELED")]
    AfterClockChange,
}

/// A timer behind a descriptor. The descriptor is readable once the timer has expired:
/// [timerfd_create(2)](https://man7.org/linux/man-pages/man2/timerfd_create.2.html), `fs/timerfd.c`, Linux 2.6.25.
///
/// A read takes the number of expirations since the last read. Each `arm_…` method has one purpose, and a zero delay or
/// deadline in them is due at once. [`set`](Self::set), [`replace`](Self::replace) and [`get`](Self::get) work like the
/// kernel's calls, where a zero `initial` disarms. **Every call that arms or disarms discards the expirations that
/// nobody has read.** The methods take `&self`: threads, and processes that inherited or received the descriptor, share
/// the timer. One of them reads each expiration. They repeat a read that a signal handler interrupted. A program that
/// must see `EINTR` uses [`sys::read`].
///
/// ```
/// use core::time::Duration;
/// use barefd::{Clock, Tick, TimerFd};
///
/// let timer = TimerFd::new(Clock::Monotonic)?;
/// timer.arm_after(Duration::from_millis(1))?;
/// assert!(matches!(timer.wait()?, Tick::Expired(n) if n.get() == 1));
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// A metronome that does not drift, and does not miss a beat while its reader is busy:
///
/// ```
/// use core::time::Duration;
/// use barefd::{Clock, Tick, TimerFd};
///
/// let period = Duration::from_millis(1);
/// let timer = TimerFd::new(Clock::Monotonic)?;
/// timer.arm_every_at(Clock::Monotonic.now()? + period, period)?;
/// let mut beats = 0;
/// while beats < 3 {
///     if let Tick::Expired(n) = timer.wait()? {
///         beats += n.get();
///     }
/// }
/// # Ok::<(), barefd::Errno>(())
/// ```
///
/// On a blocking descriptor, a read gives 0 bytes if a `Realtime` clock was set back between a periodic expiration and
/// the read. Here this is not an expiration, and not an end of file. The descriptor survives `fork`, and `execve` if it
/// is not close-on-exec. The kernel disarms the timer when the last descriptor is closed. The [ordering of
/// reads](crate::EventFd#ordering) and the rules for [event loops](crate::EventFd#in-an-event-loop) are the same as for
/// the event counter.
#[repr(transparent)]
#[derive(Debug)]
#[doc(alias("timerfd", "os.timerfd_create"))]
pub struct TimerFd {
    fd: OwnedFd,
}

impl TimerFd {
    /// A blocking timer on `clock`, close-on-exec, disarmed.
    ///
    /// System call: `timerfd_create`.
    ///
    /// # Errors
    ///
    /// Those of [`with_flags`](Self::with_flags).
    #[inline]
    pub fn new(clock: Clock) -> Result<Self> {
        Self::with_flags(clock, TimerFdFlags::CLOEXEC)
    }

    /// A non-blocking timer on `clock`, close-on-exec, disarmed.
    ///
    /// System call: `timerfd_create`.
    ///
    /// # Errors
    ///
    /// Those of [`with_flags`](Self::with_flags).
    #[inline]
    #[doc(alias = "TFD_NONBLOCK")]
    pub fn nonblocking(clock: Clock) -> Result<Self> {
        Self::with_flags(clock, TimerFdFlags::CLOEXEC | TimerFdFlags::NONBLOCK)
    }

    /// A timer on `clock`, disarmed, with exactly these flags. Without [`CLOEXEC`](TimerFdFlags::CLOEXEC) it leaks into
    /// every program that the process executes.
    ///
    /// System call: `timerfd_create`.
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): a flag that the kernel does not know, or a clock that is newer than the kernel
    ///   ([`Clock`] says which release added it; `clock_gettime` may know it in earlier releases)
    /// - [`PERM`](Errno::PERM): an alarm clock, without `CAP_WAKE_ALARM`
    /// - [`MFILE`](Errno::MFILE), [`NFILE`](Errno::NFILE): too many open files in the process, in the system
    /// - [`NODEV`](Errno::NODEV), [`NOMEM`](Errno::NOMEM): no inode, no memory
    /// - [`NOSYS`](Errno::NOSYS): a kernel without `CONFIG_TIMERFD` (before 4.17), or before 2.6.25
    #[inline]
    pub fn with_flags(clock: Clock, flags: TimerFdFlags) -> Result<Self> {
        sys::timerfd_create(clock.id(), flags).map(Self::from)
    }

    /// Expires once, `delay` from now. A zero `delay` expires at once.
    ///
    /// A clock step does not move a delay on `Realtime`. On `RealtimeAlarm` it does: the kernel turns the delay into a
    /// deadline at once.
    ///
    /// System call: `timerfd_settime` ([32-bit ABIs](Self::set)).
    ///
    /// # Errors
    ///
    /// Those of [`set`](Self::set), except `CANCELED`.
    #[inline]
    pub fn arm_after(&self, delay: Duration) -> Result<()> {
        self.arm(SetTimeFlags::empty(), delay, Duration::ZERO)
    }

    /// Expires every `period`, for the first time one `period` from now.
    ///
    /// System call: `timerfd_settime` ([32-bit ABIs](Self::set)).
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): `period` is zero; no system call was made
    /// - those of [`set`](Self::set), except `CANCELED`
    #[inline]
    pub fn arm_every(&self, period: Duration) -> Result<()> {
        if period.is_zero() {
            return Err(Errno::INVAL);
        }
        self.arm(SetTimeFlags::empty(), period, period)
    }

    /// Expires once, when this timer's clock shows `deadline`. A deadline in the past expires at once.
    ///
    /// The deadline is a time as [`Clock::now`] gives it. On a `Realtime` clock it follows clock steps.
    ///
    /// System call: `timerfd_settime` ([32-bit ABIs](Self::set)).
    ///
    /// # Errors
    ///
    /// Those of [`set`](Self::set), except `CANCELED`.
    #[inline]
    #[doc(alias = "TFD_TIMER_ABSTIME")]
    pub fn arm_at(&self, deadline: Duration) -> Result<()> {
        self.arm(SetTimeFlags::ABSTIME, deadline, Duration::ZERO)
    }

    /// Expires when this timer's clock shows `first`, and every `period` from that time on, without drift. All
    /// expirations in the past are due at once.
    ///
    /// System call: `timerfd_settime` ([32-bit ABIs](Self::set)).
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): `period` is zero; no system call was made
    /// - those of [`set`](Self::set), except `CANCELED`
    #[inline]
    #[doc(alias = "TFD_TIMER_ABSTIME")]
    pub fn arm_every_at(&self, first: Duration, period: Duration) -> Result<()> {
        if period.is_zero() {
            return Err(Errno::INVAL);
        }
        self.arm(SetTimeFlags::ABSTIME, first, period)
    }

    /// Like [`arm_at`](Self::arm_at). In addition, a clock step before the deadline makes the timer readable with
    /// [`Tick::ClockChanged`] (Linux 3.0).
    ///
    /// **This works only on `Realtime` and `RealtimeAlarm`. Nobody can step the other clocks, and the kernel ignores
    /// the flag there.** A resume from suspend counts as a clock step. The kernel does not report a step between the
    /// creation of the timer and this call until something else about the clock changes, such as its offset from TAI.
    ///
    /// System call: `timerfd_settime` ([32-bit ABIs](Self::set)).
    ///
    /// # Errors
    ///
    /// Those of [`set`](Self::set), except `CANCELED`, which is [`Armed::AfterClockChange`].
    #[inline]
    #[doc(alias = "TFD_TIMER_CANCEL_ON_SET")]
    pub fn arm_at_cancel_on_set(&self, deadline: Duration) -> Result<Armed> {
        match self.arm(SetTimeFlags::ABSTIME | SetTimeFlags::CANCEL_ON_SET, deadline, Duration::ZERO) {
            Ok(()) => Ok(Armed::Fresh),
            Err(Errno::CANCELED) => Ok(Armed::AfterClockChange),
            Err(errno) => Err(errno),
        }
    }

    #[inline]
    fn arm(&self, flags: SetTimeFlags, initial: Duration, interval: Duration) -> Result<()> {
        // Zero would disarm the timer.
        let initial = if initial.is_zero() { Duration::from_nanos(1) } else { initial };
        self.set(flags, TimerSpec { initial, interval })
    }

    /// Disarms the timer: it does not expire any more.
    ///
    /// If no read has reported a clock step yet, the next [`arm_at_cancel_on_set`](Self::arm_at_cancel_on_set) reports
    /// it. A read before that does not report it.
    ///
    /// System call: `timerfd_settime` ([32-bit ABIs](Self::set)).
    ///
    /// # Errors
    ///
    /// Those of [`set`](Self::set), except `CANCELED` and `OVERFLOW`.
    #[inline]
    pub fn disarm(&self) -> Result<()> {
        static ZERO: Itimerspec = Itimerspec {
            it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: Timespec { tv_sec: 0, tv_nsec: 0 },
        };
        time64::timerfd_settime(self.as_fd(), SetTimeFlags::empty(), &ZERO, None)
    }

    /// `timerfd_settime` without an old value. `initial` is relative to now; with [`ABSTIME`](SetTimeFlags::ABSTIME) it
    /// is a time on the clock. **A zero `initial` disarms**, and [`get`](Self::get) then still returns the `interval`
    /// that came with it.
    ///
    /// System call: `timerfd_settime`. On 32-bit ABIs `timerfd_settime64`; if that is `ENOSYS` (before Linux 5.1), and
    /// only then, `timerfd_settime`, whose seconds end in 2038. The feature `time32-first` [changes the
    /// order](crate#times-on-32-bit-abis).
    ///
    /// # Errors
    ///
    /// - [`OVERFLOW`](Errno::OVERFLOW): more than `i64::MAX` seconds, and no system call was made; or more than
    ///   `i32::MAX` seconds, and the kernel has only the 32-bit call
    /// - [`INVAL`](Errno::INVAL): a flag that the kernel does not know; not a timer
    /// - [`PERM`](Errno::PERM): an alarm clock, without `CAP_WAKE_ALARM`
    /// - [`CANCELED`](Errno::CANCELED): with [`CANCEL_ON_SET`](SetTimeFlags::CANCEL_ON_SET), a clock step that no read
    ///   has reported yet; **the timer is armed nevertheless**
    #[inline]
    #[doc(alias("timerfd_settime", "timerfd_settime_ns", "os.timerfd_settime", "os.timerfd_settime_ns"))]
    pub fn set(&self, flags: SetTimeFlags, new: TimerSpec) -> Result<()> {
        time64::timerfd_settime(self.as_fd(), flags, &new.try_into()?, None)
    }

    /// [`set`](Self::set), which also returns the old value as [`get`](Self::get) does: always relative to now. The
    /// call costs about 15 % more.
    ///
    /// System call: `timerfd_settime` ([32-bit ABIs](Self::set)).
    ///
    /// # Errors
    ///
    /// Those of [`set`](Self::set). After `CANCELED` the old value is lost.
    #[inline]
    #[doc(alias("timerfd_settime", "timerfd_settime_ns", "os.timerfd_settime", "os.timerfd_settime_ns"))]
    pub fn replace(&self, flags: SetTimeFlags, new: TimerSpec) -> Result<TimerSpec> {
        let mut old = Itimerspec::default();
        time64::timerfd_settime(self.as_fd(), flags, &new.try_into()?, Some(&mut old))?;
        Ok(TimerSpec::from_kernel(old))
    }

    /// The time until the next expiration, **always relative to now**, whatever the timer was armed with, and the
    /// interval.
    ///
    /// It does not show the expirations that are due: use [`take`](Self::take) or [`poll`](crate::poll()) for these.
    /// `initial` is zero if the timer is disarmed, if it has expired for the last time, or for an instant while it
    /// expires. If the clock is set back after the last expiration at a deadline, `initial` is again the time until the
    /// deadline, but the timer does not expire again.
    ///
    /// System call: `timerfd_gettime`. On 32-bit ABIs `timerfd_gettime64`; if that is `ENOSYS`, and only then,
    /// `timerfd_gettime`, which truncates times of more than `u32::MAX` seconds (136 years). The feature `time32-first`
    /// [changes the order](crate#times-on-32-bit-abis).
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): not a timer
    #[inline]
    #[doc(alias("timerfd_gettime", "timerfd_gettime_ns", "os.timerfd_gettime", "os.timerfd_gettime_ns"))]
    pub fn get(&self) -> Result<TimerSpec> {
        time64::timerfd_gettime(self.as_fd()).map(TimerSpec::from_kernel)
    }

    /// The number of expirations since the last read, at least 1. Blocks until there is one, unless the descriptor is
    /// non-blocking. On a disarmed timer it blocks for ever.
    ///
    /// System call: `read`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// - [`AGAIN`](Errno::AGAIN): no expiration, and the descriptor is non-blocking; or the read gave 0 bytes, because
    ///   a `Realtime` clock was set back
    /// - [`CANCELED`](Errno::CANCELED): the clock was stepped ([`Tick::ClockChanged`]); the timer is still armed
    /// - [`INVAL`](Errno::INVAL): not a timer
    /// - an error of another kind of file: `EBADF`, `EIO`, `EISDIR`…
    #[inline]
    pub fn read(&self) -> Result<u64> {
        match counter::read(self.as_fd()) {
            Ok(Some(count)) => expirations(count).map(NonZeroU64::get),
            Ok(None) | Err(0) => Err(Errno::AGAIN),
            Err(ret) => Err(counter::refused(ret)),
        }
    }

    /// The next event of the timer, or `None` if there is none. **On a blocking descriptor it waits** for one.
    ///
    /// System call: `read`, again after `EINTR`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), except `AGAIN`, which is `None`, and `CANCELED`, which is [`Tick::ClockChanged`].
    #[inline]
    pub fn take(&self) -> Result<Option<Tick>> {
        tick(counter::read(self.as_fd()))
    }

    /// The next event of the timer. It waits for one on a blocking and on a non-blocking descriptor. On a disarmed
    /// timer it waits for ever.
    ///
    /// System calls: `read`; as long as that would block on a non-blocking descriptor, or gives 0 bytes, that of
    /// a [`poll`](crate::poll()) without a timeout, and `read`. Each again after `EINTR`.
    ///
    /// # Errors
    ///
    /// - [`INVAL`](Errno::INVAL): not a timer: the poll reported that it is readable, but the next read gave 0 bytes. A
    ///   blocking timer does the same if its clock is set back before the first read and again between the poll and the
    ///   next read
    /// - those of [`take`](Self::take) and of [`poll`](crate::poll())
    pub fn wait(&self) -> Result<Tick> {
        let mut polled = false;
        loop {
            let read = counter::read(self.as_fd());
            // Readable, but the read gave nothing: the end of another kind of file, which is readable for ever.
            if polled && read == Err(0) {
                return Err(Errno::INVAL);
            }
            if let Some(tick) = tick(read)? {
                return Ok(tick);
            }
            descriptor::wait(self.as_fd())?;
            polled = true;
        }
    }

    /// Sets the number of unread expirations to `ticks`, and makes the timer readable (Linux 3.17). It does not arm the
    /// timer.
    ///
    /// The kernel has it for checkpoints. A test can use it to make a timer expire without a wait. Zero ticks would be
    /// `EINVAL`, so they do not compile:
    ///
    /// ```no_run
    /// use core::num::NonZeroU64;
    /// # let timer = barefd::TimerFd::new(barefd::Clock::Monotonic)?;
    /// timer.set_ticks(NonZeroU64::MIN)?;
    /// # Ok::<(), barefd::Errno>(())
    /// ```
    ///
    /// ```compile_fail,E0308
    /// # let timer = barefd::TimerFd::new(barefd::Clock::Monotonic)?;
    /// timer.set_ticks(0)?;
    /// # Ok::<(), barefd::Errno>(())
    /// ```
    ///
    /// System call: `ioctl` (`TFD_IOC_SET_TICKS`).
    ///
    /// # Errors
    ///
    /// - [`NOTTY`](Errno::NOTTY): a kernel without `CONFIG_CHECKPOINT_RESTORE`, or before 3.17; a 32-bit program on a
    ///   64-bit kernel; not a timer (a few other kinds of file answer [`INVAL`](Errno::INVAL))
    /// - [`NOSYS`](Errno::NOSYS): QEMU's user mode, which does not know this `ioctl`
    /// - [`CANCELED`](Errno::CANCELED): a clock step that no read has reported yet
    #[inline]
    #[doc(alias("ioctl", "TFD_IOC_SET_TICKS"))]
    pub fn set_ticks(&self, ticks: NonZeroU64) -> Result<()> {
        sys::timerfd_set_ticks(self.as_fd(), ticks.get())
    }
}

descriptor!(TimerFd);

/// A timer never counts zero, but a read of a descriptor of another kind may give zero.
/// 0 bytes come from a timer whose clock was set back, and from another kind of descriptor at its end.
#[inline]
fn tick(read: Result<Option<u64>, isize>) -> Result<Option<Tick>> {
    match read {
        Ok(Some(count)) => expirations(count).map(|count| Some(Tick::Expired(count))),
        Ok(None) | Err(0) => Ok(None),
        Err(ret) if ret == Errno::CANCELED.to_ret() => Ok(Some(Tick::ClockChanged)),
        Err(ret) => Err(counter::refused(ret)),
    }
}

#[inline]
fn expirations(count: u64) -> Result<NonZeroU64> {
    NonZeroU64::new(count).ok_or(Errno::INVAL)
}
