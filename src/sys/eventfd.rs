//! The event counter.

use super::owned;
use crate::errno::Result;
use crate::fd::OwnedFd;
use crate::flags::EventFdFlags;
use crate::trap::{self, nr};

/// [`eventfd2(2)`](https://man7.org/linux/man-pages/man2/eventfd.2.html): a new event counter (Linux 2.6.27).
///
/// # Errors
///
/// - `EINVAL`: a flag that the kernel does not know
/// - `EMFILE`, `ENFILE`: too many open files in the process, in the system
/// - `ENODEV`, `ENOMEM`: no inode, no memory
/// - `ENOSYS`: a kernel without `CONFIG_EVENTFD`
#[inline]
#[doc(alias("eventfd", "os.eventfd"))]
pub fn eventfd2(initval: u32, flags: EventFdFlags) -> Result<OwnedFd> {
    // SAFETY: no pointer; a success is a new descriptor.
    unsafe { owned(trap::syscall2(nr::EVENTFD2, initval as usize, flags.bits() as usize)) }
}
