//! System calls that barefd does not wrap, and system calls of barefd with arguments that its types rule out.

use core::ffi::CStr;
use core::mem::size_of;
use core::time::Duration;

use crate::home::STREAMS;
use crate::uapi;
use barefd::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use barefd::sys::{Itimerspec, Siginfo, Timespec, WaitId};
use barefd::trap::{self, nr};
use barefd::{Clock, Epoll, EpollEvent, Errno, PollFd, Result, SigSet, Signal, SignalInfo, WaitFlags};
pub use init_kernel::{fork, getpid};
#[cfg(not(any(target_arch = "hexagon", target_arch = "sparc", target_arch = "sparc64")))]
use linux_raw_sys::ioctl;

/// Those that `linux-raw-sys` lacks.
#[cfg(target_arch = "hexagon")]
mod ioctl {
    pub const FIONREAD: u32 = 0x541b;
    pub const FIONBIO: u32 = 0x5421;
    pub const TFD_IOC_SET_TICKS: u32 = 0x4008_5400;
}

/// Those that `linux-raw-sys` lacks.
#[cfg(any(target_arch = "sparc", target_arch = "sparc64"))]
mod ioctl {
    pub const FIONREAD: u32 = 0x4004_667f;
    pub const FIONBIO: u32 = 0x8004_667e;
    pub const TFD_IOC_SET_TICKS: u32 = 0x8008_5400;
}

/// An address where no program has memory.
const NOWHERE: usize = 8;

fn raw(fd: impl AsFd) -> usize {
    fd.as_fd().as_raw_fd() as usize
}

/// # Safety
///
/// A success must be a new descriptor.
unsafe fn opened(ret: isize) -> Result<OwnedFd> {
    // SAFETY: the kernel has just opened it, and it has no other owner.
    Errno::from_ret(ret).map(|fd| unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// A number that is never open: the kernel's own limit for descriptors is far lower.
pub fn not_open() -> BorrowedFd<'static> {
    // SAFETY: it is not -1. No descriptor can ever have this number, so no use of it reaches one.
    unsafe { BorrowedFd::borrow_raw(0x7fff_fff0) }
}

/// A new descriptor of the same open file description, not close-on-exec.
pub fn dup(fd: impl AsFd) -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { opened(trap::syscall1(uapi::__NR_dup as usize, raw(fd))) }
}

pub fn is_cloexec(fd: impl AsFd) -> Result<bool> {
    #[cfg(not(nr = "fcntl64"))]
    use uapi::__NR_fcntl as FCNTL;
    #[cfg(nr = "fcntl64")]
    use uapi::__NR_fcntl64 as FCNTL;
    // SAFETY: no pointer.
    let flags = Errno::from_ret(unsafe { trap::syscall2(FCNTL as usize, raw(fd), uapi::F_GETFD as usize) })?;
    Ok(flags & uapi::FD_CLOEXEC as usize != 0)
}

/// The read end and the write end of a pipe, close-on-exec and non-blocking.
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    let mut fds: [RawFd; 2] = [-1; 2];
    let flags = uapi::O_CLOEXEC | uapi::O_NONBLOCK;
    // SAFETY: the kernel writes two numbers to `fds`.
    Errno::from_ret(unsafe { trap::syscall2(uapi::__NR_pipe2 as usize, (&raw mut fds) as usize, flags as usize) })?;
    let [read, write] = fds;
    // SAFETY: the kernel has just opened both, and they have no other owner.
    Ok(unsafe { (OwnedFd::from_raw_fd(read), OwnedFd::from_raw_fd(write)) })
}

const AF_UNIX: usize = 1;

/// The type of a stream socket, close-on-exec and non-blocking.
fn socket_type() -> usize {
    let stream = if cfg!(any(
        target_arch = "mips",
        target_arch = "mips32r6",
        target_arch = "mips64",
        target_arch = "mips64r6"
    )) {
        2
    } else {
        1
    };
    stream | (uapi::O_CLOEXEC | uapi::O_NONBLOCK) as usize
}

/// Two sockets that are each other's peer.
pub fn sockets() -> Result<(OwnedFd, OwnedFd)> {
    let mut fds: [RawFd; 2] = [-1; 2];
    let to = (&raw mut fds) as usize;
    // SAFETY: the kernel writes two numbers to `fds`.
    Errno::from_ret(unsafe { trap::syscall4(uapi::__NR_socketpair as usize, AF_UNIX, socket_type(), 0, to) })?;
    let [one, other] = fds;
    // SAFETY: the kernel has just opened both, and they have no other owner.
    Ok(unsafe { (OwnedFd::from_raw_fd(one), OwnedFd::from_raw_fd(other)) })
}

