//! The panic handler.

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::{exit, print, stderr};

/// The panic handler: exits with status 101, as a program with the standard library does. A build with debug assertions
/// prints the place and the message to standard error. In other builds, this code would be most of the binary.
///
/// The code that formats a message can panic too, and then this function is called again. So the place is printed
/// first, and the second panic ends the program.
pub fn panic(info: &PanicInfo<'_>) -> ! {
    if cfg!(debug_assertions) {
        // Both panics see only a static. If two threads panic at once, one message may be lost.
        static PANICKED: AtomicBool = AtomicBool::new(false);
        // Not a swap: some architectures cannot do that without a library.
        let again = PANICKED.load(Relaxed);
        PANICKED.store(true, Relaxed);
        // A failed write is ignored: there is no other place to report it.
        if let Some(place) = info.location() {
            let when = if again { ", while the message was formatted\n" } else { ":\n" };
            let _ = print(stderr(), format_args!("panicked at {place}{when}"));
        }
        if !again {
            let _ = print(stderr(), format_args!("{}\n", info.message()));
        }
    }
    exit(101)
}
