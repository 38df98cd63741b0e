//! The event counter.

use crate::uapi;
use core::time::Duration;

use barefd::fd::{AsFd, AsRawFd, OwnedFd};
use barefd::{Clock, Errno, EventFd, EventFdFlags, PollFd, PollFlags, Result, TimerFd, sys};

use super::{FdInfo, c_str, events, needs_proc, proc_path};
use crate::{Outcome, Unpassed, kernel};

fn full() -> Outcome<EventFd> {
    let event = EventFd::nonblocking(0)?;
    event.write(EventFd::MAX)?;
    Ok(event)
}

fn add_from_the_kernel(event: &EventFd) -> Outcome {
    match kernel::add_from_the_kernel(event) {
        Err(Errno::NOSYS) => Err(Unpassed::NotApplicable("a kernel without CONFIG_AIO")),
        result => Ok(result?),
    }
}

/// A counter at 2^64 - 1. No write can set it to this value.
fn overflown() -> Outcome<EventFd> {
    let event = full()?;
    add_from_the_kernel(&event)?;
    Ok(event)
}

pub fn the_initial_value_is_the_first_count() -> Outcome {
    for initial in [1, 7, u32::MAX] {
        check_eq!(EventFd::nonblocking(initial)?.take(), Ok(Some(initial.into())));
    }
    check_eq!(EventFd::nonblocking(0)?.take(), Ok(None));
    Ok(())
}

#[cfg(target_pointer_width = "64")]
pub fn the_upper_half_of_the_initial_value_is_ignored() -> Outcome {
    let event = EventFd::from(kernel::eventfd2_wide((1 << 32) + 7, EventFdFlags::NONBLOCK.bits())?);
    check_eq!(event.take(), Ok(Some(7)));
    Ok(())
}

pub fn an_unknown_flag_is_inval() -> Outcome {
    for unknown in [0x2, 0x8, 1 << 30, 1 << 31] {
        let flags = EventFdFlags::from_bits_retain(unknown);
        check_eq!(EventFd::with_flags(0, flags).err(), Some(Errno::INVAL));
        check_eq!(EventFd::with_flags(0, flags | EventFdFlags::all()).err(), Some(Errno::INVAL));
        check_eq!(sys::eventfd2(0, flags).err(), Some(Errno::INVAL));
    }
    Ok(())
}

pub fn a_constructor_sets_what_it_says_and_close_on_exec() -> Outcome {
    let (blocking, nonblocking, semaphore) = (EventFd::new(2)?, EventFd::nonblocking(2)?, EventFd::semaphore(2)?);
    for event in [&blocking, &nonblocking, &semaphore] {
        check_eq!(kernel::is_cloexec(event), Ok(true));
    }
    check_eq!(blocking.is_nonblocking(), Ok(false));
    check_eq!(nonblocking.is_nonblocking(), Ok(true));
    check_eq!(semaphore.is_nonblocking(), Ok(false));
    check_eq!(blocking.read(), Ok(2));
    check_eq!(nonblocking.read(), Ok(2));
    check_eq!(semaphore.read(), Ok(1));
    Ok(())
}

pub fn a_counter_has_exactly_the_flags_it_is_given() -> Outcome {
    check_eq!(EventFdFlags::default(), EventFdFlags::CLOEXEC);
    for flags in [EventFdFlags::empty(), EventFdFlags::CLOEXEC, EventFdFlags::NONBLOCK, EventFdFlags::all()] {
        let event = EventFd::with_flags(2, flags)?;
        check_eq!(kernel::is_cloexec(&event), Ok(flags.contains(EventFdFlags::CLOEXEC)));
        check_eq!(event.is_nonblocking(), Ok(flags.contains(EventFdFlags::NONBLOCK)));
        check_eq!(event.read(), Ok(if flags.contains(EventFdFlags::SEMAPHORE) { 1 } else { 2 }));
    }
    Ok(())
}

pub fn a_read_takes_the_whole_count() -> Outcome {
    let event = EventFd::nonblocking(3)?;
    event.write(4)?;
    check_eq!(event.read(), Ok(7));
    check_eq!(event.read(), Err(Errno::AGAIN));
    Ok(())
}

pub fn a_semaphore_gives_one_per_read() -> Outcome {
    let event = EventFd::with_flags(1, EventFdFlags::all())?;
    event.write(2)?;
    for _ in 0..3 {
        check_eq!(event.take(), Ok(Some(1)));
    }
    check_eq!(event.take(), Ok(None));
    Ok(())
}

