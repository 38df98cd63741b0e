// The crate `barefd-mem` has this attribute for the module `words` too.
#![no_builtins]
//! The functions on memory of `barefd-mem`, next to pages that fault: the functions of this architecture, and those in
//! Rust, which are for architectures without assembly. The conformance cases check everything else.

use std::ffi::{c_char, c_int, c_void};
use std::{ptr, slice};

#[path = "../start/mem/src/words.rs"]
mod words;

/// All lengths are below this. It is more than any loop leaves for the code after it.
const LENGTHS: usize = 300;
const PAGE: usize = 65536;

type Copy = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> *mut c_void;
type Set = unsafe extern "C" fn(*mut c_void, c_int, usize) -> *mut c_void;
type Compare = unsafe extern "C" fn(*const c_void, *const c_void, usize) -> c_int;
type Length = unsafe extern "C" fn(*const c_char) -> usize;

/// Memory between two pages that fault.
struct Fenced(*mut u8);

impl Fenced {
    fn new() -> Self {
        // SAFETY: new memory, of which only the middle becomes accessible.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let all = libc::mmap(ptr::null_mut(), 3 * PAGE, libc::PROT_NONE, flags, -1, 0);
            assert_ne!(all, libc::MAP_FAILED);
            let middle = all.byte_add(PAGE);
            assert_eq!(libc::mprotect(middle, PAGE, libc::PROT_READ | libc::PROT_WRITE), 0);
            Self(middle.cast())
        }
    }

    /// The first and the last `len` bytes.
    fn ends(&mut self, len: usize) -> [*mut u8; 2] {
        [self.0, self.0.wrapping_add(PAGE - len)]
    }

    /// Sets the first and the last `len` bytes, by code that this test does not check.
    fn fill(&mut self, len: usize, value: impl Fn(usize) -> u8) {
        for end in self.ends(len) {
            // SAFETY: inside the memory, which nothing else refers to.
            for (index, byte) in unsafe { slice::from_raw_parts_mut(end, len) }.iter_mut().enumerate() {
                *byte = value(index);
            }
        }
    }
}

impl Drop for Fenced {
    fn drop(&mut self) {
        // SAFETY: nothing refers to the memory any more.
        unsafe { libc::munmap(self.0.wrapping_sub(PAGE).cast(), 3 * PAGE) };
    }
}

fn value(index: usize) -> u8 {
    index as u8 | 1
}

fn copies_inside(copy: Copy) {
    let (mut to, mut from) = (Fenced::new(), Fenced::new());
    for len in 0..LENGTHS {
        from.fill(len, value);
        for (a, b) in to.ends(len).into_iter().flat_map(|a| from.ends(len).map(|b| (a, b))) {
            to.fill(len, |_| 0);
            // SAFETY: both are readable and writable for `len` bytes.
            let copied = unsafe {
                copy(a.cast(), b.cast(), len);
                slice::from_raw_parts(a, len)
            };
            assert!(copied.iter().enumerate().all(|(index, &byte)| byte == value(index)), "{len} bytes");
        }
    }
}

fn moves_inside(copy: Copy) {
    copies_inside(copy);
    let mut memory = Fenced::new();
    for len in 1..LENGTHS {
        for less in [1, 3, 8, 16, 40].map(|distance| len.saturating_sub(distance)) {
            for start in memory.ends(len) {
                let (low, high) = (start, start.wrapping_add(len - less));
                for (to, from) in [(low, high), (high, low)] {
                    memory.fill(len, value);
                    let first = if from == high { len - less } else { 0 };
                    // SAFETY: both are readable and writable for `less` bytes.
                    let moved = unsafe {
                        copy(to.cast(), from.cast(), less);
                        slice::from_raw_parts(to, less)
                    };
                    let right = moved.iter().enumerate().all(|(index, &byte)| byte == value(first + index));
                    assert!(right, "{less} bytes");
                }
            }
        }
    }
}

fn sets_inside(set: Set) {
    let mut to = Fenced::new();
    for len in 0..LENGTHS {
        to.fill(len, |_| 0);
        for end in to.ends(len) {
            // SAFETY: writable for `len` bytes.
            let bytes = unsafe {
                set(end.cast(), 0xa5, len);
                slice::from_raw_parts(end, len)
            };
            assert!(bytes.iter().all(|&byte| byte == 0xa5), "{len} bytes");
        }
    }
}

fn compares_inside(compare: Compare) {
    let (mut one, mut other) = (Fenced::new(), Fenced::new());
    for len in 0..LENGTHS {
        one.fill(len, value);
        other.fill(len, value);
        for (a, b) in one.ends(len).into_iter().flat_map(|a| other.ends(len).map(|b| (a, b))) {
            // SAFETY: both are readable for `len` bytes.
            assert_eq!(unsafe { compare(a.cast(), b.cast(), len) }, 0, "{len} bytes");
        }
    }
}

fn ends_inside(strlen: Length) {
    let mut memory = Fenced::new();
    for len in 0..LENGTHS {
        memory.fill(len + 1, |index| if index == len { 0 } else { value(index) });
        for end in memory.ends(len + 1) {
            // SAFETY: a zero follows after `len` bytes.
            assert_eq!(unsafe { strlen(end.cast()) }, len);
        }
    }
}

macro_rules! fenced {
    ($($module:ident = $functions:path;)*) => {$(
        mod $module {
            use $functions as functions;

            #[test]
            fn memcpy_stays_inside() {
                super::copies_inside(functions::memcpy);
            }

            #[test]
            fn memmove_stays_inside() {
                super::moves_inside(functions::memmove);
            }

            #[test]
            fn memset_stays_inside() {
                super::sets_inside(functions::memset);
            }

            #[test]
            fn memcmp_stays_inside() {
                super::compares_inside(functions::memcmp);
            }

            #[test]
            fn bcmp_stays_inside() {
                super::compares_inside(functions::bcmp);
            }

            #[test]
            fn strlen_stays_inside() {
                super::ends_inside(functions::strlen);
            }
        }
    )*};
}

fenced! {
    this_architecture = barefd_mem;
    any_architecture = crate::words;
}
