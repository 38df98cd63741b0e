//! The owner of a descriptor, and the state that its duplicates share.

use core::fmt::{Arguments, Debug, Write};
use core::mem::ManuallyDrop;
use core::num::NonZeroU64;
use core::time::Duration;

use barefd::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use barefd::{
    Clock, Epoll, EpollEvent, EpollFlags, Errno, EventFd, PidFd, PollFd, PollFlags, SigSet, Signal, SignalFd, TimerFd,
    sys,
};

use super::{HOUR, alone, armed, arming_is, events, expired, is_still_armed};
use crate::outcome::Text;
use crate::{Outcome, kernel};

pub fn a_dropped_owner_closes() -> Outcome {
    alone(|| {
        let (read, write) = kernel::pipe()?;
        let event = EventFd::from(write);
        check_eq!(events(&read, PollFlags::IN), Ok(PollFlags::empty()));
        drop(event);
        check_eq!(events(&read, PollFlags::IN), Ok(PollFlags::HUP));

        let (read, write) = kernel::pipe()?;
        drop(TimerFd::from(write));
        check_eq!(events(&read, PollFlags::IN), Ok(PollFlags::HUP));

        let (read, write) = kernel::pipe()?;
        drop(SignalFd::from(write));
        check_eq!(events(&read, PollFlags::IN), Ok(PollFlags::HUP));

        let (read, write) = kernel::pipe()?;
        drop(Epoll::from(write));
        check_eq!(events(&read, PollFlags::IN), Ok(PollFlags::HUP));

        let (read, write) = kernel::pipe()?;
        drop(PidFd::from(write));
        check_eq!(events(&read, PollFlags::IN), Ok(PollFlags::HUP));
        Ok(())
    })
}

pub fn close_closes() -> Outcome {
    alone(|| {
        let (read, write) = kernel::pipe()?;
        check_eq!(sys::close(write), Ok(()));
        check_eq!(events(&read, PollFlags::IN), Ok(PollFlags::HUP));
        Ok(())
    })
}

pub fn close_of_a_number_that_is_not_open_is_badf() -> Outcome {
    // SAFETY: it is not -1, and has no owner. Closing it closes nothing.
    let fd = unsafe { OwnedFd::from_raw_fd(kernel::not_open().as_raw_fd()) };
    check_eq!(sys::close(fd), Err(Errno::BADF));
    Ok(())
}

pub fn the_number_survives_each_way_there_and_back() -> Outcome {
    fn check<D: AsFd + AsRawFd + IntoRawFd + FromRawFd + From<OwnedFd> + Into<OwnedFd>>() -> Outcome {
        let (read, write) = kernel::pipe()?;
        let is_open = || events(&read, PollFlags::IN).map(|events| events.is_empty());
        let number = write.as_raw_fd();
        let descriptor = D::from(write);
        check_eq!((descriptor.as_raw_fd(), descriptor.as_fd().as_raw_fd()), (number, number));
        check_eq!(descriptor.into_raw_fd(), number);
        check_eq!(is_open(), Ok(true));
        // SAFETY: `into_raw_fd` has just given the number away.
        let descriptor = unsafe { D::from_raw_fd(number) };
        check_eq!(descriptor.as_raw_fd(), number);
        let owned: OwnedFd = descriptor.into();
        check_eq!((owned.as_raw_fd(), owned.as_fd().as_raw_fd()), (number, number));
        check_eq!(owned.into_raw_fd(), number);
        check_eq!(is_open(), Ok(true));
        // SAFETY: as above.
        drop(unsafe { OwnedFd::from_raw_fd(number) });
        check_eq!(is_open(), Ok(false));
        Ok(())
    }
    alone(|| {
        check::<EventFd>()?;
        check::<TimerFd>()?;
        check::<SignalFd>()?;
        check::<Epoll>()?;
        check::<PidFd>()
    })
}

pub fn a_borrow_neither_closes_nor_changes_the_number() -> Outcome {
    fn borrowed(fd: impl AsFd) -> RawFd {
        fd.as_fd().as_raw_fd()
    }
    let mut event = EventFd::nonblocking(1)?;
    let number = event.as_raw_fd();
    check_eq!(borrowed(&event), number);
    check_eq!((&&event).as_fd().as_raw_fd(), number);
    check_eq!(borrowed(&mut event), number);
    check_eq!(borrowed(event.as_fd()), number);
    check_eq!(PollFd::new(&event, PollFlags::IN).fd().map(|fd| fd.as_raw_fd()), Some(number));
    // SAFETY: `event` keeps it open.
    let borrow = unsafe { BorrowedFd::borrow_raw(number) };
    check_eq!(events(borrow, PollFlags::IN), Ok(PollFlags::IN));
    check_eq!(event.take(), Ok(Some(1)));
    Ok(())
}

