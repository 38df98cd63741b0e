//! Waiting for descriptors.

use core::time::Duration;

use barefd::fd::{AsFd, AsRawFd};
use barefd::{Clock, EventFd, PollFd, PollFlags, TimerFd, poll};

use super::{HOUR, SOON, alone, events};
use crate::outcome::Text;
use crate::{Outcome, kernel};

pub fn poll_counts_the_entries_that_have_events() -> Outcome {
    let (empty, one, two) = (EventFd::new(0)?, EventFd::new(1)?, EventFd::new(2)?);
    let mut fds = [&empty, &one, &two].map(|event| PollFd::new(event, PollFlags::IN));
    check_eq!(poll(&mut fds, Some(SOON)), Ok(2));
    check_eq!(fds.each_ref().map(PollFd::is_readable), [false, true, true]);
    check_eq!(fds.each_ref().map(PollFd::is_writable), [false, false, false]);
    Ok(())
}

pub fn each_poll_writes_the_events_anew() -> Outcome {
    let event = EventFd::new(1)?;
    let mut fds = [PollFd::new(&event, PollFlags::IN)];
    check_eq!(fds[0].revents(), PollFlags::empty());
    check_eq!(poll(&mut fds, Some(Duration::ZERO)), Ok(1));
    check_eq!(fds[0].revents(), PollFlags::IN);
    event.read()?;
    check_eq!(poll(&mut fds, Some(Duration::ZERO)), Ok(0));
    check_eq!(fds[0].revents(), PollFlags::empty());
    check_eq!(fds[0].events(), PollFlags::IN);
    Ok(())
}

pub fn set_events_holds_from_the_next_poll_on() -> Outcome {
    let event = EventFd::new(0)?;
    let mut fds = [PollFd::new(&event, PollFlags::IN)];
    check_eq!(poll(&mut fds, Some(Duration::ZERO)), Ok(0));
    fds[0].set_events(PollFlags::OUT);
    check_eq!(fds[0].events(), PollFlags::OUT);
    check_eq!(fds[0].revents(), PollFlags::empty());
    check_eq!(poll(&mut fds, Some(SOON)), Ok(1));
    check!(fds[0].is_writable());
    check!(!fds[0].is_readable() && !fds[0].is_failed());
    Ok(())
}

pub fn an_entry_without_a_descriptor_is_ignored() -> Outcome {
    let event = EventFd::new(1)?;
    let mut fds = [PollFd::IGNORED; 3];
    check!(fds[0].fd().is_none());
    check_eq!(poll(&mut fds, Some(Duration::ZERO)), Ok(0));
    fds[1] = PollFd::new(&event, PollFlags::IN);
    check_eq!(poll(&mut fds, None), Ok(1));
    check_eq!(fds.map(|entry| entry.revents()), [PollFlags::empty(), PollFlags::IN, PollFlags::empty()]);

    fds[1].set_fd(None);
    check!(fds[1].fd().is_none() && fds[1].revents().is_empty());
    check_eq!(poll(&mut fds, Some(Duration::ZERO)), Ok(0));
    check_eq!(fds[1].revents(), PollFlags::empty());

    fds[1].set_fd(Some(event.as_fd()));
    check_eq!(poll(&mut fds, None), Ok(1));
    check_eq!(fds[1].fd().map(|fd| fd.as_raw_fd()), Some(event.as_raw_fd()));
    Ok(())
}

pub fn a_number_that_is_not_open_is_nval_unasked() -> Outcome {
    let mut fds = [PollFd::from_borrowed_fd(kernel::not_open(), PollFlags::empty())];
    check_eq!(poll(&mut fds, Some(SOON)), Ok(1));
    check_eq!(fds[0].revents(), PollFlags::NVAL);
    check!(fds[0].is_failed());
    check!(!fds[0].is_readable() && !fds[0].is_writable());
    Ok(())
}

pub fn a_pipe_without_a_writer_is_hup_unasked() -> Outcome {
    alone(|| {
        let (read, write) = kernel::pipe()?;
        drop(write);
        let mut fds = [PollFd::new(&read, PollFlags::empty())];
        check_eq!(poll(&mut fds, Some(SOON)), Ok(1));
        check_eq!(fds[0].revents(), PollFlags::HUP);
        check!(fds[0].is_failed());
        Ok(())
    })
}

pub fn a_pipe_without_a_reader_is_err_unasked() -> Outcome {
    alone(|| {
        let (read, write) = kernel::pipe()?;
        drop(read);
        let mut fds = [PollFd::new(&write, PollFlags::empty())];
        check_eq!(poll(&mut fds, Some(SOON)), Ok(1));
        check_eq!(fds[0].revents(), PollFlags::ERR);
        check!(fds[0].is_failed());
        Ok(())
    })
}