/// A socket without a peer.
pub fn socket() -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { opened(trap::syscall3(uapi::__NR_socket as usize, AF_UNIX, socket_type(), 0)) }
}

/// A regular file with this content, at its start.
pub fn file_of(content: &[u8]) -> Result<OwnedFd> {
    let name = c"conformance".as_ptr() as usize;
    // SAFETY: the kernel reads the name, which ends with a zero. A success is a new descriptor.
    let file = unsafe { opened(trap::syscall2(uapi::__NR_memfd_create as usize, name, uapi::MFD_CLOEXEC as usize)) }?;
    pwrite(&file, content)?;
    Ok(file)
}

/// How many descriptors below 1024 are open.
pub fn descriptors() -> usize {
    let is_open = |&number: &RawFd| {
        // SAFETY: it is not -1. The call only asks whether the number is open.
        barefd::sys::fcntl_getfl(unsafe { BorrowedFd::borrow_raw(number) }) != Err(Errno::BADF)
    };
    (0..1024).filter(is_open).count()
}

/// Opens a file for reading, close-on-exec; `extra` are more flags.
pub fn open(path: &CStr, extra: u32) -> Result<OwnedFd> {
    init_kernel::open(path, uapi::O_CLOEXEC | extra)
}

pub fn readlink<'buf>(path: &CStr, buf: &'buf mut [u8]) -> Result<&'buf [u8]> {
    // SAFETY: the kernel reads `path`, which ends with a zero, and writes into `buf`, at most its length.
    let len = Errno::from_ret(unsafe {
        let at = uapi::AT_FDCWD as isize as usize;
        let (path, to) = (path.as_ptr() as usize, buf.as_mut_ptr() as usize);
        trap::syscall4(uapi::__NR_readlinkat as usize, at, path, to, buf.len())
    })?;
    Ok(buf.get(..len).unwrap_or_default())
}

/// `read` to an address where there is no memory.
pub fn read_nowhere(fd: impl AsFd, len: usize) -> Result<usize> {
    // SAFETY: the kernel finds no memory of the program to write to.
    Errno::from_ret(unsafe { trap::syscall3(nr::READ, raw(fd), NOWHERE, len) })
}

/// `write` from an address where there is no memory.
pub fn write_nowhere(fd: impl AsFd, len: usize) -> Result<usize> {
    // SAFETY: the kernel finds no memory of the program to read from.
    Errno::from_ret(unsafe { trap::syscall3(nr::WRITE, raw(fd), NOWHERE, len) })
}

/// `pread64` of 8 bytes at position 0.
pub fn pread(fd: impl AsFd) -> Result<usize> {
    let mut buf = [0_u8; 8];
    // SAFETY: the kernel writes into `buf`, at most its length. Where it takes the position in two registers, aligned to
    // an even one or not, they are zero.
    Errno::from_ret(unsafe {
        let to = buf.as_mut_ptr() as usize;
        trap::syscall6(uapi::__NR_pread64 as usize, raw(fd), to, buf.len(), 0, 0, 0)
    })
}

/// `pwrite64` at position 0.
pub fn pwrite(fd: impl AsFd, buf: &[u8]) -> Result<usize> {
    // SAFETY: the kernel reads from `buf`, at most its length. The position is as in `pread`.
    Errno::from_ret(unsafe {
        let from = buf.as_ptr() as usize;
        trap::syscall6(uapi::__NR_pwrite64 as usize, raw(fd), from, buf.len(), 0, 0, 0)
    })
}

/// `lseek` to the current position, which it returns.
pub fn seek(fd: impl AsFd) -> Result<u64> {
    const SEEK_CUR: usize = 1;
    #[cfg(nr = "fcntl64")]
    {
        let mut position = 0_u64;
        // SAFETY: the kernel writes to `position`.
        Errno::from_ret(unsafe {
            trap::syscall5(uapi::__NR_llseek as usize, raw(fd), 0, 0, (&raw mut position) as usize, SEEK_CUR)
        })?;
        Ok(position)
    }
    #[cfg(not(nr = "fcntl64"))]
    // SAFETY: no pointer.
    Errno::from_ret(unsafe { trap::syscall3(uapi::__NR_lseek as usize, raw(fd), 0, SEEK_CUR) }).map(|to| to as u64)
}

fn iovec(base: *const u8, len: usize) -> uapi::iovec {
    uapi::iovec { iov_base: base.cast_mut().cast(), iov_len: len as _ }
}

/// `readv` of 8 bytes in two halves.
pub fn readv_halves(fd: impl AsFd, buf: &mut [u8; 8]) -> Result<usize> {
    let (low, high) = buf.split_at_mut(4);
    let parts = [iovec(low.as_mut_ptr(), low.len()), iovec(high.as_mut_ptr(), high.len())];
    // SAFETY: the kernel reads `parts` and writes into the two halves, at most their lengths.
    Errno::from_ret(unsafe { trap::syscall3(uapi::__NR_readv as usize, raw(fd), parts.as_ptr() as usize, parts.len()) })
}

