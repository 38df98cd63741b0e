//! The raw calls: behavior that the types hide.

use barefd::fd::{AsFd, AsRawFd};
use barefd::sys::{self, Timespec};
use barefd::{Errno, EventFd, PollFd, PollFlags, SigSet};

use super::HOUR;
use crate::kernel::time;
use crate::{Outcome, Unpassed, kernel};

pub fn a_timeout_out_of_range_is_inval() -> Outcome {
    let event = EventFd::new(1)?;
    for (tv_sec, tv_nsec) in [(0, 1_000_000_000), (0, -1), (0, i64::from(i32::MIN)), (-1, 0), (i64::from(i32::MIN), 5)]
    {
        let mut timeout = Timespec { tv_sec, tv_nsec };
        let mut fds = [PollFd::new(&event, PollFlags::IN)];
        check_eq!(time::ppoll(&mut fds, Some(&mut timeout), None), Err(Errno::INVAL));
    }
    Ok(())
}

#[cfg(nr = "poll")]
pub fn poll_waits_in_milliseconds() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let mut fds = [PollFd::new(&event, PollFlags::IN)];
    check_eq!(sys::poll(&mut fds, 0), Ok(0));
    let before = barefd::Clock::Monotonic.now()?;
    check_eq!(sys::poll(&mut fds, 3), Ok(0));
    check_in!(barefd::Clock::Monotonic.now()? - before, core::time::Duration::from_millis(3)..);
    event.notify()?;
    for forever in [-1, -2, i32::MIN] {
        check_eq!(sys::poll(&mut fds, forever), Ok(1));
    }
    check_eq!(fds[0].revents(), PollFlags::IN);
    Ok(())
}

pub fn ppoll_writes_the_time_that_is_left() -> Outcome {
    let event = EventFd::new(1)?;
    let mut timeout = Timespec { tv_sec: HOUR.as_secs() as i64, tv_nsec: 0 };
    check_eq!(time::ppoll(&mut [PollFd::new(&event, PollFlags::IN)], Some(&mut timeout), None), Ok(1));
    check_in!(timeout.tv_sec, 1..HOUR.as_secs() as i64);
    check_in!(timeout.tv_nsec, 0..1_000_000_000);

    event.read()?;
    let mut timeout = Timespec { tv_sec: 0, tv_nsec: 1_000_000 };
    check_eq!(time::ppoll(&mut [PollFd::new(&event, PollFlags::IN)], Some(&mut timeout), None), Ok(0));
    check_eq!(timeout, Timespec::default());
    Ok(())
}

pub fn more_entries_than_the_limit_of_descriptors_are_inval() -> Outcome {
    check_eq!(kernel::ppoll_nowhere(u32::MAX as usize), Err(Errno::INVAL));
    check_eq!(kernel::ppoll_nowhere(1), Err(Errno::FAULT));
    Ok(())
}

pub fn the_kernel_takes_a_signal_set_of_our_size_alone() -> Outcome {
    let event = EventFd::new(1)?;
    for mask in [SigSet::EMPTY, SigSet::ALL] {
        check_eq!(time::ppoll(&mut [PollFd::new(&event, PollFlags::IN)], None, Some(&mask)), Ok(1));
    }
    let size = size_of::<SigSet>();
    for other in [0, 1, size - 1, size + 1, size / 2, 2 * size, 128] {
        check_eq!(kernel::ppoll_mask_of(other, &mut [PollFd::new(&event, PollFlags::IN)]), Err(Errno::INVAL));
    }
    Ok(())
}

pub fn a_duplicate_is_the_lowest_number_from_the_minimum_up() -> Outcome {
    let event = EventFd::nonblocking(4)?;
    let other = sys::fcntl_dupfd_cloexec(event.as_fd(), 100)?;
    check_in!(other.as_raw_fd(), 100..);
    check_eq!(kernel::is_cloexec(&other), Ok(true));
    check_eq!(EventFd::from(other).take(), Ok(Some(4)));
    check_eq!(sys::fcntl_dupfd_cloexec(event.as_fd(), -1).err(), Some(Errno::INVAL));
    check_eq!(sys::fcntl_dupfd_cloexec(event.as_fd(), i32::MAX).err(), Some(Errno::INVAL));
    Ok(())
}

pub fn a_number_that_is_not_open_is_badf_to_every_call() -> Outcome {
    let fd = kernel::not_open();
    check_eq!(sys::read(fd, &mut [0; 8]), Err(Errno::BADF));
    check_eq!(sys::write(fd, &[0; 8]), Err(Errno::BADF));
    check_eq!(sys::fcntl_getfl(fd), Err(Errno::BADF));
    check_eq!(sys::fcntl_setfl(fd, 0), Err(Errno::BADF));
    check_eq!(sys::fcntl_dupfd_cloexec(fd, 3).err(), Some(Errno::BADF));
    check_eq!(time::timerfd_gettime(fd), Err(Errno::BADF));
    Ok(())
}

pub fn openat_opens_what_exists() -> Outcome {
    let (read, write) = (crate::uapi::O_CLOEXEC, crate::uapi::O_CLOEXEC | crate::uapi::O_RDWR);
    let null = match sys::openat(None, c"/dev/null", write, 0) {
        Err(Errno::NOENT) => return Err(Unpassed::NotApplicable("no /dev/null")),
        result => result?,
    };
    check_eq!(sys::write(null.as_fd(), b"x"), Ok(1));
    check_eq!(sys::read(null.as_fd(), &mut [0; 8]), Ok(0));
    check_eq!(kernel::is_cloexec(&null), Ok(true));

    let dev = sys::openat(None, c"/dev", read, 0)?;
    let null = sys::openat(Some(dev.as_fd()), c"null", read, 0)?;
    check_eq!(sys::write(null.as_fd(), b"x"), Err(Errno::BADF));
    check_eq!(sys::openat(Some(null.as_fd()), c"null", read, 0).err(), Some(Errno::NOTDIR));
    check_eq!(sys::openat(None, c"/dev/no such file", read, 0).err(), Some(Errno::NOENT));
    check_eq!(sys::openat(None, c"/dev", write, 0).err(), Some(Errno::ISDIR));
    Ok(())
}
