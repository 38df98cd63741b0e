use std::time::Duration;

use barefd::{Clock, Epoll, EpollEvent, EpollFlags, EventFd, PollFd, PollFlags, SigSet, Signal, SignalFd, TimerFd};

use crate::{is, wrong};

const DELAY: Duration = Duration::from_secs(10);

pub fn wr(times: u64) {
    let event = EventFd::nonblocking(0).unwrap();
    let mut sum = 0;
    for _ in 0..times {
        if event.write(1).is_err() {
            wrong();
        }
        match event.take() {
            Ok(Some(count)) => sum += count,
            _ => wrong(),
        }
    }
    is(sum, times);
}

pub fn again(times: u64) {
    let event = EventFd::nonblocking(0).unwrap();
    for _ in 0..times {
        let Ok(None) = event.take() else { wrong() };
    }
}

fn armed() -> TimerFd {
    let timer = TimerFd::nonblocking(Clock::Monotonic).unwrap();
    timer.arm_after(DELAY).unwrap();
    timer
}

pub fn tagain(times: u64) {
    let timer = armed();
    for _ in 0..times {
        let Ok(None) = timer.take() else { wrong() };
    }
}

pub fn settime(times: u64) {
    let timer = armed();
    for _ in 0..times {
        if timer.arm_after(DELAY).is_err() || timer.disarm().is_err() {
            wrong();
        }
    }
}

pub fn gettime(times: u64) {
    let timer = armed();
    for _ in 0..times {
        if timer.get().is_err() {
            wrong();
        }
    }
}

pub fn poll(times: u64) {
    let event = EventFd::new(1).unwrap();
    let mut fds = [PollFd::new(&event, PollFlags::IN)];
    for _ in 0..times {
        let Ok(1) = barefd::poll(&mut fds, None) else { wrong() };
    }
}

pub fn signal(times: u64) {
    let set = SigSet::from_signals(&[Signal::USR1]);
    set.thread_block().unwrap();
    let signals = SignalFd::nonblocking(&set).unwrap();
    for _ in 0..times {
        crate::peers::asm::raise();
        let Ok(Some(info)) = signals.take() else { wrong() };
        if info.signal() != Signal::USR1 {
            wrong();
        }
    }
}

pub fn epoll(times: u64) {
    let (epoll, event) = (Epoll::new().unwrap(), EventFd::new(1).unwrap());
    epoll.add(&event, EpollFlags::IN, 7).unwrap();
    let mut events = [EpollEvent::default(); 16];
    for _ in 0..times {
        let Ok([event]) = epoll.wait(&mut events, None) else { wrong() };
        if event.token() != 7 {
            wrong();
        }
    }
}