pub fn writev(fd: impl AsFd, bufs: [&[u8]; 2]) -> Result<usize> {
    let parts = bufs.map(|buf| iovec(buf.as_ptr(), buf.len()));
    // SAFETY: the kernel reads `parts` and from the two buffers, at most their lengths.
    Errno::from_ret(unsafe {
        trap::syscall3(uapi::__NR_writev as usize, raw(fd), parts.as_ptr() as usize, parts.len())
    })
}

/// `preadv2` of 8 bytes at the current position. It never waits, with any flags of the descriptor.
#[cfg(not(all(target_arch = "x86_64", target_pointer_width = "32")))]
pub fn read_nowait(fd: impl AsFd) -> Result<u64> {
    let mut buf = [0_u8; 8];
    let part = iovec(buf.as_mut_ptr(), buf.len());
    // SAFETY: the kernel reads `part` and writes into `buf`, at most its length.
    Errno::from_ret(unsafe {
        let (part, here) = ((&raw const part) as usize, usize::MAX);
        trap::syscall6(uapi::__NR_preadv2 as usize, raw(fd), part, 1, here, here, uapi::RWF_NOWAIT as usize)
    })?;
    Ok(u64::from_ne_bytes(buf))
}

pub fn ioctl_fionbio(fd: impl AsFd, nonblocking: bool) -> Result<()> {
    let mut on = i32::from(nonblocking);
    // SAFETY: the kernel reads `on`; FIONBIO means that to every kind of file.
    Errno::from_ret(unsafe { trap::syscall3(nr::IOCTL, raw(fd), ioctl::FIONBIO as usize, (&raw mut on) as usize) })
        .map(drop)
}

pub fn ioctl_fionread(fd: impl AsFd) -> Result<i32> {
    let mut bytes = -1_i32;
    // SAFETY: the kernel writes an int to `bytes`; FIONREAD means that to every kind of file.
    Errno::from_ret(unsafe {
        trap::syscall3(nr::IOCTL, raw(fd), ioctl::FIONREAD as usize, (&raw mut bytes) as usize)
    })?;
    Ok(bytes)
}

fn ioctl_nowhere(fd: impl AsFd, command: u32) -> Result<()> {
    // SAFETY: the kernel finds no memory of the program to read from or write to.
    Errno::from_ret(unsafe { trap::syscall3(nr::IOCTL, raw(fd), command as usize, NOWHERE) }).map(drop)
}

/// `TFD_IOC_SET_TICKS`, or a neighbour of it, of ticks at an address where there is no memory.
pub fn set_ticks_from_nowhere(fd: impl AsFd, neighbour: u32) -> Result<()> {
    ioctl_nowhere(fd, ioctl::TFD_IOC_SET_TICKS + neighbour)
}

/// Whether the kernel knows `TFD_IOC_SET_TICKS`. The number does not come from barefd.
pub fn has_set_ticks(timer: impl AsFd) -> bool {
    set_ticks_from_nowhere(timer, 0) == Err(Errno::FAULT)
}

/// `ftruncate` to length 0.
pub fn truncate(fd: impl AsFd) -> Result<()> {
    #[cfg(not(nr = "fcntl64"))]
    use uapi::__NR_ftruncate as FTRUNCATE;
    #[cfg(nr = "fcntl64")]
    use uapi::__NR_ftruncate64 as FTRUNCATE;
    // SAFETY: no pointer. Where the kernel takes the length in two registers, aligned or not, they are zero.
    Errno::from_ret(unsafe { trap::syscall4(FTRUNCATE as usize, raw(fd), 0, 0, 0) }).map(drop)
}

pub fn fsync(fd: impl AsFd) -> Result<()> {
    // SAFETY: no pointer.
    Errno::from_ret(unsafe { trap::syscall1(uapi::__NR_fsync as usize, raw(fd)) }).map(drop)
}

/// `eventfd2` with all bits of a register for the initial value.
#[cfg(target_pointer_width = "64")]
pub fn eventfd2_wide(initial: usize, flags: u32) -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { opened(trap::syscall2(nr::EVENTFD2, initial, flags as usize)) }
}

/// Whether this ABI has old calls, and a filter kills at the calls with 64-bit times.
pub fn time64_kills() -> bool {
    #[cfg(time32)]
    return crate::seccomp::time64_kills();
    #[cfg(not(time32))]
    false
}

/// Whether this ABI has old calls, and the kernel or a filter does not know the calls with 64-bit times.
pub fn time64_refused() -> bool {
    #[cfg(time32)]
    return time64_kills() || barefd::sys::timerfd_gettime64(not_open()) == Err(Errno::NOSYS);
    #[cfg(not(time32))]
    false
}

