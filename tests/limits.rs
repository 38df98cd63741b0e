//! Full descriptor tables, descriptors that must not be left behind, and a number that is already closed.

mod common;

use std::io;

use barefd::fd::{AsRawFd, OwnedFd};
use barefd::{
    Clock, Epoll, EpollCreateFlags, Errno, EventFd, EventFdFlags, PidFd, PidFdFlags, PollFd, PollFlags, SigSet,
    SignalFd, SignalFdFlags, TimerFd, TimerFdFlags, poll, sys,
};
use common::{STD_CHECKS, descriptors, emulator, emulator_swaps, in_child};

const NO_EVENT_FLAGS: EventFdFlags = EventFdFlags::from_bits_retain(1 << 30);
const NO_TIMER_FLAGS: TimerFdFlags = TimerFdFlags::from_bits_retain(1 << 30);
const NO_SIGNAL_FLAGS: SignalFdFlags = SignalFdFlags::from_bits_retain(1 << 30);
const NO_EPOLL_FLAGS: EpollCreateFlags = EpollCreateFlags::from_bits_retain(1 << 30);
const NO_PID_FLAGS: PidFdFlags = PidFdFlags::from_bits_retain(1 << 30);

fn this_process() -> barefd::Result<PidFd> {
    PidFd::open(std::process::id())
}

/// Sets the soft limit of `RLIMIT_NOFILE`.
fn limit_descriptors(to: libc::rlim_t) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the kernel writes to `limit` and then reads it.
    unsafe {
        assert_eq!(libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit), 0);
        limit.rlim_cur = to;
        assert_eq!(libc::setrlimit(libc::RLIMIT_NOFILE, &limit), 0);
    }
}

/// Leaves the process no free descriptor.
fn fill_the_table() {
    limit_descriptors(32);
    // SAFETY: the new descriptors stay open, and have no owner.
    while unsafe { libc::dup(0) } != -1 {}
    assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::EMFILE));
}

in_child!(in_a_full_table_nothing_is_made_and_nothing_leaks);
fn in_a_full_table_nothing_is_made_and_nothing_leaks() {
    let event = EventFd::new(0).unwrap();
    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let signals = SignalFd::new(&SigSet::EMPTY).unwrap();
    let epoll = Epoll::new().unwrap();
    let process = this_process().unwrap();
    fill_the_table();
    let before = descriptors();
    let full = Err(Errno::MFILE);
    assert_eq!(EventFd::new(0).map(drop), full);
    assert_eq!(EventFd::nonblocking(0).map(drop), full);
    assert_eq!(EventFd::semaphore(0).map(drop), full);
    assert_eq!(EventFd::with_flags(0, EventFdFlags::empty()).map(drop), full);
    assert_eq!(TimerFd::new(Clock::Monotonic).map(drop), full);
    assert_eq!(TimerFd::nonblocking(Clock::Monotonic).map(drop), full);
    assert_eq!(TimerFd::with_flags(Clock::Monotonic, TimerFdFlags::empty()).map(drop), full);
    assert_eq!(SignalFd::new(&SigSet::EMPTY).map(drop), full);
    assert_eq!(SignalFd::nonblocking(&SigSet::EMPTY).map(drop), full);
    assert_eq!(SignalFd::with_flags(&SigSet::EMPTY, SignalFdFlags::empty()).map(drop), full);
    assert_eq!(event.try_clone().map(drop), full);
    assert_eq!(timer.try_clone().map(drop), full);
    assert_eq!(signals.try_clone().map(drop), full);
    assert_eq!(Epoll::new().map(drop), full);
    assert_eq!(Epoll::with_flags(EpollCreateFlags::empty()).map(drop), full);
    assert_eq!(epoll.try_clone().map(drop), full);
    assert_eq!(this_process().map(drop), full);
    assert_eq!(process.try_clone().map(drop), full);
    // This call makes no descriptor.
    assert_eq!(signals.set_signals(&SigSet::ALL), Ok(()));
    assert_eq!(descriptors(), before);

    // One number is free. Each call takes it, and the drop gives it back.
    drop(timer);
    EventFd::new(0).unwrap();
    event.try_clone().unwrap();
    TimerFd::new(Clock::Monotonic).unwrap();
    SignalFd::new(&SigSet::EMPTY).unwrap();
    Epoll::new().unwrap();
    this_process().unwrap();
    assert_eq!(descriptors(), before - 1);
}

