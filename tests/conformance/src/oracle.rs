//! Compares barefd's public constants and structs with those of `linux-raw-sys`, for the target of this build. A
//! difference does not compile.
//!
//! `linux-raw-sys` has no `SFD_*`. `tests/tables.rs` and `cargo xtask headers` check the numbers of the calls, and the
//! constants that barefd does not export.

use core::mem::{align_of, offset_of, size_of};

use barefd::sys::{Itimerspec, Siginfo, Timespec};
use barefd::{
    Clock, EpollCreateFlags, EpollEvent, EpollFlags, Errno, EventFdFlags, PidFdFlags, PollFd, PollFlags, SetTimeFlags,
    Signal, SignalInfo, TimerFdFlags, WaitFlags,
};
use linux_raw_sys::{errno, general as uapi};
use static_assertions::{const_assert, const_assert_eq};

const_assert_eq!(EventFdFlags::SEMAPHORE.bits(), uapi::EFD_SEMAPHORE);
const_assert_eq!(EventFdFlags::CLOEXEC.bits(), uapi::EFD_CLOEXEC);
const_assert_eq!(EventFdFlags::NONBLOCK.bits(), uapi::EFD_NONBLOCK);
const_assert_eq!(EventFdFlags::CLOEXEC.bits(), uapi::O_CLOEXEC);
const_assert_eq!(EventFdFlags::NONBLOCK.bits(), uapi::O_NONBLOCK);
const_assert_eq!(TimerFdFlags::CLOEXEC.bits(), uapi::TFD_CLOEXEC);
const_assert_eq!(TimerFdFlags::NONBLOCK.bits(), uapi::TFD_NONBLOCK);
const_assert_eq!(SetTimeFlags::ABSTIME.bits(), uapi::TFD_TIMER_ABSTIME);
const_assert_eq!(SetTimeFlags::CANCEL_ON_SET.bits(), uapi::TFD_TIMER_CANCEL_ON_SET);

macro_rules! events {
    ($($name:ident = $POLL:ident,)*) => {
        $(const_assert_eq!(PollFlags::$name.bits() as u32, uapi::$POLL);)*
    };
}

events! {
    IN = POLLIN,
    PRI = POLLPRI,
    OUT = POLLOUT,
    ERR = POLLERR,
    HUP = POLLHUP,
    NVAL = POLLNVAL,
    RDNORM = POLLRDNORM,
    RDBAND = POLLRDBAND,
    WRBAND = POLLWRBAND,
    RDHUP = POLLRDHUP,
}

// `linux-raw-sys` has no POLLWRNORM for sparc. On sparc, POLLWRNORM is defined as POLLOUT.
#[cfg(not(any(target_arch = "sparc", target_arch = "sparc64")))]
events! { WRNORM = POLLWRNORM, }
#[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
events! { WRNORM = POLLOUT, }

const_assert_eq!(EpollCreateFlags::CLOEXEC.bits(), uapi::EPOLL_CLOEXEC);

macro_rules! epoll_events {
    ($($name:ident = $EPOLL:ident,)*) => {
        $(const_assert_eq!(EpollFlags::$name.bits(), uapi::$EPOLL);)*
    };
}

epoll_events! {
    IN = EPOLLIN,
    PRI = EPOLLPRI,
    OUT = EPOLLOUT,
    ERR = EPOLLERR,
    HUP = EPOLLHUP,
    RDNORM = EPOLLRDNORM,
    RDBAND = EPOLLRDBAND,
    WRNORM = EPOLLWRNORM,
    WRBAND = EPOLLWRBAND,
    RDHUP = EPOLLRDHUP,
    EXCLUSIVE = EPOLLEXCLUSIVE,
    WAKEUP = EPOLLWAKEUP,
    ONESHOT = EPOLLONESHOT,
    ET = EPOLLET,
}

const_assert_eq!(PidFdFlags::NONBLOCK.bits(), uapi::O_NONBLOCK);
const_assert_eq!(PidFdFlags::THREAD.bits(), uapi::O_EXCL);
const_assert_eq!(WaitFlags::NOHANG.bits(), uapi::WNOHANG);
const_assert_eq!(WaitFlags::STOPPED.bits(), uapi::WSTOPPED);
const_assert_eq!(WaitFlags::EXITED.bits(), uapi::WEXITED);
const_assert_eq!(WaitFlags::CONTINUED.bits(), uapi::WCONTINUED);
const_assert_eq!(WaitFlags::NOWAIT.bits(), uapi::WNOWAIT);

const_assert_eq!(Clock::Realtime.id() as u32, uapi::CLOCK_REALTIME);
const_assert_eq!(Clock::Monotonic.id() as u32, uapi::CLOCK_MONOTONIC);
const_assert_eq!(Clock::Boottime.id() as u32, uapi::CLOCK_BOOTTIME);
const_assert_eq!(Clock::RealtimeAlarm.id() as u32, uapi::CLOCK_REALTIME_ALARM);
const_assert_eq!(Clock::BoottimeAlarm.id() as u32, uapi::CLOCK_BOOTTIME_ALARM);

macro_rules! errnos {
    ($($name:ident = $E:ident,)*) => {
        $(const_assert_eq!(Errno::$name.raw_os_error() as u32, errno::$E);)*
    };
}

