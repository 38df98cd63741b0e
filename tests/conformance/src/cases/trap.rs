//! The trap itself.

use core::mem::size_of;

use crate::uapi::__NR_getpid;
use barefd::fd::AsFd;
use barefd::trap::{self, nr};
use barefd::{Epoll, EpollEvent, EpollFlags, Errno, EventFd, EventFdFlags, PollFd, PollFlags, SigSet};

use super::spec;
use crate::kernel::time;
use crate::{Outcome, kernel};

pub fn every_number_of_arguments_reaches_the_kernel() -> Outcome {
    // SAFETY: no pointer.
    check_in!(unsafe { trap::syscall0(__NR_getpid as usize) }, 1..);
    // SAFETY: no pointer, and the descriptor has no owner.
    check_eq!(unsafe { trap::syscall1(nr::CLOSE, usize::MAX) }, -(Errno::BADF.raw_os_error() as isize));

    // Two arguments: the count and the flags. Three: the length.
    let event = EventFd::with_flags(3, EventFdFlags::NONBLOCK)?;
    check_eq!(event.is_nonblocking(), Ok(true));
    check_eq!(barefd::sys::read(event.as_fd(), &mut [0; 7]), Err(Errno::INVAL));
    check_eq!(event.take(), Ok(Some(3)));

    // Four arguments: with the old value and without it.
    let timer = super::armed()?;
    let mut old = spec((0, 0), (0, 0));
    time::timerfd_settime(timer.as_fd(), barefd::SetTimeFlags::empty(), &spec((0, 0), (0, 0)), Some(&mut old))?;
    check_eq!(old.it_interval.tv_sec, super::DAY.as_secs() as i64);
    time::timerfd_settime(timer.as_fd(), barefd::SetTimeFlags::empty(), &spec((7, 0), (8, 0)), None)?;
    check_eq!(timer.get()?.interval.as_secs(), 7);

    // Five and six arguments: the size of a signal set.
    let sigset = size_of::<SigSet>();
    check_eq!(kernel::ppoll_mask_of(sigset, &mut [PollFd::new(&event, PollFlags::IN)]), Ok(0));
    check_eq!(kernel::ppoll_mask_of(sigset - 1, &mut [PollFd::new(&event, PollFlags::IN)]), Err(Errno::INVAL));
    let epoll = Epoll::new()?;
    epoll.add(&event, EpollFlags::IN, 1)?;
    let mut events = [EpollEvent::default()];
    check_eq!(kernel::epoll_pwait_mask_of(sigset, &epoll, &mut events), Ok(0));
    check_eq!(kernel::epoll_pwait_mask_of(sigset - 1, &epoll, &mut events), Err(Errno::INVAL));
    event.notify()?;
    check_eq!(kernel::epoll_pwait_mask_of(sigset, &epoll, &mut events), Ok(1));
    check_eq!(events, [EpollEvent::new(EpollFlags::IN, 1)]);
    Ok(())
}
