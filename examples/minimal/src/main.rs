#![no_std]
#![no_main]

use barefd::{Clock, Result, TimerFd};
use core::time::Duration;

barefd_start::entry!(main);

fn main(_args: barefd_start::Args) -> Result<()> {
    let timer = TimerFd::new(Clock::Monotonic)?;
    timer.arm_after(Duration::from_millis(100))?;
    timer.wait()?;
    Ok(())
}
