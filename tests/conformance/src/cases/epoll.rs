//! The descriptors in an epoll instance.

use core::time::Duration;

use crate::uapi::{EPOLLET, EPOLLIN, EPOLLOUT};
use barefd::fd::AsFd;
use barefd::{Clock, EventFd, Signal, TimerFd};

use super::{Blocked, HOUR, SOON, alone, becomes_readable, expired, owe};
use crate::kernel::{Epoll, Event};
use crate::{Outcome, kernel};

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
    event.read()?;
    event.write(0)?;
    check_eq!(epoll.wait(0), Ok(None));
    Ok(())
}

pub fn each_read_is_an_edge_to_a_writer() -> Outcome {
    let (event, epoll) = (EventFd::nonblocking(0)?, Epoll::new()?);
    epoll.add(&event, EPOLLOUT | EPOLLET, DATA)?;
    check_eq!(epoll.wait(0), Ok(WRITABLE));
    check_eq!(epoll.wait(0), Ok(None));
    for count in [1, EventFd::MAX] {
        event.write(count)?;
        check_eq!(epoll.wait(0), Ok(None));
        check_eq!(event.read(), Ok(count));
        check_eq!(epoll.wait(0), Ok(WRITABLE));
        check_eq!(epoll.wait(0), Ok(None));
    }
    Ok(())
}

pub fn a_count_that_nobody_reads_stays_an_event_without_edges() -> Outcome {
    let (event, epoll) = (EventFd::nonblocking(0)?, Epoll::new()?);
    epoll.add(&event, EPOLLIN, DATA)?;
    check_eq!(epoll.wait(0), Ok(None));
    event.write(2)?;
    check_eq!(epoll.wait(0), Ok(READABLE));
    check_eq!(epoll.wait(0), Ok(READABLE));
    check_eq!(event.read(), Ok(2));
    check_eq!(epoll.wait(0), Ok(None));
    Ok(())
}

pub fn a_semaphore_stays_an_event_until_the_last_permit_is_taken() -> Outcome {
    let (semaphore, epoll) = (EventFd::semaphore(2)?, Epoll::new()?);
    epoll.add(&semaphore, EPOLLIN, DATA)?;
    for _ in 0..2 {
        check_eq!(epoll.wait(0), Ok(READABLE));
        check_eq!(semaphore.read(), Ok(1));
    }
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

/// Until a read there is one edge, for any number of expirations. The edge of a later expiration comes only after the
/// read.
pub fn a_periodic_timer_gives_its_next_edge_after_a_read() -> Outcome {
    let (timer, epoll) = (TimerFd::nonblocking(Clock::Monotonic)?, Epoll::new()?);
    epoll.add(&timer, EPOLLIN | EPOLLET, DATA)?;
    timer.arm_every(Duration::from_millis(1))?;
    for _ in 0..3 {
        check_eq!(epoll.wait(SOON.as_millis() as usize), Ok(READABLE));
        check_eq!(epoll.wait(20), Ok(None));
        check_in!(timer.read()?, 2..);
    }
    Ok(())
}

pub fn expirations_that_nobody_reads_stay_an_event_without_edges() -> Outcome {
    let (timer, epoll) = (TimerFd::nonblocking(Clock::Realtime)?, Epoll::new()?);
    epoll.add(&timer, EPOLLIN | EPOLLOUT, DATA)?;
    check_eq!(epoll.wait(0), Ok(None));
    owe(&timer, 2)?;
    check_eq!(epoll.wait(SOON.as_millis() as usize), Ok(READABLE));
    check_eq!(epoll.wait(0), Ok(READABLE));
    check_eq!(timer.read(), Ok(2));
    check_eq!(epoll.wait(0), Ok(None));
    Ok(())
}

pub fn an_expiration_is_no_event_once_the_timer_is_armed_anew() -> Outcome {
    let (timer, epoll) = (expired()?, Epoll::new()?);
    epoll.add(&timer, EPOLLIN, DATA)?;
    check_eq!(epoll.wait(0), Ok(READABLE));
    timer.arm_after(HOUR)?;
    check_eq!(epoll.wait(0), Ok(None));
    Ok(())
}

/// The epoll instance keeps no descriptor open. No other process has these descriptors.
pub fn a_counter_and_a_timer_end_with_their_last_descriptor() -> Outcome {
    fn ends<D: AsFd>(first: D, second: D) -> Outcome {
        let epoll = Epoll::new()?;
        epoll.add(&first, EPOLLIN, DATA)?;
        check_eq!(epoll.wait(0), Ok(READABLE));
        drop(first);
        check_eq!(epoll.wait(0), Ok(READABLE));
        drop(second);
        check_eq!(epoll.wait(0), Ok(None));
        Ok(())
    }
    alone(|| {
        let event = EventFd::new(1)?;
        ends(event.try_clone()?, event)?;
        let timer = expired()?;
        ends(timer.try_clone()?, timer)
    })
}

/// epoll looks at the signals of the process that added the descriptor.
pub fn signals_are_an_event_for_the_process_that_added_the_descriptor() -> Outcome {
    alone(|| {
        let blocked = Blocked::new(&[Signal::URG])?;
        let (signals, epoll) = (blocked.signals()?, Epoll::new()?);
        epoll.add(&signals, EPOLLIN, DATA)?;
        alone(|| {
            kernel::signal_self(Signal::URG)?;
            check_eq!(epoll.wait(0), Ok(None));
            check_eq!(signals.read()?.signal(), Signal::URG);
            Ok(())
        })?;
        check_eq!(epoll.wait(0), Ok(None));
        kernel::signal_self(Signal::URG)?;
        check_eq!(epoll.wait(0), Ok(READABLE));
        Ok(())
    })
}
