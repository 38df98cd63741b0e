//! x86_64: the assembly in `x86_64.s`. It is not for x32: there the upper half of the register with the length is
//! undefined.

use core::ffi::{c_char, c_int, c_void};

/// Declares the functions of the assembly. They have C's symbols, or other symbols if there is a libc.
macro_rules! assembly {
    ($($symbol:literal: fn $name:ident($($arg:ident: $type:ty),*) -> $ret:ty;)*) => {
        unsafe extern "C" {$(
            #[cfg_attr(not(panic = "abort"), link_name = $symbol)]
            pub fn $name($($arg: $type),*) -> $ret;
        )*}

        core::arch::global_asm!(include_str!("x86_64.s"), $($name = sym $name),*);
    };
}

assembly! {
    "barefd_memcpy": fn memcpy(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void;
    "barefd_memmove": fn memmove(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void;
    "barefd_memset": fn memset(to: *mut c_void, byte: c_int, len: usize) -> *mut c_void;
    "barefd_memcmp": fn memcmp(a: *const c_void, b: *const c_void, len: usize) -> c_int;
    "barefd_strlen": fn strlen(string: *const c_char) -> usize;
}

// This function is in Rust for the linker. A linker takes an object from a library only if one of its symbols is
// missing at that moment. The symbols that only `core` needs are missing later. But the compiler names each Rust
// function with a C symbol to the linker at the start. So this function brings in the assembly.
#[inline(never)]
#[cfg_attr(panic = "abort", unsafe(no_mangle))]
pub unsafe extern "C" fn bcmp(a: *const c_void, b: *const c_void, len: usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { memcmp(a, b, len) }
}
