//! Descriptors of other kinds, which the types accept too. Their methods return an errno. They never panic, and never
//! loop.

use core::ffi::CStr;

use barefd::fd::{AsFd, OwnedFd};
use barefd::{Clock, Errno, EventFd, Result, SetTimeFlags, SigSet, Signal, SignalFd, Tick, TimerFd, TimerSpec, sys};

use super::{HOUR, expired};
use crate::kernel::Epoll;
use crate::{Outcome, Unpassed, kernel};

fn device(path: &CStr) -> Outcome<OwnedFd> {
    match kernel::open(path, crate::uapi::O_RDWR) {
        Err(Errno::NOENT | Errno::NXIO | Errno::ACCES) => Err(Unpassed::NotApplicable("no such device node here")),
        result => Ok(result?),
    }
}

/// Every call that only a timer supports.
fn is_no_timer(timer: &TimerFd) -> Outcome {
    check_eq!(timer.get(), Err(Errno::INVAL));
    check_eq!(timer.set(SetTimeFlags::empty(), TimerSpec::every(HOUR)), Err(Errno::INVAL));
    check_eq!(timer.replace(SetTimeFlags::ABSTIME, TimerSpec::once(HOUR)), Err(Errno::INVAL));
    check_eq!(timer.arm_after(HOUR), Err(Errno::INVAL));
    check_eq!(timer.arm_every(HOUR), Err(Errno::INVAL));
    check_eq!(timer.arm_at(HOUR), Err(Errno::INVAL));
    check_eq!(timer.arm_every_at(HOUR, HOUR), Err(Errno::INVAL));
    check_eq!(timer.arm_at_cancel_on_set(HOUR), Err(Errno::INVAL));
    check_eq!(timer.disarm(), Err(Errno::INVAL));
    Ok(())
}

fn both(fd: &OwnedFd) -> Result<(EventFd, TimerFd)> {
    Ok((kernel::dup(fd)?.into(), kernel::dup(fd)?.into()))
}

pub fn an_event_counter_is_no_timer() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let timer = TimerFd::from(OwnedFd::from(event.try_clone()?));
    is_no_timer(&timer)?;
    check_eq!(timer.read(), Err(Errno::AGAIN));
    check_eq!(timer.take(), Ok(None));
    event.write(2)?;
    check_eq!(timer.read(), Ok(2));
    event.write(3)?;
    check!(matches!(timer.wait()?, Tick::Expired(n) if n.get() == 3));
    Ok(())
}

pub fn a_timer_is_no_event_counter() -> Outcome {
    let event = EventFd::from(OwnedFd::from(expired()?));
    check_eq!(event.write(1), Err(Errno::INVAL));
    check_eq!(event.notify(), Err(Errno::INVAL));
    check_eq!(event.take(), Ok(Some(1)));
    check_eq!(event.take(), Ok(None));
    check_eq!(event.read(), Err(Errno::AGAIN));
    Ok(())
}

pub fn eight_bytes_of_a_pipe_are_a_count() -> Outcome {
    let (read, write) = kernel::pipe()?;
    let (event, timer) = both(&read)?;
    check_eq!(event.take(), Ok(None));
    check_eq!(timer.take(), Ok(None));
    let write = EventFd::from(write);
    write.write(5)?;
    check_eq!(event.read(), Ok(5));
    write.write(6)?;
    check_eq!(timer.read(), Ok(6));
    is_no_timer(&timer)?;
    Ok(())
}

pub fn less_than_eight_bytes_of_a_pipe_are_inval() -> Outcome {
    let (read, write) = kernel::pipe()?;
    let (event, timer) = both(&read)?;
    let few = || sys::write(write.as_fd(), &[1; 3]);
    check_eq!(few(), Ok(3));
    check_eq!(event.read(), Err(Errno::INVAL));
    check_eq!(few(), Ok(3));
    check_eq!(event.take(), Err(Errno::INVAL));
    check_eq!(few(), Ok(3));
    check_eq!(event.wait(), Err(Errno::INVAL));
    check_eq!(few(), Ok(3));
    check_eq!(timer.read(), Err(Errno::INVAL));
    check_eq!(few(), Ok(3));
    check_eq!(timer.take(), Err(Errno::INVAL));
    check_eq!(few(), Ok(3));
    check_eq!(timer.wait(), Err(Errno::INVAL));
    Ok(())
}

