//! Ownership of descriptors, both with the standard library's types and with the crate's own.

mod common;

use barefd::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use barefd::{Clock, EventFd, PollFd, PollFlags, SigSet, SignalFd, TimerFd, poll, sys};
use common::in_child;

/// The traits that all types have.
trait Descriptor: AsFd + AsRawFd + IntoRawFd + FromRawFd + From<OwnedFd> + Into<OwnedFd> {}

impl<D: AsFd + AsRawFd + IntoRawFd + FromRawFd + From<OwnedFd> + Into<OwnedFd>> Descriptor for D {}

fn is_open(fd: RawFd) -> bool {
    std::fs::read_link(format!("/proc/self/fd/{fd}")).is_ok()
}

/// Checks a descriptor of each type. Use it in a separate process, where no other test can open a closed number again.
fn each(check: fn(EventFd), check_timer: fn(TimerFd), check_signals: fn(SignalFd)) {
    check(EventFd::new(0).unwrap());
    check_timer(TimerFd::new(Clock::Monotonic).unwrap());
    check_signals(SignalFd::new(&SigSet::EMPTY).unwrap());
}

in_child!(drop_closes);
fn drop_closes() {
    fn check<D: Descriptor>(descriptor: D) {
        let fd = descriptor.as_raw_fd();
        assert!(is_open(fd));
        drop(descriptor);
        assert!(!is_open(fd));
    }
    each(check, check, check);
    check(OwnedFd::from(EventFd::new(0).unwrap()));
}

in_child!(the_number_survives_each_way_there_and_back);
fn the_number_survives_each_way_there_and_back() {
    fn check<D: Descriptor>(descriptor: D) {
        let fd = descriptor.as_raw_fd();
        assert_eq!(descriptor.as_fd().as_raw_fd(), fd);
        let owned: OwnedFd = descriptor.into();
        assert_eq!((owned.as_raw_fd(), owned.as_fd().as_raw_fd()), (fd, fd));
        let descriptor = D::from(owned);
        assert_eq!(descriptor.as_raw_fd(), fd);
        assert_eq!(descriptor.into_raw_fd(), fd);
        assert!(is_open(fd));
        // SAFETY: the owner has just given the number away.
        let descriptor = unsafe { D::from_raw_fd(fd) };
        assert_eq!(descriptor.as_raw_fd(), fd);
        let owned: OwnedFd = descriptor.into();
        assert_eq!(owned.into_raw_fd(), fd);
        assert!(is_open(fd));
        // SAFETY: as above.
        drop(unsafe { OwnedFd::from_raw_fd(fd) });
        assert!(!is_open(fd));
    }
    each(check, check, check);
}

in_child!(a_borrow_neither_closes_nor_changes_the_number);
fn a_borrow_neither_closes_nor_changes_the_number() {
    fn borrowed(fd: impl AsFd) -> RawFd {
        fd.as_fd().as_raw_fd()
    }
    let mut event = EventFd::new(1).unwrap();
    let fd = event.as_raw_fd();
    assert_eq!(borrowed(&event), fd);
    assert_eq!(borrowed(&mut event), fd);
    assert_eq!(borrowed(event.as_fd()), fd);
    assert_eq!(borrowed(PollFd::new(&event, PollFlags::IN)), fd);
    // SAFETY: `event` keeps it open.
    let borrow = unsafe { BorrowedFd::borrow_raw(fd) };
    assert_eq!(poll(&mut [PollFd::from_borrowed_fd(borrow, PollFlags::IN)], None), Ok(1));
    assert!(is_open(fd));
}

#[test]
fn a_bare_number_is_a_number_to_the_traits_as_well() {
    // SAFETY: a number owns nothing.
    let fd = unsafe { RawFd::from_raw_fd(1234) };
    assert_eq!((fd.as_raw_fd(), fd.into_raw_fd()), (1234, 1234));
}

#[test]
fn debug_tells_the_number() {
    let event = EventFd::new(0).unwrap();
    let fd = event.as_raw_fd();
    assert_eq!(format!("{:?}", event.as_fd()), format!("BorrowedFd {{ fd: {fd} }}"));
    assert_eq!(format!("{event:?}"), format!("EventFd {{ fd: OwnedFd {{ fd: {fd} }} }}"));
    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let fd = timer.as_raw_fd();
    assert_eq!(format!("{timer:?}"), format!("TimerFd {{ fd: OwnedFd {{ fd: {fd} }} }}"));
    let signals = SignalFd::new(&SigSet::EMPTY).unwrap();
    let fd = signals.as_raw_fd();
    assert_eq!(format!("{signals:?}"), format!("SignalFd {{ fd: OwnedFd {{ fd: {fd} }} }}"));
}

in_child!(sys_close_closes_and_tells);
fn sys_close_closes_and_tells() {
    let event = EventFd::new(0).unwrap();
    let fd = event.as_raw_fd();
    assert_eq!(sys::close(event.into()), Ok(()));
    assert!(!is_open(fd));
}
