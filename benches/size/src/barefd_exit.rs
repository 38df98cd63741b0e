//! The same program as the others write it: it ends at the first failure, writes once, and closes nothing.

#![no_std]
#![no_main]

use barefd::fd::AsFd;
use barefd::{Clock, EventFd, PollFd, PollFlags, Tick, TimerFd, poll, sys};
use barefd_start::stdout;
use core::mem::ManuallyDrop;
use core::time::Duration;

barefd_start::entry!(main, quiet);

fn or_exit<T>(result: barefd::Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(_) => sys::exit_group(1),
    }
}

fn main(_args: barefd_start::Args) -> ! {
    let timer = ManuallyDrop::new(or_exit(TimerFd::nonblocking(Clock::Monotonic)));
    let event = ManuallyDrop::new(or_exit(EventFd::nonblocking(0)));
    or_exit(timer.arm_every(Duration::from_millis(5)));

    let mut ticks = 0;
    let mut fds = [PollFd::new(&*timer, PollFlags::IN), PollFd::new(&*event, PollFlags::IN)];
    while ticks < 5 {
        or_exit(poll(&mut fds, None));
        if fds[0].is_readable() {
            if let Some(Tick::Expired(n)) = or_exit(timer.take()) {
                or_exit(event.write(n.get()));
            }
        }
        if fds[1].is_readable() {
            ticks += or_exit(event.take()).unwrap_or(0);
        }
    }
    let _ = sys::write(stdout().as_fd(), b"five ticks\n");
    sys::exit_group(0)
}