/// The calls of [`barefd::sys`] that take a time, under the same names on every ABI. They use 64-bit times, or 32-bit
/// times if [`time64_refused`]. Fields that do not fit lose their upper half.
pub mod time {
    #[cfg(not(time64))]
    pub use barefd::sys::{clock_gettime, ppoll, timerfd_gettime, timerfd_settime};
    #[cfg(all(time64, not(time32)))]
    pub use barefd::sys::{
        clock_gettime64 as clock_gettime, ppoll_time64 as ppoll, timerfd_gettime64 as timerfd_gettime,
        timerfd_settime64 as timerfd_settime,
    };
    #[cfg(time32)]
    pub use old::*;

    #[cfg(time32)]
    mod old {
        use barefd::fd::BorrowedFd;
        use barefd::sys::{self, Itimerspec, OldItimerspec32, OldTimespec32, Timespec};
        use barefd::{PollFd, Result, SetTimeFlags, SigSet};

        use super::super::time64_refused;

        pub fn narrow(time: Timespec) -> OldTimespec32 {
            OldTimespec32 { tv_sec: time.tv_sec as i32, tv_nsec: time.tv_nsec as i32 }
        }

        pub fn narrow_both(spec: Itimerspec) -> OldItimerspec32 {
            OldItimerspec32 { it_interval: narrow(spec.it_interval), it_value: narrow(spec.it_value) }
        }

        fn widen(time: OldTimespec32) -> Timespec {
            Timespec { tv_sec: time.tv_sec.into(), tv_nsec: time.tv_nsec.into() }
        }

        fn widen_both(spec: OldItimerspec32) -> Itimerspec {
            Itimerspec { it_interval: widen(spec.it_interval), it_value: widen(spec.it_value) }
        }

        pub fn timerfd_settime(
            fd: BorrowedFd<'_>,
            flags: SetTimeFlags,
            new: &Itimerspec,
            old: Option<&mut Itimerspec>,
        ) -> Result<()> {
            if !time64_refused() {
                return sys::timerfd_settime64(fd, flags, new, old);
            }
            let mut old32 = OldItimerspec32::default();
            sys::timerfd_settime(fd, flags, &narrow_both(*new), Some(&mut old32))?;
            if let Some(old) = old {
                *old = widen_both(old32);
            }
            Ok(())
        }

        pub fn timerfd_gettime(fd: BorrowedFd<'_>) -> Result<Itimerspec> {
            if time64_refused() { sys::timerfd_gettime(fd).map(widen_both) } else { sys::timerfd_gettime64(fd) }
        }