errnos! {
    PERM = EPERM,
    NOENT = ENOENT,
    SRCH = ESRCH,
    INTR = EINTR,
    IO = EIO,
    NXIO = ENXIO,
    TOOBIG = E2BIG,
    NOEXEC = ENOEXEC,
    BADF = EBADF,
    CHILD = ECHILD,
    AGAIN = EAGAIN,
    NOMEM = ENOMEM,
    ACCES = EACCES,
    FAULT = EFAULT,
    NOTBLK = ENOTBLK,
    BUSY = EBUSY,
    EXIST = EEXIST,
    XDEV = EXDEV,
    NODEV = ENODEV,
    NOTDIR = ENOTDIR,
    ISDIR = EISDIR,
    INVAL = EINVAL,
    NFILE = ENFILE,
    MFILE = EMFILE,
    NOTTY = ENOTTY,
    TXTBSY = ETXTBSY,
    FBIG = EFBIG,
    NOSPC = ENOSPC,
    SPIPE = ESPIPE,
    ROFS = EROFS,
    MLINK = EMLINK,
    PIPE = EPIPE,
    DOM = EDOM,
    RANGE = ERANGE,
    DEADLK = EDEADLK,
    NOSYS = ENOSYS,
    LOOP = ELOOP,
    OVERFLOW = EOVERFLOW,
    OPNOTSUPP = EOPNOTSUPP,
    TIMEDOUT = ETIMEDOUT,
    CANCELED = ECANCELED,
}

macro_rules! signals {
    ($($name:ident = $SIG:ident,)*) => {
        $(const_assert_eq!(Signal::$name.raw(), uapi::$SIG);)*
    };
}

signals! {
    HUP = SIGHUP,
    INT = SIGINT,
    QUIT = SIGQUIT,
    ILL = SIGILL,
    TRAP = SIGTRAP,
    ABRT = SIGABRT,
    FPE = SIGFPE,
    KILL = SIGKILL,
    SEGV = SIGSEGV,
    PIPE = SIGPIPE,
    ALRM = SIGALRM,
    TERM = SIGTERM,
    BUS = SIGBUS,
    USR1 = SIGUSR1,
    USR2 = SIGUSR2,
    CHLD = SIGCHLD,
    CONT = SIGCONT,
    STOP = SIGSTOP,
    TSTP = SIGTSTP,
    TTIN = SIGTTIN,
    TTOU = SIGTTOU,
    URG = SIGURG,
    XCPU = SIGXCPU,
    XFSZ = SIGXFSZ,
    VTALRM = SIGVTALRM,
    PROF = SIGPROF,
    WINCH = SIGWINCH,
    IO = SIGIO,
    PWR = SIGPWR,
    SYS = SIGSYS,
}

macro_rules! codes {
    ($($name:ident)*) => {
        $(const_assert_eq!(SignalInfo::$name, uapi::$name as i32);)*
    };
}

codes! {
    SI_USER SI_KERNEL SI_QUEUE SI_TKILL
    CLD_EXITED CLD_KILLED CLD_DUMPED CLD_TRAPPED CLD_STOPPED CLD_CONTINUED
}

const_assert_eq!(size_of::<Timespec>(), size_of::<uapi::__kernel_timespec>());
const_assert_eq!(offset_of!(Timespec, tv_sec), offset_of!(uapi::__kernel_timespec, tv_sec));
const_assert_eq!(offset_of!(Timespec, tv_nsec), offset_of!(uapi::__kernel_timespec, tv_nsec));
const_assert_eq!(size_of::<Itimerspec>(), size_of::<uapi::__kernel_itimerspec>());
const_assert_eq!(offset_of!(Itimerspec, it_interval), offset_of!(uapi::__kernel_itimerspec, it_interval));
const_assert_eq!(offset_of!(Itimerspec, it_value), offset_of!(uapi::__kernel_itimerspec, it_value));
const_assert_eq!(size_of::<PollFd<'_>>(), size_of::<uapi::pollfd>());
const_assert_eq!(align_of::<PollFd<'_>>(), align_of::<uapi::pollfd>());

const_assert_eq!(size_of::<EpollEvent>(), size_of::<uapi::epoll_event>());
const_assert!(align_of::<EpollEvent>() >= align_of::<uapi::epoll_event>());

const_assert_eq!(size_of::<Siginfo>(), size_of::<uapi::siginfo_t>());
const_assert_eq!(offset_of!(Siginfo, si_signo), offset_of!(uapi::siginfo__bindgen_ty_1__bindgen_ty_1, si_signo));
const_assert_eq!(offset_of!(Siginfo, si_errno), offset_of!(uapi::siginfo__bindgen_ty_1__bindgen_ty_1, si_errno));
const_assert_eq!(offset_of!(Siginfo, si_code), offset_of!(uapi::siginfo__bindgen_ty_1__bindgen_ty_1, si_code));
const_assert_eq!(offset_of!(Siginfo, si_pid), offset_of!(uapi::siginfo__bindgen_ty_1__bindgen_ty_1, _sifields));

#[cfg(time32)]
const _: () = {
    const_assert_eq!(size_of::<barefd::sys::OldTimespec32>(), size_of::<uapi::__kernel_old_timespec>());
    const_assert_eq!(size_of::<barefd::sys::OldItimerspec32>(), 2 * size_of::<uapi::__kernel_old_timespec>());
};
