#![no_std]
#![no_main]

#[macro_use]
mod common;

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::io::{Errno, read, write};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

start!(run);

fn exit(status: i32) -> ! {
    // The crate has no public call for it.
    // SAFETY: it does not return.
    unsafe { core::arch::asm!("syscall", in("rax") 231, in("rdi") status, options(noreturn)) }
}

fn or_exit<T>(result: rustix::io::Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(_) => exit(1),
    }
}

fn run() -> ! {
    let timer = or_exit(timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC));
    let event = or_exit(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC));
    let period = Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
    or_exit(timerfd_settime(&timer, TimerfdTimerFlags::empty(), &Itimerspec { it_interval: period, it_value: period }));

    let mut ticks = 0;
    let mut fds = [PollFd::new(&timer, PollFlags::IN), PollFd::new(&event, PollFlags::IN)];
    while ticks < 5 {
        or_exit(poll(&mut fds, None));
        let ready = [fds[0].revents(), fds[1].revents()].map(|events| events.contains(PollFlags::IN));
        let mut count = [0; 8];
        if ready[0] {
            match read(&timer, &mut count) {
                Ok(8) => or_exit(write(&event, &count).map(drop)),
                Err(Errno::AGAIN) => {}
                _ => exit(1),
            }
        }
        if ready[1] {
            match read(&event, &mut count) {
                Ok(8) => ticks += u64::from_ne_bytes(count),
                Err(Errno::AGAIN) => {}
                _ => exit(1),
            }
        }
    }
    // SAFETY: the program was started with it.
    let _ = write(unsafe { rustix::stdio::stdout() }, b"five ticks\n");
    exit(0)
}
