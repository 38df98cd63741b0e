//! Descriptors 0 to 2, and what init says there.

use core::ffi::CStr;
use core::fmt;
use core::time::Duration;

use barefd::fd::IntoRawFd;
use barefd::{Clock, PollFd, PollFlags, TimerFd, poll};
use barefd_start::{print, stderr};

use crate::kernel;

/// What a line with 115200 baud takes to send a full buffer of the kernel's (4 KiB), and some more.
const MOMENT: Duration = Duration::from_millis(500);

/// A line on the console, or nothing where that takes no more: a terminal that Ctrl-S stopped would stop init. It cannot be
/// made not to block, as the child shares the open file.
pub fn say(text: fmt::Arguments<'_>) {
    // Where poll fails, a stopped terminal is less likely than somebody who wants to read that it fails.
    if poll(&mut [PollFd::new(&stderr(), PollFlags::OUT)], Some(MOMENT)) == Ok(0) {
        return;
    }
    // Nobody is left to tell that it cannot be written.
    let _ = print(stderr(), format_args!("init: {text}\n"));
}

/// A word from outside.
pub struct Word<'a>(pub &'a CStr);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or("(not UTF-8)"))
    }
}

/// Opens those of the descriptors 0 to 2 that are closed, as they are where the root has no `/dev/console`.
pub fn open() {
    for fd in 0..=2 {
        // The lowest that is free is the one that is opened.
        if kernel::is_open(fd) || kernel::open(c"/dev/console").is_ok() || kernel::open(c"/dev/null").is_ok() {
            continue;
        }
        // Left closed, it would be the number of the next descriptor, and lines for the console would go there. A timer
        // refuses them, and is closed when the child is executed.
        if let Ok(timer) = TimerFd::new(Clock::Monotonic) {
            let _ = timer.into_raw_fd();
        }
    }
}