        pub fn ppoll(
            fds: &mut [PollFd<'_>],
            timeout: Option<&mut Timespec>,
            sigmask: Option<&SigSet>,
        ) -> Result<usize> {
            match timeout {
                timeout if !time64_refused() => sys::ppoll_time64(fds, timeout, sigmask),
                None => sys::ppoll(fds, None, sigmask),
                Some(timeout) => {
                    let mut timeout32 = narrow(*timeout);
                    let result = sys::ppoll(fds, Some(&mut timeout32), sigmask);
                    *timeout = widen(timeout32);
                    result
                }
            }
        }

        pub fn clock_gettime(clockid: i32) -> Result<Timespec> {
            if time64_refused() { sys::clock_gettime(clockid).map(widen) } else { sys::clock_gettime64(clockid) }
        }
    }
}

/// The system call numbers that [`time`] uses.
fn time_nr() -> (usize, usize, usize) {
    #[cfg(time32)]
    if time64_refused() {
        return (nr::TIMERFD_SETTIME, nr::TIMERFD_GETTIME, nr::PPOLL);
    }
    #[cfg(time64)]
    return (nr::TIMERFD_SETTIME64, nr::TIMERFD_GETTIME64, nr::PPOLL_TIME64);
    #[cfg(not(time64))]
    (nr::TIMERFD_SETTIME, nr::TIMERFD_GETTIME, nr::PPOLL)
}

/// `timerfd_settime` from an address where there is no memory.
pub fn settime_from_nowhere(fd: impl AsFd, flags: u32) -> Result<()> {
    // SAFETY: the kernel finds no memory of the program to read from.
    Errno::from_ret(unsafe { trap::syscall4(time_nr().0, raw(fd), flags as usize, NOWHERE, 0) }).map(drop)
}

/// `timerfd_settime` with the old value to an address where there is no memory.
pub fn settime_old_nowhere(fd: impl AsFd, flags: u32, new: Itimerspec) -> Result<()> {
    let from = (&raw const new) as usize;
    #[cfg(time32)]
    let new = time::narrow_both(new);
    #[cfg(time32)]
    let from = if time64_refused() { (&raw const new) as usize } else { from };
    // SAFETY: the kernel reads `new` in the layout of that number, and finds no memory of the program to write to.
    Errno::from_ret(unsafe { trap::syscall4(time_nr().0, raw(fd), flags as usize, from, NOWHERE) }).map(drop)
}

/// `timerfd_gettime` to an address where there is no memory.
pub fn gettime_nowhere(fd: impl AsFd) -> Result<()> {
    // SAFETY: the kernel finds no memory of the program to write to.
    Errno::from_ret(unsafe { trap::syscall2(time_nr().1, raw(fd), NOWHERE) }).map(drop)
}

/// A set without signals, larger than the set of any kernel.
const NO_SIGNALS: [u64; 16] = [0; 16];

/// `signalfd4` of a new descriptor, with an empty mask and with `size` as its size in bytes.
pub fn signalfd4_mask_of(size: usize) -> Result<OwnedFd> {
    if size > size_of_val(&NO_SIGNALS) {
        return Err(Errno::INVAL);
    }
    // SAFETY: the kernel reads at most `size` bytes of the mask; a success is a new descriptor.
    unsafe { opened(trap::syscall4(nr::SIGNALFD4, usize::MAX, NO_SIGNALS.as_ptr() as usize, size, 0)) }
}

/// `signalfd4` of a new descriptor, with a mask at an address where there is no memory.
pub fn signalfd4_mask_nowhere() -> Result<OwnedFd> {
    // SAFETY: the kernel finds no memory of the program to read from; a success is a new descriptor.
    unsafe { opened(trap::syscall4(nr::SIGNALFD4, usize::MAX, NOWHERE, size_of::<SigSet>(), 0)) }
}

/// `rt_sigprocmask` of an empty set, with `size` as its size in bytes and with the number of the operation.
pub fn sigprocmask_of(how: u32, size: usize) -> Result<()> {
    if size > size_of_val(&NO_SIGNALS) {
        return Err(Errno::INVAL);
    }
    // SAFETY: the kernel reads at most `size` bytes of the set.
    Errno::from_ret(unsafe { trap::syscall4(nr::RT_SIGPROCMASK, how as usize, NO_SIGNALS.as_ptr() as usize, 0, size) })
        .map(drop)
}

/// `rt_sigprocmask` that reads a set from, or writes the mask to, an address where there is no memory.
pub fn sigprocmask_nowhere(new: bool) -> Result<()> {
    let (new, old) = if new { (NOWHERE, 0) } else { (0, NOWHERE) };
    // SAFETY: the kernel finds no memory of the program to read from or write to.
    Errno::from_ret(unsafe { trap::syscall4(nr::RT_SIGPROCMASK, 0, new, old, size_of::<SigSet>()) }).map(drop)
}

fn thread_id() -> usize {
    // SAFETY: no pointer.
    unsafe { trap::syscall0(uapi::__NR_gettid as usize) as usize }
}

pub fn user_id() -> u32 {
    #[cfg(not(any(target_arch = "arm", target_arch = "m68k", target_arch = "sparc", target_arch = "x86")))]
    use uapi::__NR_getuid as GETUID;
    // The older call has only 16 bits for a user id there.
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "sparc", target_arch = "x86"))]
    use uapi::__NR_getuid32 as GETUID;
    // SAFETY: no pointer.
    unsafe { trap::syscall0(GETUID as usize) as u32 }
}

/// Sends `signal` to this thread.
pub fn signal_self(signal: Signal) -> Result<()> {
    let (process, thread) = (getpid() as usize, thread_id());
    // SAFETY: no pointer; the callers have blocked the signal.
    Errno::from_ret(unsafe { trap::syscall3(uapi::__NR_tgkill as usize, process, thread, signal.raw() as usize) })
        .map(drop)
}

/// Sends `signal` to the only thread of a child.
pub fn signal_child(child: u32, signal: Signal) -> Result<()> {
    let (child, signal) = (child as usize, signal.raw() as usize);
    // SAFETY: no pointer; the child is another process.
    Errno::from_ret(unsafe { trap::syscall3(uapi::__NR_tgkill as usize, child, child, signal) }).map(drop)
}

/// The record of a signal that this process sends with a value.
pub fn queued(signal: Signal, si_value: usize) -> Siginfo {
    Siginfo {
        si_signo: signal.raw() as i32,
        si_code: SignalInfo::SI_QUEUE,
        si_pid: getpid(),
        si_uid: user_id(),
        si_value,
        ..Default::default()
    }
}

