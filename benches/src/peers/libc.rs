use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;

use crate::{is, wrong};

fn opened(fd: c_int) -> c_int {
    if fd < 0 {
        wrong();
    }
    fd
}

fn counter(count: u32) -> c_int {
    // SAFETY: no pointer.
    opened(unsafe { libc::eventfd(count, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) })
}

fn errno() -> c_int {
    // SAFETY: it is this thread's own.
    unsafe { *libc::__errno_location() }
}

pub fn wr(times: u64) {
    let fd = counter(0);
    let mut sum = 0;
    for _ in 0..times {
        let (one, mut count) = (1_u64, 0_u64);
        // SAFETY: both buffers have eight bytes.
        let done = unsafe {
            libc::write(fd, (&raw const one).cast(), 8) == 8 && libc::read(fd, (&raw mut count).cast(), 8) == 8
        };
        if !done {
            wrong();
        }
        sum += count;
    }
    is(sum, times);
}

fn would_block(fd: c_int, times: u64) {
    for _ in 0..times {
        let mut count = 0_u64;
        // SAFETY: the buffer has eight bytes.
        if unsafe { libc::read(fd, (&raw mut count).cast(), 8) } != -1 || errno() != libc::EAGAIN {
            wrong();
        }
    }
}

pub fn again(times: u64) {
    would_block(counter(0), times);
}

fn once(tv_sec: i64) -> libc::itimerspec {
    let zero = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    libc::itimerspec { it_interval: zero, it_value: libc::timespec { tv_sec, tv_nsec: 0 } }
}

fn settime_of(fd: c_int, spec: &libc::itimerspec) {
    // SAFETY: it reads `spec`.
    if unsafe { libc::timerfd_settime(fd, 0, spec, ptr::null_mut()) } != 0 {
        wrong();
    }
}

fn armed() -> c_int {
    // SAFETY: no pointer.
    let fd = opened(unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_NONBLOCK | libc::TFD_CLOEXEC) });
    settime_of(fd, &once(10));
    fd
}

pub fn tagain(times: u64) {
    would_block(armed(), times);
}

pub fn settime(times: u64) {
    let fd = armed();
    for _ in 0..times {
        settime_of(fd, &once(10));
        settime_of(fd, &once(0));
    }
}

pub fn gettime(times: u64) {
    let fd = armed();
    for _ in 0..times {
        let mut spec = MaybeUninit::<libc::itimerspec>::uninit();
        // SAFETY: it writes to `spec`.
        if unsafe { libc::timerfd_gettime(fd, spec.as_mut_ptr()) } != 0 {
            wrong();
        }
    }
}

pub fn poll(times: u64) {
    let mut fds = [libc::pollfd { fd: counter(1), events: libc::POLLIN, revents: 0 }];
    for _ in 0..times {
        // SAFETY: it reads and writes one entry.
        if unsafe { libc::poll(fds.as_mut_ptr(), 1, -1) } != 1 {
            wrong();
        }
    }
}

pub fn signal(times: u64) {
    let mut set = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: `sigemptyset` writes the set that the others read.
    let fd = unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGUSR1);
        libc::sigprocmask(libc::SIG_BLOCK, set.as_ptr(), ptr::null_mut());
        opened(libc::signalfd(-1, set.as_ptr(), libc::SFD_NONBLOCK | libc::SFD_CLOEXEC))
    };
    for _ in 0..times {
        super::asm::raise();
        let mut record = MaybeUninit::<libc::signalfd_siginfo>::uninit();
        // SAFETY: the buffer has 128 bytes.
        if unsafe { libc::read(fd, record.as_mut_ptr().cast(), 128) } != 128 {
            wrong();
        }
        // SAFETY: the call wrote all of it.
        if unsafe { record.assume_init() }.ssi_signo != libc::SIGUSR1 as u32 {
            wrong();
        }
    }
}

pub fn epoll(times: u64) {
    // SAFETY: no pointer.
    let set = opened(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) });
    let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: 7 };
    // SAFETY: it reads `event`.
    if unsafe { libc::epoll_ctl(set, libc::EPOLL_CTL_ADD, counter(1), &mut event) } != 0 {
        wrong();
    }
    let mut events = [libc::epoll_event { events: 0, u64: 0 }; 16];
    for _ in 0..times {
        // SAFETY: it writes at most 16 entries.
        let count = unsafe { libc::epoll_wait(set, events.as_mut_ptr(), 16, -1) };
        if count != 1 || { events[0].u64 } != 7 {
            wrong();
        }
    }
}
