use crate::{is, wrong};

// SAFETY, here and below: these calls take no memory but what the slices and references are.
macro_rules! call {
    ($call:ident($($argument:expr),*)) => { unsafe { nc::$call($($argument),*) } };
}

fn counter(count: u32) -> i32 {
    call!(eventfd2(count, nc::EFD_NONBLOCK | nc::EFD_CLOEXEC)).unwrap()
}

pub fn wr(times: u64) {
    let fd = counter(0);
    let mut sum = 0;
    for _ in 0..times {
        let mut count = [0; 8];
        if call!(write(fd, &1_u64.to_ne_bytes())) != Ok(8) || call!(read(fd, &mut count)) != Ok(8) {
            wrong();
        }
        sum += u64::from_ne_bytes(count);
    }
    is(sum, times);
}

fn would_block(fd: i32, times: u64) {
    for _ in 0..times {
        let mut count = [0; 8];
        if call!(read(fd, &mut count)) != Err(nc::EAGAIN) {
            wrong();
        }
    }
}

pub fn again(times: u64) {
    would_block(counter(0), times);
}

fn once(tv_sec: isize) -> nc::itimerspec_t {
    let zero = nc::timespec_t { tv_sec: 0, tv_nsec: 0 };
    nc::itimerspec_t { it_interval: zero, it_value: nc::timespec_t { tv_sec, tv_nsec: 0 } }
}

fn settime_of(fd: i32, spec: &nc::itimerspec_t) {
    if call!(timerfd_settime(fd, 0, spec, None)).is_err() {
        wrong();
    }
}

fn armed() -> i32 {
    let fd = call!(timerfd_create(nc::CLOCK_MONOTONIC, nc::TFD_NONBLOCK | nc::TFD_CLOEXEC)).unwrap();
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
        let mut spec = once(0);
        if call!(timerfd_gettime(fd, &mut spec)).is_err() {
            wrong();
        }
    }
}

pub fn poll(times: u64) {
    let mut fds = [nc::pollfd_t { fd: counter(1), events: nc::POLLIN, revents: 0 }];
    for _ in 0..times {
        if call!(poll(&mut fds, -1)) != Ok(1) {
            wrong();
        }
    }
}