/// A timer never counts zero.
pub fn a_count_of_zero_is_inval_to_a_timer() -> Outcome {
    let (read, write) = kernel::pipe()?;
    let (event, timer) = both(&read)?;
    let write = EventFd::from(write);
    write.write(0)?;
    check_eq!(timer.read(), Err(Errno::INVAL));
    write.write(0)?;
    check_eq!(timer.take(), Err(Errno::INVAL));
    write.write(0)?;
    check_eq!(timer.wait(), Err(Errno::INVAL));
    write.write(0)?;
    check_eq!(event.take(), Ok(Some(0)));
    Ok(())
}

/// A read of a real timer can give 0 bytes too, and then a wait makes sense. But the end of a pipe is ready for ever.
pub fn the_end_of_a_file_is_no_count_and_ends_every_wait() -> Outcome {
    let (read, write) = kernel::pipe()?;
    drop(write);
    let (event, timer) = both(&read)?;
    check_eq!(event.read(), Err(Errno::INVAL));
    check_eq!(event.take(), Err(Errno::INVAL));
    check_eq!(event.wait(), Err(Errno::INVAL));
    check_eq!(timer.read(), Err(Errno::AGAIN));
    check_eq!(timer.take(), Ok(None));
    check_eq!(timer.wait(), Err(Errno::INVAL));
    Ok(())
}

pub fn dev_null_reads_as_nothing_and_ends_every_wait() -> Outcome {
    let (event, timer) = both(&device(c"/dev/null")?)?;
    check_eq!(event.read(), Err(Errno::INVAL));
    check_eq!(event.take(), Err(Errno::INVAL));
    check_eq!(event.wait(), Err(Errno::INVAL));
    check_eq!(event.write(1), Ok(()));
    check_eq!(timer.read(), Err(Errno::AGAIN));
    check_eq!(timer.take(), Ok(None));
    check_eq!(timer.wait(), Err(Errno::INVAL));
    is_no_timer(&timer)?;
    Ok(())
}

pub fn dev_zero_is_a_count_of_zero() -> Outcome {
    let (event, timer) = both(&device(c"/dev/zero")?)?;
    check_eq!(event.take(), Ok(Some(0)));
    check_eq!(event.wait(), Ok(0));
    check_eq!(timer.read(), Err(Errno::INVAL));
    check_eq!(timer.take(), Err(Errno::INVAL));
    check_eq!(timer.wait(), Err(Errno::INVAL));
    is_no_timer(&timer)?;
    Ok(())
}

pub fn an_end_of_a_pipe_that_is_not_open_that_way_is_badf() -> Outcome {
    let (read, write) = kernel::pipe()?;
    check_eq!(EventFd::from(kernel::dup(&read)?).write(1), Err(Errno::BADF));
    let (event, timer) = both(&write)?;
    check_eq!(event.take(), Err(Errno::BADF));
    check_eq!(event.wait(), Err(Errno::BADF));
    check_eq!(timer.take(), Err(Errno::BADF));
    check_eq!(timer.wait(), Err(Errno::BADF));
    Ok(())
}

pub fn an_epoll_descriptor_is_neither() -> Outcome {
    let (event, timer) = both(&Epoll::new()?.into())?;
    check_eq!(event.take(), Err(Errno::INVAL));
    check_eq!(event.wait(), Err(Errno::INVAL));
    check_eq!(event.write(1), Err(Errno::INVAL));
    check_eq!(timer.take(), Err(Errno::INVAL));
    check_eq!(timer.wait(), Err(Errno::INVAL));
    is_no_timer(&timer)?;
    Ok(())
}

