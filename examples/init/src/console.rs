//! Descriptors 0 to 2, and the lines that init writes to them.

use core::ffi::CStr;
use core::fmt;
use core::time::Duration;

use barefd::fd::IntoRawFd;
use barefd::{Clock, PollFd, PollFlags, TimerFd, poll};
use barefd_start::{print, stderr};

use crate::kernel;

/// The time that a serial line with 115200 baud needs to send a full buffer of the kernel (4 KiB), and a reserve.
const MOMENT: Duration = Duration::from_millis(500);

/// Writes a line to the console. Drops the line if the console does not accept it: otherwise a terminal that Ctrl-S
/// stopped would stop init. The console cannot be non-blocking, because the child shares the open file.
pub fn say(text: fmt::Arguments<'_>) {
    // If poll itself fails, write anyway: somebody wants to read about the failure, and a stopped terminal is less
    // likely.
    if poll(&mut [PollFd::new(&stderr(), PollFlags::OUT)], Some(MOMENT)) == Ok(0) {
        return;
    }
    // A failed write is ignored: there is no other place to report it.
    let _ = print(stderr(), format_args!("init: {text}\n"));
}

/// A word that init did not write itself, for the console.
pub struct Word<'a>(pub &'a CStr);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or("(not UTF-8)"))
    }
}

/// Opens each of the descriptors 0 to 2 that is closed. They are closed if the root has no `/dev/console`.
pub fn open() {
    for fd in 0..=2 {
        // The kernel opens the lowest free number, which is `fd`.
        if kernel::is_open(fd) {
            continue;
        }
        let open = |path| kernel::open(path, kernel::O_RDWR);
        if let Ok(file) = open(c"/dev/console").or_else(|_| open(c"/dev/null")) {
            // It stays open, also in the child.
            let _ = file.into_raw_fd();
            continue;
        }
        // If the number stayed closed, the next descriptor would get it, and lines for the console would go there. A
        // timer refuses the lines, and execve of the child closes it.
        if let Ok(timer) = TimerFd::new(Clock::Monotonic) {
            let _ = timer.into_raw_fd();
        }
    }
}
