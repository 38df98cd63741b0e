use std::os::fd::OwnedFd;

use rustix::event::{EventfdFlags, PollFd, PollFlags, epoll as set, eventfd};
use rustix::io::Errno;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_gettime,
    timerfd_settime,
};

use crate::{is, wrong};

fn counter(count: u32) -> OwnedFd {
    eventfd(count, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC).unwrap()
}

pub fn wr(times: u64) {
    let fd = counter(0);
    let mut sum = 0;
    for _ in 0..times {
        let mut count = [0; 8];
        let Ok(8) = rustix::io::write(&fd, &1_u64.to_ne_bytes()) else { wrong() };
        let Ok(8) = rustix::io::read(&fd, &mut count) else { wrong() };
        sum += u64::from_ne_bytes(count);
    }
    is(sum, times);
}

fn would_block(fd: OwnedFd, times: u64) {
    for _ in 0..times {
        let mut count = [0; 8];
        let Err(Errno::AGAIN) = rustix::io::read(&fd, &mut count) else { wrong() };
    }
}

pub fn again(times: u64) {
    would_block(counter(0), times);
}

const ZERO: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

fn once(tv_sec: i64) -> Itimerspec {
    Itimerspec { it_interval: ZERO, it_value: Timespec { tv_sec, tv_nsec: 0 } }
}

fn armed() -> OwnedFd {
    let fd = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC).unwrap();
    timerfd_settime(&fd, TimerfdTimerFlags::empty(), &once(10)).unwrap();
    fd
}

pub fn tagain(times: u64) {
    would_block(armed(), times);
}

pub fn settime(times: u64) {
    let (fd, none) = (armed(), TimerfdTimerFlags::empty());
    for _ in 0..times {
        if timerfd_settime(&fd, none, &once(10)).is_err() || timerfd_settime(&fd, none, &once(0)).is_err() {
            wrong();
        }
    }
}

pub fn gettime(times: u64) {
    let fd = armed();
    for _ in 0..times {
        if timerfd_gettime(&fd).is_err() {
            wrong();
        }
    }
}

pub fn poll(times: u64) {
    let event = counter(1);
    let mut fds = [PollFd::new(&event, PollFlags::IN)];
    for _ in 0..times {
        let Ok(1) = rustix::event::poll(&mut fds, None) else { wrong() };
    }
}

pub fn epoll(times: u64) {
    let (epoll, event) = (set::create(set::CreateFlags::CLOEXEC).unwrap(), counter(1));
    set::add(&epoll, &event, set::EventData::new_u64(7), set::EventFlags::IN).unwrap();
    let mut events = [set::Event { flags: set::EventFlags::empty(), data: set::EventData::new_u64(0) }; 16];
    for _ in 0..times {
        let Ok(1) = set::wait(&epoll, &mut events[..], None) else { wrong() };
        let data = events[0].data;
        if data.u64() != 7 {
            wrong();
        }
    }
}