pub fn an_empty_counter_would_block() -> Outcome {
    for flags in [EventFdFlags::NONBLOCK, EventFdFlags::NONBLOCK | EventFdFlags::SEMAPHORE] {
        let event = EventFd::with_flags(0, flags)?;
        check_eq!(event.read(), Err(Errno::AGAIN));
        check_eq!(event.take(), Ok(None));
        check_eq!(sys::read(event.as_fd(), &mut [0; 8]), Err(Errno::AGAIN));
    }
    Ok(())
}

pub fn a_single_read_can_be_told_not_to_wait() -> Outcome {
    #[cfg(not(all(target_arch = "x86_64", target_pointer_width = "32")))]
    {
        let event = EventFd::new(0)?;
        match kernel::read_nowait(&event) {
            Err(Errno::NOSYS | Errno::OPNOTSUPP) => {
                return Err(Unpassed::NotApplicable("a kernel without RWF_NOWAIT for event counters"));
            }
            result => check_eq!(result, Err(Errno::AGAIN)),
        }
        event.write(5)?;
        check_eq!(kernel::read_nowait(&event), Ok(5));
        Ok(())
    }
    #[cfg(all(target_arch = "x86_64", target_pointer_width = "32"))]
    Err(Unpassed::NotApplicable("x32 passes the position in one register, which a trap here cannot fill"))
}

pub fn wait_gives_what_is_there_blocking_or_not() -> Outcome {
    for flags in [EventFdFlags::empty(), EventFdFlags::NONBLOCK] {
        let event = EventFd::with_flags(6, flags)?;
        check_eq!(event.wait(), Ok(6));
        event.write(7)?;
        check_eq!(event.take(), Ok(Some(7)));
    }
    check_eq!(EventFd::semaphore(6)?.wait(), Ok(1));
    Ok(())
}

/// The descriptor is a timer, because nobody could write to a counter during the wait.
pub fn wait_waits_where_a_read_would_block() -> Outcome {
    let timer = TimerFd::nonblocking(Clock::Monotonic)?;
    let start = Clock::Monotonic.now()?;
    timer.arm_after(Duration::from_millis(5))?;
    check_eq!(EventFd::from(OwnedFd::from(timer)).wait(), Ok(1));
    check_in!(Clock::Monotonic.now()? - start, Duration::from_millis(5)..);
    Ok(())
}

pub fn a_short_read_is_inval_even_where_it_would_block() -> Outcome {
    for initial in [0, 1] {
        let event = EventFd::nonblocking(initial)?;
        check_eq!(sys::read(event.as_fd(), &mut [0; 1]), Err(Errno::INVAL));
        check_eq!(sys::read(event.as_fd(), &mut [0; 7]), Err(Errno::INVAL));
        check_eq!(event.take(), Ok((initial > 0).then_some(1)));
    }
    Ok(())
}

pub fn a_long_read_gives_eight_bytes() -> Outcome {
    let event = EventFd::nonblocking(9)?;
    let mut buf = [0xee; 16];
    check_eq!(sys::read(event.as_fd(), &mut buf), Ok(8));
    check_eq!(buf[..8], 9_u64.to_ne_bytes());
    check_eq!(buf[8..], [0xee; 8]);
    Ok(())
}

pub fn a_read_to_a_bad_address_is_fault_and_loses_the_count() -> Outcome {
    let event = EventFd::nonblocking(5)?;
    check_eq!(kernel::read_nowhere(&event, 8), Err(Errno::FAULT));
    match event.take()? {
        Some(5) if kernel::is_emulated() => {
            Err(Unpassed::NotApplicable("an emulator refuses the address before the kernel is asked"))
        }
        left => {
            check_eq!(left, None);
            Ok(())
        }
    }
}

pub fn a_short_write_is_inval_and_adds_nothing() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    check_eq!(sys::write(event.as_fd(), &[1; 1]), Err(Errno::INVAL));
    check_eq!(sys::write(event.as_fd(), &[1; 7]), Err(Errno::INVAL));
    check_eq!(event.take(), Ok(None));
    Ok(())
}

/// Kernels up to about 6.8 take the first eight bytes. Newer ones refuse the write.
pub fn a_long_write_adds_its_first_eight_bytes_or_nothing() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let mut buf = [0xee; 16];
    buf[..8].copy_from_slice(&5_u64.to_ne_bytes());
    for len in [9, 16] {
        match sys::write(event.as_fd(), &buf[..len]) {
            Ok(written) => {
                check_eq!(written, 8);
                check_eq!(event.take(), Ok(Some(5)));
            }
            Err(errno) => {
                check_eq!(errno, Errno::INVAL);
                check_eq!(event.take(), Ok(None));
            }
        }
    }
    Ok(())
}

