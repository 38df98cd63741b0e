#![no_std]
//! The system calls that barefd does not have, one function each. `init`, its tests and the conformance program use
//! them. The numbers come from the tables in `examples/init/arch`, and from barefd.

use core::ffi::{CStr, c_char};
use core::ptr;

use barefd::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use barefd::sys::{self, Siginfo, WaitId};
#[cfg(nr = "fcntl")]
use barefd::trap::nr::FCNTL;
#[cfg(nr = "fcntl64")]
use barefd::trap::nr::FCNTL64 as FCNTL;
use barefd::trap::{self, nr::IOCTL};
use barefd::{Errno, ExitStatus, Result, SigSet, Signal, WaitFlags};

mod abi {
    include!(concat!(env!("OUT_DIR"), "/abi.rs"));
}

pub use abi::{O_CREAT, O_EXCL};

use abi::nr;

// These are the same on every ABI (`include/uapi/linux/`).
const F_GETFD: usize = 1;
const F_SETFD: usize = 2;
const AT_FDCWD: usize = -100_isize as usize;
pub const O_RDONLY: u32 = 0;
pub const O_WRONLY: u32 = 1;
pub const MS_NOSUID: usize = 2;
pub const MS_NODEV: usize = 4;
pub const MS_NOEXEC: usize = 8;
const MS_RDONLY: usize = 1;
const MS_REMOUNT: usize = 32;
const MNT_DETACH: usize = 2;
const REBOOT_MAGIC1: usize = 0xfee1_dead;
const REBOOT_MAGIC2: usize = 0x2812_1969;
const REBOOT_CAD_OFF: usize = 0;
const REBOOT_HALT: usize = 0xcdef_0123;
const REBOOT_POWER_OFF: usize = 0x4321_fedc;

/// Every process except this one and process 1.
const ALL: usize = -1_isize as usize;

fn unit(ret: isize) -> Result<()> {
    Errno::from_ret(ret).map(drop)
}

fn address(string: &CStr) -> usize {
    string.as_ptr() as usize
}

pub fn getpid() -> u32 {
    // SAFETY: no argument. It does not fail.
    unsafe { trap::syscall0(nr::GETPID) as u32 }
}

/// Makes a copy of this process that has only the calling thread. Returns the child's id, or `None` in the child.
///
/// # Safety
///
/// If this process has other threads, the child must make only system calls, and must end with a system call.
pub unsafe fn fork() -> Result<Option<u32>> {
    let parent = getpid();
    let flags = Signal::CHLD.raw() as usize;
    // The flags, then the stack; on s390x the stack is first. A stack of 0 means the same address as in this process.
    let (first, second) = if cfg!(target_arch = "s390x") { (0, flags) } else { (flags, 0) };
    // SAFETY: no flag shares memory. Both processes continue, each with its own memory.
    let pid = Errno::from_ret(unsafe { trap::syscall5(nr::CLONE, first, second, 0, 0, 0) })?;
    // On sparc the call does not return zero in the child.
    let is_child =
        if cfg!(any(target_arch = "sparc", target_arch = "sparc64")) { getpid() != parent } else { pid == 0 };
    Ok((!is_child).then_some(pid as u32))
}

/// Starts a new session with this process as its leader.
pub fn setsid() -> Result<()> {
    // SAFETY: no argument.
    unit(unsafe { trap::syscall0(nr::SETSID) })
}

/// The session of this process.
pub fn getsid() -> Result<u32> {
    // SAFETY: no pointer.
    Errno::from_ret(unsafe { trap::syscall1(nr::GETSID, 0) }).map(|session| session as u32)
}

/// Makes `terminal` the controlling terminal of this process's session.
pub fn set_controlling_terminal(fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: 0 is not a pointer into the program, so every kind of file is safe.
    unit(unsafe { trap::syscall3(IOCTL, fd.as_raw_fd() as usize, abi::TIOCSCTTY as usize, 0) })
}

/// Waits until a terminal has sent what was written to it.
pub fn drain(fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: 1 is not a pointer into the program, so every kind of file is safe. 0 would send a break.
    unit(unsafe { trap::syscall3(IOCTL, fd.as_raw_fd() as usize, abi::TCSBRK as usize, 1) })
}

/// Strings in the form that `execve` takes: their addresses, then a null.
pub struct Vector([*const c_char; Vector::MOST + 1]);

impl Vector {
    const MOST: usize = 255;

    /// [`Errno::TOOBIG`] if there are more than 255.
    pub fn new(strings: impl Iterator<Item = &'static CStr>) -> Result<Self> {
        let mut vector = Self([ptr::null(); Self::MOST + 1]);
        let mut slots = vector.0.iter_mut().take(Self::MOST);
        for string in strings {
            *slots.next().ok_or(Errno::TOOBIG)? = string.as_ptr();
        }
        Ok(vector)
    }
}

/// Returns only if it fails.
pub fn execve(path: &CStr, argv: &Vector, envp: &Vector) -> Errno {
    let (argv, envp) = (argv.0.as_ptr() as usize, envp.0.as_ptr() as usize);
    // SAFETY: the kernel reads strings that end with a zero, and arrays of such strings that end with a null.
    let ret = unsafe { trap::syscall3(nr::EXECVE, address(path), argv, envp) };
    Errno::from_ret(ret).err().unwrap_or(Errno::NOEXEC)
}

/// A child that ended.
pub struct Ended {
    pub pid: u32,
    pub status: ExitStatus,
}

/// Waits until this child ended, or is stopped.
pub fn wait_for(pid: u32) -> Result<()> {
    sys::waitid(WaitId::Pid(pid), WaitFlags::EXITED | WaitFlags::STOPPED).map(drop)
}

