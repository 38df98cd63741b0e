//! The process, and its children.

use crate::abi::{self, Siginfo};
use crate::errno::Result;
use crate::fd::BorrowedFd;
use crate::flags::WaitFlags;
use crate::trap::{self, nr};

use super::{argument, unit};

/// The children that [`waitid`] looks at.
#[derive(Clone, Copy, Debug)]
pub enum WaitId<'fd> {
    /// Every child.
    #[doc(alias = "P_ALL")]
    All,
    /// The child with this process id.
    #[doc(alias = "P_PID")]
    Pid(u32),
    /// The children in this process group; 0 for the group of the caller (Linux 5.4).
    #[doc(alias = "P_PGID")]
    Pgid(u32),
    /// The child behind a [`PidFd`](crate::PidFd) (Linux 5.4).
    #[doc(alias = "P_PIDFD")]
    PidFd(BorrowedFd<'fd>),
}

/// [`waitid(2)`](https://man7.org/linux/man-pages/man2/waitid.2.html): waits until a child has ended, stopped or gone
/// on, as `options` say (Linux 2.6.9).
///
/// A child that ended is reaped, except with [`NOWAIT`](WaitFlags::NOWAIT). With [`NOHANG`](WaitFlags::NOHANG) the call
/// does not wait: `si_pid` is 0 if no child has such news.
///
/// # Errors
///
/// - `EAGAIN`: the process has not ended, and its descriptor is non-blocking (Linux 5.10)
/// - `EBADF`: not open, or not the descriptor of a process
/// - `ECHILD`: no such child, or it was reaped; `SIGCHLD` is ignored, so the kernel reaps the children; a child that
///   `clone` made with another exit signal than `SIGCHLD`, without the option `__WALL`
/// - `EINTR`: a signal handler without `SA_RESTART` ran
/// - `EINVAL`: an unknown option; none of `EXITED`, `STOPPED` and `CONTINUED`; a process id of 0; an id of more
///   than `i32::MAX`; `PidFd` and the group 0 before Linux 5.4
#[inline]
#[doc(alias("waitpid", "wait4", "os.waitid"))]
pub fn waitid(id: WaitId<'_>, options: WaitFlags) -> Result<Siginfo> {
    let (kind, id) = match id {
        WaitId::All => (abi::P_ALL, 0),
        WaitId::Pid(pid) => (abi::P_PID, pid as usize),
        WaitId::Pgid(group) => (abi::P_PGID, group as usize),
        WaitId::PidFd(fd) => (abi::P_PIDFD, argument(fd)),
    };
    let mut info = Siginfo::default();
    let (to, options) = ((&raw mut info) as usize, options.bits() as usize);
    // SAFETY: the kernel writes a `siginfo_t` to `info`. It writes no resource usage to a null pointer.
    unit(unsafe { trap::syscall5(nr::WAITID, kind as usize, id, to, options, 0) })?;
    Ok(info)
}

/// [`exit_group(2)`](https://man7.org/linux/man-pages/man2/exit_group.2.html): ends the process with all its threads.
/// The exit status is the low 8 bits of `status` (Linux 2.5.35).
///
/// Nothing runs before that: no destructor, no `atexit` handler.
// A program has many paths that end here. Each of them is one call.
#[inline(never)]
#[doc(alias("exit", "_exit", "os._exit"))]
pub fn exit_group(status: i32) -> ! {
    loop {
        // SAFETY: no pointer, and nothing runs afterwards.
        let _ = unsafe { trap::syscall1(nr::EXIT_GROUP, status as usize) };
    }
}
