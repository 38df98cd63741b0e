//! The descriptor of signals.

use crate::errno::Result;
use crate::fd::{BorrowedFd, OwnedFd};
use crate::flags::SignalFdFlags;
use crate::signal::SigSet;
use crate::trap::{self, nr};

use super::{argument, owned, unit};

/// [`signalfd4(2)`](https://man7.org/linux/man-pages/man2/signalfd.2.html): a new descriptor that reads the signals of
/// `mask` (Linux 2.6.27).
///
/// The kernel leaves `SIGKILL` and `SIGSTOP` out of the mask.
///
/// # Errors
///
/// - `EINVAL`: a flag that the kernel does not know
/// - `EMFILE`, `ENFILE`: too many open files in the process, in the system
/// - `ENODEV`, `ENOMEM`: no inode, no memory
/// - `ENOSYS`: a kernel without `CONFIG_SIGNALFD`
#[inline]
#[doc(alias = "signalfd")]
pub fn signalfd4(mask: &SigSet, flags: SignalFdFlags) -> Result<OwnedFd> {
    // SAFETY: the kernel reads the mask; from -1 it makes a new descriptor.
    unsafe { owned(signalfd(usize::MAX, mask, flags)) }
}

/// [`signalfd4(2)`](https://man7.org/linux/man-pages/man2/signalfd.2.html) for an existing descriptor: from now on it
/// reads only the signals of `mask` (Linux 2.6.27).
///
/// # Errors
///
/// - `EBADF`: not open
/// - `EINVAL`: not a signal descriptor
#[inline]
#[doc(alias = "signalfd")]
pub fn signalfd4_set_mask(fd: BorrowedFd<'_>, mask: &SigSet) -> Result<()> {
    unit(signalfd(argument(fd), mask, SignalFdFlags::empty()))
}

#[inline]
fn signalfd(fd: usize, mask: &SigSet, flags: SignalFdFlags) -> isize {
    let (mask, flags) = (mask as *const SigSet as usize, flags.bits() as usize);
    // SAFETY: the kernel reads the mask.
    unsafe { trap::syscall4(nr::SIGNALFD4, fd, mask, size_of::<SigSet>(), flags) }
}
