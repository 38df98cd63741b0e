//! Closed standard streams, as the first process can have.

use core::time::Duration;

use barefd::fd::AsRawFd;
use barefd::{Clock, EventFd, PollFd, PollFlags, Tick, TimerFd};

use super::{SOON, becomes_readable};
use crate::Outcome;
use crate::kernel::ClosedStreams;

pub fn new_descriptors_take_the_numbers_of_closed_streams_and_work() -> Outcome {
    let _closed = ClosedStreams::new()?;
    let (event, timer, other) = (EventFd::nonblocking(0)?, TimerFd::new(Clock::Monotonic)?, EventFd::new(1)?);
    check_eq!([event.as_raw_fd(), timer.as_raw_fd(), other.as_raw_fd()], [0, 1, 2]);

    check_eq!(event.take(), Ok(None));
    event.write(3)?;
    timer.arm_after(Duration::from_millis(1))?;
    becomes_readable(&timer)?;
    let mut fds = [&event, &other].map(|event| PollFd::new(event, PollFlags::IN));
    check_eq!(barefd::poll(&mut fds, Some(SOON)), Ok(2));
    check_eq!(event.wait(), Ok(3));
    check_eq!(other.wait(), Ok(1));
    check!(matches!(timer.wait()?, Tick::Expired(n) if n.get() == 1));

    drop(event);
    check_eq!(TimerFd::new(Clock::Realtime)?.as_raw_fd(), 0);
    Ok(())
}

pub fn a_clone_keeps_clear_of_closed_streams() -> Outcome {
    let _closed = ClosedStreams::new()?;
    let event = EventFd::nonblocking(1)?;
    check_eq!(event.as_raw_fd(), 0);
    let other = event.try_clone()?;
    check!(other.as_raw_fd() >= 3);
    check_eq!(other.take(), Ok(Some(1)));

    let timer = TimerFd::new(Clock::Monotonic)?;
    check_eq!(timer.as_raw_fd(), 1);
    check!(timer.try_clone()?.as_raw_fd() >= 3);
    Ok(())
}
