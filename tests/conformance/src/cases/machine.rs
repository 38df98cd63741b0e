//! Settings that every process of a machine shares.

use barefd::fd::AsFd;
use barefd::{Epoll, EpollFlags, Errno, EventFd, ExitStatus, Signal, sys};

use super::alone;
use super::pidfd::Child;
use crate::{Outcome, kernel};

/// The kernel lets each user have so many.
pub fn more_descriptors_in_sets_than_the_limit_are_nospc() -> Outcome {
    let limit = kernel::open(c"/proc/sys/fs/epoll/max_user_watches", crate::uapi::O_RDWR)?;
    let mut before = [0; 32];
    let len = sys::read(limit.as_fd(), &mut before)?;
    let (epoll, one, other) = (Epoll::new()?, EventFd::new(1)?, EventFd::new(1)?);
    epoll.add(&one, EpollFlags::IN, 1)?;
    kernel::pwrite(&limit, b"1\n")?;
    let added = epoll.add(&other, EpollFlags::IN, 2);
    kernel::pwrite(&limit, before.get(..len).unwrap_or_default())?;
    check_eq!(added, Err(Errno::NOSPC));
    check_eq!(epoll.add(&other, EpollFlags::IN, 2), Ok(()));
    Ok(())
}

pub fn a_status_says_whether_a_core_was_dumped() -> Outcome {
    alone(|| {
        let pattern = kernel::open(c"/proc/sys/kernel/core_pattern", crate::uapi::O_RDWR)?;
        kernel::pwrite(&pattern, b"/core\n")?;
        kernel::permit_core()?;
        let (_child, process) = Child::open()?;
        process.send_signal(Signal::ABRT)?;
        check_eq!(process.wait(), Ok(ExitStatus::Killed { signal: Signal::ABRT, core_dumped: true }));
        Ok(())
    })
}