/// Sends `signal` to this thread, with a value.
pub fn queue_self(signal: Signal, value: usize) -> Result<()> {
    let info = queued(signal, value);
    let (process, thread, info) = (getpid() as usize, thread_id(), (&raw const info) as usize);
    // SAFETY: the kernel reads `info`; the callers have blocked the signal.
    Errno::from_ret(unsafe {
        trap::syscall4(uapi::__NR_rt_tgsigqueueinfo as usize, process, thread, signal.raw() as usize, info)
    })
    .map(drop)
}

/// Waits for a child to end: its exit status, or the signal that ended it.
pub fn wait(child: u32) -> Result<i32> {
    barefd::sys::waitid(WaitId::Pid(child), WaitFlags::EXITED).map(|info| info.si_status())
}

/// `ppoll` of `count` entries at an address where there is no memory, without a timeout.
pub fn ppoll_nowhere(count: usize) -> Result<usize> {
    // SAFETY: the kernel finds no memory of the program to read from or write to.
    Errno::from_ret(unsafe { trap::syscall5(time_nr().2, NOWHERE, count, 0, 0, 0) })
}

/// `ppoll` with a timeout of zero and an empty signal mask, with `size` as the size of the mask in bytes.
pub fn ppoll_mask_of(size: usize, fds: &mut [PollFd<'_>]) -> Result<usize> {
    let mut timeout = Timespec::default();
    if size > size_of_val(&NO_SIGNALS) {
        return Err(Errno::INVAL);
    }
    let (fds, count) = (fds.as_mut_ptr() as usize, fds.len());
    let (timeout, mask) = ((&raw mut timeout) as usize, NO_SIGNALS.as_ptr() as usize);
    // SAFETY: the kernel writes to the entries and the timeout, and reads at most `size` bytes of the mask. The timeout
    // is zero in both layouts, and no layout is larger than this one.
    Errno::from_ret(unsafe { trap::syscall5(time_nr().2, fds, count, timeout, mask, size) })
}

/// `epoll_ctl` with the number of the operation, and a good event.
pub fn epoll_ctl_op(epoll: &Epoll, op: u32, fd: impl AsFd) -> Result<()> {
    let event = EpollEvent::default();
    // SAFETY: the kernel reads `event`.
    Errno::from_ret(unsafe {
        trap::syscall4(nr::EPOLL_CTL, raw(epoll), op as usize, raw(fd), (&raw const event) as usize)
    })
    .map(drop)
}

/// `epoll_ctl` with an event at an address where there is no memory.
pub fn epoll_ctl_nowhere(epoll: &Epoll, op: u32, fd: impl AsFd) -> Result<()> {
    // SAFETY: the kernel finds no memory of the program to read from.
    Errno::from_ret(unsafe { trap::syscall4(nr::EPOLL_CTL, raw(epoll), op as usize, raw(fd), NOWHERE) }).map(drop)
}

/// `epoll_pwait` of `count` events to an address where there is no memory, without waiting.
pub fn epoll_pwait_nowhere(epoll: &Epoll, count: usize) -> Result<usize> {
    // SAFETY: the kernel finds no memory of the program to write to.
    Errno::from_ret(unsafe { trap::syscall6(nr::EPOLL_PWAIT, raw(epoll), NOWHERE, count, 0, 0, 0) })
}

/// `epoll_pwait` without waiting and with an empty signal mask, with `size` as the size of the mask in bytes.
pub fn epoll_pwait_mask_of(size: usize, epoll: &Epoll, events: &mut [EpollEvent]) -> Result<usize> {
    if size > size_of_val(&NO_SIGNALS) {
        return Err(Errno::INVAL);
    }
    let (to, count, mask) = (events.as_mut_ptr() as usize, events.len(), NO_SIGNALS.as_ptr() as usize);
    // SAFETY: the kernel writes at most `count` entries, and reads at most `size` bytes of the mask.
    Errno::from_ret(unsafe { trap::syscall6(nr::EPOLL_PWAIT, raw(epoll), to, count, 0, mask, size) })
}

/// Whether the kernel has `epoll_pwait2`, and no filter kills at it.
pub fn has_epoll_pwait2() -> bool {
    !time64_kills()
        && barefd::sys::epoll_pwait2(not_open(), &mut [EpollEvent::default()], None, None) == Err(Errno::BADF)
}

/// Gives this process another user id, for good.
pub fn set_user(id: u32) -> Result<()> {
    #[cfg(not(any(target_arch = "arm", target_arch = "m68k", target_arch = "sparc", target_arch = "x86")))]
    use uapi::__NR_setuid as SETUID;
    // The older call has only 16 bits for a user id there.
    #[cfg(any(target_arch = "arm", target_arch = "m68k", target_arch = "sparc", target_arch = "x86"))]
    use uapi::__NR_setuid32 as SETUID;
    // SAFETY: no pointer.
    Errno::from_ret(unsafe { trap::syscall1(SETUID as usize, id as usize) }).map(drop)
}

/// Lets the kernel dump the memory of this process, however much that is.
pub fn permit_core() -> Result<()> {
    const RLIMIT_CORE: usize = 4;
    let unlimited = [u64::MAX; 2];
    let (this, limit) = (0, (&raw const unlimited) as usize);
    // SAFETY: the kernel reads two numbers of 64 bits, and does not write to a null pointer.
    Errno::from_ret(unsafe { trap::syscall4(uapi::__NR_prlimit64 as usize, this, RLIMIT_CORE, limit, 0) }).map(drop)
}

/// Removes the right to make and arm alarm timers from this thread, and restores it on drop.
pub struct WithoutWakeAlarm {
    before: Capabilities,
}

type Capabilities = [uapi::__user_cap_data_struct; 2];

fn capabilities(number: u32, data: &mut Capabilities) -> Result<()> {
    let header = uapi::__user_cap_header_struct { version: uapi::_LINUX_CAPABILITY_VERSION_3, pid: 0 };
    // SAFETY: version 3 has two structs. capget writes them and capset reads them. 0 means this thread. Memory safety
    // does not depend on a capability.
    Errno::from_ret(unsafe {
        trap::syscall2(number as usize, (&raw const header) as usize, (data as *mut Capabilities) as usize)
    })
    .map(drop)
}

const WAKE_ALARM: u32 = 1 << (uapi::CAP_WAKE_ALARM % 32);

fn get_capabilities() -> Result<Capabilities> {
    let none = uapi::__user_cap_data_struct { effective: 0, permitted: 0, inheritable: 0 };
    let mut data = [none; 2];
    capabilities(uapi::__NR_capget, &mut data)?;
    Ok(data)
}

/// Whether this thread may make and arm alarm timers, if it is in the initial user namespace.
pub fn has_wake_alarm() -> Result<bool> {
    let [_, upper] = get_capabilities()?;
    Ok(upper.effective & WAKE_ALARM != 0)
}

impl WithoutWakeAlarm {
    pub fn new() -> Result<Self> {
        let before = get_capabilities()?;
        let mut without = before;
        without[1].effective &= !WAKE_ALARM;
        capabilities(uapi::__NR_capset, &mut without)?;
        Ok(Self { before })
    }
}

impl Drop for WithoutWakeAlarm {
    fn drop(&mut self) {
        // The capability is still permitted, so this cannot fail.
        let _ = capabilities(uapi::__NR_capset, &mut self.before);
    }
}

/// `CLOCK_REALTIME` while a case sets it. On drop, it gets the time that it would show without the case.
pub struct SteppedClock {
    /// The original time on it, and the time on `CLOCK_MONOTONIC` at the same moment.
    before: (Duration, Duration),
}

impl SteppedClock {
    /// # Errors
    ///
    /// - `EPERM`: no `CAP_SYS_TIME`
    /// - `EINVAL`: less than the time since boot, or beyond 2232
    pub fn at(time: Duration) -> Result<Self> {
        let stepped = Self { before: (Clock::Realtime.now()?, Clock::Monotonic.now()?) };
        stepped.set(time)?;
        Ok(stepped)
    }

    pub fn set(&self, time: Duration) -> Result<()> {
        #[cfg(not(time64))]
        use uapi::__NR_clock_settime as CLOCK_SETTIME;
        #[cfg(time64)]
        use uapi::__NR_clock_settime64 as CLOCK_SETTIME;
        let time = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() };
        let (clock, time) = (Clock::Realtime.id() as usize, (&raw const time) as usize);
        // SAFETY: the kernel reads `time`.
        Errno::from_ret(unsafe { trap::syscall2(CLOCK_SETTIME as usize, clock, time) }).map(drop)
    }
}

