//! The cases, by subject. A case that is missing in `each_case!` is dead code, and does not compile.

pub mod clock;
pub mod epoll;
pub mod errno;
pub mod eventfd;
pub mod fd;
pub mod foreign;
pub mod init;
pub mod machine;
pub mod mem;
pub mod pidfd;
pub mod poll;
#[cfg(time32)]
pub mod refused;
pub mod registers;
pub mod settime;
pub mod signal;
pub mod signalfd;
pub mod step;
pub mod sys;
pub mod ticks;
#[cfg(time32)]
pub mod time32;
pub mod timerfd;
pub mod trap;

use core::ffi::CStr;
use core::fmt::{Arguments, Write};
use core::num::NonZeroU64;
use core::time::Duration;

use barefd::fd::AsFd;
use barefd::sys::{Itimerspec, Timespec};
use barefd::{Clock, Errno, PollFd, PollFlags, Result, SetTimeFlags, SigSet, Signal, SignalFd, TimerFd, TimerSpec};

use crate::outcome::Text;
use crate::{Outcome, Unpassed, kernel};

/// The limit of a wait for an event that must come, also on a slow machine.
const SOON: Duration = Duration::from_secs(5);

/// A time that is longer than any case may take.
const HOUR: Duration = Duration::from_secs(3600);

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The events at this moment.
fn events(fd: impl AsFd, asked: PollFlags) -> Result<PollFlags> {
    let mut fds = [PollFd::new(&fd, asked)];
    barefd::poll(&mut fds, Some(Duration::ZERO))?;
    let [entry] = fds;
    Ok(entry.revents())
}

#[track_caller]
fn becomes_readable(fd: impl AsFd) -> Outcome {
    match barefd::poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(SOON)) {
        Ok(1) => Ok(()),
        Ok(_) => Err(Unpassed::failed(format_args!("not readable within {SOON:?}"))),
        Err(errno) => Err(errno.into()),
    }
}

/// A non-blocking timer with one unread expiration.
fn expired() -> Outcome<TimerFd> {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    timer.arm_at(Duration::from_nanos(1))?;
    becomes_readable(&timer)?;
    Ok(timer)
}

/// Gives a `Realtime` timer `expirations` unread expirations. The next one is half an hour away.
fn owe(timer: &TimerFd, expirations: u32) -> Outcome {
    let first = (Clock::Realtime.now()? + HOUR / 2).checked_sub(HOUR * expirations);
    let first = first.ok_or(Unpassed::NotApplicable("a clock that nobody set since 1970"))?;
    timer.arm_every_at(first, HOUR)?;
    Ok(())
}

/// The setting of [`armed`].
const ARMED: TimerSpec = TimerSpec { initial: HOUR, interval: DAY };

/// A non-blocking timer that does not expire during a case.
fn armed() -> Outcome<TimerFd> {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    timer.set(SetTimeFlags::empty(), ARMED)?;
    Ok(timer)
}

/// Fails the case if the timer no longer has the setting of [`armed`].
#[track_caller]
fn is_still_armed(timer: &TimerFd) -> Outcome {
    let spec = timer.get()?;
    if !spec.initial.is_zero() && spec.initial <= ARMED.initial && spec.interval == ARMED.interval {
        return Ok(());
    }
    Err(Unpassed::failed(format_args!("the timer is at {spec:?}")))
}

/// Fails the case if a call that arms or disarms the timer gives another result than that error.
#[track_caller]
fn arming_is(timer: &TimerFd, errno: Errno) -> Outcome {
    const NONE: SetTimeFlags = SetTimeFlags::empty();
    for (method, result) in [
        ("arm_after", timer.arm_after(HOUR)),
        ("arm_every", timer.arm_every(HOUR)),
        ("arm_at", timer.arm_at(HOUR)),
        ("arm_every_at", timer.arm_every_at(HOUR, HOUR)),
        ("arm_at_cancel_on_set", timer.arm_at_cancel_on_set(HOUR).map(drop)),
        ("set", timer.set(NONE, TimerSpec::once(HOUR))),
        ("replace", timer.replace(NONE, TimerSpec::once(HOUR)).map(drop)),
        ("disarm", timer.disarm()),
    ] {
        if result != Err(errno) {
            return Err(Unpassed::failed(format_args!("{method} is {result:?}, not {errno:?}")));
        }
    }
    Ok(())
}

/// How many expirations a periodic timer has had at `now`.
fn beats(first: Duration, period: Duration, now: Duration) -> u64 {
    let since = now.saturating_sub(first).as_nanos() as u64;
    since / period.as_nanos() as u64 + 1
}

