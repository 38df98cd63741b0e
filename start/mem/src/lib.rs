#![no_std]
// Without this, the compiler may recognize the loops as memcpy and the like, and replace them by calls to these
// functions. It keeps the whole crate out of link-time optimization. A call into `core` would then be an undefined
// symbol: so nothing here can panic, not even with debug assertions, and nothing else belongs here.
#![no_builtins]
#![deny(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
//! The C memory functions that compiled Rust code calls: `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and `strlen`.
//! `barefd-start` links them into a program.
//!
//! They work byte by byte. They exist so that a program links, and cost only a few instructions in its file.

use core::ffi::{c_char, c_int, c_void};
use core::mem::{MaybeUninit, transmute};

/// The byte at an index. With debug assertions, the use of a plain pointer is a check that can panic.
///
/// # Safety
///
/// The byte must be writable, and nobody else may use it meanwhile.
#[inline(always)]
#[allow(clippy::transmute_ptr_to_ref, reason = "a dereference has a check")]
unsafe fn byte_mut<'a>(memory: *mut c_void, at: usize) -> &'a mut MaybeUninit<u8> {
    // SAFETY: the caller's promise.
    unsafe { transmute(memory.wrapping_byte_add(at)) }
}

/// The same, to read.
///
/// # Safety
///
/// The byte must be readable.
#[inline(always)]
#[allow(clippy::transmute_ptr_to_ref, reason = "a dereference has a check")]
unsafe fn byte<'a, T>(memory: *const c_void, at: usize) -> &'a T {
    // SAFETY: the caller's promise.
    unsafe { transmute(memory.wrapping_byte_add(at)) }
}

/// # Safety
///
/// `from` must be readable and `to` writable for `len` bytes; they must not overlap.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    let mut i = 0;
    while i != len {
        // SAFETY: below `len`.
        unsafe { *byte_mut(to, i) = *byte(from, i) };
        i = i.wrapping_add(1);
    }
    to
}

/// # Safety
///
/// `from` must be readable and `to` writable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    if (to as usize).wrapping_sub(from as usize) >= len {
        // A forward copy reads each byte of `from` before it overwrites it.
        let mut i = 0;
        while i != len {
            // SAFETY: below `len`.
            unsafe { *byte_mut(to, i) = *byte(from, i) };
            i = i.wrapping_add(1);
        }
    } else {
        let mut i = len;
        while i != 0 {
            i = i.wrapping_sub(1);
            // SAFETY: below `len`.
            unsafe { *byte_mut(to, i) = *byte(from, i) };
        }
    }
    to
}

/// # Safety
///
/// `to` must be writable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut c_void, byte: c_int, len: usize) -> *mut c_void {
    let mut i = 0;
    while i != len {
        // SAFETY: below `len`.
        unsafe { *byte_mut(to, i) = MaybeUninit::new(byte as u8) };
        i = i.wrapping_add(1);
    }
    to
}

/// # Safety
///
/// `a` and `b` must be readable for `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const c_void, b: *const c_void, len: usize) -> c_int {
    let mut i = 0;
    while i != len {
        // SAFETY: below `len`.
        let (a, b) = unsafe { (*byte::<u8>(a, i), *byte::<u8>(b, i)) };
        if a != b {
            return (a as c_int).wrapping_sub(b as c_int);
        }
        i = i.wrapping_add(1);
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
    let mut len = 0_usize;
    // SAFETY: no byte before this one is zero.
    while unsafe { *byte::<u8>(string.cast(), len) } != 0 {
        len = len.wrapping_add(1);
    }
    len
}