pub fn a_bare_number_is_a_number_to_the_traits_as_well() -> Outcome {
    // SAFETY: a number owns nothing.
    let fd = unsafe { RawFd::from_raw_fd(1234) };
    check_eq!((fd.as_raw_fd(), fd.into_raw_fd()), (1234, 1234));
    Ok(())
}

pub fn debug_tells_the_number() -> Outcome {
    fn shown(what: Arguments<'_>) -> Outcome<Text<80>> {
        let mut text = Text::default();
        check_eq!(text.write_fmt(what), Ok(()));
        Ok(text)
    }
    fn check(name: &str, descriptor: impl Debug + AsRawFd) -> Outcome {
        let expected = shown(format_args!("{name} {{ fd: OwnedFd {{ fd: {} }} }}", descriptor.as_raw_fd()))?;
        check_eq!(shown(format_args!("{descriptor:?}"))?.as_str(), expected.as_str());
        Ok(())
    }
    let event = EventFd::new(0)?;
    let expected = shown(format_args!("BorrowedFd {{ fd: {} }}", event.as_raw_fd()))?;
    check_eq!(shown(format_args!("{:?}", event.as_fd()))?.as_str(), expected.as_str());
    check("EventFd", event)?;
    check("TimerFd", TimerFd::new(Clock::Monotonic)?)?;
    check("SignalFd", SignalFd::new(&SigSet::EMPTY)?)?;
    check("Epoll", Epoll::new()?)?;
    check("PidFd", PidFd::open(kernel::getpid())?)
}

pub fn a_counter_made_of_a_counters_descriptor_is_that_counter() -> Outcome {
    let event = EventFd::nonblocking(2)?;
    let fd = OwnedFd::from(event);
    let event = EventFd::from(fd);
    check_eq!(event.take(), Ok(Some(2)));
    // SAFETY: `into_raw_fd` gives the descriptor away.
    let event = unsafe { EventFd::from_raw_fd(event.into_raw_fd()) };
    event.write(3)?;
    check_eq!(event.take(), Ok(Some(3)));
    Ok(())
}

pub fn a_clone_is_another_descriptor_close_on_exec_and_no_standard_stream() -> Outcome {
    let event = EventFd::with_flags(0, barefd::EventFdFlags::empty())?;
    let other = event.try_clone()?;
    check!(other.as_raw_fd() >= 3);
    check!(other.as_raw_fd() != event.as_raw_fd());
    check_eq!(kernel::is_cloexec(&event), Ok(false));
    check_eq!(kernel::is_cloexec(&other), Ok(true));

    let timer = TimerFd::with_flags(Clock::Monotonic, barefd::TimerFdFlags::empty())?;
    let other = timer.try_clone()?;
    check!(other.as_raw_fd() >= 3);
    check_eq!(kernel::is_cloexec(&timer), Ok(false));
    check_eq!(kernel::is_cloexec(&other), Ok(true));

    let signals = SignalFd::with_flags(&SigSet::EMPTY, barefd::SignalFdFlags::empty())?;
    let other = signals.try_clone()?;
    check!(other.as_raw_fd() >= 3);
    check_eq!(kernel::is_cloexec(&signals), Ok(false));
    check_eq!(kernel::is_cloexec(&other), Ok(true));

    let epoll = Epoll::with_flags(barefd::EpollCreateFlags::empty())?;
    let other = epoll.try_clone()?;
    check!(other.as_raw_fd() >= 3);
    check_eq!(kernel::is_cloexec(&epoll), Ok(false));
    check_eq!(kernel::is_cloexec(&other), Ok(true));

    let other = PidFd::open(kernel::getpid())?.try_clone()?;
    check!(other.as_raw_fd() >= 3);
    check_eq!(kernel::is_cloexec(&other), Ok(true));
    Ok(())
}

