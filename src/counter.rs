//! Reads and writes the eight bytes of event counters and timers, with the retries.

use crate::errno::{Errno, Result};
use crate::fd::BorrowedFd;
use crate::sys;

pub(crate) enum Read {
    Count(u64),
    WouldBlock,
    /// 0 bytes: a timer whose clock was set back, or another kind of descriptor at its end.
    Empty,
}

/// One `read`, repeated when a signal handler interrupts it.
///
/// It checks the outcomes in the order in which an event loop meets them. Only the first two checks are worth their
/// instructions in every caller.
#[inline]
pub(crate) fn read(fd: BorrowedFd<'_>) -> Result<Read> {
    loop {
        let mut count = [0; 8];
        let ret = sys::raw::read(fd, &mut count);
        if ret == Errno::AGAIN.to_ret() {
            return Ok(Read::WouldBlock);
        }
        if ret == 8 {
            return Ok(Read::Count(u64::from_ne_bytes(count)));
        }
        if ret != Errno::INTR.to_ret() {
            return uncommon(ret);
        }
    }
}

/// A descriptor of another kind can give any number of bytes. One to seven bytes are `EINVAL`.
#[cold]
fn uncommon(ret: isize) -> Result<Read> {
    match Errno::from_ret(ret)? {
        0 => Ok(Read::Empty),
        _ => Err(Errno::INVAL),
    }
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

#[cold]
fn refused(ret: isize) -> Errno {
    Errno::from_ret(ret).err().unwrap_or(Errno::INVAL)
}
