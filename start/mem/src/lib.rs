#![no_std]
// Without this, the compiler may recognize the loops as memcpy and the like, and replace them by calls to these
// functions. It keeps the whole crate out of link-time optimization, so nothing else belongs here.
#![no_builtins]
#![deny(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
//! The C memory functions that compiled Rust code calls: `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and `strlen`.
//! `barefd-start` links them into a program.
//!
//! They work byte by byte. They exist so that a program links, and cost only a few instructions in its file.

use core::ffi::{c_char, c_int, c_void};

/// # Safety
///
/// `from` must be readable and `to` writable for `len` bytes; they must not overlap.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    for i in 0..len {
        // SAFETY: below `len`.
        unsafe { *to.cast::<u8>().add(i) = *from.cast::<u8>().add(i) };
    }
    to
}

/// # Safety
///
/// `from` must be readable and `to` writable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    if to.addr().wrapping_sub(from.addr()) >= len {
        // A forward copy reads each byte of `from` before it overwrites it.
        for i in 0..len {
            // SAFETY: below `len`.
            unsafe { *to.cast::<u8>().add(i) = *from.cast::<u8>().add(i) };
        }
    } else {
        for i in (0..len).rev() {
            // SAFETY: below `len`.
            unsafe { *to.cast::<u8>().add(i) = *from.cast::<u8>().add(i) };
        }
    }
    to
}

/// # Safety
///
/// `to` must be writable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut c_void, byte: c_int, len: usize) -> *mut c_void {
    for i in 0..len {
        // SAFETY: below `len`.
        unsafe { *to.cast::<u8>().add(i) = byte as u8 };
    }
    to
}

/// # Safety
///
/// `a` and `b` must be readable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const c_void, b: *const c_void, len: usize) -> c_int {
    let (a, b) = (a.cast::<u8>(), b.cast::<u8>());
    for i in 0..len {
        // SAFETY: below `len`.
        let (a, b) = unsafe { (*a.add(i), *b.add(i)) };
        if a != b {
            return c_int::from(a) - c_int::from(b);
        }
    }
    0
}

/// # Safety
///
/// `a` and `b` must be readable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const c_void, b: *const c_void, len: usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { memcmp(a, b, len) }
}

/// # Safety
///
/// `string` must be readable up to a zero byte.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(string: *const c_char) -> usize {
    let mut len = 0;
    // SAFETY: no byte before this one is zero.
    while unsafe { *string.add(len) } != 0 {
        len += 1;
    }
    len
}
