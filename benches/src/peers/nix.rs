use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeSpec;
use nix::sys::timer::{Expiration, TimerSetTimeFlags};
use nix::sys::timerfd::{ClockId, TimerFd, TimerFlags};
use std::os::fd::AsFd;

use crate::{is, wrong};

fn counter(count: u32) -> EventFd {
    EventFd::from_value_and_flags(count, EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC).unwrap()
}

pub fn wr(times: u64) {
    let event = counter(0);
    let mut sum = 0;
    for _ in 0..times {
        match (event.write(1), event.read()) {
            (Ok(8), Ok(count)) => sum += count,
            _ => wrong(),
        }
    }
    is(sum, times);
}

pub fn again(times: u64) {
    let event = counter(0);
    for _ in 0..times {
        if event.read() != Err(Errno::EAGAIN) {
            wrong();
        }
    }
}

fn timer() -> TimerFd {
    TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC).unwrap()
}

pub fn settime(times: u64) {
    let (timer, none) = (timer(), TimerSetTimeFlags::empty());
    for _ in 0..times {
        if timer.set(Expiration::OneShot(TimeSpec::new(10, 0)), none).is_err() || timer.unset().is_err() {
            wrong();
        }
    }
}

pub fn gettime(times: u64) {
    let timer = timer();
    timer.set(Expiration::OneShot(TimeSpec::new(10, 0)), TimerSetTimeFlags::empty()).unwrap();
    for _ in 0..times {
        if timer.get().is_err() {
            wrong();
        }
    }
}

pub fn poll(times: u64) {
    let event = counter(1);
    let mut fds = [PollFd::new(event.as_fd(), PollFlags::POLLIN)];
    for _ in 0..times {
        if nix::poll::poll(&mut fds, PollTimeout::NONE) != Ok(1) {
            wrong();
        }
    }
}

pub fn signal(times: u64) {
    let mut set = SigSet::empty();
    set.add(Signal::SIGUSR1);
    set.thread_block().unwrap();
    let signals = SignalFd::with_flags(&set, SfdFlags::SFD_NONBLOCK).unwrap();
    for _ in 0..times {
        crate::peers::asm::raise();
        match signals.read_signal() {
            Ok(Some(info)) if info.ssi_signo == Signal::SIGUSR1 as u32 => {}
            _ => wrong(),
        }
    }
}

pub fn epoll(times: u64) {
    let (epoll, event) = (Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).unwrap(), counter(1));
    epoll.add(&event, EpollEvent::new(EpollFlags::EPOLLIN, 7)).unwrap();
    let mut events = [EpollEvent::empty(); 16];
    for _ in 0..times {
        if epoll.wait(&mut events, EpollTimeout::NONE) != Ok(1) || events[0].data() != 7 {
            wrong();
        }
    }
}