/// A child that ended, or `None` if none has ended. [`Errno::CHILD`] if there is no child.
pub fn reap() -> Result<Option<Ended>> {
    sys::waitid(WaitId::All, WaitFlags::EXITED | WaitFlags::NOHANG).map(|info| ended(&info))
}

/// Waits for a child to end.
pub fn wait() -> Result<Option<Ended>> {
    sys::waitid(WaitId::All, WaitFlags::EXITED).map(|info| ended(&info))
}

fn ended(info: &Siginfo) -> Option<Ended> {
    ExitStatus::from_siginfo(info).map(|status| Ended { pid: info.si_pid, status })
}

pub fn kill(pid: u32, signal: Signal) -> Result<()> {
    // SAFETY: no pointer.
    unit(unsafe { trap::syscall2(nr::KILL, pid as usize, signal.raw() as usize) })
}

/// Whether a process has this id. True also if it ended and was not reaped.
pub fn exists(pid: u32) -> bool {
    // SAFETY: no pointer. Signal 0 is not sent.
    unit(unsafe { trap::syscall2(nr::KILL, pid as usize, 0) }).is_ok()
}

/// Sends a signal to every process except this one.
pub fn kill_all(signal: Signal) -> Result<()> {
    // SAFETY: no pointer.
    unit(unsafe { trap::syscall2(nr::KILL, ALL, signal.raw() as usize) })
}

/// Gives every signal its default action.
pub fn reset_signals() {
    // This is longer than the struct of any ABI. On every ABI, zeros mean SIG_DFL, no flags and an empty mask.
    let action = [0_usize; 8];
    for signal in (1..).map_while(Signal::from_raw) {
        let (number, action) = (signal.raw() as usize, action.as_ptr() as usize);
        // SAFETY: the kernel reads less than the size of `action`, and does not write to a null pointer. The call fails
        // for SIGKILL and SIGSTOP, which always have their default action.
        let _ = unsafe { trap::syscall4(nr::RT_SIGACTION, number, action, 0, size_of::<SigSet>()) };
    }
}

pub fn is_open(fd: RawFd) -> bool {
    // SAFETY: no pointer.
    unit(unsafe { trap::syscall2(FCNTL, fd as usize, F_GETFD) }).is_ok()
}

/// Opens a file, with the lowest free number. `flags` are `O_…`; a new file has the mode 0600.
pub fn open(path: &CStr, flags: u32) -> Result<OwnedFd> {
    sys::openat(None, path, flags, 0o600)
}

/// Gives a descriptor to the program that this process executes next, with the number `number`.
///
/// # Safety
///
/// From now on, nobody in this process may use a descriptor with this number.
pub unsafe fn hand_down(fd: BorrowedFd<'_>, number: RawFd) -> Result<()> {
    let from = fd.as_raw_fd();
    // SAFETY: no pointer. Nobody uses the descriptor that is replaced.
    unit(unsafe {
        if from == number {
            trap::syscall3(FCNTL, number as usize, F_SETFD, 0)
        } else {
            trap::syscall3(nr::DUP3, from as usize, number as usize, 0)
        }
    })
}

pub fn mkdir(path: &CStr) -> Result<()> {
    // SAFETY: the kernel reads a string that ends with a zero.
    unit(unsafe { trap::syscall3(nr::MKDIRAT, AT_FDCWD, address(path), 0o755) })
}

/// Mounts a file system that needs no device. The name of its type takes the place of the device.
pub fn mount(kind: &CStr, path: &CStr, flags: usize) -> Result<()> {
    // SAFETY: the kernel reads three strings, each of which ends with a zero.
    unit(unsafe { trap::syscall5(nr::MOUNT, address(kind), address(path), address(kind), flags, 0) })
}

pub fn remount_root_read_only() -> Result<()> {
    // SAFETY: the kernel reads a string that ends with a zero. A remount needs no other string.
    unit(unsafe { trap::syscall5(nr::MOUNT, 0, address(c"/"), 0, MS_REMOUNT | MS_RDONLY, 0) })
}

/// Removes the file system from the tree now. The unmount is complete when the last of its files is closed.
pub fn unmount(path: &CStr) -> Result<()> {
    // SAFETY: the kernel reads a string that ends with a zero.
    unit(unsafe { trap::syscall2(nr::UMOUNT2, address(path), MNT_DETACH) })
}

/// Writes all files to their disks. It does not fail.
pub fn sync() {
    // SAFETY: no argument.
    let _ = unsafe { trap::syscall0(nr::SYNC) };
}

fn reboot(command: usize) -> Result<()> {
    // SAFETY: the commands used here take no pointer.
    unit(unsafe { trap::syscall4(nr::REBOOT, REBOOT_MAGIC1, REBOOT_MAGIC2, command, 0) })
}

/// From now on, Ctrl-Alt-Del sends SIGINT to process 1 instead of a reboot.
pub fn catch_ctrl_alt_del() -> Result<()> {
    reboot(REBOOT_CAD_OFF)
}

/// Returns only if it fails.
pub fn power_off() -> Result<()> {
    reboot(REBOOT_POWER_OFF)
}

/// Returns only if it fails.
pub fn halt() -> Result<()> {
    reboot(REBOOT_HALT)
}

/// Waits for ever. A signal still ends the process if that is its default action, except for process 1.
pub fn wait_for_ever() -> ! {
    let blocked = SigSet::EMPTY;
    loop {
        // The call needs no memory and no descriptor. Only a seccomp filter can refuse it, and then this loop spins.
        // SAFETY: the kernel reads a set of that size.
        let _ = unsafe { trap::syscall2(nr::RT_SIGSUSPEND, (&raw const blocked) as usize, size_of::<SigSet>()) };
    }
}
