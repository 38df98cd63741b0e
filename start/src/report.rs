//! The line about an error that `main` returns.
//!
//! It does not use [`print`](crate::print) or [`Errno`]'s own text, because they are three times as much code.

use barefd::Errno;

use crate::{stderr, write_all};

/// Writes `error: ENOENT (2)` or `error: errno 107`.
#[cold]
#[inline(never)]
pub fn error(errno: Errno) {
    let mut line = Line { bytes: [0; 40], len: 0 };
    line.push(b"error: ");
    let name = errno.name();
    line.push(name.unwrap_or("errno").as_bytes());
    line.push(if name.is_some() { b" (" } else { b" " });
    let number = errno.raw_os_error().unsigned_abs();
    // At most 4095.
    for number in [number / 1000, number / 100, number / 10, number] {
        if number != 0 {
            line.push(&[(number % 10) as u8 + b'0']);
        }
    }
    line.push(if name.is_some() { b")\n" } else { b"\n" });
    // A failed write is ignored: the exit status reports the error too.
    let _ = write_all(stderr(), line.bytes.get(..line.len).unwrap_or_default());
}

struct Line {
    bytes: [u8; 40],
    len: usize,
}

impl Line {
    /// Not inlined: it is called often, and small files matter more.
    #[inline(never)]
    fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(slot) = self.bytes.get_mut(self.len) {
                *slot = byte;
                self.len += 1;
            }
        }
    }
}
