//! The descriptor of a process.

use core::fmt;

use crate::abi;
use crate::descriptor::{self, descriptor};
use crate::errno::{Errno, Result};
use crate::fd::{AsFd, OwnedFd};
use crate::flags::{PidFdFlags, WaitFlags};
use crate::signal::Signal;
use crate::sys::{self, Siginfo, WaitId};

/// A process behind a descriptor. The descriptor is readable once the process has ended:
/// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html), `kernel/pid.c`, Linux 5.3.
///
/// A process id can go to another process once its process was reaped. A `PidFd` never does: a signal reaches this
/// process or nobody.
///
/// ```standalone_crate
/// use barefd::{ExitStatus, PidFd, PollFd, PollFlags, Signal, poll};
/// use core::time::Duration;
/// use std::process::Command;
///
/// /// Gives `sleep` 100 milliseconds.
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let child = Command::new("sleep").arg("60").spawn()?;
///     let process = PidFd::open(child.id())?;
///     let mut fds = [PollFd::new(&process, PollFlags::IN)];
///     if poll(&mut fds, Some(Duration::from_millis(100)))? == 0 {
///         process.send_signal(Signal::TERM)?;
///     }
///     // This reaps the child, so `child.wait()` would fail from now on.
///     let status = process.wait()?;
///     assert_eq!(status, ExitStatus::Killed { signal: Signal::TERM, core_dumped: false });
///     println!("sleep {status}");
///     Ok(())
/// }
/// ```
///
/// | what | needs |
/// |---|---|
/// | [`send_signal`](Self::send_signal) | Linux 5.1 |
/// | [`open`](Self::open), to be readable in [`poll`](crate::poll()) and [`Epoll`](crate::Epoll) | Linux 5.3 |
/// | [`take`](Self::take), [`wait`](Self::wait) | Linux 5.4 (`EINVAL` before) |
/// | [`NONBLOCK`](PidFdFlags::NONBLOCK) | Linux 5.10 (`EINVAL` before; until then a `set_nonblocking` has no effect) |
/// | [`THREAD`](PidFdFlags::THREAD) | Linux 6.9 (`EINVAL` before) |
///
/// # A race-free start
///
/// The id of a child is its own until the parent reaps it. So a parent can open each child that it has not reaped, also
/// one that has ended. A process that is not a child may end, be reaped, and lose its id before the call. Then the call
/// opens another process or nobody. Where `SIGCHLD` is ignored (`SIG_IGN`), the kernel reaps the children, and a parent
/// has the same problem.
///
/// # Who learns the exit status
///
/// Only the parent, and only once: [`take`](Self::take), [`wait`](Self::wait), and every other wait for the child reap
/// it. Then, and for a process that is not a child, the two are [`CHILD`](Errno::CHILD), and so is the `wait` of the
/// standard library's `Child`. A child that inherited the descriptor is no parent either. There is no status while
/// `SIGCHLD` is ignored, and for a child that `clone` made with another exit signal than `SIGCHLD`. Everybody can wait
/// until the descriptor is readable, and learns that the process has ended, but not how.
///
/// The descriptor stays readable once the process has ended. Once it was reaped, newer kernels report
/// [`HUP`](crate::PollFlags::HUP) too (seen on 6.12, not on 6.1).
///
/// # Process 1
///
/// An init also reaps the orphans that it does not know. [`sys::waitid`] with [`WaitId::All`] does that, and
/// [`ExitStatus::from_siginfo`] reads its result.
#[repr(transparent)]
#[derive(Debug)]
#[doc(alias("pidfd", "pidfd_open", "os.pidfd_open"))]
pub struct PidFd {
    fd: OwnedFd,
}

impl PidFd {
    /// The process with this id in the pid namespace of the caller, close-on-exec.
    ///
    /// The descriptor is readable when the whole process has ended, and not when its first thread has. A process that
    /// has ended can be opened until it is reaped.
    ///
    /// System call: `pidfd_open`.
    ///
    /// # Errors
    ///
    /// Those of [`with_flags`](Self::with_flags).
    #[inline]
    pub fn open(pid: u32) -> Result<Self> {
        Self::with_flags(pid, PidFdFlags::empty())
    }

