#![no_std]
//! The functions that programs call most often, each as one function of this library. `cargo xtask bench shape` counts
//! the instructions of its assembly.

use core::time::Duration;

use barefd::fd::BorrowedFd;
use barefd::{Clock, Epoll, EpollEvent, EventFd, PollFd, Result, SignalFd, Tick, TimerFd, TimerSpec, poll, sys};

macro_rules! functions {
    ($($name:ident($($argument:ident: $Type:ty),*) -> $Result:ty { $body:expr })*) => {
        $(
            #[unsafe(no_mangle)]
            pub fn $name($($argument: $Type),*) -> $Result {
                $body
            }
        )*
    };
}

functions! {
    event_take(event: &EventFd) -> Result<Option<u64>> { event.take() }
    event_read(event: &EventFd) -> Result<u64> { event.read() }
    event_write(event: &EventFd, add: u64) -> Result<()> { event.write(add) }
    event_notify(event: &EventFd) -> Result<()> { event.notify() }
    timer_take(timer: &TimerFd) -> Result<Option<Tick>> { timer.take() }
    timer_arm_after(timer: &TimerFd, delay: Duration) -> Result<()> { timer.arm_after(delay) }
    timer_arm_at(timer: &TimerFd, deadline: Duration) -> Result<()> { timer.arm_at(deadline) }
    timer_get(timer: &TimerFd) -> Result<TimerSpec> { timer.get() }
    signal_take(signals: &SignalFd) -> Result<Option<i32>> { signals.take().map(|info| info.map(|info| info.status())) }
    poll_for_ever(fds: &mut [PollFd<'_>]) -> Result<usize> { poll(fds, None) }
    poll_for(fds: &mut [PollFd<'_>], timeout: Duration) -> Result<usize> { poll(fds, Some(timeout)) }
    epoll_for_ever(epoll: &Epoll, events: &mut [EpollEvent]) -> Result<usize> {
        epoll.wait(events, None).map(<[_]>::len)
    }
    clock_now(clock: Clock) -> Result<Duration> { clock.now() }
    sys_read(fd: BorrowedFd<'_>, buf: &mut [u8; 8]) -> Result<usize> { sys::read(fd, buf) }
}