pub fn a_write_from_a_bad_address_is_fault_and_of_a_bad_size_inval() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    check_eq!(kernel::write_nowhere(&event, 8), Err(Errno::FAULT));
    check_eq!(event.take(), Ok(None));
    match kernel::write_nowhere(&event, 7) {
        Err(Errno::FAULT) if kernel::is_emulated() => {
            Err(Unpassed::NotApplicable("an emulator refuses the address before the kernel is asked"))
        }
        result => {
            check_eq!(result, Err(Errno::INVAL));
            Ok(())
        }
    }
}

pub fn the_largest_u64_is_inval_and_adds_nothing() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    check_eq!(event.write(u64::MAX), Err(Errno::INVAL));
    check_eq!(event.take(), Ok(None));
    check_eq!(EventFd::MAX, u64::MAX - 1);
    check_eq!(event.write(EventFd::MAX), Ok(()));
    check_eq!(event.take(), Ok(Some(u64::MAX - 1)));
    Ok(())
}

pub fn a_full_counter_takes_zero_and_no_more() -> Outcome {
    let event = full()?;
    check_eq!(event.write(1), Err(Errno::AGAIN));
    check_eq!(event.write(EventFd::MAX), Err(Errno::AGAIN));
    check_eq!(event.write(0), Ok(()));
    check_eq!(event.take(), Ok(Some(EventFd::MAX)));
    Ok(())
}

pub fn a_write_beyond_the_maximum_adds_nothing() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    event.write(EventFd::MAX - 1)?;
    check_eq!(event.write(2), Err(Errno::AGAIN));
    check_eq!(event.write(1), Ok(()));
    check_eq!(event.take(), Ok(Some(EventFd::MAX)));
    Ok(())
}

pub fn adding_zero_changes_nothing() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    check_eq!(event.write(0), Ok(()));
    check_eq!(event.take(), Ok(None));
    event.write(3)?;
    check_eq!(event.write(0), Ok(()));
    check_eq!(event.take(), Ok(Some(3)));
    Ok(())
}

pub fn notify_adds_one() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    event.notify()?;
    check_eq!(event.take(), Ok(Some(1)));
    event.notify()?;
    event.notify()?;
    check_eq!(event.take(), Ok(Some(2)));
    Ok(())
}

pub fn notify_takes_a_full_counter_for_success_and_write_does_not() -> Outcome {
    let event = full()?;
    check_eq!(event.notify(), Ok(()));
    check_eq!(event.write(1), Err(Errno::AGAIN));
    check_eq!(event.take(), Ok(Some(EventFd::MAX)));
    Ok(())
}

pub fn the_count_is_a_native_endian_u64() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let count = 0x0102_0304_0506_0708_u64;
    event.write(count)?;
    let mut buf = [0; 8];
    check_eq!(sys::read(event.as_fd(), &mut buf), Ok(8));
    check_eq!(buf, count.to_ne_bytes());

    check_eq!(sys::write(event.as_fd(), &count.to_ne_bytes()), Ok(8));
    check_eq!(event.take(), Ok(Some(count)));
    // With the wrong byte order it would be 2^56.
    event.notify()?;
    check_eq!(event.take(), Ok(Some(1)));
    Ok(())
}

pub fn poll_tells_whether_a_read_or_a_write_would_block() -> Outcome {
    let both = PollFlags::IN | PollFlags::OUT;
    let event = EventFd::nonblocking(0)?;
    check_eq!(events(&event, both), Ok(PollFlags::OUT));
    event.write(EventFd::MAX - 1)?;
    check_eq!(events(&event, both), Ok(both));
    event.write(1)?;
    check_eq!(events(&event, both), Ok(PollFlags::IN));
    event.read()?;
    check_eq!(events(&event, both), Ok(PollFlags::OUT));
    Ok(())
}

pub fn poll_takes_nothing_from_a_counter() -> Outcome {
    let event = EventFd::nonblocking(4)?;
    check_eq!(events(&event, PollFlags::IN), Ok(PollFlags::IN));
    check_eq!(events(&event, PollFlags::IN), Ok(PollFlags::IN));
    check_eq!(event.take(), Ok(Some(4)));
    Ok(())
}

pub fn an_operation_of_the_kernels_adds_one() -> Outcome {
    let event = EventFd::nonblocking(4)?;
    add_from_the_kernel(&event)?;
    check_eq!(event.read(), Ok(5));
    Ok(())
}

