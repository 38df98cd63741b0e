//! Reads and writes the eight bytes of event counters and timers, with the retries.

use crate::errno::{Errno, Result};
use crate::fd::BorrowedFd;
use crate::sys;

/// One `read`, repeated when a signal handler interrupts it: the count, or `None` if it would block. The error is any
/// other result of the kernel: a negated errno, or a number of bytes that is not 8.
///
/// It checks the outcomes in the order in which an event loop meets them. Only the first two checks are worth their
/// instructions in every caller.
#[inline]
pub(crate) fn read(fd: BorrowedFd<'_>) -> Result<Option<u64>, isize> {
    loop {
        let mut count = [0; 8];
        let ret = sys::raw::read(fd, &mut count);
        if ret == Errno::AGAIN.to_ret() {
            return Ok(None);
        }
        if ret == 8 {
            return Ok(Some(u64::from_ne_bytes(count)));
        }
        if ret != Errno::INTR.to_ret() {
            return Err(uncommon(ret));
        }
    }
}

/// Its attribute keeps the compiler from another order of the checks.
#[cold]
fn uncommon(ret: isize) -> isize {
    ret
}

/// One `write`, repeated when a signal handler interrupts it.
#[inline]
pub(crate) fn write(fd: BorrowedFd<'_>, count: u64) -> Result<()> {
    loop {
        let ret = sys::raw::write(fd, &count.to_ne_bytes());
        if ret == 8 {
            return Ok(());
        }
        if ret != Errno::INTR.to_ret() {
            return Err(refused(ret));
        }
    }
}

/// The errno. A descriptor of another kind can give or take any number of bytes: that is `EINVAL`.
#[cold]
pub(crate) fn refused(ret: isize) -> Errno {
    match Errno::from_ret(ret) {
        Err(errno) => errno,
        Ok(_) => Errno::INVAL,
    }
}