    /// The process with this id, with exactly these flags. The descriptor is close-on-exec in any case.
    ///
    /// System call: `pidfd_open`.
    ///
    /// # Errors
    ///
    /// - [`SRCH`](Errno::SRCH): there is no process with this id, or it was reaped (`INVAL` on older kernels, while a
    ///   process group or a session still has the id)
    /// - [`INVAL`](Errno::INVAL): `pid` is 0 or more than `i32::MAX`; a flag that the kernel does not know
    /// - [`NOENT`](Errno::NOENT) (seen on Linux 6.18), on older kernels `INVAL`: the id of a thread that does not lead
    ///   its process, without [`THREAD`](PidFdFlags::THREAD)
    /// - [`MFILE`](Errno::MFILE), [`NFILE`](Errno::NFILE): too many open files in the process, in the system
    /// - [`NODEV`](Errno::NODEV), [`NOMEM`](Errno::NOMEM): no inode, no memory
    /// - [`NOSYS`](Errno::NOSYS): a kernel before 5.3
    #[inline]
    pub fn with_flags(pid: u32, flags: PidFdFlags) -> Result<Self> {
        sys::pidfd_open(pid, flags).map(Self::from)
    }

    /// Sends a signal to the process, as `kill` does, but never to another process that got its id.
    ///
    /// A process that has ended and is not reaped takes every signal, and nothing happens. To know whether it has
    /// ended, poll the descriptor.
    ///
    /// System call: `pidfd_send_signal` (Linux 5.1).
    ///
    /// # Errors
    ///
    /// - [`SRCH`](Errno::SRCH): the process was reaped
    /// - [`PERM`](Errno::PERM): the process belongs to another user
    /// - [`BADF`](Errno::BADF): not the descriptor of a process (the kernel also takes one of a directory `/proc/PID`)
    /// - [`INVAL`](Errno::INVAL): the process is in a pid namespace that this one cannot see
    /// - [`AGAIN`](Errno::AGAIN): a real-time signal to the descriptor of a [`THREAD`](PidFdFlags::THREAD), and
    ///   `RLIMIT_SIGPENDING` is reached
    /// - [`NOSYS`](Errno::NOSYS): a kernel before 5.1
    #[inline]
    #[doc(alias("pidfd_send_signal", "kill", "signal.pidfd_send_signal"))]
    pub fn send_signal(&self, signal: Signal) -> Result<()> {
        sys::pidfd_send_signal(self.as_fd(), signal.raw(), None, 0)
    }

    /// Reaps the child and returns how it ended, or `None` if it has not ended. It never waits, even on a blocking
    /// descriptor.
    ///
    /// It is `None` too while another process traces the child (ptrace) and has not seen its end. Then the descriptor
    /// is readable already, so a loop that looks again at once spins until the tracer has.
    ///
    /// System call: `waitid` (`P_PIDFD`, Linux 5.4, with `WEXITED` and `WNOHANG`).
    ///
    /// # Errors
    ///
    /// - [`CHILD`](Errno::CHILD): the process is [not a child, or was reaped](Self#who-learns-the-exit-status)
    /// - [`BADF`](Errno::BADF): not the descriptor of a process
    /// - [`INVAL`](Errno::INVAL): a kernel before 5.4
    #[inline]
    #[doc(alias("waitid", "waitpid"))]
    pub fn take(&self) -> Result<Option<ExitStatus>> {
        self.reap(WaitFlags::EXITED | WaitFlags::NOHANG)
    }