pub fn clones_of_a_counter_share_the_count() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let other = event.try_clone()?;
    event.write(2)?;
    other.write(3)?;
    check_eq!(event.take(), Ok(Some(5)));
    check_eq!(other.take(), Ok(None));
    drop(event);
    other.write(4)?;
    check_eq!(other.take(), Ok(Some(4)));
    Ok(())
}

pub fn clones_of_a_timer_share_the_expirations() -> Outcome {
    let timer = expired()?;
    let other = timer.try_clone()?;
    check_eq!(other.read(), Ok(1));
    check_eq!(timer.read(), Err(Errno::AGAIN));

    other.arm_after(HOUR)?;
    drop(other);
    check!(timer.get()?.is_armed());
    Ok(())
}

pub fn clones_share_nonblocking() -> Outcome {
    let (event, timer) = (EventFd::new(0)?, TimerFd::new(Clock::Monotonic)?);
    let signals = SignalFd::new(&SigSet::EMPTY)?;
    let (other_event, other_timer, other_signals) = (event.try_clone()?, timer.try_clone()?, signals.try_clone()?);
    for nonblocking in [true, false] {
        other_event.set_nonblocking(nonblocking)?;
        check_eq!(event.is_nonblocking(), Ok(nonblocking));
        other_timer.set_nonblocking(nonblocking)?;
        check_eq!(timer.is_nonblocking(), Ok(nonblocking));
        other_signals.set_nonblocking(nonblocking)?;
        check_eq!(signals.is_nonblocking(), Ok(nonblocking));
        if nonblocking {
            check_eq!((event.take(), timer.take()), (Ok(None), Ok(None)));
        }
    }
    Ok(())
}

pub fn nonblocking_can_be_set_and_cleared() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    for nonblocking in [false, false, true, true] {
        event.set_nonblocking(nonblocking)?;
        check_eq!(event.is_nonblocking(), Ok(nonblocking));
    }
    check_eq!(event.take(), Ok(None));

    let timer = TimerFd::new(Clock::Monotonic)?;
    timer.set_nonblocking(true)?;
    check_eq!(timer.is_nonblocking(), Ok(true));
    check_eq!(timer.take(), Ok(None));

    let signals = SignalFd::new(&SigSet::EMPTY)?;
    signals.set_nonblocking(true)?;
    check_eq!(signals.is_nonblocking(), Ok(true));
    check_eq!(signals.take(), Ok(None));
    Ok(())
}

/// The system call that sets one flag writes them all.
pub fn setting_nonblocking_keeps_the_other_flags() -> Outcome {
    let (read, _write) = kernel::pipe()?;
    let event = EventFd::from(read);
    sys::fcntl_setfl(event.as_fd(), crate::uapi::O_APPEND)?;
    let before = sys::fcntl_getfl(event.as_fd())?;
    check!(before & crate::uapi::O_APPEND != 0);
    event.set_nonblocking(true)?;
    check_eq!(sys::fcntl_getfl(event.as_fd()), Ok(before | crate::uapi::O_NONBLOCK));
    event.set_nonblocking(false)?;
    check_eq!(sys::fcntl_getfl(event.as_fd()), Ok(before));
    Ok(())
}

pub fn a_dup_shares_the_state_and_is_not_close_on_exec() -> Outcome {
    let event = EventFd::nonblocking(2)?;
    let other = EventFd::from(kernel::dup(&event)?);
    check_eq!(kernel::is_cloexec(&event), Ok(true));
    check_eq!(kernel::is_cloexec(&other), Ok(false));
    check_eq!(other.is_nonblocking(), Ok(true));
    check_eq!(other.take(), Ok(Some(2)));
    check_eq!(event.take(), Ok(None));

    let timer = armed()?;
    let other = TimerFd::from(kernel::dup(&timer)?);
    is_still_armed(&other)?;
    drop(timer);
    is_still_armed(&other)?;
    Ok(())
}

