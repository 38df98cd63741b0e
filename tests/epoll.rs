//! How the descriptors work with epoll, which other event loops use.

mod common;

use std::time::Duration;

use barefd::fd::AsRawFd;
use barefd::{Clock, EventFd, Tick, TimerFd};
use common::{Epoll, LIMIT, owe};
use libc::{EPOLLET, EPOLLIN, EPOLLOUT};

#[test]
fn a_counter_stays_ready_until_it_is_read() {
    let event = EventFd::new(0).unwrap();
    let epoll = Epoll::new();
    epoll.add(event.as_raw_fd(), EPOLLIN);
    assert_eq!(epoll.look(), 0);
    event.write(2).unwrap();
    assert_eq!(epoll.look(), EPOLLIN);
    assert_eq!(epoll.look(), EPOLLIN);
    assert_eq!(event.read(), Ok(2));
    assert_eq!(epoll.look(), 0);
}

#[test]
fn a_semaphore_stays_ready_until_the_last_permit_is_taken() {
    let semaphore = EventFd::semaphore(2).unwrap();
    let epoll = Epoll::new();
    epoll.add(semaphore.as_raw_fd(), EPOLLIN);
    for _ in 0..2 {
        assert_eq!(epoll.look(), EPOLLIN);
        assert_eq!(semaphore.read(), Ok(1));
    }
    assert_eq!(epoll.look(), 0);
}

#[test]
fn each_write_is_an_edge_also_to_a_counter_that_nobody_reads() {
    let event = EventFd::new(0).unwrap();
    let epoll = Epoll::new();
    epoll.add(event.as_raw_fd(), EPOLLIN | EPOLLET);
    assert_eq!(epoll.look(), 0);
    for _ in 0..3 {
        event.notify().unwrap();
        assert_eq!(epoll.look(), EPOLLIN);
        assert_eq!(epoll.look(), 0);
    }
}

#[test]
fn a_write_of_zero_is_an_edge_if_the_count_is_not_zero() {
    let event = EventFd::new(1).unwrap();
    let epoll = Epoll::new();
    epoll.add(event.as_raw_fd(), EPOLLIN | EPOLLET);
    assert_eq!(epoll.look(), EPOLLIN);
    event.write(0).unwrap();
    assert_eq!(epoll.look(), EPOLLIN);
    assert_eq!(epoll.look(), 0);
    assert_eq!(event.read(), Ok(1));
    event.write(0).unwrap();
    assert_eq!(epoll.look(), 0);
}

#[test]
fn each_read_is_an_edge_to_a_writer() {
    let event = EventFd::new(0).unwrap();
    let epoll = Epoll::new();
    epoll.add(event.as_raw_fd(), EPOLLOUT | EPOLLET);
    assert_eq!(epoll.look(), EPOLLOUT);
    assert_eq!(epoll.look(), 0);
    for count in [1, EventFd::MAX] {
        event.write(count).unwrap();
        assert_eq!(epoll.look(), 0);
        assert_eq!(event.read(), Ok(count));
        assert_eq!(epoll.look(), EPOLLOUT);
        assert_eq!(epoll.look(), 0);
    }
}

#[test]
fn a_timer_stays_ready_until_it_is_read() {
    let timer = TimerFd::nonblocking(Clock::Realtime).unwrap();
    let epoll = Epoll::new();
    epoll.add(timer.as_raw_fd(), EPOLLIN | EPOLLOUT);
    assert_eq!(epoll.look(), 0);
    owe(&timer, 2);
    assert_eq!(epoll.wait(LIMIT), EPOLLIN);
    assert_eq!(epoll.look(), EPOLLIN);
    assert_eq!(timer.read(), Ok(2));
    assert_eq!(epoll.look(), 0);
}

#[test]
fn a_periodic_timer_gives_its_next_edge_after_a_read() {
    const PERIOD: Duration = Duration::from_millis(1);

    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let epoll = Epoll::new();
    epoll.add(timer.as_raw_fd(), EPOLLIN | EPOLLET);
    timer.arm_every(PERIOD).unwrap();
    assert_eq!(epoll.wait(LIMIT), EPOLLIN);
    for _ in 0..3 {
        assert_eq!(epoll.wait(5 * PERIOD), 0);
        assert!(matches!(timer.take(), Ok(Some(Tick::Expired(expirations))) if expirations.get() >= 5));
        assert_eq!(epoll.wait(LIMIT), EPOLLIN);
    }
}
