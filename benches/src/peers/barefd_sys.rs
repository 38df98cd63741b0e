use std::time::Duration;

use barefd::fd::{AsFd, OwnedFd};
use barefd::sys::{self, EpollOp, Itimerspec};
use barefd::{
    EpollCreateFlags, EpollEvent, EpollFlags, Errno, EventFdFlags, PollFd, PollFlags, SetTimeFlags, SigSet, Signal,
    SignalFdFlags, TimerFdFlags, TimerSpec,
};

use crate::{is, wrong};

fn counter(count: u32) -> OwnedFd {
    sys::eventfd2(count, EventFdFlags::NONBLOCK).unwrap()
}

pub fn wr(times: u64) {
    let fd = counter(0);
    let (mut count, mut sum) = ([0; 8], 0);
    for _ in 0..times {
        let Ok(8) = sys::write(fd.as_fd(), &1_u64.to_ne_bytes()) else { wrong() };
        let Ok(8) = sys::read(fd.as_fd(), &mut count) else { wrong() };
        sum += u64::from_ne_bytes(count);
    }
    is(sum, times);
}

fn would_block(fd: OwnedFd, times: u64) {
    let mut count = [0; 8];
    for _ in 0..times {
        if sys::read(fd.as_fd(), &mut count) != Err(Errno::AGAIN) {
            wrong();
        }
    }
}

pub fn again(times: u64) {
    would_block(counter(0), times);
}

fn spec(seconds: u64) -> Itimerspec {
    TimerSpec::once(Duration::from_secs(seconds)).try_into().unwrap()
}

fn armed() -> OwnedFd {
    let fd = sys::timerfd_create(1, TimerFdFlags::NONBLOCK).unwrap();
    sys::timerfd_settime(fd.as_fd(), SetTimeFlags::empty(), &spec(10), None).unwrap();
    fd
}

pub fn tagain(times: u64) {
    would_block(armed(), times);
}

pub fn settime(times: u64) {
    let (fd, none) = (armed(), SetTimeFlags::empty());
    let (delay, disarmed) = (spec(10), Itimerspec::default());
    for _ in 0..times {
        if sys::timerfd_settime(fd.as_fd(), none, &delay, None).is_err()
            || sys::timerfd_settime(fd.as_fd(), none, &disarmed, None).is_err()
        {
            wrong();
        }
    }
}

pub fn gettime(times: u64) {
    let fd = armed();
    for _ in 0..times {
        if sys::timerfd_gettime(fd.as_fd()).is_err() {
            wrong();
        }
    }
}

pub fn poll(times: u64) {
    let event = counter(1);
    let mut fds = [PollFd::new(&event, PollFlags::IN)];
    for _ in 0..times {
        let Ok(1) = sys::poll(&mut fds, -1) else { wrong() };
    }
}

pub fn signal(times: u64) {
    let set = SigSet::from_signals(&[Signal::USR1]);
    set.thread_block().unwrap();
    let fd = sys::signalfd4(&set, SignalFdFlags::NONBLOCK).unwrap();
    let mut record = [0; 128];
    for _ in 0..times {
        crate::peers::asm::raise();
        if sys::read(fd.as_fd(), &mut record) != Ok(128) {
            wrong();
        }
        let [a, b, c, d, ..] = record;
        if u32::from_ne_bytes([a, b, c, d]) != Signal::USR1.raw() {
            wrong();
        }
    }
}

pub fn epoll(times: u64) {
    let (set, event) = (sys::epoll_create1(EpollCreateFlags::CLOEXEC).unwrap(), counter(1));
    sys::epoll_ctl(set.as_fd(), EpollOp::Add, event.as_fd(), Some(&EpollEvent::new(EpollFlags::IN, 7))).unwrap();
    let mut events = [EpollEvent::default(); 16];
    for _ in 0..times {
        if sys::epoll_pwait(set.as_fd(), &mut events, -1, None) != Ok(1) || events[0].token() != 7 {
            wrong();
        }
    }
}
