#![no_std]
// Without this attribute, the compiler may recognize a loop as memcpy or a similar function, and replace it by a call
// of that function: by a call of itself. The functions are in a separate crate because the compiler leaves a crate with
// this attribute out of LTO.
#![no_builtins]
#![deny(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
//! C's functions on memory that compiled Rust code calls: `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and `strlen`.
//! They are for a program without libc. `barefd-start` links them into every program that it starts.
//!
//! On x86_64 they are assembly with SSE2, so a build without optimization has the same code as any other. Elsewhere they
//! are Rust, and work on a machine word at a time.
//!
//! If a panic aborts, as in every program without libc, the functions have C's symbols. If a panic unwinds, as in a
//! test harness, a libc has these symbols. Then the functions have other symbols.

#[cfg_attr(all(target_arch = "x86_64", target_pointer_width = "64"), path = "x86_64.rs")]
#[cfg_attr(not(all(target_arch = "x86_64", target_pointer_width = "64")), path = "words.rs")]
#[allow(missing_docs, clippy::missing_safety_doc, reason = "the documentation is here, once for all architectures")]
mod isa;

/// Copies `len` bytes. Returns `to`.
///
/// # Safety
///
/// `from` must be readable and `to` writable for `len` bytes; they must not overlap.
pub use isa::memcpy;

/// Copies `len` bytes, as if through a buffer: the regions may overlap. Returns `to`.
///
/// # Safety
///
/// `from` must be readable and `to` writable for `len` bytes.
pub use isa::memmove;

/// Sets `len` bytes to the low 8 bits of `byte`. Returns `to`.
///
/// # Safety
///
/// `to` must be writable for `len` bytes.
pub use isa::memset;

/// Compares `len` bytes, as numbers without sign. The result has the sign of `a - b` at the first byte that differs. It
/// is 0 if no byte differs.
///
/// # Safety
///
/// `a` and `b` must be readable for `len` bytes, also beyond the first byte that differs.
pub use isa::memcmp;

/// Compares `len` bytes. The result is 0 if they are equal.
///
/// # Safety
///
/// `a` and `b` must be readable for `len` bytes.
pub use isa::bcmp;

/// The number of bytes before the first zero byte.
///
/// # Safety
///
/// `string` must be readable up to a zero byte.
pub use isa::strlen;