/// Calls `TFD_IOC_SET_TICKS`. Returns `false` for a 32-bit program on a 64-bit kernel: there the kernel does not have
/// it, and must answer so.
fn set_ticks(timer: &TimerFd, ticks: u64) -> Outcome<bool> {
    let result = timer.set_ticks(NonZeroU64::new(ticks).unwrap_or(NonZeroU64::MIN));
    let narrow = cfg!(target_pointer_width = "32") && kernel::is_64_bit()?;
    if kernel::has_set_ticks(timer) {
        check!(!narrow);
        result?;
        return Ok(true);
    }
    match result {
        Err(Errno::NOTTY) if narrow => Ok(false),
        Err(Errno::NOTTY) => Err(Unpassed::NotApplicable("a kernel without CONFIG_CHECKPOINT_RESTORE")),
        // No kernel gives this answer to an ioctl.
        Err(Errno::NOSYS) => Err(Unpassed::NotApplicable("an emulator that does not know the ioctl")),
        result => {
            check_eq!(result, Err(Errno::NOTTY));
            Ok(false)
        }
    }
}

/// Signals that this thread blocks. On drop, it takes those that are pending, and restores the old mask.
struct Blocked {
    set: SigSet,
    before: SigSet,
}

impl Blocked {
    fn new(signals: &[Signal]) -> Result<Self> {
        let set = SigSet::from_signals(signals);
        Ok(Self { set, before: set.thread_block()? })
    }

    /// A non-blocking descriptor for these signals.
    fn signals(&self) -> Result<SignalFd> {
        SignalFd::nonblocking(&self.set)
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        if let Ok(signals) = self.signals() {
            while let Ok(Some(_)) = signals.take() {}
        }
        let _ = self.before.thread_set_mask();
    }
}

/// Runs `body`, which makes only system calls, in a separate process. The process has one thread, and no other process
/// has the descriptors that it makes.
fn alone(body: impl FnOnce() -> Outcome) -> Outcome {
    const FAILED: i32 = 1;
    const NOT_APPLICABLE: i32 = 2;

    let (read, write) = kernel::pipe()?;
    // SAFETY: the new process makes only system calls, and ends here.
    let Some(process) = (unsafe { kernel::fork() })? else {
        barefd::sys::exit_group(match body() {
            Ok(()) => 0,
            Err(Unpassed::NotApplicable(_)) => NOT_APPLICABLE,
            Err(Unpassed::Failed(failure)) => {
                let mut text = Text::<320>::default();
                let _ = write!(text, "{failure}");
                let _ = barefd::sys::write(write.as_fd(), text.as_str().as_bytes());
                FAILED
            }
        })
    };
    match kernel::wait(process)? {
        0 => Ok(()),
        NOT_APPLICABLE => Err(Unpassed::NotApplicable("what its own process would need is not here")),
        status => {
            check_eq!(status, FAILED);
            let mut text = [0; 320];
            let len = barefd::sys::read(read.as_fd(), &mut text)?;
            let text = text.get(..len).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default();
            Err(Unpassed::failed(format_args!("{text}")))
        }
    }
}

const fn spec(interval: (i64, i64), value: (i64, i64)) -> Itimerspec {
    Itimerspec {
        it_interval: Timespec { tv_sec: interval.0, tv_nsec: interval.1 },
        it_value: Timespec { tv_sec: value.0, tv_nsec: value.1 },
    }
}

/// A path in `/proc/self`. It ends with a zero.
fn proc_path(name: Arguments<'_>) -> Text<64> {
    let mut path = Text::default();
    // The path fits: the names are short, and the number of a descriptor has at most ten digits.
    let _ = write!(path, "/proc/self/{name}\0");
    path
}

fn c_str(path: &Text<64>) -> &CStr {
    CStr::from_bytes_until_nul(path.as_str().as_bytes()).unwrap_or_default()
}

/// The kernel's information about a descriptor. Each line is one `name: value`.
struct FdInfo {
    text: [u8; 1024],
    len: usize,
}

impl FdInfo {
    fn of(fd: impl AsFd) -> Outcome<Self> {
        use barefd::fd::AsRawFd;
        needs_proc()?;
        let path = proc_path(format_args!("fdinfo/{}", fd.as_fd().as_raw_fd()));
        let file = kernel::open(c_str(&path), 0)?;
        let mut info = Self { text: [0; 1024], len: 0 };
        loop {
            match barefd::sys::read(file.as_fd(), info.text.get_mut(info.len..).unwrap_or_default())? {
                0 => return Ok(info),
                read => info.len += read,
            }
        }
    }

    fn field(&self, name: &str) -> Option<&str> {
        let text = core::str::from_utf8(self.text.get(..self.len)?).ok()?;
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    }
}

fn needs_proc() -> Outcome {
    match kernel::open(c"/proc/self/fdinfo", 0) {
        Err(Errno::NOENT) => Err(Unpassed::NotApplicable("/proc is not mounted")),
        result => {
            result?;
            Ok(())
        }
    }
}
