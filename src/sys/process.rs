//! The process.

use crate::trap::{self, nr};

/// [`exit_group(2)`](https://man7.org/linux/man-pages/man2/exit_group.2.html): ends the process with all its threads.
/// The exit status is the low 8 bits of `status` (Linux 2.5.35).
///
/// Nothing runs before that: no destructor, no `atexit` handler.
#[inline]
#[doc(alias("exit", "_exit", "os._exit"))]
pub fn exit_group(status: i32) -> ! {
    loop {
        // SAFETY: no pointer, and nothing runs afterwards.
        let _ = unsafe { trap::syscall1(nr::EXIT_GROUP, status as usize) };
    }
}
