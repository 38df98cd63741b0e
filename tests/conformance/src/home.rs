//! The environment that the first process has to make for itself.

use core::ffi::CStr;
use core::ops::RangeInclusive;

use barefd::fd::{BorrowedFd, IntoRawFd, RawFd};
use barefd::trap;
use barefd::{Errno, Result};

use crate::{kernel, uapi};

/// Whether this is the first process of the system or of a PID namespace. A program cannot distinguish the two.
pub fn is_init() -> bool {
    // SAFETY: no pointer.
    unsafe { trap::syscall0(uapi::__NR_getpid as usize) == 1 }
}

/// Makes `directory` and mounts a file system of this type there, unless this was done before.
///
/// # Errors
///
/// - `ENODEV`: the kernel does not have the file system
/// - `EPERM`: no `CAP_SYS_ADMIN`
/// - other errors of `mkdirat` and `mount`
pub fn mount(file_system: &CStr, directory: &CStr) -> Result<()> {
    let (here, mode) = (uapi::AT_FDCWD as isize as usize, 0o755);
    let (source, target) = (file_system.as_ptr() as usize, directory.as_ptr() as usize);
    // SAFETY: the kernel reads the two strings, which end with a zero.
    let made = Errno::from_ret(unsafe { trap::syscall3(uapi::__NR_mkdirat as usize, here, target, mode) });
    made.map(drop).or_else(|errno| if errno == Errno::EXIST { Ok(()) } else { Err(errno) })?;
    // SAFETY: as above, and there are no options. A mount does not change the program's memory.
    let mounted = Errno::from_ret(unsafe { trap::syscall5(uapi::__NR_mount as usize, source, target, source, 0, 0) });
    mounted.map(drop).or_else(|errno| if errno == Errno::BUSY { Ok(()) } else { Err(errno) })
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
        // SAFETY: it is not -1. The call only asks about the number.
        let stream = unsafe { BorrowedFd::borrow_raw(number) };
        if barefd::sys::fcntl_getfl(stream) == Err(Errno::BADF) {
            // The kernel opens the lowest free number, which is this one. It stays open.
            let _ = kernel::open(c"/dev/console", uapi::O_RDWR)?.into_raw_fd();
        }
    }
    Ok(())
}
