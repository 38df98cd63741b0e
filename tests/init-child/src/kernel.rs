//! The system calls that barefd does not have. The numbers come from `linux-raw-sys`, and not from init's own tables.

use core::ffi::CStr;

use barefd::fd::{FromRawFd, OwnedFd, RawFd};
use barefd::{Errno, Result, Signal, trap};
use linux_raw_sys::general as uapi;

pub const INIT: u32 = 1;

fn unit(ret: isize) -> Result<()> {
    Errno::from_ret(ret).map(drop)
}

pub fn getpid() -> u32 {
    // SAFETY: no argument. It does not fail.
    unsafe { trap::syscall0(uapi::__NR_getpid as usize) as u32 }
}

/// The session of this process.
pub fn getsid() -> Result<u32> {
    // SAFETY: no pointer.
    Errno::from_ret(unsafe { trap::syscall1(uapi::__NR_getsid as usize, 0) }).map(|session| session as u32)
}

pub fn setsid() -> Result<()> {
    // SAFETY: no argument.
    unit(unsafe { trap::syscall0(uapi::__NR_setsid as usize) })
}

/// Returns the child's id, or `None` in the child.
pub fn fork() -> Result<Option<u32>> {
    let flags = Signal::CHLD.raw() as usize;
    // The flags, then the stack; on s390x the stack is first.
    let (first, second) = if cfg!(target_arch = "s390x") { (0, flags) } else { (flags, 0) };
    // SAFETY: no flag shares memory. Both processes continue, each with its own memory.
    let pid = Errno::from_ret(unsafe { trap::syscall5(uapi::__NR_clone as usize, first, second, 0, 0, 0) })?;
    Ok((pid != 0).then_some(pid as u32))
}

/// Waits until this child has ended or is stopped.
pub fn wait_for(pid: u32) -> Result<()> {
    // SAFETY: the kernel does not write to a null pointer.
    unit(unsafe { trap::syscall4(uapi::__NR_wait4 as usize, pid as usize, 0, uapi::WUNTRACED as usize, 0) })
}

pub fn kill(pid: u32, signal: Signal) -> Result<()> {
    // SAFETY: no pointer.
    unit(unsafe { trap::syscall2(uapi::__NR_kill as usize, pid as usize, signal.raw() as usize) })
}

/// Whether the process exists. A process that ended and is not reaped yet exists.
pub fn exists(pid: u32) -> bool {
    // SAFETY: no pointer.
    unit(unsafe { trap::syscall2(uapi::__NR_kill as usize, pid as usize, 0) }).is_ok()
}

pub fn is_open(fd: RawFd) -> bool {
    // SAFETY: no pointer.
    unit(unsafe { trap::syscall2(uapi::__NR_fcntl as usize, fd as usize, uapi::F_GETFD as usize) }).is_ok()
}

pub fn open(path: &CStr) -> Result<OwnedFd> {
    openat(path, uapi::O_RDONLY | uapi::O_CLOEXEC)
}

/// A new file, for writing; [`Errno::EXIST`] if it exists.
pub fn create(path: &CStr) -> Result<OwnedFd> {
    openat(path, uapi::O_WRONLY | uapi::O_CREAT | uapi::O_EXCL | uapi::O_CLOEXEC)
}

fn openat(path: &CStr, flags: u32) -> Result<OwnedFd> {
    let (here, path) = (uapi::AT_FDCWD as usize, path.as_ptr() as usize);
    // SAFETY: the kernel reads a string that ends with a zero. A success is a new descriptor.
    unsafe {
        let fd = Errno::from_ret(trap::syscall4(uapi::__NR_openat as usize, here, path, flags as usize, 0o600))?;
        Ok(OwnedFd::from_raw_fd(fd as RawFd))
    }
}
