//! Descriptors 0 to 2, and the lines that init writes to them.

use core::ffi::CStr;
use core::fmt;
use core::time::Duration;

use barefd::{PollFd, PollFlags, poll};
use barefd_start::{open_standard_streams_at, print, stderr};

/// The time that a serial line with 115200 baud needs to send a full buffer of the kernel (4 KiB), and a reserve.
const MOMENT: Duration = Duration::from_millis(500);

/// Writes a line to the console. Drops the line if the console does not accept it: otherwise a terminal that Ctrl-S
/// stopped would stop init. The console cannot be non-blocking, because the child shares the open file.
// It is called in many places. Inlined, it would be a sixth of the program.
#[inline(never)]
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
    open_standard_streams_at(&[c"/dev/console", c"/dev/null"]);
}
