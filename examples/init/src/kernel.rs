//! The system calls that barefd does not have, one function each. Their numbers are those of the tables in `arch/`, beside
//! barefd's own.

use core::ffi::{CStr, c_char};
use core::fmt;
use core::ptr;

use barefd::fd::{AsRawFd, BorrowedFd, RawFd};
use barefd::trap::{self, nr::FCNTL, nr::IOCTL};
use barefd::{Errno, Result, SigSet, Signal};

mod abi {
    include!(concat!(env!("OUT_DIR"), "/abi.rs"));
}

use abi::nr;

// What is the same on every ABI (`include/uapi/linux/`).
const F_GETFD: usize = 1;
const F_SETFD: usize = 2;
const AT_FDCWD: usize = -100_isize as usize;
const O_RDWR: usize = 2;
const WNOHANG: usize = 1;
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

/// Every process but this one and process 1; any child.
const ALL: usize = -1_isize as usize;

fn unit(ret: isize) -> Result<()> {
    Errno::from_ret(ret).map(drop)
}

fn address(string: &CStr) -> usize {
    string.as_ptr() as usize
}

pub fn getpid() -> usize {
    // SAFETY: no argument. It does not fail.
    unsafe { trap::syscall0(nr::GETPID) as usize }
}

/// A copy of this process: the child's id, or `None` in the child.
pub fn fork() -> Result<Option<u32>> {
    let flags = Signal::CHLD.raw() as usize;
    // The flags and the stack, for which 0 is the place where this process has its own; the other way round on s390x.
    let (first, second) = if cfg!(target_arch = "s390x") { (0, flags) } else { (flags, 0) };
    // SAFETY: no flag shares memory: both processes go on, each with its own.
    let pid = Errno::from_ret(unsafe { trap::syscall5(nr::CLONE, first, second, 0, 0, 0) })?;
    Ok((pid != 0).then_some(pid as u32))
}

/// A session of its own.
pub fn setsid() -> Result<()> {
    // SAFETY: no argument.
    unit(unsafe { trap::syscall0(nr::SETSID) })
}

/// Makes the terminal that of this process's session.
pub fn set_controlling_terminal(fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: 0 is no pointer into the program, whatever file this is.
    unit(unsafe { trap::syscall3(IOCTL, fd.as_raw_fd() as usize, abi::TIOCSCTTY as usize, 0) })
}

/// Waits until a terminal has sent what was written to it.
pub fn drain(fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: 1 is no pointer into the program, whatever file this is; 0 would send a break.
    unit(unsafe { trap::syscall3(IOCTL, fd.as_raw_fd() as usize, abi::TCSBRK as usize, 1) })
}

/// Strings as `execve` takes them: their addresses, and a null.
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
    // SAFETY: the kernel reads strings that a zero ends, and arrays of such that a null ends.
    let ret = unsafe { trap::syscall3(nr::EXECVE, address(path), argv, envp) };
    Errno::from_ret(ret).err().unwrap_or(Errno::NOEXEC)
}

/// A child that ended.
pub struct Ended {
    pub pid: u32,
    /// As `wait4` packs it.
    status: i32,
}

/// `exited with status 1` or `was killed by SIGKILL`.
impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = (self.status & 0x7f) as u32;
        match Signal::from_raw(number) {
            None => write!(f, "exited with status {}", (self.status >> 8) & 0xff),
            Some(signal) => write!(f, "was killed by {signal}"),
        }
    }
}

/// A child that ended, or `None` while none has; [`Errno::CHILD`] if there is none.
pub fn reap() -> Result<Option<Ended>> {
    wait4(WNOHANG)
}

/// A child that ended, waiting for one.
pub fn wait() -> Result<Option<Ended>> {
    wait4(0)
}

fn wait4(options: usize) -> Result<Option<Ended>> {
    let mut status = 0_i32;
    // SAFETY: the kernel writes to `status`.
    let pid = Errno::from_ret(unsafe { trap::syscall4(nr::WAIT4, ALL, (&raw mut status) as usize, options, 0) })?;
    Ok((pid != 0).then_some(Ended { pid: pid as u32, status }))
}

