//! A countdown that SIGTERM ends: a timer and a signal descriptor in one loop. `countdown [SECONDS/10]`

#![no_std]
#![no_main]

use core::time::Duration;

use barefd::{Clock, PollFd, PollFlags, Result, SigSet, Signal, SignalFd, Tick, TimerFd, poll};
use barefd_start::{Args, println};

barefd_start::entry!(main);

fn main(args: Args) -> Result<()> {
    let mut left = args.iter().nth(1).and_then(|word| word.to_str().ok()?.parse::<u64>().ok()).unwrap_or(3);
    let ends = SigSet::EMPTY.with(Signal::TERM);
    ends.thread_block()?;
    let signals = SignalFd::nonblocking(&ends)?;
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    timer.arm_every(Duration::from_millis(100))?;
    while left > 0 {
        let mut fds = [PollFd::new(&timer, PollFlags::IN), PollFd::new(&signals, PollFlags::IN)];
        poll(&mut fds, None)?;
        if let Some(info) = signals.take()? {
            println!("ended by {}", info.signal());
            return Ok(());
        }
        if let Some(Tick::Expired(ticks)) = timer.take()? {
            println!("{left}");
            left = left.saturating_sub(ticks.get());
        }
    }
    println!("zero");
    Ok(())
}