/// Fails the case if a method that needs an open file gives anything but `EBADF`.
#[track_caller]
fn is_no_open_file(event: &EventFd, timer: &TimerFd, signals: &SignalFd, epoll: &Epoll, process: &PidFd) -> Outcome {
    let bad = Errno::BADF;
    check_eq!((event.read(), event.take(), event.wait()), (Err(bad), Err(bad), Err(bad)));
    check_eq!((event.write(1), event.notify()), (Err(bad), Err(bad)));
    check_eq!((timer.read(), timer.take(), timer.wait()), (Err(bad), Err(bad), Err(bad)));
    arming_is(timer, bad)?;
    check_eq!(timer.get(), Err(bad));
    match timer.set_ticks(NonZeroU64::MIN) {
        // An emulator does not know the ioctl.
        Err(Errno::NOSYS) if kernel::is_emulated() => {}
        result => check_eq!(result, Err(bad)),
    }
    check_eq!(signals.read().err(), Some(bad));
    check_eq!(signals.take().err(), Some(bad));
    check_eq!(signals.wait().err(), Some(bad));
    check_eq!(signals.set_signals(&SigSet::ALL), Err(bad));
    let counter = EventFd::new(1)?;
    check_eq!(epoll.add(&counter, EpollFlags::IN, 1), Err(bad));
    check_eq!(epoll.modify(&counter, EpollFlags::IN, 1), Err(bad));
    check_eq!(epoll.delete(&counter), Err(bad));
    for timeout in [None, Some(Duration::ZERO), Some(HOUR)] {
        check_eq!(epoll.wait(&mut [EpollEvent::default()], timeout), Err(bad));
    }
    // The descriptor that is added.
    let set = Epoll::new()?;
    check_eq!(set.add(event, EpollFlags::IN, 1), Err(bad));
    check_eq!(set.modify(event, EpollFlags::IN, 1), Err(bad));
    check_eq!(set.delete(event), Err(bad));
    check_eq!((process.take(), process.wait()), (Err(bad), Err(bad)));
    check_eq!(process.send_signal(Signal::TERM), Err(bad));
    check_eq!(event.set_nonblocking(true), Err(bad));
    check_eq!(timer.set_nonblocking(true), Err(bad));
    check_eq!(signals.set_nonblocking(true), Err(bad));
    check_eq!(epoll.set_nonblocking(true), Err(bad));
    check_eq!(process.set_nonblocking(true), Err(bad));
    Ok(())
}

pub fn a_number_that_is_not_open_is_badf_to_every_method() -> Outcome {
    let number = kernel::not_open().as_raw_fd();
    // SAFETY: it is not -1, and has no owner. It is not dropped, because the standard library reports closing a closed
    // number as a bug.
    let (event, timer) =
        unsafe { (ManuallyDrop::new(EventFd::from_raw_fd(number)), ManuallyDrop::new(TimerFd::from_raw_fd(number))) };
    // SAFETY: as above.
    let (signals, epoll, process) = unsafe {
        (
            ManuallyDrop::new(SignalFd::from_raw_fd(number)),
            ManuallyDrop::new(Epoll::from_raw_fd(number)),
            ManuallyDrop::new(PidFd::from_raw_fd(number)),
        )
    };
    is_no_open_file(&event, &timer, &signals, &epoll, &process)?;
    check_eq!(event.is_nonblocking(), Err(Errno::BADF));
    check_eq!(timer.is_nonblocking(), Err(Errno::BADF));
    check_eq!(signals.is_nonblocking(), Err(Errno::BADF));
    check_eq!(epoll.is_nonblocking(), Err(Errno::BADF));
    check_eq!(process.is_nonblocking(), Err(Errno::BADF));
    check_eq!(event.try_clone().err(), Some(Errno::BADF));
    check_eq!(timer.try_clone().err(), Some(Errno::BADF));
    check_eq!(signals.try_clone().err(), Some(Errno::BADF));
    check_eq!(epoll.try_clone().err(), Some(Errno::BADF));
    check_eq!(process.try_clone().err(), Some(Errno::BADF));
    Ok(())
}

pub fn a_descriptor_that_is_a_path_alone_is_badf_where_an_open_file_is_needed() -> Outcome {
    let open = || kernel::open(c"/", crate::uapi::O_PATH);
    let (event, timer, signals) = (EventFd::from(open()?), TimerFd::from(open()?), SignalFd::from(open()?));
    let (epoll, process) = (Epoll::from(open()?), PidFd::from(open()?));
    is_no_open_file(&event, &timer, &signals, &epoll, &process)?;
    check_eq!(event.try_clone()?.is_nonblocking(), Ok(false));
    check_eq!(timer.try_clone()?.is_nonblocking(), Ok(false));
    check_eq!(signals.try_clone()?.is_nonblocking(), Ok(false));
    Ok(())
}
