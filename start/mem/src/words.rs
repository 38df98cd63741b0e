//! Every architecture without assembly of its own: a machine word at a time, at an aligned address.
//!
//! If the addresses of two regions differ by other than whole words, only one of them can be aligned. The words of the
//! other are then read at unaligned addresses. The compiler reads those in the best way that the target has.
//!
//! No build of these functions may call `core`. LTO leaves this crate out, and drops a function of `core` that only this
//! crate calls. So there is no operator here that a build with debug assertions checks: `+`, `*`, `/`, or the `*` of a
//! pointer. It would also be most of each loop.
//!
//! Loops count down what is left. The compiler then knows how often they run, and can use vectors.
//!
//! No function is inlined: where it would be, the compiler may replace its loop by a call of C's function.

use core::ffi::{c_char, c_int, c_void};
use core::mem::{MaybeUninit, transmute};

/// What is copied may be uninitialized.
type Byte = MaybeUninit<u8>;
type Word = MaybeUninit<usize>;

/// At an address of any alignment. This is not `ptr::read_unaligned`, which may call `memcpy`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
struct Unaligned<T>(T);

const WORD: usize = size_of::<Word>();
const MASK: usize = WORD - 1;

/// Below this length, aligning costs more than words save.
const WORTHWHILE: usize = 2 * WORD;

#[inline(always)]
fn aligned(pointer: *const u8) -> bool {
    pointer as usize & MASK == 0
}

/// # Safety
///
/// `pointer` must be readable for a `T` at the offset `at`, in bytes, and aligned there.
#[inline(always)]
#[allow(clippy::transmute_ptr_to_ref, reason = "a build with debug assertions checks the pointer of `&*pointer`")]
unsafe fn load<T: Copy>(pointer: *const u8, at: usize) -> T {
    // SAFETY: the caller's promise.
    *unsafe { transmute::<*const T, &T>(pointer.wrapping_add(at).cast()) }
}

/// # Safety
///
/// `pointer` must be writable for a `T` at the offset `at`, in bytes, and aligned there.
#[inline(always)]
#[allow(clippy::transmute_ptr_to_ref, reason = "a build with debug assertions checks the pointer of `&mut *pointer`")]
unsafe fn store<T: Copy>(pointer: *mut u8, at: usize, value: T) {
    // SAFETY: the caller's promise.
    *unsafe { transmute::<*mut T, &mut T>(pointer.wrapping_add(at).cast()) } = value;
}

/// From the first byte to the last. So the regions may overlap if `to` begins before `from`.
#[inline(never)]
#[cfg_attr(panic = "abort", unsafe(no_mangle))]
pub unsafe extern "C" fn memcpy(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    let (target, from) = (to.cast::<u8>(), from.cast::<u8>());
    let mut at = 0_usize;
    // SAFETY: every offset is below `len`, and a word ends at `len` at the latest.
    unsafe {
        if len >= WORTHWHILE {
            while !aligned(target.wrapping_add(at)) {
                store(target, at, load::<Byte>(from, at));
                at = at.wrapping_add(1);
            }
            let mut left = len.wrapping_sub(at);
            if aligned(from.wrapping_add(at)) {
                while left >= WORD {
                    store(target, at, load::<Word>(from, at));
                    at = at.wrapping_add(WORD);
                    left = left.wrapping_sub(WORD);
                }
            } else {
                while left >= WORD {
                    store(target, at, load::<Unaligned<Word>>(from, at).0);
                    at = at.wrapping_add(WORD);
                    left = left.wrapping_sub(WORD);
                }
            }
        }
        while at < len {
            store(target, at, load::<Byte>(from, at));
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
    let mut at = len;
    // SAFETY: every offset is below `len`, and a word ends at `len` at the latest.
    unsafe {
        if len >= WORTHWHILE {
            while !aligned(target.wrapping_add(at)) {
                at = at.wrapping_sub(1);
                store(target, at, load::<Byte>(from, at));
            }
            let mut left = at;
            if aligned(from.wrapping_add(at)) {
                while left >= WORD {
                    at = at.wrapping_sub(WORD);
                    store(target, at, load::<Word>(from, at));
                    left = left.wrapping_sub(WORD);
                }
            } else {
                while left >= WORD {
                    at = at.wrapping_sub(WORD);
                    store(target, at, load::<Unaligned<Word>>(from, at).0);
                    left = left.wrapping_sub(WORD);
                }
            }
        }
        while at > 0 {
            at = at.wrapping_sub(1);
            store(target, at, load::<Byte>(from, at));
        }
    }
    to
}

#[inline(never)]
#[cfg_attr(panic = "abort", unsafe(no_mangle))]
pub unsafe extern "C" fn memset(to: *mut c_void, byte: c_int, len: usize) -> *mut c_void {
    const EACH: usize = usize::MAX / 255;
    let (target, byte) = (to.cast::<u8>(), byte as u8);
    let mut at = 0_usize;
    // SAFETY: every offset is below `len`, and a word ends at `len` at the latest.
    unsafe {
        if len >= WORTHWHILE {
            while !aligned(target.wrapping_add(at)) {
                store(target, at, byte);
                at = at.wrapping_add(1);
            }
            let word = (byte as usize).wrapping_mul(EACH);
            let mut left = len.wrapping_sub(at);
            while left >= WORD {
                store(target, at, word);
                at = at.wrapping_add(WORD);
                left = left.wrapping_sub(WORD);
            }
        }
        while at < len {
            store(target, at, byte);
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
    // Words are looked at once, up to those that differ. Their bytes follow.
    let mut worthwhile = len >= WORTHWHILE;
    // SAFETY: every offset is below `len`, and a word ends at `len` at the latest.
    unsafe {
        while at < len {
            if worthwhile && aligned(a.wrapping_add(at)) {
                worthwhile = false;
                let mut left = len.wrapping_sub(at);
                if aligned(b.wrapping_add(at)) {
                    while left >= WORD && load::<usize>(a, at) == load::<usize>(b, at) {
                        at = at.wrapping_add(WORD);
                        left = left.wrapping_sub(WORD);
                    }
                } else {
                    while left >= WORD && load::<usize>(a, at) == load::<Unaligned<usize>>(b, at).0 {
                        at = at.wrapping_add(WORD);
                        left = left.wrapping_sub(WORD);
                    }
                }
            } else {
                let (a, b) = (load::<u8>(a, at), load::<u8>(b, at));
                if a != b {
                    return (a as c_int).wrapping_sub(b as c_int);
                }
                at = at.wrapping_add(1);
            }
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
    while unsafe { load::<u8>(string.cast(), len) } != 0 {
        len = len.wrapping_add(1);
    }
    len
}
