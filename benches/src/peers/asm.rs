//! The same job by hand, with the system calls in inline assembly.

use std::arch::asm;
use std::hint::black_box;
use std::mem::MaybeUninit;

use crate::{is, wrong};

const READ: usize = 0;
const WRITE: usize = 1;
const POLL: usize = 7;
const RT_SIGPROCMASK: usize = 14;
const GETPID: usize = 39;
const EPOLL_CTL: usize = 233;
const TGKILL: usize = 234;
const EPOLL_PWAIT: usize = 281;
const TIMERFD_CREATE: usize = 283;
const TIMERFD_SETTIME: usize = 286;
const TIMERFD_GETTIME: usize = 287;
const SIGNALFD4: usize = 289;
const EVENTFD2: usize = 290;
const EPOLL_CREATE1: usize = 291;

const EINTR: isize = -4;
const EAGAIN: isize = -11;
const NONBLOCK: usize = 0x800;
const SIGUSR1: usize = 10;

macro_rules! syscall {
    ($number:expr $(, $register:tt = $argument:expr)*) => {{
        let result: isize;
        // SAFETY: the callers pass what the call takes.
        unsafe {
            asm!(
                "syscall", inlateout("rax") $number => result, $(in($register) $argument,)*
                lateout("rcx") _, lateout("r11") _, options(nostack),
            );
        }
        result
    }};
}

fn opened(result: isize) -> usize {
    if result < 0 {
        wrong();
    }
    // The descriptor is a value of the run, as in a program.
    black_box(result as usize)
}

fn counter(count: usize, flags: usize) -> usize {
    opened(syscall!(EVENTFD2, "rdi" = count, "rsi" = flags))
}

pub fn wr(times: u64) {
    let fd = counter(0, NONBLOCK);
    let mut sum = 0;
    for _ in 0..times {
        let one = 1_u64;
        loop {
            let result = syscall!(WRITE, "rdi" = fd, "rsi" = &raw const one, "rdx" = 8_usize);
            if result == 8 {
                break;
            }
            if result != EINTR {
                wrong();
            }
        }
        let mut count = MaybeUninit::<u64>::uninit();
        loop {
            let result = syscall!(READ, "rdi" = fd, "rsi" = count.as_mut_ptr(), "rdx" = 8_usize);
            if result == 8 {
                break;
            }
            if result != EINTR {
                wrong();
            }
        }
        // SAFETY: the kernel has written it.
        sum += unsafe { count.assume_init() };
    }
    is(sum, times);
}

fn would_block(fd: usize, times: u64) {
    for _ in 0..times {
        let mut count = MaybeUninit::<u64>::uninit();
        loop {
            let result = syscall!(READ, "rdi" = fd, "rsi" = count.as_mut_ptr(), "rdx" = 8_usize);
            if result == EAGAIN {
                break;
            }
            if result != EINTR {
                wrong();
            }
        }
    }
}

pub fn again(times: u64) {
    would_block(counter(0, NONBLOCK), times);
}

type Itimerspec = [i64; 4];

fn settime_of(fd: usize, spec: &Itimerspec) -> isize {
    syscall!(TIMERFD_SETTIME, "rdi" = fd, "rsi" = 0_usize, "rdx" = spec.as_ptr(), "r10" = 0_usize)
}

fn armed() -> usize {
    let fd = opened(syscall!(TIMERFD_CREATE, "rdi" = 1_usize, "rsi" = NONBLOCK));
    if settime_of(fd, &[0, 0, 10, 0]) != 0 {
        wrong();
    }
    fd
}

pub fn tagain(times: u64) {
    would_block(armed(), times);
}

pub fn settime(times: u64) {
    let fd = armed();
    let delay = black_box(10);
    for _ in 0..times {
        if settime_of(fd, &[0, 0, delay, 0]) != 0 || settime_of(fd, &[0; 4]) != 0 {
            wrong();
        }
    }
}

pub fn gettime(times: u64) {
    let fd = armed();
    for _ in 0..times {
        let mut spec = MaybeUninit::<Itimerspec>::uninit();
        if syscall!(TIMERFD_GETTIME, "rdi" = fd, "rsi" = spec.as_mut_ptr()) != 0 {
            wrong();
        }
    }
}

pub fn poll(times: u64) {
    #[repr(C)]
    struct PollFd {
        fd: i32,
        events: u16,
        revents: u16,
    }
    let mut fds = [PollFd { fd: counter(1, 0) as i32, events: 1, revents: 0 }];
    for _ in 0..times {
        loop {
            let result = syscall!(POLL, "rdi" = fds.as_mut_ptr(), "rsi" = 1_usize, "rdx" = -1_isize);
            if result == 1 {
                break;
            }
            if result != EINTR {
                wrong();
            }
        }
    }
}

/// Sends `SIGUSR1`, which is blocked, to this thread. The peers call it too.
#[inline(never)]
pub fn raise() {
    // The process has one thread.
    let id = syscall!(GETPID);
    if syscall!(TGKILL, "rdi" = id, "rsi" = id, "rdx" = SIGUSR1) != 0 {
        wrong();
    }
}

pub fn signal(times: u64) {
    let set = 1_u64 << (SIGUSR1 - 1);
    if syscall!(RT_SIGPROCMASK, "rdi" = 0_usize, "rsi" = &raw const set, "rdx" = 0_usize, "r10" = 8_usize) != 0 {
        wrong();
    }
    let fd = opened(syscall!(SIGNALFD4, "rdi" = usize::MAX, "rsi" = &raw const set, "rdx" = 8_usize, "r10" = NONBLOCK));
    for _ in 0..times {
        raise();
        let mut record = MaybeUninit::<[u32; 32]>::uninit();
        loop {
            let result = syscall!(READ, "rdi" = fd, "rsi" = record.as_mut_ptr(), "rdx" = 128_usize);
            if result == 128 {
                break;
            }
            if result != EINTR {
                wrong();
            }
        }
        // SAFETY: the kernel has written it.
        let [signal, ..] = unsafe { record.assume_init() };
        if signal != SIGUSR1 as u32 {
            wrong();
        }
    }
}

pub fn epoll(times: u64) {
    #[repr(C, packed(4))]
    #[derive(Clone, Copy)]
    struct Event {
        events: u32,
        data: u64,
    }
    let set = opened(syscall!(EPOLL_CREATE1, "rdi" = 0_usize));
    let event = Event { events: 1, data: 7 };
    let fd = counter(1, 0);
    if syscall!(EPOLL_CTL, "rdi" = set, "rsi" = 1_usize, "rdx" = fd, "r10" = &raw const event) != 0 {
        wrong();
    }
    let mut events = [Event { events: 0, data: 0 }; 16];
    for _ in 0..times {
        loop {
            let result = syscall!(
                EPOLL_PWAIT,
                "rdi" = set,
                "rsi" = events.as_mut_ptr(),
                "rdx" = 16_usize,
                "r10" = -1_isize,
                "r8" = 0_usize,
                "r9" = 8_usize
            );
            if result == 1 {
                break;
            }
            if result != EINTR {
                wrong();
            }
        }
        if events[0].data != 7 {
            wrong();
        }
    }
}
