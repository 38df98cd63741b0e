//! The trap itself.

use core::hint::black_box;
use core::mem::size_of;

use crate::uapi::{__NR_getpid, __NR_sched_yield, EPOLLIN};
use barefd::fd::AsFd;
use barefd::trap::{self, nr};
use barefd::{Errno, EventFd, EventFdFlags, PollFd, PollFlags, SigSet};

use super::spec;
use crate::kernel::{Epoll, time};
use crate::{Outcome, kernel};

pub fn every_number_of_arguments_reaches_the_kernel() -> Outcome {
    // SAFETY: no pointer.
    check_in!(unsafe { trap::syscall0(__NR_getpid as usize) }, 1..);
    // SAFETY: no pointer, and nobody's descriptor.
    check_eq!(unsafe { trap::syscall1(nr::CLOSE, usize::MAX) }, -(Errno::BADF.raw_os_error() as isize));

    // Two: the count and the flags. Three: the length.
    let event = EventFd::with_flags(3, EventFdFlags::NONBLOCK)?;
    check_eq!(event.is_nonblocking(), Ok(true));
    check_eq!(barefd::sys::read(event.as_fd(), &mut [0; 7]), Err(Errno::INVAL));
    check_eq!(event.take(), Ok(Some(3)));

    // Four: the old value, with which and without.
    let timer = super::armed()?;
    let mut old = spec((0, 0), (0, 0));
    time::timerfd_settime(timer.as_fd(), barefd::SetTimeFlags::empty(), &spec((0, 0), (0, 0)), Some(&mut old))?;
    check_eq!(old.it_interval.tv_sec, super::DAY.as_secs() as i64);
    time::timerfd_settime(timer.as_fd(), barefd::SetTimeFlags::empty(), &spec((7, 0), (8, 0)), None)?;
    check_eq!(timer.get()?.interval.as_secs(), 7);

    // Five and six: the size of a signal set.
    let sigset = size_of::<SigSet>();
    check_eq!(kernel::ppoll_mask_of(sigset, &mut [PollFd::new(&event, PollFlags::IN)]), Ok(0));
    check_eq!(kernel::ppoll_mask_of(sigset - 1, &mut [PollFd::new(&event, PollFlags::IN)]), Err(Errno::INVAL));
    let epoll = Epoll::new()?;
    epoll.add(&event, EPOLLIN, 1)?;
    check_eq!(epoll.wait_with_mask_of(sigset, 0), Ok(None));
    check_eq!(epoll.wait_with_mask_of(sigset - 1, 0), Err(Errno::INVAL));
    event.notify()?;
    check_eq!(epoll.wait_with_mask_of(sigset, 0), Ok(Some((EPOLLIN, 1))));
    Ok(())
}

/// One instance of it for each call, which the compiler puts right between the values.
pub fn what_a_program_holds_in_registers_survives_a_trap() -> Outcome {
    const YIELD: usize = __NR_sched_yield as usize;
    let untouched = holding(|| 0);
    // SAFETY: no pointer. The call has no arguments; the kernel ignores these, here and below.
    check_eq!(holding(|| unsafe { trap::syscall0(YIELD) }), untouched);
    // SAFETY: as above.
    check_eq!(holding(|| unsafe { trap::syscall1(YIELD, 1) }), untouched);
    // SAFETY: as above.
    check_eq!(holding(|| unsafe { trap::syscall2(YIELD, 1, 2) }), untouched);
    // SAFETY: as above.
    check_eq!(holding(|| unsafe { trap::syscall3(YIELD, 1, 2, 3) }), untouched);
    // SAFETY: as above.
    check_eq!(holding(|| unsafe { trap::syscall4(YIELD, 1, 2, 3, 4) }), untouched);
    // SAFETY: as above.
    check_eq!(holding(|| unsafe { trap::syscall5(YIELD, 1, 2, 3, 4, 5) }), untouched);
    // SAFETY: as above.
    check_eq!(holding(|| unsafe { trap::syscall6(YIELD, 1, 2, 3, 4, 5, 6) }), untouched);
    Ok(())
}

/// The result is made of integers and of floats that live across the calls, and of what these return.
#[inline(never)]
fn holding(call: impl Fn() -> isize) -> (usize, u64, isize) {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = black_box([1_usize, 2, 3, 5, 8, 13, 21, 34]);
    let [mut p, mut q, mut r, mut s, mut t, mut u, mut v, mut w] = black_box([1_f64, 2., 3., 5., 8., 13., 21., 34.]);
    let mut results = 0;
    for n in 0..black_box(9) {
        results |= call();
        (a, b, c, d) = (b ^ n, c.wrapping_add(a), d.rotate_left(3), a.wrapping_mul(5));
        (e, f, g, h) = (f.wrapping_sub(a), g ^ e, h.rotate_right(7), e.wrapping_mul(9));
        (p, q, r, s) = (q + 0.5, r * 1.5, s - p, p);
        (t, u, v, w) = (u * 0.5, v + t, w - s, t);
    }
    let words = [a, b, c, d, e, f, g, h].iter().fold(0_usize, |sum, word| sum.rotate_left(5) ^ word);
    let floats = [p, q, r, s, t, u, v, w].iter().fold(0_f64, |sum, float| sum * 0.5 + float);
    (words, floats.to_bits(), results)
}