impl Drop for SteppedClock {
    fn drop(&mut self) {
        let (realtime, monotonic) = self.before;
        // The clock was set before, so setting it works. Only reading the other clock could fail.
        let _ = Clock::Monotonic.now().and_then(|now| self.set(realtime + now.saturating_sub(monotonic)));
    }
}

/// Sets the offset of `CLOCK_TAI`. For timers this is the same event as a step of `CLOCK_REALTIME`, but
/// `CLOCK_REALTIME` does not change.
pub fn set_tai_offset(seconds: i64) -> Result<()> {
    #[cfg(not(time64))]
    use uapi::__NR_clock_adjtime as CLOCK_ADJTIME;
    #[cfg(time64)]
    use uapi::__NR_clock_adjtime64 as CLOCK_ADJTIME;
    const ADJ_TAI: u32 = 0x80;

    /// `struct __kernel_timex` (`include/uapi/linux/timex.h`).
    #[repr(C)]
    struct Timex {
        modes: u32,
        unused: [u32; 11],
        constant: i64,
        rest: [u64; 19],
    }
    static_assertions::const_assert_eq!(size_of::<Timex>(), 208);
    static_assertions::const_assert_eq!(core::mem::offset_of!(Timex, constant), 48);

    let mut timex = Timex { modes: ADJ_TAI, unused: [0; 11], constant: seconds, rest: [0; 19] };
    let (clock, timex) = (Clock::Realtime.id() as usize, (&raw mut timex) as usize);
    // SAFETY: the kernel reads `timex` and writes to it.
    Errno::from_ret(unsafe { trap::syscall2(CLOCK_ADJTIME as usize, clock, timex) }).map(drop)
}

