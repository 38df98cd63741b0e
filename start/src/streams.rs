//! Descriptors 0 to 2.

use core::ffi::CStr;

use barefd::fd::{BorrowedFd, IntoRawFd, RawFd};
use barefd::{Clock, Errno, TimerFd, sys};

/// It has the same value on every ABI.
const O_RDWR: u32 = 2;

/// Standard input. By convention it is open when a program starts. If 0, 1 or 2 is closed, as it can be for PID 1, the
/// next descriptor that the program makes gets that number. These three functions then return that descriptor, unless
/// the program calls [`open_standard_streams`] first.
#[inline]
#[must_use]
pub fn stdin() -> BorrowedFd<'static> {
    standard(0)
}

/// Standard output; see [`stdin`].
#[inline]
#[must_use]
pub fn stdout() -> BorrowedFd<'static> {
    standard(1)
}

/// Standard error; see [`stdin`].
#[inline]
#[must_use]
pub fn stderr() -> BorrowedFd<'static> {
    standard(2)
}

#[inline]
fn standard(fd: RawFd) -> BorrowedFd<'static> {
    // SAFETY: it is not -1, and is open by convention. Nobody here closes it.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

/// Opens `/dev/null` as each of the descriptors 0 to 2 that is closed, as the standard library does before `main`. Call
/// it first in `main`. Otherwise, printed text can go to a descriptor that the program made for something else.
///
/// If `/dev/null` cannot be opened, as in an initramfs without it, a timer that is never armed takes the number. It
/// refuses to be a stream: a read fails with [`EAGAIN`](Errno::AGAIN), a write with [`EINVAL`](Errno::INVAL). `execve`
/// closes it.
///
/// If the process may not open another descriptor, the number stays closed.
///
/// System calls: `fcntl` three times; for each closed one `openat`, and `timerfd_create` if that fails.
#[doc(alias("sanitize_standard_fds", "reopen"))]
pub fn open_standard_streams() {
    open_standard_streams_at(&[c"/dev/null"]);
}

/// Like [`open_standard_streams`], but opens the first of `paths` that can be opened for reading and writing. For an
/// init, use `[c"/dev/console", c"/dev/null"]`. The descriptors stay open in the programs that this one executes.
///
/// System calls: those of [`open_standard_streams`], with one `openat` for each path that is tried.
pub fn open_standard_streams_at(paths: &[&CStr]) {
    for fd in 0..=2 {
        if sys::fcntl_getfl(standard(fd)) != Err(Errno::BADF) {
            continue;
        }
        // The kernel opens the lowest free number, which is `fd`. Nobody closes it.
        if let Some(file) = paths.iter().find_map(|path| sys::openat(None, path, O_RDWR, 0).ok()) {
            let _ = file.into_raw_fd();
        } else if let Ok(timer) = TimerFd::nonblocking(Clock::Monotonic) {
            let _ = timer.into_raw_fd();
        }
    }
}