    /// Waits until the child has ended, reaps it, and returns how it ended. It waits on a blocking and on a
    /// non-blocking descriptor.
    ///
    /// System calls: `waitid` (`P_PIDFD`, Linux 5.4, with `WEXITED`); if that would block on a non-blocking descriptor,
    /// that of a [`poll`](crate::poll()) without a timeout, and `waitid` once more. Each again after `EINTR`. A program
    /// that must react to its own handlers uses [`sys::waitid`], which returns `EINTR`.
    ///
    /// # Errors
    ///
    /// Those of [`take`](Self::take) and of [`poll`](crate::poll()), and:
    ///
    /// - [`AGAIN`](Errno::AGAIN): the child has ended, another process traces it and has not seen its end, and the
    ///   descriptor is non-blocking; a blocking one waits for that, too
    #[inline]
    #[doc(alias("waitid", "waitpid"))]
    pub fn wait(&self) -> Result<ExitStatus> {
        let status = match self.reap(WaitFlags::EXITED) {
            Err(Errno::AGAIN) => {
                descriptor::wait(self.as_fd())?;
                self.reap(WaitFlags::EXITED)?
            }
            status => status?,
        };
        // Without WNOHANG the kernel waits until there is a status.
        status.ok_or(Errno::INVAL)
    }

    fn reap(&self, options: WaitFlags) -> Result<Option<ExitStatus>> {
        loop {
            match sys::waitid(WaitId::PidFd(self.as_fd()), options) {
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno),
                Ok(info) if info.si_pid == 0 => return Ok(None),
                Ok(info) => return ExitStatus::from_siginfo(&info).map(Some).ok_or(Errno::INVAL),
            }
        }
    }
}

descriptor!(PidFd);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitStatus {
    /// It ended itself, with `exit` or by returning from `main`.
    #[doc(alias("CLD_EXITED", "WIFEXITED", "WEXITSTATUS"))]
    Exited {
        /// The exit status, 0 to 255.
        status: u8,
    },
    /// A signal ended it.
    #[doc(alias("CLD_KILLED", "CLD_DUMPED", "WIFSIGNALED", "WTERMSIG", "WCOREDUMP"))]
    Killed {
        /// The signal.
        signal: Signal,
        /// Whether the kernel dumped its memory. That depends on the signal, `RLIMIT_CORE` and
        /// `/proc/sys/kernel/core_pattern`.
        core_dumped: bool,
    },
}

impl ExitStatus {
    /// Converts what [`sys::waitid`] wrote. `None` if there was no child, or if the child stopped or went on.
    #[inline]
    #[must_use]
    pub const fn from_siginfo(info: &Siginfo) -> Option<Self> {
        Self::from_code(info.si_code, info.si_status())
    }

    /// Converts the [`code`](crate::SignalInfo::code) and the [`status`](crate::SignalInfo::status) of a `SIGCHLD`.
    /// `None` if the code is none of `CLD_EXITED`, `CLD_KILLED` and `CLD_DUMPED`, or if the status is out of range; no
    /// kernel writes such a status.
    #[must_use]
    pub const fn from_code(code: i32, status: i32) -> Option<Self> {
        const EXITED: i32 = abi::CLD_EXITED as i32;
        const KILLED: i32 = abi::CLD_KILLED as i32;
        const DUMPED: i32 = abi::CLD_DUMPED as i32;
        match code {
            EXITED if status >= 0 && status <= 255 => Some(Self::Exited { status: status as u8 }),
            KILLED | DUMPED => match Signal::from_raw(status as u32) {
                Some(signal) => Some(Self::Killed { signal, core_dumped: code == DUMPED }),
                None => None,
            },
            _ => None,
        }
    }

    /// Whether the process ended itself with the exit status 0.
    #[inline]
    #[must_use]
    pub const fn success(&self) -> bool {
        matches!(self, Self::Exited { status: 0 })
    }
}

/// `exited with status 1`, `was killed by SIGKILL`, or `was killed by SIGSEGV (core dumped)`.
impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited { status } => write!(f, "exited with status {status}"),
            Self::Killed { signal, core_dumped: false } => write!(f, "was killed by {signal}"),
            Self::Killed { signal, core_dumped: true } => write!(f, "was killed by {signal} (core dumped)"),
        }
    }
}