/// `POLLWRNORM` has another number on some architectures.
pub fn normal_data_has_flags_of_its_own() -> Outcome {
    let (read, write) = kernel::pipe()?;
    check_eq!(events(&write, PollFlags::WRNORM), Ok(PollFlags::WRNORM));
    check_eq!(events(&write, PollFlags::OUT | PollFlags::WRNORM), Ok(PollFlags::OUT | PollFlags::WRNORM));
    check_eq!(events(&read, PollFlags::RDNORM), Ok(PollFlags::empty()));
    barefd::sys::write(write.as_fd(), b"x")?;
    check_eq!(events(&read, PollFlags::RDNORM), Ok(PollFlags::RDNORM));
    check_eq!(events(&read, PollFlags::all()), Ok(PollFlags::IN | PollFlags::RDNORM));
    Ok(())
}

pub fn a_zero_timeout_looks_without_waiting() -> Outcome {
    let (empty, one) = (EventFd::new(0)?, EventFd::new(1)?);
    check_eq!(poll(&mut [PollFd::new(&empty, PollFlags::IN)], Some(Duration::ZERO)), Ok(0));
    check_eq!(poll(&mut [PollFd::new(&one, PollFlags::IN)], Some(Duration::ZERO)), Ok(1));
    Ok(())
}

pub fn a_timeout_is_never_early() -> Outcome {
    let event = EventFd::new(0)?;
    for timeout in [Duration::from_nanos(1), Duration::from_nanos(1_500_001), Duration::from_millis(20)] {
        let start = Clock::Monotonic.now()?;
        check_eq!(poll(&mut [PollFd::new(&event, PollFlags::IN)], Some(timeout)), Ok(0));
        check_in!(Clock::Monotonic.now()? - start, timeout..);
    }
    Ok(())
}

pub fn without_entries_it_sleeps() -> Outcome {
    let start = Clock::Monotonic.now()?;
    check_eq!(poll(&mut [], Some(Duration::from_millis(5))), Ok(0));
    check_in!(Clock::Monotonic.now()? - start, Duration::from_millis(5)..);
    Ok(())
}

/// The kernel can hold 2^63 - 1 seconds, or 2^31 - 1 seconds if it has only the 32-bit call.
pub fn a_timeout_beyond_the_kernels_range_is_for_ever() -> Outcome {
    let timer = TimerFd::new(Clock::Monotonic)?;
    for seconds in [1 << 31, 1 << 32, i64::MAX as u64, 1 << 63, u64::MAX] {
        timer.arm_after(Duration::from_millis(2))?;
        let mut fds = [PollFd::new(&timer, PollFlags::IN)];
        check_eq!(poll(&mut fds, Some(Duration::new(seconds, 999_999_999))), Ok(1));
        check_eq!(timer.read(), Ok(1));
    }
    Ok(())
}

pub fn an_expiration_ends_a_poll_and_a_poll_of_two_says_whose() -> Outcome {
    let (event, timer) = (EventFd::new(0)?, TimerFd::new(Clock::Monotonic)?);
    let start = Clock::Monotonic.now()?;
    timer.arm_after(Duration::from_millis(5))?;
    let mut fds = [PollFd::new(&event, PollFlags::IN), PollFd::new(&timer, PollFlags::IN)];
    check_eq!(poll(&mut fds, Some(SOON)), Ok(1));
    check_in!(Clock::Monotonic.now()? - start, Duration::from_millis(5)..);
    check_eq!(fds.each_ref().map(PollFd::is_readable), [false, true]);
    Ok(())
}

pub fn what_is_ready_already_is_not_waited_for() -> Outcome {
    let event = EventFd::new(1)?;
    for timeout in [Some(Duration::ZERO), Some(HOUR), Some(Duration::MAX), None] {
        check_eq!(poll(&mut [PollFd::new(&event, PollFlags::IN)], timeout), Ok(1));
    }
    Ok(())
}

pub fn an_entry_shows_what_it_is_made_of() -> Outcome {
    use core::fmt::Write;

    let event = EventFd::new(0)?;
    let entry = PollFd::new(&event, PollFlags::IN);
    check_eq!(entry.fd().map(|fd| fd.as_raw_fd()), Some(event.as_raw_fd()));
    check_eq!(entry.events(), PollFlags::IN);

    let (mut shown, mut expected) = (Text::<160>::default(), Text::<160>::default());
    let flags = (PollFlags::IN, PollFlags::empty());
    let _ = write!(shown, "{entry:?}");
    let _ = write!(expected, "PollFd {{ fd: {}, events: {:?}, revents: {:?} }}", event.as_raw_fd(), flags.0, flags.1);
    check_eq!(shown.as_str(), expected.as_str());
    Ok(())
}