/// Closes the standard streams, and restores them on drop.
pub struct ClosedStreams {
    kept: [OwnedFd; 3],
}

impl ClosedStreams {
    pub fn new() -> Result<Self> {
        let keep = |number| {
            // SAFETY: it is not -1. The call only duplicates the number.
            let stream = unsafe { BorrowedFd::borrow_raw(number) };
            barefd::sys::fcntl_dupfd_cloexec(stream, 100)
        };
        let closed = Self { kept: [keep(0)?, keep(1)?, keep(2)?] };
        for number in STREAMS {
            // SAFETY: nobody owns the number. The case runs alone, so nobody uses the number meanwhile.
            drop(unsafe { OwnedFd::from_raw_fd(number) });
        }
        Ok(closed)
    }
}

impl Drop for ClosedStreams {
    fn drop(&mut self) {
        for (number, kept) in STREAMS.zip(&self.kept) {
            // SAFETY: no pointer. A descriptor that got the number meanwhile is already dropped.
            let _ = unsafe { trap::syscall3(uapi::__NR_dup3 as usize, raw(kept), number as usize, 0) };
        }
    }
}

/// Whether the program runs under an emulator such as QEMU's user mode. An emulator checks addresses first, the kernel
/// checks the descriptor first.
pub fn is_emulated() -> bool {
    write_nowhere(not_open(), 8) == Err(Errno::FAULT)
}

/// Whether the kernel is a 64-bit kernel.
pub fn is_64_bit() -> Result<bool> {
    const FIELD: usize = 65;
    const MACHINE: usize = 4;
    let mut names = [[0_u8; FIELD]; 6];
    // SAFETY: the kernel writes six names of 65 bytes.
    Errno::from_ret(unsafe { trap::syscall1(uapi::__NR_uname as usize, (&raw mut names) as usize) })?;
    Ok(names[MACHINE].windows(2).any(|pair| pair == b"64") || names[MACHINE].starts_with(b"s390x"))
}

/// Lets the kernel add one to `counter` when an asynchronous poll completes. There the kernel does not respect the
/// maximum. The poll completes at once, because a new counter is writable.
pub fn add_from_the_kernel(counter: impl AsFd) -> Result<()> {
    const IOCB_CMD_POLL: u16 = 5;
    const IOCB_FLAG_RESFD: u32 = 1;

    /// `struct iocb` (`include/uapi/linux/aio_abi.h`).
    #[repr(C)]
    #[derive(Default)]
    struct Iocb {
        data: u64,
        key_and_flags: [u32; 2],
        opcode: u16,
        priority: i16,
        fd: u32,
        buf: u64,
        nbytes: u64,
        offset: i64,
        reserved: u64,
        flags: u32,
        result_fd: u32,
    }
    static_assertions::const_assert_eq!(size_of::<Iocb>(), 64);

    /// A context that is destroyed on drop.
    struct Context(usize);
    impl Drop for Context {
        fn drop(&mut self) {
            // SAFETY: this struct owns the context. The context has no pointer into the program.
            let _ = unsafe { trap::syscall1(uapi::__NR_io_destroy as usize, self.0) };
        }
    }

    let mut context = 0_usize;
    // SAFETY: the kernel writes the context to `context`.
    Errno::from_ret(unsafe { trap::syscall2(uapi::__NR_io_setup as usize, 1, (&raw mut context) as usize) })?;
    let context = Context(context);

    let writable = barefd::EventFd::new(0)?;
    let request = Iocb {
        opcode: IOCB_CMD_POLL,
        fd: raw(&writable) as u32,
        buf: uapi::POLLOUT.into(),
        flags: IOCB_FLAG_RESFD,
        result_fd: raw(counter) as u32,
        ..Default::default()
    };
    let requests = [&raw const request];
    // SAFETY: the kernel reads the only request, and does not use it after the call.
    Errno::from_ret(unsafe { trap::syscall3(uapi::__NR_io_submit as usize, context.0, 1, requests.as_ptr() as usize) })
        .map(drop)
}
