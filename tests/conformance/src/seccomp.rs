//! Filters that refuse the calls with 64-bit times, or those with 32-bit times. With the former, the program runs as on
//! a kernel before Linux 5.1 (`ENOSYS`), in an old sandbox (`EPERM`), or on Android up to version 10 (the filter
//! kills). With the latter, it runs as on a kernel without `CONFIG_COMPAT_32BIT_TIME`.

use core::mem::{offset_of, size_of};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::uapi::__NR_prctl;
use barefd::trap::{self, nr};
use barefd::{Errno, Result};
use static_assertions::const_assert_eq;

/// `struct sock_filter` (`include/uapi/linux/filter.h`).
#[repr(C)]
#[derive(Clone, Copy)]
struct Instruction {
    code: u16,
    jump_if_true: u8,
    jump_if_false: u8,
    k: u32,
}

const_assert_eq!(size_of::<Instruction>(), 8);
const_assert_eq!(offset_of!(Instruction, k), 4);

/// `struct sock_fprog` (`include/uapi/linux/filter.h`).
#[repr(C)]
struct Program {
    len: u16,
    filter: *const Instruction,
}

const_assert_eq!(size_of::<Program>(), 2 * size_of::<usize>());
const_assert_eq!(offset_of!(Program, filter), size_of::<usize>());

const fn statement(code: u16, k: u32) -> Instruction {
    Instruction { code, jump_if_true: 0, jump_if_false: 0, k }
}

const fn skip_if_not(number: usize) -> Instruction {
    const BPF_JMP_JEQ_K: u16 = 0x15;
    Instruction { code: BPF_JMP_JEQ_K, jump_if_true: 0, jump_if_false: 1, k: number as u32 }
}

/// The answer to a call that a filter refuses.
#[derive(Clone, Copy)]
pub enum Answer {
    Fails(Errno),
    /// The process ends with `SIGSYS` (Linux 4.14).
    Kills,
}

impl Answer {
    const fn action(self) -> u32 {
        const SECCOMP_RET_KILL_PROCESS: u32 = 0x8000_0000;
        const SECCOMP_RET_ERRNO: u32 = 0x0005_0000;
        match self {
            Self::Fails(errno) => SECCOMP_RET_ERRNO | errno.raw_os_error() as u32,
            Self::Kills => SECCOMP_RET_KILL_PROCESS,
        }
    }
}

static TIME64_KILLS: AtomicBool = AtomicBool::new(false);

/// Whether a filter kills at the calls with 64-bit times. No call can find that out.
pub fn time64_kills() -> bool {
    TIME64_KILLS.load(Relaxed)
}

/// From now on, this is the answer to the calls with 64-bit times in this program.
///
/// # Errors
///
/// - `EINVAL`: a kernel without `CONFIG_SECCOMP_FILTER`
pub fn refuse_time64(answer: Answer) -> Result<()> {
    // epoll_pwait2 takes such a time on every ABI, and is younger than the others.
    let calls = [nr::TIMERFD_SETTIME64, nr::TIMERFD_GETTIME64, nr::PPOLL_TIME64, nr::CLOCK_GETTIME64, nr::EPOLL_PWAIT2];
    refuse(&calls, answer)?;
    TIME64_KILLS.store(matches!(answer, Answer::Kills), Relaxed);
    Ok(())
}

/// From now on, this is the answer to the calls with 32-bit times in this program.
///
/// # Errors
///
/// Those of [`refuse_time64`].
pub fn refuse_time32(answer: Answer) -> Result<()> {
    refuse(&[nr::TIMERFD_SETTIME, nr::TIMERFD_GETTIME, nr::PPOLL, nr::CLOCK_GETTIME], answer)
}

fn refuse(calls: &[usize], answer: Answer) -> Result<()> {
    const BPF_LD_W_ABS: u16 = 0x20;
    const BPF_RET_K: u16 = 0x06;
    const SECCOMP_RET_ALLOW: u32 = 0x7fff_0000;
    const PR_SET_SECCOMP: usize = 22;
    const PR_SET_NO_NEW_PRIVS: usize = 38;
    const SECCOMP_MODE_FILTER: usize = 2;

    const MOST: usize = 5;

    if calls.len() > MOST {
        return Err(Errno::INVAL);
    }
    // The number is the first field of struct seccomp_data. Of the lines after it, those without a call permit all.
    let mut filter = [statement(BPF_RET_K, SECCOMP_RET_ALLOW); 1 + 2 * MOST + 1];
    let (load, rest) = filter.split_first_mut().ok_or(Errno::INVAL)?;
    *load = statement(BPF_LD_W_ABS, 0);
    for (lines, &call) in rest.chunks_exact_mut(2).zip(calls) {
        lines.copy_from_slice(&[skip_if_not(call), statement(BPF_RET_K, answer.action())]);
    }
    let program = Program { len: filter.len() as u16, filter: filter.as_ptr() };
    // SAFETY: the kernel reads `program` and `filter`. A refused call returns an errno to its caller, or
    // does not return.
    unsafe {
        Errno::from_ret(trap::syscall5(__NR_prctl as usize, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
        let program = (&raw const program) as usize;
        Errno::from_ret(trap::syscall3(__NR_prctl as usize, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program))?;
    }
    Ok(())
}
