//! The environment that the first process has to make for itself.

use core::ffi::CStr;
use core::ops::RangeInclusive;

use barefd::fd::{IntoRawFd, RawFd};
use barefd::{Errno, Result};

use crate::{kernel, uapi};

/// Whether this is the first process of the system or of a PID namespace. A program cannot distinguish the two.
pub fn is_init() -> bool {
    kernel::getpid() == 1
}

/// Makes `directory` and mounts a file system of this type there, unless this was done before.
///
/// # Errors
///
/// - `ENODEV`: the kernel does not have the file system
/// - `EPERM`: no `CAP_SYS_ADMIN`
/// - other errors of `mkdirat` and `mount`
pub fn mount(file_system: &CStr, directory: &CStr) -> Result<()> {
    let unless = |harmless| move |errno| if errno == harmless { Ok(()) } else { Err(errno) };
    init_kernel::mkdir(directory).or_else(unless(Errno::EXIST))?;
    init_kernel::mount(file_system, directory, 0).or_else(unless(Errno::BUSY))
}

/// Standard input, output and error.
pub(crate) const STREAMS: RangeInclusive<RawFd> = 0..=2;

/// Opens the console in place of each closed standard stream. They are closed if the kernel found no `/dev/console`.
///
/// # Errors
///
/// - `ENOENT`: no device file
/// - `ENODEV`, `ENXIO`: no console behind it
pub fn open_streams() -> Result<()> {
    for number in STREAMS {
        if !init_kernel::is_open(number) {
            // The kernel opens the lowest free number, which is this one. It stays open.
            let _ = kernel::open(c"/dev/console", uapi::O_RDWR)?.into_raw_fd();
        }
    }
    Ok(())
}
