//! The functions for every architecture without assembly here: a machine word at a time, at an aligned address.
//!
//! If the distance of two regions is not a multiple of a word, only one of them can be aligned. The words of the other
//! one are then read at unaligned addresses. The compiler uses the best instructions that the target has for that.
//!
//! Additions are not checked for overflow. In a build with such checks, the checks would be most of each loop. Loops
//! count down to 0, because then the compiler knows how often they run, and can use vectors.
//!
//! No function is inlined: in an inlined function, the compiler may replace the loop by a call of C's function.

use core::ffi::{c_char, c_int, c_void};

const WORD: usize = size_of::<usize>();

/// A word at an address of any alignment. This is not `ptr::read_unaligned`, which may call `memcpy`.
#[repr(C, packed)]
struct Unaligned(usize);

/// Whether the address is aligned for a word.
#[inline(always)]
fn aligned(pointer: *const u8) -> bool {
    pointer as usize % WORD == 0
}

/// # Safety
///
/// `to` must be writable and `from` readable at the offset `at`.
#[inline(always)]
unsafe fn copy_byte(to: *mut u8, from: *const u8, at: usize) {
    // SAFETY: the caller's promise.
    unsafe { *to.wrapping_add(at) = *from.wrapping_add(at) }
}

/// # Safety
///
/// `to` must be writable and `from` readable for a word at the offset `at`, and aligned there.
#[inline(always)]
unsafe fn copy_word(to: *mut u8, from: *const u8, at: usize) {
    // SAFETY: the caller's promise.
    unsafe { *to.wrapping_add(at).cast::<usize>() = *from.wrapping_add(at).cast::<usize>() }
}

/// # Safety
///
/// `to` must be writable and `from` readable for a word at the offset `at`, and `to` aligned there.
#[inline(always)]
unsafe fn copy_unaligned(to: *mut u8, from: *const u8, at: usize) {
    // SAFETY: the caller's promise.
    unsafe { *to.wrapping_add(at).cast::<usize>() = (*from.wrapping_add(at).cast::<Unaligned>()).0 }
}

/// Copies from the first byte to the last. So the regions may overlap if `to` begins before `from`.
#[inline(never)]
#[cfg_attr(panic = "abort", unsafe(no_mangle))]
pub unsafe extern "C" fn memcpy(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    let (target, from) = (to.cast::<u8>(), from.cast::<u8>());
    let mut at = 0_usize;
    // SAFETY: every offset is below `len`, and a word ends at `len` at the latest.
    unsafe {
        if len >= 2 * WORD {
            while !aligned(target.wrapping_add(at)) {
                copy_byte(target, from, at);
                at = at.wrapping_add(1);
            }
            let mut words = len.wrapping_sub(at) / WORD;
            if aligned(from.wrapping_add(at)) {
                while words > 0 {
                    copy_word(target, from, at);
                    at = at.wrapping_add(WORD);
                    words = words.wrapping_sub(1);
                }
            } else {
                while words > 0 {
                    copy_unaligned(target, from, at);
                    at = at.wrapping_add(WORD);
                    words = words.wrapping_sub(1);
                }
            }
        }
        while at < len {
            copy_byte(target, from, at);
            at = at.wrapping_add(1);
        }
    }
    to
}

#[inline(never)]
#[cfg_attr(panic = "abort", unsafe(no_mangle))]
pub unsafe extern "C" fn memmove(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    if (to as usize).wrapping_sub(from as usize) >= len {
        // SAFETY: the caller's promise. `to` does not begin inside `from`.
        return unsafe { memcpy(to, from, len) };
    }
    // From the last byte to the first.
    let (target, from) = (to.cast::<u8>(), from.cast::<u8>());
    let mut left = len;
    // SAFETY: every offset is below `len`, and a word ends at `len` at the latest.
    unsafe {
        if len >= 2 * WORD {
            while !aligned(target.wrapping_add(left)) {
                left = left.wrapping_sub(1);
                copy_byte(target, from, left);
            }
            let mut words = left / WORD;
            if aligned(from.wrapping_add(left)) {
                while words > 0 {
                    left = left.wrapping_sub(WORD);
                    copy_word(target, from, left);
                    words = words.wrapping_sub(1);
                }
            } else {
                while words > 0 {
                    left = left.wrapping_sub(WORD);
                    copy_unaligned(target, from, left);
                    words = words.wrapping_sub(1);
                }
            }
        }
        while left > 0 {
            left = left.wrapping_sub(1);
            copy_byte(target, from, left);
        }
    }
    to
}

#[inline(never)]
#[cfg_attr(panic = "abort", unsafe(no_mangle))]
pub unsafe extern "C" fn memset(to: *mut c_void, byte: c_int, len: usize) -> *mut c_void {
    let (target, byte) = (to.cast::<u8>(), byte as u8);
    let mut at = 0_usize;
    // SAFETY: every offset is below `len`, and a word ends at `len` at the latest.
    unsafe {
        if len >= 2 * WORD {
            while !aligned(target.wrapping_add(at)) {
                *target.wrapping_add(at) = byte;
                at = at.wrapping_add(1);
            }
            let word = (byte as usize).wrapping_mul(usize::MAX / 255);
            let mut words = len.wrapping_sub(at) / WORD;
            while words > 0 {
                *target.wrapping_add(at).cast::<usize>() = word;
                at = at.wrapping_add(WORD);
                words = words.wrapping_sub(1);
            }
        }
        while at < len {
            *target.wrapping_add(at) = byte;
            at = at.wrapping_add(1);
        }
    }
    to
}

#[inline(never)]
#[cfg_attr(panic = "abort", unsafe(no_mangle))]
pub unsafe extern "C" fn memcmp(a: *const c_void, b: *const c_void, len: usize) -> c_int {
    let (a, b) = (a.cast::<u8>(), b.cast::<u8>());
    let mut at = 0_usize;
    // SAFETY: every offset is below `len`, and a word ends at `len` at the latest.
    unsafe {
        // Words are compared until one differs, and then the bytes of that word.
        let mut words = len >= 2 * WORD;
        while at < len {
            if words && aligned(a.wrapping_add(at)) {
                words = false;
                let last = len.wrapping_sub(WORD);
                if aligned(b.wrapping_add(at)) {
                    while at <= last && *a.wrapping_add(at).cast::<usize>() == *b.wrapping_add(at).cast::<usize>() {
                        at = at.wrapping_add(WORD);
                    }
                } else {
                    while at <= last
                        && *a.wrapping_add(at).cast::<usize>() == (*b.wrapping_add(at).cast::<Unaligned>()).0
                    {
                        at = at.wrapping_add(WORD);
                    }
                }
                continue;
            }
            let (a, b) = (*a.wrapping_add(at), *b.wrapping_add(at));
            if a != b {
                return (a as c_int).wrapping_sub(b as c_int);
            }
            at = at.wrapping_add(1);
        }
    }
    0
}

#[inline(never)]
#[cfg_attr(panic = "abort", unsafe(no_mangle))]
pub unsafe extern "C" fn bcmp(a: *const c_void, b: *const c_void, len: usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { memcmp(a, b, len) }
}

/// A byte at a time: the word that holds the last byte may go beyond the memory that the caller may read.
#[inline(never)]
#[cfg_attr(panic = "abort", unsafe(no_mangle))]
pub unsafe extern "C" fn strlen(string: *const c_char) -> usize {
    let mut len = 0_usize;
    // SAFETY: no byte before this one is zero.
    while unsafe { *string.wrapping_add(len) } != 0 {
        len = len.wrapping_add(1);
    }
    len
}