in_child!(a_bad_flag_or_clock_is_einval_before_the_table_is_looked_at);
fn a_bad_flag_or_clock_is_einval_before_the_table_is_looked_at() {
    if emulator("drops the flags of timerfd_create that it does not know") {
        return;
    }
    fill_the_table();
    assert_eq!(EventFd::with_flags(0, NO_EVENT_FLAGS).map(drop), Err(Errno::INVAL));
    assert_eq!(TimerFd::with_flags(Clock::Monotonic, NO_TIMER_FLAGS).map(drop), Err(Errno::INVAL));
    assert_eq!(SignalFd::with_flags(&SigSet::EMPTY, NO_SIGNAL_FLAGS).map(drop), Err(Errno::INVAL));
    assert_eq!(Epoll::with_flags(NO_EPOLL_FLAGS).map(drop), Err(Errno::INVAL));
    assert_eq!(PidFd::with_flags(std::process::id(), NO_PID_FLAGS).map(drop), Err(Errno::INVAL));
    assert_eq!(sys::timerfd_create(-1, TimerFdFlags::empty()).map(drop), Err(Errno::INVAL));
}

in_child!(try_clone_is_einval_where_the_limit_leaves_no_number_beyond_the_standard_streams);
fn try_clone_is_einval_where_the_limit_leaves_no_number_beyond_the_standard_streams() {
    let event = EventFd::new(0).unwrap();
    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    for limit in [0, 1, 3] {
        limit_descriptors(limit);
        assert_eq!(event.try_clone().map(drop), Err(Errno::INVAL), "{limit}");
        assert_eq!(timer.try_clone().map(drop), Err(Errno::INVAL), "{limit}");
    }
    // Only the number 3 is left, and it is in use.
    limit_descriptors(4);
    assert_eq!(event.try_clone().map(drop), Err(Errno::MFILE));
}

in_child!(a_clone_never_becomes_a_standard_stream);
fn a_clone_never_becomes_a_standard_stream() {
    if emulator_swaps() {
        return;
    }
    let event = EventFd::new(7).unwrap();
    // SAFETY: until the end of the process, only a failed check uses a standard stream.
    unsafe { libc::close(0) };
    let clone = event.try_clone().unwrap();
    assert!(clone.as_raw_fd() >= 3);
    assert_eq!(clone.read(), Ok(7));
}

in_child!(polling_more_entries_than_the_limit_is_einval);
fn polling_more_entries_than_the_limit_is_einval() {
    let event = EventFd::new(1).unwrap();
    limit_descriptors(8);
    let mut fds = vec![PollFd::new(&event, PollFlags::IN); 9];
    assert_eq!(poll(&mut fds, None), Err(Errno::INVAL));
    assert!(fds.iter().all(|entry| entry.revents().is_empty()));
    assert_eq!(poll(&mut fds[..8], None), Ok(8));
}

in_child!(what_is_made_and_dropped_leaves_no_descriptor);
fn what_is_made_and_dropped_leaves_no_descriptor() {
    let before = descriptors();
    for _ in 0..1000 {
        let event = EventFd::new(0).unwrap();
        let clone = event.try_clone().unwrap();
        sys::close(event.into()).unwrap();
        drop(OwnedFd::from(clone));
        drop(TimerFd::new(Clock::Monotonic).unwrap().try_clone());
        drop(SignalFd::new(&SigSet::EMPTY).unwrap().try_clone());
        drop(Epoll::new().unwrap().try_clone());
        drop(this_process().unwrap().try_clone());
    }
    assert_eq!(descriptors(), before);
}

in_child!(what_cannot_be_made_leaves_no_descriptor);
fn what_cannot_be_made_leaves_no_descriptor() {
    if emulator("drops the flags of timerfd_create that it does not know") {
        return;
    }
    let before = descriptors();
    for _ in 0..100 {
        EventFd::with_flags(0, NO_EVENT_FLAGS).unwrap_err();
        TimerFd::with_flags(Clock::Monotonic, NO_TIMER_FLAGS).unwrap_err();
        SignalFd::with_flags(&SigSet::EMPTY, NO_SIGNAL_FLAGS).unwrap_err();
        Epoll::with_flags(NO_EPOLL_FLAGS).unwrap_err();
        PidFd::with_flags(std::process::id(), NO_PID_FLAGS).unwrap_err();
        sys::timerfd_create(-1, TimerFdFlags::empty()).unwrap_err();
    }
    assert_eq!(descriptors(), before);
}

in_child!(drop_survives_that_its_number_is_closed);
fn drop_survives_that_its_number_is_closed() {
    if STD_CHECKS {
        // The check of the standard library would end the process.
        return;
    }
    let before = descriptors();
    let event = EventFd::new(1).unwrap();
    let timer = TimerFd::new(Clock::Monotonic).unwrap();
    let signals = SignalFd::new(&SigSet::EMPTY).unwrap();
    for number in [event.as_raw_fd(), timer.as_raw_fd(), signals.as_raw_fd()] {
        // SAFETY: the owner does nothing more than to close the number.
        assert_eq!(unsafe { libc::close(number) }, 0);
    }
    drop((event, timer, signals));
    assert_eq!(descriptors(), before);
}
