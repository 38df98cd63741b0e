//! What every descriptor has.

use core::ffi::CStr;

use crate::abi;
use crate::errno::{Errno, Result};
use crate::fd::{BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use crate::trap::{self, nr};

use super::{argument, owned, unit};

#[cfg(nr = "fcntl")]
use nr::FCNTL;
#[cfg(nr = "fcntl64")]
use nr::FCNTL64 as FCNTL;

pub(crate) mod raw {
    use crate::fd::BorrowedFd;
    use crate::trap::{self, nr};

    use super::argument;

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

/// [`read(2)`](https://man7.org/linux/man-pages/man2/read.2.html): fills `buf` from the start and returns the number of
/// bytes.
///
/// An event counter or a timer gives 8, a native-endian `u64`; a timer can give 0
/// ([`TimerFd::read`](crate::TimerFd::read)). A signal descriptor gives one
/// [`SignalfdSiginfo`](super::SignalfdSiginfo) for each pending signal, at least one, and as many as fit into `buf`.
///
/// # Errors
///
/// - `EAGAIN`: it would block, and the descriptor is non-blocking
/// - `EBADF`: not open for reading
/// - `ECANCELED`: a timer armed with [`CANCEL_ON_SET`](crate::SetTimeFlags::CANCEL_ON_SET), and its clock was stepped
/// - `EINTR`: a signal handler ran before anything was read
/// - `EINVAL`: `buf` is shorter than 8 bytes; on a signal descriptor, than 128
/// - an error of another kind of file: `EIO`, `EISDIR`…
#[inline]
#[doc(alias("eventfd_read", "os.eventfd_read"))]
pub fn read(fd: BorrowedFd<'_>, buf: &mut [u8]) -> Result<usize> {
    Errno::from_ret(raw::read(fd, buf))
}

/// [`write(2)`](https://man7.org/linux/man-pages/man2/write.2.html): writes from the start of `buf` and returns the
/// number of bytes.
///
/// An event counter takes 8, a native-endian `u64` to add.
///
/// # Errors
///
/// - `EAGAIN`: the counter would exceed 2^64 - 2, and the descriptor is non-blocking
/// - `EBADF`: not open for writing
/// - `EINTR`: a signal handler ran before anything was written
/// - `EINVAL`: the value is `u64::MAX`; `buf` is shorter than 8 bytes, or longer on newer kernels; the descriptor is a
///   timer or a signal descriptor
/// - an error of another kind of file: `EPIPE`, `ENOSPC`…
#[inline]
#[doc(alias("eventfd_write", "os.eventfd_write"))]
pub fn write(fd: BorrowedFd<'_>, buf: &[u8]) -> Result<usize> {
    Errno::from_ret(raw::write(fd, buf))
}

/// [`openat(2)`](https://man7.org/linux/man-pages/man2/openat.2.html): opens the file at `path`, with the lowest free
/// number. A relative path starts at `dir`, or at the working directory if `dir` is `None`.
///
/// `flags` are the kernel's `O_…`, and no flag is added. Without `O_CLOEXEC` the descriptor is not close-on-exec. On a
/// 32-bit ABI, a file of 2 GiB or more needs `O_LARGEFILE`. The values of the flags differ between architectures,
/// except `O_RDONLY` (0), `O_WRONLY` (1) and `O_RDWR` (2). `mode` is the mode of a new file. Since Linux 2.6.16.
///
/// # Errors
///
/// - `EACCES`: no permission for the file or for a directory of its path
/// - `EINTR`: a signal handler ran while the open waited, for example for the other end of a FIFO
/// - `EINVAL`: flags that exclude each other
/// - `EISDIR`: a directory, and `flags` open it for writing
/// - `ELOOP`: too many symbolic links
/// - `EMFILE`: too many open files in the process
/// - `ENFILE`: too many open files in the system
/// - `ENAMETOOLONG`: the path or a part of it is too long
/// - `ENODEV`, `ENXIO`: no such device, or a FIFO that nobody reads, with `O_NONBLOCK` and `O_WRONLY`
/// - `ENOENT`: no such file, or an empty path
/// - `ENOTDIR`: a part of the path, or `dir`, is not a directory
/// - `EBADF`: a relative path, and `dir` is not open
/// - `EOVERFLOW`: a file of 2 GiB or more without `O_LARGEFILE`
/// - `EPERM`: the file must not be written, for example because it is immutable
/// - `EROFS`: the file system is read-only, and `flags` open the file for writing
/// - `ETXTBSY`: the program in the file runs, and `flags` open the file for writing
/// - an error of the file system or the device: `EIO`, `ENOMEM`, `ENOSPC`…
#[inline]
#[doc(alias("open", "os.open"))]
pub fn openat(dir: Option<BorrowedFd<'_>>, path: &CStr, flags: u32, mode: u32) -> Result<OwnedFd> {
    let dir = dir.map_or(abi::AT_FDCWD as usize, argument);
    // SAFETY: the kernel reads a string that ends with a zero; a success is a new descriptor.
    unsafe { owned(trap::syscall4(nr::OPENAT, dir, path.as_ptr() as usize, flags as usize, mode as usize)) }
}

/// [`close(2)`](https://man7.org/linux/man-pages/man2/close.2.html). The descriptor is closed even if the call fails:
/// there is nothing to retry.
///
/// # Errors
///
/// None from event counters and timers; from other files `EINTR`, `EIO`, `ENOSPC` or `EDQUOT`.
#[inline]
pub fn close(fd: OwnedFd) -> Result<()> {
    // SAFETY: the caller gave the descriptor away.
    unit(unsafe { trap::syscall1(nr::CLOSE, fd.into_raw_fd() as usize) })
}

/// [`fcntl(2)`](https://man7.org/linux/man-pages/man2/fcntl.2.html), `F_GETFL`: the access mode and the status flags of
/// the open file description, `O_NONBLOCK` among them.
///
/// # Errors
///
/// - `EBADF`: not open
#[inline]
#[doc(alias("fcntl", "F_GETFL"))]
pub fn fcntl_getfl(fd: BorrowedFd<'_>) -> Result<u32> {
    // SAFETY: no pointer.
    Errno::from_ret(unsafe { trap::syscall2(FCNTL, argument(fd), abi::F_GETFL as usize) }).map(|flags| flags as u32)
}

/// [`fcntl(2)`](https://man7.org/linux/man-pages/man2/fcntl.2.html), `F_SETFL`: sets the status flags of the open file
/// description; the kernel ignores the others.
///
/// # Errors
///
/// - `EBADF`: not open
/// - `EINVAL`, `EPERM`: a flag that this kind of file does not allow to set, or to clear
#[inline]
#[doc(alias("fcntl", "F_SETFL"))]
pub fn fcntl_setfl(fd: BorrowedFd<'_>, flags: u32) -> Result<()> {
    // SAFETY: no pointer. No flag lets the kernel touch more of the program's memory.
    unit(unsafe { trap::syscall3(FCNTL, argument(fd), abi::F_SETFL as usize, flags as usize) })
}

/// [`fcntl(2)`](https://man7.org/linux/man-pages/man2/fcntl.2.html), `F_DUPFD_CLOEXEC` (Linux 2.6.24): another
/// descriptor of the same open file description, the lowest free one from `min` up, close-on-exec.
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
    unsafe { owned(trap::syscall3(FCNTL, argument(fd), abi::F_DUPFD_CLOEXEC as usize, min as usize)) }
}
