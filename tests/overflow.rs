//! A counter at 2^64 - 1. No write can reach this count, but the kernel can, through asynchronous I/O.

use std::ffi::c_long;
use std::fs::File;
use std::io;
use std::time::Duration;

use barefd::fd::AsRawFd;
use barefd::{Errno, EventFd, PollFd, PollFlags, Result, poll};

/// `struct iocb` (`include/uapi/linux/aio_abi.h`). The byte order decides which of `key` and `rw_flags` comes first; both
/// are zero here.
#[repr(C)]
#[derive(Default)]
struct Iocb {
    data: u64,
    key: u32,
    rw_flags: u32,
    opcode: u16,
    priority: i16,
    fd: u32,
    buf: u64,
    length: u64,
    offset: i64,
    reserved: u64,
    flags: u32,
    event_fd: u32,
}

const IOCB_CMD_PREAD: u16 = 0;
const IOCB_FLAG_RESFD: u32 = 1;

/// Lets the kernel add one to the counter: it starts to read a byte, and the kernel reports the end through the
/// counter.
fn complete_an_operation(event: &EventFd) -> io::Result<()> {
    let file = File::open("/proc/self/exe")?;
    let mut byte = 0_u8;
    let mut operation = Iocb {
        opcode: IOCB_CMD_PREAD,
        fd: std::os::fd::AsRawFd::as_raw_fd(&file) as u32,
        buf: (&raw mut byte) as u64,
        length: 1,
        flags: IOCB_FLAG_RESFD,
        event_fd: event.as_raw_fd() as u32,
        ..Iocb::default()
    };
    let succeeded = |result: c_long| if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) };
    let mut context = 0_usize;
    // SAFETY: the kernel writes a context to `context`, and reads `operation`. It may write to `byte` until the context
    // is destroyed, and destroying it waits for running operations.
    unsafe {
        succeeded(libc::syscall(libc::SYS_io_setup, 1_usize, &raw mut context))?;
        let submitted = succeeded(libc::syscall(libc::SYS_io_submit, context, 1_usize, &[&raw mut operation]));
        succeeded(libc::syscall(libc::SYS_io_destroy, context))?;
        submitted
    }
}

/// Whether the kernel has asynchronous I/O.
fn supported(completed: io::Result<()>) -> bool {
    if let Err(error) = &completed {
        assert_eq!(error.raw_os_error(), Some(libc::ENOSYS), "{error}");
        eprintln!("not tested: this kernel has no asynchronous I/O");
    }
    completed.is_ok()
}

/// A non-blocking counter at 2^64 - 1.
fn overflown() -> Option<EventFd> {
    let event = EventFd::nonblocking(0).unwrap();
    event.write(EventFd::MAX).unwrap();
    supported(complete_an_operation(&event)).then_some(event)
}

#[test]
fn an_operation_of_the_kernel_adds_one() {
    let event = EventFd::new(4).unwrap();
    if supported(complete_an_operation(&event)) {
        assert_eq!(event.read(), Ok(5));
    }
}

#[test]
fn poll_says_that_an_overflown_counter_is_readable_and_failed_and_not_writable() {
    let Some(event) = overflown() else { return };
    let mut fds = [PollFd::new(&event, PollFlags::IN | PollFlags::OUT)];
    assert_eq!(poll(&mut fds, Some(Duration::ZERO)), Ok(1));
    assert_eq!(fds[0].revents(), PollFlags::IN | PollFlags::ERR);
    assert!(fds[0].is_readable() && fds[0].is_failed() && !fds[0].is_writable());

    assert_eq!(event.read(), Ok(u64::MAX));
    assert_eq!(poll(&mut fds, Some(Duration::ZERO)), Ok(1));
    assert_eq!(fds[0].revents(), PollFlags::OUT);
}

#[test]
fn each_way_to_read_gives_the_whole_of_an_overflown_counter() {
    let reads: [fn(&EventFd) -> Result<u64>; 3] =
        [EventFd::read, |event| event.take().map(Option::unwrap), EventFd::wait];
    for read in reads {
        let Some(event) = overflown() else { return };
        assert_eq!(read(&event), Ok(u64::MAX));
        assert_eq!(event.take(), Ok(None));
    }
}

#[test]
fn not_even_zero_can_be_added_to_an_overflown_counter() {
    let Some(event) = overflown() else { return };
    assert_eq!(event.write(0), Err(Errno::AGAIN));
    assert_eq!(event.write(1), Err(Errno::AGAIN));
    assert_eq!(event.notify(), Ok(()));
    assert_eq!(event.read(), Ok(u64::MAX));
}
