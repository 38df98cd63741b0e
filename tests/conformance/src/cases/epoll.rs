//! How an event loop sees the event counter and the timer.

use core::time::Duration;

use crate::uapi::{EPOLLET, EPOLLIN, EPOLLOUT};
use barefd::{Clock, EventFd, TimerFd};

use super::{HOUR, SOON, becomes_readable, expired};
use crate::Outcome;
use crate::kernel::{Epoll, Event};

const DATA: u64 = 0x0123_4567_89ab_cdef;
const READABLE: Option<Event> = Some((EPOLLIN, DATA));
const WRITABLE: Option<Event> = Some((EPOLLOUT, DATA));

pub fn each_write_is_an_edge_also_to_a_count_that_nobody_read() -> Outcome {
    let (event, epoll) = (EventFd::nonblocking(0)?, Epoll::new()?);
    epoll.add(&event, EPOLLIN | EPOLLET, DATA)?;
    check_eq!(epoll.wait(0), Ok(None));
    for _ in 0..3 {
        event.notify()?;
        check_eq!(epoll.wait(0), Ok(READABLE));
        check_eq!(epoll.wait(0), Ok(None));
    }
    check_eq!(event.take(), Ok(Some(3)));
    Ok(())
}

pub fn adding_zero_is_an_edge_if_there_is_a_count() -> Outcome {
    let (event, epoll) = (EventFd::nonblocking(0)?, Epoll::new()?);
    epoll.add(&event, EPOLLIN | EPOLLET, DATA)?;
    event.write(0)?;
    check_eq!(epoll.wait(0), Ok(None));

    event.write(1)?;
    check_eq!(epoll.wait(0), Ok(READABLE));
    event.write(0)?;
    check_eq!(epoll.wait(0), Ok(READABLE));
    check_eq!(epoll.wait(0), Ok(None));
    Ok(())
}

pub fn each_read_is_an_edge_to_a_writer() -> Outcome {
    let (event, epoll) = (EventFd::nonblocking(0)?, Epoll::new()?);
    epoll.add(&event, EPOLLOUT | EPOLLET, DATA)?;
    check_eq!(epoll.wait(0), Ok(WRITABLE));
    for _ in 0..2 {
        event.write(EventFd::MAX)?;
        check_eq!(epoll.wait(0), Ok(None));
        event.read()?;
        check_eq!(epoll.wait(0), Ok(WRITABLE));
        check_eq!(epoll.wait(0), Ok(None));
    }
    Ok(())
}

pub fn a_count_that_nobody_reads_stays_an_event_without_edges() -> Outcome {
    let (event, epoll) = (EventFd::nonblocking(1)?, Epoll::new()?);
    epoll.add(&event, EPOLLIN, DATA)?;
    check_eq!(epoll.wait(0), Ok(READABLE));
    check_eq!(epoll.wait(0), Ok(READABLE));
    event.read()?;
    check_eq!(epoll.wait(0), Ok(None));
    Ok(())
}

pub fn each_expiration_is_an_edge() -> Outcome {
    let (timer, epoll) = (TimerFd::nonblocking(Clock::Monotonic)?, Epoll::new()?);
    epoll.add(&timer, EPOLLIN | EPOLLET, DATA)?;
    check_eq!(epoll.wait(0), Ok(None));
    for _ in 0..2 {
        timer.arm_at(Duration::ZERO)?;
        check_eq!(epoll.wait(SOON.as_millis() as usize), Ok(READABLE));
        check_eq!(epoll.wait(0), Ok(None));
        becomes_readable(&timer)?;
    }
    Ok(())
}

/// As the manual says, the next period starts with a read. Until then there is only one edge, whatever the period is.
pub fn a_periodic_timer_that_nobody_reads_is_one_edge() -> Outcome {
    let (timer, epoll) = (TimerFd::nonblocking(Clock::Monotonic)?, Epoll::new()?);
    epoll.add(&timer, EPOLLIN | EPOLLET, DATA)?;
    timer.arm_every(Duration::from_millis(1))?;
    check_eq!(epoll.wait(SOON.as_millis() as usize), Ok(READABLE));
    check_eq!(epoll.wait(20), Ok(None));
    timer.read()?;
    check_eq!(epoll.wait(SOON.as_millis() as usize), Ok(READABLE));
    Ok(())
}

pub fn an_expiration_that_nobody_reads_stays_an_event_without_edges() -> Outcome {
    let (timer, epoll) = (expired()?, Epoll::new()?);
    epoll.add(&timer, EPOLLIN, DATA)?;
    check_eq!(epoll.wait(0), Ok(READABLE));
    check_eq!(epoll.wait(0), Ok(READABLE));
    timer.arm_after(HOUR)?;
    check_eq!(epoll.wait(0), Ok(None));
    Ok(())
}