/// Sends a signal to every process but this one.
pub fn kill_all(signal: Signal) -> Result<()> {
    // SAFETY: no pointer.
    unit(unsafe { trap::syscall2(nr::KILL, ALL, signal.raw() as usize) })
}

/// Gives every signal its default action.
pub fn reset_signals() {
    // Longer than the struct of any ABI, in each of which zeros are SIG_DFL, no flags and an empty mask.
    let action = [0_usize; 8];
    for signal in (1..).map_while(Signal::from_raw) {
        let (number, action) = (signal.raw() as usize, action.as_ptr() as usize);
        // SAFETY: the kernel reads less than `action`, and a null pointer is not written to. SIGKILL and SIGSTOP fail: they
        // have no other action.
        let _ = unsafe { trap::syscall4(nr::RT_SIGACTION, number, action, 0, size_of::<SigSet>()) };
    }
}

pub fn is_open(fd: RawFd) -> bool {
    // SAFETY: no pointer.
    unit(unsafe { trap::syscall2(FCNTL, fd as usize, F_GETFD) }).is_ok()
}

/// Opens a file for reading and writing, for good: here and in what this process executes, under the lowest free number.
pub fn open(path: &CStr) -> Result<()> {
    // SAFETY: the kernel reads a string that a zero ends.
    unit(unsafe { trap::syscall4(nr::OPENAT, AT_FDCWD, address(path), O_RDWR, 0) })
}

/// Gives what this process executes a descriptor, under that number.
///
/// # Safety
///
/// Nobody in this process may use a descriptor of that number any more.
pub unsafe fn hand_down(fd: BorrowedFd<'_>, number: RawFd) -> Result<()> {
    let from = fd.as_raw_fd();
    // SAFETY: no pointer; the descriptor that is replaced is nobody's.
    unit(unsafe {
        if from == number {
            trap::syscall3(FCNTL, number as usize, F_SETFD, 0)
        } else {
            trap::syscall3(nr::DUP3, from as usize, number as usize, 0)
        }
    })
}

pub fn mkdir(path: &CStr) -> Result<()> {
    // SAFETY: the kernel reads a string that a zero ends.
    unit(unsafe { trap::syscall3(nr::MKDIRAT, AT_FDCWD, address(path), 0o755) })
}

/// Mounts a file system that needs no device, and has the name of its type for one.
pub fn mount(kind: &CStr, path: &CStr, flags: usize) -> Result<()> {
    // SAFETY: the kernel reads three strings, each of which a zero ends.
    unit(unsafe { trap::syscall5(nr::MOUNT, address(kind), address(path), address(kind), flags, 0) })
}

pub fn remount_root_read_only() -> Result<()> {
    // SAFETY: the kernel reads a string that a zero ends; for this no other is needed.
    unit(unsafe { trap::syscall5(nr::MOUNT, 0, address(c"/"), 0, MS_REMOUNT | MS_RDONLY, 0) })
}

/// Takes the file system out of the tree now; it ends when the last of its files is closed.
pub fn unmount(path: &CStr) -> Result<()> {
    // SAFETY: the kernel reads a string that a zero ends.
    unit(unsafe { trap::syscall2(nr::UMOUNT2, address(path), MNT_DETACH) })
}

/// Writes all files to their disks. It does not fail.
pub fn sync() {
    // SAFETY: no argument.
    let _ = unsafe { trap::syscall0(nr::SYNC) };
}

fn reboot(command: usize) -> Result<()> {
    // SAFETY: no pointer with the commands here.
    unit(unsafe { trap::syscall4(nr::REBOOT, REBOOT_MAGIC1, REBOOT_MAGIC2, command, 0) })
}

/// Ctrl-Alt-Del is SIGINT to process 1 from now on, not a reboot.
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

/// A signal whose default action is to end the process does so, but for process 1.
pub fn wait_for_ever() -> ! {
    let blocked = SigSet::EMPTY;
    loop {
        // It needs neither memory nor a descriptor: only a seccomp filter can refuse it, and make this spin.
        // SAFETY: the kernel reads a set of that size.
        let _ = unsafe { trap::syscall2(nr::RT_SIGSUSPEND, (&raw const blocked) as usize, size_of::<SigSet>()) };
    }
}
