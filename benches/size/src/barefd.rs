//! The README's example with five ticks and a line at the end, as the README writes it.

#![no_std]
#![no_main]

use barefd::{Clock, EventFd, PollFd, PollFlags, Result, Tick, TimerFd, poll};
use barefd_start::{stdout, write_all};
use core::time::Duration;

barefd_start::entry!(main, quiet);

fn main(_args: barefd_start::Args) -> Result<()> {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let event = EventFd::nonblocking(0)?;
    timer.arm_every(Duration::from_millis(5))?;

    let mut ticks = 0;
    let mut fds = [PollFd::new(&timer, PollFlags::IN), PollFd::new(&event, PollFlags::IN)];
    while ticks < 5 {
        poll(&mut fds, None)?;
        if fds[0].is_readable() {
            match timer.take()? {
                Some(Tick::Expired(n)) => event.write(n.get())?,
                Some(Tick::ClockChanged) | None => {}
            }
        }
        if fds[1].is_readable() {
            ticks += event.take()?.unwrap_or(0);
        }
    }
    write_all(stdout(), b"five ticks\n")
}