pub fn a_counter_that_the_kernel_filled_is_an_error_to_poll() -> Outcome {
    let event = overflown()?;
    let mut fds = [PollFd::new(&event, PollFlags::IN | PollFlags::OUT)];
    check_eq!(barefd::poll(&mut fds, Some(Duration::ZERO)), Ok(1));
    check_eq!(fds[0].revents(), PollFlags::IN | PollFlags::ERR);
    check!(fds[0].is_readable() && fds[0].is_failed() && !fds[0].is_writable());
    check_eq!(event.read(), Ok(u64::MAX));
    check_eq!(barefd::poll(&mut fds, Some(Duration::ZERO)), Ok(1));
    check_eq!(fds[0].revents(), PollFlags::OUT);
    Ok(())
}

pub fn each_way_to_read_gives_the_whole_of_what_the_kernel_filled() -> Outcome {
    let reads: [fn(&EventFd) -> Result<u64>; 3] =
        [EventFd::read, |event| event.take().map(Option::unwrap_or_default), EventFd::wait];
    for read in reads {
        let event = overflown()?;
        check_eq!(read(&event), Ok(u64::MAX));
        check_eq!(event.take(), Ok(None));
    }
    Ok(())
}

pub fn not_even_zero_can_be_added_to_what_the_kernel_filled() -> Outcome {
    let event = overflown()?;
    check_eq!(event.write(0), Err(Errno::AGAIN));
    check_eq!(event.write(1), Err(Errno::AGAIN));
    check_eq!(event.notify(), Ok(()));
    check_eq!(event.read(), Ok(u64::MAX));
    Ok(())
}

/// The counts are the same in both byte orders, because an emulator may not swap the bytes in a vector call.
pub fn a_read_may_be_split_and_a_write_not() -> Outcome {
    let event = EventFd::nonblocking(0)?;
    let count = 0x0102_0304_0403_0201_u64;
    event.write(count)?;
    let mut buf = [0; 8];
    check_eq!(kernel::readv_halves(&event, &mut buf), Ok(8));
    check_eq!(u64::from_ne_bytes(buf), count);

    let (low, high) = (&buf[..4], &buf[4..]);
    check_eq!(kernel::writev(&event, [low, high]), Err(Errno::INVAL));
    check_eq!(event.take(), Ok(None));
    check_eq!(kernel::writev(&event, [&buf, &buf]), Ok(16));
    check_eq!(event.take(), Ok(Some(2 * count)));
    check_eq!(kernel::writev(&event, [&buf, &[0xff; 8]]), Ok(8));
    check_eq!(event.take(), Ok(Some(count)));
    Ok(())
}

/// Older kernels accept a position and ignore it.
pub fn a_counter_has_no_position() -> Outcome {
    let event = EventFd::nonblocking(1)?;
    check_eq!(kernel::seek(&event), Ok(0));
    match kernel::pread(&event) {
        Err(Errno::SPIPE) => {
            check_eq!(kernel::pwrite(&event, &5_u64.to_ne_bytes()), Err(Errno::SPIPE));
            check_eq!(event.take(), Ok(Some(1)));
        }
        result => {
            check_eq!(result, Ok(8));
            check_eq!(event.take(), Ok(None));
        }
    }
    Ok(())
}

/// The file belongs to root. The kernel checks that first, so the answer may be EACCES.
pub fn a_counter_cannot_be_opened_anew_by_its_number() -> Outcome {
    needs_proc()?;
    let event = EventFd::new(0)?;
    let path = proc_path(format_args!("fd/{}", event.as_raw_fd()));
    check!(matches!(kernel::open(c_str(&path), uapi::O_RDWR), Err(Errno::NXIO | Errno::ACCES)));
    check_eq!(kernel::readlink(c_str(&path), &mut [0; 64]), Ok(b"anon_inode:[eventfd]".as_slice()));
    Ok(())
}

pub fn proc_shows_the_count() -> Outcome {
    let event = EventFd::nonblocking(0x1f)?;
    let info = FdInfo::of(&event)?;
    check_eq!(info.field("eventfd-count"), Some("1f"));
    check_eq!(event.take(), Ok(Some(0x1f)));
    Ok(())
}

pub fn an_ioctl_sets_nonblocking_and_others_are_notty() -> Outcome {
    let event = EventFd::new(1)?;
    kernel::ioctl_fionbio(&event, true)?;
    check_eq!(event.is_nonblocking(), Ok(true));
    kernel::ioctl_fionbio(&event, false)?;
    check_eq!(event.is_nonblocking(), Ok(false));

    check_eq!(kernel::ioctl_fionread(&event), Err(Errno::NOTTY));
    Ok(())
}

pub fn a_counter_has_no_length_and_nothing_to_sync() -> Outcome {
    let event = EventFd::new(0)?;
    check_eq!(kernel::truncate(&event), Err(Errno::INVAL));
    check_eq!(kernel::fsync(&event), Err(Errno::INVAL));
    Ok(())
}
