use syscalls::{Errno, Sysno, syscall};

use crate::{is, wrong};

const NONBLOCK: usize = 0x800;

/// SAFETY: the callers pass what the call takes.
macro_rules! call {
    ($($argument:expr),*) => { unsafe { syscall!($($argument),*) } };
}

fn counter(count: usize) -> usize {
    call!(Sysno::eventfd2, count, NONBLOCK).unwrap()
}

pub fn wr(times: u64) {
    let fd = counter(0);
    let mut sum = 0;
    for _ in 0..times {
        let (one, mut count) = (1_u64, 0_u64);
        if call!(Sysno::write, fd, &raw const one, 8) != Ok(8) || call!(Sysno::read, fd, &raw mut count, 8) != Ok(8) {
            wrong();
        }
        sum += count;
    }
    is(sum, times);
}

fn would_block(fd: usize, times: u64) {
    for _ in 0..times {
        let mut count = 0_u64;
        if call!(Sysno::read, fd, &raw mut count, 8) != Err(Errno::EAGAIN) {
            wrong();
        }
    }
}

pub fn again(times: u64) {
    would_block(counter(0), times);
}

fn settime_of(fd: usize, spec: &[i64; 4]) {
    if call!(Sysno::timerfd_settime, fd, 0, spec.as_ptr(), 0).is_err() {
        wrong();
    }
}

fn armed() -> usize {
    let fd = call!(Sysno::timerfd_create, 1, NONBLOCK).unwrap();
    settime_of(fd, &[0, 0, 10, 0]);
    fd
}

pub fn tagain(times: u64) {
    would_block(armed(), times);
}

pub fn settime(times: u64) {
    let (fd, delay) = (armed(), std::hint::black_box(10));
    for _ in 0..times {
        settime_of(fd, &[0, 0, delay, 0]);
        settime_of(fd, &[0; 4]);
    }
}

pub fn gettime(times: u64) {
    let fd = armed();
    for _ in 0..times {
        let mut spec = [0_i64; 4];
        if call!(Sysno::timerfd_gettime, fd, spec.as_mut_ptr()).is_err() {
            wrong();
        }
    }
}

pub fn poll(times: u64) {
    // The descriptor, then `POLLIN` in the lower half of the next word.
    let mut fds = [counter(1) as u32, 1];
    for _ in 0..times {
        if call!(Sysno::poll, fds.as_mut_ptr(), 1, -1_isize) != Ok(1) {
            wrong();
        }
    }
}

pub fn signal(times: u64) {
    const USR1: u32 = 10;

    let set = 1_u64 << (USR1 - 1);
    call!(Sysno::rt_sigprocmask, 0, &raw const set, 0, 8).unwrap();
    let fd = call!(Sysno::signalfd4, usize::MAX, &raw const set, 8, NONBLOCK).unwrap();
    for _ in 0..times {
        super::asm::raise();
        let mut record = [0_u32; 32];
        if call!(Sysno::read, fd, record.as_mut_ptr(), 128) != Ok(128) || record[0] != USR1 {
            wrong();
        }
    }
}

pub fn epoll(times: u64) {
    // Each event has three words: the events, and the two halves of the data.
    let (set, event) = (call!(Sysno::epoll_create1, 0).unwrap(), [1_u32, 7, 0]);
    call!(Sysno::epoll_ctl, set, 1, counter(1), event.as_ptr()).unwrap();
    let mut events = [[0_u32; 3]; 16];
    for _ in 0..times {
        let count = call!(Sysno::epoll_pwait, set, events.as_mut_ptr(), 16, -1_isize, 0, 8);
        if count != Ok(1) || events[0][1] != 7 {
            wrong();
        }
    }
}