pub fn a_directory_is_isdir() -> Outcome {
    let (event, timer) = both(&kernel::open(c"/", 0)?)?;
    check_eq!(event.take(), Err(Errno::ISDIR));
    check_eq!(event.wait(), Err(Errno::ISDIR));
    check_eq!(event.write(1), Err(Errno::BADF));
    check_eq!(timer.take(), Err(Errno::ISDIR));
    check_eq!(timer.wait(), Err(Errno::ISDIR));
    is_no_timer(&timer)?;
    Ok(())
}

pub fn a_foreign_descriptor_can_be_made_nonblocking_and_cloned() -> Outcome {
    let (read, write) = kernel::pipe()?;
    let event = EventFd::from(read);
    check_eq!(event.is_nonblocking(), Ok(true));
    event.set_nonblocking(false)?;
    check_eq!(event.is_nonblocking(), Ok(false));
    let clone = event.try_clone()?;
    EventFd::from(write).write(7)?;
    check_eq!(clone.take(), Ok(Some(7)));

    let timer = TimerFd::new(Clock::Monotonic)?;
    check_eq!(EventFd::from(OwnedFd::from(timer)).is_nonblocking(), Ok(false));
    Ok(())
}

/// Every call that only a signal descriptor supports.
fn is_no_signal_descriptor(signals: &SignalFd) -> Outcome {
    check_eq!(signals.set_signals(&SigSet::from_signals(&[Signal::CHLD])), Err(Errno::INVAL));
    Ok(())
}

pub fn a_counter_or_a_timer_is_no_signal_descriptor() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let of_event = SignalFd::from(OwnedFd::from(event.try_clone()?));
    is_no_signal_descriptor(&of_event)?;
    check_eq!(of_event.read(), Err(Errno::AGAIN));
    check_eq!(of_event.take(), Ok(None));
    event.write(2)?;
    check_eq!(of_event.take(), Err(Errno::INVAL));
    event.write(2)?;
    check_eq!(of_event.wait(), Err(Errno::INVAL));

    let of_timer = SignalFd::from(OwnedFd::from(expired()?));
    is_no_signal_descriptor(&of_timer)?;
    check_eq!(of_timer.wait(), Err(Errno::INVAL));
    check_eq!(of_timer.take(), Ok(None));
    Ok(())
}

pub fn what_is_no_record_is_no_signal() -> Outcome {
    let (read, write) = kernel::pipe()?;
    let signals = SignalFd::from(read);
    is_no_signal_descriptor(&signals)?;
    check_eq!(signals.take(), Ok(None));
    for bytes in [&[1_u8; 127] as &[u8], &[0; 128], &[1; 128], &[255; 128]] {
        let some = || sys::write(write.as_fd(), bytes);
        check_eq!(some(), Ok(bytes.len()));
        check_eq!(signals.read(), Err(Errno::INVAL));
        check_eq!(some(), Ok(bytes.len()));
        check_eq!(signals.take(), Err(Errno::INVAL));
        check_eq!(some(), Ok(bytes.len()));
        check_eq!(signals.wait(), Err(Errno::INVAL));
    }
    drop(write);
    // Each of them is ready for ever.
    for fd in [OwnedFd::from(signals), device(c"/dev/null")?, device(c"/dev/zero")?, Epoll::new()?.into()] {
        let signals = SignalFd::from(fd);
        is_no_signal_descriptor(&signals)?;
        check_eq!(signals.read(), Err(Errno::INVAL));
        check_eq!(signals.take(), Err(Errno::INVAL));
        check_eq!(signals.wait(), Err(Errno::INVAL));
    }
    let directory = SignalFd::from(kernel::open(c"/", 0)?);
    is_no_signal_descriptor(&directory)?;
    check_eq!(directory.wait(), Err(Errno::ISDIR));
    Ok(())
}
